"""Voting alignment: no peek at the future, a gain where there is structure, honest intervals."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.forecast.alignment import BASELINES, FEATURES, Panel, build_cases, features, hindsight, roll
from blocs.forecast.alignment.model import baseline_forecasts
from blocs.forecast.quantiles import pinball_crps

STATES, YEARS, FIRST = 30, 18, 1950


def invented(seed: int = 0, years: int = YEARS) -> Panel:
    """States with wandering positions vote on subjects that come back."""
    rng = np.random.default_rng(seed)
    place = rng.normal(size=(STATES, 2))
    lines = rng.normal(size=(30, 3))
    votes, year, subject = [], [], []
    for y in range(years):
        place = place + 0.1 * rng.normal(size=place.shape)
        for s in rng.integers(0, 30, 40):
            pull = place @ lines[s, :2] + lines[s, 2] + 0.6 * rng.normal(size=STATES)
            cast = np.where(pull > 0.3, 1.0, np.where(pull < -0.3, -1.0, 0.0))
            votes.append(np.where(rng.random(STATES) < 0.1, np.nan, cast))
            year.append(FIRST + y)
            subject.append(s)
    sheet, year = np.array(votes, np.float32), np.array(year)
    agreement = np.full((years, STATES, STATES), np.nan, np.float32)
    for y in range(years):
        v = sheet[year == FIRST + y]
        there = np.isfinite(v).astype(float)
        number = there.T @ there
        same = sum((v == c).astype(float).T @ (v == c) for c in (-1, 0, 1))
        agreement[y] = np.where(number >= 20, same / np.maximum(number, 1), np.nan)
        np.fill_diagonal(agreement[y], np.nan)
    shape = agreement.shape
    ties = {"organisations": np.zeros(shape, np.float32), "distance": np.full(shape, 9000.0, np.float32)}
    return Panel(np.arange(STATES), FIRST, agreement, sheet, year, np.array(subject), ties)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return invented()


def test_features_read_nothing_after_the_origin(panel):
    whole, number = features(panel, 1960)
    known, same = features(panel.until(1960), 1960)
    assert whole.shape == (STATES * (STATES - 1) // 2, len(FEATURES))
    assert np.array_equal(whole, known)
    assert np.array_equal(number, same)
    later = invented(1)
    mixed = Panel(
        panel.states, FIRST, np.concatenate([panel.agreement[:11], later.agreement[11:]]),
        np.where((panel.vote_year > 1960)[:, None], later.votes, panel.votes), panel.vote_year, panel.subject, panel.ties,
    )  # fmt: skip
    assert np.array_equal(features(mixed, 1960)[0], whole)
    assert not np.array_equal(features(mixed, 1962)[0], features(panel, 1962)[0])


def test_cases_leave_out_pairs_without_a_recent_label(panel):
    agreement = panel.agreement.copy()
    agreement[5:9, 0, :] = agreement[5:9, :, 0] = np.nan
    gap = Panel(panel.states, FIRST, agreement, panel.votes, panel.vote_year, panel.subject, panel.ties)
    pairs = {c.origin: set(c.pair.tolist()) for c in build_cases(gap, 1)}
    first = set(np.flatnonzero(panel.pairs[0] == 0).tolist())
    assert not pairs[FIRST + 8] & first  # no label in the three years to 1958
    assert pairs[FIRST + 9] >= first
    assert not pairs[FIRST + 6] & first  # no outcome in 1957


def test_beats_three_lags_where_votes_have_structure(panel):
    cases = build_cases(panel, 1)
    made, weights = roll(cases, 1962)
    rival = baseline_forecasts(cases, BASELINES["linear_ar3"], 1962, None)
    assert set(weights) == set(FEATURES)

    def crps(found):
        return np.mean([pinball_crps(f.quantiles, f.cases.outcome).mean() for f in found])

    def apart(found):
        """Mean error of pairs against their year's mean, which is the agenda's whim here."""
        gaps = [f.cases.outcome - f.median for f in found]
        return np.mean([np.abs(g - g.mean()).mean() for g in gaps])

    assert crps(made) < crps(rival)
    assert apart(made) < 0.98 * apart(rival)
    inside = [((f.quantiles[:, 5] <= f.cases.outcome) & (f.cases.outcome <= f.quantiles[:, -6])).mean() for f in made]
    assert 0.6 < np.mean(inside) < 0.92  # of 0.78
    assert all((np.diff(f.quantiles, axis=1) >= 0).all() for f in made)


def test_frozen_weights_do_not_see_later_outcomes(panel):
    cases = build_cases(panel, 1)
    twisted = [
        c if c.target <= 1962 else type(c)(c.origin, c.target, c.pair, c.x, c.shared, 1 - c.outcome) for c in cases
    ]
    kept, _ = roll(cases, 1963, frozen=1962)
    other, _ = roll(twisted, 1963, frozen=1962)
    assert np.array_equal(kept[0].median, other[0].median)
    with pytest.raises(ValueError, match="no error is known"):
        roll(cases[:4], 1953)


def test_hindsight_bounds_every_set_of_weights(panel):
    cases = build_cases(panel, 1)
    made, _ = roll(cases, 1962)
    expected, known = hindsight(made)
    outcome = np.concatenate([f.cases.outcome for f in made])
    least = np.abs(outcome - np.concatenate(known)).mean()
    about = [f.cases.x.astype(np.float64) - f.cases.x.mean(axis=0, dtype=np.float64) for f in made]
    rng = np.random.default_rng(0)
    ours = np.linalg.lstsq(np.concatenate(about), np.concatenate([k - k.mean() for k in known]), rcond=None)[0]
    for _ in range(200):
        other = ours + rng.normal(size=len(ours)) * 10.0 ** rng.uniform(-4, 0)
        points = [f.cases.outcome.mean(dtype=np.float64) + x @ other for f, x in zip(made, about, strict=True)]
        assert np.abs(outcome - np.concatenate(points)).mean() >= least - 1e-5
    for f, e, k in zip(made, expected, known, strict=True):
        assert np.allclose(e - e.mean(), k - k.mean())
        assert e.mean() == pytest.approx(f.median.mean(), abs=1e-6)
        assert k.mean() == pytest.approx(f.cases.outcome.mean(), abs=1e-6)
    with pytest.raises(ValueError, match="at least one year"):
        hindsight([])
