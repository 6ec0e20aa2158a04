"""Forecast the mean cooperation of a pair's events in a month that has some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.dyads.features import MOODS, Cases
from blocs.forecast.quantiles import residual_quantiles

Floats = NDArray[np.floating[Any]]
NAMES = tuple(MOODS)
RIDGE = 10.0
KINDS = ("model", "persistence", "base rate", "memory only")


def cooperation_forecasts(cases: Cases, first: int, kind: str, signs: Sequence[str] = ()) -> tuple[Floats, Floats]:
    """Return medians (N,) and quantiles (N, L) for months from `first` on, NaN before and where no event has a value.

    Args:
        cases: all cases.
        first: first month to forecast.
        kind: `regression` on `signs`; `persistence`: the last month that had events; `base rate`: the region's mean.
        signs: names of `MOODS`.
    """
    seen = cases.scaled > 0
    median = np.full(len(seen), np.nan)
    quantiles = np.full((len(seen), 50), np.nan, np.float32)
    for start in range(first, int(cases.month.max()) + 1, 12):
        known = seen & (cases.month < start)
        at = seen & (cases.month >= start) & (cases.month < start + 12)
        rule = _rule(cases, known, kind, signs)
        point = rule(at)
        error = cases.cooperation[known] - rule(known)
        table = np.clip(point[:, None] + _spread(cases, error, known, at), -10.0, 10.0)
        quantiles[at] = table
        median[at] = table[:, 24:26].mean(axis=1)
    return median, quantiles


def _rule(cases: Cases, known: NDArray[np.bool_], kind: str, signs: Sequence[str]) -> Any:
    regions = np.unique(cases.region)
    home = (cases.region[:, None] == regions).astype(np.float64)
    level = (home[known].T @ cases.cooperation[known]) / np.maximum(home[known].sum(axis=0), 1.0)
    base = home @ level
    if kind == "base rate":
        return lambda at: base[at]
    if kind == "persistence":
        last = np.where(np.isfinite(cases.before), cases.before, base)
        return lambda at: last[at]
    x = cases.mood[:, [NAMES.index(s) for s in signs]].astype(np.float64)
    z = np.concatenate([x, home], axis=1)
    weight = np.minimum(cases.scaled[known], 5.0).astype(np.float64)
    penalty = np.concatenate([np.full(x.shape[1], RIDGE), np.full(len(regions), 0.01)])
    zk = z[known]
    beta = np.linalg.solve((zk * weight[:, None]).T @ zk + np.diag(penalty), zk.T @ (weight * cases.cooperation[known]))
    return lambda at: z[at] @ beta


def _spread(cases: Cases, error: Floats, known: NDArray[np.bool_], at: NDArray[np.bool_]) -> Floats:
    """Quantiles of past errors, by thirds of the pair's tempo: the mean of many events strays less."""
    tempo = cases.mood[:, NAMES.index("tempo")]
    edges = np.quantile(tempo[known], [1 / 3, 2 / 3])
    group, ask = np.searchsorted(edges, tempo[known]), np.searchsorted(edges, tempo[at])
    table = np.stack([residual_quantiles(error[group == g]) for g in range(3)])
    return table[ask]
