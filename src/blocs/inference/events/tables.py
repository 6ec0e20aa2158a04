"""What a person may give as a table: polars or pandas frames, Arrow tables, mappings of columns. Files are read above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Protocol, runtime_checkable

import polars as pl

from blocs.ground.errors import bad_input


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that speaks the Arrow stream interface: pandas frames, Arrow tables, DuckDB relations."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream."""
        ...


Table = pl.DataFrame | pl.LazyFrame | ArrowStream | Mapping[str, Sequence[object]] | str | PathLike[str]
"""A table; names of files only where `bl.dynam` and `bl.rem` read them."""
KINDS = "a polars or pandas table, an Arrow table or a dict of columns"


def is_table(given: object) -> bool:
    """Return whether `given` is one of the kinds of tables that `table` takes."""
    return isinstance(given, pl.DataFrame | pl.LazyFrame | Mapping | ArrowStream)


def table(given: object, where: str) -> pl.DataFrame:
    """Return a table as a polars frame.

    Raises:
        InputError: what is no table, or has columns of different lengths. A file name is refused here: `bl.dynam` and
            `bl.rem` read files.
    """
    if isinstance(given, pl.DataFrame):
        return given
    if isinstance(given, str | PathLike):
        raise bad_input(where, "table", f"is the text {str(given)!r}", f"{KINDS}; `bl.dynam` and `bl.rem` read files")
    try:
        if isinstance(given, pl.LazyFrame):
            return given.collect()
        if isinstance(given, Mapping):
            return pl.DataFrame(dict(given), strict=False)
        if isinstance(given, ArrowStream):
            return _of_arrow(given)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        raise bad_input(where, "table", f"cannot be read ({_first_line(error)})", KINDS) from None
    raise bad_input(where, "table", f"is a {type(given).__name__}", KINDS)


def _of_arrow(given: ArrowStream) -> pl.DataFrame:
    made: Any = pl.from_pandas if type(given).__module__.partition(".")[0] == "pandas" else pl.DataFrame
    return made(given)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
