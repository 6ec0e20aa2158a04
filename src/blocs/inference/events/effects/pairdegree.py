"""Effects of the degrees of the two sides of a pair: `degreeSum`, `degreeMin`, `degreeMax`, `degreeDiff`."""

from __future__ import annotations

import abc

import numpy as np

from blocs.inference.events.effects.base import Array, Effect
from blocs.inference.events.views import TieView


class _PairDegree(Effect):
    networks = 1
    options = frozenset({"window", "weighted", "transform", "ignore_rep"})
    one_mode_only = True

    def start(self) -> None:
        """Compute `stat` from the state."""
        view = self.views[0]
        x = view.weight if self.term.weighted else view.tie
        self.degree: Array = x.sum(axis=1) + (x.sum(axis=0) if view.directed else 0.0)
        self._compute()

    def _compute(self) -> None:
        value = self._join(self.degree[:, None], self.degree[None, :])
        self.stat = self.transform(value) if self.transform else value
        self.dirty = True

    @abc.abstractmethod
    def _join(self, one: Array, other: Array) -> Array: ...

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if not self.term.weighted:
            self._move(view, i, j, sign)

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """Follow a weight."""
        if self.term.weighted:
            self._move(view, i, j, new - old)

    def _move(self, view: TieView, i: int, j: int, amount: float) -> None:
        self.degree[i] += amount
        if view.directed:
            self.degree[j] += amount
        self._compute()


class DegreeSum(_PairDegree):
    """`degreeSum(network)`: the ties of i and of j together, in and out (remstats totaldegreeDyad).

    Options: window, weighted, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return one + other


class DegreeMin(_PairDegree):
    """`degreeMin(network)`: the ties of the one of i and j that has fewer.

    Options: window, weighted, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return np.minimum(one, other)


class DegreeMax(_PairDegree):
    """`degreeMax(network)`: the ties of the one of i and j that has more.

    Options: window, weighted, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return np.maximum(one, other)


class DegreeDiff(_PairDegree):
    """`degreeDiff(network)`: by how much the ties of i and of j differ.

    Options: window, weighted, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return np.abs(one - other)
