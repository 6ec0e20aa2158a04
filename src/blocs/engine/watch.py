"""Which quantities of the state a run notes at the end of each step."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from blocs.bloc.state import State


class Watched(NamedTuple):
    """One watched number: a quantity of the vocabulary and its index on each of the quantity's axes."""

    name: str
    index: tuple[int, ...]


Watch = tuple[Watched, ...]


def read_watch(watch: Watch, state: State) -> Float[Array, " watch"]:
    """Return the watched numbers of a state."""
    if not watch:
        return jnp.zeros(0, state.clock.dtype)
    return jnp.stack([getattr(state, w.name)[w.index].astype(state.clock.dtype) for w in watch])
