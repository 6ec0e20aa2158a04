"""What bargainers gain over disagreement: shared by the Nash and the Kalai-Smorodinsky solutions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import Param
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]

WORTH = Param("worth", "what any agreement is worth, in units of the greatest possible loss", "ratio", 1.0, 1e6)


@dataclass(frozen=True)
class Stakes:
    """Utilities of a joint agreement y, positions in [0, 1]: `u_i = worth_i - sum_k s_ik (x_ik - y_k)^2`.

    Axes: `x`, `s` [actor, issue] with salience 0 where absent, `power` [actor], `worth` [actor].
    """

    x: Floats
    s: Floats
    power: Floats
    worth: Floats

    def gain(self, y: Floats) -> Floats:
        """Return each actor's gain over disagreement: axis [actor]."""
        return self.worth - (self.s * (self.x - y) ** 2).sum(axis=1)

    def slope(self, y: Floats) -> Floats:
        """Return the derivative of each gain by each issue: axes [actor, issue]."""
        return 2.0 * self.s * (self.x - y)


def stakes_of(table: IssueTable, worth: float, reversion: float | None) -> Stakes:
    """Return the bargainers' stakes: disagreement costs the worth of agreement, or is the reversion point."""
    span = np.where(table.span > 0, table.span, 1.0)
    x = np.nan_to_num((table.position - table.lower) / span)
    s = np.where(table.present, np.nan_to_num(table.salience), 0.0)
    share = np.nan_to_num(table.capability)
    power = share.sum(axis=1) / np.maximum(table.present.sum(axis=1), 1)
    if reversion is None:
        level = np.full(len(x), worth * float(s.sum(axis=1).max()))
    else:
        level = (s * (x - (reversion - table.lower) / span) ** 2).sum(axis=1)
    keep = (power > 0) & (s.sum(axis=1) > 0)
    return Stakes(x[keep], s[keep], power[keep], level[keep])
