"""Mediation and proxies: who is refused sends somebody whom the other trusts; rebuffed proxies turn on it (S21)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.pressure import clienthood
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByDyad, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, unit


class Mediation(AbstractMechanism):
    """Missions m_kj (0..1): how far k is charged with carrying the patron's cause to j.

    A conflictual act of i toward its patron (a refusal, an attack) is a deadlock: the patron sends those with the
    highest `trust of i * warmth toward the patron` (R21.1, R20.5; direct talk first, then a broker, F21.4), by `send`.
    What a proxy on a mission then does toward i that is not hostile speaks for the patron: it moves i's public position
    on the issue toward the line by `sway * trust * (1 - shield * doctrine weight)` and restores the patron's patience by `cool`
    times the same (F21.1: where doctrine weighs all, it moves nothing). Several missions at a time betray who sent
    them: i's trust in the patron falls by `expose` and its resistance rises by `harden` (R21.7). Acting spends the share
    `spend` of a mission, time halves it every `half_life`. Rebuffed, a proxy gives up and its warmth toward i falls by
    `sour`, the more it depends on the patron and the less i trusts it (R21.6).
    """

    strength: Scalar
    send: Scalar
    sway: Scalar
    shield: Scalar
    cool: Scalar
    expose: Scalar
    harden: Scalar
    sour: Scalar
    spend: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="mediation",
        summary="deadlock sends proxies whom the target trusts; they sway, betray their principal, or turn on it",
        systems=("S21", "S18", "S05"),
        rules=("R20.5", "R21.1", "R21.6", "R21.7"),
        reads=frozenset(
            {
                "mission",
                "trust",
                "warmth",
                "public_position",
                "line",
                "doctrine_weight",
                "patience",
                "resistance",
                "dependence",
            }
        ),
        writes=frozenset({"mission", "trust", "warmth", "public_position", "patience", "resistance"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("send", "share", 0.0, 1.0, 0.8, "R21.1 and F21.4, C n=2"),
            Param(
                "sway", "share per act", 0.0, 1.0, 0.2, "F21.1, C n=5: no effect where doctrine weighs; ours elsewhere"
            ),
            Param("shield", "share", 0.0, 1.0, 1.0, "F21.1, C n=5: who weighs doctrine is not moved"),
            Param("cool", "share per act", 0.0, 1.0, 0.2, "S21 effects, C n=2: lowers heat or wins silence"),
            Param("expose", "share per act", 0.0, 1.0, 0.3, "R21.7"),
            Param("harden", "rung per act", 0.0, 12.0, 0.5, "S21 effects, C n=2: failure hardens the target"),
            Param("sour", "share per act", 0.0, 1.0, 0.6, "R21.6 actors"),
            Param("spend", "share per act", 0.0, 1.0, 0.4, "R21.2: a friend is sent twice"),
            Param("half_life", "day", 1.0, 365.0, 21.0, "F21.3, C n=3: voices cluster within days and weeks"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Charge proxies on a deadlock, let one on a mission sway or betray, let a rebuffed one turn: O(A + L)."""
        i, j, g, k = act.source, act.target, act.act, act.issue
        push = self.strength * act.weight
        own = state.mission[i, j]
        speaks = own * (world.polarity[g] >= 0) * (push > 0)
        others = unit(jnp.sum(state.mission[:, j]) - own)
        moved = unit(push) * speaks * state.trust[j, i] * (1.0 - self.shield * state.doctrine_weight[j])
        shown = approach(state.public_position[j, k], state.line[k], unit(self.sway * moved))
        betrayed = unit(push) * own * others
        stiff = state.resistance[j] + self.harden * betrayed * clienthood(world)[j]
        trust = state.trust[j] * (1.0 - unit(self.expose * betrayed) * world.patron)
        calm = approach(state.patience[:, j], 1.0, unit(self.cool * moved) * world.patron)
        return state.replace(
            public_position=state.public_position.at[j, k].set(fit(shown, "public_position", state.public_position)),
            resistance=state.resistance.at[j].set(fit(stiff, "resistance", state.resistance)),
            trust=state.trust.at[j].set(fit(trust, "trust", state.trust)),
            patience=state.patience.at[:, j].set(fit(calm, "patience", state.patience)),
            warmth=self._soured(world, state, act, push),
            mission=self._charged(world, state, act, push),
        )

    def _charged(self, world: World, state: State, act: Act, push: Scalar) -> ByDyad:
        i, j, g = act.source, act.target, act.act
        hostile = world.polarity[g] < 0
        spent = state.mission[i, j] * (1.0 - unit(push * self.spend))
        rebuffed = state.mission[j, i] * (1.0 - unit(push) * hostile)
        mission = state.mission.at[i, j].set(fit(spent, "mission", state.mission))
        mission = mission.at[j, i].set(fit(rebuffed, "mission", state.mission))
        deadlock = hostile * world.patron[j] * clienthood(world)[i]
        charge = unit(push * self.send * deadlock) * proxies(world, state, act)
        column = approach(mission[:, i], 1.0, charge)
        return mission.at[:, i].set(fit(column, "mission", state.mission))

    def _soured(self, world: World, state: State, act: Act, push: Scalar) -> ByDyad:
        i, j, g = act.source, act.target, act.act
        hangs = (state.dependence[j] * world.patron[:, None]).max(initial=0.0)
        hurt = state.mission[j, i] * (world.polarity[g] < 0) * hangs * (1.0 - state.trust[i, j])
        new = lean(state.warmth[j, i], -unit(push * self.sour * hurt))
        return state.warmth.at[j, i].set(fit(new, "warmth", state.warmth))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let missions lapse."""
        left = state.mission * fade(self.strength * days, self.half_life)
        return state.replace(mission=fit(left, "mission", state.mission))


def proxies(world: World, state: State, act: Act) -> ByActor:
    """Return how fit each third actor is to speak to the source for the target, 0..1 with the fittest near 1.

    Fitness is the source's trust in it times its warmth toward the principal, to the fourth power of its share of the
    best, so that one or a few are sent. Forums, the absent and the two themselves are not.
    """
    i, j = act.source, act.target
    who = jnp.arange(state.trust.shape[0])
    third = (who != i) & (who != j) & world.exists(state.clock)
    fit_ = state.trust[i] * jnp.maximum(0.0, state.warmth[:, j]) * (1.0 - world.collective) * third
    return (fit_ / jnp.maximum(fit_.max(), 0.05)) ** 4
