"""Memory that fades: counts by key that halve every so many days, read as they stood before the day in question."""

from __future__ import annotations

import numpy as np

from blocs.forecast.typed.record import Floats, Ints

NEVER = -(10**9)


class Memory:
    """Counts of moves by key at several half-lives, brought up to date only where a key is touched or read.

    Keys of the whole record are indexed once; a key's counts stay zero until its first move is observed.

    Args:
        keys: (move,) key of each move of the record, in order of day.
        halves: half-lives in days; infinity counts for ever.
    """

    def __init__(self, keys: Ints, halves: tuple[float, ...]) -> None:
        self.keys, ids = np.unique(keys, return_inverse=True)
        self.ids = ids
        self.rate = np.array([np.log(2.0) / h for h in halves])
        self.value = np.zeros((len(halves), len(self.keys)), np.float32)
        self.last = np.full(len(self.keys), NEVER, np.int64)

    def observe(self, span: slice, day: int) -> None:
        """Add the moves of one day; days must not go back."""
        ids, count = np.unique(self.ids[span], return_counts=True)
        self.value[:, ids] = self._faded(ids, day) + count
        self.last[ids] = day

    def find(self, keys: Ints) -> tuple[Ints, Floats]:
        """Return the place of each key, and whether it is there and has been seen."""
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return at, (self.keys[at] == keys) & (self.last[at] > NEVER)

    def read(self, keys: Ints, day: int, gap: bool = False) -> Floats:
        """Return the counts (half-life, *keys.shape) as they stand on a day; with `gap` a last row 1/(days since)."""
        at, hit = self.find(keys)
        out = np.zeros((len(self.rate) + gap, *keys.shape), np.float32)
        there = at[hit]
        out[: len(self.rate), hit] = self._faded(there, day)
        if gap:
            out[-1, hit] = 1.0 / (day - self.last[there])
        return out

    def all(self, day: int, half: int = 0) -> Floats:
        """Return the counts of every key at one half-life as they stand on a day."""
        with np.errstate(under="ignore"):
            fade = np.exp(-self.rate[half] * np.minimum(day - self.last, 10**6))
        return (self.value[half] * fade).astype(np.float32)

    def _faded(self, ids: Ints, day: int) -> Floats:
        age = np.minimum(day - self.last[ids], 10**6)
        return self.value[:, ids] * np.exp(-self.rate[:, None] * age[None, :])
