"""Leadership: the standing of the head of a member, and the hazard of being replaced (S03)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

UNREST_TOP = vocabulary()["unrest"].hi or 13.0


class Leadership(AbstractMechanism):
    """Standing s_a of the head of the party, 0..1, and replacements drawn with a hazard that rises as it falls.

    A conflictual act of a more capable actor takes the share `wound * |c| * (1 - shield * cohesion)` of the target's
    standing. With time standing nears `rest * (1 - drag * unrest / 13)`. Members that exist replace their head at the
    rate `hazard * exp(slope * (1 - s)) * (1 - shield * cohesion)` a day (proportional hazards, Cox 1972; R03.7): the
    count rises by one and the new head starts at `fresh`. One draw an actor and tick, keyed by the actor's stable id.
    """

    strength: Scalar
    wound: Scalar
    shield: Scalar
    rest: Scalar
    drag: Scalar
    half_life: Scalar
    hazard: Scalar
    slope: Scalar
    fresh: Scalar
    card: ClassVar[Card] = Card(
        name="leadership",
        summary="standing of the head of a member under pressure and unrest, and replacement by chance",
        systems=("S03", "S23"),
        rules=("R03.4", "R03.7"),
        reads=frozenset({"leader_standing", "leader_changes", "cohesion", "unrest"}),
        writes=frozenset({"leader_standing", "leader_changes"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("wound", "share per unit of cooperation", 0.0, 1.0, 0.1, "S03 removal track, T n=1"),
            Param("shield", "share", 0.0, 1.0, 0.9, "R03.7, T n=3: attempts fail where the leadership is cohesive"),
            Param("rest", "share", 0.0, 1.0, 0.8, "ours: standing of a head left in peace"),
            Param("drag", "share", 0.0, 1.0, 1.0, "S23 to S03, T n=2: heads fall in crises"),
            Param("half_life", "day", 14.0, 3650.0, 180.0, "S03 parameters, C n=3: recovery in months"),
            Param("hazard", "per day", 0.0, 0.01, 0.00015, "S03 outcomes 1956-60, C n=7, at full standing"),
            Param("slope", "log rate", 0.0, 12.0, 5.0, "F03.3, C n=7"),
            Param("fresh", "share", 0.0, 1.0, 0.6, "R03.2 and R03.4, I n=1: a new head is not yet secure"),
        ),
        references=("Cox 1972, Regression models and life-tables",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let a conflictual act of a more capable actor lower the standing of the target's head: one entry."""
        i, j, g = act.source, act.target, act.act
        felt = (world.polarity[g] < 0) & (world.capability[i] > world.capability[j])
        blow = jnp.maximum(0.0, -world.cooperation[g]) * felt * (1.0 - self.shield * state.cohesion[j])
        left = state.leader_standing[j] * (1.0 - unit(self.strength * act.weight * self.wound * blow))
        return state.replace(
            leader_standing=state.leader_standing.at[j].set(fit(left, "leader_standing", state.leader_standing))
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Recover or wear down standing, then draw replacements."""
        span = self.strength * days
        goal = self.rest * (1.0 - self.drag * state.unrest / UNREST_TOP)
        standing = approach(state.leader_standing, goal, 1.0 - fade(span, self.half_life))
        chance = -jnp.expm1(-span * self.rate(world, state, standing))
        falls = uniforms(key, world.actor_id) < chance
        changes = state.leader_changes + falls
        return state.replace(
            leader_standing=fit(jnp.where(falls, self.fresh, standing), "leader_standing", state.leader_standing),
            leader_changes=changes.astype(state.leader_changes.dtype),
        )

    def rate(self, world: World, state: State, standing: ByActor) -> ByActor:
        """Return the replacement rate per day at strength 1; 0 for all but members that exist and are no forum."""
        open_to = world.member * (1.0 - world.collective) * world.exists(state.clock)
        return open_to * self.hazard * jnp.exp(self.slope * (1.0 - standing)) * (1.0 - self.shield * state.cohesion)
