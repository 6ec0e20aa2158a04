"""What every job needs first: a scenario, checked dates and numbers, and a fit made or read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from numbers import Integral
from pathlib import Path
from typing import Any, cast

from blocs.conduct.catalogue import without as leave_out
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.score import Scores, score
from blocs.forecast.simulate import forecast
from blocs.ground.errors import bad_input, shown
from blocs.inference.fit import DRAWS, Fit, fit_record
from blocs.inference.observation import Assumption
from blocs.inference.prior import PriorSettings
from blocs.record import dates
from blocs.scenario.build import Built, build, specification_of
from blocs.scenario.load import ALL, load
from blocs.scenario.scenario import Scenario
from blocs.scenario.vary import control_for
from blocs.store.cache import use_cache
from blocs.store.fits import read_fit

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how much is done, how much there is; 0 where that is not known)."""

PRIORS = {
    "pooled": PriorSettings(),
    "weak": PriorSettings(spread=1.0, structure_spread=1.0, lean=0.0, table_scale=1.5),
    "none": PriorSettings(spread=30.0, structure_spread=30.0, lean=0.0, table_scale=10.0),
}
"""Named strengths of the priors; `none` is so wide that it only keeps what the record does not identify finite."""

ABOUT = {"record": Assumption.RECORD, "shared": Assumption.SHARED, "alike": Assumption.LIKE_ACT_ALIKE}
"""What a forecast may be about, by the word a person writes."""

MAX_SEED = 2**63 - 1
MOST_RUNS = 100_000
"""Histories of one forecast: what is watched of each is held in memory, some gigabytes for so many."""
MOST_DRAWS = 1000
"""Chronologies drawn from imprecise dates: each is a walk through the whole record."""


def opened(scenario: str | Path | Scenario) -> Scenario:
    """Return a scenario given by name, folder or as itself; from here on compiled programs are kept."""
    use_cache()
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def opened_whole(scenario: str | Path) -> Scenario:
    """Return a scenario with every mechanism and effect, where its default has a part of them."""
    loaded = opened(scenario)
    return opened(f"{scenario}{ALL}") if loaded.lightened else loaded


def day(given: str | date | None, option: str, last: bool) -> date | None:
    """Return the first or last day of a date that a person gave, in EDTF; see `dates.asked_day`."""
    return dates.asked_day(given, option, last)


def made_fit(
    scenario: Scenario,
    until: date | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    priors: str | PriorSettings = "pooled",
    without: Iterable[str] = (),
) -> Fit:
    """Fit a scenario, its effects less those left out.

    Raises:
        InputError: `until` outside the scenario or before any act, no draw, an unknown effect or prior.
    """
    check_draws(draws)
    check_seed(seed)
    until = until or scenario.spec.training.until
    period = scenario.spec.period
    if not period.start <= until <= period.end:
        raise bad_input("--until", "date", f"{until} lies outside the scenario", f"{period.start} to {period.end}")
    return fit_record(built_without(scenario, without), until, settings_of(priors), draws, seed)


def built_without(scenario: Scenario, without: Iterable[str]) -> Built:
    """Return a scenario as arrays, some effects, tables or families left out of conduct."""
    names = several(without, "--without", "names of effects, tables or families")
    specification = specification_of(scenario)
    return build(scenario, leave_out(specification, names, "--without") if names else specification)


def settings_of(priors: str | PriorSettings) -> PriorSettings:
    """Return settings of priors by name; settings stay what they are."""
    if isinstance(priors, PriorSettings):
        return priors
    if not isinstance(priors, str) or priors not in PRIORS:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input(
            "--priors", "priors", f"{shown(priors)} is no strength of priors", f"one of {', '.join(PRIORS)}"
        )
    return PRIORS[priors]


def check_seed(seed: int) -> None:
    """Raise `InputError` for a seed that is not in 0..2**63-1."""
    if not _whole(seed, 0, MAX_SEED):
        raise bad_input("--seed", "seed", f"{shown(seed)} is no seed", f"0 to {MAX_SEED}")


def check_runs(runs: int) -> None:
    """Raise `InputError` for a number of histories that is not in 1..`MOST_RUNS`."""
    if not _whole(runs, 1, MOST_RUNS):
        raise bad_input("--runs", "runs", f"{shown(runs)} is not a number of histories", f"1 to {MOST_RUNS}")


def check_run(run: int) -> None:
    """Raise `InputError` for the number of a history that no forecast has."""
    if not _whole(run, 0, MOST_RUNS - 1):
        raise bad_input("--run", "run", f"{shown(run)} is no run", f"0 to {MOST_RUNS - 1}")


def check_draws(draws: int) -> None:
    """Raise `InputError` for a number of chronologies that is not in 1..`MOST_DRAWS`."""
    if not _whole(draws, 1, MOST_DRAWS):
        raise bad_input("--draws", "draws", f"{shown(draws)} is not a number of chronologies", f"1 to {MOST_DRAWS}")


def _whole(value: Any, low: int, high: int) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and low <= int(value) <= high


def fit_or_read(
    scenario: Scenario,
    file: Path | None,
    until: date | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Fit:
    """Return the fit in a file, or a new one."""
    if file is not None:
        _tell(progress, "reading the fit")
        return read_fit(file, scenario)
    _tell(progress, "fitting")
    return made_fit(scenario, until, draws, seed)


def check_window(scenario: Scenario, start: date | None, end: date | None, until: date | None, runs: int) -> None:
    """Raise `InputError` for a forecast that cannot be made, before anything slow begins."""
    spec = scenario.spec
    first, last = start or spec.forecast.start, end or spec.forecast.end
    trained = until or spec.training.until
    check_runs(runs)
    if first <= spec.period.start:
        raise bad_input("--start", "date", f"{first} is before the record", f"a day after {spec.period.start}")
    if first <= trained and start is None and until is not None:
        problem = f"{trained} is not before the forecast, which starts on {first}"
        raise bad_input("--until", "date", problem, f"a day before {first}")
    if first <= trained:
        raise bad_input("--start", "date", f"{first} lies inside the training period", f"a day after {trained}")
    if last < first and end is None:
        raise bad_input("--start", "date", f"{first} is after the end {last}", "an earlier day, or another --end")
    if last < first:
        raise bad_input("--end", "date", f"{last} is before the start {first}", "a later day")
    for option, day_ in (("--start", first), ("--end", last)):
        if day_ > spec.horizon.end:
            raise bad_input(option, "date", f"{day_} lies outside the scenario", f"a day up to {spec.horizon.end}")


def several(given: Any, option: str, expected: str) -> tuple[str, ...]:
    """Return texts given as one or as several; `InputError` for anything else."""
    one_alone = isinstance(given, str) or not isinstance(given, Iterable)
    found: tuple[Any, ...] = (given,) if one_alone else tuple(cast("Iterable[Any]", given))
    for one in found:
        if not isinstance(one, str):
            raise bad_input(option, option.lstrip("-"), f"is {shown(one)}", expected)
    return found


def check_do(built: Built, do: Iterable[str], start: date | None, end: date | None = None) -> None:
    """Raise `InputError` for an intervention that does not parse, names what does not exist or lies outside the forecast."""
    period = built.scenario.spec.forecast
    control_for(built, tuple(do), start or period.start, end or period.end)


def simulated(
    fit: Fit,
    start: date | None = None,
    end: date | None = None,
    runs: int = 2000,
    seed: int = 0,
    do: Iterable[str] = (),
    about: str | Assumption = Assumption.RECORD,
    progress: Progress | None = None,
    stage: str = "simulating",
) -> Ensemble:
    """Forecast from a fit, after every check."""
    check_seed(seed)
    check_window(fit.built.scenario, start, end, fit.until, runs)
    return forecast(fit, start, end, runs, seed, do, assumption_of(about), counter(progress, stage))


def assumption_of(about: str | Assumption) -> Assumption:
    """Return an assumption of the observation layer by its word."""
    if isinstance(about, Assumption):
        return about
    if not isinstance(about, str) or about not in ABOUT:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("--about", "about", f"{shown(about)} is no assumption", f"one of {', '.join(ABOUT)}")
    return ABOUT[about]


def scored(ensemble: Ensemble) -> Scores | None:
    """Score a forecast; `None` where the record does not cover its period or holds no act in it."""
    return score(ensemble) if covered(ensemble) else None


def covered(ensemble: Ensemble) -> bool:
    """Return whether the record reaches to the end of a forecast and holds an act in it."""
    spec = ensemble.fit.built.scenario.spec
    if ensemble.end > spec.period.end:
        return False
    acts = ensemble.fit.built.scenario.chronicle.dyadic()
    return bool(((acts["start"] >= ensemble.start) & (acts["end"] <= ensemble.end)).any())


def counter(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    """Return a progress of (done, total) that tells the stage too."""
    return None if progress is None else lambda done, total: progress(stage, done, total)


def _tell(progress: Progress | None, stage: str) -> None:
    if progress:
        progress(stage, 0, 0)
