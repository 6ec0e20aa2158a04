"""Consensus with reservations: a common text stands unless too many object to it too strongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard, still
from blocs.institutions.library.winset import REVERSION, reversion_of
from blocs.institutions.table import IssueTable


@dataclass(frozen=True)
class ConsensusWithReservations(AbstractRule):
    """The compromise is adopted; whoever stands far from it on what matters to it enters a reservation (SYSTEM S07).

    With too much weight in reservations there is no text: the reversion point stands, or nothing. The procedure is
    that of conferences without a vote: Steinberg (2002), In the shadow of law or power?, International Organization 56.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="consensus",
        summary="the compromise stands with reservations, unless too much weight objects too strongly",
        reference="Steinberg (2002); SYSTEM S07",
        equation="x = sum(c s x) / sum(c s); actor i reserves if s_i |x_i - x| / span > tolerance",
        used_when="texts are adopted without a vote and members may put objections on the record",
        params=(
            Param("tolerance", "salience-weighted distance an actor swallows", "share of the scale", 0.0, 1.0),
            Param("limit", "share of capability whose reservations stop the text", "share", 0.0, 1.0),
            REVERSION,
        ),
        laws=frozenset({"order-blind", "scale-free"}),
    )

    tolerance: float = 0.35
    limit: float = 0.5
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the text of each issue, NaN where there is none; who reserves is in `details`."""
        out = np.empty(len(table.issues))
        details: dict[str, Any] = {}
        for k, name in enumerate(table.issues):
            rows, x, salience, capability = table.on(k)
            text = float((capability * salience * x).sum() / (capability * salience).sum())
            objection = salience * np.abs(x - text) / (table.span[k] or 1.0)
            reserved = objection > self.tolerance
            share = float(capability[reserved].sum() / capability.sum())
            standing = reversion_of(table, k, self.reversion)
            adopted = share <= self.limit
            out[k] = text if adopted else np.nan if standing is None else standing
            details[name] = {
                "text": text,
                "adopted": adopted,
                "reserved_share": share,
                "reservations": [table.actors[int(i)] for i in rows[reserved]],
            }
        return still(self.card.name, table, out, details)
