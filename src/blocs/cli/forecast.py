"""`blocs forecast`: how likely each outcome is, and what interventions change."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import DO_HELP, Do, Draws, End, FitFile, Json, Runs, ScenarioName, Seed, Start, Until, percent
from blocs.cli.progress import progress
from blocs.cli.tables import print_table

if TYPE_CHECKING:
    from blocs.forecast.outcomes import OutcomeForecast
    from blocs.jobs.whatif import WhatIf


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("forecast", epilog=DO_HELP)(forecast)


def forecast(
    scenario: ScenarioName,
    fit: FitFile = None,
    until: Until = None,
    start: Start = None,
    end: End = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    draws: Draws = 8,
    do: Do = None,
    about: Annotated[
        str, typer.Option(help="record, shared or alike: what the source tells, or what happens.")
    ] = "record",
    out: Annotated[Path | None, typer.Option(help="Write the simulated acts to this Parquet file.")] = None,
    as_json: Json = False,
) -> None:
    """Simulate what follows the training period; with --do also print paired differences from the untouched forecast.

    Examples: blocs forecast camp --start 1958 --end 1961; blocs forecast camp --do 'forbid sanction from ally to narrator'
    """
    from blocs.cli.options import window
    from blocs.jobs.pipeline import assumption_of, check_seed, check_window, day, fit_or_read, opened
    from blocs.jobs.whatif import what_if
    from blocs.scenario.build import build
    from blocs.store.file import draft_file
    from blocs.store.spec import EVENTS
    from blocs.store.write import write_table

    loaded, last, (first, final) = opened(scenario), day(until, "--until", last=True), window(start, end)
    check_seed(seed)
    assumption_of(about)
    if fit is None:
        check_window(loaded, first, final, last, runs)
    _check_do(build(loaded), do or [], first, final)
    with draft_file(out) if out else nullcontext() as draft:
        with progress() as tell:
            model = fit_or_read(loaded, fit, last, draws, seed, tell)
            found = what_if(model, first, final, runs, seed, do or (), about, tell)
        if draft:
            write_table(draft, found.ensemble.to_polars(), EVENTS)
    _print(found, as_json)


def _check_do(built: Any, do: list[str], first: Any, final: Any) -> None:
    from blocs.jobs.pipeline import check_do

    check_do(built, do, first, final)


def _print(found: WhatIf, as_json: bool) -> None:
    from blocs.forecast.outcomes import forecast_outcomes

    outcomes = [_outcome(o) for o in forecast_outcomes(found.ensemble)]
    if as_json:
        e = found.ensemble
        facts = {"scenario": e.fit.built.scenario.id, "start": str(e.start), "end": str(e.end), "runs": e.runs}
        facts |= {"seed": e.seed, "about": e.about, "do": list(e.do), "outcomes": outcomes}
        facts["differences"] = [_difference(a) for a in found.differences]
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    typer.echo(repr(found.ensemble))
    if found.differences:
        _print_differences(found)
        return
    rows = [{**o, **{k: percent(o[k]) for k in ("probability", "lo", "hi")}} for o in outcomes]
    print_table(rows, ("id", "probability", "lo", "hi", "median_date", "title"), "title")


def _print_differences(found: WhatIf) -> None:
    rows = [
        {
            "outcome": a.outcome, "untouched": percent(a.untouched), "changed": percent(a.changed),
            "difference": percent(a.difference, sign=True),
            "95%": f"{percent(a.lo, sign=True)} to {percent(a.hi, sign=True)}", "in words": a.sentence,
        }
        for a in found.differences
    ]  # fmt: skip
    print_table(rows, ("outcome", "untouched", "changed", "difference", "95%", "in words"), "in words")


def _outcome(o: OutcomeForecast) -> dict[str, Any]:
    days = [str(d) if d else None for d in o.dates]
    return {
        "id": o.id, "title": o.title, "probability": o.probability, "lo": o.lo, "hi": o.hi,
        "early_date": days[0], "median_date": days[1], "late_date": days[2],
    }  # fmt: skip


def _difference(answer: Any) -> dict[str, Any]:
    whole = asdict(answer)
    names = ("outcome", "untouched", "changed", "difference", "lo", "hi", "sentence")
    return {k: float(whole[k]) if k in ("difference", "lo", "hi", "untouched", "changed") else whole[k] for k in names}
