"""Scoring rules, intervals and base rates against definitions and other implementations."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from blocs.forecast.ask import paired_difference
from blocs.forecast.baselines import BaseRates, NoChange, no_change_scores, poisson_probability
from blocs.forecast.score import Interval, cluster_bootstrap, crps
from blocs.inference.fit import FEWEST_SCENES


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 40), st.integers(0, 2**31), st.floats(-5, 5))
def test_crps_is_its_definition(n: int, seed: int, y: float) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 1))
    slow = np.abs(x - y).mean() - 0.5 * np.abs(x[:, None] - x[None, :]).mean()
    assert crps(x, np.array([y]))[0] == pytest.approx(slow, abs=1e-12)


def test_crps_prefers_the_true_law() -> None:
    rng = np.random.default_rng(1)
    observed = rng.normal(size=400)
    good, shifted, wide = (rng.normal(m, s, (300, 400)) for m, s in ((0, 1), (1, 1), (0, 3)))
    best = crps(good, observed).mean()
    assert best < crps(shifted, observed).mean()
    assert best < crps(wide, observed).mean()


@pytest.mark.parametrize(("times", "exposure", "horizon"), [(0, 50.0, 4.0), (4, 50.0, 4.0), (3, 5.0, 2.5)])
def test_base_rate_is_the_gamma_poisson_predictive(times: int, exposure: float, horizon: float) -> None:
    law = gamma(times + 0.5, scale=1 / exposure)
    none, _ = quad(lambda rate: np.exp(-rate * horizon) * law.pdf(rate), 0, np.inf)
    assert poisson_probability(times, exposure, horizon) == pytest.approx(1 - none, abs=1e-6)


def test_cluster_bootstrap_covers_and_widens_with_dependence() -> None:
    rng = np.random.default_rng(2)
    hits, wider = 0, 0
    for _ in range(200):
        shared = np.repeat(rng.normal(size=40), 5)
        x = 0.3 + shared + 0.2 * rng.normal(size=200)
        cluster = np.repeat(np.arange(40), 5)
        whole = cluster_bootstrap(x, cluster, rng)
        alone = cluster_bootstrap(x, np.arange(200), rng)
        hits += whole.lo <= 0.3 <= whole.hi
        wider += (whole.hi - whole.lo) > (alone.hi - alone.lo)
    # 95% nominal; 200 trials leave a standard error of 1.5 points, percentile bootstraps run a little short
    assert 0.88 <= hits / 200 <= 0.99
    assert wider == 200


@pytest.mark.parametrize("scenes", [1, 2, FEWEST_SCENES - 1, FEWEST_SCENES])
def test_few_scenes_carry_no_verdict(scenes: int) -> None:
    """One scene drawn again is always itself: its interval would close up on any gain, and be called better."""
    x, cluster = np.full(60, 0.4), np.arange(60) % scenes
    gain = cluster_bootstrap(x, cluster, np.random.default_rng(0))
    assert (gain.mean, gain.scenes) == (pytest.approx(0.4), scenes)
    assert gain.bounded == (scenes > 1)
    assert gain.enough == (scenes == FEWEST_SCENES)
    assert gain.sign == int(gain.enough)
    assert Interval(0.4, 0.3, 0.5).sign == 1, "scores stored before scenes were counted keep their verdict"
    assert [Interval(m, m - 0.1, m + 0.1, 40).sign for m in (-0.4, 0.0, 0.4)] == [-1, 0, 1]


@settings(max_examples=30, deadline=None)
@given(st.integers(20, 200), st.integers(0, 2**31))
def test_paired_difference_contains_its_mean_and_never_closes(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.random(n) < 0.3, rng.random(n) < 0.5
    mean, lo, hi = paired_difference(before, after)
    assert mean == pytest.approx(after.mean() - before.mean())
    assert lo < hi
    same, low, high = paired_difference(before, before)
    assert same == 0.0
    assert low < 0 < high


def test_no_change_gives_a_proper_distribution() -> None:
    share = {
        "source": np.array([0.5, 0.3, 0.2]),
        "target": np.array([0.4, 0.3, 0.3]),
        "act": np.ones(2) / 2,
        "issue": np.ones(2) / 2,
    }
    model = NoChange(BaseRates(share), dict.fromkeys(share, 0.25))  # type: ignore[arg-type]
    first = {"i": 0, "j": 1, "g": 0, "k": 0}
    total = {"source": 0.0, "act": 0.0}
    for i in range(3):
        acts = pl.DataFrame([first, {"i": i, "j": (i + 1) % 3, "g": 0, "k": 1}])
        total["source"] += float(np.exp(no_change_scores(model, acts)["source"][1]))
    for g in range(2):
        acts = pl.DataFrame([first, {"i": 1, "j": 2, "g": g, "k": 1}])
        total["act"] += float(np.exp(no_change_scores(model, acts)["act"][1]))
    assert total["source"] == pytest.approx(1.0)
    assert total["act"] == pytest.approx(1.0)
