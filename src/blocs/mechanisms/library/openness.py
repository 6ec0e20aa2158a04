"""Openness of a quarrel: up by a step at a time, back only with reconciliation (S27)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit


class Openness(AbstractMechanism):
    """How openly i shows its quarrel with j, 0 (hidden) to 6 (open).

    A conflictual act that shows more than the quarrel has shown so far raises it by `step`, never past what the act
    shows and never by more than one step (F27.1). Nothing lowers it inside a quarrel; once i is warm to j again it
    fades at the share w_ij of the speed that halves it every `half_life`.
    """

    strength: Scalar
    step: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="openness",
        summary="open acts raise the openness of a quarrel one step at a time; only reconciliation lowers it",
        systems=("S27",),
        rules=("R27.1",),
        reads=frozenset({"openness", "warmth"}),
        writes=frozenset({"openness"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("step", "step", 0.0, 1.0, 0.5, "F27.1, T n=1 long path: one step at a time over years"),
            Param("half_life", "day", 30.0, 7300.0, 365.0, "S27 effects, C n=1: few reversals; ours, at full warmth"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Raise the openness of the source toward the target: one entry."""
        i, j, g = act.source, act.target, act.act
        now = state.openness[i, j]
        gap = jnp.maximum(0.0, world.act_openness[g] - now)
        up = jnp.minimum(jnp.minimum(self.strength * self.step * act.weight, 1.0), gap) * (world.polarity[g] < 0)
        return state.replace(openness=state.openness.at[i, j].set(fit(now + up, "openness", state.openness)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let the quarrels of the warm be forgotten slowly."""
        lost = (1.0 - fade(self.strength * days, self.half_life)) * jnp.maximum(0.0, state.warmth)
        return state.replace(openness=fit(state.openness * (1.0 - lost), "openness", state.openness))
