"""How many acts a day: maximum likelihood of the self-exciting tempo over drawn chronologies.

`log L = sum_n log rate(t_n) - integral of rate`, with the integral of an exponential kernel in closed form
(Hawkes 1971; Ogata 1978). Which acts are counted is decided by who tells, so the tempo is that of the record; what it
would be for all acts is not identified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from blocs.ground.errors import BlocsError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TempoData:
    """One chronology: days of acts [n], decayed counts just before each [n, h], first and last day observed."""

    day: Floats
    decayed: Floats
    begin: float
    end: float


@dataclass(frozen=True)
class TempoFit:
    """Acts a day: `base` and `branching` [h] with standard errors (curvature), and the log-likelihood a draw."""

    base: float
    branching: Floats
    se_base: float
    se_branching: Floats
    loglik: float
    converged: bool


def fit_tempo(draws: Sequence[TempoData], half_lives: Floats) -> TempoFit:
    """Fit base rate and branching ratios, averaged over drawn chronologies.

    A gamma(1.5, 20 years of the mean rate) pull on the base and a beta(1.5, 1.5)-like pull on the sum of branching
    ratios keep the rate positive and the process stable (sum below 1).

    Raises:
        BlocsError: the search did not reach a maximum.
    """
    rate = np.log(2.0) / half_lives
    stacked = [(rate * d.decayed, _exposure(d, half_lives), d.end - d.begin) for d in draws]
    mean_rate = float(np.mean([len(d.day) / (d.end - d.begin) for d in draws]))

    def negative(theta: Floats) -> tuple[float, Floats]:
        base, branching = np.exp(theta[0]), np.exp(theta[1:])
        total = branching.sum()
        if total >= 0.999:
            return 1e12 * float(total), np.concatenate([[0.0], 1e12 * branching])
        value, gradient = 0.0, np.zeros_like(theta)
        for kernel, exposed, span in stacked:
            lam = base + kernel @ branching
            value += float(np.log(lam).sum() - base * span - branching @ exposed)
            gradient[0] += base * (float((1 / lam).sum()) - span)
            gradient[1:] += branching * (kernel.T @ (1 / lam) - exposed)
        value, gradient = value / len(stacked), gradient / len(stacked)
        value += (
            0.5 * theta[0] - 0.5 * base / mean_rate + 0.5 * np.log1p(-total) + 0.5 * float(np.log(branching).mean())
        )
        gradient[0] += 0.5 - 0.5 * base / mean_rate
        gradient[1:] += -0.5 * branching / (1 - total) + 0.5 / len(branching)
        return -value, -gradient

    start = np.log(np.concatenate([[0.3 * mean_rate], np.full(len(half_lives), 0.7 / len(half_lives))]))
    found = minimize(negative, start, jac=True, method="L-BFGS-B", options={"maxiter": 500, "ftol": 1e-12})
    if not np.isfinite(found.fun):
        raise BlocsError(f"the tempo of the record could not be fitted: {found.message}")
    base, branching = float(np.exp(found.x[0])), np.exp(found.x[1:])
    spread = np.sqrt(np.diag(np.linalg.pinv(_hessian(negative, found.x))).clip(0))
    return TempoFit(
        base, branching, base * float(spread[0]), branching * spread[1:], -float(found.fun),
        bool(np.abs(negative(found.x)[1]).max() < 1e-2),
    )  # fmt: skip


def _exposure(d: TempoData, half_lives: Floats) -> Floats:
    left = (d.end - d.day)[:, None] / half_lives[None, :]
    return (1.0 - 2.0 ** (-left)).sum(axis=0)


def _hessian(objective: object, x: Floats, step: float = 1e-4) -> Floats:
    gradient = lambda t: objective(t)[1]  # type: ignore[operator]  # noqa: E731
    columns = [(gradient(x + step * e) - gradient(x - step * e)) / (2 * step) for e in np.eye(len(x))]
    full = np.stack(columns)
    return 0.5 * (full + full.T)
