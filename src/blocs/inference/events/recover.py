"""Does the estimator find what it simulated? Bias, spread and coverage of a fitted model under itself."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from blocs.ground.errors import bad_input
from blocs.inference.events.estimate import fit_problem, replay_of
from blocs.inference.events.fit import EventFit, Problem
from blocs.inference.events.history import Acts
from blocs.inference.events.simulate import Event, drawn, most_events
from blocs.inference.events.spells import start_of


def recover(fit: EventFit, runs: int = 50, seed: int = 0, level: float = 0.95) -> pl.DataFrame:
    """Simulate from the fit, fit each simulated history again, and compare.

    Returns:
        One row a parameter: term, truth, mean, bias, bias_z (bias in its own standard errors), sd (of the estimates),
        se (mean of the standard errors), coverage of the Wald intervals, runs that converged.

    Raises:
        InputError: fewer than 2 runs.
    """
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 2:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("recover", "runs", f"is {runs!r}", "at least 2")
    fits = [fit_problem(with_events(fit.problem, e, _end(fit, e))) for e in drawn(fit, runs, seed) if e]
    good = [f for f in fits if f.converged]
    if len(good) < 2:
        raise bad_input("recover", "runs", f"only {len(good)} of {runs} converged", "a model its data identify")
    if len(good) < runs:
        warnings.warn(f"{runs - len(good)} of {runs} runs did not converge and are left out", stacklevel=2)
    coef, se = np.stack([f.coef for f in good]), np.stack([f.se for f in good])
    normal: Any = stats.norm
    width = float(normal.ppf(0.5 + level / 2.0))
    spread = coef.std(axis=0, ddof=1)
    bias = coef.mean(axis=0) - fit.coef
    return pl.DataFrame(
        {
            "term": list(fit.names),
            "truth": fit.coef,
            "mean": coef.mean(axis=0),
            "bias": bias,
            "bias_z": bias / (spread / np.sqrt(len(good))),
            "sd": spread,
            "se": se.mean(axis=0),
            "coverage": (np.abs(coef - fit.coef) <= width * se).mean(axis=0),
            "converged": [len(good)] * len(fit.names),
        }
    )


def with_events(problem: Problem, events: list[Event], end: float) -> Problem:
    """Return the problem with other events in place of the modelled ones; exact time then runs to `end`.

    Recorded events before the start of the modelled time stay.
    """
    history, clock = problem.history.freed(), problem.clock
    if problem.exact:
        clock = clock._replace(start=start_of(replay_of(problem), clock), end=end)
    early = history.time < clock.start
    new = [np.array([e[k] for e in events]) for k in range(5)]
    old = [history.time, history.sender, history.receiver, history.increment, history.kinds]
    joined = [np.concatenate([a[early], b]).astype(a.dtype) for a, b in zip(old, new, strict=True)]
    changes: dict[str, Any] = dict(zip(Acts._fields, joined, strict=True))
    if history.opportunities is not None:
        changes["opportunities"] = _opportunities(problem, joined[0])
    return replace(problem, history=replace(history, **changes), clock=clock)


def _opportunities(problem: Problem, times: np.ndarray) -> tuple[Any, ...]:
    """Return the opportunity set of each event: that of the recorded event which comes next, or at the same place."""
    history = problem.history
    sets = history.opportunities or ()
    if not problem.exact:
        return sets
    rows = np.minimum(np.searchsorted(history.time, times, side="left"), len(sets) - 1)
    return tuple(sets[int(k)] for k in rows)


def _end(fit: EventFit, events: list[Event]) -> float:
    # a run that ran away was cut at its last event: time after that was not simulated
    return events[-1].time if len(events) >= most_events(fit) else float(fit.times[-1])
