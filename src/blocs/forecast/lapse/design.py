"""Pacts at risk and what is known of them: terms with a name, a formula and a sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Term:
    """One column of a design: an expression over the feature table, and what it says."""

    name: str
    value: pl.Expr
    meaning: str


def _c(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64)


_SIZE = (_c("cinc1") + _c("cinc2") + 1e-6).log()
_CHANGE = pl.max_horizontal(_c("polity_change3_1").abs(), _c("polity_change3_2").abs())
CORE: tuple[Term, ...] = (
    Term("power ratio", _c("cinc_log_ratio").abs(), "log ratio of the allies' capabilities"),
    Term("power", _SIZE, "log of their capabilities together"),
    Term("agreement", _c("unga_agree"), "share of equal votes in the assembly"),
    Term("agreement, change", _c("unga_agree_change3"), "its change over three years"),
    Term("new leader", _c("leader_change1") + _c("leader_change2"), "allies whose leader changed in the year"),
    Term("irregular leader", _c("leader_irregular1") + _c("leader_irregular2"), "allies where that broke the rules"),
    Term("regime change", _CHANGE, "largest change of an ally's regime over three years"),
    Term("regime gap", (_c("polity1") - _c("polity2")).abs(), "distance of the two regimes"),
    Term("dispute", _c("mid_hostility_5y").clip(0, 5), "highest hostility between the allies in five years"),
    Term("age", _c("pact_age"), "years in force"),
)
"""What the plain logit knows."""

STRUCTURE: tuple[Term, ...] = (
    *CORE,
    Term("pacts", _c("n_joint_pacts"), "pacts that the two share"),
    Term("smallest pact", _c("min_members"), "members of the smallest of them"),
    Term("largest pact", _c("max_members"), "members of the largest of them"),
    Term("organisations", _c("shared_igos"), "organisations they share"),
    Term("border", (pl.col("contiguity") == 1).cast(pl.Float64), "a common land border"),
)
"""What the logit with structure knows."""

_SHARED = {"agreement", "new leader", "irregular leader", "regime change", "dispute"}
MODEL: tuple[Term, ...] = (
    *(t for t in CORE if t.name in _SHARED),
    Term("one pact", (_c("n_joint_pacts").fill_null(1) <= 1).cast(pl.Float64), "no second pact backs the first"),
    Term("smallest pact, log", _c("min_members").log(), "log members of the smallest pact of the two"),
    Term("largest pact, log", _c("max_members").log(), "log members of the largest"),
    Term("organisations", _c("shared_igos"), "organisations they share"),
    Term("lapses nearby", (_c("lapses3") + 1.0).log(), "log lapses of either ally's pacts in the last three years"),
)
"""What the model knows: few terms, since lapses come in few episodes, and the lapses that happened around the two."""


@dataclass(frozen=True, repr=False)
class Pacts:
    """Pairs with a defence pact in force at the end of the origin year, for one horizon.

    Attributes:
        frame: one row a pair and origin, with the feature columns and `lapses3`.
        origin: (N,) year.
        horizon: years.
        lapsed: (N,) 1 lapsed within the horizon, 0 held; NaN a state died first, or the record ends.
        end: (N,) year in which the pact was last in force.
    """

    frame: pl.DataFrame
    origin: Ints
    horizon: int
    lapsed: Floats
    end: Ints

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Rows whose outcome counts."""
        return np.isfinite(self.lapsed)

    def design(self, terms: tuple[Term, ...]) -> Floats:
        """Return the columns (N, K); NaN where a source is silent."""
        return self.frame.select(t.value.fill_nan(None).alias(t.name) for t in terms).to_numpy().astype(np.float64)

    def weights(self) -> Floats:
        """Return a weight (N,) for training: a pair of a pact of n members counts the root of 2 / n.

        A pact of many pairs stands or falls as one, and does not count as many.
        """
        members = self.frame["min_members"].cast(pl.Float64).fill_null(2.0).clip(lower_bound=2.0).to_numpy()
        return np.sqrt(2.0 / members)

    def episodes(self) -> NDArray[Any]:
        """Return a label (N,) of cases that are not independent: a lapse's year and hub, else the origin and hub.

        The hub of a pair is the ally with more lapses in that year, or with more pacts where the pact held.
        """
        one, two = (self.frame[c].to_numpy() for c in ("ccode1", "ccode2"))
        lapsed = self.lapsed == 1
        year = np.where(lapsed, self.end, self.origin)
        hub = np.zeros(len(year), np.int64)
        for y, kind in {(int(a), bool(b)) for a, b in zip(year, lapsed, strict=True)}:
            at = np.flatnonzero((year == y) & (lapsed == kind))
            pairs = np.unique(np.stack([one[at], two[at]], axis=1), axis=0)
            states, number = np.unique(pairs, return_counts=True)
            count: Mapping[int, int] = dict(zip(states.tolist(), number.tolist(), strict=True))
            hub[at] = [
                a if count[a] >= count[b] else b for a, b in zip(one[at].tolist(), two[at].tolist(), strict=True)
            ]
        return np.unique(np.stack([year, hub, lapsed], axis=1), axis=0, return_inverse=True)[1].ravel()


def with_neighbourhood(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `lapses3`, lapses of the allies' pacts that were known in the three years to the origin.

    `frame` needs `ccode1`, `ccode2`, `origin_year`, `end_year` (last year in force) and `lapses` (it ended by lapse).
    Only ends up to the origin are counted.
    """
    ends = frame.filter(pl.col("lapses")).select("ccode1", "ccode2", "end_year").unique()
    sides = pl.concat([ends.select(pl.col(c).alias("state"), "end_year") for c in ("ccode1", "ccode2")])
    years = pl.DataFrame({"ahead": [0, 1, 2]}, schema={"ahead": pl.Int16})
    # a pact last in force in year y was known to have ended at the end of y + 1
    known = (pl.col("end_year") + 1 + pl.col("ahead")).cast(pl.Int16).alias("origin_year")
    past = sides.join(years, how="cross").with_columns(known).group_by("state", "origin_year").len("lost")
    for side in (1, 2):
        keys = [f"ccode{side}", "origin_year"]
        lost = past.rename({"lost": f"lost{side}"})
        frame = frame.join(lost, left_on=keys, right_on=["state", "origin_year"], how="left")
    return frame.with_columns(lapses3=pl.col("lost1").fill_null(0) + pl.col("lost2").fill_null(0)).sort(
        "origin_year", "ccode1", "ccode2"
    )
