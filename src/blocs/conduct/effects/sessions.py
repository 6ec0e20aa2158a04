"""Sessions: who sits with whom, who is singled out or keeps the floor, what is on the table, what a failure leaves."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Array, Bool, ByActor, BySession, Index, Options, Scalar

OPEN, CLOSING = 3, 4
REQUESTS = 3
DISPUTE, FLEET = 4, 10
"""Stages and forms as in `blocs.institutions.procedures.codes`; stages of a base between which it is disputed."""


def _open(view: View) -> Bool[Array, " session"]:
    return (view.state.session_stage >= OPEN) & (view.state.session_stage <= CLOSING)


def _sits(view: View, i: Index) -> Bool[Array, " session"]:
    return _open(view) & (view.state.session_seat[:, i] > 0)


def _together(view: View, i: Index) -> ByActor:
    """1 for those who sit in an open session with i."""
    there = _sits(view, i)[:, None] & (view.state.session_seat > 0)
    return jnp.any(there, axis=0) * jnp.ones((), view.pulse.dtype)


def _blamed(view: View, i: Index) -> ByActor:
    """How far those who sit with i are singled out, 0..1."""
    there = _sits(view, i)[:, None] & (view.state.session_seat > 0)
    return jnp.max(jnp.where(there, view.state.session_attack, 0.0), axis=0)


def _heat(view: View) -> ByActor:
    """How far the dispute over a base has gone in each owner, 0 (none) to 1 (fleet)."""
    stage = view.state.base_stage
    return jnp.where((stage >= DISPUTE) & (stage <= FLEET), stage / FLEET, 0.0)


def floor(view: View, chosen: Chosen) -> Options:
    """Those who have the floor act: largest floor 0..1 of i in an open session in which it sits. SYSTEM R06.14."""
    there = _open(view)[:, None] & (view.state.session_seat > 0)
    return jnp.max(jnp.where(there, view.state.session_floor, 0.0), axis=0)


def sitting(view: View, chosen: Chosen) -> Options:
    """Those in one session address one another: 1 where i and j sit in an open session. SYSTEM S06, S08."""
    return _together(view, chosen.source)


def singled_out(view: View, chosen: Chosen) -> Options:
    """The one singled out is attacked: how far j is, where i and j sit together, times dissent cost of i. SYSTEM R06.6."""
    return _blamed(view, chosen.source) * view.state.dissent_cost[chosen.source]


def base_quarrel(view: View, chosen: Chosen) -> Options:
    """A disputed base keeps the two busy: stage / 10 of j's base if i is its patron, of i's if j is. SYSTEM R16.2."""
    i, heat = chosen.source, _heat(view)
    return jnp.maximum(view.world.client[:, i] * heat, view.world.client[i] * heat[i])


def chorus(view: View, chosen: Chosen) -> Options:
    """Members join in against the isolated: -polarity of g times how far j is singled out, dissent cost of i. SYSTEM R06.6."""
    much: Scalar = _blamed(view, chosen.source)[chosen.target] * view.state.dissent_cost[chosen.source]
    return -view.world.polarity * much


def defied(view: View, chosen: Chosen) -> Options:
    """A session that failed to bind brings pressure: material conflictual g times defiance of j, client of i. SYSTEM R06.3."""
    much = view.state.defiance[chosen.target] * view.world.client[chosen.target, chosen.source]
    return view.world.material * (view.world.polarity < 0) * much


def amends(view: View, chosen: Chosen) -> Options:
    """The host of an angry talk brings a gift: aid g times anger 0..1 of the talk that i hosts with j. SYSTEM R08.8."""
    s = view.state
    hosted = (s.session_form >= REQUESTS) & (s.session_stage >= OPEN) & (s.session_chair[:, chosen.source] > 0)
    anger: BySession = jnp.where(hosted & (s.session_seat[:, chosen.target] > 0), -s.session_tone, 0.0)
    return view.world.is_kind("aid") * jnp.maximum(0.0, jnp.max(anger))


def on_table(view: View, chosen: Chosen) -> Options:
    """What is on the table is spoken about: agenda weight of k in the open sessions of i and j. SYSTEM S06, S07."""
    there = _sits(view, chosen.source) & (view.state.session_seat[:, chosen.target] > 0)
    return jnp.max(jnp.where(there[:, None], view.state.session_agenda, 0.0), axis=0)


EFFECTS = (
    Effect("floor", "source", "sessions", floor, sign=1, rule="R06.14"),
    Effect("sitting", "target", "sessions", sitting, sign=1),
    Effect("singled_out", "target", "sessions", singled_out, sign=1, rule="R06.6"),
    Effect("base_quarrel", "target", "sessions", base_quarrel, sign=1, rule="R16.2"),
    Effect("chorus", "act", "sessions", chorus, sign=1, rule="R06.6"),
    Effect("defied", "act", "sessions", defied, sign=1, rule="R06.3"),
    Effect("amends", "act", "sessions", amends, sign=1, rule="R08.8"),
    Effect("on_table", "issue", "sessions", on_table, sign=1),
)
