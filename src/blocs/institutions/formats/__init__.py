"""Readers of issue tables: text in, table out (files are opened by the caller)."""

from __future__ import annotations

from blocs.ground.errors import bad_input
from blocs.institutions.formats.exchange_text import read_exchange_text
from blocs.institutions.formats.json_text import read_json
from blocs.institutions.formats.long_csv import read_long_csv
from blocs.institutions.formats.spatial_csv import looks_spatial, read_spatial_csv
from blocs.institutions.table import IssueTable

__all__ = ["read_table", "recognise"]


def recognise(text: str) -> str:
    """Return the format of a text: "json", "exchange", "spatial" or "csv"."""
    first = text.lstrip("\ufeff \t\r\n")
    if first[:1] in "{[":
        return "json"
    if first.lstrip("'\"")[:1] == "#":
        return "exchange"
    return "spatial" if looks_spatial(first) else "csv"


def read_table(text: str, source: str, scale: tuple[float, float] | None = None) -> IssueTable:
    """Return the issue table in a text, whichever format it is in.

    Formats: CSV with a header (actor, position, salience, capability; optional issue, lower, upper); lines marked
    #A #P #M #D of the exchange model, and the same as JSON; the CSV of the spatial model of politics. `scale` sets the
    bounds of every issue and overrides those of the text.

    Raises:
        InputError: everything wrong with the text, a line each.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise bad_input(source, "file", "is empty", "an issue table: actor, position, salience, capability")
    readers = {
        "json": read_json,
        "exchange": read_exchange_text,
        "spatial": read_spatial_csv,
        "csv": read_long_csv,
    }
    return readers[recognise(text)](text.lstrip("\ufeff"), source, scale)
