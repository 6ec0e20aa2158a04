"""Unrest: excites itself, spreads between neighbours, fed by shocks of doctrine, want and giving way (S23)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.food import shortage
from blocs.bloc.pressure import weighted_shock
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.keys import exponentials
from blocs.ground.sums import product
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

TOP = vocabulary()["unrest"].hi or 13.0
FORCE = 18.0
"""Rung of the coercion ladder at which force is used (SYSTEM S18)."""


class Unrest(AbstractMechanism):
    """Unrest u_a, rung 0..13: a self- and cross-exciting level (Hawkes 1971) with a ceiling, and concession c_a, 0..1.

    In a day u loses the share `ln 2 / half_life` and gains, on what is left to the ceiling, `w * x` in bursts, where
    `w = 2 * susceptibility * (1 - guard * cohesion) * (1 + anchor * (1 - standing))` is the actor's weakness: several
    must coincide (R23.6). The excitation x adds `shock` per unit of what the line has moved on what matters to the actor, as
    far as the public hears of it and its leaders still show the old line (R23.1, R23.5); `want` per unit of hardship or
    empty stocks; `claim` per unit of concession (R23.2); `excite` per rung of its own unrest, `surge` times that above
    rung `release`, where words no longer recall it (F23.4); and `contagion` per rung of its neighbours' mean unrest.
    Bursts: of the gain of a step the share `burst` is exponentially distributed around its mean. The ceiling is lowered
    by `stop * border insecurity * cohesion`: who needs the frontier and has a plenum of one mind stops at autonomy
    (R23.7). Leaders who are split give way by `give` as unrest grows; clearing a condemned person is a concession too.
    Force quells: half of unrest when it comes out of nothing, all when the presser has climbed there; what is left
    comes back with a grievance (R23.3). Other conflictual acts received stir by `hostility`.
    """

    strength: Scalar
    half_life: Scalar
    shock: Scalar
    want: Scalar
    claim: Scalar
    excite: Scalar
    surge: Scalar
    release: Scalar
    contagion: Scalar
    anchor: Scalar
    guard: Scalar
    hostility: Scalar
    quell: Scalar
    stop: Scalar
    give: Scalar
    burst: Scalar
    card: ClassVar[Card] = Card(
        name="unrest",
        summary="self- and cross-exciting unrest, fed by shocks, want, concession and half-hearted force",
        systems=("S23", "S11", "S19"),
        rules=("R23.1", "R23.2", "R23.3", "R23.4", "R23.5", "R23.6", "R23.7"),
        reads=frozenset(
            {
                "unrest",
                "concession",
                "susceptibility",
                "cohesion",
                "leader_standing",
                "shock",
                "news_access",
                "line",
                "public_position",
                "salience",
                "hardship",
                "reserve_days",
                "import_share",
                "border_insecurity",
                "rung",
            }
        ),
        writes=frozenset({"unrest", "concession"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("half_life", "day", 14.0, 3650.0, 120.0, "S23 parameters: crises run 3-9 months, C n=2"),
            Param("shock", "rung per day", 0.0, 1.0, 0.1, "R23.1: unrest 3-9 months after the line moves"),
            Param("want", "rung per day", 0.0, 1.0, 0.1, "S23 inputs (hardship), C n=2"),
            Param("claim", "rung per day", 0.0, 1.0, 0.05, "R23.2: a concession lets the claim grow"),
            Param("excite", "rung per day per rung", 0.0, 0.1, 0.003, "R23.2: claims grow; ours, below decay"),
            Param("surge", "ratio", 0.0, 10.0, 5.0, "F23.4, C n=2: above the release it feeds itself"),
            Param("release", "rung", 0.0, 13.0, 8.0, "F23.4, C n=2: open borders and radio"),
            Param("contagion", "rung per day per rung", 0.0, 0.1, 0.003, "F23.1, C n=5"),
            Param("anchor", "share", 0.0, 5.0, 1.0, "R23.4: faster when the leader who anchors falls"),
            Param("guard", "share", 0.0, 1.0, 1.0, "F23.5, C n=2: where the leaders are of one mind attempts fail"),
            Param("hostility", "rung per unit of cooperation", 0.0, 5.0, 0.2, "R23.6"),
            Param("quell", "share", 0.0, 1.0, 1.0, "R23.3: full force ends it, half force is undone"),
            Param("stop", "share", 0.0, 1.0, 0.7, "R23.7: one stopped at about rung 6 of 13"),
            Param("give", "share per day", 0.0, 0.1, 0.002, "S23 procedure 3, C n=2: split leaders give way in months"),
            Param("burst", "share", 0.0, 1.0, 0.5, "ours: half of the gain comes in bursts"),
        ),
        references=("Hawkes 1971, Spectra of some self-exciting and mutually exciting point processes",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let force quell and other hostile acts stir the target; clearing a person concedes at home: two entries."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        force = world.is_kind("coerce")[g] * (world.act_rung[g] >= FORCE)
        hurt = jnp.maximum(0.0, -world.cooperation[g]) * (world.polarity[g] < 0) * (1.0 - world.collective[j])
        rise = push * self.hostility * hurt * (1.0 - state.cohesion[j]) * (1.0 - force)
        thorough = 0.5 + 0.5 * unit(state.rung[i, j] / FORCE)
        now = state.unrest[j] * (1.0 - unit(push * self.quell * force * thorough))
        new = now + (TOP - now) * unit(rise / TOP)
        gave = approach(state.concession[i], 1.0, unit(push * 0.5) * world.is_kind("rehabilitate")[g])
        grief = approach(state.concession[j], 1.0, unit(push * force * (1.0 - thorough)))
        both = state.concession.at[i].set(fit(gave, "concession", state.concession))
        return state.replace(
            unrest=state.unrest.at[j].set(fit(new, "unrest", state.unrest)),
            concession=both.at[j].set(fit(grief, "concession", state.concession)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let unrest die down, feed itself in bursts and spread, and split leaders give way."""
        span = self.strength * days
        weak = 2.0 * state.susceptibility * (1.0 - self.guard * state.cohesion) * (1.0 - world.collective)
        weak = weak * (1.0 + self.anchor * (1.0 - state.leader_standing))
        mark = 1.0 - self.burst + self.burst * exponentials(key, world.actor_id)
        ceiling = TOP * (1.0 - self.stop * state.border_insecurity * state.cohesion)
        left = state.unrest * fade(span, self.half_life)
        room = jnp.maximum(0.0, ceiling - left)
        new = left + room * -jnp.expm1(-span * weak * self._excited(world, state) * mark / TOP)
        given = self.give * (1.0 - state.cohesion) * state.unrest / TOP * world.member
        conceded = approach(state.concession * fade(span, self.half_life), 1.0, -jnp.expm1(-span * given))
        return state.replace(
            unrest=fit(new, "unrest", state.unrest), concession=fit(conceded, "concession", state.concession)
        )

    def _excited(self, world: World, state: State) -> ByActor:
        """Return what excites each actor's unrest, rungs a day at weakness 1."""
        own = self.excite * state.unrest * jnp.where(state.unrest > self.release, 1.0 + self.surge, 1.0)
        return (
            self.shock * news(world, state)
            + self.want * jnp.maximum(state.hardship, shortage(world, state))
            + self.claim * state.concession
            + own
            + self.contagion * around(world, state.unrest)
        )


def news(world: World, state: State) -> ByActor:
    """Return how much of a shock of doctrine reaches the street of each member, 0..1.

    The shock on what matters to the actor, as far as the public hears of it; half of it where the leaders already show
    the new line, all where they are a side of the axis away from it.
    """
    return weighted_shock(state) * state.news_access * world.member * (1.0 + unit(line_gap(world, state)))


def line_gap(world: World, state: State) -> ByActor:
    """Return how far the patron's line is from what a member shows, weighted by salience, 0..2; 0 for non-members."""
    apart = jnp.abs(state.line[None, :] - state.public_position)
    weight = jnp.sum(state.salience, axis=1)
    return world.member * jnp.sum(state.salience * apart, axis=1) / jnp.maximum(weight, 1e-6)


def around(world: World, unrest: ByActor) -> ByActor:
    """Return the mean unrest of neighbours, half by border and half by camp, 0..13."""
    ties = world.contiguous + world.same_camp
    ties = ties - jnp.diag(jnp.diagonal(ties))
    return product(ties, unrest) / jnp.maximum(1.0, jnp.sum(ties, axis=1))
