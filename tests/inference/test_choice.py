"""The shared choice likelihood: derivatives, known answers, honesty about what the data do not say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from blocs.ground.errors import InputError
from blocs.inference.choice import ChoiceDesign, fit_choice

from .events.oracle import choice_loglik


def random_sets(seed, T=40, n=6, P=3, masked=True):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(T, n, P))
    mask = rng.random((T, n)) < 0.7 if masked else np.ones((T, n), dtype=bool)
    chosen = rng.integers(0, n, T)
    mask[np.arange(T), chosen] = True
    return X, chosen, mask


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**20), st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=3))
def test_sums_against_the_definition_and_finite_differences(seed, beta):
    X, chosen, mask = random_sets(seed)
    beta = np.array(beta)
    design = ChoiceDesign.checked(X, chosen, mask)
    loglik, gradient, information = design.sums(beta)
    assert loglik == pytest.approx(choice_loglik(X, mask, chosen, beta), rel=1e-12)
    np.testing.assert_allclose(
        gradient, approx_fprime(beta, lambda b: choice_loglik(X, mask, chosen, b), 1e-6), atol=1e-3
    )
    slope = np.stack([approx_fprime(beta, lambda b, k=k: design.sums(b)[1][k], 1e-6) for k in range(3)])
    np.testing.assert_allclose(information, -slope, atol=1e-3)


def test_closed_form_for_two_options():
    X = np.zeros((100, 2, 1))
    X[:, 1] = 1.0
    chosen = np.r_[np.ones(80, dtype=int), np.zeros(20, dtype=int)]
    fit = fit_choice(X, chosen)
    assert fit.converged
    assert fit.coef[0] == pytest.approx(np.log(4.0), abs=1e-9)
    assert fit.se[0] == pytest.approx(1.0 / np.sqrt(100 * 0.8 * 0.2), abs=1e-9)
    assert fit.loglik == pytest.approx(80 * np.log(0.8) + 20 * np.log(0.2), abs=1e-9)
    assert fit.null_loglik == pytest.approx(100 * np.log(0.5), abs=1e-9)


def test_weights_count_like_repeats():
    X, chosen, mask = random_sets(3)
    twice = fit_choice(np.r_[X, X[:10]], np.r_[chosen, chosen[:10]], np.r_[mask, mask[:10]])
    weights = np.ones(len(chosen))
    weights[:10] = 2.0
    once = fit_choice(X, chosen, mask, weights=weights)
    np.testing.assert_allclose(once.coef, twice.coef, atol=1e-8)
    np.testing.assert_allclose(once.se, twice.se, atol=1e-8)


def test_order_of_options_and_a_shift_of_all_options_change_nothing():
    X, chosen, mask = random_sets(5)
    order = np.random.default_rng(0).permutation(X.shape[1])
    other = fit_choice(X[:, order] + 3.0, np.argsort(order)[chosen], mask[:, order])
    np.testing.assert_allclose(other.coef, fit_choice(X, chosen, mask).coef, atol=1e-7)


def test_collinear_statistics_are_named():
    X, chosen, mask = random_sets(7)
    X[:, :, 2] = X[:, :, 0] + 2.0 * X[:, :, 1]
    fit = fit_choice(X, chosen, mask, names=["a", "b", "c"])
    assert not fit.converged
    assert set(fit.unidentified[0]) == {"a", "b", "c"}
    assert np.isnan(fit.se).all()
    assert "do not identify" in fit.message


def test_a_statistic_that_never_varies_and_one_that_separates():
    X, chosen, mask = random_sets(9, masked=False)
    X[:, :, 1] = 4.0
    X[:, :, 2] = 0.0
    X[np.arange(len(chosen)), chosen, 2] = 1.0
    fit = fit_choice(X, chosen, mask, names=["fine", "constant", "perfect"])
    assert not fit.converged
    assert {name for names in fit.unidentified for name in names} == {"fine", "constant", "perfect"}
    X[:, :, 2] = np.random.default_rng(0).normal(size=X.shape[:2])
    fit = fit_choice(X, chosen, mask, names=["fine", "constant", "noise"])
    assert fit.unidentified == (("constant",),)
    assert np.isfinite(fit.se[[0, 2]]).all()
    assert np.isnan(fit.se[1])


def test_a_penalty_makes_a_separated_choice_estimable():
    X = np.zeros((30, 3, 1))
    X[:, 0] = 1.0
    fit = fit_choice(X, np.zeros(30, dtype=int), penalty=[1.0])
    assert fit.converged
    score = 30 * (1 - np.exp(fit.coef[0]) / (np.exp(fit.coef[0]) + 2)) - fit.coef[0]
    assert score == pytest.approx(0.0, abs=1e-6)


def test_float32_storage_agrees():
    X, chosen, mask = random_sets(11, T=400)
    single = fit_choice(X.astype(np.float32), chosen, mask)
    np.testing.assert_allclose(single.coef, fit_choice(X, chosen, mask).coef, atol=1e-5)


def test_recovers_known_parameters_with_honest_errors():
    rng = np.random.default_rng(2)
    truth = np.array([1.0, -0.5])
    z = []
    for _ in range(200):
        X = rng.normal(size=(150, 5, 2))
        chosen = (X @ truth + rng.gumbel(size=(150, 5))).argmax(axis=1)
        fit = fit_choice(X, chosen)
        z.append((fit.coef - truth) / fit.se)
    z = np.array(z)
    # 4 numbers, each within 4 of its standard errors: a right estimator fails here once in 4,000 seeds
    assert np.abs(z.mean(axis=0) * np.sqrt(200)).max() < 4.0
    assert np.abs((z**2).mean(axis=0) - 1.0).max() < 4.0 * np.sqrt(2.0 / 200)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda X, c, m: (X[0], c, m), "axes"),
        (lambda X, c, m: (X, c + 99, m), "chosen"),
        (lambda X, c, m: (np.where(X > 2.0, np.nan, X), c, m), "not finite"),
        (lambda X, c, m: (X, c, m & False), "did not have"),
        (lambda X, c, m: (X, c, m[:, :2]), "shape"),
    ],
)
def test_bad_input_is_one_line(change, word):
    with pytest.raises(InputError, match=word) as caught:
        fit_choice(*change(*random_sets(1, T=200)))
    assert "\n" not in str(caught.value)
