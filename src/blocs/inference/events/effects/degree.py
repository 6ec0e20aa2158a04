"""Effects of how many ties an actor has: `indeg`, `outdeg`, `nodeTrans`."""

from __future__ import annotations

import abc

import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.effects.base import Array, Effect, Kind
from blocs.inference.events.views import TieView


class _Node(Effect):
    networks = 1
    sides = ("receiver", "sender")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.raw: Array = np.zeros(0)

    def _kind(self) -> Kind:
        return "sender" if self.term.type == "ego" else "receiver"

    def start(self) -> None:
        """Compute `stat` from the state."""
        self.raw = self._count()
        self.refresh()

    @abc.abstractmethod
    def _count(self) -> Array: ...

    def refresh(self) -> None:
        """Recompute `stat`."""
        value = self.raw * self.views[0].scale if self.lazy else self.raw
        self.stat = self.transform(value) if self.transform else value
        self.dirty = True

    def _add(self, k: int | NDArray[np.intp], amount: float) -> None:
        self.raw[k] += amount
        self.dirty = True
        if self.transform and not self.lazy:
            where = np.atleast_1d(k)
            self.stat[where] = self.transform(self.raw[where])

    def rescale(self, view: TieView, factor: float) -> None:
        """Follow the decay."""
        self.raw *= factor


class Degree(_Node):
    """Shared by `indeg` and `outdeg`."""

    options = frozenset({"window", "halflife", "weighted", "transform", "ignore_rep", "type"})
    axis = 0

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.lazy = self.lazy and self.term.weighted

    def _count(self) -> Array:
        return (self.views[0].weight if self.term.weighted else self.views[0].tie).sum(axis=self.axis)

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if not self.term.weighted:
            self._add(i if self.axis else j, sign)

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """Follow a weight."""
        if self.term.weighted:
            self._add(i if self.axis else j, new - old)

    def rescale(self, view: TieView, factor: float) -> None:
        """Follow the decay."""
        if self.term.weighted:
            super().rescale(view, factor)


class Indeg(Degree):
    """`indeg(network)`: how many send to the receiver (`type="alter"`) or to the sender (`type="ego"`).

    `sum_k I(x_kj > 0)`, or `sum_k x_kj` with `weighted=True`; in an undirected network the degree.
    Options: window, halflife, weighted, transform, ignore_rep, type. Source: Stadtfeld & Block 2017.
    """


class Outdeg(Degree):
    """`outdeg(network)`: to how many the receiver (`type="alter"`) or the sender (`type="ego"`) sends.

    `sum_k I(x_jk > 0)`, or `sum_k x_jk` with `weighted=True`.
    Options: window, halflife, weighted, transform, ignore_rep, type. Source: Stadtfeld & Block 2017.
    """

    axis = 1


class NodeTrans(_Node):
    """`nodeTrans(network)`: in how many transitive triads i -> k -> j, i -> j the actor is the source i.

    Of the receiver (`type="alter"`) or the sender (`type="ego"`); ties are binary.
    Options: window, transform, ignore_rep, type. One mode only. Source: Stadtfeld & Block 2017.
    """

    options = frozenset({"window", "transform", "ignore_rep", "type"})
    one_mode_only = True

    def _count(self) -> Array:
        tie = self.views[0].tie
        return ((tie @ tie) * tie).sum(axis=1)

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        tie = view.tie
        self._add(i, sign * float(tie[i] @ tie[:, j] + tie[i] @ tie[j]))
        both = np.flatnonzero(tie[:, i] * tie[:, j])
        if both.size:
            self._add(both, float(sign))
