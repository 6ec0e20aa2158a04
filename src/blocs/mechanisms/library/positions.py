"""Public and private positions: members show what dissent costs them, the patron's line follows the patron (S05)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, unit


class Positions(AbstractMechanism):
    """Public position p_ak, private position q_ak and the patron's line l_k, all -1..1.

    With time a member's public position nears `(1 - c) q + c l`, c its cost of dissent (R05.2; partial conformity,
    Friedkin & Johnsen 1990); other actors near their private view; the line nears the patron's private view, so
    private leads public (F05.1). An act on issue k brings the source nearer to the target's public position when
    cooperative and drives it away when conflictual; the patron's acts carry the line with them by `lead`.
    """

    strength: Scalar
    rate: Scalar
    lead: Scalar
    conform: Scalar
    turn: Scalar
    card: ClassVar[Card] = Card(
        name="positions",
        summary="public positions between private view and the patron's line; acts draw together or apart",
        systems=("S05",),
        rules=("R05.2", "R05.5"),
        reads=frozenset({"public_position", "private_position", "dissent_cost", "line"}),
        writes=frozenset({"public_position", "line"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param(
                "rate", "share per unit of cooperation", 0.0, 1.0, 0.05, "F05.3, C n=1: public stance moves in steps"
            ),
            Param("lead", "share", 0.0, 1.0, 0.5, "S05 procedure 4-5, C n=2: the line is what the patron says"),
            Param("conform", "day", 7.0, 3650.0, 180.0, "F05.2, C n=3: the gap shrinks soon after the line moves"),
            Param("turn", "day", 7.0, 3650.0, 90.0, "F05.5, T n=2: the line flips in 2-4 months"),
        ),
        references=("Friedkin & Johnsen 1990, Social influence and opinions",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Move the source's public position on the act's issue, and the line if the source is the patron: two entries."""
        i, j, k = act.source, act.target, act.issue
        mine, theirs = state.public_position[i, k], state.public_position[j, k]
        by = jnp.clip(self.strength * self.rate * act.weight * world.cooperation[act.act], -1.0, 1.0)
        # side by side in public, an actor is driven to the side on which its private view lies
        apart = jnp.where(mine == theirs, state.private_position[i, k] - theirs, mine - theirs)
        away = lean(mine, jnp.abs(by) * jnp.sign(apart))
        new = fit(jnp.where(by >= 0, approach(mine, theirs, by), away), "public_position", mine)
        pull = unit(self.lead * world.patron[i] * self.strength * act.weight * (world.polarity[act.act] != 0))
        line = fit(approach(state.line[k], new, pull), "line", state.line)
        return state.replace(
            public_position=state.public_position.at[i, k].set(new),
            line=state.line.at[k].set(line),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Bring public positions nearer to what each can afford, and the line to the patron's private view."""
        span = self.strength * days
        cost = (state.dissent_cost * world.member)[:, None]
        goal = approach(state.private_position, state.line[None, :], cost)
        shown = approach(state.public_position, goal, 1.0 - fade(span, self.conform))
        patrons = jnp.sum(world.patron)
        view = world.patron @ state.private_position / jnp.maximum(1.0, patrons)
        line = approach(state.line, view, (1.0 - fade(span, self.turn)) * (patrons > 0))
        return state.replace(
            public_position=fit(shown, "public_position", state.public_position),
            line=fit(line, "line", state.line),
        )
