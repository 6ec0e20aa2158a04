"""Statistical assertions hold for the law, fail for a neighbour of it, and state their rates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from blocs.testing.stats import assert_law, assert_mean, assert_share, false_alarm


@pytest.fixture
def draws():
    return np.random.default_rng(0).exponential(2.0, 4000)


def test_the_false_alarm_rate_is_the_two_sided_normal_tail():
    assert false_alarm(1.959964) == pytest.approx(0.05, abs=1e-6)
    assert false_alarm(5.0) == pytest.approx(5.733e-7, rel=1e-3)


def test_the_false_alarm_rate_is_met():
    alarms, rng = 0, np.random.default_rng(1)
    for _ in range(2000):
        try:
            assert_mean(rng.normal(size=200), 0.0, "mean", sd=1.0, sigmas=2.0)
        except AssertionError:
            alarms += 1
    assert stats.binomtest(alarms, 2000, false_alarm(2.0)).pvalue > 1e-4


def test_mean_of_the_law(draws):
    assert_mean(draws, 2.0, "waiting time", sd=2.0)
    assert_mean(draws, 2.0, "waiting time")


@pytest.mark.parametrize("wrong", [1.7, 2.3])
def test_a_wrong_mean_is_caught_on_either_side(draws, wrong):
    with pytest.raises(AssertionError, match=r"waiting time: mean .* standard errors"):
        assert_mean(draws, wrong, "waiting time")


def test_a_constant_must_hit():
    assert_mean(np.full(50, 0.25), 0.25, "constant")
    with pytest.raises(AssertionError, match="inf standard errors"):
        assert_mean(np.full(50, 0.25), 0.26, "constant")


def test_few_draws_are_refused():
    with pytest.raises(ValueError, match="too few"):
        assert_mean(np.ones(29), 1.0, "mean")


def test_share():
    hits = np.random.default_rng(2).random(5000) < 0.03
    assert_share(hits, 0.03, "hits")
    with pytest.raises(AssertionError):
        assert_share(hits, 0.05, "hits")
    with pytest.raises(ValueError, match="nothing to chance"):
        assert_share(hits, 1.0, "hits")


def test_law(draws):
    assert_law(draws, stats.expon(scale=2.0).cdf, "waiting time")


def test_a_law_of_the_same_mean_and_spread_is_caught(draws):
    with pytest.raises(AssertionError, match="do not follow the law"):
        assert_law(draws, stats.norm(2.0, 2.0).cdf, "waiting time")
