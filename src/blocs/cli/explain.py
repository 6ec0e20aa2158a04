"""`blocs explain`: why an act, recorded or simulated, was chosen over the next best."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import DO_HELP, Do, Draws, End, FitFile, Json, ScenarioName, Seed, Start, Until, percent, window
from blocs.cli.progress import progress
from blocs.cli.tables import print_table

if TYPE_CHECKING:
    from blocs.forecast.explain import Explanation
    from blocs.scenario.scenario import Scenario

TOP = 6
"""Contributions of a level shown to a person."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("explain", epilog=DO_HELP)(explain)


def explain(
    scenario: ScenarioName,
    event_id: Annotated[str | None, typer.Argument(metavar="EVENT_ID", help="A recorded act (`blocs show`).")] = None,
    run: Annotated[int | None, typer.Option(help="Explain an act of this simulated run instead.")] = None,
    act: Annotated[int | None, typer.Option(help="Which act of the run, from 0.")] = None,
    fit: FitFile = None,
    until: Until = None,
    start: Start = None,
    end: End = None,
    seed: Seed = 0,
    draws: Draws = 8,
    do: Do = None,
    as_json: Json = False,
) -> None:
    """Explain one act: what each effect added to its being chosen, at each of the four choices, and what lay behind.

    Example: blocs explain camp E1172
    """
    from blocs.forecast.explain import explain_recorded, explain_simulated
    from blocs.jobs.pipeline import check_do, check_run, check_seed, check_window, day, fit_or_read, opened, simulated
    from blocs.scenario.build import build

    simulated_act = _which(event_id, run, act)
    loaded, last, (first, final) = opened(scenario), day(until, "--until", last=True), window(start, end)
    check_seed(seed)
    if simulated_act is not None:
        check_run(simulated_act[0])
    if event_id is not None:
        _known(loaded, event_id)
    elif fit is None:
        check_window(loaded, first, final, last, 1)
    check_do(build(loaded), do or (), first, final)
    with progress() as tell:
        model = fit_or_read(loaded, fit, last, draws, seed, tell)
        if simulated_act is None:
            tell("explaining", 0, 0)
            found = explain_recorded(model, str(event_id))
        else:
            ensemble = simulated(model, first, final, simulated_act[0] + 1, seed, do or (), progress=tell)
            found = explain_simulated(ensemble, *simulated_act)
    if as_json:
        from blocs.store.answers import explanation_to_dict

        typer.echo(json.dumps(explanation_to_dict(found), ensure_ascii=False))
    else:
        _print(found)


def _which(event_id: str | None, run: int | None, act: int | None) -> tuple[int, int] | None:
    from blocs.ground.errors import bad_input

    if event_id is not None and run is None and act is None:
        return None
    if event_id is None and run is not None and act is not None and run >= 0 and act >= 0:
        return run, act
    raise bad_input("explain", "act", "is not named", "an EVENT_ID, or --run N --act K, each 0 or more")


def _known(scenario: Scenario, event_id: str) -> None:
    from blocs.ground.errors import bad_input
    from blocs.scenario.faults import near, shown

    ids: list[str] = scenario.chronicle.events["id"].to_list()
    if event_id not in ids:
        raise bad_input("explain", shown(event_id), f"is no event of {scenario.id}", f"a known id{near(event_id, ids)}")


def _print(found: Explanation) -> None:
    from blocs.conduct.words import words_of
    from blocs.report.views.effects import QUESTIONS

    typer.echo(f"{found.title} ({found.when})")
    for x in found.levels:
        typer.echo(
            f"\n{QUESTIONS[x.level]}: {x.chosen} {percent(x.probability)} over {x.runner_up} {percent(x.runner_up_probability)}, "
            f"log odds {x.log_odds:+.2f}"
        )
        rows: list[dict[str, Any]] = []
        for r in x.contributions.head(TOP).iter_rows(named=True):
            label, meaning = words_of(x.level, r["effect"])
            rows.append({"log odds": f"{r['contribution']:+.3f}", "effect": label, "what is measured": meaning})
        print_table(rows, ("log odds", "effect", "what is measured"), "what is measured")
    typer.echo("\nlog odds above 0 speak for what was chosen, those below 0 for the runner-up")
    if found.because.height:
        typer.echo("\nacts that weigh most in what the source saw")
        print_table(found.because.to_dicts(), tuple(found.because.columns), found.because.columns[-1])
