"""`blocs ablate`: whether each mechanism earns its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.options import Json, ScenarioName, Seed
from blocs.cli.pages import place
from blocs.cli.progress import progress
from blocs.cli.tables import print_json, print_table


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("ablate")(ablate)


def ablate(
    scenario: ScenarioName,
    mechanism: Annotated[list[str] | None, typer.Option("--mechanism", help="Only this mechanism.")] = None,
    no_facts: Annotated[bool, typer.Option("--no-facts", help="Do not count the stylised facts that fall.")] = False,
    draws: Annotated[int, typer.Option("--draws", help="Chronologies drawn for uncertain dates.")] = 2,
    seed: Seed = 0,
    as_json: Json = False,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the table between the marks of this page.")
    ] = None,
) -> None:
    """Refit without each mechanism: the change of the held-out log score, and the stylised facts that fall.

    Scores are of a rolling origin inside the training period. A gain above 0 means that the mechanism helps to predict.

    Example: blocs ablate camp --mechanism ladder --mechanism supply
    """
    from blocs.jobs.ablate import COLUMNS, cells, markdown
    from blocs.jobs.ablate import ablate as job
    from blocs.jobs.pipeline import check_draws, check_seed, opened_whole

    check_draws(draws)
    check_seed(seed)
    where = place(page, "ablation") if page is not None else None
    loaded = opened_whole(scenario)
    with progress() as tell:
        found = job(loaded, mechanism or (), not no_facts, draws, seed, tell)
    if where is not None:
        where.fill(markdown(found))
    if as_json:
        print_json([a.row() for a in found])
    else:
        print_table([dict(zip(COLUMNS, cells(a), strict=True)) for a in found], COLUMNS, "mechanism")
