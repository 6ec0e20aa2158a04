"""`blocs bench`: timings with spread, and ratios to other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.progress import progress

BEGIN, END = "<!-- speed:begin -->", "<!-- speed:end -->"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("bench")(bench)


def bench(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a folder.")] = "camp",
    quick: Annotated[bool, typer.Option("--quick", help="Fewer runs and repeats, no fresh process.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the table between the marks of this page.")
    ] = None,
) -> None:
    """Time likelihood, fit, forecast and help, and compare the engine with a Mesa model and a C loop.

    Example: blocs bench --quick
    """
    from blocs.ground.errors import bad_input
    from blocs.jobs.bench import bench as job
    from blocs.jobs.bench import markdown

    text = ""
    if page is not None:
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        if BEGIN not in text or END not in text:
            raise bad_input(str(page), "marks", "has no place for the table", f"{BEGIN} and {END}")
    with progress() as tell:
        rows = job(scenario, quick, tell)
    if page is not None:
        head, rest = text.split(BEGIN, 1)
        page.write_text(f"{head}{BEGIN}\n{markdown(rows)}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps([r.to_dict() for r in rows]))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("what", "seconds", "least to most", "peak MB", "ratio")
    for r in rows:
        table.add_row(
            r.name,
            r.note or f"{r.seconds:.3g}",
            f"{r.spread[0]:.3g} to {r.spread[1]:.3g}" if r.spread else "",
            f"{r.peak_mb:.0f}" if r.peak_mb else "",
            f"{r.ratio:.3g}: {r.against}" if r.ratio else "",
        )
    Console().print(table)
