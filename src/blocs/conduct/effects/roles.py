"""Who they are to each other: capability, patron and client, camp, treaty, frontier."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options


def capability(view: View, chosen: Chosen) -> Options:
    """The strong act more: capability c_i, 0..1. Singer, Bremer & Stuckey 1972."""
    return view.world.capability


def patron_acts(view: View, chosen: Chosen) -> Options:
    """The centre of the bloc acts more than its size: 1 for the patron. Lake 2009 (hierarchy)."""
    return view.world.patron


def collective_acts(view: View, chosen: Chosen) -> Options:
    """Forums act less than sides: 1 for blocs and organisations. SYSTEM R15.2."""
    return view.world.collective


def capability_ratio(view: View, chosen: Chosen) -> Options:
    """The strong are addressed: c_j - c_i. Singer, Bremer & Stuckey 1972."""
    return view.world.capability - view.world.capability[chosen.source]


def to_patron(view: View, chosen: Chosen) -> Options:
    """Clients address their patron: 1 where j is the patron of i. SYSTEM S08, S10."""
    return view.world.client[chosen.source]


def to_client(view: View, chosen: Chosen) -> Options:
    """The patron addresses its clients: 1 where i is the patron of j. SYSTEM S08, S18."""
    return view.world.client[:, chosen.source]


def same_camp(view: View, chosen: Chosen) -> Options:
    """Actors deal within their camp: 1 where i and j stand on the same side. SYSTEM S20."""
    return view.world.same_camp[chosen.source]


def ally(view: View, chosen: Chosen) -> Options:
    """Treaty partners deal with each other: 1 where a defence treaty binds i and j. SYSTEM S16; Leeds et al. 2002."""
    return view.world.ally[chosen.source]


def contiguous(view: View, chosen: Chosen) -> Options:
    """Neighbours deal with each other: 1 where i and j share a border. Bremer 1992."""
    return view.world.contiguous[chosen.source]


def to_collective(view: View, chosen: Chosen) -> Options:
    """Forums are addressed: 1 for blocs and organisations. SYSTEM S06 (broadcasts)."""
    return view.world.collective


def power_tone(view: View, chosen: Chosen) -> Options:
    """The stronger are harsher: -polarity of g times (c_i - c_j). SYSTEM S18."""
    c = view.world.capability
    return -view.world.polarity * (c[chosen.source] - c[chosen.target])


def power_material(view: View, chosen: Chosen) -> Options:
    """The stronger act and the weaker speak: material g times (c_i - c_j). SYSTEM S10, S18."""
    c = view.world.capability
    return view.world.material * (c[chosen.source] - c[chosen.target])


def camp_tone(view: View, chosen: Chosen) -> Options:
    """Those of one camp are kinder: polarity of g times same camp. SYSTEM S20."""
    return view.world.polarity * view.world.same_camp[chosen.source, chosen.target]


def patron_ladder(view: View, chosen: Chosen) -> Options:
    """A patron uses the ladder on its clients: ladder rung of g / 22 times client_ji. SYSTEM S18."""
    return view.world.act_rung / 22.0 * view.world.client[chosen.target, chosen.source]


def collective_material(view: View, chosen: Chosen) -> Options:
    """Forums are spoken to, not dealt with: material g where j is a bloc or organisation. SYSTEM R15.2."""
    return view.world.material * view.world.collective[chosen.target]


def issue_power(view: View, chosen: Chosen) -> Options:
    """Unequal pairs treat what the weaker depends on: |c_i - c_j| times salience of k to the weaker. SYSTEM S08, S10."""
    i, j = chosen.source, chosen.target
    gap = view.world.capability[i] - view.world.capability[j]
    weaker = jnp.where(gap >= 0, view.state.salience[j], view.state.salience[i])
    return jnp.abs(gap) * weaker


EFFECTS = (
    Effect("capability", "source", "roles", capability, sign=1),
    Effect("patron_acts", "source", "roles", patron_acts, sign=1),
    Effect("collective_acts", "source", "roles", collective_acts, sign=-1, rule="R15.2"),
    Effect("capability_ratio", "target", "roles", capability_ratio, sign=1),
    Effect("to_patron", "target", "roles", to_patron, sign=1, grade="T"),
    Effect("to_client", "target", "roles", to_client, sign=1, grade="T"),
    Effect("same_camp", "target", "roles", same_camp, sign=1),
    Effect("ally", "target", "roles", ally, sign=1),
    Effect("contiguous", "target", "roles", contiguous, sign=1),
    Effect("to_collective", "target", "roles", to_collective, sign=-1),
    Effect("power_tone", "act", "roles", power_tone, sign=1, grade="T"),
    Effect("power_material", "act", "roles", power_material, sign=1, grade="C"),
    Effect("camp_tone", "act", "roles", camp_tone, sign=1),
    Effect("patron_ladder", "act", "roles", patron_ladder, sign=1, grade="T"),
    Effect("collective_material", "act", "roles", collective_material, sign=-1, rule="R15.2"),
    Effect("issue_power", "issue", "roles", issue_power, sign=1, grade="C"),
)
