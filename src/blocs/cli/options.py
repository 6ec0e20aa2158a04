"""Options that several commands share, turned into what jobs take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or a folder.")]
FitFile = Annotated[Path | None, typer.Option("--fit", help="Use this fit instead of making one.")]
EDTF = "1957, 1957-12 or 1957-12-31 (EDTF)"
Until = Annotated[str | None, typer.Option(metavar="DATE", help=f"Last day of the training period: {EDTF}.")]
Start = Annotated[str | None, typer.Option(metavar="DATE", help="First day of the forecast, in EDTF as --until.")]
End = Annotated[str | None, typer.Option(metavar="DATE", help="Last day of the forecast, in EDTF as --until.")]
Runs = Annotated[int, typer.Option(help="Simulated histories.")]
Do = Annotated[
    list[str] | None, typer.Option("--do", metavar="LINE", help="An intervention, see below; repeat for more.")
]
Seed = Annotated[int, typer.Option(help="Of the random streams; equal seeds give equal results.")]
Draws = Annotated[int, typer.Option(help="Chronologies drawn from imprecise dates.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]

DO_HELP = r"""
An intervention (--do) is one line, with \[from DATE] \[until DATE] at its end but for force:

[bold]set VARIABLE\[NAMES]=NUMBER[/bold], such as 'set cohesion\[narrator]=0.3 from 1960'

[bold]scale VARIABLE\[NAMES]*NUMBER[/bold], such as 'scale warmth\[patron,narrator]*0.5'

[bold]forbid ACT|ACT from WHO to WHO[/bold], such as 'forbid sanction|withhold from ally to narrator'

[bold]force ACT from WHO to WHO \[about ISSUE] on DATE[/bold], such as 'force aid from patron to narrator on 1960-05'

[bold]rule MECHANISM.PARAMETER=NUMBER[/bold], such as 'rule warmth.rate=0.2'

WHO is an actor, a role or any. The whole language: docs/reference/interventions.md.
"""
"""The syntax of interventions, for the end of the help of commands that take them."""

LEVELS = ("source", "target", "act", "issue")


def one_level(level: str | None) -> str | None:
    """Return a level of choice as given; `InputError` for a word that is none."""
    from blocs.ground.errors import bad_input

    if level is not None and level not in LEVELS:
        raise bad_input("--level", "level", f"{level!r} is no choice", f"one of {', '.join(LEVELS)}")
    return level


def window(
    start: str | None, end: str | None, names: tuple[str, str] = ("--start", "--end")
) -> tuple[date | None, date | None]:
    """Return the first and last day of a time from EDTF texts; `names` are the options that gave them."""
    from blocs.record.dates import asked_day

    return asked_day(start, names[0], last=False), asked_day(end, names[1], last=True)


def percent(value: float, sign: bool = False) -> str:
    """Return a probability or a difference of two in percent."""
    return f"{100 * value:{'+' if sign else ''}.1f}%"
