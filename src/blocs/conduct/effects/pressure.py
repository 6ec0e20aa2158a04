"""The line, the ladder and the way out: who is briefed, pressed, shown to give in or to look elsewhere (S05, S18, S19)."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import PAST, View
from blocs.bloc.pressure import (
    STEPS,
    clienthood,
    gap_to,
    open_rungs,
    over,
    rung_felt,
)
from blocs.bloc.rungs import TOP
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options
from blocs.ground.decay import log_count
from blocs.ground.sums import product


def brief_ally(view: View, chosen: Chosen) -> Options:
    """Friends hear of a change first: act informs or consults, times patron i, phase of the change / 4, warmth. SYSTEM R05.1."""
    w, s = view.world, view.state
    coming = jnp.where(s.line_phase < 4.0, s.line_phase, 0.0).max(initial=0.0) / 4.0
    kind = jnp.maximum(w.is_kind("inform"), w.is_kind("consult"))
    return kind * w.patron[chosen.source] * coming * jnp.maximum(0.0, s.warmth[chosen.source, chosen.target])


def guidance(view: View, chosen: Chosen) -> Options:
    """Two voices at the centre bring questions: act consults, client i of j, gap of j to the line known. SYSTEM R05.7."""
    w, i, j = view.world, chosen.source, chosen.target
    return w.is_kind("consult") * w.client[i, j] * gap_to(view.state, view.known_line(i))[j]


def autonomy_claim(view: View, chosen: Chosen) -> Options:
    """A slogan comes back as a claim: act demands, times client i of j, times unrest of i / 13. SYSTEM R05.9."""
    w, i = view.world, chosen.source
    return w.is_kind("demand") * w.client[i, chosen.target] * view.state.unrest[i] / 13.0


def stand_in(view: View, chosen: Chosen) -> Options:
    """An ally's thesis is attacked elsewhere: ally i of the patron, its gap, nearness of j, j no ally. SYSTEM R05.3."""
    w, s, i = view.world, view.state, chosen.source
    bound = jnp.clip(product(w.ally[i], w.patron), 0.0, 1.0)
    gap = gap_to(s, view.known_line(i))
    return bound * gap[i] * (1.0 - gap) * (1.0 - w.ally[i]) * (1.0 - w.patron)


def unready(view: View, chosen: Chosen) -> Options:
    """Rungs have their time: -1 at conflictual acts whose rung is not open to i over j, else 0. SYSTEM R18.1, R18.6."""
    w, i, j = view.world, chosen.source, chosen.target
    free = open_rungs(w, view.state, i, j)[jnp.clip(w.act_rung, 0, TOP).astype(jnp.int32)]
    return -1.0 * (w.polarity < 0) * (w.act_rung > 0) * ~free * over(w, i, j)


def alternate(view: View, chosen: Chosen) -> Options:
    """Stick and carrot take turns: -polarity of g times that of the last act of i to j, rung of i on j / 22. SYSTEM R18.4."""
    s, i, j = view.state, chosen.source, chosen.target
    return -view.world.polarity * view.tone_of(s.last_act[i, j]) * s.rung[i, j] / TOP


def cost_of_pressure(view: View, chosen: Chosen) -> Options:
    """The weighty are dear to press: -cost of the rung of g to the presser times bargaining weight of j. SYSTEM R18.11."""
    w = view.world
    cost = w.ladder.cost_source[jnp.clip(w.act_rung, 0, TOP).astype(jnp.int32)]
    return -cost * (w.polarity < 0) * view.state.bargaining_weight[chosen.target]


def zeal(view: View, chosen: Chosen) -> Options:
    """Allies join in, neighbours first: client i, log(1 + patron's attacks on j), doubled with a border. SYSTEM R18.3, R18.7."""
    w, i = view.world, chosen.source
    attacks = log_count(product(w.patron, view.state.hostile) * view.fade[PAST])
    return clienthood(w)[i] * attacks * (1.0 + w.contiguous[i]) * (1.0 - w.patron)


def squeeze(view: View, chosen: Chosen) -> Options:
    """Who seems to have no exit is squeezed: -polarity, client j of i, patience gone, 1 - option seen. SYSTEM R18.5, R19.1."""
    s, i, j = view.state, chosen.source, chosen.target
    w, short = view.world, 1.0 - s.patience[i, j]
    return -w.polarity * w.client[j, i] * short * (1.0 - w.patron[i] * s.outside_option_perceived[j])


def yield_to_want(view: View, chosen: Chosen) -> Options:
    """Want makes clients agree, one mind ready to suffer does not: (agree - refuse) x hardship x (1 - both). SYSTEM R19.4."""
    w, s, i = view.world, view.state, chosen.source
    soft = s.hardship[i] * (1.0 - s.cohesion[i] * s.willingness_to_suffer[i])
    return (w.is_kind("agree") - w.is_kind("refuse")) * w.client[i, chosen.target] * soft


def yield_to_threat(view: View, chosen: Chosen) -> Options:
    """Pressure makes those agree to whom goods weigh: (agree - refuse) x rung of j on i / 22 x (1 - doctrine). SYSTEM R18.5."""
    w, s, i, j = view.world, view.state, chosen.source, chosen.target
    feared = s.rung[j, i] / TOP * (1.0 - s.doctrine_weight[i])
    return (w.is_kind("agree") - w.is_kind("refuse")) * w.client[i, j] * feared


def seek_outside(view: View, chosen: Chosen) -> Options:
    """The pressed look for others: highest rung felt by i / 22 times capability of j outside its camp. SYSTEM R19.3, R19.5."""
    w, i = view.world, chosen.source
    return rung_felt(view.state)[i] / TOP * w.capability * (1.0 - w.same_camp[i])


def hide_cause(view: View, chosen: Chosen) -> Options:
    """Sellers are not told why: -half the gap of i to the line on k, j of another camp, rung felt. SYSTEM S19 (procedure 4)."""
    w, s, i = view.world, view.state, chosen.source
    gap = jnp.abs(s.public_position[i] - view.known_line(i)) / 2.0
    return -gap * w.member[i] * (1.0 - w.same_camp[i, chosen.target]) * rung_felt(s)[i] / TOP


def rupture_ready(view: View, chosen: Chosen) -> Options:
    """States follow parties: act breaks, i over j, party tie gone, the quarrel open on both sides / 6. SYSTEM R18.8, R18.9."""
    w, s, i, j = view.world, view.state, chosen.source, chosen.target
    both = jnp.minimum(s.openness[i, j], s.openness[j, i]) / STEPS
    return w.is_kind("break") * over(w, i, j) * (1.0 - s.party_tie[i, j]) * both


EFFECTS = (
    Effect("stand_in", "target", "pressure", stand_in, sign=1, rule="R05.3"),
    Effect("zeal", "target", "pressure", zeal, sign=1, rule="R18.3"),
    Effect("seek_outside", "target", "pressure", seek_outside, sign=1, rule="R19.3"),
    Effect("brief_ally", "act", "pressure", brief_ally, sign=1, rule="R05.1"),
    Effect("guidance", "act", "pressure", guidance, sign=1, rule="R05.7"),
    Effect("autonomy_claim", "act", "pressure", autonomy_claim, sign=1, rule="R05.9"),
    Effect("unready", "act", "pressure", unready, sign=1, rule="R18.1"),
    Effect("alternate", "act", "pressure", alternate, sign=1, rule="R18.4"),
    Effect("cost_of_pressure", "act", "pressure", cost_of_pressure, sign=1, rule="R18.11"),
    Effect("squeeze", "act", "pressure", squeeze, sign=1, rule="R18.5"),
    Effect("yield_to_want", "act", "pressure", yield_to_want, sign=1, rule="R19.4"),
    Effect("yield_to_threat", "act", "pressure", yield_to_threat, sign=1, rule="R18.5"),
    Effect("rupture_ready", "act", "pressure", rupture_ready, sign=1, rule="R18.8"),
    Effect("hide_cause", "issue", "pressure", hide_cause, sign=1, grade="T"),
)
