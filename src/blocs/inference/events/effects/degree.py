"""Effects of how many ties an actor has: `indeg`, `outdeg`, `degree`, `nodeTrans`."""

from __future__ import annotations

import abc

import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.effects.base import Array, Effect, Joins, Kind
from blocs.inference.events.views import TieView


class _Node(Effect):
    networks = 1
    sides = ("receiver", "sender")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.raw: Array = np.zeros(0)

    def _kind(self) -> Kind:
        return "sender" if self.term.type == "ego" else "receiver"

    @property
    def source(self) -> Array:
        """Return the counts."""
        return self.raw if self.lazy else self.stat

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
        super().rescale(view, factor)
        self.raw *= factor


class Degree(_Node):
    """`degree(network)`: how many ties the receiver (`type="alter"`) or the sender (`type="ego"`) has, in and out.

    `sum_k I(x_kj > 0) + I(x_jk > 0)`, with weights `sum_k x_kj + x_jk`; in an undirected network each tie once. With
    `scaling=prop` the share of all ends of ties, and 1 / n before the first; `scaling=relevent` has 1 / (n - 1) there
    (NTDegSnd, NTDegRec).
    Options: window, halflife, weighted, transform, scaling, ignore_rep, type. One mode only. Source: Butts 2008.
    """

    options = frozenset({"window", "halflife", "weighted", "transform", "ignore_rep", "type", "scaling"})
    one_mode_only = True
    axes = (0, 1)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.share = self.term.scaling in ("prop", "relevent")
        self.lazy = self.lazy and self.term.weighted and not self.share
        if len(self.axes) == 2 and not self.views[0].directed:
            self.axes = (0,)

    def _count(self) -> Array:
        matrix = self.views[0].weight if self.term.weighted else self.views[0].tie
        return np.sum([matrix.sum(axis=axis) for axis in self.axes], axis=0)

    def refresh(self) -> None:
        """Recompute `stat`."""
        if not self.share:
            super().refresh()
            return
        total = self.raw.sum()
        before = self.raw.size - (self.term.scaling == "relevent")
        value = self.raw / total if total > 0 else np.full(self.raw.size, 1.0 / max(before, 1))
        self.stat = self.transform(value) if self.transform else value
        self.dirty = True

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if not self.term.weighted:
            self._move(i, j, sign)

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """Follow a weight."""
        if self.term.weighted:
            self._move(i, j, new - old)

    def _move(self, i: int, j: int, amount: float) -> None:
        for axis in self.axes:
            self._add(i if axis else j, amount)
        if self.share:
            self.refresh()

    def rescale(self, view: TieView, factor: float) -> None:
        """Follow the decay."""
        if self.term.weighted:
            super().rescale(view, factor)


class Indeg(Degree):
    """`indeg(network)`: how many send to the receiver (`type="alter"`) or to the sender (`type="ego"`).

    `sum_k I(x_kj > 0)`, or `sum_k x_kj` with `weighted=True`; in an undirected network the degree. With `scaling=prop`
    the share of all, and 1 / n before the first; `scaling=relevent` has 1 / (n - 1) there (NIDSnd, NIDRec).
    Options: window, halflife, weighted, transform, scaling, ignore_rep, type. Source: Stadtfeld & Block 2017; Butts 2008.
    """

    one_mode_only = False
    axes = (0,)

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that the network must join."""
        return (("k", "S" if side == "ego" else "R"),)


class Outdeg(Degree):
    """`outdeg(network)`: to how many the receiver (`type="alter"`) or the sender (`type="ego"`) sends.

    `sum_k I(x_jk > 0)`, or `sum_k x_jk` with `weighted=True`. With `scaling=prop` the share of all, and 1 / n before the
    first; `scaling=relevent` has 1 / (n - 1) there (NODSnd, NODRec).
    Options: window, halflife, weighted, transform, scaling, ignore_rep, type. Source: Stadtfeld & Block 2017; Butts 2008.
    """

    one_mode_only = False
    axes = (1,)

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that the network must join."""
        return (("S" if side == "ego" else "R", "k"),)


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
