"""The issue table: who wants what, how much they care, and how much they count (all rules start from it)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import Fault, InputError, bad_input

Floats = NDArray[np.float64]
FIELDS = ("position", "salience", "capability")


@dataclass(frozen=True)
class UncertainCell:
    """One uncertain entry: `kind` is "uniform" (low, high), "triangular" (low, mode, high) or "normal" (mean, sd).

    `field` is "position", "salience" or "capability"; `actor` and `issue` are row and column of the table.
    """

    field: str
    actor: int
    issue: int
    kind: str
    low: float
    centre: float
    high: float


@dataclass(frozen=True)
class IssueTable:
    """Positions, saliences and capabilities of actors on issues, in the units of the source.

    `position`, `salience`, `capability` have axes [actor, issue]; NaN in all three means that the actor takes no part
    in the issue. `lower` and `upper` have axis [issue] and bound the scale of positions. Salience lies in [0, 1]
    (share of attention); capability is non-negative in any unit. `cells` lists uncertain entries, whose centre stands
    in the arrays. SYSTEM S06, S07: the table of a session.
    """

    actors: tuple[str, ...]
    issues: tuple[str, ...]
    position: Floats
    salience: Floats
    capability: Floats
    lower: Floats
    upper: Floats
    cells: tuple[UncertainCell, ...] = ()
    source: str = "table"

    @property
    def present(self) -> NDArray[np.bool_]:
        """Who takes part in what: axes [actor, issue]."""
        return ~np.isnan(self.position)

    @property
    def span(self) -> Floats:
        """Length of each scale: axis [issue]."""
        return self.upper - self.lower

    def on(self, issue: int) -> tuple[NDArray[np.intp], Floats, Floats, Floats]:
        """Return (rows, position, salience, capability) of the actors that take part in one issue."""
        rows = np.flatnonzero(self.present[:, issue])
        return rows, self.position[rows, issue], self.salience[rows, issue], self.capability[rows, issue]

    def replaced(self, position: Floats, salience: Floats, capability: Floats) -> IssueTable:
        """Return the same table with other numbers and nothing uncertain."""
        return dataclasses.replace(self, position=position, salience=salience, capability=capability, cells=())

    def row(self, name: str, where: str) -> int:
        """Return the row of an actor.

        Raises:
            InputError: no actor of that name.
        """
        if name not in self.actors:
            raise bad_input(where, "actor", f"{name!r} is not in the table", "one of " + ", ".join(self.actors))
        return self.actors.index(name)

    def normalised(self) -> Floats:
        """Return positions on 0-100 of each issue's scale: axes [actor, issue]."""
        return 100.0 * (self.position - self.lower) / np.where(self.span > 0, self.span, 1.0)


def checked(table: IssueTable, lines: dict[tuple[int, int], int] | None = None) -> IssueTable:
    """Return the table, or say everything that is wrong with it.

    `lines` maps (actor, issue) to the line of the source where the entry stands.

    Raises:
        InputError: one fault for every entry that is not a number, out of range or off its scale; fewer than two
            actors on an issue; nobody with weight on an issue.
    """
    at = lines or {}
    faults: list[Fault] = []
    for i, k in np.argwhere(table.present | ~np.isnan(table.salience) | ~np.isnan(table.capability)):
        faults += _entry_faults(table, int(i), int(k), at.get((int(i), int(k)), 0))
    for k, name in enumerate(table.issues):
        faults += _issue_faults(table, k, name) if not faults else []
    if faults:
        raise InputError(faults)
    return table


def _entry_faults(table: IssueTable, i: int, k: int, line: int) -> list[Fault]:
    who = f"{table.actors[i]} on {table.issues[k]}" if len(table.issues) > 1 else table.actors[i]
    values = {name: float(getattr(table, name)[i, k]) for name in FIELDS}
    faults = [
        Fault(table.source, line, name, f"{x:g} for {who} is not a finite number", "a number")
        for name, x in values.items()
        if not np.isfinite(x)
    ]
    if faults:
        return faults
    low, high = float(table.lower[k]), float(table.upper[k])
    x, s, c = values["position"], values["salience"], values["capability"]
    if not low <= x <= high:
        faults.append(
            Fault(table.source, line, "position", f"{x:g} for {who} is off the scale", f"{low:g} to {high:g}")
        )
    if not 0.0 <= s <= 1.0:
        faults.append(Fault(table.source, line, "salience", f"{s:g} for {who} is out of range", "0 to 1"))
    if c < 0.0:
        faults.append(Fault(table.source, line, "capability", f"{c:g} for {who} is negative", "zero or more"))
    return faults


def _issue_faults(table: IssueTable, k: int, name: str) -> list[Fault]:
    rows, _, salience, capability = table.on(k)
    if len(rows) < 2:
        found = "no actor takes" if len(rows) == 0 else "only one actor takes"
        return [Fault(table.source, 0, "actor", f"{found} part in issue {name!r}", "two or more")]
    if not float((salience * capability).sum()) > 0.0:
        return [Fault(table.source, 0, "capability", f"nobody has weight on issue {name!r}", "a positive sum")]
    return []
