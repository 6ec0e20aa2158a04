"""The section of the meetings: recorded and simulated side by side, and the words of a story."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
from page_reader import parse

from blocs.institutions.procedures.codes import RULES
from blocs.jobs.meetings import MeetingHeld, Seat
from blocs.jobs.trace import Event, Sitting, Trace, sittings
from blocs.report.html import render_report
from blocs.report.story import heading, story
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
