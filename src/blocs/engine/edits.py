"""Edits of the state on a day: one entry of one quantity is set or scaled, once or for as long as a window lasts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.state import INTEGER, State
from blocs.bloc.vocabulary import vocabulary
from blocs.ground.axes import Scalar


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


def no_edits(dtype: DTypeLike) -> Edits:
    """Return no edits at all."""
    none, real = jnp.zeros(0, bool), jnp.zeros(0, dtype)
    return Edits(jnp.zeros(0, jnp.int32), none, none, real, real, real, real, real)


def before_edits(edits: Edits, state: State) -> Held:
    """Return the entries of every edit as they are."""
    if edits.cell.shape[0] == 0:
        return jnp.zeros(0, state.clock.dtype)
    return _flat(state)[edits.cell]


def apply_edits(edits: Edits, state: State, held: Held, begin: Scalar, end: Scalar) -> tuple[State, Held]:
    """Apply the edits whose day falls in the step (`begin`, `end`], and those held; results keep to the vocabulary's range.

    A held edit keeps its entry where it put it when it began: a held factor is applied once, not in every step.
    """
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


__all__ = ["Edit", "Edits", "Held", "apply_edits", "before_edits", "edits_of", "no_edits"]
