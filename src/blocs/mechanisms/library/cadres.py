"""Cadres: students abroad, those who come back, whom they stand by, what the patron expects of them (S14)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.kinds import any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.economy import faction
from blocs.mechanisms.moves import approach, fade, fit, unit

MONTH = 30.0
"""Days in which half of a demonstration is forgotten."""


class Cadres(AbstractMechanism):
    """Students abroad n_a, trained and back t_a, their loyalty y_a, -1..1, and the patron's hope of a faction x_a, 0..1.

    A client sends students while it is warm to its patron, `send` a year; half of them come back every `course` days,
    and nobody is lost on the way. Loyalty nears `2 * cohesion - 1`, halving the distance every `bond`: those of a united
    party stand by it (R14.2). The trained add `use` a year of own capacity for each share of need that is loyal. The
    patron's hope nears the share of a's cadres it has taught as its rung on a rises to `rift` (R14.1); a covert act of
    the patron that meets no faction lowers it by `learn`. A client under pressure that comes to its patron lets its
    students show whom they stand by: a demonstration of the size `y * n / (n + few)`, which fades in weeks (F14.3). A
    real faction, `t * (1 - y) / 2 * (1 - cohesion)`, splits the leadership by `split` a year as pressure rises (R14.1).
    """

    strength: Scalar
    send: Scalar
    course: Scalar
    bond: Scalar
    use: Scalar
    rift: Scalar
    hope: Scalar
    learn: Scalar
    few: Scalar
    split: Scalar
    card: ClassVar[Card] = Card(
        name="cadres",
        summary="students abroad, those who come back, whom they stand by, what the patron expects of them",
        systems=("S14", "S13", "S26"),
        rules=("R14.1", "R14.2"),
        reads=frozenset(
            {
                "students",
                "trained",
                "student_loyalty",
                "faction_expectation",
                "demonstration",
                "local_capacity",
                "cohesion",
                "warmth",
                "rung",
                "broken",
            }
        ),
        writes=frozenset(
            {
                "students",
                "trained",
                "student_loyalty",
                "faction_expectation",
                "demonstration",
                "local_capacity",
                "cohesion",
            }
        ),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("send", "share a year", 0.0, 1.0, 0.04, "S14 parameters: several hundred after a decade; ours"),
            Param("course", "day", 180.0, 3650.0, 1300.0, "ours: courses of three to five years"),
            Param("bond", "day", 30.0, 3650.0, 730.0, "R14.2; ours"),
            Param("use", "share a year", 0.0, 1.0, 0.1, "R14.2 and F14.2, T n=1; ours"),
            Param("rift", "rung", 1.0, 22.0, 10.0, "R14.1: after the rift begins"),
            Param("hope", "day", 7.0, 3650.0, 90.0, "R14.1; ours"),
            Param("learn", "share", 0.0, 1.0, 0.3, "F14.1, T n=1: the expectation is not met; ours"),
            Param("few", "share", 0.001, 1.0, 0.05, "ours: the number of students that fills a platform"),
            Param("split", "share a year", 0.0, 5.0, 0.5, "R14.1; ours"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let students show themselves at an arrival, and the patron learn from a covert act: two entries."""
        i, j, g = act.source, act.target, act.act
        push = unit(self.strength * act.weight)
        comes = any_kind(world, "visit", "meet")[g] * world.client[i, j]
        strained = unit((state.rung[j, i] - 0.5 * self.rift) / self.rift)
        crowd = unit(state.student_loyalty[i]) * state.students[i] / (state.students[i] + self.few)
        shown = approach(state.demonstration[i], crowd, push * comes * strained)
        covert = any_kind(world, "subvert", "spy")[g] * world.client[j, i]
        gap = jnp.maximum(0.0, state.faction_expectation[j] - faction(state)[j])
        hope = state.faction_expectation[j] - push * self.learn * covert * gap
        return state.replace(
            demonstration=state.demonstration.at[i].set(fit(shown, "demonstration", state.demonstration)),
            faction_expectation=state.faction_expectation.at[j].set(
                fit(hope, "faction_expectation", state.faction_expectation)
            ),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Send, teach, bind, hope and split: two passes over pairs."""
        span = self.strength * days
        year = span / 365.0
        open_ = world.client * (1.0 - state.broken)
        welcome = jnp.max(open_ * jnp.maximum(0.0, state.warmth), axis=1)
        room = jnp.maximum(0.0, 1.0 - state.students - state.trained)
        back = state.students * (1.0 - fade(span, self.course))
        students = state.students - back + jnp.minimum(room, year * self.send * welcome)
        trained = state.trained + back
        loyalty = approach(state.student_loyalty, 2.0 * state.cohesion - 1.0, 1.0 - fade(span, self.bond))
        pressure = unit(jnp.max(world.client * state.rung.T, axis=1) / self.rift)
        taught = unit(students + trained)
        hope = approach(state.faction_expectation, taught * pressure, 1.0 - fade(span, self.hope))
        skill = year * self.use * trained * unit((1.0 + loyalty) / 2.0) * (1.0 - state.local_capacity)
        torn = unit(year * self.split * faction(state) * pressure)
        return state.replace(
            students=fit(students, "students", state.students),
            trained=fit(trained, "trained", state.trained),
            student_loyalty=fit(loyalty, "student_loyalty", state.student_loyalty),
            faction_expectation=fit(hope, "faction_expectation", state.faction_expectation),
            local_capacity=fit(state.local_capacity + skill, "local_capacity", state.local_capacity),
            demonstration=fit(
                state.demonstration * fade(span, jnp.asarray(MONTH)), "demonstration", state.demonstration
            ),
            cohesion=fit(state.cohesion * (1.0 - torn), "cohesion", state.cohesion),
        )
