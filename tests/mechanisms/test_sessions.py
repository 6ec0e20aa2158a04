"""Sessions: rules of decision by hand, the schedule, drafting, talks, bases; directions of effect on the teaching bloc."""

from __future__ import annotations

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.world import Act
from blocs.facts.sessions import session
from blocs.ground.errors import InputError
from blocs.ground.keys import at, root
from blocs.institutions.procedures.codes import CLOSING, OPEN, OUTCOMES, RULES
from blocs.institutions.procedures.rules import decide, verdicts
from blocs.mechanisms.library.assembly import Assembly
from blocs.mechanisms.library.bases import Bases
from blocs.mechanisms.library.calling import Calling
from blocs.mechanisms.library.talks import Talks
from blocs.mechanisms.library.texts import Texts
from blocs.scenario.build import build
from blocs.scenario.interventions import parse_do, variables
from blocs.scenario.load import load

WEEK = jnp.float32(7.0)
PARTS = (Calling.make(), Texts.make(), Talks.make(), Assembly.make())


@cache
def school():
    """World and starting state of the teaching bloc in float32, its schedule empty."""
    built = build(load("school"), dtype=np.float32)
    state = built.state
    return built.model.world, state.replace(plan_form=jnp.zeros_like(state.plan_form))


def put(state, values):
    """The state with entries set, by `quantity[names]` as in the laboratory."""
    from blocs.facts.lab import _place

    world, _ = school()
    for text, value in values.items():
        name, place = _place(world, text)
        state = state.replace(**{name: getattr(state, name).at[place].set(value)})
    return state


@jax.jit
def week(state):
    """One step of time through the four mechanisms of a session."""
    world, _ = school()
    state = state.replace(clock=state.clock + WEEK)
    for part in PARTS:
        state = part.tick(root(1), world, state, WEEK)
    return state


def weeks(values, count):
    """States at the start and after each week."""
    found = [put(school()[1], values)]
    for _ in range(count):
        found.append(week(found[-1]))
    return found


def act(source, target, what, issue="line"):
    world, _ = school()
    places = [
        world.index(axis, name)
        for axis, name in zip(("actor", "actor", "act", "issue"), (source, target, what, issue), strict=True)
    ]
    return Act(*(jnp.asarray(n, jnp.int32) for n in places), jnp.float32(1.0))


# against: objection 0.3, hard: 0.6, tolerance 0.2; the first is the convener; weights 4, 1, 1, 1, 1; the quota is 2 / 3
@pytest.mark.parametrize(
    ("objection", "reserve", "passes"),
    [
        ((0.0, 0.0, 0.0, 0.0, 0.0), 1, "unanimity convener reservations majority qualified unexecuted"),
        ((0.0, 0.3, 0.0, 0.0, 0.0), 1, "convener reservations majority qualified unexecuted"),
        ((0.0, 0.3, 0.0, 0.0, 0.0), 0, "convener majority qualified unexecuted"),
        ((0.3, 0.0, 0.0, 0.0, 0.0), 1, "reservations majority unexecuted"),
        ((0.0, 0.6, 0.6, 0.6, 0.0), 1, "convener reservations"),
        ((0.6, 0.0, 0.0, 0.0, 0.0), 1, "majority unexecuted"),
    ],
)
def test_rules_decide_as_worked_out_by_hand(objection, reserve, passes):
    found = verdicts(
        jnp.asarray([[objection]]), jnp.ones((1, 5)), jnp.asarray([[1.0, 0, 0, 0, 0]]),
        jnp.asarray([4.0, 1, 1, 1, 1]), jnp.asarray([float(reserve)]), 0.2, 2 / 3,
    )  # fmt: skip
    decided = [name for n, name in enumerate(RULES) if bool(decide(jnp.asarray([float(n)]), found)[0, 0])]
    assert " ".join(decided) == passes


def test_nobody_there_decides_nothing():
    found = verdicts(jnp.zeros((1, 1, 2)), jnp.zeros((1, 2)), jnp.zeros((1, 2)), jnp.ones(2), jnp.ones(1), 0.2, 0.5)
    assert not any(bool(one.any()) for one in found)


def test_a_scheduled_session_is_called_opened_and_closed_on_its_days():
    found = weeks(session("meeting", ["line"], day=28.0, days=7.0, notice=14.0), 8)
    stages = [int(s.session_stage[0]) for s in found]
    assert stages == [0, 0, 1, 2, OPEN, CLOSING, 5, 5, 5]
    assert float(found[2].session_age[0]) == 0.0
    assert [float(s.plan_held[0]) for s in found[:3]] == [0.0, 0.0, 1.0]
    off = weeks({**session("meeting", ["line"], day=28.0, notice=14.0), "on_calendar[0]": 0.0}, 4)
    assert float(off[-1].session_stage.max()) == 0.0


def test_ranks_follow_the_schedule_else_the_wary_send_less():
    wary = {"warmth[rim,hub]": -0.8, "plan_rank[0,plain]": 0.5}
    state = weeks({**session("meeting", ["line"], day=14.0, notice=7.0), **wary}, 2)[-1]
    world, _ = school()
    rank = {a: float(state.session_seat[0, n]) for n, a in enumerate(world.actors)}
    assert rank["hub"] == 1.0
    assert rank["plain"] == 0.5
    assert rank["rim"] == pytest.approx(1.0 - 0.6 * 0.8, abs=1e-3)
    assert rank["strand"] == 0.0


def test_an_act_calls_a_talk_unless_the_two_already_sit():
    world, state = school()
    once = Calling.make().after(world, state, act("rim", "hub", "meet"))
    assert np.asarray(once.session_form).tolist() == [0, 0, 0, 3, 0, 0]
    twice = Calling.make().after(world, once, act("hub", "rim", "demand"))
    assert np.asarray(twice.session_form).tolist() == [0, 0, 0, 3, 0, 0]
    other = Calling.make().after(world, once, act("hub", "plain", "demand"))
    assert np.asarray(other.session_form).tolist() == [0, 0, 0, 3, 4, 0]


def test_notice_lets_critics_in_and_keeps_trust():
    def text(notice):
        start = session("text", ["line"], day=28.0, days=21.0, notice=notice, naming=3.0)
        return weeks({**start, "public_position[ridge,line]": 0.6}, 8)[-1]

    long, short = text(28.0), text(0.0)
    world, _ = school()
    rim, hub = world.index("actor", "rim"), world.index("actor", "hub")
    assert float(long.clause_rounds[0, 0]) > float(short.clause_rounds[0, 0]) == 0.0
    assert float(long.trust[rim, hub]) > float(short.trust[rim, hub])
    assert float(long.clause_strength[0, 0]) < float(short.clause_strength[0, 0])


def test_the_rule_decides_whether_a_text_stands_against_one_member():
    def stands(rule):
        far = {"public_position[rim,line]": -1.0, "public_position[ridge,line]": 0.6}
        start = session("text", ["line"], day=14.0, days=7.0, notice=0.0, naming=3.0, rule=float(RULES.index(rule)))
        return float(weeks({**start, **far}, 6)[-1].text_force[0]) > 0.5

    assert [rule for rule in RULES if stands(rule)] == [
        "convener",
        "reservations",
        "majority",
        "qualified",
        "unexecuted",
    ]


def test_a_strait_that_can_be_closed_keeps_the_base():
    world, state = school()
    fleet = put(state, {"base_stage[rim]": 10.0, "vessels_delivered[rim]": 6.0, "crew_own[rim]": 0.5})
    rim = world.index("actor", "rim")
    kept = Bases.make().tick(root(0), world, fleet, WEEK)
    lost = Bases.make().tick(root(0), world, put(fleet, {"terrain_closable[rim]": 0.0}), WEEK)
    assert (float(kept.base_control[rim]), float(lost.base_control[rim])) == (1.0, 0.0)
    assert float(kept.vessels_held[rim]) == pytest.approx(3.0)
    assert float(lost.vessels_held[rim]) == 0.0


def test_a_vote_that_somebody_can_enforce_hands_the_base_over():
    world, state = school()
    vote, rim = put(state, {"base_stage[rim]": 7.0}), world.index("actor", "rim")
    by = {rule: Bases.make({"rule": float(n)}) for n, rule in enumerate(RULES)}
    control = {rule: float(m.tick(root(0), world, vote, WEEK).base_control[rim]) for rule, m in by.items()}
    assert control["unexecuted"] == control["unanimity"] == 1.0
    assert control["majority"] == 0.0


def test_words_for_rules_and_sessions_are_understood():
    camp = load("camp")
    done = parse_do("set plan_rule[m1960_bucharest]=majority", camp, variables())
    assert done.value == float(RULES.index("majority"))
    assert parse_do("rule bases.rule=majority", camp, variables()).value == 3.0
    for line, words in (
        ("set plan_rule[m1960_bucharest]=majorty", "expected one of unanimity"),
        ("set plan_rule[m1960_bukarest]=1", "near: m1960_bucharest"),
    ):
        with pytest.raises(InputError, match=words):
            parse_do(line, camp, variables())


def test_a_forecast_holds_only_sessions_that_are_called_before_it_starts():
    from blocs.forecast.simulate import _calendar

    state = build(load("camp")).state
    first = float(state.plan_day[9] - state.plan_notice[9])  # the calling letter of the tenth
    assert np.asarray(_calendar(state, first))[:11].tolist() == [1.0] * 10 + [0.0]
    assert float(_calendar(state, first - 1.0)[9]) == 0.0


def test_the_schedule_becomes_starting_values():
    camp = load("camp")
    built = build(camp)
    state, world = built.state, built.model.world
    place = [m.id for m in camp.schedule if m.session].index("m1960_bucharest")
    narrator, patron = (world.index("actor", camp.roles[r][0]) for r in ("narrator", "patron"))
    assert float(state.plan_rank[place, narrator]) == pytest.approx(0.66)
    assert float(state.plan_chair[place, patron]) == float(state.plan_drafter[place, patron]) == 1.0
    assert int(state.plan_agenda[place].sum()) == 1
    assert RULES[int(state.plan_rule[place])] == "convener"
    assert float(state.plan_day[place]) == (np.datetime64("1960-06-12") - np.datetime64(str(built.epoch))).astype(int)


def test_what_is_called_follows_the_schedule_until_it_opens():
    """A calling letter is out; rule, drafter, seats and day can still be changed, and it can be called off."""
    called = weeks(session("text", ["line"], day=42.0, notice=28.0, days=7.0), 3)[-1]
    assert int(called.session_stage[0]) == 1
    changes = {"plan_rule[0]": 3.0, "plan_reserve[0]": 0.0, "plan_drafter[0,rim]": 1.0, "plan_agenda[0,base]": 1.0}
    moved = week(put(called, {**changes, "plan_seat[0,strand]": 1.0, "plan_days[0]": 14.0}))
    world, _ = school()
    rim, strand, base = world.index("actor", "rim"), world.index("actor", "strand"), world.index("issue", "base")
    assert (float(moved.session_rule[0]), float(moved.session_reserve[0]), float(moved.session_days[0])) == (
        3.0,
        0.0,
        14.0,
    )
    assert float(moved.session_drafter[0, rim]) == float(moved.session_seat[0, strand]) == 1.0
    assert float(moved.session_declared[0, base]) == 1.0

    def opens(state, count=12):
        for n in range(count):
            if int(state.session_stage[0]) >= OPEN:
                return n
            state = week(state)
        return None

    assert opens(called) == 3
    assert opens(put(called, {"plan_day[0]": 56.0})) == 5, "two weeks later"
    assert opens(put(called, {"plan_day[0]": 0.0})) == 1, "at once"
    assert float(week(put(called, {"plan_day[0]": 56.0})).session_notice[0]) == pytest.approx(42.0)
    assert opens(put(called, {"plan_notice[0]": 7.0})) == 3, "the letter was sent; the day stands"
    off = week(put(called, {"on_calendar[0]": 0.0}))
    assert int(off.session_stage[0]) == 5
    assert int(week(off).session_stage[0]) == 5, "it is not called again"


def test_a_session_that_is_open_no_longer_follows_the_schedule():
    found = weeks(session("text", ["line"], day=14.0, notice=7.0, days=21.0), 3)[-1]
    assert int(found.session_stage[0]) == OPEN
    after = week(put(found, {"plan_rule[0]": 3.0, "on_calendar[0]": 0.0}))
    assert float(after.session_rule[0]) == 1.0
    assert int(after.session_stage[0]) == OPEN


@pytest.mark.parametrize("form", ["requests", "demands"])
@pytest.mark.parametrize("absent", ["rim", "hub"])
def test_a_talk_to_which_one_side_does_not_come_grants_nothing(form, absent):
    plan = session(form, ["line"], seats=("hub", "rim"), drafter="rim", day=14.0, notice=7.0, days=7.0)
    states = weeks({**plan, f"plan_rank[0,{absent}]": 0.0}, 5)
    assert max(float(s.clause_issue[0].max()) for s in states) == -1.0
    assert max(float(s.clause_share[0].max()) for s in states) == 0.0
    assert int(states[-1].session_outcome[0]) == OUTCOMES.index("deferral")


def test_a_unity_text_is_called_on_what_the_patron_believes():
    """Two worlds that differ only in unrest of which the patron has not heard: the same calls."""
    world, state = school()
    hub, rim = world.index("actor", "hub"), world.index("actor", "rim")
    m = Calling.make({"need": 0.1})
    calm = state.replace(openness=jnp.zeros_like(state.openness), believed_unrest=jnp.zeros_like(state.believed_unrest))

    def calls(start):
        move = jax.jit(jax.vmap(lambda n: m.tick(at(root(1), n), world, start, WEEK).session_stage.max()))
        return np.asarray(move(jnp.arange(60, dtype=jnp.uint32)))

    stirred = calm.replace(unrest=jnp.full_like(calm.unrest, 13.0))
    assert calls(calm).max() == calls(stirred).max() == 0.0
    heard = calm.replace(believed_unrest=calm.believed_unrest.at[hub, rim].set(13.0))
    assert calls(heard).max() > 0.0


# standing of hub, rim, plain, ridge is equal; the convener's own dissent is 0; 0.3 is against, 0.6 hard against
@pytest.mark.parametrize(
    ("apart", "reserve", "carried"),
    [
        ((0.0, 0.1, 0.1, 0.1), 1, "unanimity convener reservations majority qualified unexecuted"),
        ((0.0, 0.3, 0.1, 0.1), 1, "convener reservations majority qualified unexecuted"),
        ((0.0, 0.3, 0.1, 0.1), 0, "convener majority qualified unexecuted"),
        ((0.0, 0.6, 0.6, 0.1), 1, ""),
        ((0.0, 0.6, 0.3, 0.1), 1, "convener reservations"),
    ],
)
def test_a_meeting_decides_by_its_rule(apart, reserve, carried):
    """The line of the convener is carried or not; what is not carried where a client dissents is a breach."""
    world, state = school()
    who = [world.index("actor", a) for a in ("hub", "rim", "plain", "ridge")]
    line = world.index("issue", "line")
    agreed = []
    for n, rule in enumerate(RULES):
        now = put(
            state, session("meeting", ["line"], day=14.0, notice=7.0, days=7.0, rule=float(n), reserve=float(reserve))
        )
        # salience 1 counts a gap once: dissent is half the distance from the convener
        stance = now.public_position.at[jnp.asarray(who), line].set(1.0 - 2.0 * jnp.asarray(apart, jnp.float32))
        now = now.replace(
            public_position=stance,
            salience=jnp.zeros_like(now.salience).at[:, line].set(1.0),
            bargaining_weight=jnp.full_like(now.bargaining_weight, 0.5),
            doctrine_weight=jnp.full_like(now.doctrine_weight, 0.5),
        )
        for _ in range(4):
            now = week(now)
        outcome = OUTCOMES[int(now.session_outcome[0])]
        assert outcome in ("text", "rupture")
        agreed += [rule] * (outcome == "text")
    assert " ".join(agreed) == carried


def test_a_convener_that_stays_away_adds_nothing_to_the_agenda():
    world, _ = school()
    apart = {f"public_position[{a},base]": -1.0 for a in ("rim", "plain", "ridge")} | {"salience[hub,base]": 1.0}
    plan = {**session("meeting", ["line"], day=14.0, notice=7.0), **apart, "public_position[hub,base]": 1.0}
    base = world.index("issue", "base")
    there, away = (weeks({**plan, "plan_rank[0,hub]": rank}, 2)[-1].session_agenda[0, base] for rank in (1.0, 0.0))
    assert float(there) > 0.0 == float(away)
