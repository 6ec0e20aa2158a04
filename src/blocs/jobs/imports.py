"""Read a downloaded file into a tidy table on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from blocs.ground.errors import bad_input
from blocs.record.importers import FORMATS, import_table


def import_file(name: str, file: Path, columns: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Return the tidy table of a downloaded file.

    Args:
        name: one of `blocs.record.importers.FORMATS`.
        file: csv, tsv, tab or txt.
        columns: field to the column of the file that holds it, where the file names it otherwise.

    Raises:
        InputError: no such format or file, or a file of another layout: file, line, field, what was expected.
    """
    if name not in FORMATS:
        raise bad_input("FORMAT", "format", f"{name!r} is none", f"one of {', '.join(FORMATS)}")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise bad_input(str(file), "file", f"cannot be read ({error.strerror})", "a text file") from None
    return import_table(data, FORMATS[name], str(file), columns)


def save_table(frame: pl.DataFrame, out: Path, force: bool = False) -> None:
    """Write a table as Parquet or CSV, by the name's ending; whole or not at all.

    Raises:
        InputError: another ending, a file that is there, a folder that cannot be written.
    """
    if out.suffix not in {".parquet", ".csv"}:
        raise bad_input("--out", str(out), f"ends in {out.suffix or 'nothing'}", ".parquet or .csv")
    if out.exists() and not force:
        raise bad_input("--out", str(out), "exists", "a new file, or --force to replace it")
    part = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".csv":
            frame.write_csv(part)
        else:
            frame.write_parquet(part, compression="zstd")
        part.replace(out)
    except OSError as error:
        raise bad_input(
            "--out", str(out), f"cannot be written ({error.strerror})", "a folder you may write to"
        ) from None


def column_map(pairs: Sequence[str]) -> dict[str, str]:
    """Return `field=column` pairs as a mapping; `InputError` for one without an equals sign."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not field or not column:
            raise bad_input("--map", pair, "has no field or no column", "FIELD=COLUMN")
        found[field.strip()] = column.strip()
    return found
