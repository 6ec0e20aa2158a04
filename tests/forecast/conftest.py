"""One small fit and ensemble for the whole room."""

from __future__ import annotations

from datetime import date

import pytest

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.simulate import forecast
from blocs.inference.fit import Fit, fit_record
from blocs.scenario.build import build
from blocs.scenario.load import load

RUNS = 30


@pytest.fixture(scope="session")
def tiny_fit() -> Fit:
    return fit_record(build(load("tiny")), draws=1)


@pytest.fixture(scope="session")
def tiny_ensemble(tiny_fit: Fit) -> Ensemble:
    return forecast(tiny_fit, runs=RUNS, seed=3)


@pytest.fixture(scope="session")
def horizon(tiny_ensemble: Ensemble) -> tuple[date, date]:
    return tiny_ensemble.start, tiny_ensemble.end
