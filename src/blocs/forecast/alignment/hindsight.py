"""A bound: how well the features would do if one knew the outcomes. No forecaster, but the measure of what is left to gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.alignment.model import Cases, Forecasts

Floats = NDArray[np.floating[Any]]
ROUNDS, NEAREST = 30, 0.002
"""Rounds of reweighting, and the error (share of votes) below which a case weighs no more."""


def hindsight(found: Sequence[Forecasts]) -> tuple[list[Floats], list[Floats]]:
    """Return what one set of weights, chosen with the outcomes in hand, says of every case, a list over target years.

    The weights have the least mean absolute error about a year's mean among all that stay the same over the years. The
    first list puts their forecasts about the mean that the forecaster expected, the second about the mean that came.

    Args:
        found: forecasts of the years in question by the model, for the means that it expected.

    Raises:
        ValueError: no forecasts.
    """
    if not found:
        raise ValueError("hindsight needs at least one year")
    apart = [_centred(f.cases) for f in found]
    came = [float(f.cases.outcome.mean(dtype=np.float64)) for f in found]
    weights = _least_absolute(
        np.concatenate(apart), np.concatenate([f.cases.outcome - m for f, m in zip(found, came, strict=True)])
    )
    expected = [float(f.median.mean(dtype=np.float64)) for f in found]
    return (
        [m + x @ weights for m, x in zip(expected, apart, strict=True)],
        [m + x @ weights for m, x in zip(came, apart, strict=True)],
    )


def _centred(cases: Cases) -> Floats:
    x = cases.x.astype(np.float64)
    return x - x.mean(axis=0)


def _least_absolute(x: Floats, y: Floats) -> Floats:
    """Return the weights of least absolute error by reweighted least squares (Schlossmacher 1973)."""
    weights = np.linalg.lstsq(x, y, rcond=None)[0]
    for _ in range(ROUNDS):
        trust = 1.0 / np.maximum(np.abs(y - x @ weights), NEAREST)
        weights = np.linalg.lstsq((x * trust[:, None]).T @ x, (x * trust[:, None]).T @ y, rcond=None)[0]
    return weights


__all__ = ["hindsight"]
