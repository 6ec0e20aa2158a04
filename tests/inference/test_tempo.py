"""The tempo against its definition, and recovered from records that another algorithm simulated."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from blocs.inference.tempo import TempoData, fit_tempo

SPANS = np.array([0.1, 20.0])
BASE, BRANCHING = 0.2, np.array([0.35, 0.3])


def rate(t: float, days: np.ndarray, base: float, branching: np.ndarray) -> float:
    """Acts a day at t, from all acts before it."""
    past = days[days < t]
    kernel = np.log(2) / SPANS * 2.0 ** (-(t - past)[:, None] / SPANS)
    return float(base + (branching * kernel).sum())


def thinned(seed: int, end: float) -> np.ndarray:
    """Ogata's thinning (1981): propose at a rate that bounds the true one until the next act, keep by their ratio."""
    rng, days, t = np.random.default_rng(seed), [], 0.0
    held = np.zeros(2)
    while True:
        top = BASE + (BRANCHING * np.log(2) / SPANS * held).sum()
        wait = rng.exponential(1 / top)
        t += wait
        held = held * 2.0 ** (-wait / SPANS)
        if t > end:
            return np.array(days)
        if rng.random() * top <= BASE + (BRANCHING * np.log(2) / SPANS * held).sum():
            days.append(t)
            held = held + 1.0


def data(days: np.ndarray, end: float) -> TempoData:
    held, rows, last = np.zeros(2), [], 0.0
    for t in days:
        held = held * 2.0 ** (-(t - last) / SPANS)
        rows.append(held.copy())
        held, last = held + 1.0, t
    return TempoData(days, np.array(rows), 0.0, end)


def test_the_likelihood_is_its_definition():
    """Recompute the rate at each act from all earlier ones and integrate it by quadrature."""
    days, end = thinned(3, 120.0), 120.0
    fit = fit_tempo([data(days, end)], SPANS)
    log_rates = sum(np.log(rate(t, days, fit.base, fit.branching)) for t in days)
    edges = np.concatenate([[0.0], days, [end]])
    integral = 0.0
    for a, b in pairwise(edges):
        cuts = np.unique(np.clip([a, a + 0.05, a + 0.2, a + 1.0, b], a, b))
        integral += sum(
            quad(lambda t: rate(t, days, fit.base, fit.branching), x + 1e-9, y)[0] for x, y in pairwise(cuts)
        )
    mean = len(days) / end
    pull = 0.5 * np.log(fit.base) - 0.5 * fit.base / mean + 0.5 * np.log1p(-fit.branching.sum())
    pull += 0.5 * np.log(fit.branching).mean()
    assert fit.converged
    assert fit.loglik == pytest.approx(log_rates - integral + pull, rel=1e-5)


def test_the_truth_is_recovered_within_its_errors():
    """Forty records of 1,000 days each: every estimate within five standard errors, errors of the right size."""
    off = []
    for seed in range(40):
        fit = fit_tempo([data(thinned(seed, 1000.0), 1000.0)], SPANS)
        assert fit.converged
        found, error = np.append(fit.branching, fit.base), np.append(fit.se_branching, fit.se_base)
        off.append((found - np.append(BRANCHING, BASE)) / error)
    z = np.array(off)
    assert np.abs(z).max() < 5
    assert np.abs(z.mean(axis=0)).max() < 0.8  # 5 standard errors of the mean of forty
    assert 0.6 < np.sqrt((z**2).mean()) < 1.5


def test_more_draws_of_one_chronology_change_nothing():
    one = data(thinned(1, 500.0), 500.0)
    a, b = fit_tempo([one], SPANS), fit_tempo([one, one], SPANS)
    assert a.base == pytest.approx(b.base, rel=1e-4)
    np.testing.assert_allclose(a.branching, b.branching, rtol=1e-3, atol=1e-5)


def test_a_process_without_excitement_has_little_branching_and_every_fit_is_stable():
    rng = np.random.default_rng(0)
    days = np.sort(rng.uniform(0, 2000, 400))
    fit = fit_tempo([data(days, 2000.0)], SPANS)
    assert fit.branching.sum() < 0.25
    assert fit.base == pytest.approx(0.2, abs=0.05)
    burst = np.concatenate([10 + 0.01 * np.arange(60), 500 + 0.01 * np.arange(60)])
    assert fit_tempo([data(burst, 900.0)], SPANS).branching.sum() < 1.0
