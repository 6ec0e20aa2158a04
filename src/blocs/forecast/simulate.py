"""Simulate futures of a fitted model: batches of runs through one compiled program, on every core."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from blocs.bloc.state import State
from blocs.engine.control import Control
from blocs.engine.loop import Track, simulate
from blocs.engine.model import Coefficients, Model
from blocs.engine.watch import Watch, watch_width
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.watch import default_watch
from blocs.ground.cast import cast_reals
from blocs.ground.errors import BlocsError, bad_input
from blocs.ground.keys import at, named, root
from blocs.inference.fit import Fit
from blocs.inference.observation import Assumption, adjust
from blocs.inference.sets import states_on
from blocs.scenario.build import cast
from blocs.scenario.vary import control_for

BATCH = 50
"""Runs in one call: a fixed number, so that results do not depend on how many runs or cores there are."""
SLOTS = 4096
"""Acts that a run can hold at first; doubled for a batch in which a run needs more."""
MAX_SLOTS = 1 << 15

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """A forecast ready to be simulated: in float32, one starting state for each chronology.

    `step_ends` is the moment at which each step ends, in days since the epoch; the last is the end of the last day.
    """

    model: Model
    coefficients: Coefficients
    control: Control
    watch: Watch
    step_ends: NDArray[np.float64]
    starts: tuple[State, ...]
    start: date
    end: date

    @property
    def steps(self) -> int:
        """Number of steps, the first and the last of which may be parts."""
        return len(self.step_ends)

    @property
    def last(self) -> float:
        """The end of the last day, in days since the epoch."""
        return float(self.step_ends[-1])

    def start_of(self, run: int) -> State:
        """Return the state from which a run starts: batch b starts from chronology b modulo their number."""
        return self.starts[(run // BATCH) % len(self.starts)]


def forecast(
    fit: Fit,
    start: date | None = None,
    end: date | None = None,
    runs: int = 2000,
    seed: int = 0,
    do: Iterable[str] = (),
    assumption: Assumption = Assumption.RECORD,
    progress: Progress | None = None,
    cores: int | None = None,
    inside: bool = False,
) -> Ensemble:
    """Simulate what follows a date.

    Args:
        fit: a model fitted on what precedes `start`.
        start: first day of the forecast; the scenario's own by default.
        end: last day; the scenario's own by default.
        runs: number of histories, at least 1.
        seed: of the random streams; equal seeds give equal bits.
        do: interventions, one line each, in the language of `blocs.scenario.interventions`.
        assumption: what the forecast is about: acts as the source would record them, or acts under an assumption
            about what the source missed.
        progress: called with (runs done, runs in all).
        cores: threads; all cores by default.
        inside: let `start` lie inside the training period: for what another course would have been, never for a score.

    Raises:
        InputError: no runs, dates out of order or before the end of training, or a faulty intervention.
    """
    lines = tuple(do)
    job = prepared(fit, start, end, runs, lines, assumption, inside)
    watched = np.empty((runs, job.steps, watch_width(job.watch)), np.float32)
    batches = _run_batches(job, watched, seed, progress, cores or os.cpu_count() or 1)
    counts = np.concatenate([b.acts for b in batches])
    return Ensemble(
        fit=fit, start=job.start, end=job.end, seed=seed, runs=runs, do=lines, about=assumption.value,
        run=np.repeat(np.arange(runs, dtype=np.int32), counts),
        day=np.concatenate([b.day for b in batches]),
        code=np.concatenate([b.code for b in batches]),
        watch=job.watch,
        watched=watched,
        step_ends=job.step_ends,
    )  # fmt: skip


def prepared(
    fit: Fit,
    start: date | None = None,
    end: date | None = None,
    runs: int = 1,
    do: Iterable[str] = (),
    assumption: Assumption = Assumption.RECORD,
    inside: bool = False,
) -> Job:
    """Return what `forecast` simulates; arguments and errors are its own."""
    built = fit.built
    start, end = _checked_dates(fit, start, end, runs, inside)
    ends = _starting_states(fit, start)
    light = cast(built, np.float32)
    return Job(
        light.model,
        adjust(fit, assumption).astype(np.float32),
        control_for(light, tuple(do), start),
        default_watch(built),
        _step_ends(ends[0], built.model.step_days, built.day(end) + 1.0),
        tuple(cast_reals(s, np.float32) for s in ends),
        start,
        end,
    )


def key_of(seed: int, runs: Array) -> Array:
    """Return the random keys of some runs of a forecast, axes run, 2."""
    key = named(root(seed), "forecast")
    return jax.vmap(lambda n: at(key, n))(runs.astype(jnp.uint32))


def _checked_dates(fit: Fit, start: date | None, end: date | None, runs: int, inside: bool) -> tuple[date, date]:
    spec = fit.built.scenario.spec
    start, end = start or spec.forecast.start, end or spec.forecast.end
    if runs < 1:
        raise bad_input("forecast", "runs", f"{runs} is not a number of histories", "1 or more")
    if start <= spec.period.start:
        raise bad_input("forecast", "start", f"{start} is before the record", f"a day after {spec.period.start}")
    if start <= fit.until and not inside:
        raise bad_input("forecast", "start", f"{start} lies inside the training period", f"a day after {fit.until}")
    if end < start:
        raise bad_input("forecast", "end", f"{end} is before the start {start}", "a later day")
    return start, end


def _starting_states(fit: Fit, start: date) -> tuple[State, ...]:
    """The state on the eve of the forecast in every chronology; the record between training and start moves it on.

    What is counted since the start of a run (`leader_changes`) starts at 0. Sessions of the schedule that are called only
    after the start are taken off the calendar; `set on_calendar[ID]=1` puts one back.
    """
    eve = date.fromordinal(start.toordinal() - 1)
    ends = fit.ends if eve == fit.until else states_on(fit.built, eve, fit.draws, fit.seed)
    first = fit.built.day(start)
    return tuple(
        s.replace(leader_changes=jnp.zeros_like(s.leader_changes), on_calendar=_calendar(s, first)) for s in ends
    )


def _step_ends(state: State, step_days: float, last: float) -> NDArray[np.float64]:
    grid = float(state.clock) - float(state.age)
    count = int(np.ceil(round((last - grid) / step_days, 6)))
    return np.minimum(grid + step_days * (np.arange(count) + 1.0), last)


def _calendar(state: State, first: float) -> Array:
    """Sessions whose calling letter is not yet out on the first day are not known to a forecast: they are not held in it."""
    return jnp.where(state.plan_day - state.plan_notice <= first, state.on_calendar, 0.0)


class _Batch(NamedTuple):
    """What is kept of the runs of a batch: how many acts each holds, and the acts of all of them one after another."""

    acts: NDArray[np.int32]
    day: NDArray[np.float32]
    code: NDArray[np.int16]


def _run_batches(
    job: Job, watched: NDArray[np.float32], seed: int, progress: Progress | None, cores: int
) -> list[_Batch]:
    """Run as many runs as `watched` has rows, in whole batches, and fill it; axes run, step, watch."""
    runs = len(watched)
    firsts = range(0, runs, BATCH)

    def one(first: int) -> _Batch:
        track = _simulated(job, first, key_of(seed, jnp.arange(first, first + BATCH)))
        part = watched[first : first + BATCH]
        part[:] = track.watched[: len(part)]
        acts, day, code = (np.asarray(x)[: len(part)] for x in (track.acts, track.day, track.act))
        held = np.arange(day.shape[1]) < acts[:, None]
        return _Batch(acts, day[held], code[held])

    out: list[_Batch] = []
    with ThreadPoolExecutor(max_workers=min(cores, len(firsts))) as pool:
        for first, batch in zip(firsts, pool.map(one, firsts), strict=True):
            out.append(batch)
            if progress:
                progress(min(runs, first + BATCH), runs)
    return out


def _simulated(job: Job, first: int, keys: Array) -> Track:
    """Run one batch, with more room if a run needs it."""
    slots = SLOTS
    while True:
        track = simulate(
            job.model,
            job.coefficients,
            job.start_of(first),
            job.control,
            job.watch,
            keys,
            job.steps,
            slots,
            last=job.last,
        )
        if int(track.acts.max()) <= slots:
            return track
        if slots >= MAX_SLOTS:
            raise BlocsError(f"a simulated history holds more than {MAX_SLOTS} acts: the fitted tempo is not stable")
        slots *= 2
