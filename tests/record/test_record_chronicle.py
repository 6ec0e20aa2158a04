"""The chronicle: order, scenes, as-of views and plural actors, against slow plain-Python oracles."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from blocs.ground.errors import InputError
from blocs.record import Chronicle, Event, Position

ACTORS = ("a", "b", "c")


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    count = draw(st.integers(0, 12))
    found = []
    for number in draw(st.permutations(range(count))):
        source, target = draw(st.permutations(ACTORS))[:2]
        year, month = draw(st.integers(1950, 1953)), draw(st.integers(1, 12))
        hindsight = draw(st.booleans())
        found.append(
            Event(
                id=f"{draw(st.sampled_from('XY'))}{number}",
                pages=(draw(st.integers(1, 3)),),
                date=draw(st.sampled_from([f"{year}", f"{year}-{month:02d}", f"{year}-{month:02d}-07", f"{year}/.."])),
                source=source,
                target=target,
                co_targets=draw(st.sampled_from([(), ACTORS])),
                act=draw(st.sampled_from(["meet", "refuse"])),
                issue="grain",
                channel="public",
                cooperation=0.0,
                summary="something",
                basis="public_record",
                confidence=1.0,
                is_dyadic=not hindsight,
                not_dyadic_reason="hindsight" if hindsight else None,
                target_absent=draw(st.booleans()),
            )
        )
    return found


def build(events: list[Event], positions: list[Position] | None = None) -> Chronicle:
    return Chronicle.build(events, positions or [], open_start=date(1940, 1, 1), open_end=date(1959, 12, 31))


@given(histories(), st.dates(date(1949, 1, 1), date(1955, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_as_of_shows_only_what_had_ended_and_no_hindsight(events: list[Event], day: date) -> None:
    whole = build(events)
    known = whole.asof(day)
    told = {event.id for event in events if event.not_dyadic_reason != "hindsight"}
    ended = dict(whole.events.select("id", "end").iter_rows())
    assert set(known.events["id"]) == {name for name in told if ended[name] <= day}
    assert known.as_of == day
    later = whole.asof(date(1956, 1, 1)).asof(day)
    assert_frame_equal(later.events, known.events)


@given(histories())
@settings(max_examples=60, deadline=None)
def test_dyadic_rows_stand_in_order_of_telling_and_scenes_are_neighbours(events: list[Event]) -> None:
    table = build(events).dyadic()
    keys = [
        (row["start"], row["end"], row["first_page"], row["number"], row["id"]) for row in table.iter_rows(named=True)
    ]
    assert keys == sorted(keys)
    scene, expected = -1, []
    for before, now in zip([None, *keys], keys, strict=False):
        scene += before is None or before[:3] != now[:3]
        expected.append(scene)
    assert table["scene"].to_list() == expected
    assert set(table["id"]) == {event.id for event in events if event.is_dyadic and not event.target_absent}


@given(histories())
@settings(max_examples=40, deadline=None)
def test_plural_actors_expand_to_every_pair_but_an_actor_with_itself(events: list[Event]) -> None:
    expected = {
        (event.id, source, target)
        for event in events
        if event.is_dyadic
        for source in (event.source, *event.co_sources)
        for target in (event.target, *event.co_targets)
        if source != target
    }
    found = list(build(events).dyads().select("id", "source", "target").iter_rows())
    assert len(found) == len(set(found))
    assert set(found) == expected


@given(histories())
@settings(max_examples=30, deadline=None)
def test_input_order_does_not_matter_and_the_graph_has_every_act(events: list[Event]) -> None:
    one, other = build(events), build(events[::-1])
    assert_frame_equal(one.events, other.events)
    graph = one.to_networkx()
    assert sorted(key for *_, key in graph.edges(keys=True)) == sorted(e.id for e in events if e.is_dyadic)


def test_filters_are_conjunctions_and_dates_lie_wholly_inside() -> None:
    def event(name: str, when: str, **more: object) -> Event:
        base = {
            "pages": (1,),
            "source": "a",
            "target": "b",
            "act": "meet",
            "issue": "grain",
            "channel": "public",
            "cooperation": 0.0,
        }
        rest = {"summary": "A Word", "basis": "public_record", "confidence": 1.0, "is_dyadic": True}
        return Event.model_validate({"id": name, "date": when, **base, **rest, **more})

    events = [
        event("E1", "1950-03"),
        event("E2", "1950/1951"),
        event("E3", "1951-02", act="refuse", audience=["c"], source_person="p"),
    ]
    chronicle = build(events)
    assert chronicle.filter(since="1950", until="1950").events["id"].to_list() == ["E1"]
    assert chronicle.filter(actor="c").events["id"].to_list() == ["E3"]
    assert chronicle.filter(source="p", act="refuse").events["id"].to_list() == ["E3"]
    assert chronicle.filter(text="a WORD").events.height == 3
    assert chronicle.filter(page=2).events.height == 0
    assert chronicle.events.schema["start"] == pl.Date
    with pytest.raises(InputError, match="since: date: '1950-99'"):
        chronicle.filter(since="1950-99")


def test_positions_follow_the_same_dates() -> None:
    stances = [
        Position(id="P1", actor="a", issue="grain", date="1950", public_or_private="public", salience=0.5, page=1),
        Position(id="P2", actor="b", issue="grain", date="1951/..", public_or_private="private", salience=0.5, page=2),
    ]
    chronicle = build([], stances)
    assert chronicle.asof("1950").positions["id"].to_list() == ["P1"]
    assert chronicle.asof("1958").positions["id"].to_list() == ["P1"]
    assert chronicle.filter_positions(actor="b").positions["id"].to_list() == ["P2"]


def test_events_that_contradict_themselves_are_not_built() -> None:
    event = Event(
        id="E1",
        date="1950",
        source="a",
        target="a",
        act="meet",
        issue="grain",
        channel="public",
        cooperation=0.0,
        summary="s",
        basis="public_record",
        confidence=1.0,
        is_dyadic=True,
    )
    with pytest.raises(ValueError, match="E1: target: source and target are both 'a'"):
        build([event])
