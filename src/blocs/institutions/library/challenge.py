"""The challenge (expected utility) model, in two readings: as printed, and as coded by its re-implementers."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.institutions.base import AbstractRule, Decision, Param, RuleCard
from blocs.institutions.library import challenge_core as core
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]

_ROUNDS = Param("rounds", "rounds of challenges", "rounds", 1, 1000)
_Q = Param("q", "weight of the status quo: 1 (Scholz; Bueno de Mesquita 1985) or 0.5 (1986)", "ratio", 0.0, 1.0)
_COMPEL = Param("compel", "a challenged actor yields where it fears more than the challenger hopes")
_CONFRONT = Param("confront", "an actor that hopes for less than its challenger loses the confrontation")
_CHOICE = Param("choice", "which of several compromises an actor takes", choices=("coded", "highest-eu", "least-move"))
_REFERENCE = (
    "Bueno de Mesquita (1985, 1994); Scholz, Calbert & Smith (2011), Unravelling Bueno de Mesquita's Group Decision "
    "Model, ICAART 2011, 18-30, doi:10.5220/0003121500180030"
)
_USED = "one issue, actors press one another and yield to threats; the forecast is the median"


class _Challenge(AbstractRule):
    """What both readings share; each of them is final."""

    card: ClassVar[RuleCard]
    rounds: int

    @abc.abstractmethod
    def reading(self) -> core.Reading:
        """Return how the text is read."""

    def decide(self, table: IssueTable) -> Decision:
        """Return the weighted median after the last round; `path` holds the medians after each round."""
        count = len(table.issues)
        positions = np.repeat(table.position[None], self.rounds + 1, axis=0)
        path = np.empty((self.rounds + 1, count))
        details: dict[str, Any] = {}
        for k, name in enumerate(table.issues):
            rows, x, s, c = table.on(k)
            names = tuple(table.actors[int(i)] for i in rows)
            positions[:, rows, k], path[:, k], details[name] = _play(names, x, s, c, self.rounds, self.reading())
        return Decision(self.card.name, table.actors, table.issues, path[-1], path, positions, details)

    def outcomes(self, tables: Sequence[IssueTable]) -> Floats:
        """Return the outcome of each table, all draws at once: axes [draw, issue]."""
        out = np.empty((len(tables), len(tables[0].issues)))
        for k in range(out.shape[1]):
            rows = tables[0].on(k)[0]
            x = np.stack([t.position[rows, k] for t in tables])
            s = np.stack([t.salience[rows, k] for t in tables])
            weight = s * np.stack([t.capability[rows, k] for t in tables])
            last = core.final_positions(x, weight, s, self.rounds, self.reading())
            out[:, k] = core.weighted_median(last, weight)
        return out


def _play(
    names: tuple[str, ...], x: Floats, s: Floats, c: Floats, rounds: int, reading: core.Reading
) -> tuple[Floats, Floats, dict[str, Any]]:
    """Return positions [round, actor], medians [round] and a report of one issue."""
    weight, span = (c * s)[None], np.array([np.ptp(x)])
    history, report = [x], list[dict[str, Any]]()
    for _ in range(rounds):
        if span[0] == 0.0:
            history.append(x)
            continue
        moves = core.play_round(history[-1][None], weight, s[None], span, reading)
        report.append(_report(names, history[-1], moves))
        history.append(moves.position[0])
    positions = np.stack(history)
    medians = core.weighted_median(positions, np.repeat(weight, len(positions), axis=0))
    means = (positions * weight).sum(axis=1) / weight.sum()
    return positions, medians, {"means": means.tolist(), "medians": medians.tolist(), "rounds": report}


def _report(names: tuple[str, ...], x: Floats, moves: core.Moves) -> dict[str, Any]:
    moved: list[dict[str, Any]] = [
        {
            "actor": name,
            "kind": core.TIERS[int(moves.tier[0, i])],
            "other": names[int(moves.other[0, i])],
            "from": float(x[i]),
            "to": float(moves.position[0, i]),
            "expected": float(moves.own[0, i, moves.other[0, i]]),
            "other_expected": float(moves.theirs[0, i, moves.other[0, i]]),
        }
        for i, name in enumerate(names)
        if moves.tier[0, i] != core.NOTHING
    ]
    risk = dict(zip(names, moves.risk[0].tolist(), strict=True))
    return {"risk_exponent": risk, "moves": moved}


@dataclass(frozen=True)
class ChallengePrinted(_Challenge):
    """The model as its equations are printed: a challenge succeeds by the share of the votes cast on that pair.

    Scholz, Calbert & Smith (2011), equation 31 and sections 4-6; among offers of a kind the least move is taken. This
    reading does not reproduce the paper's own tables.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="challenge-printed",
        summary="expected utility model as printed: success by the share of votes cast on the pair",
        reference=_REFERENCE,
        equation="P_ij = sum_k max(0, v_k^ij) / sum_k |v_k^ij|; EU_ij = s_j (P U_s + (1 - P) U_f) + (1 - s_j) U_s - Q U_q",
        used_when=_USED,
        params=(_ROUNDS, _Q, _COMPEL, _CONFRONT, _CHOICE, Param("risk_votes", "votes bend with the voter's risk")),
        laws=frozenset({"order-blind", "in-hull", "scale-free"}),
    )

    rounds: int = 8
    q: float = 1.0
    compel: bool = True
    confront: bool = True
    choice: str = "least-move"
    risk_votes: bool = True

    def reading(self) -> core.Reading:
        """Return the printed reading."""
        return core.Reading(False, self.risk_votes, self.compel, self.confront, self.choice, self.q)


@dataclass(frozen=True)
class ChallengeAsCoded(_Challenge):
    """The model as the authors' code runs: a challenge succeeds by its votes over all votes over all pairs.

    Reproduces table 2 of Scholz, Calbert & Smith (2011). The public re-implementation never lets an actor be compelled
    (its test compares a number with itself) and ranks compromises by a weighted position; `compel=true` and
    `choice=highest-eu` give the text of section 6.2, which agrees on the published example.
    """

    card: ClassVar[RuleCard] = RuleCard(
        name="challenge-as-coded",
        summary="expected utility model as coded: success by votes over all votes over all ordered pairs of positions",
        reference=_REFERENCE,
        equation="P_ij = sum_k max(0, v_k^ij) / sum_ab sum_k |v_k^ab|; EU as printed, with the decider's risk throughout",
        used_when=_USED,
        params=(_ROUNDS, _Q, _COMPEL, _CONFRONT, _CHOICE),
        # The coded choice of a compromise ranks by position on the scale, so turning the scale round changes it.
        laws=frozenset({"order-blind", "in-hull", "scale-free"}),
    )

    rounds: int = 8
    q: float = 1.0
    compel: bool = False
    confront: bool = True
    choice: str = "coded"

    def reading(self) -> core.Reading:
        """Return the coded reading."""
        return core.Reading(True, True, self.compel, self.confront, self.choice, self.q)
