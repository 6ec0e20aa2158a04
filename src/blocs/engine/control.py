"""Interventions inside the loop: edits of the state on a day, forbidden acts, forced acts, changed rules.

A run with `nothing()` and a run with interventions share every random draw, so that their difference is the effect of
the intervention (common random numbers; Law 2015, section 11.2). All of it is arrays: one compiled program serves all
interventions of one number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from blocs.bloc.world import Act
from blocs.engine.bans import Bans, bans_of
from blocs.engine.edits import Edits, no_edits
from blocs.engine.model import Model, with_half_lives
from blocs.ground.axes import Index, Scalar


class Rule(NamedTuple):
    """Give one parameter of one mechanism another value from `day` until `until`, in days from the scenario's epoch."""

    mechanism: str
    parameter: str
    value: float
    day: float
    until: float


class Rules(eqx.Module):
    """Rules as arrays, a later one above an earlier; `place` is that of the parameter among those of all mechanisms."""

    place: Int[Array, " rule"]
    value: Float[Array, " rule"]
    day: Float[Array, " rule"]
    until: Float[Array, " rule"]


class Forced(NamedTuple):
    """One act that happens on a day, whatever else happens: places of who, toward whom, what and on what."""

    day: float
    source: int
    target: int
    act: int
    issue: int


class Control(eqx.Module):
    """All interventions of one run.

    `forced` acts are in order of `forced_day`; `forced_count` tells how many of them count (arrays hold at least one row).
    """

    edits: Edits
    rules: Rules
    bans: Bans
    forced: Int[Array, "forced 4"]
    forced_day: Float[Array, " forced"]
    forced_count: Int[Array, ""]


def nothing(actors: int, acts: int) -> Control:
    """Return the control that changes nothing."""
    real = jnp.result_type(float)
    return Control(no_edits(real), _rules((), (), real, 0), bans_of((), actors, acts, real), *forced_of((), real))


def forced_of(
    acts: Sequence[Forced], dtype: DTypeLike, slots: int = 1
) -> tuple[Int[Array, "forced 4"], Float[Array, " forced"], Int[Array, ""]]:
    """Return forced acts as the last three fields of a `Control`, with room for at least `slots` and for one."""
    ordered = sorted(acts, key=lambda act: act.day)
    rows = [*ordered, *[Forced(math.inf, 0, 0, 0, 0)] * (max(1, slots) - len(ordered))]
    return (
        jnp.asarray([row[1:] for row in rows], jnp.int32),
        jnp.asarray([row.day for row in rows], dtype),
        jnp.asarray(len(ordered), jnp.int32),
    )


def next_forced(control: Control, index: Index) -> Act:
    """Return the forced act at a position of the queue (the last one once the queue is done)."""
    row = control.forced[jnp.minimum(index, control.forced.shape[0] - 1)]
    return Act(row[0], row[1], row[2], row[3], jnp.ones(()))


def rules_of(rules: Sequence[Rule], model: Model, slots: int = 0) -> Rules:
    """Return rules as arrays, filled up to `slots` with rules that never hold.

    Raises:
        ValueError: the model has no such mechanism or parameter.
    """
    known = _parameters(model)
    return _rules(rules, [known.index((r.mechanism, r.parameter)) for r in rules], model.half_lives.dtype, slots)


def _rules(rules: Sequence[Rule], places: Sequence[int], dtype: DTypeLike, slots: int) -> Rules:
    spare = max(0, slots - len(rules))
    return Rules(
        jnp.asarray([*places, *[0] * spare], jnp.int32),
        jnp.asarray([*(r.value for r in rules), *[0.0] * spare], dtype),
        jnp.asarray([*(r.day for r in rules), *[jnp.inf] * spare], dtype),
        jnp.asarray([*(r.until for r in rules), *[-jnp.inf] * spare], dtype),
    )


def _parameters(model: Model) -> list[tuple[str, str]]:
    return [(m.card.name, p.name) for m in model.mechanisms for p in m.card.params]


def _values(model: Model) -> list[Scalar]:
    return [getattr(m, p.name) for m in model.mechanisms for p in m.card.params]


def rules_at(model: Model, rules: Rules, day: Scalar) -> Model:
    """Return the model with the rules that hold on a day."""
    if rules.place.shape[0] == 0:
        return model
    values = jnp.stack(_values(model))
    place = jnp.arange(len(values))
    for n in range(rules.place.shape[0]):
        holds = (rules.day[n] <= day) & (day < rules.until[n])
        values = jnp.where(holds & (place == rules.place[n]), rules.value[n], values)
    return with_half_lives(eqx.tree_at(_values, model, list(values)))


__all__ = [
    "Control",
    "Forced",
    "Rule",
    "Rules",
    "forced_of",
    "next_forced",
    "nothing",
    "rules_at",
    "rules_of",
]
