"""The scenario `camp` holds what its page says it holds, and cites it all."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import edtf
import pytest

from blocs.record.dates import bounds
from blocs.record.event import NOT_AN_ACT
from blocs.scenario.folder import DATA
from blocs.scenario.load import check, load

CAMP = DATA / "camp"
CAPS = (date(1944, 1, 1), date(1961, 12, 31))


@pytest.fixture(scope="module")
def camp():
    return load("camp")


@pytest.fixture(scope="module")
def lines():
    return [json.loads(line) for line in (CAMP / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def test_counts(camp) -> None:
    count = camp.counts()
    expected = {
        "events": 1293,
        "dyadic": 769,
        "bilateral": 676,
        "collective": 93,
        "positions": 761,
        "actors": 33,
        "numbers": 537,
    }
    # 21 questions, two of them with a second course
    expected |= {"persons_and_bodies": 337, "issues": 20, "acts": 29, "aliases": 672, "questions": 23}
    assert {name: count[name] for name in expected} == expected
    assert NOT_AN_ACT in camp.acts


def test_reasons_why_events_are_not_dyadic(camp) -> None:
    found = Counter(camp.chronicle.events["not_dyadic_reason"].drop_nulls().to_list())
    assert found == {
        "internal": 198,
        "process": 140,
        "span_over_3_years": 107,
        "no_target": 19,
        "outside_period": 13,
        "open_start": 12,
        "hindsight": 12,
        "individual_against_own_side": 10,
        "open_ended": 9,
        "actor_not_existing": 3,
        "posthumous_target": 1,
    }


def test_every_event_has_pages_basis_confidence_and_a_short_summary(lines) -> None:
    for event in lines:
        assert event["pages"] == sorted(set(event["pages"]))
        assert all(1 <= page <= 272 for page in event["pages"])
        assert event["pages"]
        assert 0 <= event["confidence"] <= 1
        assert event["basis"]
        assert 0 < len(event["summary"].split()) <= 30


def test_ids_are_unique_and_merged_records_are_gone(lines) -> None:
    ids = [event["id"] for event in lines]
    assert len(ids) == len(set(ids))
    merged = [name for event in lines for name in event.get("merged_ids", ())]
    assert len(merged) == 31
    assert not set(merged) & set(ids)


def test_references_resolve(camp, lines) -> None:
    for event in lines:
        sides = [event["source"], event.get("target"), *event.get("co_sources", ()), *event.get("co_targets", ())]
        assert {side for side in sides if side} <= set(camp.collectives)
        for person in (event.get("source_person"), event.get("target_person")):
            assert person is None or person in camp.actors
        assert event["act"] in camp.acts
        assert event["issue"] in camp.issues
        assert event.get("lever") is None or event["lever"] in camp.levers
    assert {lever for event in lines if (lever := event.get("lever"))} == set(camp.levers)


def test_start_and_end_are_the_bounds_that_the_edtf_library_gives(camp, lines) -> None:
    @cache
    def side(text: str, upper: bool) -> date:
        if text in ("", ".."):
            return CAPS[upper]
        section = edtf.parse_edtf(text)
        return date(*(section.upper_strict() if upper else section.lower_strict())[:3])

    entries = {(entry["date"], entry["start"], entry["end"]) for entry in lines}
    for text, start, end in entries:
        left, _, right = text.partition("/")
        assert (start, end) == (side(left, False).isoformat(), side(right or left, True).isoformat())
        assert bounds(text).capped(*CAPS) == (date.fromisoformat(start), date.fromisoformat(end))
    table = camp.chronicle.events
    assert dict(table.select("id", "precision").iter_rows())["F258"] == "month"


def test_dyads_expand_plural_actors(camp) -> None:
    dyads = camp.chronicle.dyads()
    assert dyads.height == 810
    assert (dyads["source"] != dyads["target"]).all()
    assert camp.chronicle.dyadic(absent=True).height == 769
    assert camp.chronicle.dyadic().height == 769 - 37


def test_the_final_break_is_told_on_its_pages(camp) -> None:
    row = camp.chronicle.filter(ids=["F258"]).events.row(0, named=True)
    assert (row["source"], row["target"], row["act"]) == ("ussr", "albania", "break")
    assert row["pages"] == [5, 258, 270]
    assert (row["start"], row["end"]) == (date(1961, 12, 1), date(1961, 12, 31))


def test_what_was_known_in_1957_holds_nothing_later(camp) -> None:
    known = camp.chronicle.asof(camp.spec.training.until)
    assert known.events["end"].max() <= date(1957, 12, 31)
    assert known.positions["end"].max() <= date(1957, 12, 31)
    assert "hindsight" not in known.events["not_dyadic_reason"].to_list()
    assert 0 < known.events.height < 1293


def test_outcomes_cover_each_member_and_name_only_known_actors(camp) -> None:
    members = camp.roles["member"]
    assert len(members) == 10
    for stem in ("break", "intervention", "leader_replaced"):
        assert {f"{stem}.{member}" for member in members} <= set(camp.outcomes)
    assert camp.outcomes["leader_replaced.mongolia"].recorded.value is True
    assert camp.outcomes["leader_replaced.vietnam"].recorded.value is None
    assert camp.outcomes["allied_sanctions"].when.event.target == ("albania",)
    assert "member" not in json.dumps([outcome.model_dump(mode="json")["when"] for outcome in camp.outcomes.values()])


def test_acts_carry_ladder_and_openness_only_where_they_express_them(camp) -> None:
    rungs = {act.id: act.rung for act in camp.acts.values()}
    assert rungs["break"] == max(rung for rung in rungs.values() if rung is not None) == 22
    assert rungs["meet"] is None
    assert rungs["criticise"] < rungs["threaten"] < rungs["sanction"]
    assert all(act.openness is None for act in camp.acts.values() if act.polarity == "cooperative")


def test_capability_is_given_to_states_and_parties_only(camp) -> None:
    for actor in (camp.actors[name] for name in camp.collectives):
        assert (actor.capability is None) == (actor.kind in ("bloc", "organisation"))


def test_loading_is_quick_and_its_hash_is_stable(camp) -> None:
    took = []
    for _ in range(3):
        started = time.process_time()
        again = load("camp")
        took.append(time.process_time() - started)
    assert min(took) < 1.0  # 0.2 s on an idle machine
    assert again.hash == camp.hash
    assert re.fullmatch(r"[0-9a-f]{64}", camp.hash)


def test_the_folder_is_clean() -> None:
    assert check("camp").faults == ()
    assert check("tiny").faults == ()


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub(r"\[p\d+\]", " ", text).lower().replace("’", "'").replace("'", ""))


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def test_no_run_of_eight_words_of_the_source_is_in_the_files() -> None:
    where = os.environ.get("BLOCS_SOURCE_TEXT")
    if not where:
        pytest.skip("BLOCS_SOURCE_TEXT does not name the text of the source, which is not part of the project")
    source = runs(Path(where).read_text(encoding="utf-8"))
    assert len(source) > 50_000, "BLOCS_SOURCE_TEXT does not look like the source"
    shared = {
        (file.name, number, " ".join(run))
        for file in sorted(CAMP.iterdir())
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        for run in runs(line) & source
    }
    assert shared == set()


def test_titles_of_outcomes_name_actors_as_people_do() -> None:
    titles = {key: outcome.title for key, outcome in load("camp").outcomes.items()}
    assert titles["break.albania"] == "Relations between the patron and Albania are severed"
    assert load("cartel").outcomes["exit.qatar"].title == "Qatar leaves the organisation"
