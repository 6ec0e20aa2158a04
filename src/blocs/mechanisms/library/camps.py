"""Camps: trust, party ties beside state ties, rival centres, and the thaw of the patron with those outside (S20)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.pressure import STEPS, outside
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByDyad, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit


class Camps(AbstractMechanism):
    """Trust t_ij, party tie p_ij (0..1), rival centre v_a and thaw h_a (0..1).

    Hostile acts cost the source the target's trust by `breach`, more on what matters to the target (R20.3: who is touched
    in its own territory resists whatever its loyalty was); kind ones build it by `build`. A client that deals with
    actors its patron is cold to loses the patron's trust by `hedge` (R19.3). Open attacks cut the party tie of a pair by `split`,
    long before relations of state are broken (R18.9, F20.3); only a clearing or alignment by the side that attacked more
    openly restores it, by `absolve` (R20.7, R20.11). Open dissent from the patron makes a weighty member a centre of its
    own, and whoever turns to it then adds to that (R20.10). Kind acts between the patron and an actor outside the bloc
    are a thaw, hostile ones end it; it halves every `season` (R20.1).
    """

    strength: Scalar
    breach: Scalar
    build: Scalar
    vital: Scalar
    hedge: Scalar
    split: Scalar
    absolve: Scalar
    rise: Scalar
    warm: Scalar
    season: Scalar
    forget: Scalar
    card: ClassVar[Card] = Card(
        name="camps",
        summary="trust is lost by attacks and hedging, party ties end before state ties, centres rise, thaws pass",
        systems=("S20", "S19", "S21"),
        rules=("R18.9", "R19.3", "R20.3", "R20.7", "R20.10", "R20.11"),
        reads=frozenset(
            {"trust", "party_tie", "rival_centre", "thaw", "openness", "salience", "warmth", "bargaining_weight"}
        ),
        writes=frozenset({"trust", "party_tie", "rival_centre", "thaw"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param(
                "breach", "share per unit of cooperation", 0.0, 1.0, 0.3, "S20 trust, C n=3: falls at each late notice"
            ),
            Param("build", "share per unit of cooperation", 0.0, 1.0, 0.1, "ours: trust grows slower than it goes"),
            Param("vital", "ratio", 0.0, 5.0, 1.0, "R20.3"),
            Param("hedge", "share per unit of cooperation", 0.0, 1.0, 0.2, "R19.3"),
            Param("split", "share per unit of cooperation", 0.0, 1.0, 0.4, "R18.9 and R20.7"),
            Param("absolve", "share per act", 0.0, 1.0, 0.3, "R20.7 and R20.11"),
            Param("rise", "share per act fully in the open", 0.0, 1.0, 0.25, "R20.10"),
            Param("warm", "share per unit of cooperation", 0.0, 1.0, 0.6, "R20.1"),
            Param("season", "day", 7.0, 3650.0, 60.0, "F20.1, C n=4: the price is asked within 0-3 months"),
            Param("forget", "day", 30.0, 36500.0, 1825.0, "ours: trust and centres last for years"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Move the target's trust, the pair's party tie, the rival centre and the thaw: O(A) for hedging."""
        push = self.strength * act.weight
        return state.replace(
            trust=self._trust(world, state, act, push),
            party_tie=self._party(world, state, act, push),
            rival_centre=self._centre(world, state, act, push),
            thaw=self._thaw(world, state, act, push),
        )

    def _trust(self, world: World, state: State, act: Act, push: Scalar) -> ByDyad:
        i, j, k = act.source, act.target, act.issue
        kind, cruel = _sides(world, act)
        # whoever is i's patron and cold to j sees i hedge
        cold = world.client[i] * jnp.maximum(0.0, -state.warmth[:, j]) * (1.0 - world.same_camp[i, j])
        column = state.trust[:, i] * (1.0 - unit(push * self.hedge * kind * cold))
        lost = unit(push * self.breach * cruel * (1.0 + self.vital * state.salience[j, k]))
        mine = approach(state.trust[j, i] * (1.0 - lost), 1.0, unit(push * self.build * kind))
        column = column.at[j].set(mine.astype(column.dtype))
        return state.trust.at[:, i].set(fit(column, "trust", state.trust))

    def _party(self, world: World, state: State, act: Act, push: Scalar) -> ByDyad:
        i, j, g = act.source, act.target, act.act
        _, cruel = _sides(world, act)
        cut = unit(push * self.split * cruel * world.act_openness[g] / STEPS)
        amends = jnp.maximum(world.is_kind("align")[g], world.is_kind("rehabilitate")[g])
        own_fault = state.openness[i, j] >= state.openness[j, i]
        back = unit(push * self.absolve * amends * own_fault)
        both = jnp.stack([state.party_tie[i, j], state.party_tie[j, i]])
        new = fit(approach(both * (1.0 - cut), jnp.ones_like(both), back), "party_tie", state.party_tie)
        return state.party_tie.at[i, j].set(new[0]).at[j, i].set(new[1])

    def _centre(self, world: World, state: State, act: Act, push: Scalar) -> Scalar:
        i, j, g = act.source, act.target, act.act
        kind, cruel = _sides(world, act)
        dissent = (cruel > 0) * world.patron[j] * (1.0 - world.patron[i]) * (1.0 - world.collective[i])
        own = unit(push * self.rise * dissent * state.bargaining_weight[i] * world.act_openness[g] / STEPS)
        v = state.rival_centre
        v = v.at[i].set(fit(approach(v[i], 1.0, own), "rival_centre", v))
        turned = unit(push * self.rise * kind * v[j] * (1.0 - world.patron[i]) * (1.0 - world.patron[j]))
        return v.at[j].set(fit(approach(v[j], 1.0, turned), "rival_centre", v))

    def _thaw(self, world: World, state: State, act: Act, push: Scalar) -> Scalar:
        i, j = act.source, act.target
        kind, cruel = _sides(world, act)
        apart = outside(world)
        there = jnp.where(world.patron[i] > 0, j, i)
        pair = jnp.where(world.patron[i] > 0, apart[j], world.patron[j] * apart[i])
        left = state.thaw[there] * (1.0 - unit(push * self.warm * cruel * pair))
        new = approach(left, 1.0, unit(push * self.warm * kind * pair))
        return state.thaw.at[there].set(fit(new, "thaw", state.thaw))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let trust return to indifference, centres and thaws fade."""
        span = self.strength * days
        left = fade(span, self.forget)
        return state.replace(
            trust=fit(approach(state.trust, 0.5, 1.0 - left), "trust", state.trust),
            rival_centre=fit(state.rival_centre * left, "rival_centre", state.rival_centre),
            thaw=fit(state.thaw * fade(span, self.season), "thaw", state.thaw),
        )


def _sides(world: World, act: Act) -> tuple[Scalar, Scalar]:
    """Return how kind and how cruel the act is, each 0..1."""
    c, tone = world.cooperation[act.act], world.polarity[act.act]
    return jnp.maximum(0.0, c) * (tone > 0), jnp.maximum(0.0, -c) * (tone < 0)
