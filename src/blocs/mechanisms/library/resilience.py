"""Resilience: options elsewhere, what the patron thinks they are, hardship borne, opinion that rallies or turns (S19)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.food import shortage
from blocs.bloc.pressure import STEPS, burden
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit


class Resilience(AbstractMechanism):
    """True option o_a, perceived option e_a (0..1), hardship h_a (0..1) and rally y_a (-1..1) of each actor.

    Under pressure of burden m (column `cost_target` of the ladder at the highest rung felt, 0..1) an actor with a seller
    or money outside searches: o nears 1 at the share m of the speed `search` (R19.5). The patron's estimate nears the
    truth at the share m of the speed `learn`: a squeeze that does not work teaches (R19.1). Hardship nears
    `max(m, want) * (1 - o)`; opinion nears `told * m * (2 * cohesion - 1)`: it rallies where the leaders are of one mind,
    the more the quarrel is told, and turns on them where they are split (F19.3, R19.4). Help by an actor from outside
    the target's patronage raises o by `offer` and lowers hardship by `comfort`.
    """

    strength: Scalar
    search: Scalar
    learn: Scalar
    feel: Scalar
    opinion: Scalar
    offer: Scalar
    comfort: Scalar
    card: ClassVar[Card] = Card(
        name="resilience",
        summary="targets find substitutes, patrons learn of them late, hardship builds, opinion rallies or turns",
        systems=("S19", "S11", "S18", "S20"),
        rules=("R19.1", "R19.4", "R19.5", "R18.6"),
        reads=frozenset(
            {
                "outside_option_true",
                "outside_option_perceived",
                "hardship",
                "rally",
                "rung",
                "openness",
                "cohesion",
                "outside_suppliers",
                "hard_currency",
                "reserve_days",
                "import_share",
            }
        ),
        writes=frozenset({"outside_option_true", "outside_option_perceived", "hardship", "rally"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("search", "day", 7.0, 3650.0, 240.0, "R19.5: substitutes in months; at full burden"),
            Param(
                "learn",
                "day",
                7.0,
                7300.0,
                120.0,
                "R19.1: the estimate was wrong for about a year; at full burden",
            ),
            Param("feel", "day", 7.0, 3650.0, 90.0, "S19 procedure 5, C n=1: want builds within a season"),
            Param("opinion", "day", 7.0, 3650.0, 90.0, "F19.3, C n=1: opinion turns within a season; ours"),
            Param("offer", "share per unit of cooperation", 0.0, 1.0, 0.2, "S20 to S19 and R19.3"),
            Param("comfort", "share per unit of cooperation", 0.0, 1.0, 0.3, "S19 procedure 3, T n=1"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let help from outside its patronage widen the target's options, and any help ease its hardship: two entries."""
        i, j, g = act.source, act.target, act.act
        help_ = jnp.maximum(0.0, world.cooperation[g]) * (world.polarity[g] > 0) * (world.material[g] > 0)
        other = (world.client[j, i] == 0) * world.capability[i] * (1.0 - world.collective[j])
        push = self.strength * act.weight
        option = approach(state.outside_option_true[j], 1.0, unit(push * self.offer * help_ * other))
        eased = state.hardship[j] * (1.0 - unit(push * self.comfort * help_))
        return state.replace(
            outside_option_true=state.outside_option_true.at[j].set(
                fit(option, "outside_option_true", state.outside_option_true)
            ),
            hardship=state.hardship.at[j].set(fit(eased, "hardship", state.hardship)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Search, learn, suffer and rally: arrays of actors, and one pass over the ladder and the quarrels."""
        span = self.strength * days
        weight = burden(world, state)
        able = ((state.outside_suppliers > 0) | (state.hard_currency > 0)) * (1.0 - world.collective)
        found = approach(state.outside_option_true, 1.0, (1.0 - fade(span * weight, self.search)) * able)
        seen = approach(
            state.outside_option_perceived, state.outside_option_true, 1.0 - fade(span * weight, self.learn)
        )
        want = jnp.maximum(weight, shortage(world, state)) * (1.0 - state.outside_option_true)
        felt = approach(state.hardship, want, 1.0 - fade(span, self.feel))
        told = 0.5 + 0.5 * state.openness.max(axis=1) / STEPS
        mood = told * weight * (2.0 * state.cohesion - 1.0)
        rally = approach(state.rally, mood, 1.0 - fade(span, self.opinion))
        return state.replace(
            outside_option_true=fit(found, "outside_option_true", state.outside_option_true),
            outside_option_perceived=fit(seen, "outside_option_perceived", state.outside_option_perceived),
            hardship=fit(felt, "hardship", state.hardship),
            rally=fit(rally, "rally", state.rally),
        )
