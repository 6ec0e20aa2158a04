"""The agenda setter: one actor proposes, the others choose between that and the reversion point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from blocs.ground.errors import bad_input
from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard, still
from blocs.institutions.library.winset import QUOTA, REVERSION, VETO, reversion_of, vote_on, within
from blocs.institutions.table import IssueTable


@dataclass(frozen=True)
class AgendaSetter(AbstractRule):
    """The setter proposes, take it or leave it, what it likes best among what passes (Romer & Rosenthal 1978)."""

    card: ClassVar[RuleCard] = RuleCard(
        name="agenda-setter",
        summary="one actor makes a take-it-or-leave-it proposal against a reversion point",
        reference="Romer & Rosenthal (1978), Political resource allocation, controlled agendas, and the status quo",
        equation="argmin |y - x_setter| over y in W(r)",
        used_when="one actor drafts and the text is not open to amendment",
        params=(
            Param("setter", "who proposes; default: the actor with the highest capability, first named of equals"),
            QUOTA,
            VETO,
            REVERSION,
        ),
        laws=frozenset({"scale-free"}),
    )

    setter: str = ""
    quota: float = 0.5
    veto: tuple[str, ...] = ()
    reversion: float | None = None

    def decide(self, table: IssueTable) -> Decision:
        """Return the proposal that passes on each issue; without a reversion point the lower end of the scale stands.

        Raises:
            InputError: the setter is not in the table or takes no part in an issue.
        """
        row = table.row(self.setter, "--param agenda-setter.setter") if self.setter else _strongest(table)
        out = np.empty(len(table.issues))
        details: dict[str, Any] = {"setter": table.actors[row]}
        for k, name in enumerate(table.issues):
            ideal = float(table.position[row, k])
            if np.isnan(ideal):
                raise bad_input("--param agenda-setter.setter", "setter", f"{table.actors[row]} has no stake in {name}")
            standing = reversion_of(table, k, self.reversion)
            standing = float(table.lower[k]) if standing is None else standing
            bounds = vote_on(table, k, self.quota, self.veto, self.card.name).win_set(standing)
            out[k] = within(ideal, bounds)
            details[name] = {"reversion": standing, "win_set": list(bounds), "ideal": ideal}
        return still(self.card.name, table, out, details)


def _strongest(table: IssueTable) -> int:
    everywhere = table.present.all(axis=1)
    total = np.where(everywhere, np.nan_to_num(table.capability).sum(axis=1), -1.0)
    return int(total.argmax())
