"""`blocs cite`: what to cite when a scenario is used."""

from __future__ import annotations

from dataclasses import asdict

import typer

from blocs.cli.options import Json, ScenarioName
from blocs.cli.tables import print_json, print_table


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("cite")(cite)


def cite(scenario: ScenarioName, as_json: Json = False) -> None:
    """Print the sources of a scenario and the papers behind the mechanisms and effects that it uses.

    Example: blocs cite camp
    """
    from blocs.jobs.cite import citations
    from blocs.scenario.load import load

    rows = [asdict(c) for c in citations(load(scenario))]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("kind", "text", "used_by"), "text")
