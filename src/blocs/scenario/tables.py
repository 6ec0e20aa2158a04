"""Rows of the CSV files of a scenario: who, what about, which acts, which levers, which ties, which numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from blocs.record import dates
from blocs.record.event import Id, Text, Unit

ActorKind = Literal["party_state", "party", "state", "bloc", "organisation", "person", "body", "composite", "object"]
Role = Literal["patron", "member", "outsider", "organisation", "body", "group", "person", "object"]
TieName = Annotated[str, Field(pattern=r"^(patron_client|ally|contiguous|depends_[A-Za-z0-9_.-]+)$")]
DEPENDS = "depends_"
"""Ties of dependence are named `depends_<lever>`."""

Ground = Literal["stated", "inferred", "assumed", "outside"]
"""How a value is known: stated or inferred from the source, assumed by the coder, or from general chronology."""

OPENNESS = ("hidden", "allusion", "proxy", "unnamed", "ally_names", "named", "open")
"""Steps of openness 0..6 of a quarrel (SYSTEM S27)."""


def _edtf(text: str) -> str:
    try:
        dates.bounds(text)
    except ValueError as error:
        raise ValueError(f"{error}, expected {dates.EXPECTED}") from error
    return text


def _words(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value


Edtf = Annotated[str, AfterValidator(_edtf)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
PageList = Annotated[tuple[Annotated[int, Field(ge=1)], ...], BeforeValidator(_words)]


class TableRow(BaseModel):
    """A row of a CSV file: frozen, no NaN; empty cells take the default. Lists are parted by `;`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Actor(TableRow):
    """An actor: tier 1 are collectives that act in a model, tier 2 persons, bodies, groups and objects inside them.

    `capability` is an ordinal modelling choice on 0..1, tier 1 only; `since` and `until` are dates of existence or
    office; `parent` owns a tier-2 actor; `members` are the collectives that a composite stands for.
    """

    id: Id
    tier: Annotated[int, Field(ge=1, le=2)]
    name: Text
    kind: ActorKind
    role: Role
    parent: str | None = None
    members: Words = ()
    iso3: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    cow: Annotated[int, Field(ge=1, le=999)] | None = None
    title: str | None = None
    since: Edtf | None = Field(default=None, alias="from")
    until: Edtf | None = Field(default=None, alias="to")
    first_page: Annotated[int, Field(ge=1)] | None = None
    capability: Unit | None = None
    note: str | None = None

    @property
    def short(self) -> str:
        """The name without what stands in brackets after it."""
        return self.name.partition(" (")[0]


class Alias(TableRow):
    """A spelling found in the source or in common use, and the actor it means."""

    alias: str
    actor: str
    note: str | None = None


class Issue(TableRow):
    """An issue with both ends of its axis (-1 low, +1 high); `patron_line` tells where the patron stood when."""

    id: Id
    name: Text
    low_end: str
    high_end: str
    description: str
    patron_line: str
    first_page: Annotated[int, Field(ge=1)] | None = None


class ActCode(TableRow):
    """A kind of act. `default_cooperation` is a reference score on -10..10.

    `rung` is the highest rung 0..22 of the coercion ladder (SYSTEM S18) that the act by itself expresses when a
    stronger side does it, `openness` the least step 0..6 (SYSTEM S27) it shows when done in public; both are our
    coding and empty where the act expresses none. `aliases` are other words for the act, `kinds` the
    kinds of act (such as aid, refuse, withhold) as which mechanisms treat it; by default its own id.
    """

    id: Id
    name: Text
    definition: str
    mode: Literal["verbal", "material"] | None = None
    polarity: Literal["cooperative", "neutral", "conflictual"]
    default_cooperation: Annotated[float, Field(ge=-10, le=10)]
    cameo_root: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    plover_type: str | None = None
    rung: Annotated[int, Field(ge=0, le=22)] | None = None
    openness: Annotated[int, Field(ge=0, le=6)] | None = None
    aliases: Words = ()
    kinds: Words = ()


class Lever(TableRow):
    """An instrument by which one actor can move another."""

    id: Id
    name: Text
    description: str


class Rung(TableRow):
    """A rung of the coercion ladder: what the presser needs to stand on it, what it costs, how far it is followed.

    `rung` is its height 0..22, each at most once; heights that no row gives are open to nobody. `stage` is the kind of
    pressure. `min_openness` 0..6 is how open the quarrel must be on either side, `max_patience` 0..1 the patience at or
    below which the presser goes so far, `needs_goods` 1 where the target must depend on the presser for goods it is not
    thought to find elsewhere. `cost_source` and `cost_target` 0..1 are what it costs each side, `reversible` 0..1 how
    much of a step down an inducement or time achieves, `cascade` 0..1 which share of the rung clients of the presser
    take up, `lag_days` in how many days they take up half of it besides their own lag.
    """

    rung: Annotated[int, Field(ge=0, le=22)]
    name: Text
    stage: Literal["courtesy", "procedure", "goods", "contracts", "force", "rupture"]
    min_openness: Annotated[float, Field(ge=0, le=6)]
    max_patience: Unit
    needs_goods: Annotated[int, Field(ge=0, le=1)]
    cost_source: Unit
    cost_target: Unit
    reversible: Unit
    cascade: Unit
    lag_days: Annotated[float, Field(ge=0, le=36500)]


class Tie(TableRow):
    """A standing relation between collectives, with a strength of 0..1.

    `patron_client` runs from patron to client; `depends_<lever>` from the dependent side to its supplier, the share of
    what it imports under the lever; `ally` and `contiguous` hold both ways, whichever side is written first.
    """

    source: str
    target: str
    tie: TieName
    value: Unit
    since: Edtf | None = Field(default=None, alias="from")
    until: Edtf | None = Field(default=None, alias="to")
    basis: Ground
    pages: PageList = ()


class Number(TableRow):
    """A quantity as the source gives it; `value_num` and `value_max` are empty for dates, ordinals and words."""

    id: Id
    page: Annotated[int, Field(ge=1)]
    pages: PageList = ()
    actors: Words = ()
    actors_basis: Literal["wording", "event_terms", "page_events"] | None = None
    what: str
    value: str
    value_num: float | None = None
    value_max: float | None = None
    unit: str | None = None
    kind: str
    event_ids: Words = ()
    coder: str | None = None
