"""Interventions inside the loop: edits of the state on a day, forbidden acts, forced acts, changed rules.

A run with `nothing()` and a run with interventions share every random draw, so that their difference is the effect of
the intervention (common random numbers; Law 2015, section 11.2).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.observe import View
from blocs.bloc.state import INTEGER, State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act
from blocs.engine.model import Model, with_parameter
from blocs.ground.axes import Index, Scalar


class Edit(NamedTuple):
    """Set or scale one entry of one quantity: once on `day`, or held there until `until` when `hold` is true.

    `place` is the entry's place on each axis of the quantity; days count from the scenario's epoch.
    """

    name: str
    place: tuple[int, ...]
    verb: Literal["set", "scale"]
    hold: bool
    value: float
    day: float
    until: float


class Edits(eqx.Module):
    """Edits as arrays, in the order in which they are applied; one compiled program serves all edits of one number.

    `cell` is the place of the entry among all real entries of the state (`_flat`), `lo` and `hi` its range.
    """

    cell: Int[Array, " edit"]
    scale: Bool[Array, " edit"]
    hold: Bool[Array, " edit"]
    value: Float[Array, " edit"]
    lo: Float[Array, " edit"]
    hi: Float[Array, " edit"]
    day: Float[Array, " edit"]
    until: Float[Array, " edit"]


class Rule(eqx.Module):
    """Give one parameter of one mechanism another value from `day` until `until`."""

    mechanism: str = eqx.field(static=True)
    parameter: str = eqx.field(static=True)
    value: Scalar
    day: Scalar
    until: Scalar


class Control(eqx.Module):
    """All interventions of one run.

    `forbid_*` have a leading axis forbid: masks of sources, targets and acts, first and last day. `forced` acts are in
    order of `forced_day`; `forced_count` tells how many of them count (arrays hold at least one row).
    """

    edits: Edits
    rules: tuple[Rule, ...]
    forbid_source: Bool[Array, "forbid actor"]
    forbid_target: Bool[Array, "forbid actor"]
    forbid_act: Bool[Array, "forbid act"]
    forbid_days: Float[Array, "forbid 2"]
    forced: Int[Array, "forced 4"]
    forced_day: Float[Array, " forced"]
    forced_count: Int[Array, ""]


def nothing(actors: int, acts: int) -> Control:
    """Return the control that changes nothing."""
    none, real = jnp.zeros(0, bool), jnp.zeros(0)
    return Control(
        Edits(jnp.zeros(0, jnp.int32), none, none, real, real, real, real, real),
        (),
        jnp.zeros((0, actors), bool),
        jnp.zeros((0, actors), bool),
        jnp.zeros((0, acts), bool),
        jnp.zeros((0, 2)),
        jnp.zeros((1, 4), jnp.int32),
        jnp.full(1, jnp.inf),
        jnp.zeros((), jnp.int32),
    )


def forbidden(control: Control, day: Scalar, source: Index, target: Index, acts: int) -> Bool[Array, " act"]:
    """Return which acts are forbidden to this source toward this target on this day."""
    if control.forbid_days.shape[0] == 0:
        return jnp.zeros(acts, bool)
    now = (control.forbid_days[:, 0] <= day) & (day <= control.forbid_days[:, 1])
    here = now & control.forbid_source[:, source] & control.forbid_target[:, target]
    return (here[:, None] & control.forbid_act).any(axis=0)


def next_forced(control: Control, index: Index) -> Act:
    """Return the forced act at a position of the queue (the last one once the queue is done)."""
    row = control.forced[jnp.minimum(index, control.forced.shape[0] - 1)]
    return Act(row[0], row[1], row[2], row[3], jnp.ones(()))


def open_pairs(control: Control, view: View) -> Bool[Array, "actor actor"]:
    """Return who may act toward whom now: both exist, they differ, and not every act between them is forbidden."""
    alive = view.alive()
    pairs = alive[:, None] & alive[None, :] & ~jnp.eye(len(alive), dtype=bool)
    if control.forbid_days.shape[0] == 0:
        return pairs
    day = view.state.clock
    now = (control.forbid_days[:, 0] <= day) & (day <= control.forbid_days[:, 1])
    sides = now[:, None, None] & control.forbid_source[:, :, None] & control.forbid_target[:, None, :]
    taken = (sides[..., None] & control.forbid_act[:, None, None, :]).any(axis=0)
    return pairs & ~taken.all(axis=-1)


Held = Float[Array, " edit"]
"""For each edit the entry it holds: what it was set to when it began."""


def edits_of(edits: Sequence[Edit], state: State, slots: int = 0) -> Edits:
    """Return edits as arrays, filled up to `slots` with edits that never come due.

    Raises:
        ValueError: an index outside its quantity.
    """
    first, n = _offsets(state), len(edits)
    shapes = {name: getattr(state, name).shape for name in first}
    cells = [first[e.name] + int(np.ravel_multi_index(e.place, shapes[e.name])) for e in edits]
    ranges = [(vocabulary()[e.name].lo, vocabulary()[e.name].hi) for e in edits]
    spare = max(0, slots - n)

    def real(values: Sequence[float], fill: float) -> Array:
        return jnp.asarray([*values, *[fill] * spare], state.clock.dtype)

    return Edits(
        cell=jnp.asarray([*cells, *[0] * spare], jnp.int32),
        scale=jnp.asarray([*(e.verb == "scale" for e in edits), *[False] * spare], bool),
        hold=jnp.asarray([*(e.hold for e in edits), *[False] * spare], bool),
        value=real([e.value for e in edits], 0.0),
        lo=real([lo for lo, _ in ranges], 0.0),
        hi=real([jnp.inf if hi is None else hi for _, hi in ranges], 0.0),
        day=real([e.day for e in edits], jnp.inf),
        until=real([e.until for e in edits], -jnp.inf),
    )


def before_edits(control: Control, state: State) -> Held:
    """Return the entries of every edit as they are."""
    if control.edits.cell.shape[0] == 0:
        return jnp.zeros(0, state.clock.dtype)
    return _flat(state)[control.edits.cell]


def apply_edits(control: Control, state: State, held: Held, begin: Scalar, end: Scalar) -> tuple[State, Held]:
    """Apply the edits whose day falls in the step (`begin`, `end`], and those held; results keep to the vocabulary's range.

    A held edit keeps its entry where it put it when it began: a held factor is applied once, not in every step.
    """
    edits = control.edits
    if edits.cell.shape[0] == 0:
        return state, held
    begins = (edits.day > begin) & (edits.day <= end)
    due = begins | (edits.hold & (edits.day <= end) & (end <= edits.until))

    def one(values: Array, n: Array) -> tuple[Array, Array]:
        old = values[edits.cell[n]]
        fresh = jnp.where(edits.scale[n], edits.value[n] * old, edits.value[n])
        goal = jnp.where(begins[n], jnp.clip(fresh, edits.lo[n], edits.hi[n]), held[n]).astype(values.dtype)
        return values.at[edits.cell[n]].set(jnp.where(due[n], goal, old)), goal

    def change() -> tuple[State, Held]:
        values, kept = jax.lax.scan(one, _flat(state), jnp.arange(len(due)))
        return _unflat(state, values), kept

    return jax.lax.cond(due.any(), change, lambda: (state, held))


def _offsets(state: State) -> dict[str, int]:
    """Place of the first entry of each real quantity among all real entries, in vocabulary order."""
    names = [name for name in vocabulary() if name not in INTEGER]
    sizes = [int(getattr(state, name).size) for name in names]
    return dict(zip(names, itertools.accumulate(sizes, initial=0), strict=False))


def _flat(state: State) -> Float[Array, " entry"]:
    return jnp.concatenate([getattr(state, name).ravel() for name in _offsets(state)])


def _unflat(state: State, values: Float[Array, " entry"]) -> State:
    changed: dict[str, Array] = {}
    for name, first in _offsets(state).items():
        old = getattr(state, name)
        changed[name] = values[first : first + old.size].reshape(old.shape)
    return state.replace(**changed)


def rules_at(model: Model, control: Control, day: Scalar) -> Model:
    """Return the model with the rules that hold on a day."""
    for rule in control.rules:
        names = [m.card.name for m in model.mechanisms]
        old = getattr(model.mechanisms[names.index(rule.mechanism)], rule.parameter)
        value = jnp.where((day >= rule.day) & (day < rule.until), rule.value, old)
        model = with_parameter(model, rule.mechanism, rule.parameter, value)
    return model


__all__ = [
    "Control",
    "Edit",
    "Edits",
    "Held",
    "Rule",
    "apply_edits",
    "before_edits",
    "edits_of",
    "forbidden",
    "next_forced",
    "nothing",
    "open_pairs",
    "rules_at",
]
