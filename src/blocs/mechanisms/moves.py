"""Moves that mechanisms share: fade with time, approach a goal, lean toward a bound, change only when something happens.

All are exact identities at zero time or zero push, so that a mechanism with strength 0 leaves the state bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.ground.axes import Scalar


def fade(days: Float[Array, "*any"], half_life: Scalar) -> Float[Array, "*any"]:
    """Return what is left of 1 after `days`: `2**(-days / half_life)`, 0..1."""
    return jnp.exp2(-days / half_life)  # a power costs ten times as much


def approach(
    x: Float[Array, "*any"], goal: Float[Array, "*any"] | float, share: Float[Array, "*any"]
) -> Float[Array, "*any"]:
    """Return x moved by a share 0..1 of its way to the goal; never past it."""
    return x + share * (goal - x)


def lean(x: Float[Array, "*any"], by: Float[Array, "*any"]) -> Float[Array, "*any"]:
    """Return x in -1..1 moved by `by` in -1..1 of its way to +1 (by > 0) or -1 (by < 0): saturates, never leaves."""
    return x + by - jnp.abs(by) * x


def fit(new: Float[Array, "*any"], name: str, old: Float[Array, "*any"]) -> Float[Array, "*any"]:
    """Return `new` inside the vocabulary's range of a quantity (rounding may step over it), in the dtype of `old`."""
    q = vocabulary()[name]
    return jnp.clip(new, q.lo, q.hi).astype(old.dtype)


def unit(x: Float[Array, "*any"]) -> Float[Array, "*any"]:
    """Return x clipped to 0..1: a share, whatever the weight of an act."""
    return jnp.clip(x, 0.0, 1.0)


def only_when(
    happening: Bool[Array, ""], state: State, writes: Iterable[str], change: Callable[[State], State]
) -> State:
    """Return `change(state)` while something is happening, the same state otherwise.

    On a CPU, where runs follow one another, what does not happen then costs nothing. `writes` names all quantities that
    `change` may touch: they alone pass through the branch.
    """
    names = sorted(writes)

    def changed() -> tuple[Array, ...]:
        new = change(state)
        return tuple(getattr(new, name) for name in names)

    found = jax.lax.cond(happening, changed, lambda: tuple(getattr(state, name) for name in names))
    return state.replace(**dict(zip(names, found, strict=True)))
