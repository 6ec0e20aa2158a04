"""Lapse of pacts: logit against a known law, no peek at the future, episodes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.forecast.lapse import Pacts, Term, base_rate, hazard, logit
from blocs.forecast.lapse.design import with_neighbourhood
from blocs.forecast.lapse.model import fit_logit

TERMS = (Term("members", pl.col("min_members").cast(pl.Float64), ""), Term("noise", pl.col("noise"), ""))


def invented(seed: int = 0, rows: int = 6000) -> Pacts:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "ccode1": rng.integers(1, 20, rows), "ccode2": rng.integers(20, 40, rows),
            "origin_year": np.sort(rng.integers(1950, 1990, rows)), "min_members": rng.integers(2, 12, rows),
            "noise": rng.normal(size=rows),
        }
    )  # fmt: skip
    odds = -1.5 - 0.3 * frame["min_members"].to_numpy()
    lapsed = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    year = frame["origin_year"].to_numpy()
    return Pacts(frame, year, 1, lapsed, year)


def test_logit_finds_the_law_it_was_drawn_from():
    pacts = invented()
    x = pacts.design(TERMS)
    fitted = fit_logit(x, pacts.lapsed, np.ones(len(x)), ("members", "noise"), 0.01)
    slope = fitted.weight / fitted.scale
    assert slope == pytest.approx([-0.3, 0.0], abs=0.09)
    assert fitted.score(x).mean() == pytest.approx(-1.5 - 0.3 * x[:, 0].mean(), abs=0.15)


def test_gaps_are_filled_by_the_training_median():
    x = np.array([[1.0], [2.0], [np.nan], [9.0]] * 20)
    fitted = fit_logit(x, np.array([0.0, 1.0, 1.0, 1.0] * 20), np.ones(80), ("a",), 1.0)
    assert fitted.score(np.array([[np.nan]])) == fitted.score(np.array([[2.0]]))


def test_forecasts_know_only_windows_that_ended():
    pacts = invented()
    later = pacts.lapsed.copy()
    later[pacts.origin >= 1979] = 1.0
    twisted = Pacts(pacts.frame, pacts.origin, 1, later, pacts.end)
    at = pacts.origin == 1979
    for make in (
        lambda p: hazard(p, 3, TERMS, 1979, None)[0], lambda p: logit(p, TERMS, 1979, None), lambda p: base_rate(p, 1979, None),
    ):  # fmt: skip
        assert np.array_equal(make(pacts)[at], make(twisted)[at])
    frozen = logit(twisted, TERMS, 1979, 1979)
    assert np.array_equal(frozen, logit(pacts, TERMS, 1979, 1979), equal_nan=True)
    assert np.isnan(frozen[pacts.origin < 1979]).all()


def test_chances_compound_over_years():
    pacts = invented()
    one, three = (hazard(pacts, h, TERMS, 1980, None)[0][pacts.origin == 1985] for h in (1, 3))
    assert three == pytest.approx(1 - (1 - one) ** 3)


def test_an_episode_is_a_year_and_a_hub():
    frame = pl.DataFrame(
        {
            "ccode1": [1, 1, 1, 2, 5, 1],
            "ccode2": [2, 3, 4, 3, 6, 2],
            "origin_year": [1960, 1960, 1960, 1960, 1960, 1958],
        }
    )
    lapsed = np.array([1.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    end = np.array([1961, 1961, 1961, 1970, 1961, 1961])
    label = Pacts(frame, frame["origin_year"].to_numpy(), 3, lapsed, end).episodes()
    assert label[0] == label[1] == label[2] == label[5]  # one hub, one year, whatever the origin
    assert len({label[0], label[3], label[4]}) == 3


def test_lapses_nearby_count_what_was_known():
    frame = pl.DataFrame(
        {
            "ccode1": [1] * 6, "ccode2": [2] + [3] * 5, "origin_year": [1960, 1960, 1961, 1962, 1963, 1964],
            "end_year": [1960] + [1990] * 5, "lapses": [True] + [False] * 5,
        },
        schema_overrides=dict.fromkeys(("ccode1", "ccode2", "origin_year", "end_year"), pl.Int16),
    )  # fmt: skip
    found = with_neighbourhood(frame).filter(pl.col("ccode2") == 3)
    assert found["lapses3"].to_list() == [0, 1, 1, 1, 0]
