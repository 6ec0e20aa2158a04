"""Quantile and probability scores against plain definitions."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.forecast.binary import Ranking, brier, log_loss
from blocs.forecast.dyads import nb_crps, nb_log_loss
from blocs.forecast.quantiles import levels, pinball_crps, residual_quantiles


def test_crps_of_a_normal_matches_its_closed_form():
    from scipy.stats import norm

    tau = levels(2000)
    y = np.array([-2.0, 0.0, 0.7])
    z = np.tile(norm.ppf(tau), (3, 1))
    closed = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / np.sqrt(np.pi)
    assert pinball_crps(z, y) == pytest.approx(closed, abs=2e-3)


def test_residual_quantiles_are_those_of_the_sample():
    assert residual_quantiles(np.arange(101.0), 4) == pytest.approx([12.5, 37.5, 62.5, 87.5])


def slow_ranking(p, y, w):
    pairs = [(a, b, u * v) for a, s, u in zip(p, y, w, strict=True) for b, t, v in zip(p, y, w, strict=True) if s > t]
    roc = sum(m * (1.0 if a > b else 0.5 if a == b else 0.0) for a, b, m in pairs) / sum(m for *_, m in pairs)
    total, found = 0.0, 0.0
    for cut in sorted(set(p), reverse=True):
        hit = sum(u for a, s, u in zip(p, y, w, strict=True) if a >= cut and s)
        new = sum(u for a, s, u in zip(p, y, w, strict=True) if a == cut and s)
        total += new * hit / sum(u for a, u in zip(p, w, strict=True) if a >= cut)
        found += new
    return roc, total / found


def test_ranking_with_weights_and_ties_matches_the_slow_definition():
    rng = np.random.default_rng(3)
    p, y = np.round(rng.random(60), 1), (rng.random(60) < 0.3).astype(float)
    w = rng.integers(0, 4, 60).astype(float)
    ranking = Ranking(p, y)
    assert ranking.scores() == pytest.approx(slow_ranking(p, y, np.ones(60)))
    assert ranking.scores(w) == pytest.approx(slow_ranking(p, y, w))
    assert np.isnan(Ranking(p, np.zeros(60)).scores()[0])


def test_losses_of_probabilities():
    p, y = np.array([0.2, 0.9, 0.0]), np.array([0.0, 1.0, 1.0])
    assert log_loss(p, y) == pytest.approx([-np.log(0.8), -np.log(0.9), -np.log(1e-6)])
    assert brier(p, y) == pytest.approx([0.04, 0.01, 1.0])


def test_negative_binomial_scores_match_scipy():
    from scipy.stats import nbinom

    mean, shape = np.array([0.3, 4.0, 30.0]), np.array([0.4, 2.0, 8.0])
    count = np.array([0.0, 7.0, 12.0])
    law = nbinom(shape, shape / (shape + mean))
    assert nb_log_loss(mean, shape, count) == pytest.approx(-law.logpmf(count))
    k = np.arange(2000)[:, None]
    slow = ((nbinom.cdf(k, shape, shape / (shape + mean)) - (count <= k)) ** 2).sum(axis=0)
    assert nb_crps(mean, shape, count) == pytest.approx(slow, rel=1e-6)
