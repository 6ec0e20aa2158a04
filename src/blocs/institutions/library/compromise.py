"""The procedural compromise: a mean weighted by voting power, held within what the procedure can pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from blocs.institutions.base import AbstractRule, Decision, RuleCard, still
from blocs.institutions.library.winset import QUOTA, REVERSION, VETO, reversion_of, vote_on, within
from blocs.institutions.power import shapley_shubik
from blocs.institutions.table import IssueTable


@dataclass(frozen=True)
class ProceduralCompromise(AbstractRule):
    """Positions weighted by salience and by the power that the procedure gives, then moved into its win set.

    Thomson, Stokman, Achen & Koenig (eds, 2006), The European Union Decides: capabilities in the compromise model are
    Shapley-Shubik indices of the voting rule (chapters 2 and 5).
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="procedural-compromise",
        summary="mean weighted by salience and Shapley-Shubik power under the quota, held within the win set",
        reference="Van den Bos (1991); Thomson et al. (2006); Shapley & Shubik (1954)",
        equation="sum(phi s x) / sum(phi s), projected on W(r) where a reversion point is given",
        used_when="the procedure gives votes, but members would rather compromise than count them",
        params=(QUOTA, VETO, REVERSION),
    )

    quota: float = 2.0 / 3.0
    veto: tuple[str, ...] = ()
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the compromise on each issue; power indices are in `details`."""
        out = np.empty(len(table.issues))
        details: dict[str, Any] = {}
        for k, name in enumerate(table.issues):
            rows, x, salience, _ = table.on(k)
            vote = vote_on(table, k, self.quota, self.veto, self.card.name)
            power = shapley_shubik(vote.votes, self.quota, vote.must)
            weight = power * salience
            mean = float((weight * x).sum() / weight.sum()) if weight.sum() > 0 else float(x.mean())
            standing = reversion_of(table, k, self.reversion)
            out[k] = mean if standing is None else within(mean, vote.win_set(standing))
            shares = {table.actors[int(i)]: float(p) for i, p in zip(rows, power, strict=True)}
            details[name] = {"power": shares, "compromise": mean}
        return still(self.card.name, table, out, details)
