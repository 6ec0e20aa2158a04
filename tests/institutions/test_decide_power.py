"""Power indices and alignment against published values and brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from blocs.ground.errors import InputError
from blocs.institutions import alignment
from blocs.institutions.power import banzhaf, shapley_shubik

EU15 = np.array([10, 10, 10, 10, 8, 5, 5, 5, 5, 4, 4, 3, 3, 3, 2.0])


def test_european_council_of_fifteen():
    """Published for 62 of 87 votes, e.g. Felsenthal & Machover (1998): four, one, four, two, three and one members."""
    phi, (beta, _) = shapley_shubik(EU15, 62 / 87), banzhaf(EU15, 62 / 87)
    first = [0, 4, 5, 9, 11, 14]
    assert phi[first] == pytest.approx([0.1167, 0.0955, 0.0552, 0.0454, 0.0353, 0.0207], abs=5e-5)
    assert beta[first] == pytest.approx([0.1116, 0.0924, 0.0587, 0.0479, 0.0359, 0.0226], abs=5e-5)


def test_security_council():
    must = np.array([True] * 5 + [False] * 10)
    phi, (beta, decisive) = shapley_shubik(np.ones(15), 0.6, must), banzhaf(np.ones(15), 0.6, must)
    assert phi[[0, -1]] == pytest.approx([0.19627, 0.001865], abs=5e-6)
    assert beta[[0, -1]] == pytest.approx([0.16693, 0.016535], abs=5e-6)
    assert decisive[[0, -1]] == pytest.approx([848 / 2**14, 84 / 2**14])


def test_community_of_six():
    phi, (beta, _) = (f(np.array([4, 4, 4, 2, 2, 1.0]), 12 / 17) for f in (shapley_shubik, banzhaf))
    assert phi == pytest.approx(np.array([14, 14, 14, 9, 9, 0]) / 60)
    assert beta == pytest.approx(np.array([10, 10, 10, 6, 6, 0]) / 42)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=5), st.floats(0.5, 1.0), st.data())
def test_counting_orders_one_by_one_agrees(votes, quota, data):
    assume(sum(votes) > 0)
    must = np.array(data.draw(st.lists(st.booleans(), min_size=len(votes), max_size=len(votes))))
    need = max(quota * sum(votes) - 1e-9, sum(votes) / 2 + 1e-9)

    def wins(group):
        return sum(votes[i] for i in group) >= need and all(i in group for i in np.flatnonzero(must))

    # Quotas so close to a whole number of votes that rounding decides are another matter.
    assume(abs(quota * sum(votes) - round(quota * sum(votes))) > 1e-3 or quota in (0.5, 1.0))
    pivots = np.zeros(len(votes))
    for order in itertools.permutations(range(len(votes))):
        pivots[next(i for n, i in enumerate(order) if wins(order[: n + 1]))] += 1
    assert shapley_shubik(np.array(votes, float), quota, must) == pytest.approx(pivots / pivots.sum())
    swings = np.zeros(len(votes))
    for size in range(len(votes) + 1):
        for group in itertools.combinations(range(len(votes)), size):
            for i in group:
                swings[i] += wins(group) and not wins([j for j in group if j != i])
    assert banzhaf(np.array(votes, float), quota, must)[0] == pytest.approx(swings / swings.sum())


@pytest.mark.parametrize("quota", [5.0, 1.0001, -0.1, float("nan")])
def test_a_quota_is_a_share(quota):
    for index in (shapley_shubik, banzhaf):
        with pytest.raises(InputError, match="no share of the votes"):
            index(np.array([4.0, 2.0, 1.0]), quota)


def test_nobody_with_votes_is_an_error():
    with pytest.raises(InputError, match="nobody has votes"):
        shapley_shubik(np.zeros(3), 0.5)


def symmetric(n: int, seed: int) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(n, n))
    x = (x + x.T) / 2
    np.fill_diagonal(x, 0.0)
    return x


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10_000))
def test_landscape_minima_are_those_of_exhaustive_search(n, seed):
    pull, size = symmetric(n, seed), np.random.default_rng(seed + 1).uniform(0.5, 2.0, n)

    def energy(side):
        return sum(size[i] * size[j] * pull[i, j] for i in range(n) for j in range(n) if i != j and side[i] != side[j])

    minima = {}
    for side in itertools.product((0, 1), repeat=n):
        flips = [tuple(1 - v if k == i else v for k, v in enumerate(side)) for i in range(n)]
        if side[0] == 0 and all(energy(f) >= energy(side) - 1e-12 for f in flips):
            minima[side] = energy(side)
    found = alignment.landscape(size, pull)
    assert {tuple(c.side.tolist()): pytest.approx(c.cost) for c in found} == minima
    assert [c.cost for c in found] == sorted(c.cost for c in found)


def test_large_landscape_finds_two_planted_camps():
    side = np.array([0] * 14 + [1] * 16)
    pull = np.where(side[:, None] == side, 1.0, -1.0)
    best = alignment.landscape(np.ones(30), pull, starts=20)[0]
    assert not best.exact
    assert best.side.tolist() == side.tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10_000))
def test_frustration_is_the_least_weight_to_flip(n, seed):
    ties = symmetric(n, seed)
    best = min(
        sum(abs(ties[i, j]) for i in range(n) for j in range(i) if (ties[i, j] > 0) == (side[i] != side[j]))
        for side in itertools.product((0, 1), repeat=n)
    )
    assert alignment.frustration(ties).cost == pytest.approx(best)


def test_balanced_camps_are_not_frustrated():
    side = np.array([0, 0, 1, 1, 1])
    ties = np.where(side[:, None] == side, 1.0, -1.0)
    found = alignment.frustration(ties)
    assert found.cost == 0.0
    assert found.side.tolist() == side.tolist()
    assert alignment.balanced_share(ties) == 1.0
    assert alignment.balanced_share(-np.ones((3, 3))) == 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_balance_solves_its_differential_equation(n, seed):
    x = symmetric(n, seed)
    b = alignment.balance(x)
    assume(np.isfinite(b.time))
    t, h = 0.3 * b.time, 1e-6 * b.time
    slope = (b.at(t + h) - b.at(t - h)) / (2 * h)
    assert slope == pytest.approx(b.at(t) @ b.at(t), rel=1e-4, abs=1e-6)
    near = b.at(0.9999999 * b.time)
    assert np.array_equal(np.sign(near[0]) != np.sign(near[0, 0]), b.side == 1)


def test_matrix_that_is_not_symmetric_is_said():
    with pytest.raises(InputError, match="not symmetric"):
        alignment.balance(np.array([[0, 1.0], [0, 0]]))
