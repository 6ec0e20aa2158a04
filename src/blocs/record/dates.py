"""EDTF dates as bounded intervals of days: what a date says, and no more.

A date of level 0 or 1 of the Extended Date/Time Format (day, month, season 21-24, year, interval, open ends, `~`
approximate, `?` uncertain, `X` for unknown digits) becomes the first and the last day it allows. `~` and `?` are kept
as flags and do not widen the bounds. Source: Library of Congress, EDTF (ISO 8601-2:2019).
"""

from __future__ import annotations

import calendar
import importlib
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from blocs.ground.errors import bad_input, shown

EXPECTED = "an EDTF date such as 1956, 1956-02, 1956-02-25, 1956-22, 1953/1956-04, ../1954 or 1957~"

_PLAIN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%]?)", re.ASCII)
_LONGEST = 64
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12)}


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last day that a date allows, both inclusive; `None` on a side that is open.

    `approximate` (`~`) and `uncertain` (`?`) repeat the qualifiers of the text.
    """

    start: date | None
    end: date | None
    approximate: bool = False
    uncertain: bool = False

    def capped(self, first: date, last: date) -> tuple[date, date]:
        """Return (start, end) in days, an open side replaced by `first` or `last`.

        Raises:
            ValueError: the capped interval ends before it begins.
        """
        start, end = self.start or first, self.end or last
        if end < start:
            raise ValueError(f"ends on {end} before it begins on {start}")
        return start, end


@lru_cache(maxsize=8192)
def bounds(text: str) -> Bounds:
    """Return the bounds of an EDTF date.

    Raises:
        ValueError: `text` is no EDTF date of level 0 or 1, names a day that no calendar has, or ends before it begins.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"{text[:20]!r}... is too long for a date")
    left, slash, right = text.partition("/")
    if not slash:
        start, end, marks = _section(left)
        return Bounds(start, end, "~" in marks or "%" in marks, "?" in marks or "%" in marks)
    if "/" in right:
        raise ValueError(f"{text!r} has more than one '/'")
    start, _, before = _open(left) if left in ("", "..") else _section(left)
    _, end, after = _open(right) if right in ("", "..") else _section(right)
    if start is None and end is None:
        raise ValueError(f"{text!r} is open on both sides")
    if start and end and end < start:
        raise ValueError(f"{text!r} ends before it begins")
    marks = before + after
    return Bounds(start, end, "~" in marks or "%" in marks, "?" in marks or "%" in marks)


def _open(text: str) -> tuple[date | None, date | None, str]:
    return None, None, ""


def _section(text: str) -> tuple[date | None, date | None, str]:
    """First day, last day and qualifiers of one side.

    Plain forms are read here because the EDTF grammar takes milliseconds a date; the `edtf` library reads the rest and
    is the oracle of the tests.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return _by_library(text)
    year, month, day = int(plain[1]), int(plain[2] or 0), int(plain[3] or 0)
    try:
        if plain[3]:
            exact = date(year, month, day)
            return exact, exact, plain[4]
        first, last = _SEASONS.get(month, (month, month)) if plain[2] else (1, 12)
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), plain[4]
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValueError(f"{text!r} is not a day, month or season of the calendar") from error


def _by_library(text: str) -> tuple[date | None, date | None, str]:
    # Half a second to import, and most scenarios never need it.
    edtf: Any = importlib.import_module("edtf")
    kinds: Any = importlib.import_module("edtf.parser.parser_classes")
    try:
        parsed: Any = edtf.parse_edtf(text)
    except Exception as error:  # the library lets errors of its grammar engine through, of many kinds
        raise ValueError(f"{text!r} is not an EDTF date") from error
    if not isinstance(parsed, (kinds.Date, kinds.Season, kinds.UncertainOrApproximate, kinds.Unspecified)):
        raise ValueError(f"{text!r} is EDTF beyond levels 0 and 1")
    try:
        return _day(parsed.lower_strict()), _day(parsed.upper_strict()), re.sub(r"[^~?%]", "", text)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{text!r} has no bounds on the calendar") from error


def _day(moment: Any) -> date:
    """First three fields of a `struct_time`; the library gives an infinity where a side has no bound."""
    return date(int(moment[0]), int(moment[1]), int(moment[2]))


def precision(found: Bounds, start: date, end: date) -> str:
    """Return how exact a date is: open, day, days, month, season (to 190 days), year (to 366) or multi_year."""
    if found.start is None or found.end is None:
        return "open"
    length = (end - start).days + 1
    steps = ((1, "day"), (27, "days"), (31, "month"), (190, "season"), (366, "year"))
    return next((name for limit, name in steps if length <= limit), "multi_year")


def first_day(text: str | date) -> date:
    """Return the first day of a date that a person gave (`1960`, a `date`); `ValueError` where open or bad."""
    return _side(text, "start")


def last_day(text: str | date) -> date:
    """Return the last day of a date given by a person; `ValueError` where open or bad."""
    return _side(text, "end")


def asked_day(given: str | date | None, option: str, last: bool) -> date | None:
    """Return the first or last day of a date that a person gave by an option; `None` stays `None`.

    Raises:
        InputError: it is no date, or open on the side asked for.
    """
    if given is None:
        return None
    if not isinstance(given, str | date):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input(option, "date", f"is {shown(given)}", EXPECTED)
    try:
        return last_day(given) if last else first_day(given)
    except ValueError as error:
        raise bad_input(option, "date", str(error), EXPECTED) from None


def _side(text: str | date, side: str) -> date:
    if isinstance(text, date):
        return text
    found: date | None = getattr(bounds(text), side)
    if found is None:
        raise ValueError(f"{text!r} has an open {side}")
    return found
