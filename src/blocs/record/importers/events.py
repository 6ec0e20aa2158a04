"""Event data: lists of who did what to whom, and the record's entries made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl

from blocs.ground.errors import bad_input, shown
from blocs.record.event import Event
from blocs.record.importers.base import Field, Format, line_of

CENTURY = 45
"""Two-digit years from here on are of the 1900s, those below of the 2000s."""


def _keds(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    text = frame["day"].str.replace_all(r"[^0-9]", "")
    short = text.str.len_chars() == 6
    century = (
        pl.when(text.str.slice(0, 2).cast(pl.Int32, strict=False) >= CENTURY).then(pl.lit("19")).otherwise(pl.lit("20"))
    )
    whole = pl.select(pl.when(short).then(pl.concat_str(century, text)).otherwise(text)).to_series()
    day = whole.str.to_date("%Y%m%d", strict=False)
    if day.is_null().any():
        row = day.is_null().arg_true()[0]
        raise bad_input(where, "date", f"{shown(frame['day'][row])} is none", "yymmdd or yyyymmdd", line_of(raw, row))
    label = frame["label"].str.strip_chars("() ")
    return frame.with_columns(day.alias("date"), label.alias("label")).select(
        "date", "source", "target", "code", "label", "goldstein"
    )


def _icews(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    return frame.sort("date", "event_id", maintain_order=True)


EVENTS: tuple[Format, ...] = (
    Format(
        "keds", "Event data of the Kansas project: day, source, target, code and label between tabs, no header",
        (
            Field("day", ("date",)), Field("source", ("source",)), Field("target", ("target",)), Field("code", ("code",)),
            Field("label", ("label",), required=False), Field("goldstein", ("goldstein",), "float", required=False),
        ),
        _keds, ("date", "source", "target", "code", "label"), "LEVANT.dat",
    ),
    Format(
        "icews", "Integrated crisis early warning system, coded event data (tab)",
        (
            Field("event_id", ("Event ID",), "int"), Field("date", ("Event Date",), "date"),
            Field("source", ("Source Name",)), Field("source_country", ("Source Country",), required=False),
            Field("source_sectors", ("Source Sectors",), required=False), Field("target", ("Target Name",)),
            Field("target_country", ("Target Country",), required=False),
            Field("target_sectors", ("Target Sectors",), required=False), Field("code", ("CAMEO Code",)),
            Field("label", ("Event Text",), required=False),
            Field("goldstein", ("Intensity",), "float", required=False, low=-10.0, high=10.0),
        ),
        _icews, example="events.2014.tab",
    ),
)  # fmt: skip
"""Formats of event lists."""


def as_events(
    frame: pl.DataFrame, issue: str, acts: Mapping[str, str] | Callable[[str], str] | None = None, prefix: str = "e"
) -> list[Event]:
    """Return entries of the record, one for each row of an imported event list.

    Source and target become ids of letters, digits, `_`, `.` and `-`; a row of one actor with itself is internal. The
    basis is `public_record` and the channel `public`; cooperation is the value of the scale, 0 where there is none.

    Args:
        frame: of `keds` or `icews`.
        issue: id of the issue that all belong to.
        acts: code to the id of an act; None takes the code as it is.
        prefix: of ids, which go on with the row's number.
    """
    pick: Callable[[str], str] = (lambda c: c) if acts is None else acts if callable(acts) else lambda c: acts.get(c, c)
    return [_event(row, n, issue, pick, prefix) for n, row in enumerate(frame.iter_rows(named=True), 1)]


def _event(row: Mapping[str, Any], number: int, issue: str, pick: Callable[[str], str], prefix: str) -> Event:
    source, target = _id(row["source"]), _id(row["target"])
    internal = source == target
    day: date = row["date"]
    label = row.get("label") or row["code"]
    return Event(
        id=f"{prefix}{number:07d}", date=day.isoformat(), start=day.isoformat(), end=day.isoformat(), source=source,
        target=target, act=pick(str(row["code"])), issue=issue, channel="public",
        cooperation=max(-10.0, min(10.0, float(row.get("goldstein") or 0.0))),
        summary=f"{row['source']} to {row['target']}: {label}", basis="public_record", confidence=1.0, internal=internal,
        is_dyadic=not internal, not_dyadic_reason="internal" if internal else None,
    )  # fmt: skip


def _id(name: str | None) -> str:
    plain = "".join(c if (c.isalnum() and c.isascii()) or c in "_.-" else "_" for c in (name or "unknown"))
    return (plain.lstrip("_.-") or "unknown")[:80]
