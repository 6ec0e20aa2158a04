"""`blocs facts`: the stylised facts of the systems, each a statistical test on simulated histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.pages import place
from blocs.cli.progress import progress
from blocs.cli.tables import print_table


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("facts")(facts)


def facts(
    system: Annotated[list[str] | None, typer.Option("--system", help="Only this system, such as S10.")] = None,
    fact: Annotated[list[str] | None, typer.Option("--fact", help="Only this fact, such as F10.1.")] = None,
    broken: Annotated[
        bool, typer.Option("--broken", help="Also try each fact on a mechanism that is broken on purpose.")
    ] = False,
    together: Annotated[
        bool, typer.Option("--together", help="Switch on every mechanism, not the fact's own alone.")
    ] = False,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; one a processor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the table between the marks of this page.")
    ] = None,
) -> None:
    """Test the stylised facts on simulated histories: what is expected, what came out, whether it holds.

    A fact holds when its whole 99% interval lies on the expected side. One that does not hold is shown as such.

    Examples: blocs facts --system S10 --broken; blocs facts --json
    """
    from blocs.jobs.facts import COLUMNS, cells, markdown, summary
    from blocs.jobs.facts import facts as job

    where = place(page, "facts") if page is not None else None
    with progress() as tell:
        found = job(system or (), fact or (), broken, together, workers, tell)
    if where is not None:
        where.fill(markdown(found))
    if as_json:
        typer.echo(json.dumps([f.row() for f in found]))
        return
    print_table([dict(zip(COLUMNS, cells(f), strict=True)) for f in found], COLUMNS, "fact")
    typer.echo(summary(found))
