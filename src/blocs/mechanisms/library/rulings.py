"""Rulings: joint rulings, the verdicts that rest on them, their annulment, and the legitimacy of those who judged (S22)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp

from blocs.bloc.inside import kept
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActorIssue, ByIssue, Key, Scalar
from blocs.ground.keys import named
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, unit
from blocs.mechanisms.seats import happens, issue_uniforms


class Rulings(AbstractMechanism):
    """Force of the ruling r_k, of the verdicts v_ak that rest on it, and legitimacy g_a, all 0..1.

    The patron announces an annulment when it clears or courts someone on an issue with a ruling (R22.2): after `notice`
    days the ruling loses the share `sweep`. Until then every actor that judged objects at the rate `protest * stake`
    (R22.4, F22.4). A ruling that rests on another falls toward `1 - rests_on (1 - r)` with `spread` (R22.1). The
    announcement sours the leadership of the patron by `drop`: signers of the old ruling stand in the way (R22.4).
    A member's verdict falls at the rate `recant * judged * (1 - r_k) * (cost of dissent + race * share of peers who
    recanted) * (1 + insincere * signed * gap) * (1 - firm * salience * (1 - loose * signed))` a day: the insincere
    first (R22.6), those bound by evidence of their own last (R22.5, R22.7). A member that clears a person takes the
    share `undo` of its verdict on that issue away, so that legitimacy, which nears `rest - cost * (lost share)`, falls.
    """

    strength: Scalar
    notice: Scalar
    sweep: Scalar
    protest: Scalar
    spread: Scalar
    drop: Scalar
    recant: Scalar
    race: Scalar
    insincere: Scalar
    firm: Scalar
    loose: Scalar
    undo: Scalar
    rest: Scalar
    cost: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="rulings",
        summary="joint rulings and the verdicts that rest on them; annulment spreads and costs those who judged",
        systems=("S22", "S04"),
        rules=("R04.2", "R22.1", "R22.2", "R22.4", "R22.5", "R22.6", "R22.7"),
        reads=frozenset(
            {
                "ruling",
                "verdict",
                "judged",
                "signed",
                "rests_on",
                "annulment_due",
                "objections",
                "legitimacy",
                "rift",
                "salience",
                "dissent_cost",
                "public_position",
                "private_position",
            }
        ),
        writes=frozenset({"ruling", "verdict", "annulment_due", "objections", "legitimacy", "rift"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("notice", "day", 0.0, 365.0, 3.0, "S22 parameters, T n=1: 2-3 days"),
            Param("sweep", "share", 0.0, 1.0, 1.0, "R22.2: annulled in the name of all"),
            Param(
                "protest", "per day", 0.0, 1.0, 0.04, "F22.4, T n=1: two letters in three days by the most concerned"
            ),
            Param("spread", "day", 7.0, 3650.0, 120.0, "R22.1: within months"),
            Param("drop", "share", 0.0, 1.0, 0.4, "R22.4: a signer is dropped under a pretext"),
            Param("recant", "per day", 0.0, 0.5, 0.008, "F22.1, T n=4: within about a year"),
            Param("race", "ratio", 0.0, 10.0, 2.0, "R04.3: pressure rises with the number of peers"),
            Param("insincere", "ratio", 0.0, 10.0, 2.0, "R22.6"),
            Param("firm", "share", 0.0, 1.0, 0.95, "R22.5 and R22.7"),
            Param(
                "loose", "share", 0.0, 1.0, 0.6, "F22.3, C n=1: signers hold to it less than those bound by evidence"
            ),
            Param("undo", "share", 0.0, 1.0, 0.7, "R04.5: a reopened case turns on those who judged"),
            Param("rest", "share", 0.0, 1.0, 0.7, "ours: default of the vocabulary"),
            Param("cost", "share", 0.0, 1.0, 0.6, "R22.1: legitimacy of the judges falls"),
            Param("half_life", "day", 7.0, 3650.0, 90.0, "R22.1: months"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Announce an annulment, or take back a verdict: one entry each of ruling notice, verdict and rift."""
        i, g, k = act.source, act.act, act.issue
        clears = world.is_kind("rehabilitate")[g]
        courts = jnp.maximum(clears, world.is_kind("align")[g]) * world.patron[i]
        new = (self.strength * act.weight > 0) & (courts > 0) & (state.ruling[k] > 0.5) & (state.annulment_due[k] <= 0)
        due = jnp.where(new, jnp.maximum(self.notice, 0.1), state.annulment_due[k])
        sour = lean(state.rift[i], unit(self.strength * self.drop * new))
        lost = unit(self.strength * act.weight * self.undo * clears * state.judged[i, k])
        verdict = state.verdict[i, k] * (1.0 - lost)
        return state.replace(
            annulment_due=state.annulment_due.at[k].set(fit(due, "annulment_due", state.annulment_due)),
            rift=state.rift.at[i].set(fit(sour, "rift", state.rift)),
            verdict=state.verdict.at[i, k].set(fit(verdict, "verdict", state.verdict)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let notice run out, rulings fall with those they rest on, verdicts with rulings, legitimacy with verdicts."""
        span = self.strength * days
        pending = state.annulment_due
        objects = self._objects(key, world, state, jnp.minimum(span, pending))
        ends = (pending > 0) & (pending <= span) & (span > 0)
        ruling = jnp.where(ends, state.ruling * (1.0 - self.sweep), self._resting(state, span))
        verdict = state.verdict * jnp.exp(-span * self.rate(world, state))
        goal = self.rest - self.cost * (1.0 - kept(state))
        legitimacy = approach(state.legitimacy, jnp.maximum(goal, 0.0), 1.0 - fade(span, self.half_life))
        new: dict[str, Any] = {
            "ruling": ruling,
            "verdict": verdict,
            "annulment_due": jnp.maximum(pending - span, 0.0),
            "objections": state.objections + objects,
            "legitimacy": legitimacy,
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})

    def _objects(self, key: Key, world: World, state: State, open_days: ByIssue) -> ByIssue:
        """Return how many of those who judged object while notice runs."""
        stake = state.judged * state.verdict * state.salience * world.exists(state.clock)[:, None]
        draws = issue_uniforms(named(key, "objection"), world)
        return jnp.sum(happens(draws, self.protest * stake * open_days[None, :]), axis=0)

    def _resting(self, state: State, span: Scalar) -> ByIssue:
        goal = jnp.min(1.0 - state.rests_on * (1.0 - state.ruling)[None, :], axis=1)
        fallen = approach(state.ruling, goal, 1.0 - fade(span, self.spread))
        return jnp.where(goal < state.ruling, fallen, state.ruling)

    def rate(self, world: World, state: State) -> ByActorIssue:
        """Return the rate per day at which a member gives up its verdict on each issue."""
        gap = jnp.abs(state.public_position - state.private_position)
        pull = (state.dissent_cost[:, None] + self.race * recanted(world, state)) * (
            1.0 + self.insincere * state.signed * gap
        )
        holds = 1.0 - self.firm * state.salience * (1.0 - self.loose * state.signed)
        open_case = world.member[:, None] * state.judged * (1.0 - state.ruling)[None, :]
        return self.recant * open_case * pull * holds


def recanted(world: World, state: State) -> ByActorIssue:
    """Return the share of the other members that judged on an issue and no longer stand by it, 0..1."""
    lost = world.member[:, None] * state.judged * (1.0 - state.verdict)
    staked = world.member[:, None] * state.judged
    others = jnp.sum(staked, axis=0) - staked
    return jnp.where(others > 1e-3, (jnp.sum(lost, axis=0) - lost) / jnp.maximum(others, 1e-3), 0.0)
