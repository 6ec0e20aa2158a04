"""Times as a person writes them, dates or numbers, and back: inside, every time is a number (seconds since 1970)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Floats

Kind = pl.DataType
EXAMPLE = "a date, a datetime, or text such as 2020-01-31"


def moment(value: object, where: str, name: str, kind: Kind) -> float | None:
    """Return a bound of time as a number.

    Args:
        value: a number (of the unit of a numeric time column, else seconds since 1970), a date, a datetime or ISO text.
        where: what a person called.
        name: the argument.
        kind: type of the time column of the events.

    Raises:
        InputError: what is no time, or a date where the events have numbers.
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, str | date | int | float | np.number):
        raise bad_input(where, name, f"is {value!r}", EXAMPLE if kind.is_temporal() else "a number")
    if isinstance(value, str | date):
        if not kind.is_temporal():
            raise bad_input(where, name, f"is {value!r} and the events have numbers as times", "a number")
        return _seconds(value, where, name)
    if np.isnan(value):
        raise bad_input(where, name, "is not a number", "a time")
    return float(value)


def _seconds(value: str | date, where: str, name: str) -> float:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise bad_input(where, name, f"cannot read {value!r}", EXAMPLE) from None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def restored(times: Floats, kind: Kind) -> pl.Series:
    """Return times [T] as the events have them; whole days as dates, and datetimes where a date cannot tell them."""
    if not kind.is_temporal():
        return pl.Series("time", times, dtype=pl.Float64)
    micros = pl.Series("time", np.round(times * 1e6).astype(np.int64))
    if isinstance(kind, pl.Date):
        whole = not times.size or bool((times % 86400.0 == 0.0).all())
        return micros.cast(pl.Datetime("us")).cast(pl.Date) if whole else micros.cast(pl.Datetime("us"))
    zone = kind.time_zone if isinstance(kind, pl.Datetime) else None
    return (
        micros.cast(pl.Datetime("us"))
        if zone is None
        else micros.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    )
