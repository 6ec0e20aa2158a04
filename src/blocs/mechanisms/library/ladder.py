"""The coercion ladder: the stronger climbs as its patience ends, allies follow after a lag, carrots step down (S18)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.pressure import clienthood, open_rungs, over, patrons_rung
from blocs.bloc.rungs import between
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, ByDyad, Float, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

TOP = vocabulary()["rung"].hi or 22.0


def breaks(world: World, act: Act) -> Bool[Array, ""]:
    """Return whether the act severs relations: conflictual, at the top of the ladder."""
    return (world.act_rung[act.act] >= TOP) & (world.polarity[act.act] < 0)


class Ladder(AbstractMechanism):
    """Rung 0..22 of the pressure that i applies to j, patience of i with j, and whether relations are broken (0..1).

    What a rung needs, costs, brings down and passes on are columns of the ladder, which a scenario may replace. A
    conflictual act of a stronger actor moves its rung toward the highest open one that the act expresses, by at most
    `step * (1 - shield * b_j)` with b the target's bargaining weight (R18.1, F18.5); a rung is open when the quarrel is
    as open and patience as short as it asks for, and there are goods to hold back (R18.6). Refusals and attacks by the
    weaker wear patience, inducements answered in kind restore it; with time it nears `1 - resistance / 12`, so that
    gentle methods that bring nothing use it up (R18.2). Cooperative acts step down by `relief * (1 + b_j)` per unit of
    cooperation, as far as the rung can be undone (R18.4, R18.11). Clients of the patron near the share `cascade` of its
    rung times `follow` and their cost of dissent, halving the distance in the lag of the rung plus their own (R18.3).
    A break lifts the breaker, if stronger, to the top and breaks relations both ways; cooperative acts mend them by the
    share `mend`. Time halves a rung every `half_life` while relations are not broken.
    """

    strength: Scalar
    step: Scalar
    margin: Scalar
    shield: Scalar
    precondition: Scalar
    wear: Scalar
    calm: Scalar
    relief: Scalar
    follow: Scalar
    mend: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="ladder",
        summary="the stronger climbs the ladder as patience ends, allies follow after a lag, carrots and time step down",
        systems=("S18", "S20"),
        rules=("R18.1", "R18.2", "R18.3", "R18.4", "R18.6", "R18.11"),
        reads=frozenset(
            {
                "rung",
                "broken",
                "patience",
                "openness",
                "dependence",
                "outside_option_perceived",
                "bargaining_weight",
                "dissent_cost",
                "resistance",
                "cascade_lag",
            }
        ),
        writes=frozenset({"rung", "broken", "patience"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("step", "rung per act", 0.0, 22.0, 2.0, "R18.1 (partial n=3): the next rung is tried"),
            Param("margin", "ratio", 1.0, 10.0, 1.5, "S18 participants, C n=3: pressure comes from the much stronger"),
            Param("shield", "share", 0.0, 1.0, 0.5, "F18.5 and R18.11"),
            Param("precondition", "share", 0.0, 1.0, 1.0, "ours: 1 rungs must be open to be climbed, 0 acts suffice"),
            Param("wear", "share per unit of cooperation", 0.0, 1.0, 0.2, "F18.6 and R18.2: failures use it up"),
            Param("calm", "day", 30.0, 7300.0, 730.0, "R18.2: gentle methods were tried for years"),
            Param("relief", "rung per unit of cooperation", 0.0, 22.0, 1.0, "R18.4"),
            Param("follow", "share", 0.0, 1.0, 0.8, "R18.3 and R12.3: allies sanction at once"),
            Param("mend", "share per unit of cooperation", 0.0, 1.0, 0.25, "S20 breakaway procedure 1-4, T n=1"),
            Param("half_life", "day", 14.0, 7300.0, 540.0, "R18.9: about 18 months"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Move the rung of the source and the patience of both, and break or mend the pair: O(levers + rungs)."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        now = state.rung[i, j]
        kind = jnp.maximum(0.0, world.cooperation[g]) * (world.polarity[g] > 0)
        back = between(world.ladder.reversible, now)
        down = push * self.relief * kind * (1.0 + state.bargaining_weight[j]) * back
        new = jnp.clip(now + self._climb(world, state, act, push) - down, 0.0, TOP)
        return state.replace(
            rung=state.rung.at[i, j].set(fit(new, "rung", state.rung)),
            patience=self._worn(world, state, act, push, kind),
            broken=self._severed(world, state, act, push, kind),
        )

    def _climb(self, world: World, state: State, act: Act, push: Scalar) -> Scalar:
        i, j, g = act.source, act.target, act.act
        place = jnp.arange(world.ladder.stage.shape[0])
        free = open_rungs(world, state, i, j) & (place <= world.act_rung[g])
        highest = jnp.max(jnp.where(free, place, 0)).astype(state.rung.dtype)
        ceiling = world.act_rung[g] - self.precondition * (world.act_rung[g] - highest)
        gap = jnp.maximum(0.0, ceiling - state.rung[i, j])
        reach = self.step * (1.0 - self.shield * state.bargaining_weight[j])
        rise = jnp.minimum(push * reach, gap)
        cut = unit(push) * jnp.maximum(0.0, world.act_rung[g] - state.rung[i, j])
        return jnp.where(breaks(world, act), cut, rise) * ((world.polarity[g] < 0) & over(world, i, j, self.margin))

    def _worn(self, world: World, state: State, act: Act, push: Scalar, kind: Scalar) -> ByDyad:
        """Wear the patience that the target has with a weaker source, or restore it."""
        i, j, g = act.source, act.target, act.act
        no = world.is_kind("refuse")[g] + jnp.maximum(0.0, -world.cooperation[g]) * (world.polarity[g] < 0)
        weaker = over(world, j, i, self.margin)
        left = state.patience[j, i] * (1.0 - unit(push * self.wear * no * weaker))
        left = approach(left, jnp.ones_like(left), unit(push * self.wear * kind * weaker))
        return state.patience.at[j, i].set(fit(left, "patience", state.patience))

    def _severed(self, world: World, state: State, act: Act, push: Scalar, kind: Scalar) -> Float[Array, "actor actor"]:
        i, j = act.source, act.target
        both = jnp.stack([state.broken[i, j], state.broken[j, i]])
        cut = approach(both, jnp.ones_like(both), unit(push) * breaks(world, act))
        left = fit(cut * (1.0 - unit(push * self.mend * kind)), "broken", state.broken)
        return state.broken.at[i, j].set(left[0]).at[j, i].set(left[1])

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let unrenewed pressure go down and allies take the patron's up; let patience follow what resistance leaves."""
        span = self.strength * days
        undone = between(world.ladder.reversible, state.rung)
        lost = (1.0 - fade(span, self.half_life)) * (1.0 - state.broken) * undone
        rung = state.rung * (1.0 - lost)
        gap, soon = self._followed(world, state, rung, span)
        goal = 1.0 - state.resistance[None, :] / (vocabulary()["resistance"].hi or 12.0)
        patience = approach(state.patience, goal, 1.0 - fade(span, self.calm))
        return state.replace(
            rung=fit(rung + gap * soon, "rung", state.rung),
            patience=fit(patience, "patience", state.patience),
        )

    def _followed(self, world: World, state: State, rung: ByDyad, span: Scalar) -> tuple[ByDyad, ByDyad]:
        """Return how far each client is below what it means to apply, and the share of that it makes up now."""
        lead = patrons_rung(world, state)
        means = self.follow * state.dissent_cost * clienthood(world)
        wish = means[:, None] * (between(world.ladder.cascade, lead) * lead)[None, :]
        lag = between(world.ladder.lag_days, lead)[None, :] + state.cascade_lag[:, None]
        # a client does not press on itself, nor on the patron
        others = (1.0 - jnp.eye(rung.shape[0], dtype=rung.dtype)) * (1.0 - world.patron)[None, :]
        return jnp.maximum(0.0, wish - rung) * others, 1.0 - fade(span, jnp.maximum(lag, 0.5))
