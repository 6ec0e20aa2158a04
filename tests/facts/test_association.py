"""How two quantities go together, against NumPy and SciPy, and where there is nothing to compare."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from blocs.facts.association import correlation, rank_correlation, slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab
from blocs.facts.measure import holds_under

MOVING = arrays(np.float64, 12, elements=st.integers(-50, 50).map(float)).filter(lambda x: np.ptp(x) > 0)


@given(MOVING, MOVING)
def test_as_numpy_and_scipy(x: np.ndarray, y: np.ndarray):
    assert slope(x, y) == pytest.approx(np.polyfit(x, y, 1)[0], abs=1e-9)
    assert correlation(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-12)
    assert rank_correlation(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert slope(x.reshape(3, 4), y.reshape(3, 4)) == pytest.approx(slope(x, y))


@pytest.mark.parametrize("of", [slope, correlation, rank_correlation])
def test_what_does_not_move_goes_with_nothing_and_of_nothing_nothing_is_said(of):
    still, moving = np.full(5, 3.0), np.arange(5.0)
    assert of(still, moving) == 0.0
    assert of(moving, still) == 0.0
    assert np.isnan(of(np.zeros(0), np.zeros(0)))
    assert np.isnan(of(np.ones(1), np.ones(1)))


def test_a_fact_of_nothing_does_not_hold_and_stops_nobody():
    """With a mechanism switched off there may be no run in which the thing happened at all."""

    def of_nothing(lab: Lab) -> Measured:
        return stat(lambda x, seen: slope(x[seen], x[seen]), np.arange(30.0), np.zeros(30, bool))

    fact = Fact("F00.0", "nothing happened", of_nothing, at_least=0.1, broken={"press": {"strength": 0.0}})
    assert not holds_under(Family("S00", ("press",), (fact,)), "F00.0", {})
