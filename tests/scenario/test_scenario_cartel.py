"""The scenario `cartel` holds what its page says it holds, cites it all, and needs no narrator."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from blocs.forecast.ask import SENSITIVITY, sensitivity
from blocs.forecast.watch import default_watch
from blocs.ground.errors import InputError
from blocs.inference.observation import Assumption, adjust
from blocs.inference.tape import sittings, usable_acts
from blocs.report.views.about import _days  # pyright: ignore[reportPrivateUsage]
from blocs.report.words import Names
from blocs.scenario.build import build
from blocs.scenario.folder import DATA
from blocs.scenario.load import check, load

CARTEL = DATA / "cartel"
PAGE = Path(__file__).parents[2] / "docs/explanation/cartel.md"
MEMBERS = ("iran", "iraq", "uae", "kuwait", "qatar", "venezuela", "nigeria", "ecuador")
FOR_THE_CODING = {22, 23}
"""References for classes of acts and codes of states: not for anything that happened."""

KNOWN = (
    ("2014-11-27", "saudi_arabia", "venezuela", "refuse"),
    ("2016-01-03", "saudi_arabia", "iran", "break"),
    ("2016-01-16", "usa", "iran", "agree"),
    ("2016-02-16", "saudi_arabia", "russia", "agree"),
    ("2016-04-17", "iran", "saudi_arabia", "refuse"),
    ("2016-09-28", "saudi_arabia", "iran", "agree"),
    ("2016-11-30", "indonesia", "opec", "break"),
    ("2016-12-10", "russia", "opec", "agree"),
    ("2017-05-25", "russia", "opec", "agree"),
    ("2017-06-05", "saudi_arabia", "qatar", "break"),
    ("2017-06-05", "uae", "qatar", "break"),
    ("2017-10-05", "saudi_arabia", "russia", "visit"),
    ("2017-11-30", "russia", "opec", "agree"),
    ("2018-05-08", "usa", "iran", "distance"),
    ("2018-06-22", "iran", "saudi_arabia", "agree"),
    ("2018-11-05", "usa", "iran", "sanction"),
    ("2018-12-03", "qatar", "opec", "break"),
    ("2018-12-07", "russia", "opec", "agree"),
    ("2019-01-28", "usa", "venezuela", "sanction"),
    ("2019-05-02", "usa", "iran", "sanction"),
    ("2019-07-02", "russia", "opec", "agree"),
    ("2019-10-01", "ecuador", "opec", "break"),
    ("2019-12-06", "russia", "opec", "agree"),
    ("2020-03-06", "russia", "opec", "refuse"),
    ("2020-04-12", "russia", "opec", "agree"),
)
"""Days that any chronology of the period gives."""


@pytest.fixture(scope="module")
def cartel():
    return load("cartel")


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CARTEL / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def test_counts(cartel) -> None:
    expected = {"events": 223, "dyadic": 214, "bilateral": 187, "collective": 27, "positions": 41, "actors": 13}
    expected |= {
        "issues": 8,
        "acts": 29,
        "levers": 8,
        "institutions": 4,
        "schedule": 32,
        "questions": 5,
        "outcomes": 37,
    }
    count = cartel.counts()
    assert {name: count[name] for name in expected} == expected


def test_days_that_any_chronology_gives(lines) -> None:
    found = {(e["date"], e["source"], e.get("target"), e["act"]) for e in lines}
    assert set(KNOWN) - found == set()


def test_those_who_left_are_the_three_who_left(lines) -> None:
    left = [(e["source"], e["date"]) for e in lines if e["act"] == "break" and e.get("target") == "opec"]
    assert left == [("indonesia", "2016-11-30"), ("qatar", "2018-12-03"), ("ecuador", "2019-10-01")]


def test_no_date_is_more_exact_than_a_public_one(lines) -> None:
    kind = Counter(re.sub(r"\d", "9", e["date"]) for e in lines)
    assert set(kind) == {"9999-99-99", "9999-99", "9999-99-99/9999-99-99"}
    assert kind["9999-99"] >= 10
    assert all("2014" <= e["date"][:4] <= "2020" for e in lines)


def test_every_event_has_references_basis_confidence_and_a_short_summary(lines) -> None:
    for event in lines:
        assert event["pages"] == sorted(set(event["pages"]))
        assert event["basis"] == "public_record"
        assert 0.75 <= event["confidence"] <= 0.95
        assert 0 < len(event["summary"].split()) <= 30
        # what rests on reports alone says so
        assert event["said_by" if event["is_dyadic"] else "basis"] in ("official", "press", "public_record")
        assert not event["is_dyadic"] or (event["said_by"] == "press") == (event["pages"] == [21])


def test_acts_are_those_of_the_other_scenarios() -> None:
    assert (CARTEL / "acts.csv").read_bytes() == (DATA / "camp" / "acts.csv").read_bytes()


def test_every_reference_is_cited_and_the_page_lists_the_same(cartel) -> None:
    cited = {n for pages in cartel.chronicle.events["pages"].to_list() for n in pages}
    cited |= set(cartel.chronicle.positions["page"].to_list())
    for entries in (cartel.institutions.values(), cartel.schedule, cartel.ties, cartel.questions.values()):
        cited |= {n for entry in entries for n in entry.pages}
    assert cited | FOR_THE_CODING == set(range(1, len(cartel.spec.citations) + 1))
    listed = re.findall(r"^(\d+)\. (.+)$", PAGE.read_text(encoding="utf-8"), re.M)
    assert [text for _, text in listed] == list(cartel.spec.citations)
    assert [int(number) for number, _ in listed] == sorted(cited | FOR_THE_CODING)


def test_numbers_of_entries_must_be_those_of_the_bibliography(tmp_path) -> None:
    for file in CARTEL.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    spec = tmp_path / "scenario.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("last: 26", "last: 27"), encoding="utf-8")
    assert any("expected 1 to 26: the number of citations" in str(fault) for fault in check(tmp_path).faults)


def test_states_without_a_ruling_party_are_members_and_followed(cartel) -> None:
    assert cartel.roles["member"] == cartel.roles["ally"] == MEMBERS
    assert "narrator" not in cartel.roles
    built = build(cartel)
    places = {watched.name: watched.places for watched in default_watch(built)}
    names = {built.model.world.actors[i] for (i,) in places["cohesion"]}
    assert names == {"saudi_arabia", "russia", *MEMBERS}
    assert float(np.asarray(built.model.world.narrator).sum()) == 0.0
    assert set(np.flatnonzero(np.asarray(built.model.world.member))) == set(range(1, 1 + len(MEMBERS)))


def test_neighbouring_references_do_not_make_a_sitting(cartel) -> None:
    acts = usable_acts(build(cartel)).filter(pl.col("start") == date(2017, 6, 5))
    assert acts["first_page"].to_list() == [5, 5, 6, 20]
    assert sittings(acts).tolist() == [1, 1, 1, 2]
    assert sittings(acts, 0).tolist() == [1, 1, 2, 3]


def test_references_are_called_so(cartel) -> None:
    assert Names.of(cartel).pages([20, 5, 6]) == "references 5–6, 20"
    assert Names.of(cartel).pages([15]) == "reference 15"
    assert Names.of(load("tiny")).pages([5, 6]) == "pp. 5–6"


def test_without_a_narrator_nothing_is_assumed_of_what_one_saw(cartel) -> None:
    fit: Any = SimpleNamespace(built=build(cartel), coefficients=lambda: "as fitted")
    empty = sensitivity(fit, 10)
    assert (empty.height, dict(empty.schema)) == (0, dict(SENSITIVITY))
    assert adjust(fit, Assumption.RECORD) == "as fitted"
    with pytest.raises(InputError, match="cartel has no narrator"):
        adjust(fit, Assumption.SHARED)


def test_how_many_acts_have_a_day_is_told_without_prejudice() -> None:
    assert _days(1.0, 8) == "Every act used for fitting has a day."
    assert _days(0.93, 8).startswith("93.0% of the acts")
    assert _days(0.2, 1).startswith("Only 20% of the acts")


@pytest.mark.slow
def test_a_run_without_a_narrator_leaves_a_whole_report(tmp_path) -> None:
    from blocs.jobs.run import Plan, run
    from blocs.report.html import render_report

    result = run("cartel", Plan(runs=5, draws=1), out=tmp_path / "run", render=render_report)
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert result.sensitivity.height == 0
    assert 'id="sensitivity"' not in page
    assert "references 5" in page
    assert "narrator" not in page.split("<script")[0]
