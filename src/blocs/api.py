"""What `import blocs as bl` offers: thin functions over the jobs, returning objects that print, plot and export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blocs.forecast.ask import Answer, compare, paired
from blocs.forecast.ask import ask as _ask
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.explain import Explanation, explain_recorded, explain_simulated
from blocs.forecast.score import Scores
from blocs.ground.errors import bad_input
from blocs.inference.events import Ties
from blocs.inference.fit import DRAWS, Fit
from blocs.inference.observation import Assumption
from blocs.inference.prior import PriorSettings
from blocs.jobs import pipeline
from blocs.jobs.decide import decide
from blocs.jobs.events import dynam, rem
from blocs.jobs.result import RunResult
from blocs.jobs.run import Plan
from blocs.jobs.run import run as _run
from blocs.scenario.folder import available
from blocs.scenario.load import check
from blocs.scenario.load import load as _load
from blocs.scenario.scenario import Scenario
from blocs.store.cache import use_cache
from blocs.store.read import open_run

if TYPE_CHECKING:
    import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]

__all__ = [
    "Answer",
    "Ensemble",
    "Explanation",
    "Fit",
    "RunResult",
    "Scenario",
    "Scores",
    "Ties",
    "ask",
    "available",
    "check",
    "decide",
    "dynam",
    "explain",
    "fit",
    "forecast",
    "load",
    "open_run",
    "rem",
    "run",
    "score",
]

Day = str | date
"""A day, or an EDTF text (`1957`, `1957-12`): its first day for a start, its last for an end."""


def load(scenario: str | Path) -> Scenario:
    """Return a scenario: one that comes with Blocs by name (`camp`, `tiny`), any other by the path of its folder.

    Raises:
        InputError: no such scenario, or faults in it.
    """
    use_cache()
    return _load(scenario)


def fit(
    scenario: Scenario | str | Path,
    until: Day | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    priors: str | PriorSettings = "pooled",
    without: Iterable[str] = (),
) -> Fit:
    """Fit a model of conduct to the record up to a day.

    Args:
        scenario: a scenario, its name or its folder.
        until: last day of the training period; the scenario's own by default.
        draws: chronologies drawn from imprecise dates, 1 or more.
        seed: of the chronologies.
        priors: `pooled`, `weak`, `none`, or settings.
        without: effects, tables or families to leave out.

    Raises:
        InputError: `until` is no date, outside the scenario or before any act; an unknown effect or prior.
    """
    when = pipeline.day(until, "until", last=True)
    return pipeline.made_fit(pipeline.opened(scenario), when, draws, seed, priors, without)


def forecast(
    scenario: Scenario | str | Path,
    fit: Fit | None = None,
    start: Day | None = None,
    end: Day | None = None,
    runs: int = 2000,
    seed: int = 0,
    do: str | Sequence[str] = (),
    about: str | Assumption = "record",
    progress: pipeline.Progress | None = None,
) -> Ensemble:
    """Simulate what follows the training period.

    Args:
        scenario: a scenario, its name or its folder.
        fit: a model fitted to it; made with defaults where there is none.
        start: first day; the scenario's own by default.
        end: last day; the scenario's own by default.
        runs: histories, 1 or more.
        seed: of the random streams; equal seeds give equal bits.
        do: interventions, one line each.
        about: `record` (what the source would tell), `shared` or `alike` (what happens, under an assumption).
        progress: called with (stage, done, total).

    Raises:
        InputError: dates out of order or inside the training period, no runs, a faulty intervention, a foreign fit.
    """
    loaded = pipeline.opened(scenario)
    model = _checked(loaded, fit) if fit is not None else pipeline.made_fit(loaded)
    first, last = pipeline.day(start, "start", last=False), pipeline.day(end, "end", last=True)
    lines = pipeline.several(do, "do", "lines of interventions")
    return pipeline.simulated(model, first, last, runs, seed, lines, about, progress)


def score(ensemble: Ensemble, scenario: Scenario | None = None) -> Scores:
    """Score a forecast on the record of its own period against the baselines.

    Raises:
        InputError: the record holds no act in the period, or `scenario` is not the one that was forecast.
    """
    return ensemble.score(scenario)


def explain(of: Fit | Ensemble, act: str | tuple[int, int]) -> Explanation:
    """Explain a recorded act by a fit (`explain(fit, "E1172")`), or act k of run n (`explain(ensemble, (n, k))`).

    Raises:
        InputError: no such act.
    """
    if isinstance(of, Ensemble):
        if isinstance(act, str):
            return explain_recorded(of.fit, act)
        return explain_simulated(of, *act)
    if not isinstance(act, str):
        raise bad_input("explain", "act", f"{act!r} is no id of a recorded act", "an id, or an ensemble and (run, act)")
    return explain_recorded(of, act)


def ask(
    fit: Fit, question: str | Sequence[str], runs: int = 2000, seed: int = 0, baseline: Ensemble | None = None
) -> tuple[Answer, ...]:
    """Answer what would have changed: a question of the scenario by its id, or interventions as a list of lines.

    Runs with and without the intervention share every random draw.

    Raises:
        InputError: no such question, one that changes nothing, no runs, or a faulty intervention.
    """
    pipeline.check_runs(runs)
    pipeline.check_seed(seed)
    if isinstance(question, str):
        return _ask(fit, question, runs, seed, baseline)
    lines = pipeline.several(question, "question", "the id of a question, or lines of interventions")
    untouched, changed = paired(fit, lines, runs, seed, baseline)
    return compare("do", "; ".join(lines), untouched, changed, set(fit.built.scenario.outcomes))


def run(
    scenario: Scenario | str | Path,
    out: str | Path | None = None,
    *,
    runs: int = 2000,
    seed: int = 0,
    until: Day | None = None,
    start: Day | None = None,
    end: Day | None = None,
    draws: int = DRAWS,
    force: bool = False,
    progress: pipeline.Progress | None = None,
) -> RunResult:
    """Fit, forecast, score, explain and ask; with `out`, leave a run folder with its report.

    Raises:
        InputError: as `fit` and `forecast`; `out` cannot be written or already holds a run and `force` is not set.
    """
    plan = Plan(runs, seed, until, start, end, draws)
    return _run(scenario, plan, out=out, force=force, render=_report, progress=progress)


def _report(result: RunResult) -> str:
    from blocs.report.html import render_report

    return render_report(result)


def _checked(scenario: Scenario, fit: Fit) -> Fit:
    mine = fit.built.scenario
    if mine.hash != scenario.hash:
        raise bad_input(
            "fit", "scenario", f"was fitted to {mine.id} {mine.hash[:12]}", f"{scenario.id} {scenario.hash[:12]}"
        )
    return fit


class _Plots:
    """Pictures of one object; each method returns a plotly figure."""

    def __init__(self, of: Any, names: tuple[str, ...]) -> None:
        self._of, self._names = of, names

    def __getattr__(self, name: str) -> Callable[..., go.Figure]:
        from functools import partial

        from blocs.report import plots

        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"no plot {name!r}, expected one of {', '.join(self._names)}")
        return partial(getattr(plots, name), self._of)

    def __dir__(self) -> list[str]:
        return list(self._names)

    def __repr__(self) -> str:
        return f"Plots({', '.join(self._names)})"


def _plots(*names: str) -> property:
    return property(lambda self: _Plots(self, names), doc=f"Pictures: {', '.join(names)}.")


# The rooms below cannot import the report; the accessor is put on their results here, at the top.
_PLOTS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Fit, ("effects", "table")),
    (Ensemble, ("fan", "forecast_map")),
    (Scores, ("outcomes", "calibration", "counts")),
    (Explanation, ("contributions",)),
    (RunResult, ("answers",)),
)
for _kind, _names in _PLOTS:
    setattr(_kind, "plot", _plots(*_names))  # noqa: B010
