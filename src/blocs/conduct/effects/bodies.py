"""What goes on inside: mandates, rivals for the chair, verdicts kept, force, plots (S01-S04, S17, S22, S26)."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.inside import abandoned, bound, consolidation
from blocs.bloc.kinds import any_kind
from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import ByActor, Index, Options, Scalar
from blocs.ground.decay import log_count

UNREST = 13.0
EVE = 60.0
"""Days before a congress at which it has become a window (SYSTEM R26.6)."""


def _asked(view: View, chosen: Chosen) -> Scalar:
    """1 where the target's latest act toward the source was a demand."""
    last = view.state.last_act[chosen.target, chosen.source]
    return jnp.where(last >= 0, view.world.is_kind("demand")[jnp.maximum(last, 0)], 0.0)


def _alarm(view: View, i: Index) -> ByActor:
    s = view.state
    return (s.believed_unrest[i] / UNREST + s.treaty_exit + s.withdrawn) / 3.0


def mandate_holds(view: View, chosen: Chosen) -> Options:
    """Nobody gives way on what the large body has ruled: -1 if act agrees and mandate_ik is 2 or more. SYSTEM R01.2."""
    return -view.world.is_kind("agree")[chosen.act] * bound(view.state)[chosen.source]


def unstudied(view: View, chosen: Chosen) -> Options:
    """Nobody pronounces on what no body has studied: -salience_ik where mandate_ik is 0 and act pronounces. SYSTEM R01.1."""
    s = view.state
    speaks = any_kind(view.world, "declare", "criticise", "defend", "align")[chosen.act]
    return -speaks * view.world.member[chosen.source] * s.salience[chosen.source] * (s.mandate[chosen.source] < 1.0)


def split_yields(view: View, chosen: Chosen) -> Options:
    """Split bodies concede what is demanded: act agrees, times 1 - cohesion_i, after a demand of j. SYSTEM R01.6."""
    return view.world.is_kind("agree") * (1.0 - view.state.cohesion[chosen.source]) * _asked(view, chosen)


def split_defers(view: View, chosen: Chosen) -> Options:
    """A patron without a common view answers nothing: -(1 - cohesion_i) for agree, promise, aid, refuse. SYSTEM R01.3."""
    answers = any_kind(view.world, "agree", "promise", "aid", "refuse")
    return -answers * view.world.patron[chosen.source] * (1.0 - view.state.cohesion[chosen.source])


def generous(view: View, chosen: Chosen) -> Options:
    """Who still gathers the locks is generous: act aids or promises, times 1 - consolidation of patron i. SYSTEM R02.9."""
    loose = (1.0 - consolidation(view.state)[chosen.source]) * view.world.patron[chosen.source]
    return any_kind(view.world, "aid", "promise") * loose


def oust(view: View, chosen: Chosen) -> Options:
    """Heads who do not follow are removed: act removes or subverts, times client_ji, times -pliant of j's head. SYSTEM R03.1."""
    i, j = chosen.source, chosen.target
    stubborn = jnp.maximum(0.0, -view.state.pliant[j, 0])
    return any_kind(view.world, "remove", "subvert") * view.world.client[j, i] * stubborn


def clearing_wave(view: View, chosen: Chosen) -> Options:
    """Peers who clear press on the rest: act clears, times log(1 + cleared by patron and other members). SYSTEM R04.3."""
    w, i = view.world, chosen.source
    inside = jnp.maximum(w.member, w.patron)
    others = jnp.maximum(0.0, jnp.sum(inside * view.state.cleared) - inside[i] * view.state.cleared[i])
    return w.is_kind("rehabilitate") * inside[i] * log_count(others)


def review_asked(view: View, chosen: Chosen) -> Options:
    """A client that keeps a fallen verdict is asked to review it: act demands, times the most j keeps. SYSTEM R04.9."""
    i, j = chosen.source, chosen.target
    return view.world.is_kind("demand") * view.world.client[j, i] * jnp.max(abandoned(view.state)[j])


def alarm(view: View, chosen: Chosen) -> Options:
    """A patron turns to clients in crisis: client_ji times (unrest believed / 13 + exit + withdrawal) / 3. SYSTEM R17.6."""
    return view.world.client[:, chosen.source] * _alarm(view, chosen.source)


def armed_answer(view: View, chosen: Chosen) -> Options:
    """Exit and a failed entry end in force: act coerces, times client_ji, times (exit + withdrawal of j) / 2. SYSTEM R17.1."""
    i, j, s = chosen.source, chosen.target, view.state
    return view.world.is_kind("coerce") * view.world.client[j, i] * (s.treaty_exit[j] + s.withdrawn[j]) / 2.0


def paid_not_forced(view: View, chosen: Chosen) -> Options:
    """A closed body on an insecure frontier is paid: (aids - coerces) times closed_j times insecurity_j. SYSTEM R17.4."""
    i, j, s = chosen.source, chosen.target, view.state
    w = view.world
    return (w.is_kind("aid") - w.is_kind("coerce")) * w.client[j, i] * s.closed[j] * s.border_insecurity[j]


def kept_verdict(view: View, chosen: Chosen) -> Options:
    """A verdict kept is quarrelled over: -polarity of g times verdict_jk whose ruling has fallen. SYSTEM R22.1."""
    return -view.world.polarity[chosen.act] * abandoned(view.state)[chosen.target]


def congress_window(view: View, chosen: Chosen) -> Options:
    """The eve of a congress is the window: act subverts, times exp(-days to j's congress / 60). SYSTEM R26.6."""
    near = jnp.exp(-view.state.congress_due[chosen.target] / EVE)
    return view.world.is_kind("subvert") * near


EFFECTS = (
    Effect("alarm", "target", "bodies", alarm, sign=1, rule="R17.6"),
    Effect("split_yields", "act", "bodies", split_yields, sign=1, rule="R01.6"),
    Effect("split_defers", "act", "bodies", split_defers, sign=1, rule="R01.3"),
    Effect("generous", "act", "bodies", generous, sign=1, rule="R02.9"),
    Effect("oust", "act", "bodies", oust, sign=1, rule="R03.1"),
    Effect("clearing_wave", "act", "bodies", clearing_wave, sign=1, rule="R04.3"),
    Effect("review_asked", "act", "bodies", review_asked, sign=1, rule="R04.9"),
    Effect("armed_answer", "act", "bodies", armed_answer, sign=1, rule="R17.1"),
    Effect("paid_not_forced", "act", "bodies", paid_not_forced, sign=1, rule="R17.4"),
    Effect("congress_window", "act", "bodies", congress_window, sign=1, rule="R26.6"),
    Effect("mandate_holds", "issue", "bodies", mandate_holds, sign=1, rule="R01.2"),
    Effect("unstudied", "issue", "bodies", unstudied, sign=1, rule="R01.1"),
    Effect("kept_verdict", "issue", "bodies", kept_verdict, sign=1, rule="R22.1"),
)
