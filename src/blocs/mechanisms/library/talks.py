"""Bilateral talks: requests cut and partly restored, demands that descend, anger and tone, and what is learned (S08)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, ByClause, BySession, BySessionActor, Key, Scalar
from blocs.ground.keys import at, uniforms
from blocs.ground.sums import outer, product
from blocs.institutions.procedures.codes import (
    ADOPTED,
    AGREED,
    CLOSING,
    CONTESTED,
    DEFERRAL,
    DEMANDS,
    DROPPED,
    OPEN,
    PROPOSED,
    REFERRAL,
    REFUSED,
    REQUESTS,
    RUPTURE,
    SOFTENED,
)
from blocs.institutions.procedures.items import CLAUSES, heaviest, worth
from blocs.institutions.procedures.slots import between
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, only_when, unit

SIZES = (1.0, 0.8, 0.6, 0.5, 0.4)
"""Worth of the items of a list in the order in which they are asked: ours."""

ITEMS = frozenset({"clause_issue", "clause_state", "clause_share", "clause_strength", "clause_rounds"})


class Talks(AbstractMechanism):
    """A talk between a host and a guest over at most 5 items.

    Where one of them stays away nothing is asked or granted. On requests the guest's list is about the heaviest issues
    of the agenda. At the opening items of amounts are granted at the share `first`, as far as a fund fixed beforehand
    reaches, `(1 + w) / 2` of the list with w the host's warmth, `poor` of that where its rung on the guest is 6 or more
    (R08.5, R10.1); what the fund does not reach is struck, with nothing in return (R08.6). Items of loyalty or
    recognition (`divisible` below 0.5) stay contested (R08.1). At the close the leader restores up to the share
    `relief` of what was cut from items granted in part (R08.5); recognition is granted only where the two are within
    `near`. On demands the host goes down a list in order of what each is worth to it, its friends' interests counting
    by `care` (R08.7; `descend` 0: in no order); the guest refuses what is further from it than `yield_` times its cost
    of dissent, one demand a step, or by acts of kind refuse and agree. Conflictual acts in a talk lower its tone by
    `heat`, cooperative ones raise it; it is forgotten by half every `half_life`. A guest that got little puts more of
    its case in writing next time, by `learn` (R08.9).
    """

    strength: Scalar
    first: Scalar
    poor: Scalar
    relief: Scalar
    near: Scalar
    care: Scalar
    descend: Scalar
    yield_: Scalar
    heat: Scalar
    half_life: Scalar
    learn: Scalar
    thanks: Scalar
    reopen: Scalar
    card: ClassVar[Card] = Card(
        name="talks",
        summary="requests are cut, struck and partly restored; demands descend; tone turns; the guest learns to write",
        systems=("S08", "S10"),
        rules=("R08.1", "R08.5", "R08.6", "R08.7", "R08.9"),
        reads=ITEMS
        | {
            "session_form",
            "session_stage",
            "session_seat",
            "session_chair",
            "session_drafter",
            "session_agenda",
            "session_tone",
            "session_outcome",
            "public_position",
            "salience",
            "divisible",
            "dissent_cost",
            "written_case",
            "warmth",
            "rung",
        },
        writes=ITEMS | {"session_tone", "session_outcome", "written_case", "warmth"},
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("first", "share", 0.0, 1.0, 0.5, "R10.1: half of the request"),
            Param("poor", "share", 0.0, 1.0, 0.5, "R10.1: half when conduct is poor"),
            Param("relief", "share", 0.0, 1.0, 0.4, "R08.5: the warm final session grants some"),
            Param("near", "share", 0.0, 1.0, 0.1, "F08.4, T n=4: recognition does not settle; ours"),
            Param("care", "share", 0.0, 1.0, 0.5, "F08.3, T n=1: the last demand names a third party"),
            Param("descend", "share", 0.0, 1.0, 1.0, "R08.7: demands are reduced stepwise"),
            Param("yield_", "share", 0.0, 1.0, 0.25, "R08.7; ours"),
            Param("heat", "share per unit of cooperation", 0.0, 2.0, 0.8, "R08.8: a quarrel peaks in one sitting"),
            Param("half_life", "day", 1.0, 365.0, 14.0, "R08.8: inside one trip"),
            Param("learn", "share", 0.0, 1.0, 0.3, "R08.9"),
            Param("thanks", "share", 0.0, 1.0, 0.1, "S08 effects: success warms a little; ours"),
            Param("reopen", "share", 0.0, 1.0, 0.0, "F08.1, T n=2: a cross is final in its session"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let an act in a talk set its tone, and a refusal or an agreement answer the demand that stands."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        sit = (state.session_form >= REQUESTS) & (state.session_stage == OPEN) & between(state.session_seat, i, j)
        by = jnp.clip(push * self.heat * world.cooperation[g], -1.0, 1.0) * sit
        tone = lean(state.session_tone, by)
        answer = sit & (state.session_form == DEMANDS) & (state.session_chair[:, j] > 0) & (push > 0)
        refuse, agree = world.is_kind("refuse")[g] > 0, world.is_kind("agree")[g] > 0
        stands = _stands(state.clause_state) & answer[:, None]
        mark = jnp.where(stands & refuse, REFUSED, jnp.where(stands & agree, ADOPTED, state.clause_state))
        return state.replace(
            session_tone=fit(tone, "session_tone", state.session_tone),
            clause_state=mark.astype(state.clause_state.dtype),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """List, work, answer and close; the tone of past sittings fades."""
        talking = (state.session_form == REQUESTS) | (state.session_form == DEMANDS)
        sitting = talking & (state.session_stage >= OPEN) & (state.session_stage <= CLOSING)
        state = only_when(sitting.any() & (self.strength > 0), state, self.card.writes, lambda s: self._meet(key, s))
        tone = state.session_tone * fade(self.strength * days, self.half_life)
        return state.replace(session_tone=fit(tone, "session_tone", state.session_tone))

    def _meet(self, key: Key, state: State) -> State:
        on = self.strength > 0
        asked = on & (state.session_form == REQUESTS)
        pressed = on & (state.session_form == DEMANDS)
        guest = (state.session_seat > 0) * (state.session_chair == 0)
        state = self._list(state, asked, pressed, guest)
        sitting = (state.session_stage == OPEN) | (state.session_stage == CLOSING)
        state = self._work(key, state, asked & sitting, guest)
        state = self._answer(state, pressed & sitting, guest)
        state = self._close(state, asked & (state.session_stage == CLOSING), guest)
        over = pressed & (state.session_stage == CLOSING)
        return self._judge(state, (asked | pressed) & (state.session_stage == CLOSING), over)

    def _list(
        self, state: State, asked: Bool[Array, " session"], pressed: Bool[Array, " session"], guest: BySessionActor
    ) -> State:
        """Write the list of the talks that have none."""
        sitting = state.session_stage >= OPEN
        sitting = sitting & (state.session_stage <= CLOSING) & (jnp.max(state.clause_issue, axis=1) < 0)
        # a talk to which one side does not come has no list
        hosts = (state.session_seat > 0) & (state.session_chair > 0)
        sitting = sitting & jnp.any(guest > 0, axis=1) & jnp.any(hosts, axis=1)
        wishes = heaviest(state.session_agenda, repeat=True)
        value = worth(state.session_chair, guest, state.public_position, state.salience, state.warmth, self.care)
        demands = heaviest(jnp.where(value > 0, approach(jnp.ones_like(value), value, self.descend), 0.0))
        issue = jnp.where(asked[:, None], wishes, demands)
        fresh = ((asked | pressed) & sitting)[:, None]
        size = jnp.broadcast_to(jnp.asarray(SIZES, issue.dtype), issue.shape) * (issue >= 0)
        return state.replace(
            clause_issue=jnp.where(fresh, issue, state.clause_issue).astype(state.clause_issue.dtype),
            clause_strength=jnp.where(fresh, size, state.clause_strength).astype(state.clause_strength.dtype),
            clause_state=jnp.where(fresh, PROPOSED * (issue >= 0), state.clause_state).astype(state.clause_state.dtype),
        )

    def _work(self, key: Key, state: State, open_: Bool[Array, " session"], guest: BySessionActor) -> State:
        """First answers: parts of what the fund reaches, the rest struck; recognition stays contested."""
        now = open_[:, None] & (state.clause_state == PROPOSED)
        amount = self._amounts(state)
        size = state.clause_strength * amount
        reached = jnp.cumsum(size, axis=1) <= self._fund(state, guest)[:, None] * jnp.sum(size, axis=1)[:, None]
        answer = jnp.where(amount, jnp.where(reached, SOFTENED, DROPPED), CONTESTED)
        share = jnp.where(amount & reached, self.first, 0.0)
        mark = jnp.where(now, answer, state.clause_state)
        draws = jnp.stack(
            [uniforms(at(key, jnp.asarray(c)), jnp.arange(now.shape[0], dtype=jnp.uint32)) for c in range(CLAUSES)]
        )
        again = open_[:, None] & ~now & (state.clause_state == DROPPED) & (self.strength * self.reopen > draws.T)
        mark = jnp.where(again, PROPOSED, mark)
        rounds = state.clause_rounds + (open_[:, None] & (mark == CONTESTED))
        return state.replace(
            clause_state=mark.astype(state.clause_state.dtype),
            clause_share=jnp.where(now, share, state.clause_share).astype(state.clause_share.dtype),
            clause_rounds=rounds.astype(state.clause_rounds.dtype),
        )

    def _amounts(self, state: State) -> Bool[Array, "session clause"]:
        """Return which items are amounts that can be split, and not loyalty, cadres or recognition."""
        place = jnp.maximum(state.clause_issue, 0).astype(jnp.int32)
        return (jnp.take(state.divisible, place, mode="clip") >= 0.5) & (state.clause_issue >= 0)

    def _fund(self, state: State, guest: BySessionActor) -> BySession:
        """Return the share of the list that the host has set aside before the talk, 0.1..1."""
        count = jnp.maximum(jnp.sum(guest, axis=1), 1.0)
        warm = jnp.sum(product(state.session_chair, state.warmth) * guest, axis=1) / count
        rung = jnp.sum(product(state.session_chair, state.rung) * guest, axis=1) / count
        written = jnp.sum(state.written_case * guest, axis=1) / count
        share = 0.5 * (1.0 + warm) + 0.1 * written
        return jnp.clip(share * jnp.where(rung >= 6.0, self.poor, 1.0), 0.1, 1.0)

    def _answer(self, state: State, open_: Bool[Array, " session"], guest: BySessionActor) -> State:
        """Let the guest answer the demand on the table, and put the next one there."""
        place = jnp.maximum(state.clause_issue, 0).astype(jnp.int32)
        asked = jnp.take_along_axis(product(state.session_chair, state.public_position), place, axis=1, mode="clip")
        count = jnp.maximum(jnp.sum(guest, axis=1), 1.0)[:, None]
        held = jnp.take_along_axis(product(guest, state.public_position) / count, place, axis=1, mode="clip")
        cost = jnp.sum(guest * state.dissent_cost, axis=1)[:, None] / count
        gap = jnp.abs(asked - held) / 2.0
        table = open_[:, None] & (state.clause_state == CONTESTED)
        mark = jnp.where(table, jnp.where(gap <= self.yield_ * cost, ADOPTED, REFUSED), state.clause_state)
        nothing = ~jnp.any((mark == CONTESTED) | (mark == ADOPTED), axis=1, keepdims=True)
        mark = jnp.where(open_[:, None] & nothing & _first(mark == PROPOSED), CONTESTED, mark)
        return state.replace(clause_state=mark.astype(state.clause_state.dtype))

    def _close(self, state: State, closing: Bool[Array, " session"], guest: BySessionActor) -> State:
        """The warm final session: parts are raised, recognition is settled or refused, the guest draws its lesson."""
        now = closing[:, None]
        warm = unit(0.5 + 0.5 * jnp.sum(product(state.session_chair, state.warmth) * guest, axis=1))[:, None]
        part = now & (state.clause_state == SOFTENED)
        share = jnp.where(part, approach(state.clause_share, 1.0, self.relief * warm), state.clause_share)
        place = jnp.maximum(state.clause_issue, 0).astype(jnp.int32)
        host = jnp.take_along_axis(product(state.session_chair, state.public_position), place, axis=1, mode="clip")
        mine = jnp.take_along_axis(product(guest, state.public_position), place, axis=1, mode="clip")
        open_ = now & (state.clause_state == CONTESTED)
        settled = jnp.abs(host - mine) / 2.0 <= self.near
        mark = jnp.where(open_, jnp.where(settled, ADOPTED, REFUSED), state.clause_state)
        share = jnp.where(open_ & settled, 1.0, share)
        got = jnp.sum(share * state.clause_strength, axis=1) / jnp.maximum(jnp.sum(state.clause_strength, axis=1), 1e-6)
        got = jnp.where(closing, got, 0.0)
        lesson = unit(jnp.max(guest * (closing * (1.0 - got))[:, None], axis=0) * self.strength * self.learn)
        glad = outer(guest * (got * closing)[:, None], state.session_chair)
        warmth = lean(state.warmth, unit(self.strength * self.thanks * glad))
        return state.replace(
            clause_state=mark.astype(state.clause_state.dtype),
            clause_share=fit(share, "clause_share", state.clause_share),
            written_case=fit(approach(state.written_case, 1.0, lesson), "written_case", state.written_case),
            warmth=fit(warmth, "warmth", state.warmth),
        )

    def _judge(self, state: State, closing: Bool[Array, " session"], pressed: Bool[Array, " session"]) -> State:
        """Say what came of the talk: agreed, referred, or broken where every demand that was put was refused."""
        left = pressed[:, None] & ((state.clause_state == PROPOSED) | (state.clause_state == CONTESTED))
        mark = jnp.where(left, DROPPED, state.clause_state)
        some = jnp.any((mark == ADOPTED) | (mark == SOFTENED), axis=1)
        bad = pressed & jnp.any(mark == REFUSED, axis=1) & ~jnp.any(mark == ADOPTED, axis=1)
        idle = jnp.where(jnp.max(state.clause_issue, axis=1) < 0, DEFERRAL, REFERRAL)
        what = jnp.where(some, AGREED, jnp.where(bad, RUPTURE, idle))
        return state.replace(
            clause_state=mark.astype(state.clause_state.dtype),
            session_outcome=jnp.where(closing, what, state.session_outcome).astype(state.session_outcome.dtype),
        )


def _first(flag: Bool[Array, "session clause"]) -> Bool[Array, "session clause"]:
    """Return the first true entry of each row alone."""
    return flag & (jnp.cumsum(flag, axis=1) == 1)


def _stands(mark: ByClause) -> Bool[Array, "session clause"]:
    """Return the demand that stands: the one on the table, else the next on the list."""
    table = mark == CONTESTED
    return table | (~jnp.any(table, axis=1, keepdims=True) & _first(mark == PROPOSED))
