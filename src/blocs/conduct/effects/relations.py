"""How they stand: warmth, enmity, openness, ladder rung, dependence, debt, distance of positions, balance."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import ByActor, Index, Options, Scalar
from blocs.ground.decay import log_count


def _disagreement(view: View, i: Index) -> ByActor:
    s = view.state
    gap = jnp.abs(s.public_position[i] - s.public_position)
    weight = s.salience[i] * s.salience
    return (gap * weight).sum(axis=1) / jnp.maximum(weight.sum(axis=1), 1e-6)


def grievance(view: View, chosen: Chosen) -> Options:
    """Those attacked much act: log(1 + conflictual acts received). SYSTEM R08.1, R27.6."""
    return log_count(view.state.hostile.sum(axis=0) * view.fade[2])


def pressed(view: View, chosen: Chosen) -> Options:
    """Those under pressure act: highest rung applied to i, / 22. SYSTEM S18 (target's ladder)."""
    return view.state.rung.max(axis=0) / 22.0


def unrest(view: View, chosen: Chosen) -> Options:
    """Unrest at home shows abroad: unrest rung of i, / 13. SYSTEM S23."""
    return view.state.unrest / 13.0


def warmth(view: View, chosen: Chosen) -> Options:
    """The warm are sought: warmth w_ij, -1..1. SYSTEM S20."""
    return view.state.warmth[chosen.source]


def enmity(view: View, chosen: Chosen) -> Options:
    """Opponents are attacked again: log(1 + conflictual acts of i toward j). SYSTEM R18.1."""
    return log_count(view.hostile_from(chosen.source))


def grudge(view: View, chosen: Chosen) -> Options:
    """Attackers are answered: log(1 + conflictual acts of j toward i). SYSTEM R27.6."""
    return log_count(view.hostile_to(chosen.source))


def quarrel(view: View, chosen: Chosen) -> Options:
    """Open quarrels go on: openness of i toward j, / 6. SYSTEM S27."""
    return view.state.openness[chosen.source] / 6.0


def ladder(view: View, chosen: Chosen) -> Options:
    """Pressure goes on: rung of i on j, / 22. SYSTEM R18.1."""
    return view.state.rung[chosen.source] / 22.0


def dependence(view: View, chosen: Chosen) -> Options:
    """Suppliers are addressed: largest share that j supplies to i. SYSTEM S10-S13."""
    return view.state.dependence[chosen.source].max(axis=-1, initial=0.0)


def supplies(view: View, chosen: Chosen) -> Options:
    """Suppliers address their clients: largest share that i supplies to j. SYSTEM S10-S13."""
    return view.state.dependence[:, chosen.source].max(axis=-1, initial=0.0)


def debt(view: View, chosen: Chosen) -> Options:
    """Debtors and creditors deal: log(1 + debt of i to j + debt of j to i). SYSTEM S10."""
    return log_count(view.state.debt[chosen.source] + view.state.debt[:, chosen.source])


def distance(view: View, chosen: Chosen) -> Options:
    """Those who differ are addressed: salience-weighted gap of public positions of i and j. SYSTEM S05."""
    return _disagreement(view, chosen.source)


def severed(view: View, chosen: Chosen) -> Options:
    """Little passes between those who broke: 1 where relations of i and j are severed. SYSTEM S18, S20."""
    return view.state.broken[chosen.source]


def shared_friend(view: View, chosen: Chosen) -> Options:
    """Friends of friends are addressed: log(1 + sum_k min(F_ik, F_kj)). Heider 1946; Lerner et al. 2013."""
    own = view.friendly_from(chosen.source)
    paths = jnp.minimum(own[:, None], view.state.friendly * view.fade[2])
    return log_count(paths.sum(axis=0))


def shared_enemy(view: View, chosen: Chosen) -> Options:
    """Those attacked by one's opponents are addressed: log(1 + sum_k min(N_ik, N_kj)). Heider 1946; Lerner et al. 2013."""
    own = view.hostile_from(chosen.source)
    paths = jnp.minimum(own[:, None], view.state.hostile * view.fade[2])
    return log_count(paths.sum(axis=0))


def _tone(view: View, amount: Scalar) -> Options:
    return view.world.polarity * amount


def warmth_tone(view: View, chosen: Chosen) -> Options:
    """Warm relations give cooperative acts: polarity of g times w_ij. SYSTEM S20."""
    return _tone(view, view.state.warmth[chosen.source, chosen.target])


def warmth_back_tone(view: View, chosen: Chosen) -> Options:
    """Warmth received is returned: polarity of g times w_ji. SYSTEM S09, S20."""
    return _tone(view, view.state.warmth[chosen.target, chosen.source])


def balance_tone(view: View, chosen: Chosen) -> Options:
    """Past tone of i toward j persists: polarity of g times (F_ij - N_ij) / (1 + F_ij + N_ij). Brandes et al. 2009."""
    f, n = view.friendly_from(chosen.source)[chosen.target], view.hostile_from(chosen.source)[chosen.target]
    return _tone(view, (f - n) / (1.0 + f + n))


def balance_back_tone(view: View, chosen: Chosen) -> Options:
    """Past tone of j toward i is returned: polarity of g times (F_ji - N_ji) / (1 + F_ji + N_ji). Axelrod 1984."""
    f, n = view.friendly_to(chosen.source)[chosen.target], view.hostile_to(chosen.source)[chosen.target]
    return _tone(view, (f - n) / (1.0 + f + n))


def distance_tone(view: View, chosen: Chosen) -> Options:
    """Those who differ quarrel: -polarity of g times the gap of public positions. SYSTEM S05."""
    return -_tone(view, _disagreement(view, chosen.source)[chosen.target])


def openness_severity(view: View, chosen: Chosen) -> Options:
    """Open quarrels bring sharper acts: -cooperation score of g times openness of i toward j, / 6. SYSTEM S27."""
    return -view.world.cooperation * view.state.openness[chosen.source, chosen.target] / 6.0


def rung_severity(view: View, chosen: Chosen) -> Options:
    """Acts keep to the rung reached: -|ladder rung of g - rung of i on j| / 22 for acts on the ladder. SYSTEM R18.1."""
    reached = view.state.rung[chosen.source, chosen.target]
    return jnp.where(view.world.act_rung > 0, -jnp.abs(view.world.act_rung - reached) / 22.0, 0.0)


def pressed_tone(view: View, chosen: Chosen) -> Options:
    """The pressed resist: -polarity of g times rung of j on i, / 22. SYSTEM S18 (target's ladder)."""
    return -_tone(view, view.state.rung[chosen.target, chosen.source] / 22.0)


def dependence_tone(view: View, chosen: Chosen) -> Options:
    """Dependents are careful: polarity of g times the largest share that j supplies to i. Keohane & Nye 1977."""
    return _tone(view, view.state.dependence[chosen.source, chosen.target].max(initial=0.0))


def supplier_material(view: View, chosen: Chosen) -> Options:
    """Suppliers use goods: material g times the largest share that i supplies to j. SYSTEM S10-S13; Hirschman 1945."""
    return view.world.material * view.state.dependence[chosen.target, chosen.source].max(initial=0.0)


def doctrine_tone(view: View, chosen: Chosen) -> Options:
    """Those who weigh doctrine quarrel over it: -polarity of g times doctrine weight of i times gap. SYSTEM R10.8."""
    gap = _disagreement(view, chosen.source)[chosen.target]
    return -_tone(view, view.state.doctrine_weight[chosen.source] * gap)


EFFECTS = (
    Effect("grievance", "source", "relations", grievance, sign=1, rule="R08.1"),
    Effect("pressed", "source", "relations", pressed, sign=1, grade="T"),
    Effect("unrest", "source", "relations", unrest),
    Effect("warmth", "target", "relations", warmth),
    Effect("enmity", "target", "relations", enmity, sign=1, rule="R18.1"),
    Effect("grudge", "target", "relations", grudge, sign=1, rule="R27.6"),
    Effect("quarrel", "target", "relations", quarrel, sign=1),
    Effect("ladder", "target", "relations", ladder, sign=1, rule="R18.1"),
    Effect("dependence", "target", "relations", dependence, sign=1),
    Effect("supplies", "target", "relations", supplies, sign=1),
    Effect("debt", "target", "relations", debt, sign=1),
    Effect("distance", "target", "relations", distance, sign=1),
    Effect("severed", "target", "relations", severed, sign=-1, grade="T"),
    Effect("shared_friend", "target", "relations", shared_friend, sign=1),
    Effect("shared_enemy", "target", "relations", shared_enemy),
    Effect("warmth_tone", "act", "relations", warmth_tone, sign=1),
    Effect("warmth_back_tone", "act", "relations", warmth_back_tone, sign=1),
    Effect("balance_tone", "act", "relations", balance_tone, sign=1),
    Effect("balance_back_tone", "act", "relations", balance_back_tone, sign=1),
    Effect("distance_tone", "act", "relations", distance_tone, sign=1, grade="T"),
    Effect("openness_severity", "act", "relations", openness_severity, sign=1, grade="T"),
    Effect("rung_severity", "act", "relations", rung_severity, sign=1, rule="R18.1"),
    Effect("pressed_tone", "act", "relations", pressed_tone, sign=1, grade="T"),
    Effect("dependence_tone", "act", "relations", dependence_tone, sign=1),
    Effect("supplier_material", "act", "relations", supplier_material, sign=1, grade="T"),
    Effect("doctrine_tone", "act", "relations", doctrine_tone, sign=1, rule="R10.8"),
)
