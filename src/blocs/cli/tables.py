"""Rows to a table for people or to JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import typer

Record = Mapping[str, Any]


def print_json(records: Sequence[Record] | Record) -> None:
    """Print a list of objects, or one object; days as ISO dates."""
    plain = dict(records) if isinstance(records, Mapping) else [dict(record) for record in records]
    typer.echo(json.dumps(plain, ensure_ascii=False, default=_plain))


def print_table(records: Sequence[Record], columns: Sequence[str], wide: str, *, limit: int = 0) -> None:
    """Print records as a table of the given columns, the column `wide` taking the rest of the line.

    With `limit` above 0 only so many rows are shown, and a last line says how many there are.
    """
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", ratio=1 if column == wide else None)
    kept = records[:limit] if limit else records
    for record in kept:
        table.add_row(*(_cell(record.get(column)) for column in columns))
    console = Console()
    console.print(table)
    if len(kept) < len(records):
        console.print(f"{len(kept)} of {len(records)} shown; --limit 0 shows all", style="dim")


def print_record(record: Record) -> None:
    """Print one record, a line a field, empty fields left out."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in record.items():
        if value not in (None, "", [], ()):
            table.add_row(name, _cell(value))
    Console().print(table)


def _cell(value: Any) -> Any:
    from rich.text import Text

    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        text = ", ".join(str(part) for part in cast("Sequence[Any]", value))
    # A record may hold anything: control characters must not reach the terminal, nor brackets be read as style.
    return Text("".join(letter if letter.isprintable() else " " for letter in text))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
