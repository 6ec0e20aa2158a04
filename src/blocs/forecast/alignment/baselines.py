"""Forecasts to beat: last year, the mean of three years, a linear rule of three lags, climatology."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Training = list[tuple[Floats, Floats]]
Rule = Callable[[Training], Callable[[Floats], Floats]]


def persistence(past: Training) -> Callable[[Floats], Floats]:
    """Return a rule that repeats the origin year."""
    return lambda lags: lags[:, 0]


def mean_of_three(past: Training) -> Callable[[Floats], Floats]:
    """Return a rule that repeats the mean of the three years to the origin, filled lags counted as they are."""
    return lambda lags: lags.mean(axis=1)


def linear_three(past: Training) -> Callable[[Floats], Floats]:
    """Return least squares on three lags over all training pairs alike."""
    x = np.concatenate([_with_one(lags) for lags, _ in past])
    y = np.concatenate([outcome for _, outcome in past])
    weight: Floats = np.linalg.lstsq(x, y, rcond=None)[0]
    return lambda lags: _with_one(lags) @ weight


def climatology(past: Training) -> Callable[[Floats], Floats]:
    """Return a rule that gives every pair the mean outcome of the last ten training years."""
    mean = float(np.concatenate([outcome for _, outcome in past[-10:]]).mean())
    return lambda lags: np.full(len(lags), mean)


BASELINES: Mapping[str, Rule] = {
    "persistence": persistence,
    "mean3": mean_of_three,
    "linear_ar3": linear_three,
    "climatology": climatology,
}


def _with_one(lags: Floats) -> Floats:
    return np.column_stack([np.ones(len(lags)), lags]).astype(np.float64)
