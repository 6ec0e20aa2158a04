"""Known coefficients come back: records simulated by the engine, replayed on the tape, fitted."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blocs.conduct.base import LEVELS
from blocs.testing.stats import assert_mean

BENCH = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks/coverage.py"))


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    """Twenty records of 200 acts."""
    frame = BENCH["estimates"](20, 200, seed=1)
    return frame.with_columns(z=(pl.col("estimate") - pl.col("truth")) / pl.col("se"))


def test_every_fit_converges(found):
    assert found["converged"].all()
    assert found.height == 20 * 12


def test_estimates_lie_around_the_truth_as_their_errors_say(found):
    z = found["z"].to_numpy()
    assert np.abs(z).max() < 5
    # twelve effects, twenty records each: the mean square is 1 +- 0.09 where errors are right
    assert 0.75 < (z**2).mean() < 1.35
    for choice in LEVELS:
        assert_mean(found.filter(level=choice)["z"], 0.0, f"error of {choice} estimates in standard errors", sd=1.0)


def test_estimates_know_the_sign_of_what_they_estimate(found):
    means = found.group_by("level", "effect").agg(pl.col("estimate").mean(), pl.col("truth").first())
    assert (means["estimate"].sign() == means["truth"].sign()).all()


def test_robust_errors_agree_with_those_of_the_curvature_where_the_model_is_true(found):
    ratio = (found["robust_se"] / found["se"]).to_numpy()
    assert 0.9 < ratio.mean() < 1.1


def test_the_wrong_truth_would_be_noticed(found):
    """The check has power: shifted by half a typical error, the same estimates fail it."""
    shifted = (found["estimate"] - found["truth"] - found["se"]) / found["se"]
    assert (shifted.to_numpy() ** 2).mean() > 1.35


@pytest.mark.slow
def test_ninety_percent_intervals_hold_the_truth_nine_times_in_ten():
    table = BENCH["coverage"](BENCH["estimates"](300, 300, seed=0))
    for column in ("holds", "robust_holds"):
        assert 0.86 < table[column].mean() < 0.94
        # 300 records: one effect's share has a standard error of 1.7 points
        assert table[column].min() > 0.90 - 4 * 0.0173
        assert table[column].max() < 0.90 + 4 * 0.0173
