"""Issue tables as JSON: a list of entries, or the exchange model's object."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from blocs.ground.errors import Fault, InputError, bad_input
from blocs.institutions.formats.exchange_text import DEFAULT_SCALE
from blocs.institutions.formats.rows import Row, table_of
from blocs.institutions.table import IssueTable


class _Entry(BaseModel):
    """One actor on one issue; `power` is another word for capability."""

    model_config = ConfigDict(populate_by_name=True)

    actor: str
    issue: str = "issue"
    position: float | str
    salience: float | str
    capability: float | str = Field(alias="power")


class _Issue(BaseModel):
    lower: float | None = None
    upper: float | None = None
    meanings: list[list[Any]] = []

    @field_validator("meanings")
    @classmethod
    def _numbers(cls, value: list[list[Any]]) -> list[list[Any]]:
        if any(not m or not isinstance(m[0], (int, float)) for m in value):
            raise ValueError("each meaning starts with a position")
        return value

    def scale(self) -> tuple[float, float]:
        if self.lower is not None and self.upper is not None:
            return self.lower, self.upper
        ends = [float(m[0]) for m in self.meanings]
        return (min(ends), max(ends)) if ends else DEFAULT_SCALE


class _Document(BaseModel):
    actors: list[str] = []
    issues: dict[str, _Issue] = {}
    actor_issues: list[_Entry]


def read_json(text: str, source: str, scale: tuple[float, float] | None = None) -> IssueTable:
    """Return the table of `[{actor, issue, position, salience, capability}]` or `{actors, issues, actor_issues}`.

    Raises:
        InputError: text that is not JSON, or entries at fault.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise bad_input(source, "json", error.msg, "JSON", line=error.lineno) from None
    except (RecursionError, ValueError) as error:
        why = "is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise bad_input(source, "json", why, "JSON") from None
    try:
        document = _Document.model_validate({"actor_issues": data} if isinstance(data, list) else data)
    except ValidationError as error:
        raise InputError(_fault(dict(e), source) for e in error.errors()) from None
    scales = {name: issue.scale() for name, issue in document.issues.items()}
    rows = [
        Row(0, e.actor, e.issue, _text(e.position), _text(e.salience), _text(e.capability))
        for e in document.actor_issues
    ]
    if scale:
        scales = dict.fromkeys({r.issue for r in rows}, scale)
    return table_of(rows, source, scales, document.actors, tuple(document.issues))


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else repr(value)


def _fault(error: dict[str, Any], source: str) -> Fault:
    place = ".".join(str(p) for p in error["loc"]) or "document"
    return Fault(source, 0, place, str(error["msg"]).lower(), "see docs/reference/decision-rules.md")
