"""Calling: sessions are scheduled, called by a need or by an act, prepared, opened and closed (S06)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, Index, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.ground.sums import product
from blocs.institutions.procedures.codes import CALLED, CLOSED, DEMANDS, MEETING, OPEN, REQUESTS, TEXT
from blocs.institutions.procedures.slots import BY_ACT, SLOT_FIELDS, advance, between, live, put, vacant
from blocs.institutions.procedures.stances import alone, binding, dissent, furthest, ranks, view_of, widen
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fit, only_when

UNREST_TOP = vocabulary()["believed_unrest"].hi or 13.0
OPEN_TOP = vocabulary()["openness"].hi or 6.0
A_MOVE = 0.1
"""Days from which on another notice is a change of the schedule, and no rounding."""


class Calling(AbstractMechanism):
    """Slots of running sessions: who calls, when it opens, who comes, what is on the agenda.

    A session of the schedule is called `plan_notice` days before its day, one in a step, if it is on the calendar. Until
    it opens it follows the schedule, its day too, and is called off where it leaves the calendar. The patron calls its
    members to a joint text with the chance `need` a day times the shock to its prestige, the larger of the unrest that it
    believes to be inside them / 13 and the openness of its quarrels / 6 (R06.1). An act of kind `convene` calls a meeting
    of the source's clients, `meet` between client and patron a talk on requests, `demand` of a patron a talk on demands,
    unless the two already sit together. At the opening each delegation has the rank that the schedule gives it, or its
    own choice: less by `caution` where the convener is cold or presses (R06.4); outsiders stay away where their dissent
    times what the session binds exceeds `stay_away` (R06.8); the convener adds with weight `widen` the issue on which
    those present most offend it (R06.2, R06.3), and its dossier singles out the furthest; whoever sends less than a head
    where all others send theirs is singled out by `absence` (R06.5).
    """

    strength: Scalar
    need: Scalar
    notice: Scalar
    days: Scalar
    rule: Scalar
    reserve: Scalar
    caution: Scalar
    stay_away: Scalar
    widen: Scalar
    absence: Scalar
    card: ClassVar[Card] = Card(
        name="calling",
        summary="sessions are called by schedule, need or act, prepared, opened with ranks and agenda, and closed",
        systems=("S06", "S07", "S08"),
        rules=("R06.1", "R06.2", "R06.3", "R06.4", "R06.5", "R06.8"),
        reads=frozenset(
            {
                *SLOT_FIELDS,
                "plan_day",
                "plan_days",
                "plan_notice",
                "plan_lead",
                "plan_form",
                "plan_rule",
                "plan_reserve",
                "plan_dossier",
                "plan_held",
                "plan_seat",
                "plan_chair",
                "plan_drafter",
                "plan_rank",
                "plan_agenda",
                "on_calendar",
                "public_position",
                "salience",
                "warmth",
                "rung",
                "believed_unrest",
                "openness",
            }
        ),
        writes=frozenset({*SLOT_FIELDS, "plan_held"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("need", "per day", 0.0, 0.1, 0.002, "R06.1: a unity text some months after a shock"),
            Param("notice", "day", 0.0, 365.0, 14.0, "S06 parameters: letters a few days apart; ours for the opening"),
            Param("days", "day", 0.0, 120.0, 7.0, "S06 parameters: 2-4 days a session; a step at least"),
            Param("rule", "decision rule", 0.0, 5.0, 1.0, "SYSTEM 6.12: consensus under a convener with veto"),
            Param("reserve", "share", 0.0, 1.0, 1.0, "S07 procedure 4, T n=2: written reservations are filed"),
            Param("caution", "share", 0.0, 1.0, 0.6, "R06.4: lower rank where a hidden agenda is sensed"),
            Param("stay_away", "share", 0.0, 1.0, 0.3, "R06.8"),
            Param("absence", "share", 0.0, 1.0, 0.3, "R06.5: a lower rank than all others is read as dissent"),
            Param("widen", "share", 0.0, 1.0, 0.8, "R06.2: political items come from the chair"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Call a session where the act is one that calls: a few rows of one slot."""
        i, j, g = act.source, act.target, act.act
        patron, own = world.client[j, i] > 0, world.client[i, j] > 0
        convene = world.is_kind("convene")[g] > 0
        demand = (world.is_kind("demand")[g] > 0) & patron
        talk = (world.is_kind("meet")[g] > 0) & (patron | own)
        form = jnp.where(convene, MEETING, jnp.where(demand, DEMANDS, jnp.where(talk, REQUESTS, 0)))
        running = live(state.session_stage)
        sit = running & (state.session_form >= REQUESTS) & between(state.session_seat, i, j)
        gather = running & (state.session_form < REQUESTS) & (state.session_chair[:, i] > 0)
        busy = jnp.where(convene, gather.any(), sit.any())
        slot, room = vacant(state.session_stage, state.session_age, BY_ACT)
        wanted = (form > 0) & ~busy & room & (self.strength * act.weight > 0)

        def call(s: State) -> State:
            return put(s, slot, wanted, self._called(world, s, act, form, convene, patron))

        return only_when(wanted, state, self.card.writes, call)

    def _called(
        self, world: World, state: State, act: Act, form: Array, convene: Bool[Array, ""], patron: Bool[Array, ""]
    ) -> dict[str, Array]:
        """What an act that calls a session says of it: talks open at once, meetings after the usual notice."""
        i, j = act.source, act.target
        who = jnp.arange(world.patron.shape[0])
        host = jnp.where(convene | patron, i, j)
        guest = jnp.where(convene | patron, j, i)
        clients = (world.client[:, i] > 0) | (who == i)
        pair = (who == i) | (who == j)
        seat = jnp.where(convene, clients | pair, pair)
        asks = jnp.where(form == REQUESTS, who == guest, who == host)
        agenda = jnp.arange(state.salience.shape[1]) == act.issue
        notice = jnp.where(convene, self.notice, 0.0)
        # a talk called in the middle of a step lasts over the next one too
        given = self._given(form, notice, jnp.where(convene, 1.0, 2.0) * self.days, jnp.where(convene, 1.0, OPEN * 1.0))
        given |= {
            "session_seat": seat * world.exists(state.clock),
            "session_chair": who == host,
            "session_drafter": asks,
            "session_declared": agenda,
            "session_agenda": agenda,
        }
        return given

    def _given(self, form: Array, notice: Array, days: Array, stage: Array) -> dict[str, Array]:
        zero = jnp.zeros(())
        return {
            "session_form": form,
            "session_stage": stage,
            "session_plan": zero - 1.0,
            "session_age": zero,
            "session_notice": notice,
            "session_days": days,
            "session_lead": notice / 2.0,
            "session_rule": self.rule,
            "session_reserve": self.reserve,
            "session_dossier": zero,
        }

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Call what is due, move every session on by `days`, open what opens."""
        span = self.strength * days
        state = self._follow(state, days)
        state = self._schedule(state, days)
        state = self._needed(key, world, state, span)
        running = state.session_stage > 0
        age = state.session_age + days * running * (self.strength > 0)
        stage = advance(state.session_stage, age, state.session_notice, state.session_lead, state.session_days)
        stage = jnp.where(self.strength > 0, stage, state.session_stage).astype(state.session_stage.dtype)
        # what opens only now: an act's talk is open from its call
        opens = (stage == OPEN) & (state.session_stage < OPEN)
        state = state.replace(session_age=age.astype(state.session_age.dtype), session_stage=stage)
        return only_when(opens.any(), state, self.card.writes, lambda s: self._open(world, s, opens))

    def _follow(self, state: State, days: Scalar) -> State:
        """Let what is called and not yet open be as the schedule now says; what left the calendar is called off."""
        waits = (state.session_plan >= 0) & (state.session_stage >= CALLED) & (state.session_stage < OPEN)
        waits = waits & (self.strength > 0)

        def follow(s: State) -> State:
            place = jnp.clip(s.session_plan, 0, s.plan_day.shape[0] - 1).astype(jnp.int32)
            # the letter is out: another day gives more or less notice
            notice = jnp.maximum(0.0, s.plan_day[place] - (s.clock - days - s.session_age))
            moved = jnp.abs(notice - s.session_notice) > A_MOVE
            given = {**_planned(s, place), "session_notice": jnp.where(moved, notice, s.session_notice)}
            given["session_stage"] = jnp.where(s.on_calendar[place] < 0.5, CLOSED, s.session_stage)
            olds = {name: getattr(s, name) for name in given}
            masks = {name: waits.reshape(-1, *[1] * (old.ndim - 1)) for name, old in olds.items()}
            return s.replace(**{n: jnp.where(masks[n], given[n], old).astype(old.dtype) for n, old in olds.items()})

        return only_when(waits.any(), state, self.card.writes, follow)

    def _schedule(self, state: State, days: Scalar) -> State:
        """Put the first session that is due, on the calendar and not yet called into a free slot."""
        since = state.clock - (state.plan_day - state.plan_notice)
        late = state.clock > state.plan_day + state.plan_days + days
        due = (since >= 0) & ~late & (state.plan_held < 0.5) & (state.on_calendar >= 0.5) & (state.plan_form > 0)
        n = jnp.argmax(due)
        slot, room = vacant(state.session_stage, state.session_age)
        taken = due.any() & room & (self.strength > 0)
        given = {
            **_planned(state, n),
            "session_stage": jnp.ones(()),
            "session_plan": n.astype(state.plan_day.dtype),
            "session_age": since[n] - days,  # the same tick adds them
            "session_notice": state.plan_notice[n],
        }
        held = state.plan_held.at[n].set(jnp.where(taken, 1.0, state.plan_held[n]).astype(state.plan_held.dtype))
        return only_when(taken, state, self.card.writes, lambda s: put(s, slot, taken, given)).replace(plan_held=held)

    def _needed(self, key: Key, world: World, state: State, span: Scalar) -> State:
        """Let a patron whose prestige suffers call its members to a text, on the issue most salient to it."""
        leader = jnp.argmax(world.patron)
        quarrel = jnp.max(state.openness[leader] * world.same_camp[leader]) / OPEN_TOP
        stir = jnp.max(state.believed_unrest[leader] * world.client[:, leader]) / UNREST_TOP
        shock = jnp.maximum(quarrel, stir) * world.patron[leader]
        draw = uniforms(key, world.actor_id[leader][None])[0]
        sits = (live(state.session_stage) & (state.session_chair[:, leader] > 0) & (state.session_form <= TEXT)).any()
        slot, room = vacant(state.session_stage, state.session_age, BY_ACT)
        taken = (draw < -jnp.expm1(-span * self.need * shock)) & ~sits & room
        who = jnp.arange(world.patron.shape[0])
        seat = ((world.client[:, leader] > 0) | (who == leader)) & world.exists(state.clock)
        salient = state.salience[leader]
        agenda = (jnp.arange(salient.shape[0]) == jnp.argmax(salient)) & (salient > 0)
        given = self._given(jnp.asarray(TEXT), self.notice, self.days * 3.0, jnp.ones(()))
        given |= {
            "session_seat": seat,
            "session_chair": who == leader,
            "session_drafter": who == leader,
            "session_declared": agenda,
            "session_agenda": agenda,
        }
        return only_when(taken, state, self.card.writes, lambda s: put(s, slot, taken, given))

    def _open(self, world: World, state: State, opens: Bool[Array, " session"]) -> State:
        """Seat the delegations, widen the agenda and hand out the blame in the sessions that open now."""
        chair, invited = state.session_chair, state.session_seat
        line = view_of(chair, state.public_position)
        form = state.session_form
        gathering = (form > 0) & (form <= TEXT)
        apart = dissent(state.session_declared, line, state.public_position, state.salience)
        seat = ranks(invited, chair, product(chair, state.warmth.T), product(chair, state.rung), self.caution)
        seat = jnp.where(gathering[:, None], seat, invited)
        pull = binding(state.session_rule, form == TEXT)
        outsider = (world.member == 0) & (world.patron == 0) & (chair == 0)
        away = gathering[:, None] & outsider & (apart * pull[:, None] > self.stay_away)
        seat = jnp.where(away, 0.0, seat)
        place: Index = jnp.maximum(state.session_plan, 0).astype(jnp.int32)
        imposed = state.plan_rank[jnp.clip(place, 0, state.plan_rank.shape[0] - 1)]
        fixed = (state.session_plan >= 0)[:, None] & (imposed >= 0) & (invited > 0)
        seat = jnp.where(fixed, imposed, seat) * world.exists(state.clock)
        weight = product(chair * (seat > 0), state.salience)
        wide = widen(state.session_declared, line, seat, state.public_position, weight, self.widen)
        agenda = jnp.where(gathering[:, None], wide, state.session_declared)
        far = furthest(dissent(agenda, line, state.public_position, state.salience), seat, chair)
        blamed = jnp.maximum(state.session_attack, far * state.session_dossier[:, None])
        blamed = jnp.maximum(blamed, self.absence * self.strength * alone(seat, chair) * gathering[:, None])
        now = opens[:, None]
        return state.replace(
            session_seat=jnp.where(now, fit(seat, "session_seat", invited), invited),
            session_agenda=jnp.where(now, fit(agenda, "session_agenda", state.session_agenda), state.session_agenda),
            session_attack=jnp.where(now, fit(blamed, "session_attack", state.session_attack), state.session_attack),
        )


def _planned(state: State, place: Index) -> dict[str, Array]:
    """Return what the schedule says of the sessions at some places, by quantity of a slot; not when they are called."""
    return {
        "session_form": state.plan_form[place],
        "session_days": state.plan_days[place],
        "session_lead": jnp.minimum(state.plan_lead[place], state.plan_notice[place]),
        "session_rule": state.plan_rule[place],
        "session_reserve": state.plan_reserve[place],
        "session_dossier": state.plan_dossier[place],
        "session_seat": state.plan_seat[place],
        "session_chair": state.plan_chair[place],
        "session_drafter": state.plan_drafter[place],
        "session_declared": state.plan_agenda[place],
        "session_agenda": state.plan_agenda[place],
    }
