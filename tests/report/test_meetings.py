"""The section of the meetings: recorded and simulated side by side, and the words of a story."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
from page_reader import parse

from blocs.forecast.inside import Inside
from blocs.institutions.procedures.codes import RULES
from blocs.jobs.meetings import MeetingHeld, Seat
from blocs.jobs.messages import letters
from blocs.jobs.trace import Event, Sitting, Trace, sittings, told
from blocs.report.html import render_report
from blocs.report.story import heading, letter_story, story
from blocs.report.views.meetings import _row
from blocs.report.words import Names
from blocs.scenario.build import build
from blocs.scenario.load import load
from blocs.scenario.plan import planned

NAMES = Names({"p": "Patron", "a": "Alpha", "b": "Beta"}, {"refuse": "refuse"}, {"peace": "Peace"}, {})


def trace_of(form: str, *events: Event) -> Trace:
    scenario = SimpleNamespace(schedule=(SimpleNamespace(id="m1", title="First meeting"),))
    inside = SimpleNamespace(fit=SimpleNamespace(built=SimpleNamespace(scenario=scenario)), run=3, seed=0)
    return Trace(Sitting("m1", 0, form, 0, 1, {}), inside, events, True)  # type: ignore[arg-type]


def test_a_meeting_is_told_in_plain_words():
    day = date(2000, 5, 1)
    called = {
        "by": "schedule", "form": "text", "chair": ["p"], "drafters": ["p"], "invited": ["p", "a", "b"],
        "agenda": ["peace"], "rule": RULES.index("reservations"), "notice": 14.0, "reserve": True,
    }  # fmt: skip
    clause = {"state": 3.0, "text": 0.5, "strength": 2.0, "share": 0.4, "won": 1.0}
    events = (
        Event(0, day, "called", called),
        Event(1, date(2000, 5, 8), "acts", {"acts": [["a", "p", "refuse", 2]]}),
        Event(1, date(2000, 5, 8), "clauses", {
            "clauses": [{"clause": 1, "issue": "peace", "now": clause, "before": {**clause, "strength": 3.0}}]
        }),
        Event(2, date(2000, 5, 15), "decided", {
            "rule": 2, "outcome": 1, "signed": ["b"], "reserved": ["a"], "refused": [], "defiant": [], "granted": 0.0
        }),
    )  # fmt: skip
    trace = trace_of("text", *events)
    told = story(trace, NAMES)
    assert [t.day for t in told] == [day, date(2000, 5, 8), date(2000, 5, 15)]
    text = " ".join(s for t in told for s in t.sentences)
    assert "Patron calls a meeting that drafts a joint text with Alpha and Beta." in text
    assert "consensus, with reservations allowed; 14 days of notice" in text
    assert "Alpha to Patron: refuse (2 times)" in text
    assert "Clause 1 (Peace) is softened to wording +0.50, its target unnamed; 40% of the weight" in text
    assert "The text is signed by Beta. The text is signed with a reservation by Alpha." in text
    assert "First meeting (m1) in run 3" in heading(trace, NAMES)
    assert "told to hold it" in heading(trace, NAMES)


def words(shape: str, what: str, **data) -> str:
    trace = trace_of(shape, Event(0, date(2000, 5, 1), what, data))
    return " ".join(s for t in story(trace, NAMES) for s in t.sentences)


def test_words_agree_with_their_numbers():
    called = {"by": "schedule", "form": "demands", "chair": ["p"], "invited": ["p", "a", "b"], "agenda": ["peace"]}
    # the guest asks and the host demands, whoever the schedule names as a drafter
    assert words("demands", "called", **called, drafters=["a"], notice=3.0).endswith("Patron demands.")
    called["form"] = "requests"
    assert words("requests", "called", **called, drafters=["p"], notice=3.0).endswith("Alpha and Beta ask.")
    none = {"signed": [], "reserved": [], "refused": [], "granted": 0.0, "rule": 0, "outcome": 4}
    assert "Alpha and Beta hold out; from now on this counts against them." in words(
        "meeting", "decided", **none, defiant=["a", "b"]
    )
    refused = {**none, "refused": ["a"], "defiant": []}
    assert "Alpha will not sign; by its rule the text binds only who signed." in words(
        "text", "decided", **{**refused, "rule": RULES.index("unexecuted")}
    )
    later = {"chair": "p", "who": "a", "warmth": [0.1, 0.0], "rung": [0.0, 2.0], "broken": False}
    assert "Half a year on, Patron is cooler toward Alpha, has used 1 material pressure on it" in words(
        "meeting", "later", **later, hard=1, days=182.0
    )
    assert "21 days on, when the run ends, Patron is cooler toward Alpha, has used no material pressure on it" in words(
        "meeting", "later", **later, hard=0, days=21.0
    )
    flat = {"state": 1.0, "text": -0.001, "strength": 3.0, "share": 0.4, "won": 0.0}
    assert "wording 0.00," in words(
        "text", "clauses", clauses=[{"clause": 1, "issue": "peace", "now": flat, "before": None}]
    )


def test_who_stays_away_from_a_talk_is_named():
    opened = {"ranks": {"p": 1.0}, "absent": ["a"], "added": [], "dossier": 0.0, "lead": 0.0, "blamed": []}
    assert words("requests", "opened", **opened) == "The talk opens. Absent: Alpha."
    assert words("meeting", "called_off") == "It is called off before it opens."


def inside(step_days: float, **values: np.ndarray) -> Inside:
    """A run of three actors and one issue that lasts as many steps as its values; nobody acts in it."""
    steps = len(next(iter(values.values())))
    world = SimpleNamespace(
        actors=("p", "a", "b"), issues=("peace",), acts=("demand",), material=np.zeros(1), polarity=-np.ones(1)
    )
    scenario = SimpleNamespace(schedule=(SimpleNamespace(id="m1", title="First", session=True),))
    built = SimpleNamespace(model=SimpleNamespace(world=world), scenario=scenario, epoch=date(2000, 1, 1))
    held = {"clock": 100.0 + step_days * np.arange(steps), "defiance": np.zeros((steps, 3))}
    held |= {name: np.zeros((steps, 3, 3)) for name in ("unheard", "warmth", "rung", "broken")}
    none = np.zeros(0, np.float32), np.zeros((0, 4), np.int16)
    return Inside(SimpleNamespace(built=built), 0, 0, (), date(2000, 4, 10), held | values, *none)  # type: ignore[arg-type]


def session_of(stage: list[float], age: list[float], **given: np.ndarray) -> dict[str, np.ndarray]:
    """Values of one slot with a session of the schedule: p calls a and b; 14 days of notice."""
    steps = len(stage)
    actors = {"chair": [1, 0, 0], "drafter": [1, 0, 0], "seat": [1, 1, 1], "sign": [0, 0, 0], "attack": [0, 0, 0]}
    found = {f"session_{n}": np.tile(np.array(v, float), (steps, 1, 1)) for n, v in actors.items()}
    found |= {f"session_{n}": np.ones((steps, 1, 1)) for n in ("declared", "agenda")}
    flat = {
        "form": 3,
        "plan": 0,
        "notice": 14,
        "lead": 0,
        "rule": 0,
        "reserve": 0,
        "dossier": 0,
        "outcome": 0,
        "tone": 0,
    }
    found |= {f"session_{n}": np.full((steps, 1), float(v)) for n, v in flat.items()}
    found |= {"session_stage": np.array(stage)[:, None], "session_age": np.array(age)[:, None]}
    found |= {f"clause_{n}": np.zeros((steps, 1, 2)) for n in ("issue", "state", "share", "strength", "text", "won")}
    found["session_floor"] = np.ones((steps, 1, 3))
    return found | given


def test_what_a_run_starts_with_has_the_days_of_the_schedule_and_items_count_by_their_size():
    share = np.tile([0.5, 0.0], (4, 1, 1))
    sizes = np.tile([1.0, 0.25], (4, 1, 1))
    values = session_of([3, 3, 4, 5], [20, 27, 34, 41], clause_share=share, clause_strength=sizes)
    run = inside(7.0, **values)
    (sitting,) = sittings(run)
    found = {e.what: e for e in told(run, sitting)}
    assert found["called"].day == date(2000, 3, 21), "day 80: twenty days before the start"
    assert found["opened"].day == date(2000, 4, 4), "14 days of notice"
    assert found["decided"].data["granted"] == 0.5 / 1.25


def test_a_session_struck_before_it_opens_is_called_off():
    run = inside(7.0, **session_of([0, 1, 5, 5], [0, 7, 14, 21]))
    assert [e.what for e in told(run, sittings(run)[0])] == ["called", "called_off"]


def test_terms_that_change_before_the_opening_are_told():
    """The letter was out under one rule, form and drafter; the session opens under others."""
    values = session_of([1, 3, 4, 5], [7, 14, 21, 28])
    values["session_form"] = np.array([3, 2, 2, 2], float)[:, None]
    values["session_rule"] = np.array([0, 3, 3, 3], float)[:, None]
    values["session_drafter"][1:, 0] = [0, 1, 0]
    run = inside(7.0, **values)
    (sitting,) = sittings(run)
    assert sitting.form == "text"
    found = Trace(sitting, run, tuple(told(run, sitting)), False)
    text = " ".join(s for t in story(found, NAMES) for s in t.sentences)
    assert "Patron calls a talk about requests with Alpha and Beta. Declared agenda: Peace. Alpha and Beta ask." in text
    assert "The schedule is changed. Patron now calls a meeting that drafts a joint text with Alpha and Beta." in text
    assert "It is to decide by a majority of the delegations; 14 days of notice. Alpha drafts" in text


def test_the_look_back_is_half_a_year_in_steps_of_any_length():
    for step, count, days in ((7.0, 40, 182.0), (30.0, 12, 210.0), (30.0, 5, 60.0)):
        sign = np.zeros((count, 1, 3))
        sign[:, :, 1] = -1.0
        stage = [0.0, 3.0, 5.0, *[0.0] * (count - 3)]
        run = inside(step, **session_of(stage, [step * n for n in range(count)], session_sign=sign))
        later = [e for e in told(run, sittings(run)[0]) if e.what == "later"]
        assert [e.data["days"] for e in later] == [days]


def mail(**given: np.ndarray) -> dict[str, np.ndarray]:
    """A demand of p to a about peace in the only slot: sent in the second step of 7 days, there by its end."""
    flat = {"state": [0, 0, 2, 2], "source": [-1, -1, 0, 0], "target": [-1, -1, 1, 1], "issue": [-1, -1, 0, 0]}
    found = {f"message_{n}": np.array(v, float)[:, None] for n, v in flat.items()}
    found |= {"message_class": np.zeros((4, 1)), "message_order": np.ones((4, 1)), "leaked": np.zeros((4, 1))}
    return found | given


def test_a_message_has_the_day_of_its_act_and_a_lost_one_is_not_read():
    sent = {"day": np.array([109.2], np.float32), "code": np.array([[0, 1, 0, 0]], np.int16)}

    def told_of(unheard: list[float]) -> str:
        state = np.zeros((4, 3, 3))
        state[:, 0, 1] = unheard
        (one,) = letters(replace(inside(7.0, **mail(unheard=state)), **sent))
        assert one.sent == date(2000, 4, 19), "day 109 of 2000"
        return " ".join(s for t in letter_story(one, NAMES) for s in t.sentences)

    assert told_of([0, 0, 0, 0]).endswith("Alpha has read it.")
    assert told_of([0, 0, 1, 1]).endswith("The envoy does not pass it on; Alpha does not hear of it.")
    assert told_of([0, 1, 1, 1]).endswith("hides whether this one does.")


def test_sessions_that_share_a_slot_are_told_apart():
    stage = np.array([[0, 1, 3, 4, 5, 5, 3, 4, 5]], float).T
    age = np.array([[0, 0, 7, 14, 21, 28, 0, 7, 14]], float).T
    form = np.array([[0, 2, 2, 2, 2, 2, 3, 3, 3]], float).T
    values = {"session_stage": stage, "session_age": age, "session_form": form, "session_plan": 0.0 * stage - 1.0}
    fit = SimpleNamespace(built=SimpleNamespace(scenario=SimpleNamespace(schedule=())))
    inside = SimpleNamespace(values=values, fit=fit, when=lambda n: date(2000, 1, 1 + int(n)))
    found = sittings(inside)  # type: ignore[arg-type]
    assert [(s.first, s.last, s.form) for s in found] == [(1, 4, "text"), (6, 8, "requests")]
    assert found[0].id == "2000-01-02-text-0"


def test_the_page_sets_the_record_beside_the_runs(result):
    actors = list(result.scenario.collectives)
    seats = (Seat(actors[0], 1.0, 0.0, 1.0, 0.0, 0.0, 0, 2, 0), Seat(actors[1], 0.6, 1.0, 0.0, 1.0, 1.0, 1, 0, 3))
    outcomes, added = {"text": 0.25, "rupture": 0.75}, {next(iter(result.scenario.issues)): 1.0}
    story_ = trace_of("text", Event(1, date(2003, 6, 8), "tone", {"tone": -1.0}))
    story_.inside.run, story_.inside.seed = 2, result.ensemble.seed
    story_.inside.do = ("set on_calendar[m8]=1", "set on_calendar[m9]=1")
    told = ("east", "north", "refuse", "East refuses.", "3, 4, 5")
    held = MeetingHeld("m9", "A <b>meeting</b>", date(2003, 6, 1), (3,), 4, seats, outcomes, added, (told,), story_)
    page = parse(render_report(replace(result, meetings=(held,))))
    (section,) = [e for e in page.all("section") if e.attrs.get("id") == "meetings"]
    for words in ("Singled out", "100%", "second rank", "1 against the convener", "a breach in 75", "(pp. 3–5)"):
        assert words in section.text()
    assert "3 attacks on it" in section.text()
    # the command says everything that the run shown was made with, other meetings on its calendar too
    (line,) = [c.text() for c in section.all("code") if c.text().startswith("blocs trace")]
    words = shlex.split(line)
    given = dict(zip(words[3::2], words[4::2], strict=True))
    ens, fit = result.ensemble, result.fit
    assert words[:3] == ["blocs", "trace", "tiny"]
    assert (given["--run"], given["--meeting"]) == ("2", "m9")
    dates = (str(fit.until), str(ens.start), str(ens.end))
    assert (given["--until"], given["--start"], given["--end"]) == dates
    assert (given["--seed"], given["--draws"]) == (str(ens.seed), str(fit.draws))
    assert [words[n + 1] for n, w in enumerate(words) if w == "--do"] == list(story_.inside.do)
    assert "A <b>meeting</b>" in section.text()


def test_one_attack_is_one_attack_and_a_bloc_holds_no_seat():
    rows = [_row(NAMES, Seat("a", 1.0, 0.0, 0.0, 0.0, 0.0, 0, 0, n)).recorded for n in (1, 2)]
    assert rows == ["1 attack on it by others", "2 attacks on it by others"]
    built = build(load("camp+all"))
    place = planned(built.scenario.schedule).index("m1960_all_parties")
    seated = {a for a, s in zip(built.model.world.actors, built.state.plan_seat[place], strict=True) if s > 0}
    assert {"ussr", "albania", "china", "italy_pci"} <= seated
    assert not seated & {"movement", "camp", "warsaw_treaty"}
