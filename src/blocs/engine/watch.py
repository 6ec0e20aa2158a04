"""Which quantities of the state a run notes at the end of each step."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from blocs.bloc.state import State


class Watched(NamedTuple):
    """Some entries of one quantity: its name and, for each entry, its place on each axis of the quantity."""

    name: str
    places: tuple[tuple[int, ...], ...]


Watch = tuple[Watched, ...]


def watch_width(watch: Watch) -> int:
    """Return how many numbers a watch notes."""
    return sum(len(w.places) for w in watch)


def read_watch(watch: Watch, state: State) -> Float[Array, " watch"]:
    """Return the watched numbers of a state, in the order of the watch."""
    if not watch:
        return jnp.zeros(0, state.clock.dtype)
    parts: list[Array] = []
    for name, places in watch:
        value = getattr(state, name)
        flat = np.ravel_multi_index(tuple(np.asarray(places).T), value.shape)
        parts.append(value.ravel()[flat].astype(state.clock.dtype))
    return jnp.concatenate(parts)
