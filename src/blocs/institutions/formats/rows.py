"""From rows of text to an issue table: numbers, uncertain numbers, duplicates, scales."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from blocs.ground.errors import Fault, InputError, bad_input
from blocs.institutions.table import FIELDS, IssueTable, UncertainCell, checked

_NORMAL = re.compile(r"^(.+?)\s*(?:\+-|\+/-|±)\s*(.+)$")


@dataclass(frozen=True)
class Row:
    """One entry as written: the values are texts, `line` is where they stand (0 unknown)."""

    line: int
    actor: str
    issue: str
    position: str
    salience: str
    capability: str


def cells_of(
    text: str, source: str, delimiter: str = ",", quotechar: str = '"', skip_space: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line on which it ends, cells) of every row of a CSV.

    Raises:
        InputError: a row that is no CSV, such as one with a cell of more than 131 072 characters.
    """
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, quotechar=quotechar, skipinitialspace=skip_space)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            line = max(1, reader.line_num)
            raise bad_input(source, "row", f"is no CSV: {error}", "short cells, quotes closed", line) from None
        if row is None:
            return
        yield reader.line_num, row


def table_of(
    rows: Sequence[Row],
    source: str,
    scales: dict[str, tuple[float, float]] | None = None,
    actors: Sequence[str] = (),
    issues: Sequence[str] = (),
    salience_unit: float = 1.0,
) -> IssueTable:
    """Return the checked table of the rows.

    Actors and issues keep the given order, else that of first mention. `scales` bounds positions by issue; an issue
    without one is bounded by its extreme positions. Saliences are divided by `salience_unit`.

    Raises:
        InputError: every row at fault.
    """
    if not rows:
        raise bad_input(source, "rows", "no entries", "one for every actor and issue")
    who = tuple(dict.fromkeys([*actors, *(r.actor for r in rows)]))
    what = tuple(dict.fromkeys([*issues, *(r.issue for r in rows)]))
    shape = len(who), len(what)
    grids = {name: np.full(shape, np.nan) for name in FIELDS}
    lines: dict[tuple[int, int], int] = {}
    cells: list[UncertainCell] = []
    faults: list[Fault] = []
    for row in rows:
        at = who.index(row.actor), what.index(row.issue)
        if at in lines:
            of = f"{row.actor} on {row.issue}" if row.issue else row.actor
            faults.append(Fault(source, row.line, "actor", f"{of} stands twice (also line {lines[at]})", "once"))
            continue
        lines[at] = row.line
        for name in FIELDS:
            unit = salience_unit if name == "salience" else 1.0
            try:
                cell = _cell(getattr(row, name), name, at, unit)
            except ValueError as error:
                faults.append(Fault(source, row.line, name, f"{error} for {row.actor}", "a number, lo..hi or mean+-sd"))
                continue
            grids[name][at] = cell.centre
            if cell.kind != "exact":
                cells.append(cell)
    if faults:
        raise InputError(faults)
    lower, upper = _bounds(grids["position"], cells, what, scales or {})
    table = IssueTable(
        who, what, grids["position"], grids["salience"], grids["capability"], lower, upper, tuple(cells), source
    )
    return checked(table, lines)


def number(text: str) -> float:
    """Return a finite number.

    Raises:
        ValueError: with a message that says what was found.
    """
    try:
        value = float(text.strip().strip("'\""))
    except ValueError:
        raise ValueError("nothing found" if not text.strip() else f"{text.strip()!r} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{text.strip()!r} is not a finite number")
    return value


def _cell(text: str, name: str, at: tuple[int, int], unit: float) -> UncertainCell:
    parts = text.split("..")
    if len(parts) in (2, 3) and all(p.strip() for p in parts):
        values = [number(p) / unit for p in parts]
        if sorted(values) != values:
            raise ValueError(f"{text.strip()!r} does not rise")
        kind = "uniform" if len(values) == 2 else "triangular"
        centre = 0.5 * (values[0] + values[-1]) if len(values) == 2 else values[1]
        return UncertainCell(name, *at, kind, values[0], centre, values[-1])
    spread = _NORMAL.match(text.strip())
    if spread:
        centre, sd = number(spread[1]) / unit, number(spread[2]) / unit
        if sd < 0:
            raise ValueError(f"{text.strip()!r} has a negative spread")
        return UncertainCell(name, *at, "normal", centre - sd, centre, centre + sd)
    value = number(text) / unit
    return UncertainCell(name, *at, "exact", value, value, value)


def _bounds(
    position: np.ndarray, cells: list[UncertainCell], issues: tuple[str, ...], scales: dict[str, tuple[float, float]]
) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.empty(len(issues)), np.empty(len(issues))
    for k, name in enumerate(issues):
        known = position[~np.isnan(position[:, k]), k]
        ends = [v for c in cells if c.field == "position" and c.issue == k for v in (c.low, c.high)]
        found = np.concatenate([known, ends])
        given = scales.get(name)
        low[k], high[k] = given if given else (found.min(), found.max()) if len(found) else (0.0, 1.0)
    return low, high
