"""The one list of decision rules: a new rule is one file in `library/` and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from blocs.ground.errors import bad_input
from blocs.institutions.base import AbstractRule
from blocs.institutions.library.agenda import AgendaSetter
from blocs.institutions.library.challenge import ChallengeAsCoded, ChallengePrinted
from blocs.institutions.library.compromise import ProceduralCompromise
from blocs.institutions.library.consensus import ConsensusWithReservations
from blocs.institutions.library.exchange import Exchange
from blocs.institutions.library.kalai import KalaiSmorodinsky
from blocs.institutions.library.majority import Majority, QualifiedMajority, Unanimity
from blocs.institutions.library.mean import WeightedMean
from blocs.institutions.library.median import WeightedMedian
from blocs.institutions.library.nash import Nash
from blocs.institutions.library.spatial import Spatial

BASELINE = WeightedMean.card.name

RULES: tuple[type[AbstractRule], ...] = (
    WeightedMean,
    WeightedMedian,
    Majority,
    QualifiedMajority,
    Unanimity,
    ConsensusWithReservations,
    AgendaSetter,
    Nash,
    KalaiSmorodinsky,
    ProceduralCompromise,
    ChallengePrinted,
    ChallengeAsCoded,
    Exchange,
    Spatial,
)


def by_name(rules: tuple[type[AbstractRule], ...] = RULES) -> dict[str, type[AbstractRule]]:
    """Return rules by name.

    Raises:
        ValueError: two rules share a name.
    """
    found: dict[str, type[AbstractRule]] = {}
    for rule in rules:
        if rule.card.name in found:
            raise ValueError(f"two decision rules are called {rule.card.name!r}: {found[rule.card.name]} and {rule}")
        found[rule.card.name] = rule
    return found


def rule_named(name: str, params: Mapping[str, Any] | None = None, where: str = "--rule") -> AbstractRule:
    """Return a rule with its parameters set.

    Raises:
        InputError: no such rule (near matches are named), or a parameter it does not take.
    """
    known = by_name()
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4) or list(known)
        raise bad_input(where, "rule", f"{name!r} is not a decision rule", "one of " + ", ".join(near))
    return known[name].with_params(params or {}, "--param" if where == "--rule" else where)
