"""The contract of a stylised fact: what it says, how it is measured, when it holds, and what must break it.

A fact is measured on simulated histories (`blocs.facts.lab`). It holds when the whole 99% interval of the statistic lies
on the right side of its bounds, so that a statistic exactly at a bound passes by chance at most once in 200 times. Each
fact also names a broken variant of the mechanisms in which the same measurement must not hold: a test that cannot fail
tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

if TYPE_CHECKING:
    from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
LEVEL = 0.99
"""Coverage of the interval that decides whether a fact holds."""
DRAWS = 2000
SEED = 20


@dataclass(frozen=True)
class Stat:
    """A statistic of several arrays with a common leading axis run, whose interval comes from resampling runs."""

    of: Callable[..., float]
    arrays: tuple[Any, ...]


def stat(of: Callable[..., float], *arrays: Any) -> Stat:
    """Return a statistic (slope, correlation, ratio...) of arrays with a common leading axis run."""
    return Stat(of, tuple(np.asarray(a) for a in arrays))


Measured = Stat | Any
"""What a measurement returns: one value a run (its mean is the statistic), or a `Stat`."""


@dataclass(frozen=True)
class Fact:
    """One stylised fact of SYSTEM.md.

    Attributes:
        id: such as `F10.1`.
        says: the fact in our words.
        measure: takes the laboratory, returns one value a run or a `Stat`.
        at_least, at_most: bounds of the statistic, in `unit`; at least one is given.
        broken: parameters of mechanisms under which the fact must not hold (usually the rule that carries it, off).
        unit: of the statistic.
        note: what a reader should know, such as why it does not hold.
    """

    id: str
    says: str
    measure: Callable[[Lab], Measured]
    at_least: float | None = None
    at_most: float | None = None
    broken: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    unit: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"{self.id} has no bound, expected at_least or at_most")
        if not self.broken:
            raise ValueError(f"{self.id} names nothing that breaks it")

    @property
    def expected(self) -> str:
        """The bounds in words."""
        if self.at_most is None:
            text = f"above {self.at_least:g}"
        elif self.at_least is None:
            text = f"below {self.at_most:g}"
        else:
            text = f"between {self.at_least:g} and {self.at_most:g}"
        return f"{text} {self.unit}".strip()


@dataclass(frozen=True)
class Family:
    """The facts of one system and their laboratory.

    Attributes:
        system: such as `S10`.
        mechanisms: those switched on, by name; always memory.
        conduct: coefficients of the effects in use, by `level.name`.
        facts: in the order of SYSTEM.md.
    """

    system: str
    mechanisms: tuple[str, ...]
    facts: tuple[Fact, ...]
    conduct: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Finding:
    """What came out of one fact: the statistic with its interval, whether it holds, whether its broken variant fails.

    `caught` is `None` where the broken variant was not tried.
    """

    fact: Fact
    system: str
    simulated: float
    lo: float
    hi: float
    holds: bool
    caught: bool | None = None

    def row(self) -> dict[str, Any]:
        """Return the finding as a program reads it."""
        return {
            "id": self.fact.id,
            "holds": self.holds,
            "expected": self.fact.expected,
            "simulated": self.simulated,
            "lo": self.lo,
            "hi": self.hi,
            "caught": self.caught,
            "system": self.system,
            "says": self.fact.says,
            "note": self.fact.note,
        }


def judge(fact: Fact, measured: Measured) -> tuple[float, float, float, bool]:
    """Return statistic, ends of its 99% interval, and whether the fact holds.

    Raises:
        ValueError: a value is not finite, or fewer than 20 runs were measured.
    """
    if isinstance(measured, Stat):
        value, lo, hi = _resampled(fact, measured)
    else:
        value, lo, hi = _mean(fact, np.asarray(measured, np.float64))
    if not np.isfinite([value, lo, hi]).all():
        raise ValueError(f"{fact.id}: its statistic is no finite number ({value:g}, {lo:g} to {hi:g})")
    above = fact.at_least is None or lo > fact.at_least
    below = fact.at_most is None or hi < fact.at_most
    return value, lo, hi, above and below


def _mean(fact: Fact, values: Floats) -> tuple[float, float, float]:
    _enough(fact, values)
    mean = float(values.mean())
    if np.isin(values, (0.0, 1.0)).all():
        ends = stats.binomtest(int(values.sum()), len(values)).proportion_ci(LEVEL, "wilson")
        return mean, float(ends.low), float(ends.high)
    rng = np.random.default_rng(SEED)
    drawn = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    lo, hi = np.quantile(drawn, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return mean, float(lo), float(hi)


def _resampled(fact: Fact, measured: Stat) -> tuple[float, float, float]:
    for array in measured.arrays:
        _enough(fact, array)
    n = len(measured.arrays[0])
    if any(len(a) != n for a in measured.arrays):
        raise ValueError(
            f"{fact.id}: arrays of a statistic have {', '.join(str(len(a)) for a in measured.arrays)} runs"
        )
    rng = np.random.default_rng(SEED)
    drawn = [measured.of(*(a[rows] for a in measured.arrays)) for rows in rng.integers(0, n, (DRAWS // 4, n))]
    lo, hi = np.quantile(drawn, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(measured.of(*measured.arrays)), float(lo), float(hi)


def _enough(fact: Fact, values: Any) -> None:
    if len(values) < 20:
        raise ValueError(f"{fact.id}: {len(values)} runs were measured, expected at least 20")
