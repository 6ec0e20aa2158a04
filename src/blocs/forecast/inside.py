"""One run of a forecast again, with the whole state at the end of every step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from blocs.engine.history import History, histories
from blocs.forecast.simulate import SLOTS, Job, key_of, prepared
from blocs.ground.errors import BlocsError
from blocs.inference.fit import Fit
from blocs.inference.observation import Assumption


@dataclass(frozen=True)
class Inside:
    """One simulated history from within.

    `values` has every quantity of the state with a leading axis step: place 0 is the start, place n the end of step n.
    `day` and `code` are the acts in order: days since the epoch; source, target, act and issue as places on the axes of the
    world. `do` is what was changed.
    """

    fit: Fit
    run: int
    seed: int
    do: tuple[str, ...]
    start: date
    values: dict[str, NDArray[Any]]
    day: NDArray[np.float32]
    code: NDArray[np.int16]

    def when(self, step: int) -> date:
        """Return the last day of a step (0: the eve of the first)."""
        return self.date_of(float(np.ceil(self.values["clock"][step])) - 1.0)

    def date_of(self, day: float) -> date:
        """Return the date of a day since the epoch."""
        return self.fit.built.epoch + timedelta(days=int(np.floor(day)))


def look_inside(
    fit: Fit,
    runs: Iterable[int],
    start: date | None = None,
    end: date | None = None,
    seed: int = 0,
    do: Iterable[str] = (),
    assumption: Assumption = Assumption.RECORD,
    within_training: bool = False,
) -> Iterable[Inside]:
    """Yield runs of the forecast that `forecast` makes with the same arguments, one at a time: equal seeds, equal acts.

    Args:
        fit: a model fitted before the forecast.
        runs: numbers of the runs, each 0 or more.
        start, end, seed, do, assumption: as for `forecast`.
        within_training: let `start` lie inside the training period, as `inside` of `forecast` does.

    Raises:
        InputError: dates out of order or before the end of training, or a faulty intervention.
        BlocsError: a run holds more acts than it has room for.
    """
    lines = tuple(do)
    job = prepared(fit, start, end, 1, lines, assumption, within_training)
    for run in runs:
        found = _again(job, run, seed)
        count = int(found.track.acts[0])
        if count > SLOTS:
            raise BlocsError(f"run {run} holds more than {SLOTS} acts: too many to look inside")
        first = job.start_of(run)
        values = {
            name: np.concatenate([np.asarray(value)[None], np.asarray(getattr(found.states, name))[0]])
            for name, value in vars(first).items()
        }
        day, code = np.asarray(found.track.day)[0, :count], np.asarray(found.track.act)[0, :count]
        yield Inside(fit, run, seed, lines, job.start, values, day, code)


def _again(job: Job, run: int, seed: int) -> History:
    state, control = (jax.tree.map(lambda x: np.asarray(x)[None], tree) for tree in (job.start_of(run), job.control))
    keys = key_of(seed, jnp.asarray([run]))
    return histories(job.model, job.coefficients, state, control, keys, job.steps, SLOTS, last=jnp.float32(job.last))
