"""The networks as the effects see them: weights, presence of ties, windows and exponential decay."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_REBASE = 200.0


class Listener(Protocol):
    """What a view tells the effects that read it."""

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """A tie appears (+1) or disappears (-1); told while the view does not hold it."""
        ...

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """The weight of a tie moved from `old` to `new`; told after the move."""
        ...

    def rescale(self, view: TieView, factor: float) -> None:
        """All weights were multiplied by `factor` (decay moved its reference time)."""
        ...


class TieView:
    """One network, perhaps seen through a window or with decaying weights.

    `weight` and `tie` have shape [rows, columns]; `tie` is 1 where the weight is above 0. With a halflife the true
    weight is `weight * scale`: old ties fade together, so only one number moves with time. `floor` says that the end of
    a tie that is not there changes nothing (a simulated history need not have had it).
    """

    def __init__(self, shape: tuple[int, int], directed: bool, window: float | None, halflife: float | None) -> None:
        self.weight: Array = np.zeros(shape)
        self.tie: Array = np.zeros(shape)
        self.directed = directed
        self.window = window
        self.halflife = halflife
        self.scale = 1.0
        self.floor = False
        self.listeners: list[Listener] = []
        self._reference = 0.0
        self._now = 0.0

    def load(self, weight: Array, at: float) -> None:
        """Start from `weight`; a window starts empty, as in the published models."""
        self._reference = self._now = at
        if self.window is None:
            self.weight[:] = weight
            self.tie[:] = weight > 0

    def scale_at(self, time: float | Array) -> float | Array:
        """Return what the weights as they stand are multiplied by at `time`, if nothing changes until then."""
        return 1.0 if self.halflife is None else 0.5 ** ((time - self._reference) / self.halflife)

    def move_to(self, now: float) -> None:
        """Let decaying weights fade up to `now`."""
        if self.halflife is None:
            return
        self._now = now
        self.scale = 0.5 ** ((now - self._reference) / self.halflife)
        if now - self._reference > _REBASE * self.halflife:
            self.weight *= self.scale
            for listener in self.listeners:
                listener.rescale(self, self.scale)
            self._reference, self.scale = now, 1.0

    def add(self, i: int, j: int, amount: float) -> None:
        """Raise the weight of i to j (and j to i where undirected) by `amount`; with `floor`, not below 0."""
        new = float(self.weight[i, j]) + amount / self.scale
        new = max(new, 0.0) if self.floor and amount < 0 else new
        self._put(i, j, new)
        if not self.directed:
            self._put(j, i, new)

    def put(self, i: int, j: int, value: float) -> None:
        """Set the weight of i to j (and j to i where undirected)."""
        self._put(i, j, value / self.scale)
        if not self.directed:
            self._put(j, i, value / self.scale)

    def _put(self, i: int, j: int, new: float) -> None:
        old = float(self.weight[i, j])
        if new == old:
            return
        sign = int(new > 0) - int(old > 0)
        if sign > 0:
            for listener in self.listeners:
                listener.toggle(self, i, j, 1)
            self.tie[i, j] = 1.0
        elif sign < 0:
            self.tie[i, j] = 0.0
            for listener in self.listeners:
                listener.toggle(self, i, j, -1)
        self.weight[i, j] = new
        for listener in self.listeners:
            listener.weigh(self, i, j, old, new)
