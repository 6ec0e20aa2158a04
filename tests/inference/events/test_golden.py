"""The published fits (Stadtfeld & Block 2017 data, goldfish 1.7.0): coefficients, errors, likelihood, counts."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.inference.events import dynam, rem

from .conftest import published


@pytest.mark.parametrize("key", sorted(published()))
def test_published_fit(key, social):
    want = published()[key]
    formula = want["formula"].replace("callNetwork", "calls").replace("friendshipNetwork", "friendship")
    networks = {"friendship": social["friendship"]}
    if want["model"] == "REM":
        fit = rem(social["calls"], social["actors"], formula, networks=networks)
    else:
        fit = dynam(social["calls"], social["actors"], formula, want["sub_model"], networks=networks)
    assert fit.converged
    np.testing.assert_allclose(fit.coef, np.atleast_1d(want["coef"]), atol=1e-4)
    np.testing.assert_allclose(fit.se, np.atleast_1d(want["se"]), atol=1e-4)
    np.testing.assert_allclose(fit.vcov, np.atleast_2d(want["vcov"]), atol=1e-4)
    assert fit.loglik == pytest.approx(want["loglik"], abs=1e-3)
    assert fit.nobs == want["nobs"]
    assert fit.aic == pytest.approx(want["AIC"], abs=2e-3)
    assert fit.bic == pytest.approx(want["BIC"], abs=2e-3)


def test_printed_numbers_of_the_vignette(social):
    want = published()["SE_mod00Choice"]["printed"]
    fit = dynam(social["calls"], social["actors"], ["inertia", "recip", "trans"])
    np.testing.assert_allclose(fit.coef, want["coef"], atol=1e-5)
    np.testing.assert_allclose(fit.se, want["se"], atol=1e-5)
