"""Exchange of voting positions with equal gain (Stokman & Van Oosten 1994)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard
from blocs.institutions.library import exchange_core as core
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Exchange(AbstractRule):
    """Actors trade votes on issues they mind less for votes on issues they mind more, pair by pair, equal gain first.

    Stokman & Van Oosten (1994), The Exchange of Voting Positions, in Bueno de Mesquita & Stokman (eds), European
    Community Decision Making, 105-127; Dijkstra, Van Assen, Stokman & Draaijer (2018).
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="exchange",
        summary="pairs swap positions on two issues for equal gain, best exchange first; outcome is the weighted mean",
        reference="Stokman & Van Oosten (1994); Dijkstra, Van Assen, Stokman & Draaijer (2018)",
        equation="dq s_iq - dp s_ip = dp s_jp - dq s_jq, with d = move x c s / sum(c s); outcome = sum(c s y) / sum(c s)",
        used_when="several issues are open at once and actors can trade across them",
        params=(
            Param("rounds", "rounds of exchange", "rounds", 1, 200),
            Param("ties", "how exchanges of equal gain are ordered", choices=("list-order", "random")),
            Param("tie_draws", "random tie orders tried for the tie sensitivity (0: none)", "draws", 0, 10_000),
            Param("seed", "seed of random ties", "integer", 0),
        ),
        # The order of the list breaks ties, so the rule is not blind to the order of actors.
        laws=frozenset({"in-hull", "scale-free"}),
        many_issues=True,
    )

    rounds: int = 10
    ties: str = "list-order"
    tie_draws: int = 0
    seed: int = 0

    def decide(self, table: IssueTable) -> Decision:
        """Return the weighted means of voting positions after the last round, with every exchange in `details`."""
        coin = np.random.default_rng(self.seed) if self.ties == "random" else None
        rounds, voted = self._play(table, coin)
        path = np.stack([_means(table, position) for position in (table.position, *voted)])
        details: dict[str, Any] = {"rounds": [_report(outcome) for outcome in rounds]}
        if self.tie_draws:
            details["tie_sensitivity"] = self.tie_sensitivity(table)
        positions = np.stack([table.position, *voted])
        return Decision(self.card.name, table.actors, table.issues, path[-1], path, positions, details)

    def tie_sensitivity(self, table: IssueTable) -> dict[str, dict[str, float]]:
        """Return low, mean, high and sd of each issue's outcome over random tie orders, in the issue's units."""
        runs = [self._play(table, np.random.default_rng((self.seed, n)))[1][-1] for n in range(max(1, self.tie_draws))]
        out = np.stack([_means(table, position) for position in runs])
        return {
            name: {"low": float(c.min()), "mean": float(c.mean()), "high": float(c.max()), "sd": float(c.std())}
            for name, c in zip(table.issues, out.T, strict=True)
        }

    def _play(self, table: IssueTable, coin: np.random.Generator | None) -> tuple[list[core.Outcome], list[Floats]]:
        """Return the rounds and the voting positions of each: axes [actor, issue], in the issues' units."""
        board, rounds, voted = _board(table), list[core.Outcome](), list[Floats]()
        for _ in range(self.rounds):
            outcome = core.play_round(board, table.actors, coin)
            rounds.append(outcome)
            voted.append(_voting(table, board, outcome.made))
            board = core.settle(board, outcome.made)
        return rounds, voted


def _board(table: IssueTable) -> core.Board:
    """Return the table in decimals on 0-100; an actor without weight on an issue has nothing to trade there."""
    board: core.Board = {}
    for k, issue in enumerate(table.issues):
        low, high = _decimal(table.lower[k]), _decimal(table.upper[k])
        step = Decimal(100) / (high - low) if high > low else Decimal(0)
        rows, x, s, c = table.on(k)
        board[issue] = {
            table.actors[i]: core.Arm((_decimal(x[n]) - low) * step, _decimal(s[n]), _decimal(c[n]))
            for n, i in enumerate(rows)
            if s[n] * c[n] > 0
        }
    return board


def _decimal(x: float) -> Decimal:
    # The shortest text that reads back as the same number is what the person wrote in the file.
    return Decimal(repr(float(x)))


def _voting(table: IssueTable, board: core.Board, made: tuple[core.Made, ...]) -> Floats:
    now = {(a, issue): arm.x for issue, arms in board.items() for a, arm in arms.items()}
    now.update(((side.who, side.supply), side.y) for m in made for side in (m.trade.i, m.trade.j))
    out = table.position.copy()
    for i, actor in enumerate(table.actors):
        for k, issue in enumerate(table.issues):
            if (actor, issue) in now:
                out[i, k] = table.lower[k] + float(now[actor, issue]) * table.span[k] / 100.0
    return out


def _means(table: IssueTable, position: Floats) -> Floats:
    weight = np.nan_to_num(table.salience * table.capability)
    return (np.nan_to_num(position) * weight).sum(axis=0) / weight.sum(axis=0)


def _report(outcome: core.Outcome) -> dict[str, Any]:
    return {"exchanges": [_row(t) for t in outcome.made], "removed": outcome.removed, "ties": outcome.ties}


def _row(made: core.Made) -> dict[str, Any]:
    i, j = (
        {
            "actor": side.who,
            "supply_issue": side.supply,
            "demand_issue": side.demand,
            "from": float(side.at),
            "move": float(side.move),
            "to": float(side.y),
            "mean_before": float(made.before[n]),
            "mean_after": float(made.after[n]),
            "adjusted": side.adjusted,
        }
        for n, side in enumerate((made.trade.i, made.trade.j))
    )
    return {"gain": float(made.trade.gain), "i": i, "j": j}
