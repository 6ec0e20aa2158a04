"""The YAML files of a scenario: `scenario.yaml` and the dated lists beside it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from blocs.bloc.vocabulary import SLOT_AXES
from blocs.record.event import Id, Ids, Pages, Text
from blocs.scenario.tables import Edtf, Ground


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a day, expected YYYY-MM-DD") from error


Day = Annotated[date, BeforeValidator(_day)]


def _year(value: Any) -> Any:
    return f"{value:04d}" if isinstance(value, int) and not isinstance(value, bool) else value


When = Annotated[Edtf, BeforeValidator(_year)]
"""An EDTF date; YAML reads a bare year as a number, which is taken as the year."""


class Part(BaseModel):
    """What all parts share: frozen, no unknown field, no NaN, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True)


class Days(Part):
    """An interval of days, both ends inside."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _ordered(self) -> Days:
        if self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}, expected start <= end")
        return self


class PageRange(Part):
    """First and last page of the source; every event then needs pages, all inside.

    `kind` says what the numbers of entries mean: `pages` of one text, or `entries` of the numbered `citations` where
    there are many sources. Neighbouring pages may tell of one sitting, neighbouring entries have nothing in common.
    """

    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    kind: Literal["pages", "entries"] = "pages"


class Training(Part):
    """What a fit may see: events whose whole date lies on or before `until`."""

    until: Day


class Spec(Part):
    """`scenario.yaml`: what the scenario is, its dates and its roles.

    `period` is what is modelled, `horizon` what dates may lie in at all, `open_ends` the days put for open sides of
    dates. `step_days` is the step of simulation (1..366 days). `narrator` is the actor whose view the source has.
    `mechanisms` maps names of mechanisms to changed parameters; `model` is free for the inference room.
    """

    id: Id
    title: Text
    summary: Text
    version: Text
    period: Days
    horizon: Days
    open_ends: Days
    pages: PageRange | None = None
    step_days: Annotated[int, Field(ge=1, le=366)] = 7
    patron: str
    narrator: str | None = None
    second_power: str | None = None
    breakaway: str | None = None
    training: Training
    forecast: Days
    citations: Ids = ()
    disclaimer: Text
    notes: Ids = ()
    mechanisms: dict[str, dict[str, Any]] = Field(default_factory=dict[str, dict[str, Any]])
    model: dict[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="after")
    def _nested(self) -> Spec:
        inner = (("period", self.period), ("open_ends", self.open_ends), ("forecast", self.forecast))
        for name, days in inner:
            if days.start < self.horizon.start or days.end > self.horizon.end:
                raise ValueError(f"{name} leaves the horizon, expected {self.horizon.start} to {self.horizon.end}")
        if self.training.until >= self.forecast.start:
            raise ValueError(f"training.until {self.training.until} is not before forecast.start {self.forecast.start}")
        self._entries()
        return self

    def _entries(self) -> None:
        """Where numbers are entries of a bibliography, they are those of `citations`."""
        pages, cited = self.pages, len(self.citations)
        if pages and pages.kind == "entries" and (pages.first, pages.last) != (1, cited):
            expected = f"expected 1 to {cited}: the number of citations"
            raise ValueError(f"pages are entries {pages.first} to {pages.last}, {expected}")


class Institution(Part):
    """A body that decides: who sits, who calls it, by which rule, from when to when."""

    id: Id
    name: Text
    kind: Literal["party_body", "state_body", "alliance", "economic", "movement", "meeting", "front"]
    members: Ids
    convener: str | None = None
    rule: Text
    since: When | None = Field(default=None, alias="from")
    until: When | None = Field(default=None, alias="to")
    basis: Ground = "stated"
    pages: Pages = ()
    note: str | None = None


class Source(Part):
    """Where the coding comes from, whose side it is told from, and what it is not."""

    id: Id
    kind: Literal["memoir", "archive", "press", "dataset", "chronology", "invented"]
    citation: Text
    side: str | None = None
    perspective: Text
    what_it_is: Text
    what_it_is_not: Text


class Session(Part):
    """How a meeting runs as a session inside a simulation; every part can be changed by an intervention.

    `form` says what it is: a meeting, the drafting of a text, talks about requests or about demands. `rule` is its rule of
    decision, `notice_days` the time between the calling letter and the opening, `dossier_days` that between the dossier and
    the opening, `agenda` the declared issues. The convener is that of the institution unless named; `drafters` write the
    draft or ask; `ranks` fix whom a side sends (0 nobody to 1 its head), others choose themselves. `dossier` is the
    severity 0..1 of the convener's paper, `naming` the strength of the first draft's words, `reserve` the right to sign
    with a reservation.
    """

    form: Literal["meeting", "text", "requests", "demands"]
    rule: Literal["unanimity", "convener", "reservations", "majority", "qualified", "unexecuted"] = "convener"
    agenda: Annotated[Ids, Field(min_length=1)]
    opens: Day | None = None
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    notice_days: Annotated[int, Field(ge=0, le=365)] = 14
    dossier_days: Annotated[int, Field(ge=0, le=365)] = 7
    convener: str | None = None
    drafters: Ids = ()
    ranks: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict[str, float])
    reserve: bool = True
    dossier: Annotated[float, Field(ge=0, le=1)] = 0.0
    naming: Literal["deleted", "adjective", "unnamed", "named"] = "unnamed"


class Meeting(Part):
    """A dated gathering: members take part together; roles and ids are both allowed.

    With `session` it also runs inside simulations, if it is known when a forecast starts (at most 16 of them).
    """

    id: Id
    title: Text
    date: When
    kind: Literal["congress", "conference", "plenum", "council", "summit", "talks", "visit", "consultation"]
    participants: Ids
    institution: str | None = None
    basis: Ground = "stated"
    pages: Pages = ()
    session: Session | None = None


class Cell(Part):
    """One place of a quantity of the state; `variable` is a name of the vocabulary.

    Which of the other fields are given follows from the axes of the variable; the last five are places, from 0, on axes
    of fixed length (contenders in a leadership, running sessions, clauses of a text, messages under way, sessions on the
    schedule).
    """

    variable: str
    actor: str | None = None
    toward: str | None = None
    lever: str | None = None
    issue: str | None = None
    upon: str | None = None
    seat: Annotated[int, Field(ge=0, lt=SLOT_AXES["seat"])] | None = None
    session: Annotated[int, Field(ge=0, lt=SLOT_AXES["session"])] | None = None
    clause: Annotated[int, Field(ge=0, lt=SLOT_AXES["clause"])] | None = None
    message: Annotated[int, Field(ge=0, lt=SLOT_AXES["message"])] | None = None
    meeting: Annotated[int, Field(ge=0, lt=SLOT_AXES["meeting"])] | None = None

    @property
    def place(self) -> str | None:
        """The place as an intervention writes it, `warmth[east,north]`; none where an entry lacks its variable."""
        if self.variable is None:  # pyright: ignore[reportUnnecessaryComparison]
            return None
        names = (name for name in Cell.model_fields if name != "variable")
        at = [str(value) for name in names if (value := getattr(self, name, None)) is not None]
        return f"{self.variable}[{','.join(at)}]"

    def names(self) -> dict[str, list[str]]:
        """Return the names given for each axis, in order; a name that is not given is empty."""
        written = {"actor": [self.actor, self.toward], "lever": [self.lever], "issue": [self.issue, self.upon]}
        written |= {axis: [None if getattr(self, axis) is None else str(getattr(self, axis))] for axis in SLOT_AXES}
        return {axis: [name or "" for name in names] for axis, names in written.items()}


class StateEntry(Cell):
    """One value of the state at the start of the period."""

    value: float
    basis: Ground
    pages: Pages = ()
    note: str | None = None


class Question(Part):
    """A counterfactual question: outcomes it asks about, variables it changes, interventions that state it.

    `window` is the time in which both sides are simulated, the forecast of the scenario by default; it may begin inside
    the training period, where the question is what another course would have been. `concepts` names
    what the question also turns on and the vocabulary of the state does not (yet) hold.
    """

    id: Id
    text: Text
    outcomes: Ids = ()
    variables: Ids = ()
    concepts: Ids = ()
    window: Days | None = None
    do: Ids = ()
    systems: Ids = ()
    pages: Pages = ()
