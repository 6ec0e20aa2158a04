"""Food: the one good whose stock is a deadline (SYSTEM S11)."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import World
from blocs.ground.axes import ByActor

STAPLE = "grain"
"""The lever whose stock is a deadline and whose crop varies."""

SCARCE = 21.0
"""Days of stock below which it is scarce (SYSTEM R11.3: a few weeks)."""


def lever_place(world: World, name: str) -> int | None:
    """Return the place of a lever on its axis; None where the scenario has no such lever."""
    return world.levers.index(name) if name in world.levers else None


def hunger(world: World, state: State) -> ByActor:
    """Return how short of food each actor is, 0..1: stock and orders against a few weeks of use. SYSTEM R11.3."""
    place = lever_place(world, STAPLE)
    if place is None:
        return jnp.zeros_like(state.harvest)
    days = state.reserve_days[:, place] + state.on_order[:, place]
    return jnp.clip(1.0 - days / SCARCE, 0.0, 1.0)


def shortage(world: World, state: State) -> ByActor:
    """Return the imported share 0..1 of food, as far as its stock is nearly gone: what people go without."""
    place = lever_place(world, STAPLE)
    if place is None:
        return jnp.zeros_like(state.harvest)
    return state.import_share[:, place] * jnp.clip(1.0 - state.reserve_days[:, place] / SCARCE, 0.0, 1.0)
