"""Dated rules of decision bodies: which rule, quota, vetoes and votes held on a date, and who says so.

The data are YAML files in `data/`, one a body, for a political scientist to correct; whoever opens them hands their
content over, so that this room reads no disk.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from blocs.ground.errors import Fault, InputError, bad_input


class DatedRule(BaseModel):
    """A rule in force from `valid_from` to `valid_to` (both included; None: still in force)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valid_from: date
    valid_to: date | None = None
    rule: str
    quota: float | None = None
    veto: tuple[str, ...] = ()
    votes: dict[str, float] = {}
    note: str = ""
    source: str

    @model_validator(mode="after")
    def _ordered(self) -> DatedRule:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        unknown = [v for v in self.veto if self.votes and v not in self.votes]
        if unknown:
            raise ValueError(f"veto of {', '.join(unknown)}, who has no votes")
        return self

    def covers(self, day: date) -> bool:
        """Say whether the rule was in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Body(BaseModel):
    """A decision body and its rules in order of time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: str
    name: str
    rules: tuple[DatedRule, ...]

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Body:
        for before, after in zip(self.rules, self.rules[1:], strict=False):
            if before.valid_to is None or not before.valid_to < after.valid_from:
                raise ValueError(f"rules from {before.valid_from} and from {after.valid_from} overlap")
        return self

    def on(self, day: date) -> DatedRule:
        """Return the rule in force on a day.

        Raises:
            InputError: none was.
        """
        for rule in self.rules:
            if rule.covers(day):
                return rule
        spans = "; ".join(f"{r.valid_from} to {r.valid_to or 'now'}" for r in self.rules)
        raise bad_input(self.body, "date", f"no rule on {day}", spans)


def body_of(content: Any, where: str) -> Body:
    """Return the body described by the content of a YAML file.

    Raises:
        InputError: every entry at fault.
    """
    try:
        return Body.model_validate(content)
    except ValidationError as error:
        faults = [Fault(where, 0, ".".join(map(str, e["loc"])) or "body", e["msg"].lower()) for e in error.errors()]
        raise InputError(faults) from None
