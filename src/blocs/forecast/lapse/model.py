"""Ridge logits on outcomes known at the origin, frozen or learning on, and base rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.lapse.design import Pacts, Term

Floats = NDArray[np.floating[Any]]
SLOPE = 5.0


@dataclass(frozen=True)
class Hazard:
    """Choices of the model, made by rolling origin inside the training years.

    Attributes:
        ridge: penalty, half the sum of squared standardised coefficients.
        fade: weight of a training year against the year after it.
        level_fade: the same for the level alone, which is set so that forecast lapses equal those seen.
    """

    ridge: float = 60.0
    fade: float = 0.98
    level_fade: float | None = 1.0


@dataclass(frozen=True)
class Logit:
    """A fitted logit: standardised coefficients (K,), what standardises, and the level."""

    names: tuple[str, ...]
    weight: Floats
    level: float
    centre: Floats
    scale: Floats
    fill: Floats

    def score(self, x: Floats) -> Floats:
        """Return log odds (N,) of raw columns; gaps are filled by the training median."""
        return self.level + _standard(x, self.fill, self.centre, self.scale) @ self.weight

    def table(self) -> Mapping[str, float]:
        """Change of log odds for one standard deviation of each term."""
        return dict(zip(self.names, map(float, self.weight), strict=True))


def base_rate(pacts: Pacts, first: int, last: int | None, window: int | None = None) -> Floats:
    """Return the share of lapses (N,) for origins from `first` on, NaN before.

    Args:
        pacts: the cases.
        first: first origin to forecast.
        last: the last year whose outcome may be used; None uses all known at each origin.
        window: only origins of the last `window` years.
    """
    found = np.full(len(pacts.origin), np.nan)
    for year in np.unique(pacts.origin[pacts.origin >= first]):
        known = _known(pacts, int(year), last)
        if window:
            known &= pacts.origin >= year - window
        found[pacts.origin == year] = pacts.lapsed[known].mean() if known.any() else 0.0
    return found


def logit(pacts: Pacts, terms: tuple[Term, ...], first: int, last: int | None, ridge: float = 1.0) -> Floats:
    """Return probabilities (N,) of a plain ridge logit, each pair of weight one, NaN before `first`."""
    x = pacts.design(terms)
    return _rolled(pacts, x, np.ones(len(x)), tuple(t.name for t in terms), first, last, Hazard(ridge, 1.0, None))[0]


def hazard(
    yearly: Pacts, horizon: int, terms: tuple[Term, ...], first: int, last: int | None, choices: Hazard | None = None
) -> tuple[Floats, Logit]:
    """Return probabilities (N,) of a lapse within `horizon` years, NaN before `first`, and the last fit.

    The chance of one year is learned, since its outcomes are the most and the latest, and held for the years ahead:
    1 - (1 - p)^horizon. Pairs of a large pact count less, older years fade.

    Args:
        yearly: the cases of horizon 1.
        horizon: years ahead.
        terms: columns of the design.
        first: first origin to forecast.
        last: the last year whose outcome may be learned from; None learns on to each origin.
        choices: of the model.
    """
    x = yearly.design(terms)
    names = tuple(t.name for t in terms)
    chance, fitted = _rolled(yearly, x, yearly.weights(), names, first, last, choices or Hazard())
    return 1.0 - (1.0 - chance) ** horizon, fitted


def _known(pacts: Pacts, origin: int, last: int | None) -> NDArray[np.bool_]:
    limit = origin if last is None else min(origin, last)
    return pacts.scored & (pacts.origin + pacts.horizon <= limit)


def _rolled(
    pacts: Pacts, x: Floats, weight: Floats, names: tuple[str, ...], first: int, last: int | None, choices: Hazard
) -> tuple[Floats, Logit]:
    found = np.full(len(x), np.nan)
    fitted: Logit | None = None
    before = -1
    for year in np.unique(pacts.origin[pacts.origin >= first]).tolist():
        known = _known(pacts, year, last)
        limit = int((pacts.origin[known] + pacts.horizon).max()) if known.any() else -1
        if fitted is None or limit != before:
            age = limit - pacts.origin[known] - pacts.horizon
            fitted = fit_logit(x[known], pacts.lapsed[known], weight[known] * choices.fade**age, names, choices.ridge)
            if choices.level_fade is not None:
                fitted = _levelled(fitted, x[known], pacts.lapsed[known], choices.level_fade**age)
            before = limit
        at = pacts.origin == year
        found[at] = 1.0 / (1.0 + np.exp(-fitted.score(x[at])))
    if fitted is None:
        raise ValueError(f"no origin from {first} on")
    return found, fitted


def fit_logit(x: Floats, y: Floats, weight: Floats, names: tuple[str, ...], ridge: float) -> Logit:
    """Fit a ridge logit by Newton steps; columns are standardised, gaps filled by the median, the level is free.

    Args:
        x: (N, K) raw columns.
        y: (N,) 0 or 1.
        weight: (N,) case weights.
        names: of the columns.
        ridge: penalty, half the sum of squared standardised coefficients.
    """
    seen = ~np.isnan(x).all(axis=0)
    fill = np.zeros(x.shape[1])
    fill[seen] = np.nanmedian(x[:, seen], axis=0)
    gap = np.where(np.isnan(x), fill, x)
    centre, scale = gap.mean(axis=0), gap.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (gap - centre) / scale])
    penalty = np.full(z.shape[1], ridge)
    penalty[0] = 1e-9
    beta = np.zeros(z.shape[1])
    rate = np.clip(np.average(y, weights=weight), 1e-4, 1 - 1e-4)
    beta[0] = np.log(rate / (1.0 - rate))
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ beta, -30, 30)))
        slope = z.T @ (weight * (y - p)) - penalty * beta
        curve = (z * (weight * p * (1.0 - p))[:, None]).T @ z + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return Logit(names, beta[1:], float(beta[0]), centre, scale, fill)


def _levelled(fit: Logit, x: Floats, y: Floats, weight: Floats) -> Logit:
    """Stretch and move the log odds so that they fit the lapses seen, every pair of weight one but for its age.

    The ridge draws all odds together, and large pacts counted less; both are made good by one slope and one level.
    """
    z = np.column_stack([np.ones(len(x)), fit.score(x)])
    beta = np.array([0.0, 1.0])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ beta, -30, 30)))
        slope = z.T @ (weight * (y - p)) - np.array([0.0, SLOPE]) * (beta - np.array([0.0, 1.0]))
        step = np.linalg.solve((z * (weight * p * (1.0 - p))[:, None]).T @ z + np.diag([1e-9, SLOPE]), slope)
        beta = beta + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return replace(fit, level=float(beta[0] + beta[1] * fit.level), weight=beta[1] * fit.weight)


def _standard(x: Floats, fill: Floats, centre: Floats, scale: Floats) -> Floats:
    return (np.where(np.isnan(x), fill, x) - centre) / scale
