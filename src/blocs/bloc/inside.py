"""What follows from the state of a leadership: who holds the locks, who may stand, who is bound (SYSTEM S01-S03, S17).

Seat 0 is the head, seats 1 to 3 are contenders. Axes: actor, seat, issue.
"""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import World
from blocs.ground.axes import ByActor, ByActorIssue, ByActorSeat

CRITICISED, EXPELLED, JAILED, RELEASED, CLEARED, READMITTED, AGAIN = 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0
"""Steps of `person`."""

SEATED = (
    "hold_force",
    "hold_security",
    "hold_transport",
    "hold_committee",
    "hold_bureau",
    "list_rank",
    "title",
    "person",
    "pliant",
    "helper",
)
"""Quantities that go with a person when seats are exchanged."""


def held(claims: ByActorSeat) -> ByActorSeat:
    """Return the share of a lock that each seat holds, summing to 1: what nobody claims is the head's."""
    total = jnp.sum(claims, axis=1, keepdims=True)
    shares = claims / jnp.maximum(total, 1.0)
    return shares.at[:, 0].add(jnp.maximum(0.0, 1.0 - total[:, 0]))


def consolidation(state: State) -> ByActor:
    """Return the least share of force, security and committee that the head holds, 0..1 (SYSTEM R02.5)."""
    own = [held(x)[:, 0] for x in (state.hold_force, state.hold_security, state.hold_committee)]
    return jnp.minimum(jnp.minimum(own[0], own[1]), own[2])


def claims(state: State) -> ByActorSeat:
    """Return the mean share of the four locks in the hands of each seat, 0..1."""
    locks = (state.hold_force, state.hold_security, state.hold_committee, state.hold_bureau)
    return sum(held(x) for x in locks) / len(locks)  # type: ignore[return-value]


def in_office(state: State) -> ByActorSeat:
    """Return 1 for persons who sit in the small body: in office, merely criticised, or in office again."""
    p = state.person
    return ((p < EXPELLED) | ((p >= AGAIN) & (p < AGAIN + 1.0))).astype(p.dtype)


def once_condemned(state: State) -> ByActorSeat:
    """Return 1 for persons who were once jailed and now are free: released, cleared, readmitted or in office again."""
    p = state.person
    return ((p >= RELEASED) & (p <= AGAIN)).astype(p.dtype)


def bound(state: State) -> ByActorIssue:
    """Return 1 where the large body or a congress has ruled, so that no spokesman may give way (SYSTEM R01.2)."""
    return jnp.clip(state.mandate - 1.0, 0.0, 1.0)


def kept(state: State) -> ByActor:
    """Return the share of an actor's own verdicts that are in force, 0..1; 1 where it passed none."""
    staked = jnp.sum(state.judged, axis=1)
    share = jnp.sum(state.judged * state.verdict, axis=1) / jnp.maximum(staked, 1e-6)
    return jnp.where(staked > 1e-3, share, 1.0)


def abandoned(state: State) -> ByActorIssue:
    """Return how far an actor keeps verdicts whose joint ruling has fallen, 0..1: what a review is asked about."""
    return state.judged * state.verdict * (1.0 - state.ruling)[None, :]


def capacity(world: World, state: State) -> ByActor:
    """Return what an actor could add to a use of force, 0..1: its weight, or its capability where that is more."""
    return jnp.maximum(state.bargaining_weight, world.capability)
