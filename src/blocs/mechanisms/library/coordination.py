"""Coordination: quotas and what they cost at home, default, advice to specialise, referral of claims, territory (S15)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.food import shortage
from blocs.bloc.kinds import ASKS, any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByActorLever, Key, Scalar
from blocs.ground.sums import product
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, only_when, unit

SELDOM = 4.0
"""Steps between two rounds of advice."""


class Coordination(AbstractMechanism):
    """Home cost h_a of a quota, compliance c_a, advice v_al, -1..1, and what an offer on territory does to a member.

    Home cost nears `load * quota + hardship`, hardship being want of goods and unrest. Compliance nears 1 up to the
    cost `tolerance` and falls steeply beyond it (R15.1); decisions that carry no sanction are carried out by the share
    `binding` alone where they are not also worth it (R15.2). A claim brought to a forum is referred to the claimant's
    patron by the share `refer` (R15.4). Advice follows the patron: grow what it buys, give up what it sells (R15.3,
    R15.6), and moves own production by `heed` a year, less the more the member weighs doctrine. A plan that touches a
    member's territory cools it toward its patron and makes dissent cheaper, by `resent` a year (R15.5).
    """

    strength: Scalar
    load: Scalar
    tolerance: Scalar
    width: Scalar
    binding: Scalar
    adjust: Scalar
    refer: Scalar
    advise: Scalar
    heed: Scalar
    resent: Scalar
    card: ClassVar[Card] = Card(
        name="coordination",
        summary="quotas and what they cost at home, default, advice to specialise, referral of claims, territory",
        systems=("S15", "S11", "S20"),
        rules=("R15.1", "R15.2", "R15.3", "R15.4", "R15.5", "R15.6"),
        reads=frozenset(
            {
                "quota",
                "compliance",
                "home_cost",
                "advice",
                "integration_offer",
                "request",
                "import_share",
                "reserve_days",
                "unrest",
                "dependence",
                "doctrine_weight",
                "dissent_cost",
                "warmth",
            }
        ),
        writes=frozenset({"compliance", "home_cost", "advice", "request", "import_share", "dissent_cost", "warmth"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("load", "share", 0.0, 2.0, 0.6, "R15.1; ours"),
            Param("tolerance", "share", 0.0, 1.0, 0.5, "R15.1; ours"),
            Param("width", "share", 0.01, 1.0, 0.08, "F15.3, T n=1: only when the risk is high; ours"),
            Param("binding", "share", 0.0, 1.0, 0.7, "R15.2: formally binding and not carried out; ours"),
            Param("adjust", "day", 7.0, 3650.0, 90.0, "ours: a quarter"),
            Param("refer", "share", 0.0, 1.0, 0.8, "R15.4"),
            Param("advise", "day", 30.0, 3650.0, 365.0, "R15.3 and R15.6; ours"),
            Param("heed", "share a year", 0.0, 1.0, 0.03, "R15.6; ours"),
            Param("resent", "share a year", 0.0, 5.0, 0.5, "R15.5; ours"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Refer a claim brought to a forum to the claimant's patron: one row of requests, whose sum stays."""
        i, j, g = act.source, act.target, act.act
        push = unit(self.strength * act.weight)
        asks = any_kind(world, *ASKS)[g] * world.collective[j]
        patrons = world.client[i]
        many = jnp.sum(patrons)
        moved = push * self.refer * asks * (many > 0) * state.request[i, j]
        row = state.request[i] + patrons / jnp.maximum(1.0, many) * moved
        row = row.at[j].add(-moved)
        return state.replace(request=state.request.at[i].set(fit(row, "request", state.request)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Weigh quotas, comply or default, advise, resent: passes over actors and goods, two over pairs."""
        span = self.strength * days
        soon = 1.0 - fade(span, self.adjust)
        hard = unit(self.load * state.quota + shortage(world, state) + state.unrest / 13.0)
        cost = approach(state.home_cost, hard, soon)
        done = approach(state.compliance, self.carried_out(cost, state.quota), soon)
        # advice takes years and is dear to work out: it moves once in four steps, by four steps
        due = jnp.mod(jnp.round(state.clock / jnp.maximum(days, 1e-6)), SELDOM) < 0.5
        share = (1.0 - fade(SELDOM * span, self.advise)) * world.member[:, None]

        def advised(s: State) -> State:
            return s.replace(advice=fit(approach(s.advice, self.wanted(world, s), share), "advice", s.advice))

        state = only_when(due & (span > 0), state, ("advice",), advised)
        advice = state.advice
        moved = span / 365.0 * self.heed * advice * (1.0 - state.doctrine_weight)[:, None]
        used = state.import_share
        grown = unit(used - moved * jnp.where(moved > 0, used, 1.0 - used))
        stung = unit(span / 365.0 * self.resent * state.integration_offer) * world.member
        warmth = lean(state.warmth, -stung[:, None] * world.client)
        return state.replace(
            home_cost=fit(cost, "home_cost", state.home_cost),
            compliance=fit(done, "compliance", state.compliance),
            import_share=fit(grown, "import_share", state.import_share),
            warmth=fit(warmth, "warmth", state.warmth),
            dissent_cost=fit(state.dissent_cost * (1.0 - stung), "dissent_cost", state.dissent_cost),
        )

    def carried_out(self, cost: ByActor, quota: ByActor) -> ByActor:
        """Return the share of a quota that a member carries out at a home cost: 1 without a quota (R15.1, R15.2)."""
        over = (cost - self.tolerance) / self.width
        willing = 1.0 / (1.0 + jnp.exp(jnp.clip(over, -30.0, 30.0)))
        return jnp.where(quota > 0, willing * (self.binding + (1.0 - self.binding) * (1.0 - quota)), 1.0)

    def wanted(self, world: World, state: State) -> ByActorLever:
        """Return the advice a patron would give each client by good, -1..1: what it buys less what it sells to it."""
        patrons = jnp.maximum(1.0, jnp.sum(world.client, axis=1))[:, None]
        buys = product(world.client, state.import_share) / patrons
        sells = jnp.sum(world.client[:, :, None] * state.dependence, axis=1) / patrons
        return jnp.clip(buys - sells, -1.0, 1.0) * jnp.max(world.client, axis=1)[:, None]
