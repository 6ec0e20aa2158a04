"""Options that several commands share, turned into what jobs take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or a folder.")]
FitFile = Annotated[Path | None, typer.Option("--fit", help="Use this fit instead of making one.")]
Until = Annotated[str | None, typer.Option(help="Last day of the training period.")]
Start = Annotated[str | None, typer.Option(help="First day of the forecast.")]
End = Annotated[str | None, typer.Option(help="Last day of the forecast.")]
Runs = Annotated[int, typer.Option(help="Simulated histories.")]
Seed = Annotated[int, typer.Option(help="Of the random streams; equal seeds give equal results.")]
Draws = Annotated[int, typer.Option(help="Chronologies drawn from imprecise dates.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]

LEVELS = ("source", "target", "act", "issue")


def one_level(level: str | None) -> str | None:
    """Return a level of choice as given; `InputError` for a word that is none."""
    from blocs.ground.errors import bad_input

    if level is not None and level not in LEVELS:
        raise bad_input("--level", "level", f"{level!r} is no choice", f"one of {', '.join(LEVELS)}")
    return level


def window(start: str | None, end: str | None) -> tuple[date | None, date | None]:
    """Return the first and last day of a forecast from EDTF texts."""
    from blocs.jobs.pipeline import day

    return day(start, "--start", last=False), day(end, "--end", last=True)


def percent(value: float, sign: bool = False) -> str:
    """Return a probability or a difference of two in percent."""
    return f"{100 * value:{'+' if sign else ''}.1f}%"
