"""Events by pair and month: counts, no peek at the future, a gain over memory where answers are given."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.forecast.dyads import (
    MEMORY,
    SIGNS,
    build_cases,
    cooperation_forecasts,
    count_forecasts,
    count_months,
    nb_log_loss,
)
from blocs.forecast.dyads.counts import plain_forecasts
from blocs.forecast.dyads.features import MOODS, OWN_MOODS
from blocs.forecast.dyads.panel import faded
from blocs.forecast.quantiles import pinball_crps

START, MONTHS = 1990 * 12, 84


def invented(seed: int = 0):
    """Eight actors; a pair acts after it was acted upon."""
    rng = np.random.default_rng(seed)
    rows, last = [], np.full((8, 8), 1.0)
    mood = rng.normal(size=(8, 8))
    for t in range(MONTHS):
        mean = 0.2 + 0.6 * last.T
        now = rng.poisson(np.minimum(mean, 12.0))
        np.fill_diagonal(now, 0)
        for i, j in zip(*np.nonzero(now), strict=True):
            rows += [(START + t, f"A{i}", f"A{j}", 3 * mood[i, j] + rng.normal())] * int(now[i, j])
        last = now
    return [np.array(c) for c in zip(*rows, strict=True)]


@pytest.fixture(scope="module")
def cases():
    return build_cases([count_months("here", *invented())])


def test_months_are_counted_by_pair():
    month, one, two = np.array([5, 5, 7, 7, 7, 7, 7, 7]), np.array(list("aabaaaba")), np.array(list("bbabbbab"))
    months = count_months("x", month, one, two, np.array([1.0, np.nan, -2.0, 1, 1, 1, 1, 1]))
    assert months.counts.tolist() == [[2, 0, 4]]  # b to a has less than five events
    assert months.scaled.tolist() == [[1, 0, 4]]
    assert months.out[:, 2].tolist() == [4, 2]
    assert months.reverse.tolist() == [-1]
    assert faded(np.array([[1.0, 0.0, 0.0]]), 1.0).tolist() == [[0.5, 0.25, 0.125]]


def test_signs_do_not_see_the_month_they_forecast(cases):
    month, one, two, value = invented()
    cut = month < START + 60
    known = build_cases([count_months("here", month[cut], one[cut], two[cut], value[cut])])
    both = cases.month < START + 60
    same = known.month < START + 60
    assert cases.x[both].shape == known.x[same].shape
    assert np.array_equal(cases.x[both], known.x[same])
    assert np.array_equal(cases.mood[both], known.mood[same])


def test_answers_beat_memory(cases):
    first = 1995 * 12
    test = cases.month >= first
    count = cases.count[test]
    model = count_forecasts(cases, first, tuple(SIGNS))[:2]
    memory = count_forecasts(cases, first, MEMORY)[:2]
    plain = plain_forecasts(cases, first, "persistence")
    loss = [nb_log_loss(m[test], s[test], count).mean() for m, s in (model, memory, plain)]
    assert loss[0] < loss[1] < loss[2]
    assert np.isnan(model[0][~test]).all()
    assert model[0][test].mean() == pytest.approx(count.mean(), rel=0.15)


def test_cooperation_learns_the_mood_of_a_pair(cases):
    first = 1995 * 12
    scored = (cases.month >= first) & (cases.scaled > 0)

    def crps(*how):
        median, quantiles = cooperation_forecasts(cases, first, *how)
        assert np.isnan(median[~scored]).all()
        return pinball_crps(quantiles[scored], cases.cooperation[scored]).mean()

    own = crps("regression", OWN_MOODS)
    assert own < 0.7 * crps("base rate")
    assert own < crps("persistence")
    assert crps("regression", tuple(MOODS)) < 1.05 * own
