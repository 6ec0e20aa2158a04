"""`blocs tune`: choose priors and effects by rolling origin inside the training period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from blocs.cli.options import Json, ScenarioName
from blocs.cli.progress import progress
from blocs.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from blocs.jobs.tune import Origin


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("tune")(tune)


def tune(
    scenario: ScenarioName,
    without: Annotated[list[str] | None, typer.Option(help="Also try leaving this out; repeat for more.")] = None,
    origin: Annotated[list[str] | None, typer.Option(help="DAY:DAY, last of fitting and of scoring; repeat.")] = None,
    draws: Annotated[int, typer.Option(help="Chronologies drawn from imprecise dates.")] = 4,
    seed: Annotated[int, typer.Option(help="Of the drawn chronologies.")] = 0,
    default_only: Annotated[
        bool, typer.Option("--default-only", help="Only the default settings and --without.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print mean log scores an act by rolling origin for other priors and effects left out, full and memory-only.

    Nothing after the scenario's training period is looked at.

    Example: blocs tune camp --without audience_tone
    """
    from blocs.inference.prior import PriorSettings
    from blocs.jobs.pipeline import check_draws, check_seed, opened
    from blocs.jobs.tune import Variant, grid
    from blocs.jobs.tune import tune as job

    check_draws(draws)
    check_seed(seed)
    names = without or []
    few = (Variant(PriorSettings()), *(Variant(PriorSettings(), (n,)) for n in names))
    origins = [_origin(text) for text in origin] if origin else None
    with progress() as tell:
        tell("replaying the record", 0, 0)
        found = job(opened(scenario), few if default_only else grid(names), origins, draws, seed, tell)
    if as_json:
        print_json(found.to_dicts())
    else:
        levels = ("source", "target", "act", "issue", "total")
        rows = [{**r, **{k: f"{r[k]:.4f}" for k in levels}} for r in found.iter_rows(named=True)]
        print_table(rows, ("model", *levels, "acts", "variant"), "variant")


def _origin(text: str) -> Origin:
    from blocs.ground.errors import bad_input
    from blocs.jobs.pipeline import day

    first, mark, last = text.partition(":")
    if not mark:
        raise bad_input("--origin", text, "is not two days", "DAY:DAY")
    begin, end = day(first, "--origin", last=True), day(last, "--origin", last=True)
    assert begin is not None
    assert end is not None
    return begin, end
