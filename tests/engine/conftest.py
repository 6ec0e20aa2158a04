"""One laboratory and one untouched simulation for all tests of this room."""

from __future__ import annotations

import pytest

from . import lab


@pytest.fixture(scope="session")
def parts():
    """Model, coefficients and starting state."""
    w = lab.world()
    m = lab.model(w)
    return m, lab.coefficients(m), lab.start(w)


@pytest.fixture(scope="session")
def untouched(parts):
    return lab.run(*parts)
