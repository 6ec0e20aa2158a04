"""The compromise: mean position weighted by capability and salience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import AbstractRule, Decision, RuleCard, still
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WeightedMean(AbstractRule):
    """The mean of positions weighted by capability x salience: the baseline printed beside every other rule.

    Van den Bos (1991), Dutch EC Decision Making; Achen (2006), in Thomson et al. (eds), The European Union Decides,
    chapter 4, who derives it as an approximation of the Nash bargaining solution.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="weighted-mean",
        summary="mean position weighted by capability x salience (compromise)",
        reference="Van den Bos (1991); Achen (2006)",
        equation="x = sum(c s x) / sum(c s)",
        used_when="failure is costly to all, so that everyone is given something; the baseline for all others",
        laws=frozenset({"order-blind", "in-hull", "scale-free", "monotone"}),
    )

    def decide(self, table: IssueTable) -> Decision:
        """Return the weighted mean of each issue."""
        return still(self.card.name, table, mean_of(table.position, table.salience * table.capability))

    def outcomes(self, tables: Sequence[IssueTable]) -> Floats:
        """Return the weighted mean of each issue in each table: axes [draw, issue]."""
        position = np.stack([t.position for t in tables])
        return mean_of(position, np.stack([t.salience * t.capability for t in tables]))


def mean_of(position: Floats, weight: Floats) -> Floats:
    """Return weighted means over the actor axis (second from last), taking NaN as absent."""
    w = np.nan_to_num(weight)
    return (np.nan_to_num(position) * w).sum(axis=-2) / w.sum(axis=-2)
