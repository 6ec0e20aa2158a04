"""`blocs check`: every fault of a scenario in one pass."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check")(check)


def check(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario that comes with Blocs, or a folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a scenario folder: all faults at once, each as file:line: field: what is wrong.

    Exits with 0 when the scenario is clean and with 2 when it has faults.

    Example: blocs check camp
    """
    from blocs.scenario.load import check as check_folder

    report = check_folder(scenario)
    counts = report.scenario.counts() if report.scenario else {}
    if as_json:
        faults = [
            {"file": f.where, "line": f.line, "field": f.field, "problem": f.problem, "expected": f.expected}
            for f in report.faults
        ]
        found = {"path": str(report.path), "ok": not faults, "counts": counts, "faults": faults}
        typer.echo(json.dumps(found, ensure_ascii=False))
    elif report.faults:
        for fault in report.faults:
            typer.echo(str(fault))
        typer.echo(f"{len(report.faults)} fault{'s' if len(report.faults) > 1 else ''} in {report.path}", err=True)
    else:
        typer.echo(f"{scenario}: no faults")
        for name, count in counts.items():
            typer.echo(f"{count:>6} {name.replace('_', ' ')}")
    if report.faults:
        raise typer.Exit(2)
