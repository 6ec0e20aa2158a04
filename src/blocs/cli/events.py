"""`blocs events`: fit a published event model to files."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import Json
from blocs.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from blocs.inference.events import EventFit
    from blocs.inference.events.gof import Gof

_EPILOG = """
Examples: [bold]blocs events calls.csv --actors actors.csv --terms "inertia + recip + trans"[/bold];
[bold]blocs events calls.csv --actors actors.csv --model rem --terms "1 + inertia + PSAB-BA + same(floor)" --json[/bold];
[bold]blocs events calls.csv --actors actors.csv --terms "inertia + tie(friends)" --network friends=friends.csv --gof
100[/bold]. Events have columns time, sender, receiver; actors have label. Effects: blocs events --effects.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("events", epilog=_EPILOG)(events)


def events(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Events: CSV or Parquet, in order of time.")
    ] = None,
    actors: Annotated[str | None, typer.Option("--actors", "-a", help="Actors: label and attributes.")] = None,
    terms: Annotated[str | None, typer.Option("--terms", "-t", help='Formula, as "inertia + recip".')] = None,
    model: Annotated[str, typer.Option("--model", "-m", help="choice, rate, coordination or rem.")] = "choice",
    network: Annotated[list[str] | None, typer.Option(metavar="NAME=FILE", help="Another network; repeat.")] = None,
    change: Annotated[list[str] | None, typer.Option(metavar="ATTRIBUTE=FILE", help="Changes; repeat.")] = None,
    name: Annotated[str, typer.Option(help="How terms call the network of the events.")] = "calls",
    start: Annotated[str | None, typer.Option(help="Time from which events count.")] = None,
    end: Annotated[str | None, typer.Option(help="Time up to which events count.")] = None,
    undirected: Annotated[bool, typer.Option("--undirected", help="Events of a rem belong to pairs.")] = False,
    gof: Annotated[int, typer.Option(min=0, help="Simulate so many histories and compare them.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulations.")] = 0,
    list_effects: Annotated[bool, typer.Option("--effects", help="List the effects that terms may name.")] = False,
    as_json: Json = False,
) -> None:
    """Fit a published event model (DyNAM or REM) to a file of events; exit code 1 if the fit does not converge."""
    from blocs.ground.errors import bad_input
    from blocs.jobs.events import effect_list, fit_files

    if list_effects:
        rows = effect_list()
        if as_json:
            print_json(rows)
        else:
            print_table(rows, ("effect", "meaning"), "meaning")
        return
    for option, value, wanted in (
        ("FILE", file, "events"),
        ("--actors", actors, "actors"),
        ("--terms", terms, "terms"),
    ):
        if value is None:
            raise bad_input(
                option, wanted, "is missing", "as in: blocs events calls.csv --actors actors.csv --terms inertia"
            )
    fit = fit_files(
        file or "", actors or "", terms or "", model, networks=network or (), changes=change or (),
        directed=not undirected, name=name, start=_time(start), end=_time(end),
    )  # fmt: skip
    check = fit.gof(gof, seed) if gof else None
    if as_json:
        typer.echo(json.dumps(_record(fit, check), ensure_ascii=False, allow_nan=False))
    else:
        typer.echo("\n".join(map(str, (fit, check) if check is not None else (fit,))))
    if not fit.converged:
        raise typer.Exit(1)


def _time(text: str | None) -> float | str | None:
    """Return a number where the text is one, else the text: a date."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _record(fit: EventFit, check: Gof | None) -> dict[str, Any]:
    found = {**_plain(fit.glance().row(0, named=True)), "message": fit.message, "notes": list(fit.notes)}
    found["terms"] = [_plain(row) for row in fit.to_polars().iter_rows(named=True)]
    if check is not None:
        found["gof"] = [_plain(row) for row in check.fit().iter_rows(named=True)]
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose numbers JSON has: those that are not finite become null."""
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
