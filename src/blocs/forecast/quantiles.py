"""Forecasts as quantiles: a point and errors of the past, and what they score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def levels(count: int = 50) -> Floats:
    """Return `count` probabilities in the middle of equal parts of (0, 1)."""
    return (np.arange(count) + 0.5) / count


def pinball_crps(quantiles: Floats, outcome: Floats) -> Floats:
    """Return the continuous ranked probability score of each case, in the unit of the outcome; lower is better.

    Twice the mean quantile loss over equally spaced levels (Gneiting and Raftery 2007), which is the CRPS as their
    number grows.

    Args:
        quantiles: (case, level) at `levels(level)`, not falling along a row.
        outcome: (case,).
    """
    tau = levels(quantiles.shape[1]).astype(quantiles.dtype)
    gap = outcome[:, None].astype(quantiles.dtype) - quantiles
    return 2.0 * np.maximum(tau * gap, (tau - 1.0) * gap).mean(axis=1)


def residual_quantiles(residuals: Floats, count: int = 50) -> Floats:
    """Return the quantiles (level,) of past errors at `levels(count)`."""
    return np.quantile(residuals, levels(count))
