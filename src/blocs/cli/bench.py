"""`blocs bench`: timings with spread, and ratios to other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.pages import place
from blocs.cli.progress import progress
from blocs.cli.tables import print_table

COLUMNS = ("what", "seconds", "least to most", "processor s", "peak MB", "ratio")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("bench")(bench)


def bench(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a folder.")] = "camp",
    quick: Annotated[bool, typer.Option("--quick", help="Fewer runs and repeats, no fresh process.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
    peers: Annotated[bool, typer.Option("--peers", help="Also event models beside other programs' seconds.")] = False,
    mechanisms: Annotated[
        bool, typer.Option("--mechanisms", help="Also the forecast with every mechanism, and what each adds.")
    ] = False,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the table between the marks of this page.")
    ] = None,
) -> None:
    """Time likelihood, fit, forecast and help, and compare the engine with a Mesa model and a C loop.

    Examples: blocs bench --quick; blocs bench --mechanisms
    """
    from blocs.jobs.bench import bench as job
    from blocs.jobs.bench import cells, markdown

    where = place(page, "speed") if page is not None else None
    with progress() as tell:
        rows = job(scenario, quick, tell, peers, mechanisms)
    if where is not None:
        where.fill(markdown(rows))
    if as_json:
        typer.echo(json.dumps([r.to_dict() for r in rows]))
    else:
        print_table([dict(zip(COLUMNS, cells(r), strict=True)) for r in rows], COLUMNS, "what")
