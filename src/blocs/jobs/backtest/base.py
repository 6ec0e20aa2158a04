"""What every benchmark takes and returns, and the list of them; a benchmark is imported only when it runs.

A benchmark is a module `blocs.jobs.backtest.NAME` with a function `run(data, seed, tell)` that returns `Findings`, and
one line in `BACKTESTS`. `tell(stage, done, total)` draws the progress bar (total 0: a spinner).
"""

from __future__ import annotations

import importlib
import math
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, Protocol, cast

from blocs.ground.errors import bad_input
from blocs.jobs.peak import peak_mb

Progress = Callable[[str, int, int], None]
Cell = str | float | int | None


@dataclass(frozen=True)
class Score:
    """One number about one forecaster, with its interval.

    Attributes:
        of: who made the forecast, the model's or a baseline's name.
        metric: `MRR`, `CRPS`, `log score`...
        value: in the unit of the metric.
        lo: lower end of the 95% interval, or None where none is claimed.
        hi: upper end.
        n: scored cases.
        sample: which cases: `test`, or a part of it (`test: new pairs`).
        against: for a difference, the forecaster that was subtracted; empty for a score.
        better: which way is better, for readers and pictures.
    """

    of: str
    metric: str
    value: float
    lo: float | None = None
    hi: float | None = None
    n: int | None = None
    sample: str = "test"
    against: str = ""
    better: Literal["higher", "lower"] = "higher"

    def to_dict(self) -> dict[str, object]:
        """Return the score as JSON holds it; a number that is not finite is null."""
        return {
            "of": self.of, "metric": self.metric, "value": _finite(self.value), "lo": _finite(self.lo),
            "hi": _finite(self.hi), "n": self.n, "sample": self.sample, "against": self.against, "better": self.better,
        }  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table for readers: weights in words, results by region, parts of the test.

    Attributes:
        title: its heading.
        columns: headings.
        rows: one cell a column.
        note: what to know before reading it.
        page: whether the benchmark page shows it too, or only the report.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    page: bool = False


@dataclass(frozen=True)
class Findings:
    """What a benchmark returns: everything but the time and memory, which the frame measures.

    Attributes:
        model: name of the model under test, as `Score.of` has it.
        baselines: names of what it is compared with, published results included.
        scores: model and baselines; a baseline that wins is a row like any other.
        tables: further tables.
        notes: sentences a reader needs: protocol, splits, limits.
    """

    model: str
    baselines: tuple[str, ...]
    scores: tuple[Score, ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Backtest:
    """A benchmark that ran: its findings with wall-clock and processor seconds and peak memory (MB of 2**20 bytes)."""

    name: str
    model: str
    baselines: tuple[str, ...]
    scores: tuple[Score, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    seconds: float
    cpu_seconds: float
    peak_mb: float
    seed: int

    def to_json(self) -> dict[str, object]:
        """Return `{name, model, baselines, scores, seconds, peak_mb}` with processor seconds and seed beside them."""
        return {
            "name": self.name, "model": self.model, "baselines": list(self.baselines),
            "scores": [s.to_dict() for s in self.scores], "seconds": self.seconds, "peak_mb": self.peak_mb,
            "cpu_seconds": self.cpu_seconds, "seed": self.seed,
        }  # fmt: skip


class Runner(Protocol):
    """The work of a benchmark."""

    def __call__(self, data: Path, seed: int, tell: Progress) -> Findings:
        """Fit, forecast and score on the files of folder `data`; `InputError` where one is missing or wrong."""
        ...


Loader = Callable[[], Runner]


def _module(name: str) -> Loader:
    return lambda: cast("Runner", importlib.import_module(f"blocs.jobs.backtest.{name}").run)


BACKTESTS: dict[str, Loader] = {name: _module(name) for name in ("icews14", "b1", "b2", "keds")}
"""Benchmarks by name; each is imported when it runs, so that the command line stays quick."""


def backtest(name: str, data: Path, seed: int = 0, progress: Progress | None = None) -> Backtest:
    """Run one benchmark on the files of a folder and measure what it took.

    Args:
        name: one of `BACKTESTS`.
        data: folder with the files that `docs/how-to/backtest.md` names.
        seed: of draws and bootstrap; equal seeds give equal results.
        progress: called with (stage, done, total).

    Raises:
        InputError: no such benchmark; a folder, file or column that is missing.
    """
    if name not in BACKTESTS:
        raise bad_input("NAME", "benchmark", f"{name!r} is none", f"one of {', '.join(BACKTESTS)}")
    if not data.is_dir():
        raise bad_input("--data", str(data), "is no folder", "the folder that holds the files of the benchmark")
    begin, used = perf_counter(), _processor()
    found = BACKTESTS[name]()(data, seed, progress or (lambda stage, done, total: None))
    return Backtest(
        name, found.model, found.baselines, found.scores, found.tables, found.notes,
        perf_counter() - begin, _processor() - used, peak_mb(), seed,
    )  # fmt: skip


def score_text(score: Score) -> str:
    """Return a score with its interval: `46.9 (46.1 to 47.7)`, or `-` for what could not be computed."""
    if not math.isfinite(score.value):
        return "-"
    if score.lo is None or score.hi is None:
        return f"{score.value:.4g}"
    return f"{score.value:.4g} ({score.lo:.4g} to {score.hi:.4g})"


def cell_text(cell: Cell) -> str:
    """Return a cell of a table as text."""
    return "" if cell is None else f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _processor() -> float:
    used: list[Any] = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)
