"""The text format of the exchange model: lines that begin #A (actor), #P (issue), #M (scale), #D (entry)."""

from __future__ import annotations

from blocs.ground.errors import Fault, InputError
from blocs.institutions.formats.rows import Row, cells_of, number, table_of
from blocs.institutions.table import IssueTable

_LENGTH = {"#A": 2, "#P": 2, "#M": 3, "#D": 6}
_COMMENTS = ("#/", "#O")
DEFAULT_SCALE = (0.0, 100.0)


def read_exchange_text(text: str, source: str, scale: tuple[float, float] | None = None) -> IssueTable:
    """Return the table of lines `#A actor ...`, `#P issue ...`, `#M issue position ...`, `#D actor issue x s c`.

    Values are separated by tab, semicolon or comma and may be quoted. An issue without #M lines runs from 0 to 100.

    Raises:
        InputError: unknown marks, short lines, entries for actors or issues that were not announced.
    """
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max("\t;,", key=first.count)
    quotechar = "'" if "'#" in first else '"'
    actors: list[str] = []
    issues: list[str] = []
    ends: dict[str, list[float]] = {}
    rows: list[Row] = []
    faults: list[Fault] = []
    for line, entry in cells_of(text, source, delimiter, quotechar):
        values = [v.strip() for v in entry]
        mark = values[0].upper() if values else ""
        if not any(values) or mark in _COMMENTS:
            continue
        if mark not in _LENGTH:
            faults.append(Fault(source, line, "mark", f"{values[0]!r} is not known", "#A, #P, #M, #D, #O or #/"))
        elif len(values) < _LENGTH[mark]:
            faults.append(Fault(source, line, mark, f"{len(values)} values", f"{_LENGTH[mark]} or more"))
        elif mark == "#A":
            actors.append(values[1])
        elif mark == "#P":
            issues.append(values[1])
        elif mark == "#M":
            faults += _scale_point(values, line, ends, source)
        else:
            rows.append(Row(line, *values[1:6]))
    for row in rows:
        for name, value, known in (("actor", row.actor, actors), ("issue", row.issue, issues)):
            if value not in known:
                mark = "#A" if name == "actor" else "#P"
                faults.append(Fault(source, row.line, name, f"{value!r} was not announced", f"a {mark} line for it"))
    if faults:
        raise InputError(faults)
    scales = {k: scale or ((min(ends[k]), max(ends[k])) if k in ends else DEFAULT_SCALE) for k in issues}
    return table_of(rows, source, scales, actors, issues)


def _scale_point(values: list[str], line: int, ends: dict[str, list[float]], source: str) -> list[Fault]:
    try:
        ends.setdefault(values[1], []).append(number(values[2]))
    except ValueError as error:
        return [Fault(source, line, "#M position", str(error), "a number")]
    return []
