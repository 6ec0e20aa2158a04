"""How two quantities of the same runs go together: what most facts are about.

A quantity that does not move goes with nothing (0), which no fact expects; of fewer than two values nothing can be said
(NaN). So a mechanism that is switched off makes a fact fall and does not stop the count of facts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.floating[Any]]
STILL = 1e-9
"""A quantity whose standard deviation is below this does not move."""


def slope(x: Floats, y: Floats) -> float:
    """Return the least-squares slope of y on x; 0 where x does not move, NaN for fewer than two values."""
    if np.size(x) < 2:
        return np.nan
    dx, dy = np.ravel(x) - np.mean(x), np.ravel(y) - np.mean(y)
    return float(dx @ dy / (dx @ dx)) if np.std(x) > STILL else 0.0


def correlation(x: Floats, y: Floats) -> float:
    """Return the correlation of x and y; 0 where one of them does not move, NaN for fewer than two values."""
    if np.size(x) < 2:
        return np.nan
    if min(np.std(x), np.std(y)) <= STILL:
        return 0.0
    return float(np.corrcoef(np.ravel(x), np.ravel(y))[0, 1])


def rank_correlation(x: Floats, y: Floats) -> float:
    """Return Spearman's rank correlation; 0 where one of them does not move, NaN for fewer than two values."""
    return correlation(stats.rankdata(x), stats.rankdata(y))
