"""Simple and qualified majority, and unanimity: the median proposes, the pivot disposes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard, still
from blocs.institutions.library.median import median_of
from blocs.institutions.library.winset import QUOTA, REVERSION, VETO, reversion_of, vote_on, within
from blocs.institutions.table import IssueTable


@dataclass(frozen=True)
class Majority(AbstractRule):
    """Simple majority of votes (capability): the median voter's position (Black 1948)."""

    card: ClassVar[RuleCard] = RuleCard(
        name="majority",
        summary="simple majority of votes, with vetoes: the median voter, unless a veto holder prefers the reversion",
        reference="Black (1948); Downs (1957)",
        equation="median of x weighted by votes; projected on the win set of the reversion point if one is given",
        used_when="votes are counted and more than half suffices",
        params=(VETO, REVERSION),
        laws=frozenset({"order-blind", "in-hull", "scale-free", "monotone"}),
    )

    veto: tuple[str, ...] = ()
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the outcome of each issue."""
        return decide_by_vote(self.card.name, table, 0.5, self.veto, self.reversion)


@dataclass(frozen=True)
class QualifiedMajority(AbstractRule):
    """Qualified majority with vetoes: the point nearest the median that the pivotal voter accepts (Krehbiel 1998)."""

    card: ClassVar[RuleCard] = RuleCard(
        name="qualified-majority",
        summary="a quota of votes and any vetoes: nearest to the median voter of what beats the reversion point",
        reference="Krehbiel (1998), Pivotal Politics; Tsebelis (2002), Veto Players",
        equation="median of x weighted by votes, projected on W(r) = [r, 2 pivot - r]",
        used_when="votes are counted against a quota; without a reversion point the median, and the core is in the details",
        params=(QUOTA, VETO, REVERSION),
    )

    quota: float = 2.0 / 3.0
    veto: tuple[str, ...] = ()
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the outcome of each issue."""
        return decide_by_vote(self.card.name, table, self.quota, self.veto, self.reversion)


@dataclass(frozen=True)
class Unanimity(AbstractRule):
    """Unanimity: whatever leaves nobody worse off than the reversion point, nearest the median (Buchanan & Tullock)."""

    card: ClassVar[RuleCard] = RuleCard(
        name="unanimity",
        summary="everyone must prefer it to the reversion point, else the reversion point stands",
        reference="Buchanan & Tullock (1962); Tsebelis (2002)",
        equation="median of x, projected on W(r) with quota 1",
        used_when="every member holds a veto (alliance councils, treaty change)",
        params=(Param("reversion", REVERSION.meaning, REVERSION.unit, REVERSION.low, REVERSION.high),),
    )

    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the outcome of each issue."""
        return decide_by_vote(self.card.name, table, 1.0, (), self.reversion)


def decide_by_vote(
    rule: str, table: IssueTable, quota: float, veto: tuple[str, ...], reversion: float | None
) -> Decision:
    """Return the point nearest the median voter that passes; without a reversion point, nearest that none can beat."""
    out = np.empty(len(table.issues))
    details: dict[str, Any] = {}
    for k, name in enumerate(table.issues):
        vote = vote_on(table, k, quota, veto, rule)
        median, standing = median_of(vote.x, vote.votes), reversion_of(table, k, reversion)
        core = core_of(vote.x, vote.votes, quota, vote.must)
        if standing is None:
            out[k] = within(median, core)
            details[name] = {"median": median, "core": list(core)}
        else:
            bounds = vote.win_set(standing)
            out[k] = within(median, bounds)
            stuck = bounds[0] == bounds[1]
            details[name] = {"median": median, "core": list(core), "win_set": list(bounds), "gridlock": stuck}
    return still(rule, table, out, details)


def core_of(x: np.ndarray, votes: np.ndarray, quota: float, must: np.ndarray) -> tuple[float, float]:
    """Return the interval of positions that nothing can beat under a quota and vetoes (the gridlock interval)."""
    total = float(votes.sum())
    enough = max(quota * total, 0.5 * total)
    slack = 1e-12 * total
    strict = quota <= 0.5

    def carries(side: np.ndarray) -> bool:
        sum_ = float(votes[side].sum())
        return (sum_ > enough + slack if strict else sum_ >= enough - slack) and bool(side[must].all())

    # Above the upper end a coalition can pull down; below the lower end one can pull up.
    up = [float(v) for v in x if carries(x >= v)]
    down = [float(v) for v in x if carries(x <= v)]
    return (max(up) if up else float(x.min())), (min(down) if down else float(x.max()))
