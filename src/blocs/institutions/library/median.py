"""The weighted median: the position that no other beats when distance alone counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard, still
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WeightedMedian(AbstractRule):
    """The median position weighted by capability x salience (Black 1948; Bueno de Mesquita 1994 as forecast)."""

    card: ClassVar[RuleCard] = RuleCard(
        name="weighted-median",
        summary="median position weighted by capability x salience",
        reference="Black (1948); Bueno de Mesquita (1994)",
        equation="x with sum(w: x_i < x) <= W/2 and sum(w: x_i > x) <= W/2, w = c s (or c)",
        used_when="proposals are put to the vote one against the other, without a fixed proposer",
        params=(Param("weight", "what counts as a vote", choices=("capability-salience", "capability")),),
        laws=frozenset({"order-blind", "in-hull", "scale-free", "monotone"}),
    )

    weight: str = "capability-salience"

    def decide(self, table: IssueTable) -> Decision:
        """Return the weighted median of each issue; halfway between two that tie."""
        out = np.empty(len(table.issues))
        for k in range(len(out)):
            _, x, s, c = table.on(k)
            out[k] = median_of(x, c * s if self.weight == "capability-salience" else c)
        return still(self.card.name, table, out)


def median_of(x: Floats, weight: Floats) -> float:
    """Return the weighted median of positions: axis [actor]; halfway where exactly half the weight is on each side."""
    order = np.argsort(x, kind="stable")
    ranked, share = x[order][weight[order] > 0], np.cumsum(weight[order][weight[order] > 0])
    half, slack = 0.5 * share[-1], 1e-12 * share[-1]
    low, high = int((share < half - slack).sum()), int((share <= half + slack).sum())
    return float(0.5 * (ranked[low] + ranked[min(high, len(ranked) - 1)]))
