"""Faults found while reading a scenario: collected, so that one pass reports them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from blocs.ground.errors import Fault, InputError, one_line, shown

LIMIT = 5000
"""Faults kept per file; the rest are counted."""

_SHOWN = 60

_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda _: "a value",
    "literal_error": lambda ctx: f"one of {ctx['expected']}",
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']}",
    "greater_than": lambda ctx: f"more than {ctx['gt']}",
    "less_than": lambda ctx: f"less than {ctx['lt']}",
    "finite_number": lambda _: "a finite number",
    "string_pattern_mismatch": lambda ctx: (
        "some text" if ctx["pattern"] == r"\S" else f"text of the form {ctx['pattern']}"
    ),
    "too_short": lambda ctx: f"at least {ctx['min_length']} entry",
}
_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "list": "a list",
    "dict": "a mapping of fields",
    "model": "a mapping of fields",
    "date": "a day, YYYY-MM-DD",
}


class Faults:
    """Faults of one file. `where` is its path; lines are 1-based, 0 where lines make no sense.

    `lost` tells that whole entries could not be read, so that ids may be unknown for that reason.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[Fault] = []
        self.left_out = 0
        self.lost = False

    def add(self, line: int, field: str, problem: str, expected: str = "") -> None:
        """Note one fault."""
        if len(self.found) >= LIMIT:
            self.left_out += 1
            return
        self.found.append(Fault(self.where, line, one_line(field), one_line(problem), one_line(expected)))

    def lose(self, line: int, field: str, problem: str, expected: str = "") -> None:
        """Note a fault by which entries were lost, ids and all."""
        self.lost = True
        self.add(line, field, problem, expected)

    def add_validation(self, error: ValidationError, line_of: Callable[[tuple[Any, ...]], int]) -> None:
        """Note every fault of a pydantic error; `line_of` gives the line of a location."""
        for item in error.errors(include_url=False):
            loc = item["loc"]
            self.add(line_of(loc), _field(loc), *_say(item))

    def all(self) -> tuple[Fault, ...]:
        """Return the faults, and a last one that counts what was left out."""
        if not self.left_out:
            return tuple(self.found)
        more = Fault(self.where, 0, "file", f"has {self.left_out} more faults, only the first {LIMIT} are shown")
        return (*self.found, more)


Step = str | int
"""A key of a mapping or a place in a list, on the way to a part of an entry."""


class Place:
    """Where faults of one entry are noted; `line_of` gives the line of a part, `whole` tells an entry without faults."""

    def __init__(self, faults: Faults, line_of: Callable[[tuple[Any, ...]], int], whole: bool = True) -> None:
        self._faults, self._line_of, self.whole = faults, line_of, whole

    def add(self, field: str, problem: str, expected: str = "", n: Step | None = None) -> None:
        """Note a fault of a field (`when.event.act`) or of one part of it, at its line."""
        at = (*field.split("."), *(() if n is None else (n,)))
        self._faults.add(self._line_of(at), field, problem, expected)

    def inside(self, field: str, at: tuple[Step, ...]) -> Place:
        """Return the place of a part that stands at `at` below a field, where faults still name the field alone."""
        return Place(self._faults, lambda part: self._line_of((field, *at, *part[1:])), self.whole)


def raise_if(faults: Iterable[Fault]) -> None:
    """Raise `InputError` with the faults, if there are any."""
    kept = tuple(faults)
    if kept:
        raise InputError(kept)


def near(text: str, known: Collection[str]) -> str:
    """Return ` (near: a, b)` with the known words closest to `text`, or nothing."""
    found = _closest(text[:_SHOWN].lower(), frozenset(known))
    return f" (near: {', '.join(found)})" if found else ""


@lru_cache(maxsize=1024)
def _closest(text: str, known: frozenset[str]) -> tuple[str, ...]:
    by_lower = {word.lower(): word for word in sorted(known)}
    return tuple(by_lower[word] for word in get_close_matches(text, list(by_lower), n=3, cutoff=0.6))


def _field(loc: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in loc) or "entry"


def _say(item: Any) -> tuple[str, str]:
    """(what is wrong, what was expected) for one pydantic error."""
    kind, ctx, value = str(item["type"]), item.get("ctx", {}), item.get("input")
    if kind == "missing":
        return "is missing", _EXPECTED[kind](ctx)
    if kind == "extra_forbidden":
        return "is not a field here", "a field of docs/reference/scenario-format.md"
    if kind in ("value_error", "assertion_error"):
        problem, _, expected = str(ctx.get("error", item["msg"])).partition(", expected ")
        return problem, expected
    if kind.startswith("union_tag"):
        return "has no known kind of condition", "one of event, state, any_of, all_of"
    problem = "is empty (null)" if value is None else f"is {shown(value)}"
    if kind in _EXPECTED:
        return problem, _EXPECTED[kind](ctx)
    if kind == "string_type" and isinstance(value, int | float):
        return problem, f'text, in quotes: "{shown(value)}"'
    return problem, _KINDS.get(kind.removesuffix("_type").removesuffix("_parsing"), str(item["msg"]).lower())
