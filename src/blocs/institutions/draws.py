"""Uncertain issue tables: many tables drawn from one, by quantiles, so that any design of draws can be used."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.institutions.table import FIELDS, IssueTable, UncertainCell

Floats = NDArray[np.float64]


def with_spread(table: IssueTable, spread: float) -> IssueTable:
    """Return the table with every exact entry made uniform around its value.

    `spread` is the half-width: a share of the scale for positions, of 1 for saliences, of the value for capabilities;
    what would leave the legal range is cut off.

    Raises:
        InputError: a spread outside [0, 1].
    """
    if not 0.0 <= spread <= 1.0:
        raise bad_input("--spread", "spread", f"{spread:g} is out of range", "0 to 1")
    known = {(c.field, c.actor, c.issue) for c in table.cells}
    cells = list(table.cells)
    for name in FIELDS:
        values: Floats = getattr(table, name)
        for i, k in np.argwhere(table.present).tolist():
            if (name, i, k) in known:
                continue
            width = spread * {"position": float(table.span[k]), "salience": 1.0}.get(name, float(values[i, k]))
            low, high = _legal(table, name, k)
            x = float(values[i, k])
            if width > 0:
                cells.append(UncertainCell(name, i, k, "uniform", max(low, x - width), x, min(high, x + width)))
    return dataclasses.replace(table, cells=tuple(cells))


def cell_names(table: IssueTable) -> list[str]:
    """Return a name for each uncertain entry: field, actor and, where there are several, issue."""
    many = len(table.issues) > 1
    return [
        f"{c.field} of {table.actors[c.actor]}" + (f" on {table.issues[c.issue]}" if many else "") for c in table.cells
    ]


def drawn(table: IssueTable, quantiles: Floats) -> list[IssueTable]:
    """Return one table a row of `quantiles`, axes [draw, cell] in [0, 1].

    Raises:
        InputError: nothing in the table is uncertain.
    """
    if not table.cells:
        raise bad_input(table.source, "cells", "nothing is uncertain", "entries lo..hi or mean+-sd, or --spread")
    size = len(quantiles)
    grids = {name: np.repeat(getattr(table, name)[None], size, axis=0) for name in FIELDS}
    for n, cell in enumerate(table.cells):
        grids[cell.field][:, cell.actor, cell.issue] = _quantile(table, cell, quantiles[:, n])
    columns = zip(grids["position"], grids["salience"], grids["capability"], strict=True)
    return [table.replaced(x, s, c) for x, s, c in columns]


def _legal(table: IssueTable, name: str, issue: int) -> tuple[float, float]:
    if name == "position":
        return float(table.lower[issue]), float(table.upper[issue])
    return (0.0, 1.0) if name == "salience" else (0.0, np.inf)


def _quantile(table: IssueTable, cell: UncertainCell, q: Floats) -> Floats:
    low, high = cell.low, cell.high
    if cell.kind == "uniform" or not high > low:
        return low + q * (high - low)
    if cell.kind == "triangular":
        rise = (cell.centre - low) / (high - low)
        up = low + np.sqrt(q * (high - low) * (cell.centre - low))
        down = high - np.sqrt((1.0 - q) * (high - low) * (high - cell.centre))
        return np.where(q < rise, up, down)
    return _cut_normal(q, cell.centre, high - cell.centre, _legal(table, cell.field, cell.issue))


def _cut_normal(q: Floats, mean: float, sd: float, legal: tuple[float, float]) -> Floats:
    """Return quantiles of a normal law cut off at the ends of the legal range."""
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    normal: Any = special
    low, high = (float(normal.ndtr((end - mean) / sd)) for end in legal)
    z = np.asarray(normal.ndtri(low + q * (high - low)), dtype=np.float64)
    return np.clip(mean + sd * z, *legal)
