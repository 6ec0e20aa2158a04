"""Press: the line in print, organs that lag behind one another, and what editors do to a guest's words (S27)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.kinds import any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

DELETION = 3.0
ON_STAGE = ("declare", "speech", "visit", "honour", "publication")


class Press(AbstractMechanism):
    """The line as the daily prints it, x_k, and as slower organs print it, y_k; the editing e_ji of i's words by j.

    A new line is kept to the briefed for a while: x_k covers half its way to the line l_k in `embargo` days (F24.4), in
    `embargo / (1 + haste)` once a text has leaked; y_k follows in `slow` days, so organs contradict one another around
    a turn (F27.3). A member that accuses the patron of concealment makes it print the share `accused` of what is kept
    back (R27.5). A speech of i before j is printed by j's editors nearer to its line: e_ji moves toward
    `3 * min(1, cut * |public position - x_k| / 2)`, less by the factor `lenient` where j is not the patron, by at most
    one `stroke` a speech: adjectives, clauses, deletion (F27.4, F28.4).
    """

    strength: Scalar
    embargo: Scalar
    haste: Scalar
    slow: Scalar
    accused: Scalar
    cut: Scalar
    stroke: Scalar
    lenient: Scalar
    card: ClassVar[Card] = Card(
        name="press",
        summary="the line in print behind the line held, organs that contradict one another, guests' words edited",
        systems=("S27", "S28"),
        rules=("R27.3", "R27.5"),
        reads=frozenset({"line", "printed_line", "journal_line", "leaked", "edited", "public_position", "known_line"}),
        writes=frozenset({"printed_line", "journal_line", "edited"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("embargo", "day", 1.0, 730.0, 60.0, "F24.4, T n=2: briefings precede a public line by 1-4 months"),
            Param("haste", "ratio", 0.0, 50.0, 9.0, "S25 effects, T n=2; ours: what has leaked is out within days"),
            Param("slow", "day", 1.0, 1460.0, 150.0, "F27.3, T n=1; ours: journals follow in half a year"),
            Param("accused", "share", 0.0, 1.0, 0.5, "R27.5: accused of concealment, they publish the text"),
            Param("cut", "ratio", 0.0, 10.0, 2.0, "R27.3; ours: half an axis apart and the passage goes"),
            Param("stroke", "step", 0.0, 3.0, 1.0, "F27.4, T n=1: from adjective to deletion, word by word"),
            Param("lenient", "ratio", 0.0, 1.0, 0.3, "F28.4, T n=1: the patron's editors cut; other hosts' hardly"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Print what an accuser says is kept back; edit a guest's speech: two entries."""
        i, j, g, k = act.source, act.target, act.act, act.issue
        push = self.strength * act.weight
        stage = any_kind(world, *ON_STAGE)[g]
        now = state.printed_line[k]
        accuses = (world.polarity[g] < 0) * world.patron[j] * world.is_kind("criticise")[g]
        shown = approach(now, state.known_line[i, k], unit(push * self.accused * accuses))
        apart = jnp.abs(state.public_position[i, k] - now) / 2.0
        hand = jnp.where(world.patron[j] > 0, 1.0, self.lenient)
        goal = DELETION * unit(self.cut * apart) * hand
        old = state.edited[j, i]
        stroke = jnp.minimum(self.stroke * push, DELETION) * (stage > 0)
        edited = old + jnp.clip(goal - old, -stroke, stroke)
        return state.replace(
            printed_line=state.printed_line.at[k].set(fit(shown, "printed_line", state.printed_line)),
            edited=state.edited.at[j, i].set(fit(edited, "edited", state.edited)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let the organs follow the line, each at its pace: O(issues)."""
        span = self.strength * days
        daily = 1.0 - fade(span * (1.0 + self.haste * state.leaked), self.embargo)
        journal = 1.0 - fade(span, self.slow)
        return state.replace(
            printed_line=fit(approach(state.printed_line, state.line, daily), "printed_line", state.printed_line),
            journal_line=fit(approach(state.journal_line, state.line, journal), "journal_line", state.journal_line),
        )
