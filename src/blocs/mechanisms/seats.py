"""Moves that mechanisms of a leadership share: draws for seats and issues, and the exchange of two seats."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.inside import SEATED
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActorIssue, ByActorSeat, Key, Scalar
from blocs.ground.keys import uniforms

SEATS = 4
_SEAT_LEVEL = 40


def seat_uniforms(key: Key, world: World) -> ByActorSeat:
    """Return one uniform for each seat of each actor, kept by the actor's stable id."""
    return jnp.stack([uniforms(key, world.actor_id, _SEAT_LEVEL + s) for s in range(SEATS)], axis=1)


def issue_uniforms(key: Key, world: World) -> ByActorIssue:
    """Return one uniform for each issue of each actor, kept by their stable ids."""
    ids = world.actor_id[:, None] ^ world.issue_id[None, :]
    return uniforms(key, ids.reshape(-1)).reshape(ids.shape)


def happens(draw: Float[Array, ...], rate: Float[Array, ...]) -> Bool[Array, ...]:
    """Return where an event of a rate, already times the days, happens at least once, given a uniform draw."""
    return draw < -jnp.expm1(-rate)


def exchange(state: State, falls: Bool[Array, " actor"], winner: Int[Array, " actor"]) -> dict[str, Any]:
    """Return the seated quantities after head and winner of each actor that `falls` have changed places."""
    seat = jnp.arange(SEATS)[None, :]
    order = jnp.where(seat == 0, winner[:, None], jnp.where(seat == winner[:, None], 0, seat))
    order = jnp.where(falls[:, None], order, seat)
    return {name: jnp.take_along_axis(getattr(state, name), order, axis=1) for name in SEATED}


def mark_seat(seat: Int[Array, " actor"]) -> ByActorSeat:
    """Return 1 at one seat of each actor."""
    return (jnp.arange(SEATS)[None, :] == seat[:, None]).astype(float)


def best(score: ByActorSeat, allowed: ByActorSeat) -> Int[Array, " actor"]:
    """Return the seat of the highest score among those allowed; 0 where none is."""
    return jnp.argmax(jnp.where(allowed > 0, score, -jnp.inf).at[:, 0].max(-1e30), axis=1)


def asked(world: World, state: State, act: Act) -> Scalar:
    """Return 1 where the target's latest act toward the source was a demand."""
    last = state.last_act[act.target, act.source]
    return jnp.where(last >= 0, world.is_kind("demand")[jnp.maximum(last, 0)], 0.0)
