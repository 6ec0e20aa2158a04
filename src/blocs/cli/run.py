"""`blocs run`: fit, forecast, score, explain, and write a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.options import End, Start, Until
from blocs.cli.progress import progress


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("run")(run)


def run(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a folder.")],
    out: Annotated[Path | None, typer.Option(help="Run folder to write; runs/SCENARIO by default.")] = None,
    runs: Annotated[int, typer.Option(help="Simulated histories.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of all random streams; equal seeds give equal results.")] = 0,
    until: Until = None,
    start: Start = None,
    end: End = None,
    draws: Annotated[int, typer.Option(help="Chronologies drawn from imprecise dates.")] = 8,
    force: Annotated[bool, typer.Option("--force", help="Replace a run folder that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one JSON object.")] = False,
) -> None:
    """Fit a scenario's record, forecast what follows, score it, explain it, and write a run folder with a report.

    Example: blocs run camp --runs 500 --out runs/first
    """
    from blocs.jobs.run import Plan
    from blocs.jobs.run import run as job
    from blocs.report.html import render_report

    folder = out or Path("runs") / Path(scenario).name
    plan = Plan(runs, seed, until, start, end, draws)
    with progress() as tell:
        result = job(scenario, plan, out=folder, force=force, render=render_report, progress=tell)
    if as_json:
        typer.echo((folder / "scores.json").read_text(encoding="utf-8"), nl=False)
        return
    from rich.console import Console

    from blocs.report.summary import print_summary

    print_summary(result, Console())
    typer.echo(f"{folder}{'' if str(folder).endswith('/') else '/'}report.html")
