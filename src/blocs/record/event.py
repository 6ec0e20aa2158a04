"""The record's two kinds of entry: an act that a source tells, and a position that it ascribes to an actor."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Channel = Literal["public", "closed_meeting", "private_talk", "secret", "rumour_or_report"]
Basis = Literal["narrator_participant", "narrator_present", "reported_by_other", "narrator_inference", "public_record"]
DateBasis = Literal["stated", "inferred", "outside"]
Reason = Literal[
    "process",
    "no_source",
    "no_target",
    "internal",
    "individual_against_own_side",
    "posthumous_target",
    "outside_period",
    "hindsight",
    "open_ended",
    "open_start",
    "actor_not_existing",
    "span_over_3_years",
]
CHANNELS: tuple[str, ...] = get_args(Channel)
BASES: tuple[str, ...] = get_args(Basis)

NOT_AN_ACT = "process"
"""Id of the code for background that is no act; events under it are never dyadic."""

LONGEST_DYADIC_SPAN = 3 * 366
"""Days that the date of a dyadic act may span."""


def _as_tuple(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


Ids = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Pages = Annotated[tuple[Annotated[int, Field(ge=1, le=1_000_000)], ...], BeforeValidator(_as_tuple)]
Unit = Annotated[float, Field(ge=0, le=1)]
Stance = Annotated[float, Field(ge=-1, le=1)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)]
Text = Annotated[str, Field(pattern=r"\S")]
"""Words for readers: not blank."""


class Entry(BaseModel):
    """What events and positions share: frozen, no unknown field, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Event(Entry):
    """One act (or process) that a source tells, in the coder's words.

    Nothing here says that it happened: `basis` says how the narrator knows it and `confidence` (0..1) how surely the
    coding matches the text. `cooperation` runs from -10 (attack, rupture) to +10 (alliance). `start` and `end` repeat
    the bounds of `date`. Field by field: docs/reference/scenario-format.md.
    """

    id: Id
    pages: Pages = ()
    said_by: str | None = None
    date: str
    start: str = ""
    end: str = ""
    date_basis: DateBasis = "stated"
    date_note: str | None = None
    source: str
    source_person: str | None = None
    target: str | None = None
    target_person: str | None = None
    co_sources: Ids = ()
    co_targets: Ids = ()
    audience: Ids = ()
    act: str
    issue: str
    channel: Channel
    lever: str | None = None
    cooperation: Annotated[float, Field(ge=-10, le=10)]
    terms: str | None = None
    summary: Text
    outcome: str | None = None
    basis: Basis
    confidence: Unit
    internal: bool = False
    is_dyadic: bool
    not_dyadic_reason: Reason | None = None
    target_absent: bool = False
    object: str | None = None
    merged_ids: Ids = ()
    checked: bool = False
    coder: str | None = None

    def problems(self) -> tuple[tuple[str, str, str], ...]:
        """Return (field, what is wrong, what was expected) for fields that contradict each other."""
        found: list[tuple[str, str, str]] = []
        if self.internal != (self.source == self.target):
            wrong = (
                f"source and target are both {self.source!r}" if not self.internal else "is one of two different actors"
            )
            found.append(("target", wrong, "another target, or one actor on both sides and internal: true"))
        if not self.is_dyadic and self.not_dyadic_reason is None:
            found.append(("not_dyadic_reason", "is missing although is_dyadic is false", "a reason"))
        if self.is_dyadic and self.not_dyadic_reason is not None:
            found.append(("not_dyadic_reason", f"is {self.not_dyadic_reason!r} although is_dyadic is true", "none"))
        if self.is_dyadic and (self.target is None or self.internal or self.act == NOT_AN_ACT):
            found.append(("is_dyadic", "is true", f"false, unless one actor does an act (not {NOT_AN_ACT}) to another"))
        return tuple(found)

    @property
    def actors(self) -> tuple[str, ...]:
        """Every collective actor involved, source and target first, each once."""
        first = (self.source, self.target) if self.target else (self.source,)
        return tuple(dict.fromkeys((*first, *self.co_sources, *self.co_targets, *self.audience)))


class Position(Entry):
    """Where a source puts an actor on an issue.

    `stance_patron` is -1 against to +1 for the line of the patron on that date; `stance_axis` is the same stance on
    the fixed axis of the issue (-1 low end, +1 high end), empty where the patron's own line was double. `salience` is
    0..1. `in_period` says whether the date lies in the scenario's period.
    """

    id: Id
    actor: str
    actor_person: str | None = None
    co_actors: Ids = ()
    issue: str
    date: str
    start: str = ""
    end: str = ""
    public_or_private: Literal["public", "private"]
    stance_patron: Stance | None = None
    stance_axis: Stance | None = None
    salience: Unit
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    said_by: str | None = None
    note: str | None = None
    in_period: bool = True
    coder: str | None = None
