"""Tables that a benchmark reads: one-line errors for a file or a column that is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from blocs.ground.errors import bad_input

KINDS = ("parquet", "csv")


def find_table(folder: Path, name: str) -> Path | None:
    """Return `NAME.parquet` or `NAME.csv` in the folder, or None."""
    return next((p for kind in KINDS if (p := folder / f"{name}.{kind}").is_file()), None)


def read_table(
    folder: Path, name: str, columns: Mapping[str, pl.DataType | type[pl.DataType]], whole: Collection[str] = ()
) -> pl.DataFrame:
    """Return the named columns of `NAME.parquet` or `NAME.csv`, cast to the types given; dates may be text in ISO 8601.

    Args:
        folder: where the file lies.
        name: of the file, without its kind.
        columns: those wanted, with their types.
        whole: columns in which no row may be empty.

    Raises:
        InputError: no such file, a file that cannot be read, a column missing, of another type or with an empty row.
    """
    path = find_table(folder, name)
    if path is None:
        raise bad_input(str(folder), f"{name}.parquet", "is missing", f"{name}.parquet or {name}.csv in the folder")
    try:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        why = str(error).splitlines()[0][:120]
        raise bad_input(str(path), "file", f"cannot be read ({why})", "a table") from None
    for column, kind in columns.items():
        if column not in frame.columns:
            raise bad_input(str(path), column, "column is missing", f"columns {', '.join(columns)}")
        try:
            frame = frame.with_columns(_cast(frame[column], kind))
        except pl.exceptions.PolarsError:
            raise bad_input(str(path), column, f"holds {frame[column].dtype}", f"{kind}") from None
        if column in whole and frame[column].null_count():
            row = frame[column].is_null().arg_true()[0] + 1
            raise bad_input(str(path), column, f"is empty in row {row}", "a value in every row")
    return frame.select(list(columns))


def _cast(column: pl.Series, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    if column.dtype == pl.String and isinstance(kind, pl.Datetime):
        return column.str.to_datetime(time_unit=kind.time_unit, strict=True)
    return column.cast(kind)
