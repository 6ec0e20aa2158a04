"""Reading the columns of a person's tables into arrays, with one clear line where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.ground.errors import InputError, bad_input

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def fault(where: str, row: int, field: str, problem: str, expected: str = "") -> InputError:
    """Return a fault at a row, counted as lines of a CSV file with a header: the first row is line 2."""
    return bad_input(where, field, problem, expected, line=row + 2)


def need(frame: pl.DataFrame, where: str, *names: str) -> None:
    """Refuse a table that lacks a column."""
    for name in names:
        if name not in frame.columns:
            raise bad_input(where, name, "no such column", f"columns {', '.join(names)}")


def labels(frame: pl.DataFrame, where: str) -> tuple[str, ...]:
    """Return the `label` column: present, without gaps, each name once."""
    need(frame, where, "label")
    column = frame["label"].cast(pl.String)
    if column.null_count():
        raise fault(where, int(column.is_null().arg_max() or 0), "label", "is empty", "a name")
    twice = column.is_duplicated()
    if twice.any():
        row = int(twice.to_numpy().nonzero()[0][-1])
        raise fault(where, row, "label", f"{column[row]} stands there twice", "each name once")
    if frame.height == 0:
        raise bad_input(where, "label", "the table is empty", "at least one row")
    return tuple(column.to_list())


def times(frame: pl.DataFrame, where: str, kind: pl.DataType | None = None) -> Floats:
    """Return the `time` column [rows] in seconds (dates and datetimes since 1970) or as the numbers given.

    `kind` is the type of the time column of the events: dates beside numbers are refused.
    """
    need(frame, where, "time")
    column = frame["time"]
    if column.dtype.is_temporal():
        if not isinstance(column.dtype, pl.Date | pl.Datetime):
            raise bad_input(where, "time", f"is a {column.dtype}", "a number, a date or a datetime")
        values = column.dt.epoch("us").cast(pl.Float64) / 1e6
    elif column.dtype.is_numeric():
        values = column.cast(pl.Float64)
    else:
        raise bad_input(where, "time", f"is a {column.dtype}", "a number, a date or a datetime")
    if kind is not None and frame.height and kind.is_temporal() != column.dtype.is_temporal():
        raise bad_input(where, "time", f"is a {column.dtype} and that of the events a {kind}", "times of one kind")
    result = finite(values, where, "time")
    late = np.flatnonzero(np.diff(result) < 0)
    if late.size:
        raise fault(where, int(late[0]) + 1, "time", "is earlier than the row before", "rows in order of time")
    return result


def finite(column: pl.Series, where: str, name: str) -> Floats:
    """Return a numeric column [rows] without gaps."""
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Float64)
    if not column.dtype.is_numeric():
        raise bad_input(where, name, f"is a {column.dtype}", "numbers")
    values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise fault(where, int(bad[0]), name, "is missing or not finite", "a number")
    return values


def nodes(frame: pl.DataFrame, where: str, name: str, index: Mapping[str, int]) -> Ints:
    """Return a column of names as positions [rows]; each must be known."""
    need(frame, where, name)
    column = frame[name].cast(pl.String)
    table = pl.DataFrame(
        {"label": list(index), "at": list(index.values())}, schema={"label": pl.String, "at": pl.Int64}
    )
    found = column.to_frame("label").join(table, on="label", how="left", maintain_order="left")["at"]
    if found.null_count():
        row = int(found.is_null().arg_max() or 0)
        raise fault(where, row, name, f"{column[row]} is unknown", _known(index))
    return found.to_numpy().astype(np.intp)


def _known(index: Mapping[str, int]) -> str:
    some = ", ".join(list(index)[:3])
    return f"one of the {len(index)} labels {some}, ..." if len(index) > 3 else f"a label of {some}"


def attribute(frame: pl.DataFrame, where: str, name: str) -> tuple[Floats, tuple[str, ...] | None, int]:
    """Return an attribute [rows], its words if it holds words, and how many gaps were filled.

    A gap in a numeric attribute becomes the mean of the others, as in the published models; a gap in words is refused.
    """
    column = frame[name]
    if isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum):
        words = column.cast(pl.String)
        if words.null_count():
            raise fault(where, int(words.is_null().arg_max() or 0), name, "is empty", "a word")
        known = tuple(words.unique().sort().to_list())
        return words.replace_strict(known, range(len(known)), return_dtype=pl.Float64).to_numpy(), known, 0
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Float64)
    if not column.dtype.is_numeric():
        raise bad_input(where, name, f"is a {column.dtype}", "numbers or words")
    gaps = column.null_count()
    values = column.cast(pl.Float64)
    mean = values.mean()
    if not isinstance(mean, float):
        raise bad_input(where, name, "holds no number at all", "numbers or words")
    return finite(values.fill_null(mean) if gaps else values, where, name).copy(), None, gaps
