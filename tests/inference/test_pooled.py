"""The pooled logit against finite differences, another program of ours, a general optimiser, and its own promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp

from blocs.inference import pooled
from blocs.inference.choice import fit_choice
from blocs.inference.pooled import LevelData, Prior, _Design, fit_pooled, log_scores

N, K, O = 80, 3, 5  # noqa: E741


def make(seed: int = 0, n: int = N, tables: tuple[int, ...] = (2, 4)) -> LevelData:
    """Random choice sets with options missing, weights, scenes of two or three, choices drawn from known coefficients."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (n, K, O))
    rows = np.stack([rng.integers(0, size, n) for size in tables], axis=1) if tables else np.zeros((n, 0), int)
    allowed = rng.random((n, O)) < 0.8
    u = np.einsum("nko,k->no", x, [0.8, -0.5, 0.0])
    allowed[np.arange(n), rng.integers(0, O, n)] = True
    chosen = np.argmax(np.where(allowed, u + rng.gumbel(size=u.shape), -np.inf), axis=1)
    return LevelData(x, rows, allowed, chosen, rng.uniform(0.2, 1, n), np.arange(n) // 3, np.zeros(n, int), tables)


def prior(k: int = K, tables: int = 2, spread: float = 0.7) -> Prior:
    return Prior(np.linspace(-0.2, 0.2, k), np.full(k, spread), np.full(tables, 0.5))


def no_prior(k: int = K, tables: int = 0) -> Prior:
    return Prior(np.zeros(k), np.full(k, np.inf), np.full(tables, 0.5))


def slow_loglik(data: LevelData, beta: np.ndarray, tables: list[np.ndarray]) -> float:
    """The definition, choice by choice."""
    total = 0.0
    for n in range(len(data.chosen)):
        u = {o: float(beta @ data.x[n, :, o]) for o in range(data.x.shape[2]) if data.allowed[n, o]}
        for t, table in enumerate(tables):
            u = {o: v + table[data.rows[n, t], o] for o, v in u.items()}
        total += data.weight[n] * (u[int(data.chosen[n])] - logsumexp(list(u.values())))
    return total


def loglik(data: LevelData, beta: np.ndarray, tables: list[np.ndarray]) -> float:
    """The same for all choices at once."""
    u = np.einsum("nko,k->no", data.x, beta) + sum(t[data.rows[:, n]] for n, t in enumerate(tables))
    u = np.where(data.allowed, u, -np.inf)
    return float(data.weight @ (u[np.arange(len(u)), data.chosen] - logsumexp(u, axis=1)))


def split(data: LevelData, theta: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    tables, at = [], data.x.shape[1]
    for t, size in enumerate(data.table_rows):
        table, seen = np.zeros((size, O)), np.unique(data.rows[:, t])
        table[seen] = theta[at : at + len(seen) * O].reshape(len(seen), O)
        tables.append(table)
        at += len(seen) * O
    return theta[: data.x.shape[1]], tables


def test_value_is_the_definition_and_derivatives_are_finite_differences():
    data = make(3)
    design = _Design(data)
    theta = np.random.default_rng(1).normal(0, 0.4, design.width)
    value, gradient = design.value_and_gradient(theta)
    assert value == pytest.approx(slow_loglik(data, *split(data, theta)), rel=1e-12)
    steps = 1e-5 * np.eye(design.width)
    slope = [(design.value_and_gradient(theta + e)[0] - design.value_and_gradient(theta - e)[0]) / 2e-5 for e in steps]
    np.testing.assert_allclose(gradient, slope, atol=1e-7)
    curvature = [
        (design.value_and_gradient(theta - e)[1] - design.value_and_gradient(theta + e)[1]) / 2e-5 for e in steps
    ]
    np.testing.assert_allclose(design.information(theta), curvature, atol=1e-7)
    # scores of groups add up to the gradient
    np.testing.assert_allclose(np.asarray(design.scores(theta, data.scene).sum(axis=0)).ravel(), gradient, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_without_tables_and_priors_it_is_the_plain_conditional_logit(seed):
    data = make(seed, n=200, tables=())
    ours = fit_pooled(data, no_prior())
    plain = fit_choice(data.x.transpose(0, 2, 1), data.chosen, data.allowed, data.weight)
    assert ours.converged
    assert plain.converged
    np.testing.assert_allclose(ours.beta, plain.coef, atol=1e-5)
    np.testing.assert_allclose(ours.se, plain.se, rtol=1e-5)
    assert ours.loglik == pytest.approx(plain.loglik, abs=1e-8)
    np.testing.assert_allclose(ours.informed, 1.0)


def test_with_priors_it_is_the_maximum_that_a_general_optimiser_finds():
    data, p = make(5), prior()

    def negative(theta: np.ndarray) -> float:
        beta, tables = split(data, theta)
        pull = 0.5 * (((beta - p.mean) / p.spread) ** 2).sum() + sum(0.5 * (t**2).sum() / 0.5**2 for t in tables)
        return pull - loglik(data, beta, tables)

    found = fit_pooled(data, p)
    width = _Design(data).width
    best = minimize(
        negative, np.zeros(width), method="L-BFGS-B", options={"maxfun": 10**6, "ftol": 1e-13, "gtol": 1e-7}
    )
    beta, tables = split(data, best.x)
    np.testing.assert_allclose(found.beta, beta, atol=2e-3)
    for a, b in zip(found.tables, tables, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-3)
    assert found.loglik == pytest.approx(slow_loglik(data, found.beta, list(found.tables)), rel=1e-10)
    assert data.weight @ log_scores(data, found) == pytest.approx(found.loglik, rel=1e-10)


def test_newton_steps_finish_what_the_quasi_newton_ascent_leaves(monkeypatch):
    """Statistics of very different scale, under a prior that does not know of it."""
    data = make(3)
    data = replace(data, x=data.x * np.array([1.0, 1e2, 1e-2])[:, None])
    p = Prior(np.zeros(K), np.full(K, 1e3), np.full(2, 0.5))
    whole = fit_pooled(data, p)
    assert whole.converged
    monkeypatch.setattr(pooled, "MOST", 3)
    short = fit_pooled(data, p)
    assert short.converged
    np.testing.assert_allclose(short.beta, whole.beta, rtol=1e-4, atol=1e-6)
    monkeypatch.setattr(pooled, "NEWTON", 0)
    assert not fit_pooled(data, p).converged


def test_a_statistic_that_never_varies_is_told():
    data = make(1, tables=())
    x = data.x.copy()
    x[:, 1, :] = 2.5
    flat = replace(data, x=x)
    with_prior = fit_pooled(flat, prior(tables=0))
    assert with_prior.informed[1] == pytest.approx(0.0, abs=1e-8)
    assert with_prior.beta[1] == pytest.approx(0.0, abs=1e-6)  # its prior mean
    assert with_prior.informed[0] > 0.5
    assert fit_pooled(flat, no_prior()).se[1] > 1e5


def test_two_copies_of_a_statistic_share_one_estimate_and_say_so():
    data = make(2, n=400, tables=())
    twice = replace(data, x=np.concatenate([data.x, data.x[:, :1]], axis=1))
    alone = fit_pooled(data, Prior(np.zeros(3), np.full(3, 5.0), np.zeros(0)))
    both = fit_pooled(twice, Prior(np.zeros(4), np.full(4, 5.0), np.zeros(0)))
    assert both.beta[0] == pytest.approx(both.beta[3], abs=1e-4)
    assert both.beta[0] + both.beta[3] == pytest.approx(alone.beta[0], abs=0.01)
    # of each copy the record knows the sum alone: half of the precision at most, and an error far above that of one
    assert both.informed[0] == pytest.approx(0.5, abs=0.05)
    assert both.se[0] > 10 * alone.se[0]
    assert both.together == ((0, 3),)
    assert alone.together == ()
    plain = fit_choice(
        twice.x.transpose(0, 2, 1), twice.chosen, twice.allowed, twice.weight, names=("a", "b", "c", "again")
    )
    assert plain.unidentified == (("a", "again"),)


def test_confidence_weighs():
    """A choice of weight 2 counts as two; one of weight 0 is not there."""
    data = make(4, tables=(3,))
    weights = np.random.default_rng(0).integers(0, 3, N).astype(float)
    p = prior(tables=1)
    weighed = fit_pooled(replace(data, weight=weights), p)
    keep = np.repeat(np.arange(N), weights.astype(int))
    each = (getattr(data, name)[keep] for name in ("x", "rows", "allowed", "chosen"))
    copied = fit_pooled(LevelData(*each, np.ones(len(keep)), data.scene[keep], data.draw[keep], (3,)), p)
    np.testing.assert_allclose(weighed.beta, copied.beta, atol=1e-5)
    np.testing.assert_allclose(weighed.se, copied.se, rtol=1e-5)
    np.testing.assert_allclose(weighed.robust_se, copied.robust_se, rtol=1e-4)
    assert np.abs(weighed.beta - fit_pooled(replace(data, weight=np.ones(N)), p).beta).max() > 1e-3


def test_equal_draws_add_no_error_and_different_draws_do():
    data = make(6, tables=())
    two = {
        name: np.concatenate([getattr(data, name)] * 2) for name in ("x", "rows", "allowed", "chosen", "scene")
    }  # fmt: skip
    draw, weight = np.repeat([0, 1], N), np.tile(data.weight / 2, 2)
    same = fit_pooled(LevelData(**two, weight=weight, draw=draw, table_rows=()), no_prior())
    once = fit_pooled(data, no_prior())
    np.testing.assert_allclose(same.beta, once.beta, atol=1e-6)
    np.testing.assert_allclose(same.robust_se, once.robust_se, rtol=1e-4)
    two["x"][N:] += np.random.default_rng(0).normal(0, 1, two["x"][N:].shape)
    assert (
        fit_pooled(LevelData(**two, weight=weight, draw=draw, table_rows=()), no_prior()).robust_se > once.robust_se
    ).any()


def test_spreads_of_tables_settle_where_the_evidence_puts_them():
    """Rows drawn with a wide spread are told from rows drawn with none; the fixed point of MacKay (1992) holds."""
    rng = np.random.default_rng(8)
    n, size = 900, 6
    rows = rng.integers(0, size, (n, 2))
    truth = rng.normal(0, 1.0, (size, O))
    u = truth[rows[:, 0]]
    chosen = np.argmax(u + rng.gumbel(size=u.shape), axis=1)
    data = LevelData(
        np.zeros((n, 0, O)),
        rows,
        np.ones((n, O), bool),
        chosen,
        np.ones(n),
        np.arange(n),
        np.zeros(n, int),
        (size, size),
    )
    found = fit_pooled(data, Prior(np.zeros(0), np.zeros(0), np.full(2, 0.4)), evidence_rounds=12)
    assert 0.6 < found.table_spread[0] < 1.4
    assert found.table_spread[1] < 0.2
    centred = truth - truth.mean(axis=1, keepdims=True)
    fitted = found.tables[0] - found.tables[0].mean(axis=1, keepdims=True)
    assert np.corrcoef(centred.ravel(), fitted.ravel())[0, 1] > 0.9
