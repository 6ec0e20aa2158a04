"""`blocs bench`: timings with spread, and ratios to other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.progress import progress
from blocs.cli.tables import print_table

COLUMNS = ("what", "seconds", "least to most", "processor s", "peak MB", "ratio")
BEGIN, END = "<!-- speed:begin -->", "<!-- speed:end -->"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("bench")(bench)


def bench(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a folder.")] = "camp",
    quick: Annotated[bool, typer.Option("--quick", help="Fewer runs and repeats, no fresh process.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
    peers: Annotated[bool, typer.Option("--peers", help="Also event models beside other programs' seconds.")] = False,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the table between the marks of this page.")
    ] = None,
) -> None:
    """Time likelihood, fit, forecast and help, and compare the engine with a Mesa model and a C loop.

    Example: blocs bench --quick
    """
    from blocs.ground.errors import bad_input
    from blocs.jobs.bench import bench as job
    from blocs.jobs.bench import cells, markdown

    text = ""
    if page is not None:
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        if BEGIN not in text or END not in text:
            raise bad_input(str(page), "marks", "has no place for the table", f"{BEGIN} and {END}")
    with progress() as tell:
        rows = job(scenario, quick, tell, peers)
    if page is not None:
        head, rest = text.split(BEGIN, 1)
        page.write_text(f"{head}{BEGIN}\n{markdown(rows)}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps([r.to_dict() for r in rows]))
    else:
        print_table([dict(zip(COLUMNS, cells(r), strict=True)) for r in rows], COLUMNS, "what")
