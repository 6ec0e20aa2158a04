"""Statistical assertions: two-sided, in standard errors, with the rate of false alarms stated.

A test that draws random numbers fixes its seed, so it either always passes or always fails; the stated rate is the
chance that a correct program was given a seed that fails. Never retry, never move a seed to make a test pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

SIGMAS = 5.0
ALARM = 1e-6


def false_alarm(sigmas: float) -> float:
    """Return how often a two-sided normal check at so many standard errors fails a correct program (5: 5.7e-7)."""
    return math.erfc(sigmas / math.sqrt(2.0))


def assert_mean(sample: Any, expected: float, what: str, sd: float | None = None, sigmas: float = SIGMAS) -> None:
    """Assert that the mean of independent draws is as expected.

    Args:
        sample: draws, axis draw (further axes are flattened); at least 30, for the normal approximation.
        expected: the mean under the law.
        what: name of the quantity, for the message.
        sd: standard deviation of one draw under the law, where known; else that of the sample is used.
        sigmas: standard errors allowed on either side; the false-alarm rate is `false_alarm(sigmas)`.

    Raises:
        AssertionError: the mean is further off, or the draws do not vary where they should.
        ValueError: fewer than 30 draws.
    """
    x = np.asarray(sample, dtype=np.float64).ravel()
    if x.size < 30:
        raise ValueError(f"{what}: {x.size} draws are too few for a check in standard errors, expected 30 or more")
    spread = float(x.std(ddof=1)) if sd is None else sd
    error, mean = spread / math.sqrt(x.size), float(x.mean())
    off = abs(mean - expected)
    # a sample without spread says nothing about its error: it must hit the value itself
    assert off <= sigmas * error + 1e-12 * (1.0 + abs(expected)), (
        f"{what}: mean {mean:.6g} of {x.size} draws, expected {expected:.6g}: off by "
        f"{off / error if error else math.inf:.1f} standard errors, allowed {sigmas:g} "
        f"(false alarms {false_alarm(sigmas):.1e})"
    )


def assert_share(sample: Any, expected: float, what: str, sigmas: float = SIGMAS) -> None:
    """Assert that the share of true draws is as expected (0 < expected < 1), with the standard error of the law.

    Raises:
        AssertionError: the share is further off than `sigmas` standard errors.
        ValueError: `expected` is not inside 0..1, or fewer than 30 draws.
    """
    if not 0.0 < expected < 1.0:
        raise ValueError(f"{what}: expected share {expected:g} leaves nothing to chance, expected inside 0..1")
    truth = np.asarray(sample)
    assert_mean(truth != 0, expected, what, sd=math.sqrt(expected * (1.0 - expected)), sigmas=sigmas)


def assert_law(sample: Any, cdf: Callable[[Any], Any], what: str, alarm: float = ALARM) -> None:
    """Assert that independent draws follow a continuous law (Kolmogorov-Smirnov, two-sided).

    Args:
        sample: draws, axis draw (further axes are flattened).
        cdf: the distribution function of the law, vectorised.
        what: name of the quantity, for the message.
        alarm: false-alarm rate of the check.

    Raises:
        AssertionError: the test rejects the law at the false-alarm rate.
    """
    x = np.asarray(sample, dtype=np.float64).ravel()
    found = stats.kstest(x, cdf)
    assert found.pvalue >= alarm, (
        f"{what}: {x.size} draws do not follow the law: largest gap {found.statistic:.4f}, p = {found.pvalue:.1e} "
        f"(false alarms {alarm:.1e})"
    )
