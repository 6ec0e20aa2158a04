"""What the economic mechanisms share: the half rule, who lends to whom, what a host needs.

Everything here is a pure function of the world and the state, cheap enough to be called for every act.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from blocs.bloc.food import lever_place
from blocs.bloc.state import State
from blocs.bloc.world import World
from blocs.ground.axes import ByActor, ByDyad, Index, Scalar
from blocs.mechanisms.moves import unit


def supplies(world: World, dependence: Float[Array, "actor actor lever"], name: str) -> ByDyad:
    """Return `[a, b]`: share 0..1 of a's imports under a lever that b supplies; ties of patronage where none is coded."""
    place = lever_place(world, name)
    return world.client if place is None else dependence[:, :, place]


def half_rule(conduct: Scalar, half: Scalar, poor: Scalar, good: Scalar) -> Scalar:
    """Return the share 0..1 of a request that conduct earns: `half` up to `poor`, all from `good` on, linear between.

    SYSTEM R10.1 and R12.1: half when conduct is poor, more as it improves.
    """
    earned = unit((conduct - poor) / jnp.maximum(good - poor, 1e-3))
    return half + (1.0 - half) * earned


def judged(world: World, state: State, giver: Index, taker: Index) -> Scalar:
    """Return the conduct 0..1 of a taker in the giver's eyes: its record where the giver is its patron, else warmth."""
    by_warmth = 0.5 + 0.5 * state.warmth[giver, taker]
    return jnp.where(world.client[taker, giver] > 0, state.conduct[taker], by_warmth)


def judged_by_all(world: World, state: State) -> ByDyad:
    """Return `[giver, taker]`: conduct 0..1 of each taker in each giver's eyes."""
    return jnp.where(world.client.T > 0, state.conduct[None, :], 0.5 + 0.5 * state.warmth)


def lends(world: World, state: State, lender: Index, borrower: Index) -> Scalar:
    """Return 1 where one is the other's patron or supplies it under any lever, else 0: answers then move credit."""
    supplied = jnp.max(state.dependence[borrower, lender], initial=0.0)
    return ((supplied > 0) | (world.client[borrower, lender] > 0)).astype(state.debt.dtype)


def shared_foes(state: State, host: Index, guest: Index) -> Scalar:
    """Return the largest coldness 0..1 that two actors share toward a third: `max_k max(0, -w_hk) max(0, -w_gk)`."""
    cold = jnp.maximum(0.0, -state.warmth[host]) * jnp.maximum(0.0, -state.warmth[guest])
    return jnp.max(cold)


def need(state: State, host: Index, guest: Index) -> Scalar:
    """Return how much a host needs a guest now, 0..1: what it has asked and not got, and foes they share (R09.1, R05.6).

    Args:
        state: the state.
        host, guest: places on the actor axis.
    """
    asked = 1.0 - jnp.exp(-state.request[host, guest])
    return unit(asked + shared_foes(state, host, guest) * (1.0 - asked))


def work_done(pool: ByActor, quality: ByActor, capacity: ByActor, enough: Scalar) -> ByActor:
    """Return the share 0..1 of technical work that goes on: by foreign experts, and by own people for the rest (R13.5).

    Own capacity of `enough` replaces all foreign experts.
    """
    foreign = pool * quality
    return unit(foreign + (1.0 - foreign) * unit(capacity / jnp.maximum(enough, 1e-3)))


def faction(state: State) -> ByActor:
    """Return the share 0..1 of trained cadres that would really side with the hosts: the disloyal, if leaders are split."""
    return state.trained * unit((1.0 - state.student_loyalty) / 2.0) * (1.0 - state.cohesion)
