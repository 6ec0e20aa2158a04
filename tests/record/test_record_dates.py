"""Dates: our bounds agree with the edtf library, keep open sides open, and never invent precision."""

from __future__ import annotations

from datetime import date, timedelta

import edtf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.record.dates import bounds, first_day, last_day, precision

years = st.integers(1000, 2999).map(lambda year: f"{year:04d}")
months = st.builds("{}-{:02d}".format, years, st.integers(1, 12))
seasons = st.builds("{}-{}".format, years, st.integers(21, 24))
days = st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(date.isoformat)
marks = st.sampled_from(["", "~", "?", "%"])
sections = st.builds("{}{}".format, st.one_of(years, months, seasons, days), marks)
sides = st.one_of(sections, st.just(".."))


def library(section: str) -> tuple[date, date]:
    if section[5:7] in ("21", "22", "23", "24"):
        section = section[:7]  # the library's grammar has no qualified seasons
    parsed = edtf.parse_edtf(section)
    return date(*parsed.lower_strict()[:3]), date(*parsed.upper_strict()[:3])


@given(sections)
@settings(max_examples=80, deadline=None)
def test_one_section_agrees_with_the_library(text: str) -> None:
    found = bounds(text)
    assert (found.start, found.end) == library(text)
    assert found.approximate == (text[-1] in "~%")
    assert found.uncertain == (text[-1] in "?%")


@given(sides, sides)
@settings(max_examples=200, deadline=None)
def test_an_interval_runs_from_the_first_day_of_one_side_to_the_last_of_the_other(left: str, right: str) -> None:
    start = None if left == ".." else bounds(left).start
    end = None if right == ".." else bounds(right).end
    text = f"{left}/{right}"
    if (start is None and end is None) or (start and end and end < start):
        with pytest.raises(ValueError, match=r"open on both sides|ends before it begins"):
            bounds(text)
    else:
        found = bounds(text)
        assert (found.start, found.end) == (start, end)


@given(st.one_of(years, months, seasons, days))
def test_qualifiers_do_not_move_bounds(text: str) -> None:
    plain = bounds(text)
    for mark in "~?%":
        marked = bounds(text + mark)
        assert (marked.start, marked.end) == (plain.start, plain.end)


@given(st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        found = bounds(text)
    except ValueError:
        return
    assert found.start is not None or found.end is not None


@pytest.mark.parametrize(
    "text",
    ["1956-02-30", "1956-13", "1956-25", "0000", "..", "../..", "", "1957/1956", "1956/1957/1958", "{1956,1957}"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        bounds(text)


def test_unknown_digits_are_bounded_by_what_they_allow() -> None:
    assert bounds("195X").start == date(1950, 1, 1)
    assert bounds("195X").end == date(1959, 12, 31)


@given(st.dates(date(1900, 1, 1), date(2000, 1, 1)), st.integers(0, 2000))
def test_precision_grows_coarser_with_length(start: date, length: int) -> None:
    steps = ["day", "days", "month", "season", "year", "multi_year"]
    found = bounds(f"{start.isoformat()}/{(start + timedelta(length)).isoformat()}")
    longer = bounds(f"{start.isoformat()}/{(start + timedelta(length + 1)).isoformat()}")
    first, second = (precision(b, b.start, b.end) for b in (found, longer) if b.start and b.end)
    assert steps.index(first) <= steps.index(second)


def test_sides_of_dates_that_people_write() -> None:
    assert first_day("1960") == date(1960, 1, 1)
    assert last_day("1960-02") == date(1960, 2, 29)
    assert first_day(date(1960, 6, 1)) == date(1960, 6, 1)
    with pytest.raises(ValueError, match="open"):
        last_day("1960/..")
