"""The chronicle: coded events and positions as immutable tables, and the views that a model or a reader asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from blocs.ground.errors import bad_input
from blocs.record import dates
from blocs.record.event import Event, Position

if TYPE_CHECKING:
    import networkx as nx

ORDER = ("start", "end", "first_page", "number", "id")
"""Order of telling: date bounds, then first page, then the number in the id, which follows the text within a scene."""

PARTIES_AND_STATES = frozenset({"party_state", "party", "state"})
"""Kinds of actor that make a dyad bilateral; a bloc or an organisation on either side makes it collective."""

_TEXT_LISTS = ("co_sources", "co_targets", "audience", "participants", "merged_ids")
_NUMBERS: Mapping[str, Any] = {
    "pages": pl.List(pl.Int32),
    "first_page": pl.Int32,
    "page": pl.Int32,
    "number": pl.Int64,
    "start": pl.Date,
    "end": pl.Date,
    "cooperation": pl.Float64,
    "confidence": pl.Float64,
    "stance_patron": pl.Float64,
    "stance_axis": pl.Float64,
    "salience": pl.Float64,
    **dict.fromkeys(("open_start", "open_end", "approximate", "uncertain"), pl.Boolean),
    **dict.fromkeys(("is_dyadic", "internal", "target_absent", "checked", "in_period"), pl.Boolean),
    **dict.fromkeys(_TEXT_LISTS, pl.List(pl.String)),
    "co_actors": pl.List(pl.String),
}
_DATED = ("date", "start", "end", "open_start", "open_end", "approximate", "uncertain", "precision")


@dataclass(frozen=True, repr=False)
class Chronicle:
    """What a source tells: `events` and `positions`, sorted in order of telling, with dates as bounds in days.

    `events` has one row per event and the fields of `Event`, plus `first_page`, `number` (in the id), `participants`,
    the flags `open_start`, `open_end`, `approximate`, `uncertain`, `precision` and `dyad_class` (bilateral or
    collective, null where not dyadic). `as_of` is the last day of what is known, `None` for the whole record.
    """

    events: pl.DataFrame
    positions: pl.DataFrame
    as_of: date | None = None

    @classmethod
    def build(
        cls,
        events: Sequence[Event],
        positions: Sequence[Position] = (),
        *,
        kinds: Mapping[str, str] | None = None,
        open_start: date = date(1, 1, 1),
        open_end: date = date(9999, 12, 31),
    ) -> Chronicle:
        """Return the chronicle of validated entries.

        Args:
            events: in any order.
            positions: in any order.
            kinds: kind of each actor id, which makes dyads bilateral or collective.
            open_start: day put for an open beginning (`../1954`).
            open_end: day put for an open end (`1960/..`).

        Raises:
            ValueError: an entry's date is no EDTF date, or fields of an event contradict each other.
        """
        known = kinds or {}
        rows = [_event_row(event, known, open_start, open_end) for event in events]
        stances = [_position_row(position, open_start, open_end) for position in positions]
        return cls(
            _frame(rows, _EVENT_COLUMNS).sort(ORDER),
            _frame(stances, _POSITION_COLUMNS).sort("start", "end", "page", "id"),
        )

    def asof(self, day: str | date) -> Chronicle:
        """Return what was known at the end of a day: entries whose whole date lies before it, hindsight left out.

        Args:
            day: a day, or an EDTF date whose last day is taken.

        Raises:
            InputError: `day` is no date.
        """
        try:
            last = dates.last_day(day)
        except ValueError as error:
            raise bad_input("asof", "date", str(error), dates.EXPECTED) from error
        known = (pl.col("end") <= last) & (pl.col("not_dyadic_reason").fill_null("") != "hindsight")
        return replace(
            self,
            events=self.events.filter(known),
            positions=self.positions.filter(pl.col("end") <= last),
            as_of=min(last, self.as_of) if self.as_of else last,
        )

    def dyadic(self, *, absent: bool = False, hindsight: bool = False) -> pl.DataFrame:
        """Return the directed acts a model can use: one row an event, primary source and target, in order of telling.

        Adds `scene`, an integer from 0: neighbours in the telling with equal start, end and first page share one.

        Args:
            absent: keep acts that were words about the target spoken to somebody else.
            hindsight: keep acts told with knowledge of what came later.
        """
        usable = pl.col("is_dyadic")
        if hindsight:
            usable = usable | (pl.col("not_dyadic_reason").eq("hindsight") & pl.col("target").is_not_null())
        if not absent:
            usable = usable & ~pl.col("target_absent")
        table = self.events.filter(usable)
        scene = pl.struct("start", "end", "first_page").rle_id().cast(pl.Int64).alias("scene")
        return table.with_columns(scene) if table.height else table.with_columns(pl.lit(0, pl.Int64).alias("scene"))

    def dyads(self, *, absent: bool = True) -> pl.DataFrame:
        """Return one row per (event, source, target) of the dyadic events: plural actors expanded, no self-pairs."""
        table = self.dyadic(absent=absent).with_columns(
            pl.concat_list("source", "co_sources").alias("source"),
            pl.concat_list("target", "co_targets").alias("target"),
        )
        pairs = table.explode("source").explode("target").filter(pl.col("source") != pl.col("target"))
        return pairs.unique(["id", "source", "target"], maintain_order=True)

    def filter(
        self,
        *,
        ids: Iterable[str] | None = None,
        actor: str | None = None,
        source: str | None = None,
        target: str | None = None,
        act: str | None = None,
        issue: str | None = None,
        channel: str | None = None,
        lever: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        page: int | None = None,
        text: str | None = None,
        dyadic: bool = False,
    ) -> Chronicle:
        """Return the chronicle with only the events that meet every given condition; positions are kept as they are.

        `actor` matches everyone involved (the audience too), `source` and `target` also the plural ones; all three
        accept a person or body. `since` and `until` keep events whose whole date lies inside. `text` is looked for in
        summary, terms and outcome, letter case aside.

        Raises:
            InputError: `since` or `until` is no date.
        """
        tests: list[pl.Expr] = [pl.col("is_dyadic")] if dyadic else []
        tests += [pl.col(name) == value for name, value in _given(act=act, issue=issue, channel=channel, lever=lever)]
        if ids is not None:
            tests.append(pl.col("id").is_in(list(ids)))
        if actor is not None:
            tests.append(_has("participants", actor) | _is("source_person", actor) | _is("target_person", actor))
        if source is not None:
            tests.append(_is("source", source) | _is("source_person", source) | _has("co_sources", source))
        if target is not None:
            tests.append(_is("target", target) | _is("target_person", target) | _has("co_targets", target))
        if page is not None:
            tests.append(_has("pages", page))
        if text is not None:
            words = pl.concat_str(pl.col("summary", "terms", "outcome").fill_null(""), separator="\n")
            tests.append(words.str.to_lowercase().str.contains(text.lower(), literal=True))
        tests += _between(since, until)
        return replace(self, events=self.events.filter(tests)) if tests else self

    def filter_positions(
        self,
        *,
        actor: str | None = None,
        issue: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        page: int | None = None,
        text: str | None = None,
    ) -> Chronicle:
        """Return the chronicle with only the positions that meet every given condition; events are kept as they are.

        Raises:
            InputError: `since` or `until` is no date.
        """
        tests = [pl.col(name) == value for name, value in (("issue", issue), ("page", page)) if value is not None]
        if actor is not None:
            tests.append(_is("actor", actor) | _is("actor_person", actor) | _has("co_actors", actor))
        if text is not None:
            tests.append(pl.col("note").fill_null("").str.to_lowercase().str.contains(text.lower(), literal=True))
        tests += _between(since, until)
        return replace(self, positions=self.positions.filter(tests)) if tests else self

    def to_polars(self) -> pl.DataFrame:
        """Return the events, one row each."""
        return self.events

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the dyadic acts as a directed multigraph: nodes are actors, one edge an act, keyed by event id.

        Edges carry act, issue, start, end (ISO days), cooperation (-10..10), channel, lever, pages, basis, confidence.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        shown = ("act", "issue", "date", "cooperation", "channel", "lever", "pages", "basis", "confidence")
        for row in self.dyadic(absent=True).iter_rows(named=True):
            marks = {name: row[name] for name in shown}
            days = {"start": row["start"].isoformat(), "end": row["end"].isoformat()}
            graph.add_edge(row["source"], row["target"], key=row["id"], **marks, **days)
        return graph

    def __len__(self) -> int:
        return self.events.height

    def __repr__(self) -> str:
        dyadic = int(self.events["is_dyadic"].sum())
        known = f", known by {self.as_of}" if self.as_of else ""
        return f"Chronicle({self.events.height} events, {dyadic} dyadic, {self.positions.height} positions{known})"


def _given(**values: str | None) -> list[tuple[str, str]]:
    return [(name, value) for name, value in values.items() if value is not None]


def _is(column: str, value: str) -> pl.Expr:
    return pl.col(column).eq(value).fill_null(False)


def _has(column: str, value: str | int) -> pl.Expr:
    return pl.col(column).list.contains(value)


def _between(since: str | date | None, until: str | date | None) -> list[pl.Expr]:
    tests: list[pl.Expr] = []
    for name, text in (("since", since), ("until", until)):
        if text is None:
            continue
        try:
            first = name == "since"
            tests.append(pl.col("start") >= dates.first_day(text) if first else pl.col("end") <= dates.last_day(text))
        except ValueError as error:
            raise bad_input(name, "date", str(error), dates.EXPECTED) from error
    return tests


def _when(text: str, open_start: date, open_end: date) -> dict[str, Any]:
    found = dates.bounds(text)
    start, end = found.capped(open_start, open_end)
    flags = (found.start is None, found.end is None, found.approximate, found.uncertain)
    return dict(zip(_DATED, (text, start, end, *flags, dates.precision(found, start, end)), strict=True))


def _event_row(event: Event, kinds: Mapping[str, str], open_start: date, open_end: date) -> dict[str, Any]:
    for field, problem, expected in event.problems():
        raise ValueError(f"event {event.id}: {field}: {problem}, expected {expected}")
    both = {kinds.get(event.source), kinds.get(event.target or "")}
    dyad = ("bilateral" if both <= PARTIES_AND_STATES else "collective") if event.is_dyadic and kinds else None
    digits = "".join(letter for letter in event.id if letter in "0123456789")
    return {
        **event.__dict__,
        **_when(event.date, open_start, open_end),
        "first_page": event.pages[0] if event.pages else None,
        "number": int(digits[:18]) if digits else 0,
        "participants": event.actors,
        "dyad_class": dyad,
    }


def _position_row(position: Position, open_start: date, open_end: date) -> dict[str, Any]:
    return {**position.__dict__, **_when(position.date, open_start, open_end)}


_EVENT_COLUMNS = tuple(
    dict.fromkeys(
        ("id", "pages", "first_page", "number", *_DATED, *Event.model_fields, "participants", "dyad_class"),
    )
)
_POSITION_COLUMNS = tuple(dict.fromkeys(("id", "actor", "issue", *_DATED, *Position.model_fields)))


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pl.DataFrame:
    data = {name: [row[name] for row in rows] for name in columns}
    return pl.DataFrame(
        [pl.Series(name, values, dtype=_NUMBERS.get(name, pl.String), strict=False) for name, values in data.items()]
    )
