"""Ceremony and courtesy: who is feasted, who declines, who is told first, who reads honours as bait (S09)."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.kinds import any_kind
from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options

OPEN_QUARREL = 12.0
"""Rung above which courtesies are declined (SYSTEM F09.2)."""


def feast(view: View, chosen: Chosen) -> Options:
    """The needed are feasted: honouring or visiting g, 1 - exp(-request_ij) or a foe of i with whom j quarrels. SYSTEM R09.1."""
    i, j = chosen.source, chosen.target
    s = view.state
    asked = -jnp.expm1(-s.request[i, j])
    foe = jnp.max(jnp.maximum(0.0, -s.warmth[i]) * s.openness[j] / 6.0)
    return any_kind(view.world, "honour", "visit") * jnp.maximum(asked, foe)


def declined_courtesy(view: View, chosen: Chosen) -> Options:
    """Courtesies are declined in an open quarrel: slighting g times (rung of j on i - 12) / 10, at least 0. SYSTEM S09, R09.4."""
    over = jnp.maximum(0.0, view.state.rung[chosen.target, chosen.source] - OPEN_QUARREL) / 10.0
    return any_kind(view.world, "slight", "distance") * over


def told_by_favour(view: View, chosen: Chosen) -> Options:
    """Those in favour are told first: informing or consulting g times w_ij. SYSTEM S09."""
    return any_kind(view.world, "inform", "consult") * view.state.warmth[chosen.source, chosen.target]


def bait_read(view: View, chosen: Chosen) -> Options:
    """Honours are read as bait: agreeing g times honour that j showed i / 5 times doctrine weight of i. SYSTEM R09.2."""
    i, j = chosen.source, chosen.target
    shown = view.state.honour_level[j, i] / 5.0
    return any_kind(view.world, "agree", "align") * shown * view.state.doctrine_weight[i]


def excuse(view: View, chosen: Chosen) -> Options:
    """Guests of little value are put off: refusing g, fresh proposal or visit of j, 1 - bargaining weight of j. SYSTEM R09.5."""
    i, j = chosen.source, chosen.target
    last = view.state.last_act[j, i]
    fresh = jnp.clip(view.state.recent[1, j, i] * view.fade[1], 0.0, 1.0)
    came = any_kind(view.world, "propose", "visit")[jnp.maximum(last, 0)] * jnp.where(last >= 0, fresh, 0.0)
    return view.world.is_kind("refuse") * came * (1.0 - view.state.bargaining_weight[j])


EFFECTS = (
    Effect("feast", "act", "protocol", feast, sign=1, rule="R09.1"),
    Effect("declined_courtesy", "act", "protocol", declined_courtesy, sign=1, rule="R09.4"),
    Effect("told_by_favour", "act", "protocol", told_by_favour, sign=1, grade="C"),
    Effect("excuse", "act", "protocol", excuse, sign=1, rule="R09.5"),
    Effect("bait_read", "act", "protocol", bait_read, sign=-1, rule="R09.2"),
)
