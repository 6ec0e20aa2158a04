"""What is known of states and their votes, year by year, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, repr=False)
class Panel:
    """Votes, agreement, traits of states and ties of pairs. Axes: Y years in a row, S states, R roll calls.

    Attributes:
        states: (S,) codes, ascending.
        first_year: calendar year of index 0.
        agreement: (Y, S, S) share of equal votes in a year, 0..1, symmetric; NaN where too few votes were shared.
        votes: (R, S) 1 yes, 0 abstain, -1 no, NaN absent.
        vote_year: (R,) calendar year, ascending.
        subject: (R,) number of the subject; roll calls on one subject share it.
        ties: name to (Y, S, S), known at the end of the year: `organisations` shared, `distance` in km.
    """

    states: Ints
    first_year: int
    agreement: Floats
    votes: Floats
    vote_year: Ints
    subject: Ints
    ties: Mapping[str, Floats]

    @property
    def years(self) -> range:
        """Calendar years of the panel."""
        return range(self.first_year, self.first_year + len(self.agreement))

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return index arrays (P,) of every pair, first before second."""
        first, second = np.triu_indices(len(self.states), 1)
        return first, second

    def of_year(self, year: int) -> Floats:
        """Agreement (S, S) of a calendar year; all NaN outside the panel."""
        at = year - self.first_year
        if 0 <= at < len(self.agreement):
            return self.agreement[at]
        return np.full(self.agreement.shape[1:], np.nan, self.agreement.dtype)

    def window(self, origin: int, years: int) -> NDArray[np.intp]:
        """Roll calls (index) of the `years` calendar years that end with the origin."""
        return np.flatnonzero((self.vote_year <= origin) & (self.vote_year > origin - years))

    def until(self, origin: int) -> Panel:
        """Return the panel as it stood at the end of a year: nothing later is in it."""
        n, kept = origin - self.first_year + 1, self.vote_year <= origin
        return Panel(
            self.states, self.first_year, self.agreement[:n], self.votes[kept], self.vote_year[kept],
            self.subject[kept], {k: v[:n] for k, v in self.ties.items()},
        )  # fmt: skip


def symmetric(shape: tuple[int, int, int], at: tuple[Ints, Ints, Ints], values: Floats, fill: float) -> Floats:
    """Return an array (Y, S, S) with `values` at (year, first, second) and (year, second, first)."""
    found = np.full(shape, fill, np.float32)
    year, first, second = at
    found[year, first, second] = values
    found[year, second, first] = values
    return found
