"""A format is a list of fields, each with the column names it goes by, and what makes a tidy table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from blocs.ground.errors import bad_input, shown
from blocs.record.importers.text import read_text

Kind = Literal["int", "float", "date", "text"]
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%Y%m%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")
WORDS: Mapping[Kind, str] = {
    "int": "a whole number",
    "float": "a number",
    "date": "a date such as 1989-04-02",
    "text": "text",
}


@dataclass(frozen=True)
class Field:
    """One column of the tidy table and where it comes from.

    Attributes:
        name: in the tidy table.
        columns: names the column goes by in the file, the usual one first; letter case does not matter.
        kind: of its values.
        missing: values that mean "not known", besides an empty cell and `NA`.
        required: whether the file must have the column; where not, the tidy column is null.
        low: least value allowed; high: greatest.
    """

    name: str
    columns: tuple[str, ...]
    kind: Kind = "text"
    missing: tuple[str, ...] = ()
    required: bool = True
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Format:
    """A file layout.

    Attributes:
        name: on the command line.
        title: the data set, for people.
        fields: of the file that are used.
        tidy: makes the table that is returned from the typed fields and, for wide files, the raw columns.
        columns: of a file without a header line; empty where there is one.
        example: a file name it is downloaded as.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    tidy: Callable[[pl.DataFrame, pl.DataFrame, str], pl.DataFrame]
    columns: tuple[str, ...] = ()
    example: str = ""


def import_table(
    data: bytes, layout: Format, where: str = "file", columns: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Return the tidy table of a file.

    Args:
        data: the file's content: text with commas, tabs, semicolons or bars between fields.
        layout: one of `FORMATS`.
        where: the file's name, for messages.
        columns: field name to the column of the file that holds it, over the names the format knows.

    Raises:
        InputError: no such field, a column that is missing, a value that is none of its kind: file, line, field.
    """
    given = dict(columns or {})
    names = [f.name for f in layout.fields]
    for name in given:
        if name not in names:
            raise bad_input("--map", name, f"is no field of {layout.name}", f"one of {', '.join(names)}")
    raw = read_text(data, where, layout.columns, sum(f.required for f in layout.fields))
    found: dict[str, pl.Series] = {}
    for field in layout.fields:
        column = _column(raw, field, given.get(field.name), where)
        found[field.name] = _typed(raw, column, field, where) if column else _empty(raw, field)
    return layout.tidy(pl.DataFrame(found), raw, where)


def line_of(raw: pl.DataFrame, row: int) -> int:
    """Return the 1-based line of a row; `read_text` keeps it in the first column."""
    return int(raw.item(row, 0))


def _column(raw: pl.DataFrame, field: Field, given: str | None, where: str) -> str | None:
    by_name = {c.lower(): c for c in raw.columns[1:]}
    for name in (given,) if given else field.columns:
        if name.lower() in by_name:
            return by_name[name.lower()]
    if given or field.required:
        wanted = given or " or ".join(field.columns)
        expected = f"column {wanted}; the file has {', '.join(raw.columns[1:9])}; use --map {field.name}=COLUMN"
        raise bad_input(where, field.name, "column is missing", expected, 1)
    return None


def _typed(raw: pl.DataFrame, column: str, field: Field, where: str) -> pl.Series:
    text = raw[column].str.strip_chars()
    void = text.is_null() | text.is_in(["", "NA", "NaN", ".", *field.missing])
    text = pl.select(pl.when(void).then(None).otherwise(text)).to_series().rename(field.name)
    value = _cast(text, field.kind)
    bad = value.is_null() & text.is_not_null()
    if field.low is not None:
        bad |= (value < field.low).fill_null(False)
    if field.high is not None:
        bad |= (value > field.high).fill_null(False)
    if bad.any():
        row = bad.arg_true()[0]
        bounds = f" from {field.low:g} to {field.high:g}" if field.low is not None and field.high is not None else ""
        raise bad_input(where, column, f"{shown(text[row])} is none", WORDS[field.kind] + bounds, line_of(raw, row))
    return value


def _cast(text: pl.Series, kind: Kind) -> pl.Series:
    if kind == "text":
        return text
    if kind == "date":
        tries = [text.str.to_date(shape, strict=False) for shape in DATES]
        return pl.select(pl.coalesce(tries)).to_series().rename(text.name)
    number = text.cast(pl.Float64, strict=False)
    if kind == "float":
        return number
    return pl.select(pl.when(number == number.floor()).then(number)).to_series().cast(pl.Int64).rename(text.name)


def _empty(raw: pl.DataFrame, field: Field) -> pl.Series:
    kinds = {"int": pl.Int64, "float": pl.Float64, "date": pl.Date, "text": pl.String}
    return pl.Series(field.name, [None] * raw.height, dtype=kinds[field.kind])
