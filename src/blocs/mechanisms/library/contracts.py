"""Contracts: signed, delivered by conduct, delayed, re-examined, suspended, annulled; allies stop too (S12)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.kinds import GRANTS, any_kind
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, ByDyad, Float, Key, Scalar
from blocs.ground.sums import product
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.economy import half_rule, judged_by_all, lends
from blocs.mechanisms.moves import fade, fit, unit

TOP = vocabulary()["stall"].hi or 4.0
FORTNIGHT = 14.0
"""Days in which half of an annulled contract is written off."""
ANNULLED = TOP - 0.5
"""Stall from which a contract counts as annulled: the last half step."""


class Contracts(AbstractMechanism):
    """Goods pending p_ba and delivered d_ba of supplier b to buyer a, index units, and how far they stall, s_ba, 0..4.

    An agreement or promise with a supplier adds `size` to what is pending. Pending goods flow at the rate `pace`, times
    `max(0, 1 - s)`, times the half rule of the buyer's conduct (R12.1); aid delivers `batch` at once. A supplier's
    material conflictual act moves s up by at most `haste`, a refusal or reproach to 1 (waiting) and no further (R12.2);
    while its rung on the buyer is at or above `level`, s creeps up by `creep` a day, else it fades. Cooperative acts
    bring it down. Dependents of the patron follow its s toward a third, with the mean delay `lag`, by their cost of
    dissent (R12.3). From 3.5 on what is pending is annulled, half of it every fortnight. So goods are pending, delivered or
    cancelled, never lost, and a stop goes through waiting, re-examination and suspension (F12.1).
    """

    strength: Scalar
    size: Scalar
    pace: Scalar
    batch: Scalar
    half: Scalar
    poor: Scalar
    good: Scalar
    level: Scalar
    haste: Scalar
    creep: Scalar
    ease: Scalar
    follow: Scalar
    lag: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="contracts",
        summary="contracts signed, delivered by conduct, delayed, re-examined, suspended, annulled; allies stop too",
        systems=("S12", "S18"),
        rules=("R12.1", "R12.2", "R12.3"),
        reads=frozenset(
            {
                "pending",
                "delivered",
                "cancelled",
                "stall",
                "rung",
                "conduct",
                "warmth",
                "dependence",
                "dissent_cost",
                "broken",
            }
        ),
        writes=frozenset({"pending", "delivered", "cancelled", "stall"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("size", "index per act", 0.0, 10.0, 1.0, "unit of contracts: one agreement"),
            Param("pace", "day", 7.0, 3650.0, 180.0, "S12 procedure 4, T n=1: deliveries by the case; ours"),
            Param("batch", "index per unit of cooperation", 0.0, 10.0, 0.5, "S12 procedure 4: some by air; ours"),
            Param("half", "share", 0.0, 1.0, 0.5, "R12.1: half when conduct is bad"),
            Param("poor", "share", 0.0, 1.0, 0.2, "ours: conduct at or below it earns `half`"),
            Param("good", "share", 0.0, 1.0, 0.9, "ours: conduct at or above it earns all"),
            Param("level", "rung", 0.0, 22.0, 10.0, "S18 ladder, T n=1: goods from rung 10 on"),
            Param("haste", "step per act", 0.0, 4.0, 1.0, "F12.1, T n=1: one state after the other"),
            Param("creep", "step per day", 0.0, 1.0, 0.01, "F10.5, T n=1: months of waiting to each state"),
            Param("ease", "step per unit of cooperation", 0.0, 4.0, 1.0, "R12.1: improve and it rises; ours"),
            Param("follow", "share", 0.0, 1.0, 1.0, "R12.3 cascade"),
            Param("lag", "day", 0.5, 365.0, 14.0, "F12.4, T n=1: days or weeks"),
            Param("half_life", "day", 7.0, 3650.0, 180.0, "ours: a stall that nobody keeps up fades"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Sign, deliver a batch, stall or resume: entries of the pair both ways."""
        i, j, g = act.source, act.target, act.act
        push = unit(self.strength * act.weight)
        score = world.cooperation[g]
        signs = push * self.size * any_kind(world, *GRANTS)[g]
        sells, buys = signs * lends(world, state, i, j), signs * lends(world, state, j, i)
        helps = world.is_kind("aid")[g] * (world.material[g] > 0)
        now = state.pending[i, j]
        sent = jnp.minimum(now, push * self.batch * helps * jnp.maximum(0.0, score))
        pending = state.pending.at[i, j].set(fit(now - sent + sells, "pending", state.pending))
        pending = pending.at[j, i].add(buys.astype(pending.dtype))
        done = fit(state.delivered[i, j] + sent, "delivered", state.delivered)
        return state.replace(
            pending=pending,
            delivered=state.delivered.at[i, j].set(done),
            stall=self._stalled(world, state, act, push),
        )

    def _stalled(self, world: World, state: State, act: Act, push: Scalar) -> ByDyad:
        i, j, g = act.source, act.target, act.act
        now, score = state.stall[i, j], world.cooperation[g]
        hard = (world.material[g] > 0) & (world.polarity[g] < 0) & (world.act_rung[g] >= self.level)
        cold = any_kind(world, "refuse", "criticise", "distance", "slight")[g] * lends(world, state, i, j)
        up = jnp.where(hard, push * self.haste, push * cold * jnp.minimum(self.haste, jnp.maximum(0.0, 1.0 - now)))
        down = push * self.ease * jnp.maximum(0.0, score) * (world.polarity[g] > 0)
        return state.stall.at[i, j].set(fit(now + up - down, "stall", state.stall))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Deliver, creep toward a stop or away from it, follow the patron, annul: a few passes over pairs."""
        span = self.strength * days
        stall = self._drift(world, state, span)
        earned = half_rule(judged_by_all(world, state), self.half, self.poor, self.good)
        flow = earned * unit(1.0 - stall) * (1.0 - state.broken)
        sent = state.pending * (1.0 - fade(span, self.pace)) * flow
        dead = (stall >= ANNULLED) * (1.0 - fade(span, jnp.asarray(FORTNIGHT)))
        gone = (state.pending - sent) * dead
        return state.replace(
            stall=fit(stall, "stall", state.stall),
            pending=fit(state.pending - sent - gone, "pending", state.pending),
            delivered=fit(state.delivered + sent, "delivered", state.delivered),
            cancelled=fit(state.cancelled + jnp.sum(gone, axis=1), "cancelled", state.cancelled),
        )

    def _drift(self, world: World, state: State, span: Scalar) -> Float[Array, "actor actor"]:
        pressed = state.rung >= self.level
        stall = jnp.where(pressed, state.stall + self.creep * span, state.stall * fade(span, self.half_life))
        lead = product(world.patron, state.stall) / jnp.maximum(1.0, jnp.sum(world.patron))
        follower = self.follow * product(world.client, world.patron) * state.dissent_cost
        others = 1.0 - jnp.eye(stall.shape[0], dtype=stall.dtype)
        gap = jnp.maximum(0.0, lead[None, :] * follower[:, None] - stall) * others
        return jnp.clip(stall + gap * (1.0 - fade(span, self.lag)), 0.0, TOP)


def contracted(state: State) -> Scalar:
    """Return all goods that each actor has contracted to supply: pending, delivered and cancelled, axis actor."""
    return jnp.sum(state.pending + state.delivered, axis=1) + state.cancelled
