"""The Nash bargaining solution on positions with quadratic losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import AbstractRule, Decision, RuleCard, still
from blocs.institutions.library.bargaining import WORTH, Stakes, stakes_of
from blocs.institutions.library.kalai import kalai_smorodinsky
from blocs.institutions.library.optimum import lowest
from blocs.institutions.library.winset import REVERSION, reversion_of
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Nash(AbstractRule):
    """All issues are settled in one bargain that maximises the product of gains, to the power of capability.

    Nash (1950), The bargaining problem, Econometrica 18, 155-162; Harsanyi & Selten (1972) for unequal powers; Achen
    (2006) for the limit: as disagreement grows costly the solution approaches the weighted mean.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="nash",
        summary="bargain that maximises the product of gains over disagreement, weighted by capability",
        reference="Nash (1950); Harsanyi & Selten (1972); Achen (2006)",
        equation="argmax sum_i c_i log(w_i - sum_k s_ik (x_ik - y_k)^2)",
        used_when="everyone must agree and failure hurts all; a reversion point makes disagreement concrete",
        params=(WORTH, REVERSION),
    )

    worth: float = 1.0
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the bargain; the reversion point where nobody can gain over it without another's loss."""
        for k in range(len(table.issues)):
            reversion_of(table, k, self.reversion)
        stakes = stakes_of(table, self.worth, self.reversion)
        start = _start(stakes, table, self.reversion)
        if start is None:
            out = np.full(len(table.issues), float(self.reversion or 0.0))
            return still(self.card.name, table, out, {"agreement": False})
        y = _solve(stakes, start)
        details: dict[str, Any] = {"agreement": True, "gains": stakes.gain(y).tolist()}
        return still(self.card.name, table, table.lower + y * table.span, details)


def _start(stakes: Stakes, table: IssueTable, reversion: float | None) -> Floats | None:
    """Return a point at which everyone gains, or None: the weighted mean, else the fairest bargain."""
    weight = stakes.s * stakes.power[:, None]
    mean = (stakes.x * weight).sum(axis=0) / weight.sum(axis=0)
    if (stakes.gain(mean) > 1e-9).all():
        return mean
    fair = kalai_smorodinsky(stakes, None if reversion is None else (reversion - table.lower) / table.span)
    return fair if (stakes.gain(fair) > 1e-9).all() else None


def _solve(stakes: Stakes, start: Floats) -> Floats:
    share = stakes.power / stakes.power.sum()

    def loss(y: Floats) -> tuple[float, Floats]:
        gain = stakes.gain(y)
        if (gain <= 0).any():
            return np.inf, np.zeros_like(y)
        return -float(share @ np.log(gain)), -((share / gain) @ stakes.slope(y))

    # Concave, so any stationary point is the solution; a few Newton steps sharpen what L-BFGS leaves.
    y = lowest(loss, start, [(0.0, 1.0)] * len(start))
    for _ in range(20):
        gain, slope = stakes.gain(y), stakes.slope(y)
        gradient = (share / gain) @ slope
        hessian = -np.diag((share / gain) @ (2.0 * stakes.s)) - (slope.T * (share / gain**2)) @ slope
        step = np.asarray(np.linalg.solve(hessian, gradient), dtype=np.float64)
        after = np.asarray(np.clip(y - step, 0.0, 1.0), dtype=np.float64)
        if not (stakes.gain(after) > 0).all() or np.abs(after - y).max() < 1e-15:
            break
        y = after
    return y
