"""Delimited text as a table of strings that knows its lines."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from blocs.ground.errors import bad_input

DELIMITERS = ("\t", ",", ";", "|")
LINE = "__line__"


def read_text(data: bytes, where: str, columns: Sequence[str] = (), needed: int = 0) -> pl.DataFrame:
    """Return the file as strings; the first column is the 1-based line of each row.

    Args:
        data: content in UTF-8 or Latin-1, with tabs, commas, semicolons or bars between fields.
        where: the file's name, for messages.
        columns: names where the file has no header line.
        needed: fields that each row of such a file must have; with a header, as many as that has.

    Raises:
        InputError: an empty or binary file, a row with more or fewer fields than it should have.
    """
    text = _decoded(data, where)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise bad_input(where, "file", "is empty", "a header line and rows")
    delimiter = max(DELIMITERS, key=first.count)
    if not first.count(delimiter):
        raise bad_input(where, "file", "has one field a line", "fields between tabs, commas, semicolons or bars", 1)
    _refuse_short(text, delimiter, where, needed if columns else first.count(delimiter) + 1)
    body = f"{delimiter.join(columns)}\n{text}" if columns else text
    try:
        frame = pl.read_csv(
            body.encode(), separator=delimiter, infer_schema=False, truncate_ragged_lines=bool(columns),
            quote_char=None if columns else '"',
        )  # fmt: skip
    except pl.exceptions.PolarsError as error:
        line = _ragged(text, delimiter)
        why = str(error).splitlines()[0][:80]
        raise bad_input(where, "row", f"cannot be read ({why})", "as many fields as the header", line) from None
    return frame.with_row_index(LINE, offset=1 if columns else 2)


def _refuse_short(text: str, delimiter: str, where: str, needed: int) -> None:
    """Refuse the first row cut short; lines with quotes, which may hold delimiters, are left to the reader."""
    for n, line in enumerate(text.split("\n"), 1):  # not splitlines: Latin-1 text may hold marks that it takes for ends
        if line.count(delimiter) + 1 < needed and line.strip() and '"' not in line:
            raise bad_input(where, "row", f"has {line.count(delimiter) + 1} fields", f"{needed}: a row cut short?", n)


def _decoded(data: bytes, where: str) -> str:
    if b"\0" in data[:4096] or data[:4] == b"PK\x03\x04":
        expected = "text (csv, tsv or txt); save other formats as csv first"
        raise bad_input(where, "file", "is no text file", expected)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _ragged(text: str, delimiter: str) -> int:
    """Return the line of the first row with more fields than the header, 0 where none is found."""
    lines = text.splitlines()
    width = lines[0].count(delimiter)
    return next((n for n, line in enumerate(lines, 1) if line.count(delimiter) > width and '"' not in line), 0)
