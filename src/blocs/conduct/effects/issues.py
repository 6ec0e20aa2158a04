"""Which issue an act is about: what matters to whom, and where they differ."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options


def salience_source(view: View, chosen: Chosen) -> Options:
    """Actors raise what matters to them: salience of k to i. SYSTEM S05."""
    return view.state.salience[chosen.source]


def salience_target(view: View, chosen: Chosen) -> Options:
    """Actors are met on what matters to them: salience of k to j. SYSTEM S05."""
    return view.state.salience[chosen.target]


def dispute(view: View, chosen: Chosen) -> Options:
    """Conflict is about what divides: -polarity of g times |public position gap on k|. SYSTEM S05, S08."""
    p = view.state.public_position
    return -view.world.polarity[chosen.act] * jnp.abs(p[chosen.source] - p[chosen.target])


def own_gap(view: View, chosen: Chosen) -> Options:
    """What is held back comes out: |public - private position| of i on k. SYSTEM R05.2."""
    s = view.state
    return jnp.abs(s.public_position[chosen.source] - s.private_position[chosen.source])


def line_gap(view: View, chosen: Chosen) -> Options:
    """Departures from the line as i knows it are raised: |public position of i or j - line| on k, the larger. SYSTEM S05, S18."""
    p, line = view.state.public_position, view.known_line(chosen.source)
    return jnp.maximum(jnp.abs(p[chosen.source] - line), jnp.abs(p[chosen.target] - line))


EFFECTS = (
    Effect("salience_source", "issue", "issues", salience_source, sign=1),
    Effect("salience_target", "issue", "issues", salience_target, sign=1),
    Effect("dispute", "issue", "issues", dispute, sign=1),
    Effect("own_gap", "issue", "issues", own_gap, sign=1, rule="R05.2"),
    Effect("line_gap", "issue", "issues", line_gap, sign=1, grade="T"),
)
