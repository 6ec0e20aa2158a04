"""The main job: fit, forecast, score, explain, ask, and leave a run folder that is whole or not there."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from blocs.forecast.ask import sensitivity
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.explain import Explanation, explain_recorded
from blocs.inference.fit import DRAWS
from blocs.inference.sets import record_sets
from blocs.jobs.key_acts import key_acts
from blocs.jobs.meetings import meetings_held
from blocs.jobs.pipeline import (
    Progress,
    check_do,
    check_seed,
    check_window,
    counter,
    day,
    made_fit,
    opened,
    scored,
    simulated,
)
from blocs.jobs.questions import answerable, answered
from blocs.jobs.result import RunResult
from blocs.scenario.build import build
from blocs.scenario.scenario import Scenario
from blocs.store.answers import Findings
from blocs.store.folder import draft_folder
from blocs.store.read import is_run
from blocs.store.spec import REPORT
from blocs.store.write import write_manifest, write_parts

QUESTION_RUNS = 500
"""Runs at most on each side of a counterfactual question; `blocs ask` takes any number."""

SENSITIVITY_RUNS = 500
"""Runs at most for each assumption of the observation layer."""

Render = Callable[[RunResult], str]


@dataclass(frozen=True)
class Plan:
    """What a run is asked for; dates of the scenario where `None`, an EDTF text or a day otherwise."""

    runs: int = 2000
    seed: int = 0
    until: str | date | None = None
    start: str | date | None = None
    end: str | date | None = None
    draws: int = DRAWS

    def dated(self) -> Plan:
        """Return the plan with texts read as days: last of `until` and `end`, first of `start`."""
        until, end = day(self.until, "--until", last=True), day(self.end, "--end", last=True)
        return replace(self, until=until, start=day(self.start, "--start", last=False), end=end)

    def days(self) -> tuple[date | None, date | None, date | None]:
        """Return until, start, end of a plan that is `dated`."""
        found = (self.until, self.start, self.end)
        assert not any(isinstance(x, str) for x in found)
        return found  # pyright: ignore[reportReturnType]


@dataclass
class _Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - begin, 3)


def run(
    scenario: str | Path | Scenario,
    plan: Plan | None = None,
    *,
    out: str | Path | None = None,
    force: bool = False,
    render: Render | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Run a scenario from its record to a scored forecast.

    Args:
        scenario: name, folder, or a loaded scenario.
        plan: runs, seed, dates, draws.
        out: run folder to write; nothing is written without.
        force: replace a run folder that is there.
        render: makes `report.html` of the result; none is written without.
        progress: told what is being done.

    Raises:
        InputError: anything that a person gave is wrong; nothing is written then.
    """
    started = datetime.now(UTC)
    loaded, plan = opened(scenario), (plan or Plan()).dated()
    _check(loaded, plan)
    if out is None:
        return _compute(loaded, plan, command(scenario, plan, None), started, progress)
    path = Path(out)
    with draft_folder(path, force, is_run) as draft:
        result = _compute(loaded, plan, command(scenario, plan, path), started, progress)
        write_result(draft, result, render, progress)
    return result


def _check(scenario: Scenario, plan: Plan) -> None:
    until, start, end = plan.days()
    check_seed(plan.seed)
    check_window(scenario, start, end, until, plan.runs)
    built = build(scenario)
    for id_ in answerable(scenario):
        asked, window = scenario.questions[id_], scenario.questions[id_].window
        # of a run that ends early, a question may begin too late: it then changes nothing
        check_do(built, asked.do, window.start if window else start, window.end if window else None)


def _compute(scenario: Scenario, plan: Plan, line: str, started: datetime, progress: Progress | None) -> RunResult:
    until, start, end = plan.days()
    clock = _Clock()
    tell = progress or _silent
    with clock.stage("fit"):
        tell("fitting", 0, 0)
        fit = made_fit(scenario, until, plan.draws, plan.seed)
    with clock.stage("forecast"):
        ensemble = simulated(fit, start, end, plan.runs, plan.seed, progress=progress)
    with clock.stage("score"):
        tell("scoring", 0, 0)
        scores = scored(ensemble)
    with clock.stage("explain"):
        tell("explaining", 0, 0)
        explanations = _explained(ensemble)
    with clock.stage("ask"):
        fewer = min(plan.runs, QUESTION_RUNS)
        answers = answered(fit, answerable(scenario), fewer, plan.seed, ensemble.head(fewer), progress)
    with clock.stage("sensitivity"):
        fewer = min(plan.runs, SENSITIVITY_RUNS)
        told = counter(progress, "other assumptions about the record")
        table = sensitivity(fit, fewer, plan.seed, told, ensemble.start, ensemble.end)
    with clock.stage("meetings"):
        held = meetings_held(ensemble, progress)
    return RunResult(scenario, fit, ensemble, scores, explanations, answers, table, line, started, clock.seconds, held)


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def _explained(ensemble: Ensemble) -> tuple[Explanation, ...]:
    """Explain the key acts from one replay of the record to the end of the forecast."""
    fit = ensemble.fit
    ids = key_acts(fit.built, ensemble.start, ensemble.end)
    if not ids:
        return ()
    last = min(ensemble.end, fit.built.scenario.spec.period.end)
    recorded = record_sets(fit.built, max(last, fit.until), fit.draws, fit.seed)
    return tuple(explain_recorded(fit, id_, recorded) for id_ in ids)


def write_result(folder: Path, result: RunResult, render: Render | None, progress: Progress | None = None) -> None:
    """Write every file of a run into an empty, hidden folder; the manifest last."""
    tell = progress or _silent
    tell("writing", 0, 0)
    findings = Findings(result.explanations, result.answers, result.sensitivity)
    write_parts(folder, result.fit, result.ensemble, result.scores, findings)
    if render:
        tell("drawing the report", 0, 0)
        (folder / REPORT).write_text(render(result), encoding="utf-8")
    write_manifest(folder, result.ensemble, vars(result))


def command(scenario: str | Path | Scenario, plan: Plan, out: Path | None) -> str:
    """Return the command line that repeats a run, every choice spelled out."""
    import shlex

    where = scenario.id if isinstance(scenario, Scenario) else str(scenario)
    words = ["blocs", "run", where, "--runs", str(plan.runs), "--seed", str(plan.seed), "--draws", str(plan.draws)]
    for name in ("until", "start", "end"):
        if (value := getattr(plan, name)) is not None:
            words += [f"--{name}", str(value)]
    return shlex.join(words + (["--out", str(out)] if out else []))
