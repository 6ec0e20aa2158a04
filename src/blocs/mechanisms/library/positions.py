"""Public and private positions: what dissent costs is shown, what was said binds, resistance is learned in steps (S05)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.pressure import STEPS
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActorIssue, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, unit

SOONEST = 0.5
"""Days: the shortest lag that is told apart from none."""
SPOKEN = 14.0
"""Days in which the patron's own public position covers half its way to its line, or less: the line is what it says."""


class Positions(AbstractMechanism):
    """Public position p_ak, private position q_ak (-1..1), commitment b_ak (0..1) and resistance r_a (0..12).

    With time a member's public position nears `(1 - c) q + c l`, l the line and `c = dissent_cost * (1 - r / 12)`
    (R05.2; partial conformity, Friedkin & Johnsen 1990); the patron shows its line, all others their private view. Half
    of the way takes `follow_lag` days (R20.8; the patron at most 14), and a step back over an open commitment is
    `1 - reversal_cost * b` as long. An act on issue k brings the source nearer to the target's public position when
    cooperative and drives it away when conflictual; shown in the open it also binds, by `bind`. Each conflictual act of a
    client toward its patron climbs the client's ladder of dissent by `stiffen * (1 - dissent_cost)` (R05.8: silence,
    hints, written objection, open speech), so that it pays less for the next; giving in or aligning climbs down. Private
    views of all but the patron drift to what they show, the less the more doctrine weighs.
    """

    strength: Scalar
    rate: Scalar
    bind: Scalar
    stiffen: Scalar
    internalise: Scalar
    release: Scalar
    card: ClassVar[Card] = Card(
        name="positions",
        summary="public positions between private view and the patron's line; what was said binds; dissent in steps",
        systems=("S05", "S18"),
        rules=("R05.2", "R05.8", "R05.10", "R20.8"),
        reads=frozenset(
            {
                "public_position",
                "private_position",
                "dissent_cost",
                "reversal_cost",
                "commitment",
                "resistance",
                "follow_lag",
                "doctrine_weight",
                "line",
            }
        ),
        writes=frozenset({"public_position", "private_position", "commitment", "resistance"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param(
                "rate", "share per unit of cooperation", 0.0, 1.0, 0.05, "F05.3, C n=1: public stance moves in steps"
            ),
            Param("bind", "share per act fully in the open", 0.0, 1.0, 0.5, "R05.5 and R01.8: said is said"),
            Param("stiffen", "rung per act", 0.0, 12.0, 1.0, "R05.8: one kind of dissent after another"),
            Param(
                "internalise", "day", 30.0, 36500.0, 3650.0, "F05.3, C n=1: private views hardly move in years; ours"
            ),
            Param("release", "day", 30.0, 7300.0, 540.0, "ours: a commitment binds for years, not for ever"),
        ),
        references=(
            "Friedkin & Johnsen 1990, Social influence and opinions",
            "Kuran 1991, Now out of never: preference falsification",
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Move the source's public position on the act's issue, its commitment and its resistance: three entries."""
        i, j, g, k = act.source, act.target, act.act, act.issue
        push = self.strength * act.weight
        mine, theirs = state.public_position[i, k], state.public_position[j, k]
        by = jnp.clip(self.rate * push * world.cooperation[g], -1.0, 1.0)
        # side by side in public, an actor is driven to the side on which its private view lies
        apart = jnp.where(mine == theirs, state.private_position[i, k] - theirs, mine - theirs)
        moved = jnp.where(by >= 0, approach(mine, theirs, by), lean(mine, jnp.abs(by) * jnp.sign(apart)))
        held = 1.0 - state.reversal_cost[i] * state.commitment[i, k]
        new = mine + (moved - mine) * jnp.where((moved - mine) * mine < 0, held, 1.0)
        bound = approach(state.commitment[i, k], jnp.ones_like(mine), unit(push * self.bind * shown(world, act)))
        return state.replace(
            public_position=state.public_position.at[i, k].set(fit(new, "public_position", mine)),
            commitment=state.commitment.at[i, k].set(fit(bound, "commitment", state.commitment)),
            resistance=state.resistance.at[i].set(self._stiffened(world, state, act, push)),
        )

    def _stiffened(self, world: World, state: State, act: Act, push: Scalar) -> Scalar:
        i, j, g = act.source, act.target, act.act
        yields = jnp.maximum(world.is_kind("agree")[g], world.is_kind("align")[g])
        step = jnp.where(world.polarity[g] < 0, 1.0 - state.dissent_cost[i], -yields)
        new = state.resistance[i] + push * self.stiffen * step * (world.client[i, j] > 0)
        return fit(new, "resistance", state.resistance)

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Bring public positions nearer to what each can afford, private ones to what is shown; let commitments go."""
        span = self.strength * days
        goal = affordable(world, state)
        held = 1.0 - state.reversal_cost[:, None] * state.commitment
        back = (goal - state.public_position) * state.public_position < 0
        lag = jnp.where(world.patron > 0, jnp.minimum(state.follow_lag, SPOKEN), state.follow_lag)
        lag = jnp.maximum(lag, SOONEST)[:, None]
        share = (1.0 - fade(span, lag)) * jnp.where(back, held, 1.0)
        shown_now = approach(state.public_position, goal, share)
        plastic = ((1.0 - state.doctrine_weight) * (1.0 - world.patron))[:, None]
        private = approach(state.private_position, shown_now, (1.0 - fade(span, self.internalise)) * plastic)
        kept = state.commitment * fade(span, self.release)
        return state.replace(
            public_position=fit(shown_now, "public_position", state.public_position),
            private_position=fit(private, "private_position", state.private_position),
            commitment=fit(kept, "commitment", state.commitment),
        )


def affordable(world: World, state: State) -> ByActorIssue:
    """Return the stance -1..1 that each actor means to show: private view, bent to the line by what dissent costs."""
    free = 1.0 - state.resistance / (vocabulary()["resistance"].hi or 12.0)
    cost = jnp.maximum(state.dissent_cost * free * world.member, world.patron)[:, None]
    return approach(state.private_position, state.line[None, :], cost)


def shown(world: World, act: Act) -> Scalar:
    """Return how openly an act is done, 0..1."""
    return world.act_openness[act.act] / STEPS
