"""Timings of what people wait for, each with spread and, where there is one, a ratio to another program.

Ratios are measured on the same input in the same process, the programs taking turns, so that what else the machine does
touches all of them. The programs to compare with (`benchmarks/` of the repository: a Mesa model and a C loop of the same
reduced step) are not in an installed package; without them, or without a compiler or Mesa, those rows say why.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from statistics import median
from types import ModuleType

import jax
import jax.numpy as jnp
import numpy as np

from blocs.conduct.base import LEVELS
from blocs.engine.model import Coefficients, zero_coefficients
from blocs.forecast.simulate import forecast
from blocs.inference.fit import Fit, fit_record
from blocs.inference.sets import Recorded, record_sets
from blocs.jobs.bench_fresh import fresh, fresh_forecast
from blocs.jobs.bench_row import Clock, Row, timed
from blocs.jobs.bench_whole import whole
from blocs.scenario.build import Built, build
from blocs.scenario.load import load

Progress = Callable[[str, int, int], None]
HELP = "sys.argv = ['blocs', '--help']; from blocs.cli.main import main; main()"
COLD = "import blocs as bl; bl.fit(bl.load({name!r}))"
SIZES = (24, 33, 100)
"""Actors of the reduced model: those of a small bloc, of `camp`, and of a large one."""


def bench(
    scenario: str = "camp",
    quick: bool = False,
    progress: Progress | None = None,
    peers: bool = False,
    mechanisms: bool = False,
) -> list[Row]:
    """Time likelihood, fit, forecast and help, and compare the engine with other programs.

    Args:
        scenario: name or folder of the scenario to time.
        quick: fewer runs and repeats, no cold process.
        progress: called with (stage, done, total).
        peers: also the published event models beside the recorded seconds of other programs.
        mechanisms: also the forecast with every mechanism, and what each adds to it.

    Raises:
        InputError: no such scenario.
        BlocsError: a fresh process failed.
    """
    repeats = 2 if quick else 5
    built = build(load(scenario))
    tell = progress or (lambda stage, done, total: None)
    tell("log-likelihood and gradient", 0, 0)
    rows = [_likelihood(built, repeats)]
    tell("fit", 0, 0)
    fit, warm = _fit(built, 1 if quick else 3)
    rows.append(warm)
    if not quick:
        tell("fit in a fresh process", 0, 0)
        rows.append(fresh("fit, cold process", COLD.format(name=scenario), 1))
    runs = 200 if quick else 2000
    tell(f"forecast, {runs} runs", 0, 0)
    rows.append(_forecast(fit, runs, 1 if quick else 3))
    if not quick:
        tell(f"forecast, {runs} runs, in a fresh process", 0, 0)
        rows.append(fresh_forecast(f"forecast, {runs} runs", fit, scenario, runs, whole=False))
    for actors in SIZES:
        tell(f"reduced model, {actors} actors", 0, 0)
        rows += compare(actors, 100 if quick else 1000, 2 if quick else 5)
    if mechanisms:
        rows += whole(scenario, runs, 1 if quick else 3, tell, alone=not quick)
    if peers:
        rows += _event_models(tell)
    tell("blocs --help", 0, 0)
    rows.append(fresh("blocs --help", HELP, repeats))
    return rows


def _likelihood(built: Built, repeats: int) -> Row:
    recorded = record_sets(built, built.scenario.spec.period.end, 1)
    value = jax.jit(jax.value_and_grad(lambda c: log_likelihood(c, recorded)))
    start = zero_coefficients(built.model)
    jax.block_until_ready(value(start))
    acts = recorded.acts.height
    return timed(f"log-likelihood and gradient, {acts} acts", lambda: jax.block_until_ready(value(start)), 4 * repeats)


def log_likelihood(coefficients: Coefficients, recorded: Recorded) -> jax.Array:
    """Return the log-likelihood of recorded acts (their four choices) in JAX, for gradients."""
    total = jnp.zeros(())
    for level in LEVELS:
        data = recorded.levels[level]
        score = jnp.einsum("nko,k->no", jnp.asarray(data.x), coefficients.beta[level])
        for n, table in enumerate(coefficients.tables[level]):
            score = score + table[data.rows[:, n]]
        chance = jax.nn.log_softmax(jnp.where(data.allowed, score, -jnp.inf), axis=1)
        total = total + jnp.sum(data.weight * chance[np.arange(len(data.chosen)), data.chosen])
    return total


def _fit(built: Built, repeats: int) -> tuple[Fit, Row]:
    fit = fit_record(built)
    return fit, timed(f"fit, warm, {fit.acts} acts", lambda: fit_record(built), repeats)


def _forecast(fit: Fit, runs: int, repeats: int) -> Row:
    spec = fit.built.scenario.spec.forecast
    steps = round((spec.end - spec.start).days / fit.built.model.step_days)
    forecast(fit, runs=50)  # compiles
    name = f"forecast, {runs} runs x {steps} steps x {len(fit.built.model.world.actors)} actors"
    return timed(name, lambda: forecast(fit, runs=runs), repeats)


def compare(actors: int, runs: int, turns: int) -> list[Row]:
    """Time the reduced model in Blocs, Mesa and C, in turns; seconds are those of one run of 208 weeks.

    Mesa runs a model in one process, so it stands against Blocs on all cores; the C loop against Blocs on one.
    """
    title = f"reduced model, {actors} actors, a run"
    try:
        ours = _program("reduced")
    except ImportError as missing:
        return [Row(title, None, None, None, note=f"not compared: {missing}")]
    given, cores = ours.Input(actors=actors), os.cpu_count() or 1
    few = max(1, 100 // actors)
    rows: list[Row] = []
    for name, label, count, used in (("mesa_model", "Mesa", few, cores), ("c_model", "C loop, one core", runs, 1)):
        try:
            program = _program(name)
            program.run(given, 1)
        except (ImportError, RuntimeError) as missing:
            rows.append(Row(f"{title}: {label}", None, None, None, note=f"not compared: {missing}"))
            continue
        ours.run(given, runs, cores=used)  # compiles
        mine, theirs = Clock(), Clock()
        for _ in range(turns):
            mine(lambda used=used: ours.run(given, runs, cores=used))
            theirs(lambda program=program, count=count: program.run(given, count))
        ratios = [(b / count) / (a / runs) for a, b in zip(mine.wall, theirs.wall, strict=True)]
        where = "one core" if used == 1 else f"{used} cores"
        rows.append(mine.row(f"{title}: Blocs, {where}", 1 / runs, median(ratios), label))
        rows.append(theirs.row(f"{title}: {label}", 1 / count))
    return rows


def _event_models(tell: Progress) -> list[Row]:
    """Published event models beside the recorded seconds of other programs (another machine, hence no ratio)."""
    try:
        cases = _program("event_models").cases(False)
    except ImportError as missing:
        return [Row("event models", None, None, None, note=f"not compared: {missing}")]
    rows: list[Row] = []
    for name, (work, repeats, others) in cases.items():
        tell(name, 0, 0)
        rows.append(replace(timed(f"event model, {name}", work, repeats), against=f"recorded seconds: {others}"))
    return rows


def _program(name: str) -> ModuleType:
    folder = Path(__file__).resolve().parents[3] / "benchmarks"
    if not (folder / f"{name}.py").exists():
        raise ImportError("the benchmarks folder of the repository is not here")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module(name)


def machine() -> str:
    """Return what the timings were taken on: processor, cores, versions; no names of machines."""
    gpu = "" if jax.default_backend() == "cpu" else f", {jax.devices()[0].device_kind}"
    return (
        f"{os.cpu_count()} cores ({_processor()}){gpu}, Python {platform.python_version()}, "
        f"JAX {jax.__version__}, NumPy {np.__version__}, Blocs {version('blocs')}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def markdown(rows: list[Row]) -> str:
    """Return the rows as a Markdown table with the machine above it."""
    lines = [
        f"Measured by `blocs bench` on {machine()}. Seconds are medians of wall-clock time; processor seconds count all "
        "cores, and other work on the machine touches them less.",
        "",
        "| what | seconds | least to most | processor seconds | peak MB | ratio |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(lines + [f"| {' | '.join(cells(r))} |" for r in rows])


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as text: what, seconds, spread, processor seconds, peak MB, ratio."""
    if row.seconds is None or row.spread is None:
        return row.name, row.note, "", "", "", ""
    ratio = f"{row.ratio:.3g} times as fast as {row.against}" if row.ratio else row.against or ""
    return (
        row.name,
        f"{row.seconds:.3g}",
        f"{row.spread[0]:.3g} to {row.spread[1]:.3g}",
        f"{row.cpu_seconds:.3g}" if row.cpu_seconds is not None else "",
        f"{row.peak_mb:.0f}" if row.peak_mb else "",
        ratio,
    )
