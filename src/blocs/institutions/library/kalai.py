"""The Kalai-Smorodinsky bargaining solution on positions with quadratic losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import AbstractRule, Decision, RuleCard, still
from blocs.institutions.library.bargaining import WORTH, Stakes, stakes_of
from blocs.institutions.library.optimum import best_corner, lowest_with
from blocs.institutions.library.winset import REVERSION, reversion_of
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KalaiSmorodinsky(AbstractRule):
    """All issues are settled in one bargain that gives everyone the same share of the most they could hope for.

    Kalai & Smorodinsky (1975), Other solutions to Nash's bargaining problem, Econometrica 43, 513-518. Capability
    does not count: the solution is about claims, not strength.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="kalai-smorodinsky",
        summary="bargain that gives everyone an equal share of their best possible gain",
        reference="Kalai & Smorodinsky (1975)",
        equation="argmax_y min_i gain_i(y) / ideal gain_i",
        used_when="everyone must agree and concessions are measured against claims",
        params=(WORTH, REVERSION),
    )

    worth: float = 1.0
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the bargain; the reversion point where nobody can gain over it without another's loss."""
        for k in range(len(table.issues)):
            reversion_of(table, k, self.reversion)
        stakes = stakes_of(table, self.worth, self.reversion)
        standing = None if self.reversion is None else (self.reversion - table.lower) / table.span
        y = kalai_smorodinsky(stakes, standing)
        agreed = bool((stakes.gain(y) > 1e-9).all())
        details: dict[str, Any] = {"agreement": agreed, "gains": stakes.gain(y).tolist()}
        if not agreed and self.reversion is not None:
            return still(self.card.name, table, np.full(len(table.issues), self.reversion), details)
        return still(self.card.name, table, table.lower + y * table.span, details)


def kalai_smorodinsky(stakes: Stakes, standing: Floats | None) -> Floats:
    """Return the agreement [issue] in [0, 1] that maximises the least share of an ideal gain."""
    ideal = np.array([_best(stakes, i, standing) for i in range(len(stakes.x))])
    claim = np.where(ideal > 1e-12, ideal, 1.0)
    weight = stakes.s / stakes.s.sum(axis=0)
    return _maximin(stakes, claim, (stakes.x * weight).sum(axis=0))


def _best(stakes: Stakes, who: int, standing: Floats | None) -> float:
    """Return the most one actor can gain while nobody loses against disagreement."""
    own = stakes.x.mean(axis=0)
    own[stakes.s[who] > 0] = stakes.x[who][stakes.s[who] > 0]
    if (stakes.gain(own) >= 0).all() or standing is None:
        return float(stakes.gain(own)[who])
    least = lowest_with(
        lambda y: (-float(stakes.gain(y)[who]), -stakes.slope(y)[who]),
        standing,
        [(0.0, 1.0)] * len(standing),
        stakes.gain,
        stakes.slope,
    )
    return max(0.0, -least)


def _maximin(stakes: Stakes, claim: Floats, start: Floats) -> Floats:
    """Maximise the smallest of `gain_i / claim_i` (concave) by sequential linear programs in a shrinking box."""
    y, size = start.copy(), 0.5
    share = stakes.gain(y) / claim
    while size > 1e-11:
        slope = stakes.slope(y) / claim[:, None]
        # Variables: step in y and the level t; share_i + slope_i step >= t.
        rows = np.hstack([-slope, np.ones((len(share), 1))])
        box = [(max(-size, -v), min(size, 1.0 - v)) for v in map(float, y)]
        trial = y + best_corner(np.append(np.zeros(len(y)), -1.0), rows, share, [*box, (None, None)])[:-1]
        after = stakes.gain(trial) / claim
        if after.min() > share.min() + 1e-16:
            y, share = trial, after
        else:
            size *= 0.2
    return y
