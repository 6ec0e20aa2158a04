"""The coercion ladder: the stronger climbs toward what its acts express, allies follow, carrots step down (S18)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, ByActor, Float, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

TOP = vocabulary()["rung"].hi or 22.0


def stronger(world: World, act: Act, margin: Scalar) -> Bool[Array, ""]:
    """Return whether the source is the target's patron, or exceeds `margin` times its capability."""
    i, j = act.source, act.target
    return (world.client[j, i] > 0) | (world.capability[i] > margin * world.capability[j])


def breaks(world: World, act: Act) -> Bool[Array, ""]:
    """Return whether the act severs relations: conflictual, at the top of the ladder."""
    return (world.act_rung[act.act] >= TOP) & (world.polarity[act.act] < 0)


class Ladder(AbstractMechanism):
    """Rung 0..22 of the pressure that i applies to j, and whether relations are broken (0..1).

    A conflictual act of a stronger actor moves its rung toward the act's, by at most `step * (1 - shield * b_j)` with
    b the target's bargaining weight (F18.5); clients of the source follow by `follow` times their cost of dissent,
    never past it (R18.3). Cooperative acts step down by `relief * (1 + b_j)` per unit of cooperation (R18.4, R18.11).
    A break lifts the breaker, if stronger, to the top and breaks relations both ways; cooperative acts mend them
    by the share `mend`. Time halves a rung every `half_life` while relations are not broken.
    """

    strength: Scalar
    step: Scalar
    margin: Scalar
    shield: Scalar
    relief: Scalar
    follow: Scalar
    mend: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="ladder",
        summary="the stronger climbs the coercion ladder by its acts, allies follow, carrots and time step down",
        systems=("S18", "S20"),
        rules=("R18.1", "R18.3", "R18.4", "R18.11"),
        reads=frozenset({"rung", "broken", "bargaining_weight", "dissent_cost"}),
        writes=frozenset({"rung", "broken"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("step", "rung per act", 0.0, 22.0, 2.0, "R18.1, T n=1 (partial n=3): the next rung is tried"),
            Param("margin", "ratio", 1.0, 10.0, 1.5, "S18 participants, C n=3: pressure comes from the much stronger"),
            Param("shield", "share", 0.0, 1.0, 0.5, "F18.5 and R18.11, T n=1"),
            Param("relief", "rung per unit of cooperation", 0.0, 22.0, 1.0, "R18.4, T n=5"),
            Param("follow", "share", 0.0, 1.0, 0.25, "R18.3 and R12.3, T n=1"),
            Param("mend", "share per unit of cooperation", 0.0, 1.0, 0.25, "S20 breakaway procedure 1-4, T n=1"),
            Param("half_life", "day", 14.0, 7300.0, 540.0, "R18.9, T n=1: about 18 months"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Move the rung of the source and of its followers toward the target, and break or mend the pair: O(A)."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        now = state.rung[i, j]
        up = self._climb(world, state, act, push)
        kind = jnp.maximum(0.0, world.cooperation[g]) * (world.polarity[g] > 0)
        down = push * self.relief * kind * (1.0 + state.bargaining_weight[j])
        new = jnp.clip(now + up - down, 0.0, TOP)
        column = self._followed(world, state, act, up, new)
        rung = state.rung.at[:, j].set(fit(column.at[i].set(new.astype(column.dtype)), "rung", state.rung))
        return state.replace(rung=rung, broken=self._severed(world, state, act, push, kind))

    def _climb(self, world: World, state: State, act: Act, push: Scalar) -> Scalar:
        i, j, g = act.source, act.target, act.act
        gap = jnp.maximum(0.0, world.act_rung[g] - state.rung[i, j])
        reach = self.step * (1.0 - self.shield * state.bargaining_weight[j])
        rise = jnp.where(breaks(world, act), unit(push) * gap, jnp.minimum(push * reach, gap))
        return rise * ((world.polarity[g] < 0) & stronger(world, act, self.margin))

    def _followed(self, world: World, state: State, act: Act, up: Scalar, lead: Scalar) -> ByActor:
        i, j = act.source, act.target
        column = state.rung[:, j]
        # the target itself is often a client of the source: it does not press on itself
        follower = world.client[:, i] * (jnp.arange(column.shape[0]) != j)
        wish = self.follow * state.dissent_cost * follower * up
        return (column + jnp.minimum(wish, jnp.maximum(0.0, lead - column))).astype(column.dtype)

    def _severed(self, world: World, state: State, act: Act, push: Scalar, kind: Scalar) -> Float[Array, "actor actor"]:
        i, j = act.source, act.target
        both = jnp.stack([state.broken[i, j], state.broken[j, i]])
        cut = approach(both, jnp.ones_like(both), unit(push) * breaks(world, act))
        left = fit(cut * (1.0 - unit(push * self.mend * kind)), "broken", state.broken)
        return state.broken.at[i, j].set(left[0]).at[j, i].set(left[1])

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let pressure that is not renewed go down, except where relations are broken."""
        lost = (1.0 - fade(self.strength * days, self.half_life)) * (1.0 - state.broken)
        return state.replace(rung=fit(state.rung * (1.0 - lost), "rung", state.rung))
