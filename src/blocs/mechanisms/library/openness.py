"""Openness of a quarrel: up by a step at a time, an ally names before the patron, back only with reconciliation (S27)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByDyad, Key, Scalar
from blocs.ground.sums import product
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit, unit

UNNAMED, ALLY_NAMES, NAMED = 3.0, 4.0, 5.0


class Openness(AbstractMechanism):
    """How openly i shows its quarrel with j, o_ij from 0 (hidden) to 6 (open).

    A conflictual act that shows more than the quarrel has shown so far raises o_ij by `step`, never past what the act
    shows and never by more than `jump` steps (F27.1). A patron holds back at 4 (its allies name the other) until one of
    the same camp, not the patron, has named j or j itself has attacked it in the open (R27.7, F27.2; switched off by
    `wait` 0). Allies follow: once the patron's quarrel with j is shown without a name, those warm to the patron and
    cold to j come nearer to one step beyond it by the share w_ip (1 - w_ij) / 2 of the speed that covers half the way in
    `echo` days, up to a named attack. Nothing lowers o_ij inside a quarrel; once i is warm to j again it fades at the
    share w_ij of the speed that halves it every `half_life`.
    """

    strength: Scalar
    step: Scalar
    jump: Scalar
    wait: Scalar
    echo: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="openness",
        summary="open acts raise the openness of a quarrel a step at a time; an ally names first; reconciliation lowers it",
        systems=("S27",),
        rules=("R27.1", "R27.6", "R27.7"),
        reads=frozenset({"openness", "warmth"}),
        writes=frozenset({"openness"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("step", "step", 0.0, 6.0, 0.5, "F27.1, T n=1 long path: one step at a time over years"),
            Param("jump", "step", 0.0, 6.0, 1.0, "F27.1, T n=1: no stage is left out"),
            Param("wait", "share", 0.0, 1.0, 1.0, "R27.7: the first public attack comes from an ally"),
            Param("echo", "day", 1.0, 3650.0, 30.0, "S18 cascade and R27.7: allies follow within months"),
            Param("half_life", "day", 30.0, 7300.0, 365.0, "S27 effects, C n=1: few reversals; ours, at full warmth"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Raise the openness of the source toward the target: one entry, one look at who named the target."""
        i, j, g = act.source, act.target, act.act
        now = state.openness[i, j]
        named = jnp.max(jnp.where(_allies(world, i), state.openness[:, j], 0.0)) >= ALLY_NAMES
        free = named | (state.openness[j, i] >= NAMED) | (world.patron[i] == 0)
        held = ALLY_NAMES + (6.0 - ALLY_NAMES) * (1.0 - self.wait)
        goal = jnp.minimum(world.act_openness[g], jnp.where(free, 6.0, held))
        gap = jnp.maximum(0.0, goal - now)
        up = jnp.minimum(jnp.minimum(self.strength * self.step * act.weight, self.jump), gap) * (world.polarity[g] < 0)
        return state.replace(openness=state.openness.at[i, j].set(fit(now + up, "openness", state.openness)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let allies take up the patron's quarrel, and the quarrels of the warm be forgotten slowly."""
        span = self.strength * days
        open_now = state.openness + self.echoed(world, state, span)
        lost = (1.0 - fade(span, self.half_life)) * jnp.maximum(0.0, state.warmth)
        return state.replace(openness=fit(open_now * (1.0 - lost), "openness", state.openness))

    def echoed(self, world: World, state: State, span: Scalar) -> ByDyad:
        """Return by how much allies of the patron raise the openness of its quarrels as their own."""
        patrons = jnp.maximum(1.0, world.patron.sum())
        quarrel: ByActor = product(world.patron, state.openness) / patrons
        loyal = jnp.maximum(0.0, product(state.warmth, world.patron) / patrons) * (1.0 - world.patron)
        loyal = loyal * (product(world.same_camp, world.patron) > 0)
        share = unit(loyal[:, None] * (1.0 - state.warmth) / 2.0)
        goal = jnp.where(quarrel >= UNNAMED, jnp.minimum(quarrel + 1.0, NAMED), 0.0)
        gap = jnp.maximum(0.0, goal[None, :] - state.openness) * (1.0 - jnp.eye(len(goal)))
        return (1.0 - fade(span * share, self.echo)) * gap


def _allies(world: World, i: Scalar) -> ByActor:
    """Those of the camp of i that are neither i nor a patron."""
    others = jnp.arange(len(world.actors)) != i
    return (world.same_camp[i] > 0) & (world.patron == 0) & others
