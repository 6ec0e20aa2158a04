"""Bases of a patron in a member: contract, deliveries, dispute step by step, the alliance vote, the strait (S16)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.ground.sums import product
from blocs.institutions.procedures.rules import decide, executed, verdicts
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fit, only_when, unit

CONTRACT, DELIVERIES, INCIDENTS, SUPPLIES, COMMAND, VOTE, WITHHELD, ULTIMATUM, FLEET, SETTLED = range(2, 12)
NEEDS = (99.0, 99.0, 99.0, 3.0, 5.0, 7.0, 8.0, 10.0, 13.0, 15.0, 99.0, 99.0)
"""Rung of the ladder that the user must have reached on the owner before the dispute leaves each stage: ours, ordinal."""

UNREST_TOP = vocabulary()["believed_unrest"].hi or 13.0
MONTH = 30.0


class Bases(AbstractMechanism):
    """A base of the user (an owner's patron) on the owner's ground, one an owner, on a scale of 12 stages.

    Material help delivers vessels at the share `deliver` of what is due while the dispute has not begun. Conflictual
    acts between the two move the dispute on, one stage an act (`skip` more), once the user's rung on the owner reaches
    what the stage needs (R16.2, F16.3): incidents, supplies stopped, sole command, vote, vessels withheld, ultimatum,
    fleet. A refusal by the owner makes the user change its claim, by `pretext` (R16.5). The vote is taken by `rule`
    among the owner's allies: who depends on the user, or is colder to the owner than to it, is for it; a rule that
    nobody can enforce inside a dissenting state changes nothing (R16.3), any other hands the base over. When the fleet
    is in, an owner that can close the strait, and is of one mind, reverses the threat by `closing` (R16.6); else it
    loses the base. Undelivered vessels stay with the user (R16.4), delivered ones follow their crews by `follow`
    (R16.7). The alliance council meets with the chance `meet` a day, less by `avoid` times the urgency, the highest
    unrest that the user believes to be inside a member or its highest rung (R16.1, F16.2).
    """

    strength: Scalar
    deliver: Scalar
    pretext: Scalar
    skip: Scalar
    rule: Scalar
    quota: Scalar
    closing: Scalar
    follow: Scalar
    meet: Scalar
    avoid: Scalar
    card: ClassVar[Card] = Card(
        name="bases",
        summary="bases of the patron: deliveries, dispute by stages, alliance vote, fleet and strait, vessels and crews",
        systems=("S16", "S18"),
        rules=("R16.1", "R16.2", "R16.3", "R16.4", "R16.5", "R16.6", "R16.7"),
        reads=frozenset(
            {
                "base_stage",
                "base_command",
                "base_control",
                "base_claims",
                "vessels_total",
                "vessels_delivered",
                "vessels_held",
                "crew_own",
                "terrain_closable",
                "cohesion",
                "council_idle",
                "rung",
                "believed_unrest",
                "warmth",
                "dissent_cost",
                "bargaining_weight",
            }
        ),
        writes=frozenset(
            {
                "base_stage",
                "base_command",
                "base_control",
                "base_claims",
                "vessels_delivered",
                "vessels_held",
                "council_idle",
            }
        ),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("deliver", "share per unit of cooperation", 0.0, 1.0, 0.1, "S16 parameters, T n=1: 4 of 12; ours"),
            Param("pretext", "claim", 0.0, 3.0, 1.0, "R16.5: ownership, then training"),
            Param("skip", "stage", 0.0, 11.0, 0.0, "F16.3, T n=1: none is left out"),
            Param("rule", "decision rule", 0.0, 5.0, 5.0, "SYSTEM 6.12: majority without executor"),
            Param("quota", "share", 0.0, 1.0, 0.667, "ours: share of the weight in a qualified majority"),
            Param("closing", "share", 0.0, 1.0, 1.0, "R16.6"),
            Param("follow", "share", 0.0, 1.0, 1.0, "R16.7: vessels follow crews"),
            Param("meet", "per day", 0.0, 0.1, 0.008, "S16 parameters: one idle year; ours for calm times"),
            Param("avoid", "share", 0.0, 1.0, 0.9, "F16.2, T n=1"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Deliver, dispute or dispute further: a few entries of the owner."""
        i, j, g = act.source, act.target, act.act
        owner = jnp.where(world.client[j, i] > 0, j, i)
        user = jnp.where(owner == i, j, i)
        tied = (world.client[owner, user] > 0) & (state.base_stage[owner] >= CONTRACT)
        push = self.strength * act.weight * tied
        state = self._delivered(world, state, act, owner, push)
        stage = state.base_stage[owner]
        need = jnp.asarray(NEEDS, stage.dtype)[jnp.clip(jnp.round(stage), 0, SETTLED).astype(jnp.int32)]
        hostile = world.polarity[g] < 0
        ready = hostile & (stage >= DELIVERIES) & (stage < FLEET) & (state.rung[user, owner] >= need)
        on = jnp.minimum(stage + jnp.where(push > 0, 1.0 + self.skip, 0.0) * ready, jnp.maximum(stage, FLEET * 1.0))
        refuse = (world.is_kind("refuse")[g] > 0) & (owner == i) & (stage >= INCIDENTS) & (stage < FLEET)
        claims = state.base_claims[owner] + push * self.pretext * refuse
        reach = approach(state.base_command[owner], 1.0, unit(push) * (on >= COMMAND) * ready)
        return state.replace(
            base_stage=state.base_stage.at[owner].set(fit(on, "base_stage", state.base_stage)),
            base_claims=state.base_claims.at[owner].set(fit(claims, "base_claims", state.base_claims)),
            base_command=state.base_command.at[owner].set(fit(reach, "base_command", state.base_command)),
        )

    def _delivered(self, world: World, state: State, act: Act, owner: Array, push: Scalar) -> State:
        """Hand over a share of the vessels due while nobody disputes; the first delivery begins the stage of deliveries."""
        g = act.act
        stage, have = state.base_stage[owner], state.vessels_delivered[owner]
        gives = (world.polarity[g] > 0) & (world.material[g] > 0) & (owner == act.target) & (stage <= DELIVERIES)
        due = jnp.maximum(0.0, state.vessels_total[owner] - have)
        more = due * unit(push * self.deliver * jnp.maximum(0.0, world.cooperation[g])) * gives
        begun = jnp.where((more > 0) & (stage < DELIVERIES), DELIVERIES * 1.0, stage)
        return state.replace(
            vessels_delivered=state.vessels_delivered.at[owner].set(fit(have + more, "vessels_delivered", have)),
            vessels_held=state.vessels_held.at[owner].add(more.astype(have.dtype)),
            base_stage=state.base_stage.at[owner].set(fit(begun, "base_stage", stage)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Take the vote, settle what came to the fleet, and let the council meet or not."""
        stage = state.base_stage
        due = (jnp.round(stage) == VOTE) | ((stage >= FLEET) & (stage < SETTLED))
        at_work = due.any() & (self.strength > 0)
        state = only_when(at_work, state, self.card.writes, lambda s: self._settle(world, s))
        return self._council(key, world, state, days)

    def _settle(self, world: World, state: State) -> State:
        """Take the vote and settle what came to the fleet."""
        voting = (jnp.round(state.base_stage) == VOTE) & (self.strength > 0)
        lost = voting & self._enforced(world, state)
        fleet = (state.base_stage >= FLEET) & (state.base_stage < SETTLED) & (self.strength > 0)
        shut = unit(state.terrain_closable * state.cohesion * self.closing * 2.0)
        control = jnp.where(fleet, jnp.where(shut >= 0.5, state.base_control, 0.0), state.base_control)
        control = jnp.where(lost, 0.0, control)
        ends = fleet | lost
        kept = state.vessels_delivered * approach(jnp.ones_like(shut), state.crew_own, self.follow)
        held = jnp.where(ends, kept * (shut >= 0.5) * (control > 0), state.vessels_held)
        return state.replace(
            base_control=fit(approach(state.base_control, control, self.strength), "base_control", state.base_control),
            vessels_held=fit(approach(state.vessels_held, held, self.strength), "vessels_held", state.vessels_held),
            base_stage=jnp.where(ends, SETTLED, state.base_stage).astype(state.base_stage.dtype),
        )

    def _enforced(self, world: World, state: State) -> Bool[Array, " actor"]:
        """Return the owners against whom the alliance votes by a rule that somebody can enforce."""
        user = world.client
        dear = jnp.sum(user[:, None] * state.warmth[None], axis=2)
        dear = dear + state.dissent_cost[None] - state.warmth.T
        mate = (product(user, world.ally) > 0) | (user > 0) | jnp.eye(user.shape[0], dtype=bool)
        objection = jnp.where(dear >= 0, 0.0, 1.0)
        objection = jnp.where(jnp.eye(user.shape[0], dtype=bool), 1.0, objection)
        objection = jnp.where(user > 0, 0.0, objection)
        one = jnp.ones(user.shape[0])
        found = verdicts(
            objection[:, None],
            mate * 1.0,
            user,
            state.bargaining_weight + 0.01,
            0.0 * one,
            jnp.asarray(0.5),
            self.quota,
        )
        rule = self.rule * one
        return decide(rule, found)[:, 0] & (executed(rule) > 0)

    def _council(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let the months since the last council run, unless it meets."""
        span = self.strength * days
        user = jnp.max(world.client, axis=0)
        stir = jnp.max(user[:, None] * state.believed_unrest * world.client.T) / UNREST_TOP
        urgency = jnp.maximum(stir, jnp.max(user[:, None] * state.rung) / 22.0)
        chance = -jnp.expm1(-span * self.meet * (1.0 - self.avoid * urgency))
        met = uniforms(key, jnp.zeros(1, jnp.uint32))[0] < chance
        idle = jnp.where(met, 0.0, state.council_idle + span / MONTH)
        return state.replace(council_idle=idle.astype(state.council_idle.dtype))
