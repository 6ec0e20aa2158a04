"""`blocs backtest`: forecasts of published data, scored against their baselines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blocs.cli.options import Json, Seed
from blocs.cli.pages import place
from blocs.cli.progress import progress
from blocs.cli.tables import print_table

if TYPE_CHECKING:
    from blocs.jobs.backtest import Backtest

_EPILOG = """
Examples: [bold]blocs backtest icews14 --data DIR[/bold]; [bold]blocs backtest keds --data DIR --out runs/keds[/bold];
[bold]blocs backtest b1 --data DIR --json[/bold]. Which files a benchmark reads: docs/how-to/backtest.md.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("backtest", epilog=_EPILOG)(backtest)


def backtest(
    name: Annotated[str, typer.Argument(metavar="NAME", help="icews14, b1, b2 or keds.")],
    data: Annotated[Path, typer.Option("--data", help="Folder that holds the files of the benchmark.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write scores.json and report.html into.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what an earlier backtest left there.")] = False,
    as_json: Json = False,
    seed: Seed = 0,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the tables between the marks of this page.")
    ] = None,
) -> None:
    """Forecast published data by a readable model and score it beside its baselines, with time and memory."""
    from blocs.jobs.backtest import backtest as job
    from blocs.jobs.pipeline import check_seed
    from blocs.report.backtest import free, write

    check_seed(seed)
    where = place(page, f"backtest-{name}") if page is not None else None
    if out is not None:
        free(out, force)
    with progress() as tell:
        result = job(name, data, seed, tell)
    if out is not None:
        write(result, out, force)
    if where is not None:
        from blocs.jobs.backtest.page import markdown

        where.fill(markdown(result))
    if as_json:
        typer.echo(json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False))
    else:
        _print(result, out)


def _print(result: Backtest, out: Path | None) -> None:
    from blocs.jobs.backtest.base import cell_text
    from blocs.jobs.backtest.page import COLUMNS, rows

    print_table([dict(zip(COLUMNS, row, strict=True)) for row in rows(result)], COLUMNS, COLUMNS[0])
    for table in result.tables:
        typer.echo(f"\n{table.title}" + (f"\n{table.note}" if table.note else ""))
        cells = [dict(zip(table.columns, map(cell_text, row), strict=True)) for row in table.rows]
        print_table(cells, table.columns, table.columns[0])
    typer.echo()
    for note in result.notes:
        typer.echo(f"- {note}")
    typer.echo(
        f"{result.name}: {result.seconds:.1f} s of wall-clock time, {result.cpu_seconds:.1f} processor seconds, peak "
        f"memory {result.peak_mb:.0f} MB, seed {result.seed}"
    )
    if out is not None:
        typer.echo(out / "report.html")
