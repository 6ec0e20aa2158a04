"""Effects of who already sends to the receiver: `tertius`, `tertiusDiff`.

The published program treats an actor nobody sends to in two ways, and so must we to reproduce its numbers: where the
network starts empty (or has a window) such an actor counts 0 until its first tie; where it starts with ties, or an
actor loses its last one, the mean over the others stands in (at the start the mean of what `transform` gives, later what
it gives of the mean).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events.effects.base import Array, Effect, Joins, Kind, summary_of
from blocs.inference.events.views import TieView


class Tertius(Effect):
    """`tertius(network, attribute)`: the mean attribute of those who send to the receiver (`type="ego"`: the sender).

    `summary` may be mean, sum, max, min, median or a function given in `functions`. Ties are binary.
    Options: window, transform, summary, ignore_rep, type. Source: Haunss & Hollway 2023.
    """

    networks = 1
    attributes = 1
    sides = ("receiver", "sender")
    options = frozenset({"window", "transform", "summary", "ignore_rep", "type"})

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.lazy = False
        self.summary = summary_of(self.term, self.world)
        self.pooled: Array = np.zeros(0)

    def _kind(self) -> Kind:
        return "sender" if self.term.type == "ego" else "receiver"

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that the network must join."""
        return (("S", "S" if side == "ego" else "R"),)

    def start(self) -> None:
        """Compute `stat` from the state."""
        name = self.names[0]
        if name in self.world.words and self.term.summary not in self.world.functions:
            raise bad_input("terms", self.term.text, f"{name} is not a number", "a numeric attribute")
        tie = self.views[0].tie
        if tie.any():
            self.pooled = np.array([self._pool(tie, j) for j in range(tie.shape[1])])
        else:
            self.pooled = np.zeros(tie.shape[1])
        self._spread()
        known = np.isfinite(self.pooled)
        if self.transform and self.kind != "dyad" and known.any():
            self.stat[~known] = self.stat[known].mean()

    def _pool(self, tie: Array, j: int) -> float:
        who = np.flatnonzero(tie[:, j])
        return self.summary(self.world.sender[self.names[0]][who]) if who.size else np.nan

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        fresh = not self.pooled.any()
        column = view.tie[:, j].copy()
        column[i] = float(sign > 0)
        self.pooled[j] = self._pool(column[:, None], 0)
        self._spread_after(np.array([j]), fresh)

    def node(self, name: str, side: Kind, k: int) -> None:
        """Follow a changed attribute."""
        if name == self.names[0] and side == "sender":
            touched = np.flatnonzero(self.views[0].tie[k])
            fresh = not self.pooled.any()
            for j in touched:
                self.pooled[j] = self._pool(self.views[0].tie, int(j))
            self._spread_after(touched, fresh)

    def _spread_after(self, touched: NDArray[np.intp], fresh: bool) -> None:
        self._spread()

    def _spread(self) -> None:
        known = np.isfinite(self.pooled)
        filled = np.where(known, self.pooled, self.pooled[known].mean() if known.any() else 0.0)
        self.stat = self.transform(filled) if self.transform else filled
        self.dirty = True


class TertiusDiff(Tertius):
    """`tertiusDiff(network, attribute)`: how far the sender is from those who send to the receiver.

    `|z_i - mean of z_k over k that send to j|`, or `transform` of the difference. For a receiver nobody sends to, the
    mean over the pairs that are known stands in. When an attribute changes, all pairs follow it here; goldfish 1.7.0
    keeps the old value of the one who changed in the pairs whose pool it is part of, and old means where none is known.
    Options: window, transform (default abs), summary, ignore_rep. Source: Haunss & Hollway 2023.
    """

    sides = ("dyad",)
    options = frozenset({"window", "transform", "summary", "ignore_rep"})

    def _kind(self) -> Kind:
        return "dyad"

    def _gap(self, columns: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Array:
        gap = self.world.sender[self.names[0]][:, None] - self.pooled[None, columns]
        return self.transform(gap) if self.transform else np.abs(gap)

    def _spread(self) -> None:
        if not self.views[0].tie.any():
            zero = np.zeros((self.world.n1, self.pooled.size))
            self.stat = self.transform(zero) if self.transform else zero
        else:
            gap = self._gap(slice(None))
            self.stat = np.where(np.isfinite(gap), gap, self._mean(gap))
        self.dirty = True

    def node(self, name: str, side: Kind, k: int) -> None:
        """Follow a changed attribute."""
        super().node(name, side, k)
        if name == self.names[0] and side == "sender":
            known = np.isfinite(self.pooled)
            self.stat[k, known] = self._gap(known)[k]

    def _spread_after(self, touched: NDArray[np.intp], fresh: bool) -> None:
        self.dirty = True
        touched = touched[np.isfinite(self.pooled[touched])]
        gap = self._gap(touched)
        if fresh and touched.size:
            away = np.arange(self.world.n1)[:, None] != touched[None, :] if self.world.one_mode else True
            self.stat[:] = gap.mean(where=away)
        if not np.isfinite(self.pooled).all():
            everything = self._gap(slice(None))
            self.stat = np.where(np.isfinite(everything), self.stat, self._mean(everything))
        self.stat[:, touched] = gap

    def _mean(self, gap: Array) -> float:
        known = np.isfinite(gap)
        if self.world.one_mode:
            known &= ~np.eye(gap.shape[0], dtype=bool)
        return float(gap[known].mean()) if known.any() else 0.0
