"""Conditional logit with partially pooled intercepts: one level of conduct, fitted exactly and with honest errors.

The score of option o in choice n is `x[n, o] . beta + sum_t table_t[row[n, t], o]`. Coefficients have normal priors with
a mean and a spread; tables have spread `s_t` around 0, which can be estimated by the fixed point of the evidence
(MacKay 1992, "Bayesian interpolation", equation 4.8, that is empirical Bayes). The log posterior is concave, its Hessian
exact; standard errors are those of the posterior curvature, widened by the dependence of acts within a scene and by
what the drawn dates leave open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


FLAT = 1e-6
"""Share of information below which a direction counts as empty."""
MOST, NEWTON = 2000, 20
"""Quasi-Newton and Newton steps at most."""
SMALL = 1e-3
"""Largest entry of the gradient of the log posterior at what counts as a maximum, in nats by unit of a coefficient."""
LOADED = 0.1
"""Least weight with which a coefficient counts as part of a direction of length 1."""


@dataclass(frozen=True)
class LevelData:
    """The choice sets of one level, stacked over drawn chronologies.

    Axes: n choice, o option, k effect, t table. `weight` already holds confidence over number of draws; `scene` groups
    dependent choices, `draw` numbers the chronology.
    """

    x: Floats
    rows: Ints
    allowed: NDArray[np.bool_]
    chosen: Ints
    weight: Floats
    scene: Ints
    draw: Ints
    table_rows: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Choices, options, effects."""
        n, k, o = self.x.shape
        return n, o, k


@dataclass(frozen=True)
class Prior:
    """Normal priors: mean and spread of each coefficient, spread of each table; a spread of `inf` means none."""

    mean: Floats
    spread: Floats
    table_spread: Floats


@dataclass(frozen=True)
class PooledFit:
    """The maximum of the log posterior of one level.

    `beta` [k] with `se` [k] (posterior curvature), `robust_se` [k] (scenes and draws), `informed` [k] in 0..1: the share
    of the posterior precision of a coefficient that comes from the record and not from the prior. `together` are groups of
    coefficients (places) that the record cannot tell apart: it informs some combination of them, the prior divides it.
    """

    beta: Floats
    tables: tuple[Floats, ...]
    se: Floats
    robust_se: Floats
    covariance: Floats
    informed: Floats
    table_spread: Floats
    loglik: float
    gradient_norm: float
    iterations: int
    converged: bool
    together: tuple[tuple[int, ...], ...] = ()


class _Design:
    """The stacked sparse design: one row a (choice, option), one column a coefficient or an occupied table cell."""

    def __init__(self, data: LevelData) -> None:
        n, o, k = data.shape
        self.data, self.n, self.o, self.k = data, n, o, k
        self.seen = [np.unique(data.rows[:, t]) for t in range(data.rows.shape[1])]
        blocks: list[sp.csr_matrix] = [sp.csr_matrix(data.x.transpose(0, 2, 1).reshape(n * o, k))]
        for t, seen in enumerate(self.seen):
            place = np.searchsorted(seen, data.rows[:, t])
            column = place[:, None] * o + np.arange(o)[None, :]
            blocks.append(
                sp.csr_matrix((np.ones(n * o), column.ravel(), np.arange(n * o + 1)), shape=(n * o, len(seen) * o))
            )
        self.z = sp.hstack(blocks, format="csr")
        self.width = k + o * sum(len(seen) for seen in self.seen)
        self.zt = sp.csr_matrix(self.z.T)
        self.table_slices = self._slices()
        self.picked = np.arange(n) * o + data.chosen

    def _slices(self) -> list[slice]:
        out: list[slice] = []
        start = self.k
        for seen in self.seen:
            out.append(slice(start, start + len(seen) * self.o))
            start += len(seen) * self.o
        return out

    def log_probabilities(self, theta: Floats) -> Floats:
        u = np.where(self.data.allowed, (self.z @ theta).reshape(self.n, self.o), -np.inf)
        return u - logsumexp(u, axis=1, keepdims=True)

    def value_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        logp = self.log_probabilities(theta)
        value = float(self.data.weight @ logp.ravel()[self.picked])
        return value, np.asarray(self.zt @ self._residual(logp).ravel())

    def _residual(self, logp: Floats) -> Floats:
        residual = -np.exp(logp)
        residual.ravel()[self.picked] += 1.0
        return residual * self.data.weight[:, None]

    def information(self, theta: Floats) -> Floats:
        p = np.exp(self.log_probabilities(theta))
        wp = p * self.data.weight[:, None]
        second = (self.zt @ sp.diags(wp.ravel()) @ self.z).toarray()
        pick = sp.csr_matrix((p.ravel(), np.arange(self.n * self.o), np.arange(0, self.n * self.o + 1, self.o)))
        mean = pick @ self.z
        return second - np.asarray((mean.T @ sp.diags(self.data.weight) @ mean).toarray())

    def scores(self, theta: Floats, group: Ints) -> sp.csr_matrix:
        """Sum of score vectors over the choices of each group (group, coefficient)."""
        residual = self._residual(self.log_probabilities(theta))
        _, code = np.unique(group, return_inverse=True)
        gather = sp.csr_matrix(
            (residual.ravel(), (np.repeat(code, self.o), np.arange(self.n * self.o))),
            shape=(code.max() + 1, self.n * self.o),
        )
        return sp.csr_matrix(gather @ self.z)


def fit_pooled(data: LevelData, prior: Prior, evidence_rounds: int = 0) -> PooledFit:
    """Maximise the log posterior of one level.

    Args:
        data: choice sets.
        prior: means and spreads; infinite spreads give maximum likelihood where it exists.
        evidence_rounds: how often the spreads of tables are re-estimated from the record (0 keeps them).
    """
    design = _Design(data)
    theta = np.concatenate([np.where(np.isfinite(prior.spread), prior.mean, 0.0), np.zeros(design.width - design.k)])
    iterations, norm = 0, np.inf
    for round_ in range(evidence_rounds + 1):
        precision, centre = _prior_vectors(design, prior)
        theta, steps, norm = _climb(design, theta, precision, centre)
        iterations += steps
        if round_ < evidence_rounds:
            prior = _evidence_step(design, theta, prior, precision)
    precision, centre = _prior_vectors(design, prior)
    information = design.information(theta)
    inverse = _inverse(information + np.diag(precision), design.k)
    together = _together(information, precision, design.k)
    return replace(_report(design, theta, prior, precision, inverse, iterations, norm), together=together)


def _together(information: Floats, precision: Floats, k: int) -> tuple[tuple[int, ...], ...]:
    """Groups of two or more of the first k coefficients in whose difference the record holds no information.

    The information is that left once tables are estimated too; in units in which each coefficient alone has information
    1, a combination with next to none is flat.
    """
    rest = information[k:, k:] + np.diag(precision[k:])
    own = information[:k, :k] - information[:k, k:] @ _solved(rest, information[k:, :k])
    alone = np.diag(information)[:k]
    known = np.flatnonzero(np.diag(own) > FLAT * np.maximum(alone, 1e-12))
    scale = np.sqrt(np.diag(own)[known])
    values, vectors = np.linalg.eigh(own[np.ix_(known, known)] / np.outer(scale, scale))
    groups = [known[np.abs(v) > LOADED] for v in vectors.T[values < FLAT]]
    return tuple(tuple(g.tolist()) for g in groups if len(g) > 1)


def _solved(curvature: Floats, right: Floats) -> Floats:
    """Solve with a positive semi-definite matrix; directions without curvature count for nothing."""
    try:
        return np.asarray(sl.cho_solve(sl.cho_factor(curvature, lower=True), right))
    except sl.LinAlgError:
        return np.linalg.pinv(curvature, hermitian=True) @ right


def _prior_vectors(design: _Design, prior: Prior) -> tuple[Floats, Floats]:
    precision = np.zeros(design.width)
    centre = np.zeros(design.width)
    precision[: design.k] = 1.0 / prior.spread**2
    centre[: design.k] = prior.mean
    for part, spread in zip(design.table_slices, prior.table_spread, strict=True):
        # a softmax does not see a constant added to a row: a trace of precision keeps the curvature regular
        precision[part] = 1.0 / spread**2 + 1e-9
    return precision, centre


def _climb(design: _Design, theta: Floats, precision: Floats, centre: Floats) -> tuple[Floats, int, float]:
    """Quasi-Newton ascent; where it ends before the gradient is small, Newton steps go the rest of the way."""

    def negative(t: Floats) -> tuple[float, Floats]:
        value, gradient = design.value_and_gradient(t)
        off = t - centre
        return 0.5 * float(precision @ off**2) - value, precision * off - gradient

    found = minimize(
        negative,
        theta,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MOST, "ftol": 1e-13, "gtol": 1e-6, "maxcor": 30},
    )
    theta, steps = np.asarray(found.x), int(found.nit)
    for _ in range(NEWTON):
        value, slope = negative(theta)
        if np.abs(slope).max() < SMALL:
            break
        step = _solved(design.information(theta) + np.diag(precision), slope)
        share = next((f for f in 0.5 ** np.arange(20) if negative(theta - f * step)[0] <= value), 0.0)
        theta, steps = theta - share * step, steps + 1
    return theta, steps, float(np.abs(negative(theta)[1]).max())


def _evidence_step(design: _Design, theta: Floats, prior: Prior, precision: Floats) -> Prior:
    inverse_diagonal = np.diag(_inverse(design.information(theta) + np.diag(precision)))
    spreads = prior.table_spread.copy()
    for t, part in enumerate(design.table_slices):
        if not np.isfinite(spreads[t]):
            continue
        effective = max(theta[part].size - float(inverse_diagonal[part].sum()) / spreads[t] ** 2, 1e-3)
        spreads[t] = float(np.clip(np.sqrt(float(theta[part] @ theta[part]) / effective), 0.05, 2.0))
    return replace(prior, table_spread=spreads)


def _inverse(curvature: Floats, columns: int | None = None) -> Floats:
    """First columns of the inverse of a positive semi-definite matrix.

    Directions without curvature get a huge variance, not an error.
    """
    wanted = np.eye(len(curvature), columns)
    try:
        factor = sl.cho_factor(curvature, lower=True)
        return np.asarray(sl.cho_solve(factor, wanted))
    except sl.LinAlgError:
        values, vectors = np.linalg.eigh(curvature)
        flat = values < 1e-10 * values.max()
        whole = (vectors / np.where(flat, np.inf, values)) @ vectors.T + 1e12 * vectors[:, flat] @ vectors[:, flat].T
        return whole @ wanted


def _report(
    design: _Design, theta: Floats, prior: Prior, precision: Floats, inverse: Floats, iterations: int, norm: float
) -> PooledFit:
    data, k = design.data, design.k
    logp = design.log_probabilities(theta)
    scenes = design.scores(theta, data.scene) @ inverse
    draws = design.scores(theta, data.draw) @ inverse
    m = draws.shape[0]
    # a sandwich over scenes plus the prior's own share; then Rubin's between-draw part from one Newton step a draw
    within = scenes.T @ scenes + inverse.T @ (precision[:, None] * inverse)
    moved = draws * m - (draws * m).mean(axis=0)
    between = (1 + 1 / m) * (moved.T @ moved) / max(m - 1, 1)
    covariance = np.asarray(within + between)
    curvature = np.diag(inverse)
    tables: list[Floats] = []
    for size, seen, part in zip(data.table_rows, design.seen, design.table_slices, strict=True):
        table = np.zeros((size, design.o))
        table[seen] = theta[part].reshape(len(seen), design.o)
        tables.append(table)
    return PooledFit(
        beta=theta[:k],
        tables=tuple(tables),
        se=np.sqrt(curvature),
        robust_se=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        informed=np.clip(1.0 - curvature * precision[:k], 0.0, 1.0),
        table_spread=prior.table_spread,
        loglik=float(data.weight @ logp.ravel()[design.picked]),
        gradient_norm=norm,
        iterations=iterations,
        converged=norm < SMALL,
    )


def log_scores(data: LevelData, fit: PooledFit) -> Floats:
    """Return the log probability of each recorded choice (axis n), in nats."""
    u = np.einsum("nko,k->no", data.x, fit.beta)
    for t, table in enumerate(fit.tables):
        u = u + table[data.rows[:, t]]
    u = np.where(data.allowed, u, -np.inf)
    return (u - logsumexp(u, axis=1, keepdims=True))[np.arange(len(u)), data.chosen]
