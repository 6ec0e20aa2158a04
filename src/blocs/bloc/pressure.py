"""What follows from the state about pressure: who may press whom how hard, what is felt, what the patron does."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.rungs import between
from blocs.bloc.state import State
from blocs.bloc.world import World
from blocs.ground.axes import Array, Bool, ByActor, ByIssue, Float, Index, Scalar
from blocs.ground.sums import product

STEPS = 6.0
"""Steps of openness of a quarrel."""


MARGIN = 1.5
"""Ratio of capability from which one actor can press another (SYSTEM S18, participants)."""


def over(world: World, i: Index, j: Index, margin: Scalar | float = MARGIN) -> Bool[Array, ""]:
    """Return whether i is j's patron, or exceeds `margin` times its capability."""
    return (world.client[j, i] > 0) | (world.capability[i] > margin * world.capability[j])


def goods_held(world: World, state: State, i: Index, j: Index) -> Scalar:
    """Return the share 0..1 of its imports under any lever that i could hold back from j and thinks j cannot replace.

    Where the patron takes the target to substitute, goods are no lever any more (SYSTEM R18.6); others have no estimate.
    """
    replaced = world.patron[i] * state.outside_option_perceived[j]
    return state.dependence[j, i].max(initial=0.0) * (1.0 - replaced)


def open_rungs(world: World, state: State, i: Index, j: Index) -> Bool[Array, " rung"]:
    """Return which rungs i may now stand on against j: openness of the quarrel, patience left, goods to hold back."""
    openness = jnp.maximum(state.openness[i, j], state.openness[j, i])
    return world.ladder.open_to(openness, state.patience[i, j], goods_held(world, state, i, j))


def rung_felt(state: State) -> ByActor:
    """Return the highest rung 0..22 that anybody applies to each actor."""
    return state.rung.max(axis=0)


def burden(world: World, state: State) -> ByActor:
    """Return what the highest rung applied to each actor costs it, 0..1 (column `cost_target` of the ladder)."""
    return between(world.ladder.cost_target, rung_felt(state))


def patrons_rung(world: World, state: State) -> ByActor:
    """Return the rung 0..22 that the patron applies to each actor; the mean where there are several patrons."""
    return product(world.patron, state.rung) / jnp.maximum(1.0, world.patron.sum())


def clienthood(world: World) -> ByActor:
    """Return how far each actor is a client of the patron, 0..1."""
    return jnp.clip(product(world.client, world.patron), 0.0, 1.0)


def outside(world: World) -> ByActor:
    """Return 1 for actors outside the bloc that are no forum, else 0."""
    return (1.0 - world.member) * (1.0 - world.patron) * (1.0 - world.collective)


def gap_to(state: State, line: ByIssue) -> ByActor:
    """Return how far each actor shows itself from a line on what matters to it, 0..1: half the weighted distance."""
    apart = jnp.abs(state.public_position - line[None, :]) / 2.0
    return (state.salience * apart).sum(axis=1) / jnp.maximum(state.salience.sum(axis=1), 1e-6)


def weighted_shock(state: State) -> Float[Array, " actor"]:
    """Return how far the line has moved on what matters to each actor, -1..1 in size 0..1: salience-weighted mean."""
    weight = state.salience.sum(axis=1)
    return product(state.salience, jnp.abs(state.shock)) / jnp.maximum(weight, 1e-6)
