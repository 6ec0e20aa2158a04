"""The coercion ladder as data: what each rung needs, costs, brings down again and passes on to allies (SYSTEM S18).

`ladder.csv` beside this file holds the ladder of the source, merged from one long case; a scenario may bring its own
file of the same columns (docs/reference/scenario-format.md).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from blocs.bloc.vocabulary import vocabulary
from blocs.ground.axes import Array, Bool, Float, Scalar

TOP = int(vocabulary()["rung"].hi or 22)
"""The highest rung: rupture."""

NEVER = 7.0
"""Openness that no quarrel reaches: what a rung asks for that the ladder leaves out."""

STAGES = ("courtesy", "procedure", "goods", "contracts", "force", "rupture")
"""Kinds of pressure in the order in which F18.2 expects them."""

NUMBERS = (
    "min_openness",
    "max_patience",
    "needs_goods",
    "cost_source",
    "cost_target",
    "reversible",
    "cascade",
    "lag_days",
)
UNUSED = {"min_openness": NEVER, "lag_days": 30.0}
"""A rung that a ladder leaves out: it asks for more openness than there is."""


class Rungs(eqx.Module):
    """One number a rung and column, axis rung 0..22.

    Attributes:
        min_openness: step 0..6 that the quarrel must have reached on either side; 7 where the rung is left out.
        max_patience: patience 0..1 of the presser at or below which the rung is open to it.
        needs_goods: 1 where the target must depend on the presser for goods that it is not thought to find elsewhere.
        cost_source, cost_target: what standing on the rung costs each side, 0..1.
        reversible: share 0..1 of a step down that an inducement or time achieves.
        cascade: share 0..1 of the rung that clients of the presser take up.
        lag_days: days in which they take up half of it, besides their own lag.
        stage: place in `STAGES`.
    """

    min_openness: Float[Array, " rung"]
    max_patience: Float[Array, " rung"]
    needs_goods: Float[Array, " rung"]
    cost_source: Float[Array, " rung"]
    cost_target: Float[Array, " rung"]
    reversible: Float[Array, " rung"]
    cascade: Float[Array, " rung"]
    lag_days: Float[Array, " rung"]
    stage: Float[Array, " rung"]

    def open_to(self, openness: Scalar, patience: Scalar, goods: Scalar) -> Bool[Array, " rung"]:
        """Return which rungs a presser may stand on: quarrel that open, patience that short, goods to hold back 0..1."""
        enough = (self.needs_goods == 0) | (goods >= NEEDED)
        return (openness >= self.min_openness) & (patience <= self.max_patience) & enough


NEEDED = 0.1
"""Share of a lever's imports that must hang on the presser before withholding it is a rung."""


def between(table: Float[Array, " rung"], rung: Float[Array, "*any"]) -> Float[Array, "*any"]:
    """Return a column read at a rung, 0..22, in a straight line between whole rungs."""
    low = jnp.clip(jnp.floor(rung), 0.0, TOP - 1.0)
    at = low.astype(jnp.int32)
    return table[at] + (rung - low) * (table[at + 1] - table[at])


def rungs(rows: Iterable[Mapping[str, Any]]) -> Rungs:
    """Return a ladder from rows with the columns of `ladder.csv`; rungs that no row names are open to nobody."""
    columns = {name: np.full(TOP + 1, UNUSED.get(name, 0.0)) for name in (*NUMBERS, "stage")}
    for row in rows:
        place = int(row["rung"])
        for name in NUMBERS:
            columns[name][place] = float(row[name])
        columns["stage"][place] = STAGES.index(row["stage"])
    return Rungs(**{name: jnp.asarray(column) for name, column in columns.items()})


@cache
def default_rows() -> tuple[Mapping[str, str], ...]:
    """Return the rows of the package's own ladder."""
    text = resources.files("blocs.bloc").joinpath("ladder.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def default_rungs() -> Rungs:
    """Return the package's own ladder."""
    return rungs(default_rows())
