"""The plain CSV: a header and a row for every actor (and issue)."""

from __future__ import annotations

from blocs.ground.errors import Fault, InputError, bad_input
from blocs.institutions.formats.rows import Row, cells_of, number, table_of
from blocs.institutions.table import IssueTable

_NAMES = {
    "actor": ("actor", "name", "member", "country"),
    "issue": ("issue", "dimension"),
    "position": ("position", "x"),
    "salience": ("salience", "s"),
    "capability": ("capability", "capabilities", "power", "influence", "resources", "c"),
    "lower": ("lower", "scale_low", "min"),
    "upper": ("upper", "scale_high", "max"),
}
_NEEDED = ("actor", "position", "salience", "capability")


def read_long_csv(text: str, source: str, scale: tuple[float, float] | None = None) -> IssueTable:
    """Return the table of a CSV (comma, semicolon or tab) with columns in any order and any case.

    Raises:
        InputError: missing columns, short rows, or entries at fault.
    """
    first = text.splitlines()[0]
    lines = cells_of(text, source, max(",;\t", key=first.count), skip_space=True)
    header = [h.strip().lower() for h in next(lines)[1]]
    where = {name: next((header.index(a) for a in aliases if a in header), None) for name, aliases in _NAMES.items()}
    missing = [name for name in _NEEDED if where[name] is None]
    if missing:
        found = ", ".join(h for h in header if h) or "nothing"
        raise bad_input(source, ", ".join(missing), f"column missing; found {found}", ", ".join(_NEEDED), line=1)
    rows: list[Row] = []
    scales: dict[str, tuple[float, float]] = {}
    faults: list[Fault] = []
    for line, entry in lines:
        if not any(v.strip() for v in entry):
            continue
        if len(entry) < len(header) - (header[-1] == ""):
            problem = f"{len(entry)} values under {len(header)} columns"
            faults.append(Fault(source, line, "row", problem, f"{len(header)}"))
            continue
        row = _row(line, entry, where)
        if not row.actor:
            faults.append(Fault(source, line, "actor", "no name", "a name"))
        rows.append(row)
        if not scale and where["lower"] is not None and where["upper"] is not None:
            faults += _scale(row, entry[where["lower"]], entry[where["upper"]], scales, source)
    if faults:
        raise InputError(faults)
    if scale:
        scales = dict.fromkeys((r.issue for r in rows), scale)
    return table_of(rows, source, scales)


def _row(line: int, entry: list[str], where: dict[str, int | None]) -> Row:
    values = {k: entry[n].strip() if n is not None else "" for k, n in where.items()}
    issue = values["issue"] or "issue"
    return Row(line, values["actor"], issue, values["position"], values["salience"], values["capability"])


def _scale(row: Row, low: str, high: str, scales: dict[str, tuple[float, float]], source: str) -> list[Fault]:
    try:
        bounds = number(low), number(high)
    except ValueError as error:
        return [Fault(source, row.line, "lower, upper", str(error), "numbers")]
    known = scales.setdefault(row.issue, bounds)
    if known != bounds:
        return [Fault(source, row.line, "lower, upper", f"{bounds} differs from {known} above", "one scale an issue")]
    if not bounds[0] < bounds[1]:
        return [Fault(source, row.line, "lower, upper", f"{bounds} does not rise", "lower below upper")]
    return []
