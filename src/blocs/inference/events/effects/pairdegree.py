"""Effects of the degrees of the two sides of a pair: `degreeSum`, `degreeMin`, `degreeMax`, `degreeDiff`.

Degrees here are of acts (weights), as in remstats, and not of ties.
"""

from __future__ import annotations

import abc

import numpy as np

from blocs.inference.events.effects.base import Array, Effect
from blocs.inference.events.views import TieView


class _PairDegree(Effect):
    networks = 1
    options = frozenset({"window", "transform", "ignore_rep"})
    one_mode_only = True

    def start(self) -> None:
        """Compute `stat` from the state."""
        view = self.views[0]
        self.degree: Array = view.weight.sum(axis=1) + (view.weight.sum(axis=0) if view.directed else 0.0)
        self._compute()

    def _compute(self) -> None:
        value = self._join(self.degree[:, None], self.degree[None, :])
        self.stat = self.transform(value) if self.transform else value
        self.dirty = True

    @abc.abstractmethod
    def _join(self, one: Array, other: Array) -> Array: ...

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """Follow a weight."""
        self.degree[i] += new - old
        if view.directed:
            self.degree[j] += new - old
        self._compute()


class DegreeSum(_PairDegree):
    """`degreeSum(network)`: the acts of i and of j together, in and out (remstats totaldegreeDyad).

    Options: window, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return one + other


class DegreeMin(_PairDegree):
    """`degreeMin(network)`: the acts of the one of i and j that has fewer.

    Options: window, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return np.minimum(one, other)


class DegreeMax(_PairDegree):
    """`degreeMax(network)`: the acts of the one of i and j that has more.

    Options: window, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return np.maximum(one, other)


class DegreeDiff(_PairDegree):
    """`degreeDiff(network)`: by how much the acts of i and of j differ.

    Options: window, transform, ignore_rep. One mode only. Source: Meijerink-Bosman et al. 2022.
    """

    def _join(self, one: Array, other: Array) -> Array:
        return np.abs(one - other)
