"""Events of a region counted by directed pair and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
FEW = 5


@dataclass(frozen=True, repr=False)
class Months:
    """Counts by month. Axes: D directed pairs, A actors, M months in a row.

    Attributes:
        region: its name.
        first: months since January of year 0 of month 0.
        source: (D,) index of the actor that acts; target: (D,) of the one acted upon.
        reverse: (D,) index of the pair in the other direction, -1 where there is none.
        counts: (D, M) events.
        hostile: (D, M) events below 0 on the cooperation scale.
        scaled: (D, M) events that have a value on the scale; score: (D, M) sum of their values, -10..10 each.
        out: (A, M) events an actor sends; into: (A, M) events it receives, small pairs included.
    """

    region: str
    first: int
    source: Ints
    target: Ints
    reverse: Ints
    counts: Floats
    hostile: Floats
    scaled: Floats
    score: Floats
    out: Floats
    into: Floats

    @property
    def months(self) -> int:
        """Number of months."""
        return self.counts.shape[1]


def count_months(region: str, month: Ints, source: Ints, target: Ints, value: Floats) -> Months:
    """Count events by pair and month; pairs of one actor with itself and pairs of less than five events are left out.

    Args:
        region: name.
        month: (E,) months since January of year 0.
        source: (E,) actor codes; target: (E,) actor codes.
        value: (E,) cooperation, NaN where the scheme gives none.
    """
    kept = source != target
    month, source, target, value = month[kept], source[kept], target[kept], value[kept]
    first, last = int(month.min()), int(month.max())
    actors, ends = np.unique(np.concatenate([source, target]), return_inverse=True)
    one, two = ends[: len(source)], ends[len(source) :]
    key = one.astype(np.int64) * len(actors) + two
    pairs, at, size = np.unique(key, return_inverse=True, return_counts=True)
    big = size >= FEW
    place = np.cumsum(big) - 1
    row, inside = place[at], big[at]
    shape = (int(big.sum()), last - first + 1)
    t = month - first

    def tally(index: Ints, weight: Floats, size: tuple[int, int], rows: NDArray[np.bool_]) -> Floats:
        flat = np.bincount(index[rows] * size[1] + t[rows], weight[rows], size[0] * size[1])
        return flat.reshape(size).astype(np.float32)

    ones, known = np.ones(len(t)), np.isfinite(value)
    plain = np.where(known, value, 0.0)
    every = np.ones(len(t), bool)
    chosen = pairs[big]
    back = (chosen % len(actors)) * len(actors) + chosen // len(actors)
    found = np.searchsorted(chosen, back)
    reverse = np.where(chosen[np.minimum(found, len(chosen) - 1)] == back, found, -1)
    wide = (len(actors), shape[1])
    return Months(
        region, first, chosen // len(actors), chosen % len(actors), reverse, tally(row, ones, shape, inside),
        tally(row, (plain < 0).astype(np.float64), shape, inside), tally(row, known.astype(np.float64), shape, inside),
        tally(row, plain, shape, inside), tally(one, ones, wide, every), tally(two, ones, wide, every),
    )  # fmt: skip


def faded(x: Floats, half_life: float) -> Floats:
    """Return the fading mean (.., M) of x to each month, weights halving every `half_life` months and summing to one."""
    keep = 0.5 ** (1.0 / half_life)
    found = np.empty(x.shape, np.float32)
    level = np.zeros(x.shape[:-1], np.float64)
    for t in range(x.shape[-1]):
        level = keep * level + (1.0 - keep) * x[..., t]
        found[..., t] = level
    return found
