"""Read a downloaded file into a tidy table on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from blocs.ground.errors import bad_input
from blocs.record.importers import FORMATS, import_table
from blocs.store.file import draft_file, write_parquet


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


def check_out(out: Path, force: bool) -> None:
    """Raise `InputError` for a table that may not be written: another ending than .parquet or .csv, a file that is there."""
    if out.suffix not in {".parquet", ".csv"}:
        raise bad_input("--out", str(out), f"ends in {out.suffix or 'nothing'}", ".parquet or .csv")
    if out.exists() and not force:
        raise bad_input("--out", str(out), "exists", "a new file, or --force to replace it")


def save_table(frame: pl.DataFrame, out: Path, force: bool = False) -> None:
    """Write a table as Parquet or CSV, by the name's ending; whole or not at all, and no new folder where it fails.

    Raises:
        InputError: as `check_out`, or a folder that cannot be written.
    """
    check_out(out, force)
    made = _made(out.parent)
    try:
        with draft_file(out) as draft:
            if out.suffix == ".csv":
                frame.write_csv(draft)
            else:
                write_parquet(draft, frame)
    except BaseException:
        for folder in made:
            folder.rmdir()
        raise


def _made(folder: Path) -> list[Path]:
    """Make a folder and those above it; return the new ones, innermost first."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be made ({error.strerror})"
        raise bad_input("--out", str(folder), problem, "a folder you may write to") from None
    return new


def column_map(pairs: Sequence[str]) -> dict[str, str]:
    """Return `field=column` pairs as a mapping; `InputError` for one without an equals sign."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not field or not column:
            raise bad_input("--map", pair, "has no field or no column", "FIELD=COLUMN")
        found[field.strip()] = column.strip()
    return found
