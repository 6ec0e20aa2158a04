"""The CSV of the spatial model of politics: a title line, a header, a row an actor with all dimensions."""

from __future__ import annotations

import csv

from blocs.ground.errors import Fault, InputError, bad_input
from blocs.institutions.formats.rows import Row, cells_of, table_of
from blocs.institutions.table import IssueTable

SCALE = (0.0, 100.0)


def looks_spatial(text: str) -> bool:
    """Say whether the first line is `name, description, actors, dimensions` and the second a header of actors."""
    lines = text.splitlines()[:2]
    if len(lines) < 2:
        return False
    try:
        head = [v.strip() for v in next(csv.reader([lines[0]]))]
    except csv.Error:
        return False
    return len(head) >= 4 and head[2].isdecimal() and head[3].isdecimal() and lines[1].lower().startswith("actor")


def read_spatial_csv(text: str, source: str, scale: tuple[float, float] | None = None) -> IssueTable:
    """Return the table of `Actor, Description, Influence, (position, salience) a dimension`; saliences on 0-100.

    Raises:
        InputError: counts that do not match the title line, short rows, entries at fault.
    """
    lines = [row for _, row in cells_of(text, source)]
    count, dims = int(lines[0][2]), int(lines[0][3])
    names = [v.strip() for v in lines[1][3 : 3 + 2 * dims : 2]]
    issues = [n[: -len(" position")] if n.lower().endswith(" position") else n for n in names]
    if dims < 1 or len(issues) < dims or len(set(issues)) < dims:
        raise bad_input(source, "dimensions", f"{len(set(issues))} named", f"{dims}, as line 1 says", line=2)
    rows: list[Row] = []
    faults: list[Fault] = []
    people = [(n, [v.strip() for v in entry]) for n, entry in enumerate(lines[2:], start=3) if any(entry)]
    for line, entry in people:
        if len(entry) < 3 + 2 * dims:
            faults.append(Fault(source, line, "row", f"{len(entry)} values", f"{3 + 2 * dims}"))
            continue
        rows += [Row(line, entry[0], k, entry[3 + 2 * n], entry[4 + 2 * n], entry[2]) for n, k in enumerate(issues)]
    if len(people) != count:
        faults.append(Fault(source, 1, "actors", f"{len(people)} rows", f"{count}, as line 1 says"))
    if faults:
        raise InputError(faults)
    return table_of(rows, source, dict.fromkeys(issues, scale or SCALE), salience_unit=100.0)
