"""`blocs score`: how good a forecast of the record's later part would have been."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from blocs.cli.options import Draws, End, FitFile, Json, Runs, ScenarioName, Seed, Start, Until, percent, window
from blocs.cli.progress import progress
from blocs.cli.tables import print_table

if TYPE_CHECKING:
    from blocs.forecast.score import OutcomeScore, Scores

LEVELS = ("source", "target", "act", "issue")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("score")(score)


def score(
    scenario: ScenarioName,
    fit: FitFile = None,
    until: Until = None,
    start: Start = None,
    end: End = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    draws: Draws = 8,
    as_json: Json = False,
) -> None:
    """Fit, forecast and score on what the record says followed, against memory-only, base rates and no change.

    Example: blocs score camp --until 1956 --start 1957 --end 1958 --runs 500
    """
    from blocs.ground.errors import bad_input
    from blocs.jobs.pipeline import check_seed, check_window, covered, day, fit_or_read, opened, scored, simulated

    loaded, last, (first, final) = opened(scenario), day(until, "--until", last=True), window(start, end)
    check_seed(seed)
    if fit is None:
        check_window(loaded, first, final, last, runs)
    with progress() as tell:
        model = fit_or_read(loaded, fit, last, draws, seed, tell)
        ensemble = simulated(model, first, final, runs, seed, progress=tell)
        tell("scoring", 0, 0)
        found = scored(ensemble)
    if found is None:
        why = "holds no act" if covered(ensemble) else f"ends on {loaded.spec.period.end} or holds no act"
        raise bad_input("score", "record", f"{why} in {ensemble.start}..{ensemble.end}", "a period the record covers")
    if as_json:
        from blocs.store.scores import scores_to_dict

        typer.echo(json.dumps(scores_to_dict(found), ensure_ascii=False, allow_nan=False))
    else:
        _print(found)


def _print(found: Scores) -> None:
    rows: list[dict[str, Any]] = []
    for model, mean in found.log_score.items():
        gain = found.versus.get(model)
        text = str(gain) if gain else ""
        by_level = {level: f"{found.by_level[model][level]:.3f}" for level in found.by_level[model]}
        rows.append({"model": model, **by_level, "all": f"{mean:.3f}", "gain of the model": text})
    print_table(rows, ("model", *LEVELS, "all", "gain of the model"), "gain of the model")
    typer.echo(f"log score in nats an act over {found.acts.height} acts, {found.start}..{found.end}; 95% intervals")
    typer.echo(
        f"Brier {found.brier:.4f} (base rates {found.brier_baseline:.4f}); CRPS of quarterly counts "
        f"{found.crps_counts:.2f} (Poisson {found.crps_baseline:.2f})"
    )
    outcomes = [
        {
            "outcome": o.id, "forecast": percent(o.probability), "base rate": percent(o.baseline),
            "recorded": _recorded(o), "title": o.title,
        }
        for o in found.outcomes
    ]  # fmt: skip
    print_table(outcomes, ("outcome", "forecast", "base rate", "recorded", "title"), "title")


def _recorded(outcome: OutcomeScore) -> str:
    """Return whether and between which days an outcome came true in the record."""
    if not outcome.recorded:
        return "not known" if outcome.recorded is None else "no"
    first, last = outcome.recorded_from, outcome.recorded_to
    if first is None:
        return "yes"
    return str(first) if first == last else f"{first} to {last}"
