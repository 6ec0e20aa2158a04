"""What was known before a day: fading memories of acts by actor, pair, kind of act, country and sector."""

from __future__ import annotations

import numpy as np

from blocs.forecast.typed.memory import Memory
from blocs.forecast.typed.names import Attributes
from blocs.forecast.typed.record import Floats, Ints, TypedRecord

EVER = float("inf")

FAMILIES: dict[str, tuple[str, tuple[float, ...]]] = {
    "arb": ("arb", (1.5, 4, 20, 80, EVER)),
    "ab": ("ab", (1.5, 4, 20, 80, EVER)),
    "xab": ("xab", (10, EVER)),
    "agb": ("agb", (5, 30, EVER)),
    "ar": ("ar", (20, EVER)),
    "a": ("a", (20, EVER)),
    "rb": ("rb", (4, 15, 60, EVER)),
    "gb": ("gb", (5, 30, EVER)),
    "b": ("b", (1, 4, 20, EVER)),
}
"""Memories by name: the columns of the key, and half-lives in days.

Columns: `a` known actor, `b` other actor, `r` kind of act with its side, `g` group of `r`, `x` side; and of names `c`
and `d` country of known and other, `s` and `t` sector of known and other, `=` whether they share a country.
"""

OF_NAMES: dict[str, tuple[str, tuple[float, ...]]] = {
    "crb": ("crb", (10, 60, EVER)),
    "cb": ("cb", (10, 60, EVER)),
    "ard": ("ard", (15, EVER)),
    "ad": ("ad", (15, EVER)),
    "art": ("art", (EVER,)),
    "at": ("at", (EVER,)),
    "srb": ("srb", (30, EVER)),
    "sb": ("sb", (EVER,)),
    "srt=": ("srt=", (EVER,)),
    "st=": ("st=", (EVER,)),
    "rt=": ("rt=", (EVER,)),
    "t=": ("t=", (EVER,)),
    "crd": ("crd", (10, 60, EVER)),
    "cd": ("cd", (10, 60, EVER)),
    "cgd": ("cgd", (15, EVER)),
    "rd": ("rd", (60, EVER)),
    "crt": ("crt", (EVER,)),
    "crtd": ("crtd", (60, EVER)),
    "srtd": ("srtd", (EVER,)),
}
"""Memories by what names say; left out without names."""

LONG = 4
"""Place of the longest half-life in `arb` and `ab`."""


class History:
    """All memories of a record, moved on day by day.

    Args:
        record: with all its days; the keys of later days are indexed and stay empty until they are observed.
        attributes: of the actors' names.
        groups: (2 * relations,) group of each kind of act and side.
    """

    def __init__(self, record: TypedRecord, attributes: Attributes, groups: Ints) -> None:
        self.record, self.moves = record, record.moves
        self.actors, self.acts = record.actors, 2 * record.relations
        self.country, self.sector = attributes.country, attributes.sector
        self.countries, self.sectors = len(attributes.countries), len(attributes.sectors)
        self.groups, self.group_count = groups, int(groups.max()) + 1
        self.named = self.countries > 1
        self.families = FAMILIES | (OF_NAMES if self.named else {})
        m = self.moves
        self.memory = {
            name: Memory(self.key(columns, m.known, m.act, m.other), halves)
            for name, (columns, halves) in self.families.items()
        }
        self._index()

    def _index(self) -> None:
        """Index triples (known, act, other) by (act, known) and by pair, once."""
        n, triple, pair = self.actors, self.memory["arb"].keys, self.memory["ab"].keys
        self.row, self.col = triple // n, triple % n
        self.pair_col = (pair % n).astype(np.int32)
        self.pair_start = np.searchsorted(pair // n, np.arange(n + 1))
        by_act = (self.row % self.acts) * n + self.row // self.acts
        self.by_act = np.argsort(by_act, kind="stable")
        self.by_act_row = by_act[self.by_act]
        of_pair = (self.row // self.acts) * n + self.col
        self.by_pair = np.argsort(of_pair, kind="stable")
        self.by_pair_start = np.searchsorted(of_pair[self.by_pair], np.r_[pair, pair[-1] + 1])
        self.by_pair_act = (self.row % self.acts)[self.by_pair]

    def key(self, columns: str, a: Ints, r: Ints, b: Ints) -> Ints:
        """Return one whole number for each (known, act, other), the same where the columns agree."""
        out = np.zeros(np.broadcast(a, r, b).shape, np.int64)
        for column in columns:
            value, size = self._column(column, a, r, b)
            out = out * size + value
        return out

    def _column(self, column: str, a: Ints, r: Ints, b: Ints) -> tuple[Ints, int]:
        match column:
            case "a":
                return a, self.actors
            case "b":
                return b, self.actors
            case "r":
                return r, self.acts
            case "g":
                return self.groups[r], self.group_count
            case "x":
                return (r >= self.record.relations).astype(np.int64), 2
            case "c":
                return self.country[a], self.countries
            case "d":
                return self.country[b], self.countries
            case "s":
                return self.sector[a], self.sectors
            case "t":
                return self.sector[b], self.sectors
            case _:
                return self.same_country(a, b).astype(np.int64), 2

    def same_country(self, a: Ints, b: Ints) -> Floats:
        """Return whether both are of one known country."""
        return (self.country[a] == self.country[b]) & (self.country[a] > 0)

    def inverse(self, r: Ints) -> Ints:
        """Return the same kind of act seen from the other side."""
        return (r + self.record.relations) % self.acts

    def read(self, family: str, a: Ints, r: Ints, b: Ints, day: int, gap: bool = False) -> Floats:
        """Return the counts of a family (half-life, *shape) on a day; with `gap` a last row 1/(days since)."""
        return self.memory[family].read(self.key(self.families[family][0], a, r, b), day, gap)

    def observe(self, day: int) -> None:
        """Take in the moves of a day; days must not go back."""
        span = self.moves.span(day, day)
        for memory in self.memory.values():
            memory.observe(span, day)

    def dense(self, family: str, half: int, day: int, prefix: Ints) -> Floats:
        """Return (prefix, actor) counts of a family whose key ends in `b`, for keys without their last column."""
        memory = self.memory[family]
        return dense_rows(
            memory.keys // self.actors, memory.keys % self.actors, memory.all(day, half), prefix, self.actors
        )

    def pair_acts(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Return what pairs did before, one line for each (pair, act): index into `a`, place in `by_pair` order.

        `by_pair_act` at that place is the act, and `memory["arb"].all(...)[by_pair]` its count.
        """
        at, hit = self.memory["ab"].find(a * self.actors + b)
        pairs = np.flatnonzero(hit)
        start = self.by_pair_start[at[pairs]]
        count = self.by_pair_start[at[pairs] + 1] - start
        return np.repeat(pairs, count), ranges(start, count)


def ranges(start: Ints, count: Ints) -> Ints:
    """Return start[0], start[0] + 1, ... (count[0] of them), then start[1], ..."""
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(start, count)


def dense_rows(row: Ints, col: Ints, value: Floats, want: Ints, width: int) -> Floats:
    """Return rows `want` (by number) of a sparse matrix whose entries come sorted by row, as a dense array."""
    low = np.searchsorted(row, want)
    count = np.searchsorted(row, want, side="right") - low
    out = np.zeros((len(want), width), np.float32)
    at = ranges(low, count)
    out[np.repeat(np.arange(len(want)), count), col[at]] = value[at]
    return out
