"""`blocs import`: a published data set, as downloaded, into a tidy table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EPILOG = """
Examples: [bold]blocs import nmc NMC-60-abridged.csv --out capabilities.parquet[/bold];
[bold]blocs import keds LEVANT.dat --out levant.csv[/bold];
[bold]blocs import unga votes.tab --map ccode=cow_code --out un_votes.parquet[/bold]. Formats: docs/how-to/import.md.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("import", epilog=_EPILOG)(import_)


def import_(
    layout: Annotated[str, typer.Argument(metavar="FORMAT", help="unga, atop, nmc, mid, igo, keds or icews.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file as downloaded: csv, tsv, tab or txt.")],
    out: Annotated[Path | None, typer.Option("--out", help="Table to write, .parquet or .csv; else a summary.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="A field that the file names otherwise.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a table that is there.")] = False,
) -> None:
    """Read a published data set from its original file into a tidy table."""
    from blocs.jobs.imports import check_out, column_map, import_file, save_table

    if out is not None:
        check_out(out, force)
    frame = import_file(layout, file, column_map(columns or []))
    if out is not None:
        save_table(frame, out, force)
    typer.echo(f"{out or file}: {frame.height:,} rows")
    for name, kind in frame.schema.items():
        typer.echo(f"  {name}: {kind}, {frame[name].null_count():,} not known")
