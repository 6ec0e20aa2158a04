"""Rounded numbers stay near what they stand for; names stay apart; pages are all there."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from blocs.report.words import (
    Names,
    coded,
    counted,
    dated,
    joined,
    ordinal,
    page_list,
    percent,
    points,
    short_names,
    signed,
    times,
)


@given(st.floats(0, 1))
def test_percent_is_within_half_a_unit_and_never_hides_the_rare(share):
    text = percent(share)
    value = float(text.strip("<>%"))
    assert abs(value - 100 * share) <= (0.5 if 10 <= 100 * share <= 90 else 0.1) + 1e-9
    assert (text == "0%") == (share == 0)
    assert (text == "100%") == (share == 1)


def test_numbers_and_their_nouns_agree():
    assert [counted(n, "act") for n in (0, 1, 2)] == ["0 acts", "1 act", "2 acts"]
    assert counted(2, "history", "histories") == "2 histories"
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111, 122)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd",
    ]  # fmt: skip


@given(st.text())
def test_backticks_become_code_and_nothing_else_becomes_markup(text):
    page = str(coded(text))
    plain = re.sub(r"</?code>", "", page)
    assert "<" not in plain
    assert ">" not in plain
    assert page.count("<code>") == page.count("</code>") == len(re.findall(r"`[^`]+`", str(escape(text))))


@given(st.floats(-6, 6))
def test_factors_are_within_five_percent(log):
    text = times(log)
    assert float(text) == pytest.approx(math.exp(log), rel=0.06, abs=0.005)


@pytest.mark.parametrize(
    ("log", "text"), [(0.0, "1.00"), (math.log(2), "2.0"), (math.log(12), "12"), (-9, "<0.001"), (9, ">1000")]
)
def test_factors_by_hand(log, text):
    assert times(log) == text


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_a_dash(value):
    assert {signed(value), points(value), percent(value)} == {"–"}


@given(st.lists(st.integers(1, 300), max_size=20))
def test_page_lists_name_every_page_and_no_other(pages):
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", page_list(pages)):
        found |= set(range(int(first), int(last or first) + 1))
    assert found == set(pages)


def test_page_lists_by_hand():
    assert page_list([7]) == "p. 7"
    assert page_list([5, 7, 6, 12]) == "pp. 5–7, 12"
    assert page_list(None) == ""


@given(st.dictionaries(st.text("abc", min_size=1, max_size=6), st.text("XY ,(", min_size=1, max_size=30), max_size=8))
def test_short_names_stay_apart(full):
    short = short_names(full)
    assert set(short) == set(full)
    assert len(set(short.values())) == len(full)


def test_short_names_by_hand():
    full = {
        "a": "Alphaland (party and state)",
        "fru": "Federated Republic of Uplands",
        "long_one": "Betaland, People's Republic",
        "n": "Gamma (north)",
        "s": "Gamma (south)",
    }
    assert short_names(full) == {
        "a": "Alphaland", "fru": "FRU", "long_one": "Betaland", "n": "Gamma (north) [n]", "s": "Gamma (south) [s]",
    }  # fmt: skip


def test_ids_are_named_as_whole_words_only():
    names = Names({"east": "Eastmark"}, {}, {}, {})
    assert names.plain("that east is least-east, east.", ["east"]) == "that Eastmark is least-east, Eastmark."
    assert names.plain("east", []) == "east"


def test_dates_in_words():
    assert dated(date(1954, 6, 4), date(1954, 6, 4)) == "4 June 1954"
    assert dated(date(1954, 6, 1), date(1954, 6, 30)) == "June 1954"
    assert dated(date(1956, 2, 1), date(1956, 12, 31)) == "February 1956 to December 1956"
    assert dated(date(1956, 1, 1), date(1956, 12, 31)) == "1956"
    assert dated(date(1956, 1, 1), date(1957, 12, 31)) == "1956 to 1957"
    assert dated(date(1956, 2, 4), date(1956, 2, 29)) == "4 February 1956 to 29 February 1956"


@given(st.lists(st.text("xyz", min_size=1, max_size=3), max_size=5))
def test_lists_in_words(parts):
    assert re.split(", | and ", joined(parts)) == (parts or [""])


def test_a_side_keeps_its_short_name_before_a_body_of_the_same_name():
    full = {"north": "North (party and state)", "north_press": "North (papers)", "south": "South"}
    assert short_names(full)["north"] == "North (party and state) [north]"
    assert short_names(full, ("north", "south"))["north"] == "North"
    assert short_names(full, ("north", "south"))["north_press"] == "North (papers) [north_press]"
