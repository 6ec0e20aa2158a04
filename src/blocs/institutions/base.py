"""The contract of a decision rule: a pure function of an issue table that returns a decision.

A rule is a frozen dataclass whose fields are its parameters; its `card` declares name, reference and parameters, so
that the command line, the documentation and the conformance tests read one source.
"""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.institutions.table import IssueTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Param:
    """One parameter of a rule: what it means, its unit and its legal values.

    `low` and `high` bound numbers (both included); `choices` lists legal words; neither means free text or a list of
    actor names.
    """

    name: str
    meaning: str
    unit: str = "none"
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def expected(self) -> str:
        """Say in words which values are legal."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.low is not None or self.high is not None:
            low = "-inf" if self.low is None else f"{self.low:g}"
            return f"a number from {low} to {'inf' if self.high is None else f'{self.high:g}'}"
        return self.meaning


@dataclass(frozen=True)
class RuleCard:
    """What a rule says about itself: its name, what it predicts, where it comes from, and its laws.

    `laws` are the properties that the conformance test checks with search: "order-blind" (the order of actors does
    not matter), "in-hull" (the outcome lies between the extreme positions), "scale-free" (moving or stretching the
    scale moves the outcome with it), "monotone" (no actor gains from being further away: the outcome never moves
    against a shift of one actor), "seeded" (the outcome depends on the seed).
    """

    name: str
    summary: str
    reference: str
    equation: str
    used_when: str
    params: tuple[Param, ...] = ()
    laws: frozenset[str] = frozenset({"order-blind", "in-hull", "scale-free"})
    many_issues: bool = False


@dataclass(frozen=True)
class Decision:
    """What a rule predicts for an issue table.

    `outcome` has axis [issue], in the issue's own units, NaN where the rule predicts no decision. `path` has axes
    [round, issue] (the outcome if the session stopped after that round, row 0 before the first) and `positions` has
    axes [round, actor, issue]; both have a single row for rules without rounds. `details` is JSON-able.
    """

    rule: str
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    outcome: Floats
    path: Floats
    positions: Floats
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers; None stands for "no decision"."""
        return {
            "rule": self.rule,
            "outcome": {k: _plain(float(x)) for k, x in zip(self.issues, self.outcome, strict=True)},
            "path": [{k: _plain(float(x)) for k, x in zip(self.issues, row, strict=True)} for row in self.path],
            "positions": [
                {a: {k: _plain(float(x)) for k, x in zip(self.issues, row, strict=True)} for a, row in self._rows(t)}
                for t in range(len(self.positions))
            ],
            "details": dict(self.details),
        }

    def _rows(self, step: int) -> list[tuple[str, Floats]]:
        return list(zip(self.actors, self.positions[step], strict=True))


def _plain(x: float) -> float | None:
    return None if np.isnan(x) else x


class AbstractRule(abc.ABC):
    """A decision rule: abstract here, final in `library/`; one file and one line in the catalogue each."""

    card: ClassVar[RuleCard]

    @abc.abstractmethod
    def decide(self, table: IssueTable) -> Decision:
        """Return the decision that the rule predicts for the table."""

    def outcomes(self, tables: Sequence[IssueTable]) -> Floats:
        """Return the outcome of each table: axes [draw, issue].

        Rules with a vectorised form override this; the result must equal one `decide` after another.
        """
        return np.stack([self.decide(table).outcome for table in tables])

    @classmethod
    def with_params(cls, values: Mapping[str, Any], where: str = "--param") -> AbstractRule:
        """Build the rule from named values; text is read as the type that the field's default has.

        Raises:
            InputError: an unknown parameter, or a value outside the declared range.
        """
        known = {p.name: p for p in cls.card.params}
        defaults = {f.name: f.default for f in dataclasses.fields(cls) if f.name in known}  # pyright: ignore[reportArgumentType]
        ready: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                have = ", ".join(known) or "no parameters"
                raise bad_input(where, name, f"rule {cls.card.name} has no such parameter", have)
            ready[name] = _checked(known[name], _typed(value, defaults[name], known[name], where), where)
        return cls(**ready)


def _typed(value: Any, default: Any, param: Param, where: str) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        if isinstance(default, bool):
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
        if isinstance(default, tuple):
            return tuple(part.strip() for part in text.split(";") if part.strip())
        if isinstance(default, int):
            return int(text)
        if isinstance(default, float) or (default is None and param.low is not None):
            return None if text.lower() == "none" else float(text)
    except (KeyError, ValueError):
        raise bad_input(where, param.name, f"{value!r} cannot be read", param.expected()) from None
    return text


def _checked(param: Param, value: Any, where: str) -> Any:
    if value is None:
        return value
    if param.choices and value not in param.choices:
        raise bad_input(where, param.name, f"{value!r} is not known", param.expected())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        below = param.low is not None and not value >= param.low
        above = param.high is not None and not value <= param.high
        if below or above:
            raise bad_input(where, param.name, f"{value:g} is out of range", param.expected())
    return value


def still(rule: str, table: IssueTable, outcome: Floats, details: Mapping[str, Any] | None = None) -> Decision:
    """Return the decision of a rule without rounds: one row of path and the positions as given."""
    return Decision(
        rule, table.actors, table.issues, outcome, outcome[None, :], table.position[None], dict(details or {})
    )
