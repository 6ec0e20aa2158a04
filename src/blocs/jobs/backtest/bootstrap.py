"""Intervals by drawing whole clusters again: days, years or episodes, whose cases are not independent of one another."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Interval(NamedTuple):
    """A mean over cases with a percentile interval."""

    value: float
    lo: float
    hi: float


def cluster_means(
    values: ArrayLike, clusters: ArrayLike, draws: int = 1000, seed: int = 0, level: float = 0.95
) -> list[Interval]:
    """Return the mean over cases of each column with its percentile interval, clusters drawn with replacement.

    Columns share the draws, so the interval of a difference is that of the column of differences.

    Args:
        values: (case,) or (case, column); a mean over cases, each of weight one.
        clusters: (case,) labels; cases of one label are drawn together.
        draws: bootstrap draws.
        seed: of the draws.
        level: share inside the interval.
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    labels, group = np.unique(np.asarray(clusters), return_inverse=True)
    size = np.bincount(group, minlength=len(labels)).astype(np.float64)
    sums: list[NDArray[Any]] = [np.bincount(group, c, len(labels)) for c in x.T]
    rng = np.random.default_rng(seed)
    count = rng.multinomial(len(labels), np.full(len(labels), 1.0 / len(labels)), size=draws).astype(np.float64)
    mean = (count @ np.stack(sums, axis=1)) / np.maximum(count @ size, 1.0)[:, None]
    low, high = np.quantile(mean, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return [Interval(float(v), float(a), float(b)) for v, a, b in zip(x.mean(axis=0), low, high, strict=True)]
