"""Multinomial-logit likelihood over choice sets: value, gradient, exact Hessian and a guarded Newton search.

Axes: T choices, O options, P parameters. The log-likelihood is
`sum_t w_t (b'x[t, chosen_t] - log sum_o exp b'x[t, o])` (McFadden 1974; Stadtfeld & Block 2017, equation 5);
it is concave in `b`, so one maximum is the maximum and its Hessian gives the standard errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from blocs.ground.errors import bad_input

Floats = NDArray[np.float64]
Sums = tuple[float, Floats, Floats]
Objective = Callable[[Floats], Sums]

_CELLS_PER_BLOCK = 2_000_000
_DECREMENT = 1e-14
# a parameter whose error, in units of the statistic's spread within choices, is above 1,000 is not known at all
_FLAT = 1e-6
_ROUNDING = 1e-13


@dataclass(frozen=True)
class ChoiceFit:
    """A maximum of a log-likelihood and what is known about it.

    `coef`, `se`, `gradient` have shape [P], `vcov` and `information` [P, P]. `se` is NaN for a parameter the data say
    nothing about; `unidentified` names the parameters of each such direction. `converged` is true only when the Newton
    decrement is below 1e-14 and no direction is flat.
    """

    names: tuple[str, ...]
    coef: Floats
    se: Floats
    vcov: Floats
    loglik: float
    null_loglik: float
    gradient: Floats
    information: Floats
    iterations: int
    converged: bool
    message: str
    unidentified: tuple[tuple[str, ...], ...]


def fit_choice(
    X: ArrayLike,
    chosen: ArrayLike,
    mask: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    penalty: ArrayLike | None = None,
    start: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> ChoiceFit:
    """Fit a conditional logit by Newton's method with step halving.

    Args:
        X: statistics [T, O, P], finite; float32 is kept as it is and summed in float64.
        chosen: index of the chosen option [T].
        mask: true where an option could be chosen [T, O]; all, if not given.
        weights: weight of each choice [T], at least 0; 1, if not given.
        names: names of the parameters [P], used in the report.
        penalty: precision of a Gaussian prior centred on 0, as a vector [P] or a matrix [P, P].
        start: first guess [P]; zeros, if not given.
        offset: known part of each option's utility [T, O], e.g. the correction of a sample of options.

    Raises:
        InputError: shapes disagree, a number is not finite, or a chosen option is masked out.
    """
    design = ChoiceDesign.checked(X, chosen, mask, weights, offset)
    labels = tuple(names) if names is not None else tuple(f"b{k}" for k in range(design.X.shape[2]))
    if len(labels) != design.X.shape[2]:
        raise bad_input("fit_choice", "names", f"{len(labels)} names", f"{design.X.shape[2]}")
    return maximise(design.sums, labels, design.weights.sum(), penalty=penalty, start=start)


@dataclass(frozen=True)
class ChoiceDesign:
    """Choice sets ready for the likelihood: X [T, O, P], chosen [T], mask and offset [T, O] or None, weights [T]."""

    X: NDArray[np.floating]
    chosen: NDArray[np.intp]
    mask: NDArray[np.bool_] | None
    weights: Floats
    offset: NDArray[np.floating] | None = None

    @classmethod
    def checked(
        cls,
        X: ArrayLike,
        chosen: ArrayLike,
        mask: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        offset: ArrayLike | None = None,
    ) -> ChoiceDesign:
        """Check shapes and values (see `fit_choice`)."""
        x = np.asarray(X)
        x = x if x.dtype == np.float32 else x.astype(np.float64)
        if x.ndim != 3:
            raise bad_input("fit_choice", "X", f"has {x.ndim} axes", "3: choice, option, parameter")
        pick = np.asarray(chosen, dtype=np.intp)
        if pick.shape != x.shape[:1] or (pick.size and (pick.min() < 0 or pick.max() >= x.shape[1])):
            raise bad_input("fit_choice", "chosen", "does not fit X", f"{x.shape[0]} indices below {x.shape[1]}")
        if not np.isfinite(x).all():
            raise bad_input("fit_choice", "X", "holds a number that is not finite", "finite statistics")
        allowed = None if mask is None else np.asarray(mask, dtype=bool)
        if allowed is not None:
            if allowed.shape != x.shape[:2]:
                raise bad_input("fit_choice", "mask", f"has shape {allowed.shape}", f"{x.shape[:2]}")
            absent = np.flatnonzero(~allowed[np.arange(pick.size), pick])
            if absent.size:
                raise bad_input("fit_choice", "mask", f"choice {absent[0]} took an option it did not have")
        w = np.ones(pick.size) if weights is None else np.asarray(weights, dtype=np.float64)
        if w.shape != pick.shape or not np.isfinite(w).all() or (w < 0).any():
            raise bad_input("fit_choice", "weights", "wrong shape or sign", f"{pick.size} numbers of at least 0")
        known = None if offset is None else np.asarray(offset)
        if known is not None and (known.shape != x.shape[:2] or not np.isfinite(known).all()):
            raise bad_input("fit_choice", "offset", "wrong shape or not finite", f"numbers of shape {x.shape[:2]}")
        return cls(x, pick, allowed, w, known)

    def sums(self, beta: Floats) -> Sums:
        """Return log-likelihood, gradient [P] and negative Hessian [P, P] at `beta` [P]."""
        P = self.X.shape[2]
        loglik, grad, info = 0.0, np.zeros(P), np.zeros((P, P))
        for a, b in self._blocks():
            x, p, logp, mean = self._block(a, b, beta)
            w = self.weights[a:b]
            loglik += float(w @ logp)
            grad += w @ (x[np.arange(b - a), self.chosen[a:b]] - mean)
            flat = x.reshape(-1, P)
            info += (flat * (p * w[:, None]).reshape(-1, 1)).T @ flat - (mean * w[:, None]).T @ mean
        return loglik, grad, info

    def by_decision(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return each choice's log probability [T] and score [T, P] at `beta` [P]."""
        T, _, P = self.X.shape
        logps, scores = np.zeros(T), np.zeros((T, P))
        for a, b in self._blocks():
            x, _, logps[a:b], mean = self._block(a, b, beta)
            scores[a:b] = x[np.arange(b - a), self.chosen[a:b]] - mean
        return logps, scores

    def probabilities(self, beta: Floats) -> Floats:
        """Return the probability of each option [T, O] at `beta` [P]; masked options have 0."""
        parts = [self._block(a, b, beta)[1] for a, b in self._blocks()]
        return np.concatenate(parts) if parts else np.zeros(self.X.shape[:2])

    def _blocks(self) -> list[tuple[int, int]]:
        T = self.X.shape[0]
        size = max(1, _CELLS_PER_BLOCK // max(1, self.X[0].size if T else 1))
        return [(a, min(a + size, T)) for a in range(0, T, size)]

    def _block(self, a: int, b: int, beta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        x = self.X[a:b].astype(np.float64, copy=False)
        u = x @ beta
        if self.offset is not None:
            u = u + self.offset[a:b]
        if self.mask is not None:
            u = np.where(self.mask[a:b], u, -np.inf)
        u -= u.max(axis=1, keepdims=True)
        chosen = u[np.arange(b - a), self.chosen[a:b]]
        p = np.exp(u, out=u)
        total = p.sum(axis=1)
        p /= total[:, None]
        return x, p, chosen - np.log(total), np.matmul(p[:, None, :], x)[:, 0, :]


def maximise(
    objective: Objective,
    names: Sequence[str],
    count: float,
    penalty: ArrayLike | None = None,
    start: ArrayLike | None = None,
    max_iterations: int = 60,
    moments: ArrayLike | None = None,
) -> ChoiceFit:
    """Climb a log-likelihood by Newton steps, halving a step that does not climb, and report honestly.

    `objective` maps `b` [P] to log-likelihood, gradient [P] and a positive semi-definite information matrix [P, P].
    `count` is the number of choices: the diagonal of the information at the start, divided by it, is each statistic's
    spread within choices. In units of that spread, directions of almost no information at the end are flat: both an
    effect that never varies and one that separates the choices (its estimate runs off to infinity) show there. `moments`
    [P] are sums of squares of the statistics: a spread that is nothing beside them is rounding and counts as none.
    """
    P = len(names)
    first = np.zeros(P) if start is None else np.asarray(start, dtype=np.float64)
    if first.shape != (P,):
        raise bad_input("fit_choice", "start", f"has shape {first.shape}", f"({P},)")
    aim = _penalised(objective, _precision(penalty, P))
    begin = aim(first)
    null = objective(np.zeros(P))[0] if first.any() else begin[0]
    beta, sums, iterations, decrement = _climb(aim, first, begin, max(count, 1.0), max_iterations)
    information = sums[2]
    loglik = objective(beta)[0] if penalty is not None else sums[0]
    diagonal = np.diag(begin[2])
    if moments is not None:
        diagonal = np.where(diagonal > _ROUNDING * np.asarray(moments, dtype=np.float64), diagonal, 0.0)
    flat, vcov = _flat_directions(information, diagonal / max(count, 1.0))
    unidentified = tuple(_loaded(names, v) for v in flat)
    lost = np.any([np.abs(v) > 1e-3 for v in flat], axis=0) if len(flat) else np.zeros(P, dtype=bool)
    se = np.where(lost, np.nan, np.sqrt(np.clip(np.diag(vcov), 0.0, None)))
    reached = decrement < _DECREMENT
    return ChoiceFit(
        names=tuple(names),
        coef=beta,
        se=se,
        vcov=vcov,
        loglik=loglik,
        null_loglik=null,
        gradient=sums[1],
        information=information,
        iterations=iterations,
        converged=bool(reached and not unidentified),
        message=_message(reached, unidentified, iterations, sums[1]),
        unidentified=unidentified,
    )


def _loaded(names: Sequence[str], direction: Floats) -> tuple[str, ...]:
    """Return the parameters that take part in a direction: shares of many are small, so they are weighed by the largest."""
    share = np.abs(direction)
    return tuple(name for name, large in zip(names, (share > 0.3 * share.max()).tolist(), strict=True) if large)


def _climb(
    aim: Objective, beta: Floats, sums: Sums, count: float, max_iterations: int
) -> tuple[Floats, Sums, int, float]:
    decrement = np.inf
    for iteration in range(max_iterations + 1):
        step = _solve(sums[2], sums[1])
        decrement = float(sums[1] @ step) / 2.0
        if decrement > 1e-2:
            # the second term bounds the first steps where a statistic that is rare among the options is often chosen
            step = _solve(sums[2] + np.diag(sums[1] ** 2 / count), sums[1])
        if decrement < _DECREMENT or iteration == max_iterations:
            return beta, sums, iteration, decrement
        # near the top the value can no longer tell a climb from rounding, and the full step is right
        slack = max(1e-12 * abs(sums[0]), 1e-9) if decrement < 1e-7 else 0.0
        factor, new = 1.0, aim(beta + step)
        while not (np.isfinite(new[0]) and new[0] >= sums[0] - slack):
            factor /= 2.0
            if factor < 1e-8:
                return beta, sums, iteration, decrement
            new = aim(beta + factor * step)
        beta, sums = beta + factor * step, new
    return beta, sums, max_iterations, decrement


def _solve(information: Floats, gradient: Floats) -> Floats:
    scale = np.sqrt(np.clip(np.diag(information), 0.0, None))
    scale = np.where(scale > 0.0, scale, 1.0)
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    keep = values > 1e-12
    coords = (vectors.T @ (gradient / scale))[keep] / values[keep]
    return (vectors[:, keep] @ coords) / scale


def _flat_directions(information: Floats, diagonal: Floats) -> tuple[list[Floats], Floats]:
    scale = np.sqrt(np.where(diagonal > 0.0, diagonal, 1.0))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    keep = values > _FLAT
    good = vectors[:, keep]
    vcov = (good / values[keep]) @ good.T / np.outer(scale, scale)
    return [vectors[:, k] for k in np.flatnonzero(~keep)], vcov


def _precision(penalty: ArrayLike | None, P: int) -> Floats | None:
    if penalty is None:
        return None
    k = np.asarray(penalty, dtype=np.float64)
    k = np.diag(k) if k.ndim == 1 else k
    if k.shape != (P, P) or not np.isfinite(k).all() or np.linalg.eigvalsh(k).min() < -1e-12:
        raise bad_input("fit_choice", "penalty", "is not a precision", f"{P} numbers of at least 0, or a PSD matrix")
    return k


def _penalised(objective: Objective, precision: Floats | None) -> Objective:
    if precision is None:
        return objective

    def aim(beta: Floats) -> Sums:
        loglik, grad, info = objective(beta)
        return loglik - 0.5 * float(beta @ precision @ beta), grad - precision @ beta, info + precision

    return aim


def _message(reached: bool, unidentified: tuple[tuple[str, ...], ...], iterations: int, gradient: Floats) -> str:
    if unidentified:
        return "the data do not identify " + "; ".join(_some(names) for names in unidentified)
    score = float(np.max(np.abs(gradient)))
    state = "converged" if reached else "no convergence"
    return f"{state} after {iterations} Newton steps, largest score {score:.1e}"


def _some(names: tuple[str, ...], most: int = 8) -> str:
    """Return the names joined, the last ones counted where there are many."""
    if len(names) <= most:
        return " + ".join(names)
    return " + ".join(names[: most - 1]) + f" + {len(names) - most + 1} more"
