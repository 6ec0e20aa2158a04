"""Unrest: excites itself, spreads between neighbours, fed by pressure, want and a line the leaders do not share (S23)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit, unit

TOP = vocabulary()["unrest"].hi or 13.0
SCARCE = 21.0
"""Days of stock below which want is felt (SYSTEM R11.3: a few weeks)."""


class Unrest(AbstractMechanism):
    """Unrest u_a, rung 0..13: a self-exciting level (mean of a Hawkes process, 1971, with a ceiling).

    In a day u loses the share `ln 2 / half_life` and gains, on what is left to the ceiling,
    `(1 - cohesion) * (1 + anchor * (1 - standing)) * (shock * g + want * n + excite * u + contagion * v)`, where g is
    the salience-weighted distance between the patron's line and what a member's leaders show, 0..2 (R23.1), n the
    largest imported share of a good whose stock is nearly gone (S11), and v the mean unrest of neighbours by border and
    by camp. Conflictual acts received add to it by `hostility`.
    """

    strength: Scalar
    half_life: Scalar
    shock: Scalar
    want: Scalar
    excite: Scalar
    contagion: Scalar
    anchor: Scalar
    hostility: Scalar
    card: ClassVar[Card] = Card(
        name="unrest",
        summary="self-exciting unrest, fed by line changes, want, hostile acts and the unrest of neighbours",
        systems=("S23", "S11", "S19"),
        rules=("R23.1", "R23.2", "R23.4", "R23.6"),
        reads=frozenset(
            {
                "unrest",
                "cohesion",
                "leader_standing",
                "line",
                "public_position",
                "salience",
                "reserve_days",
                "import_share",
            }
        ),
        writes=frozenset({"unrest"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("half_life", "day", 14.0, 3650.0, 120.0, "S23 parameters: crises run 3-9 months, C n=2"),
            Param("shock", "rung per day", 0.0, 1.0, 0.02, "R23.1, T n=5: unrest 3-9 months after the line moves"),
            Param("want", "rung per day", 0.0, 1.0, 0.1, "S23 inputs (hardship), C n=2"),
            Param("excite", "rung per day per rung", 0.0, 0.1, 0.006, "R23.2, T n=3: claims grow; ours, below decay"),
            Param("contagion", "rung per day per rung", 0.0, 0.1, 0.003, "F23.1, C n=5"),
            Param("anchor", "share", 0.0, 5.0, 1.0, "R23.4, T n=2: faster when the leader who anchors falls"),
            Param("hostility", "rung per unit of cooperation", 0.0, 5.0, 0.2, "R23.6, I n=2"),
        ),
        references=("Hawkes 1971, Spectra of some self-exciting and mutually exciting point processes",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let a conflictual act stir the target, the less the more cohesive it is: one entry."""
        j, g = act.target, act.act
        hurt = jnp.maximum(0.0, -world.cooperation[g]) * (world.polarity[g] < 0) * (1.0 - world.collective[j])
        rise = self.strength * act.weight * self.hostility * hurt * (1.0 - state.cohesion[j])
        now = state.unrest[j]
        new = now + (TOP - now) * unit(rise / TOP)
        return state.replace(unrest=state.unrest.at[j].set(fit(new, "unrest", state.unrest)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let unrest die down, feed itself and spread: two products of a matrix and a vector."""
        span = self.strength * days
        pressure = (
            self.shock * line_gap(world, state)
            + self.want * shortage(state)
            + self.excite * state.unrest
            + self.contagion * around(world, state.unrest)
        )
        frail = (1.0 - state.cohesion) * (1.0 + self.anchor * (1.0 - state.leader_standing)) * (1.0 - world.collective)
        left = state.unrest * fade(span, self.half_life)
        new = left + (TOP - left) * -jnp.expm1(-span * frail * pressure / TOP)
        return state.replace(unrest=fit(new, "unrest", state.unrest))


def line_gap(world: World, state: State) -> ByActor:
    """Return how far the patron's line is from what a member shows, weighted by salience, 0..2; 0 for non-members."""
    apart = jnp.abs(state.line[None, :] - state.public_position)
    weight = jnp.sum(state.salience, axis=1)
    return world.member * jnp.sum(state.salience * apart, axis=1) / jnp.maximum(weight, 1e-6)


def shortage(state: State) -> ByActor:
    """Return the largest imported share of a good whose stock is nearly gone, 0..1."""
    return jnp.max(state.import_share * unit(1.0 - state.reserve_days / SCARCE), axis=1, initial=0.0)


def around(world: World, unrest: ByActor) -> ByActor:
    """Return the mean unrest of neighbours, half by border and half by camp, 0..13."""
    ties = world.contiguous + world.same_camp
    ties = ties - jnp.diag(jnp.diagonal(ties))
    return ties @ unrest / jnp.maximum(1.0, jnp.sum(ties, axis=1))
