"""Timings of what people wait for, each with spread and, where there is one, a ratio to another program.

Ratios are measured on the same input in the same process, one program after the other. The programs to compare with
(`benchmarks/` of the repository: a Mesa model and a C loop of the same reduced step) are not in an installed package;
without them, or without a compiler or Mesa, those rows say why they are missing.
"""

from __future__ import annotations

import importlib
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from types import ModuleType

import jax
import jax.numpy as jnp
import numpy as np

from blocs.conduct.base import LEVELS
from blocs.engine.model import Coefficients, zero_coefficients
from blocs.forecast.simulate import forecast
from blocs.ground.errors import bad_input
from blocs.inference.fit import Fit, fit_record
from blocs.inference.sets import Recorded, record_sets
from blocs.scenario.build import Built, build
from blocs.scenario.load import load

Progress = Callable[[str, int, int], None]
HELP = "import sys; sys.argv = ['blocs', '--help']; from blocs.cli.main import main; main()"
COLD = "import blocs as bl; bl.fit(bl.load({name!r}))"


@dataclass(frozen=True)
class Row:
    """One timing: median `seconds` of the repeats, `spread` (least, most), peak memory of the process so far in MB.

    `ratio` is how many times faster (above 1) or slower (below 1) this is than `against`, per run of the same input.
    `note` says why a figure is missing.
    """

    name: str
    seconds: float | None
    spread: tuple[float, float] | None
    peak_mb: float | None
    ratio: float | None = None
    against: str | None = None
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the row as JSON holds it."""
        return asdict(self)


def bench(scenario: str = "camp", quick: bool = False, progress: Progress | None = None) -> list[Row]:
    """Time likelihood, fit, forecast and help, and compare the engine with other programs.

    Args:
        scenario: name or folder of the scenario to time.
        quick: fewer runs and repeats, no cold process.
        progress: called with (stage, done, total).

    Raises:
        InputError: no such scenario.
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
        rows.append(_timed("fit, cold process", lambda: _child(["-c", COLD.format(name=scenario)]), 1))
    runs = 200 if quick else 2000
    tell(f"forecast, {runs} runs", 0, 0)
    rows.append(_forecast(fit, runs, 1 if quick else 3))
    tell("other programs", 0, 0)
    rows += _against(quick)
    tell("blocs --help", 0, 0)
    rows.append(_timed("blocs --help", lambda: _child(["-c", HELP]), repeats))
    return rows


def _timed(name: str, work: Callable[[], object], repeats: int) -> Row:
    seconds: list[float] = []
    for _ in range(repeats):
        begin = perf_counter()
        work()
        seconds.append(perf_counter() - begin)
    return Row(name, median(seconds), (min(seconds), max(seconds)), peak_mb())


def median_of(row: Row) -> float:
    """Return the seconds of a row that was timed."""
    return row.seconds if row.seconds is not None else float("nan")


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 if sys.platform != "darwin" else 1024.0**2)


def _child(arguments: list[str]) -> None:
    environment = {**os.environ, "BLOCS_CACHE": "off"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise bad_input("bench", arguments[-1], f"exit {done.returncode}: {done.stderr.strip()[-200:]}")


def _likelihood(built: Built, repeats: int) -> Row:
    recorded = record_sets(built, built.scenario.spec.period.end, 1)
    value = jax.jit(jax.value_and_grad(lambda c: log_likelihood(c, recorded)))
    start = zero_coefficients(built.model)
    jax.block_until_ready(value(start))
    acts = recorded.acts.height
    return _timed(f"log-likelihood and gradient, {acts} acts", lambda: jax.block_until_ready(value(start)), 4 * repeats)


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
    return fit, _timed(f"fit, warm, {fit.acts} acts", lambda: fit_record(built), repeats)


def _forecast(fit: Fit, runs: int, repeats: int) -> Row:
    spec = fit.built.scenario.spec.forecast
    steps = round((spec.end - spec.start).days / fit.built.model.step_days)
    forecast(fit, runs=50)  # compiles
    name = f"forecast, {runs} runs x {steps} steps x {len(fit.built.model.world.actors)} actors"
    return _timed(name, lambda: forecast(fit, runs=runs), repeats)


def _against(quick: bool) -> list[Row]:
    """Blocs, Mesa and C on the reduced model."""
    try:
        ours = _program("reduced")
    except ImportError as missing:
        return [Row("reduced model", None, None, None, note=f"not compared: {missing}")]
    given = ours.Input()
    runs = 200 if quick else 2000
    ours.run(given, runs)  # compiles
    repeats = 2 if quick else 3
    mine = _timed(f"reduced model, {runs} runs", lambda: ours.run(given, runs), repeats)
    rows = [mine]
    for name, label, count in (("mesa_model", "Mesa", 2 if quick else 4), ("c_model", "C loop, one core", runs)):
        rows.append(_other(mine, runs, name, label, count, given, repeats))
    return rows


def _other(mine: Row, runs: int, name: str, label: str, count: int, given: object, repeats: int) -> Row:
    try:
        program = _program(name)
        program.run(given, 1)
    except (ImportError, RuntimeError) as missing:
        return Row(f"reduced model, {label}", None, None, None, note=f"not compared: {missing}")
    theirs = _timed(f"reduced model, {label}, {count} runs", lambda: program.run(given, count), repeats)
    ratio = (median_of(theirs) / count) / (median_of(mine) / runs)
    return Row(
        theirs.name,
        theirs.seconds,
        theirs.spread,
        theirs.peak_mb,
        ratio,
        f"Blocs is this many times as fast as {label}",
    )


def _program(name: str) -> ModuleType:
    folder = Path(__file__).resolve().parents[3] / "benchmarks"
    if not (folder / f"{name}.py").exists():
        raise ImportError("the benchmarks folder of the repository is not here")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module(name)


def machine() -> str:
    """Return what the timings were taken on: cores, system, versions; no names of machines."""
    gpu = "" if jax.default_backend() == "cpu" else f", {jax.devices()[0].device_kind}"
    return (
        f"{os.cpu_count()} cores, {platform.machine()}{gpu}, Python {platform.python_version()}, "
        f"JAX {jax.__version__}, NumPy {np.__version__}"
    )


def markdown(rows: list[Row]) -> str:
    """Return the rows as a Markdown table with the machine above it."""
    lines = [
        f"Measured by `blocs bench` on {machine()}.",
        "",
        "| what | seconds | least to most | peak MB | ratio |",
        "| --- | --- | --- | --- | --- |",
    ]
    for r in rows:
        seconds = f"{r.seconds:.3g}" if r.seconds is not None else r.note
        spread = f"{r.spread[0]:.3g} to {r.spread[1]:.3g}" if r.spread else ""
        peak = f"{r.peak_mb:.0f}" if r.peak_mb else ""
        ratio = f"{r.ratio:.3g} ({r.against})" if r.ratio else ""
        lines.append(f"| {r.name} | {seconds} | {spread} | {peak} | {ratio} |")
    return "\n".join(lines)
