"""The spatial model of politics (Wise, Lester & Efird 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard
from blocs.institutions.library import spatial_core as core
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]

LEAST_TURNS, QUIET, LEAST_SHIFT = 2, 0.02, 1e-4


@dataclass(frozen=True)
class Spatial(AbstractRule):
    """Actors challenge one another in a space of issues, bargain, and move; risk attitude follows from who would win.

    Wise, Lester & Efird (2015), An Introduction to the KAPSARC Toolkit for Behavioral Analysis (KTAB); Efird, Lester &
    Wise (2016), Journal of East Asian Studies 16, 117-145.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="spatial",
        summary="challenge, bargain, move, until positions settle; outcome is the weighted mean of where actors end",
        reference="Wise, Lester & Efird (2015); Efird, Lester & Wise (2016)",
        equation="u = (1 - d)(1 + d R), d^2 = sum((dx s)^2) / sum(s^2); R = -1/2 + (3/2)(p - pmin) / (pmax - pmin)",
        used_when="issues are decided together and actors press those they expect to beat",
        params=(
            Param("turns", "most turns", "turns", 1, 1000),
            Param("stochastic", "draw among proposals by their probability instead of taking the likeliest"),
            Param("seed", "seed of the stochastic version", "integer", 0),
            Param("victory", "probability of victory", choices=("linear", "square", "quartic", "octic", "binary")),
            Param(
                "voting",
                "how votes follow gains",
                choices=("proportional", "binary", "prop-bin", "prop-cubic", "cubic", "asymmetric"),
            ),
            Param(
                "conditional",
                "how pairwise chances become one distribution",
                choices=("conditional", "markov-uniform", "markov-incentive"),
            ),
            Param("risk_range", "lowest risk attitude: 0, -1/2 or -1", choices=("min", "mid", "max")),
            Param("risk_adjust", "how far others' risk is allowed for", choices=tuple(core.RISK_ADJUST)),
            Param("third_party", "commitment of third parties", choices=("semi", "full", "none")),
            Param("interpolation", "weights of a bargain", choices=("s2p2", "s1p1", "s2pmax")),
            Param("bargain", "whose view makes the proposal", choices=("initiator", "both", "power-weighted")),
        ),
        laws=frozenset({"order-blind", "in-hull", "seeded"}),
        many_issues=True,
    )

    turns: int = 100
    stochastic: bool = False
    seed: int = 0
    victory: str = "linear"
    voting: str = "proportional"
    conditional: str = "conditional"
    risk_range: str = "mid"
    risk_adjust: str = "one-third"
    third_party: str = "semi"
    interpolation: str = "s2p2"
    bargain: str = "initiator"

    def decide(self, table: IssueTable) -> Decision:
        """Return where positions settle.

        Raises:
            InputError: an actor has no position on an issue, or no salience anywhere.
        """
        x, salience, capability = _space(table)
        choices = self._choices()
        rng = np.random.default_rng(self.seed) if self.stochastic else None
        history, views = [x], list[core.View]()
        shifts: list[float] = []
        for step in range(1, self.turns + 1):
            after, see = core.turn(history[-1], salience, capability, choices, rng)
            shifts.append(float(np.linalg.norm(after - history[-1], axis=1).sum()))
            history.append(after)
            views.append(see)
            if step >= LEAST_TURNS and shifts[-1] / (shifts[0] + LEAST_SHIFT) < QUIET:
                break
        views.append(core.view(history[-1], salience, capability, choices))
        return self._decision(table, history, views, shifts)

    def _choices(self) -> core.Choices:
        return core.Choices(*(str(getattr(self, name)) for name in core.Choices._fields))

    def _decision(
        self, table: IssueTable, history: list[Floats], views: list[core.View], shifts: list[float]
    ) -> Decision:
        positions = np.stack([table.lower + x * table.span for x in history])
        weight = table.salience * table.capability
        path = (positions * weight).sum(axis=1) / weight.sum(axis=0)
        capability = table.capability[:, 0]
        chance = [
            core.position_probabilities(x, see, capability, self._choices())
            for x, see in zip(history, views, strict=True)
        ]
        winner = int(chance[-1].argmax())
        details: dict[str, Any] = {
            "risk": [dict(zip(table.actors, see.risk.tolist(), strict=True)) for see in views],
            "probability": [dict(zip(table.actors, p.tolist(), strict=True)) for p in chance],
            "shift_to_first": [s / (shifts[0] + LEAST_SHIFT) for s in shifts],
            "likeliest": {
                "actor": table.actors[winner],
                "probability": float(chance[-1][winner]),
                "position": dict(zip(table.issues, positions[-1][winner].tolist(), strict=True)),
            },
        }
        return Decision(self.card.name, table.actors, table.issues, path[-1], path, positions, details)


def _space(table: IssueTable) -> tuple[Floats, Floats, Floats]:
    """Return positions and saliences in [0, 1], axes [actor, issue], and capability: axis [actor]."""
    if not table.present.all():
        i, k = np.argwhere(~table.present)[0]
        raise bad_input(
            table.source, "position", f"{table.actors[i]} has none on {table.issues[k]}", "one on every issue (spatial)"
        )
    total = table.salience.sum(axis=1)
    if not (total > 0).all():
        who = table.actors[int(np.argmin(total))]
        raise bad_input(table.source, "salience", f"{who} has none on any issue", "some on one issue (spatial)")
    # Saliences are shares of one actor's attention; where they sum to more, all are scaled down alike.
    scale = max(1.0, float(total.max()))
    return table.normalised() / 100.0, table.salience / scale, table.capability[:, 0]
