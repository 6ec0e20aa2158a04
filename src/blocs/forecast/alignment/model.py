"""A ridge regression on readable features, refitted along the years, with an error spread of its own for each pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.alignment.features import FEATURES, features
from blocs.forecast.alignment.panel import Panel
from blocs.forecast.quantiles import residual_quantiles

Floats = NDArray[np.floating[Any]]
Progress = Callable[[str, int, int], None]
NAMES = tuple(FEATURES)
LAGS = slice(0, 3)
FLOOR = 0.01
LEVEL_YEARS, LEVEL_PRIOR = 5, 0.02


@dataclass(frozen=True, repr=False)
class Cases:
    """Pairs whose outcome `horizon` years after the origin is known, and that had a label in the three years before.

    Attributes:
        origin: the year at whose end the forecast is made.
        target: the year forecast.
        pair: (N,) index into `Panel.pairs`.
        x: (N, K) features, in the order of `FEATURES`.
        shared: (N,) votes behind them.
        outcome: (N,) agreement in the target year.
    """

    origin: int
    target: int
    pair: NDArray[np.intp]
    x: Floats
    shared: Floats
    outcome: Floats

    @property
    def lags(self) -> Floats:
        """Agreement (N, 3) of the origin year and the two before it."""
        return self.x[:, LAGS]


@dataclass(frozen=True, repr=False)
class Forecasts:
    """Forecasts of one target year: median (N,) and quantiles (N, L) at `blocs.forecast.quantiles.levels(L)`."""

    cases: Cases
    median: Floats
    quantiles: Floats


@dataclass(frozen=True)
class Alignment:
    """The choices of the model, made on training years by rolling origin.

    Attributes:
        fade: weight of a training year against the year after it.
        ridge: penalty on a coefficient in units of its feature's spread within a year.
        memory: years of past errors behind the spread.
        drift: share of their mean that is taken for chance; the rest goes on.
    """

    fade: float = 0.9
    ridge: float = 0.1
    memory: int = 20
    drift: float = 1.0


@dataclass(repr=False)
class _Moments:
    """Second moments of features within a year: pairs of one year share its agenda, so a year's mean carries nothing."""

    square: Floats
    cross: Floats
    noise: float
    scale: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.scale = np.diag(self.square)


def build_cases(panel: Panel, horizon: int, tell: Progress | None = None) -> list[Cases]:
    """Return the cases of every origin year whose target lies in the panel, oldest first."""
    first, second = panel.pairs
    found: list[Cases] = []
    origins = range(panel.first_year + 2, panel.years[-1] - horizon + 1)
    for done, origin in enumerate(origins):
        outcome = panel.of_year(origin + horizon)[first, second]
        warm = np.isfinite(outcome)
        warm &= np.any([np.isfinite(panel.of_year(origin - k)[first, second]) for k in range(3)], axis=0)
        pair = np.flatnonzero(warm)
        if len(pair):
            x, shared = features(panel, origin)
            found.append(Cases(origin, origin + horizon, pair, x[pair], shared[pair], outcome[pair]))
        if tell:
            tell(f"features, {horizon} years ahead", done + 1, len(origins))
    return found


def roll(
    cases: Sequence[Cases], first: int, choices: Alignment | None = None, frozen: int | None = None
) -> tuple[list[Forecasts], dict[str, float]]:
    """Forecast every target year from `first` on, each from outcomes known at its origin, and return the last weights.

    Args:
        cases: of one horizon, oldest first.
        first: first target year to forecast.
        choices: of the model.
        frozen: the last year whose outcome may move the weights; None learns on to each origin. The spread is always
            that of the errors of the years to the origin.

    Raises:
        ValueError: no error is known before `first`.
    """
    picked = choices or Alignment()
    moments = [_moments(c) for c in cases]
    start = first - picked.memory - (cases[0].target - cases[0].origin)
    point: dict[int, Floats] = {}
    weights: dict[int, Floats] = {}
    for k, case in enumerate(cases):
        limit = case.origin if frozen is None else min(case.origin, frozen)
        known = [j for j, c in enumerate(cases) if c.target <= limit]
        if case.target < start or len(known) < 5:
            continue
        level = _level([c for c in cases if c.target <= case.origin], case, limit)
        weights[k] = _ridge([moments[j] for j in known], [limit - cases[j].target for j in known], picked)
        point[k] = level + (case.x - case.x.mean(axis=0, dtype=np.float64)) @ weights[k]
    found: list[Forecasts] = []
    for k, case in enumerate(cases):
        if case.target < first:
            continue
        past = [j for j in point if case.origin - picked.memory < cases[j].target <= case.origin]
        if not past:
            raise ValueError(f"no error is known before {case.target}")
        found.append(_spread(case, point[k], [(cases[j], point[j]) for j in past], picked.drift))
    last = weights[max(weights)] * np.sqrt(np.mean([m.scale for m in moments], axis=0)) if weights else np.zeros(0)
    return found, dict(zip(NAMES, map(float, last), strict=False))


def baseline_forecasts(
    cases: Sequence[Cases],
    rule: Callable[[list[tuple[Floats, Floats]]], Callable[[Floats], Floats]],
    first: int,
    frozen: int | None,
    memory: int = 10,
) -> list[Forecasts]:
    """Return a rule of lags with the errors it made in the ten years before each origin as its spread."""
    found: list[Forecasts] = []
    fitted: Callable[[Floats], Floats] | None = None
    for case in (c for c in cases if c.target >= first):
        limit = case.origin if frozen is None else min(case.origin, frozen)
        if fitted is None or frozen is None or limit < frozen:
            fitted = rule([(c.lags, c.outcome) for c in cases if c.target <= limit])
        past = [c for c in cases if case.origin - memory < c.target <= case.origin]
        error = np.concatenate([c.outcome - fitted(c.lags) for c in past])
        point = fitted(case.lags)
        quantiles = np.clip(point[:, None] + residual_quantiles(error), 0.0, 1.0)
        found.append(Forecasts(case, point, quantiles))
    return found


def _moments(case: Cases) -> _Moments:
    x = case.x.astype(np.float64)
    x = x - x.mean(axis=0)
    y = case.outcome - case.outcome.mean(dtype=np.float64)
    noise = float(((y - x[:, 0]) ** 2).mean())
    return _Moments(x.T @ x / len(y), x.T @ y / len(y), max(noise, 1e-6))


def _ridge(moments: Sequence[_Moments], age: Sequence[int], choices: Alignment) -> Floats:
    """Return coefficients (K,) of the regression within years; older years fade, and so do those that broke with the last.

    A year weighs by the inverse of its pairs' mean squared change: years of a new agenda say little about a pair.
    """
    w = choices.fade ** np.array(age, np.float64) / np.array([m.noise for m in moments])
    w /= w.sum()
    square = np.einsum("y,ykl->kl", w, np.stack([m.square for m in moments]))
    cross = np.einsum("y,yk->k", w, np.stack([m.cross for m in moments]))
    scale = np.sqrt(np.diag(square)) + 1e-9
    inner = square / np.outer(scale, scale) + choices.ridge * np.eye(len(scale))
    return np.linalg.solve(inner, cross / scale) / scale


def _level(past: Sequence[Cases], case: Cases, limit: int) -> float:
    """Return the year's mean: between the last year's and that of the last five known outcomes.

    The share of the last year is the one that would have done best for outcomes to `limit`.
    """
    target = np.array([c.target for c in past])
    mean = np.array([c.outcome.mean(dtype=np.float64) for c in past])
    last = np.array([c.lags[:, 0].mean(dtype=np.float64) for c in past])
    base = np.array([_mean_of(mean[(target <= c.origin) & (target > c.origin - LEVEL_YEARS)]) for c in past])
    seen = np.isfinite(base) & (target <= limit)
    move, came = (last - base)[seen], (mean - base)[seen]
    share = float(np.clip((move @ came + LEVEL_PRIOR) / (move @ move + LEVEL_PRIOR), 0.0, 1.0))
    now, middle = float(case.lags[:, 0].mean(dtype=np.float64)), _mean_of(mean[target > case.origin - LEVEL_YEARS])
    return now if np.isnan(middle) else middle + share * (now - middle)


def _mean_of(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _spread(case: Cases, point: Floats, past: Sequence[tuple[Cases, Floats]], drift: float) -> Forecasts:
    """Return quantiles: errors of past years, made out of sample, in units of the spread that the signs of a pair give."""
    error = np.concatenate([c.outcome - p for c, p in past])
    error = error - drift * error.mean()
    z = np.concatenate([_signs(c, p) for c, p in past])
    coefficient = _least(z, np.log(np.abs(error) + FLOOR))
    scale = np.exp(z @ coefficient)
    own = np.exp(_signs(case, point) @ coefficient)
    quantiles = np.clip(point[:, None] + own[:, None] * residual_quantiles(error / scale), 0.0, 1.0)
    middle = quantiles.shape[1] // 2
    return Forecasts(case, quantiles[:, middle - 1 : middle + 1].mean(axis=1), quantiles)


def _signs(case: Cases, point: Floats) -> Floats:
    """What says how wrong a forecast may be: height, few votes, jumps, distance from one's like."""
    at: Mapping[str, int] = {n: i for i, n in enumerate(NAMES)}
    p = np.clip(point, 0.02, 0.98)
    last, before = case.x[:, 0], case.x[:, 1]
    columns = [
        np.ones(len(p)), p, p * (1.0 - p), 1.0 / np.sqrt(case.shared + 5.0), np.abs(last - before),
        np.abs(last - case.x[:, at["like voters"]]), np.abs(last - case.x[:, at["positions"]]),
        case.x[:, at["state gap"]], np.abs(case.x[:, at["short memory"]] - case.x[:, at["memory"]]),
        case.x[:, at["state level"]], np.abs(case.x[:, at["like voters, short"]] - case.x[:, at["like voters"]]),
        np.abs(case.x[:, at["moved"]]), np.abs(case.x[:, at["moved, like voters"]]),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float64)


def _least(x: Floats, y: Floats) -> Floats:
    return np.linalg.solve(x.T @ x + 1e-6 * len(y) * np.eye(x.shape[1]), x.T @ y)
