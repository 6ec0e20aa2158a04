"""Does the estimator find what it simulated? Bias, spread and coverage of a fitted model under itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from blocs.ground.errors import bad_input
from blocs.inference.events.build import first_time
from blocs.inference.events.fit import EventFit, Problem
from blocs.inference.events.models import fit_problem
from blocs.inference.events.simulate import Event, draw_run, most_events


def recover(fit: EventFit, runs: int = 50, seed: int = 0, level: float = 0.95) -> pl.DataFrame:
    """Simulate from the fit, fit each simulated history again, and compare.

    Returns:
        One row a parameter: term, truth, mean, bias, bias_z (bias in its own standard errors), sd (of the estimates),
        se (mean of the standard errors), coverage of the Wald intervals, runs that converged.

    Raises:
        InputError: fewer than 2 runs.
    """
    if runs < 2:
        raise bad_input("recover", "runs", f"is {runs}", "at least 2")
    fits: list[EventFit] = []
    for run in range(runs):
        events = list(draw_run(fit, None, np.random.default_rng((seed, run))))
        fits.append(fit_problem(with_events(fit.problem, events, _end(fit, events))))
    good = [f for f in fits if f.converged]
    if len(good) < 2:
        raise bad_input("recover", "runs", f"only {len(good)} of {runs} converged", "a model its data identify")
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
    """Return the problem with other events in place of the recorded ones; exact time then runs to `end`."""
    history = replace(
        problem.history,
        time=np.array([e.time for e in events]),
        sender=np.array([e.i for e in events], dtype=np.intp),
        receiver=np.array([e.j for e in events], dtype=np.intp),
        increment=np.array([e.amount for e in events]),
    )
    clock = problem.clock
    if problem.exact:
        start = clock.start if np.isfinite(clock.start) else first_time(problem.history)
        clock = clock._replace(start=start, end=end)
    return replace(problem, history=history, clock=clock)


def _end(fit: EventFit, events: list[Event]) -> float:
    # a run that ran away was cut at its last event: time after that was not simulated
    return events[-1].time if len(events) >= most_events(fit) else float(fit.times[-1])
