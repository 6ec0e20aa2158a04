"""`blocs fit`: estimate conduct from the record and show what each effect adds."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import Until
from blocs.cli.progress import progress
from blocs.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from blocs.inference.fit import Fit

COLUMNS = ("choice", "effect", "estimate", "robust_se", "lo", "hi", "per_step", "informed", "verdict")
NARROW, ENOUGH = ("choice", "effect", "estimate", "lo", "hi", "per_step", "verdict"), 100
"""Columns on a line of fewer than `ENOUGH`."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("fit")(fit)


def fit(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a folder.")],
    until: Until = None,
    draws: Annotated[int, typer.Option(help="Chronologies drawn from imprecise dates.")] = 8,
    seed: Annotated[int, typer.Option(help="Of the drawn chronologies.")] = 0,
    priors: Annotated[str, typer.Option(help="pooled, weak or none.")] = "pooled",
    without: Annotated[list[str] | None, typer.Option(help="Leave out an effect, table or family; repeat.")] = None,
    level: Annotated[str | None, typer.Option(help="Only effects of source, target, act or issue.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the fit to this JSON file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of effects.")] = False,
) -> None:
    """Fit a model of conduct to a scenario's record and print the effects, those that weigh most first.

    Example: blocs fit camp --until 1956 --out fit.json
    """
    from blocs.cli.options import one_level
    from blocs.jobs.pipeline import day, made_fit, opened
    from blocs.store.file import draft_file
    from blocs.store.fits import write_fit

    chosen = one_level(level)
    loaded = opened(scenario)
    last = day(until, "--until", last=True)
    with draft_file(out) if out else nullcontext() as draft:
        with progress() as tell:
            tell("fitting", 0, 0)
            found = made_fit(loaded, last, draws, seed, priors, without or ())
        if draft:
            write_fit(draft, found)
    rows = _rows(found, chosen)
    if as_json:
        print_json(rows)
    else:
        _print(rows)
        typer.echo(repr(found))


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console

    columns = COLUMNS if Console().width >= ENOUGH else NARROW
    cells = [{k: f"{v:.3f}" if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    print_table(cells, columns, "verdict", whole=("effect",))
    if columns == NARROW:
        left = " and ".join(column.replace("_", " ") for column in COLUMNS if column not in NARROW)
        typer.echo(f"{left}: on a line of {ENOUGH} columns, or with --json")


def _rows(fit: Fit, level: str | None) -> list[dict[str, Any]]:
    import polars as pl

    table = fit.to_polars()
    if level:
        table = table.filter(pl.col("choice") == level)
    order = pl.col("choice").cast(pl.Enum(["source", "target", "act", "issue"]))
    return table.sort(order, pl.col("per_step").abs(), descending=[False, True]).to_dicts()
