"""What a vote against a reversion point can pass: quota, vetoes, pivots (used by the rules with a vote)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.institutions.base import Param
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]

QUOTA = Param("quota", "share of votes needed; above one half, 1 for all", "share", 0.5, 1.0)
VETO = Param("veto", "actors whose consent is needed, separated by ;")
REVERSION = Param("reversion", "what stands if nothing passes, in the issue's units", "position", -1e12, 1e12)


@dataclass(frozen=True)
class Vote:
    """One issue put to the vote: axes [actor]; `votes` is capability, `must` marks those whose consent is needed."""

    x: Floats
    votes: Floats
    must: NDArray[np.bool_]
    quota: float

    def passes(self, ayes: NDArray[np.bool_]) -> bool:
        """Say whether these ayes carry: more than half the votes, at least the quota, and every veto holder."""
        share = float(self.votes[ayes].sum() / self.votes.sum())
        return share > 0.5 and share >= self.quota - 1e-12 and bool(ayes[self.must].all())

    def win_set(self, reversion: float) -> tuple[float, float]:
        """Return the interval of positions that beat the reversion point or equal it, distance being all that counts.

        The pivot is the last actor whose aye is needed; whatever is nearer to it than the reversion point passes
        (Krehbiel 1998). One of the two ends is the reversion point itself.
        """
        up = [float(v) for v in self.x if v > reversion and self.passes(self.x >= v)]
        down = [float(v) for v in self.x if v < reversion and self.passes(self.x <= v)]
        if up:
            return reversion, 2.0 * max(up) - reversion
        if down:
            return 2.0 * min(down) - reversion, reversion
        return reversion, reversion


def vote_on(table: IssueTable, issue: int, quota: float, veto: tuple[str, ...], rule: str) -> Vote:
    """Return the vote on one issue.

    Raises:
        InputError: a veto holder is not in the table.
    """
    rows, x, _, capability = table.on(issue)
    must = np.zeros(len(table.actors), bool)
    for name in veto:
        must[table.row(name, f"--param {rule}.veto")] = True
    return Vote(x, capability, must[rows], quota)


def reversion_of(table: IssueTable, issue: int, reversion: float | None) -> float | None:
    """Return the reversion point if it lies on the issue's scale.

    Raises:
        InputError: it does not.
    """
    if reversion is None:
        return None
    low, high = float(table.lower[issue]), float(table.upper[issue])
    if not low <= reversion <= high:
        name = table.issues[issue]
        raise bad_input("--param", "reversion", f"{reversion:g} is off the scale of {name}", f"{low:g} to {high:g}")
    return reversion


def within(x: float, bounds: tuple[float, float]) -> float:
    """Return the point of an interval nearest to x."""
    return min(max(x, bounds[0]), bounds[1])
