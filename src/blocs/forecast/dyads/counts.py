"""Forecast counts: a negative binomial about a log-linear mean, refitted every year on the months before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from blocs.forecast.dyads.features import SIGNS, Cases

Floats = NDArray[np.floating[Any]]
NAMES = tuple(SIGNS)
RIDGE, MOST = 5.0, 400
SHAPES = np.exp(np.linspace(np.log(0.05), np.log(20.0), 40))
Progress = Callable[[str, int, int], None]


def nb_log_loss(mean: Floats, shape: Floats, count: Floats) -> Floats:
    """Return -log probability (N,) of counts under a negative binomial of this mean and shape (variance m + m²/shape)."""
    q = shape / (shape + mean)
    log_p = gammaln(count + shape) - gammaln(shape) - gammaln(count + 1.0) + shape * np.log(q) + count * np.log1p(-q)
    return -log_p


def nb_crps(mean: Floats, shape: Floats, count: Floats) -> Floats:
    """Return the ranked probability score (N,), in events: the sum over k of (F(k) - 1[count <= k])²; lower is better."""
    q = shape / (shape + mean)
    p = np.exp(shape * np.log(q))
    below = np.zeros_like(p)
    total = np.zeros_like(p)
    top = int(min(MOST, max(float(count.max(initial=0.0)) + 1.0, float(np.quantile(mean, 1.0)) * 12.0 + 20.0)))
    for k in range(top):
        below = below + p
        total += (np.minimum(below, 1.0) - (count <= k)) ** 2
        p = p * (k + shape) / (k + 1.0) * (1.0 - q)
    return total


def count_forecasts(
    cases: Cases, first: int, signs: Sequence[str], tell: Progress | None = None
) -> tuple[Floats, Floats, dict[str, float]]:
    """Return mean and shape (N,) of every case from `first` on (NaN before), and the last weights.

    Weights and shape are refitted each January (every twelfth month from `first`) on all months before it; regions have
    levels of their own. The shape differs by thirds of the mean.
    """
    z = _columns(cases, signs)
    mean, shape = (np.full(len(cases.count), np.nan) for _ in range(2))
    beta = np.zeros(z.shape[1])
    years = range(first, int(cases.month.max()) + 1, 12)
    for done, start in enumerate(years):
        known = cases.month < start
        at = (cases.month >= start) & (cases.month < start + 12)
        beta = _fit(z[known], cases.count[known], len(signs))
        fitted = np.exp(np.clip(z[known] @ beta, -8, 6))
        mean[at] = np.exp(np.clip(z[at] @ beta, -8, 6))
        shape[at] = _shapes(fitted, cases.count[known], mean[at])
        if tell:
            tell("counts", done + 1, len(years))
    scale = z.std(axis=0)
    return mean, shape, {name: float(beta[k] * scale[k]) for k, name in enumerate(signs)}


def plain_forecasts(cases: Cases, first: int, kind: str) -> tuple[Floats, Floats]:
    """Return mean and shape (N,) of `persistence` (last month's count) or `base rate` (the pair's mean so far).

    A constant, learned on the months before each year, keeps a silent pair from a mean of zero.
    """
    base = cases.last if kind == "persistence" else cases.past
    mean, shape = (np.full(len(cases.count), np.nan) for _ in range(2))
    for start in range(first, int(cases.month.max()) + 1, 12):
        known = cases.month < start
        at = (cases.month >= start) & (cases.month < start + 12)
        floors = (0.02, 0.05, 0.1, 0.2, 0.4)
        losses: list[float] = []
        for floor in floors:
            m = base[known] + floor
            losses.append(float(nb_log_loss(m, _shapes(m, cases.count[known], m), cases.count[known]).mean()))
        floor = floors[int(np.argmin(losses))]
        mean[at] = base[at] + floor
        shape[at] = _shapes(base[known] + floor, cases.count[known], mean[at])
    return mean, shape


def _columns(cases: Cases, signs: Sequence[str]) -> Floats:
    x = cases.x[:, [NAMES.index(s) for s in signs]].astype(np.float64)
    regions = np.unique(cases.region)
    return np.concatenate([x, (cases.region[:, None] == regions).astype(np.float64)], axis=1)


def _fit(z: Floats, y: Floats, signs: int) -> Floats:
    """Log-linear mean by iterated weighted least squares, weights of a negative binomial of shape one."""
    penalty = np.full(z.shape[1], RIDGE)
    penalty[signs:] = 0.01
    beta = np.zeros(z.shape[1])
    beta[signs:] = np.log(max(float(y.mean()), 1e-3))
    for _ in range(25):
        mean = np.exp(np.clip(z @ beta, -8, 6))
        weight = mean / (1.0 + mean)
        slope = z.T @ (weight * (y - mean) / mean) - penalty * beta
        step = np.linalg.solve((z * weight[:, None]).T @ z + np.diag(penalty), slope)
        beta = beta + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-6:
            break
    return beta


def _shapes(mean: Floats, y: Floats, ask: Floats) -> Floats:
    """Return the most likely shape on a grid, by thirds of the mean, for the asked means."""
    edges = np.quantile(mean, [1 / 3, 2 / 3])
    group = np.searchsorted(edges, mean)
    table = np.empty(3)
    for g in range(3):
        m, c = mean[group == g], y[group == g]
        m, c = m[:: max(1, len(m) // 20_000)], c[:: max(1, len(c) // 20_000)]
        losses = [float(nb_log_loss(m, np.full(len(m), s), c).mean()) if len(m) else 0.0 for s in SHAPES]
        table[g] = SHAPES[int(np.argmin(losses))]
    return table[np.searchsorted(edges, ask)]
