"""Rows to a table for people or to JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Record = Mapping[str, Any]
GAP = 2
"""Blanks between columns."""


def print_json(records: Sequence[Record] | Record) -> None:
    """Print a list of objects, or one object; days as ISO dates."""
    plain = dict(records) if isinstance(records, Mapping) else [dict(record) for record in records]
    typer.echo(json.dumps(plain, ensure_ascii=False, default=_plain))


LEAST, MOST, LONG = 24, 28, 40
"""Where the others, each up to `MOST` wide, leave less than `LEAST` to a column of more than `LONG`, it goes below its row."""


def print_table(
    records: Sequence[Record], columns: Sequence[str], wide: str, *, limit: int = 0, whole: Sequence[str] = ()
) -> None:
    """Print records as a table of the given columns, the column `wide` taking the rest of the line.

    Cells of the columns `whole` are not folded while there is room for them.

    Where the other columns leave too little of the line, the wide one goes below its row. With `limit` above 0 only so
    many rows are shown, and a last line says how many there are.
    """
    from rich.console import Console

    console = Console()
    kept = records[:limit] if limit else records
    widths = _widths(kept, [column for column in columns if column != wide])
    room = console.width - sum(min(width, MOST) + GAP for width in widths.values())
    if room >= LEAST or _widths(kept, [wide])[wide] <= LONG:
        _print_beside(console, kept, columns, wide, whole)
    else:
        _print_below(console, kept, widths, wide)
    if len(kept) < len(records):
        console.print(f"{len(kept)} of {len(records)} shown; --limit 0 shows all", style="dim")


def _print_beside(
    console: Console, records: Sequence[Record], columns: Sequence[str], wide: str, whole: Sequence[str]
) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        rest, kept = 1 if column == wide else None, column in whole
        table.add_column(column.replace("_", " "), overflow="fold", ratio=rest, no_wrap=kept)
    for record in records:
        table.add_row(*(_cell(record.get(column)) for column in columns))
    console.print(table)


def _print_below(console: Console, records: Sequence[Record], widths: Mapping[str, int], wide: str) -> None:
    """Print each record as a row of its short columns and, below it, what the wide one holds."""
    from rich.padding import Padding
    from rich.table import Table

    kept = _fitted(widths, console.width)
    for n, record in enumerate(records):
        row = Table(box=None, pad_edge=False, header_style="bold", show_header=n == 0)
        for column, width in kept.items():
            row.add_column(column.replace("_", " "), overflow="fold", width=width)
        row.add_row(*(_cell(record.get(column)) for column in kept))
        console.print(row)
        if text := _cell(record.get(wide)):
            console.print(Padding(text, (0, 0, 0, GAP)))


def _widths(records: Sequence[Record], columns: Sequence[str]) -> dict[str, int]:
    """Columns of text that each short column takes: its longest cell, or the longest word of its name."""
    heads = {column: max(map(len, column.replace("_", " ").split()), default=1) for column in columns}
    return {c: max([heads[c], *(len(_cell(record.get(c)).plain) for record in records)]) for c in columns}


def _fitted(widths: Mapping[str, int], line: int) -> dict[str, int]:
    """Take from the widest columns until all fit a line."""
    found = dict(widths)
    while sum(found.values()) + GAP * (len(found) - 1) > max(line, 4 * len(found)):
        widest = max(found, key=lambda column: found[column])
        found[widest] -= 1
    return found


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


def _cell(value: Any) -> Text:
    from rich.text import Text

    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        text = ", ".join(str(part) for part in cast("Sequence[Any]", value))
    if isinstance(value, Mapping):
        text = "/".join(str(part) for part in cast("Mapping[str, Any]", value).values())
    # A record may hold anything: control characters must not reach the terminal, nor brackets be read as style.
    return Text("".join(letter if letter.isprintable() else " " for letter in text))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
