"""Effects that read one tie: `tie`, `inertia`, `recip`."""

from __future__ import annotations

import numpy as np

from blocs.inference.events.effects.base import Array, Effect, Joins
from blocs.inference.events.views import TieView


class Tie(Effect):
    """`tie(network)`: is there a tie from i to j: `I(x_ij > 0)`, or `x_ij` with `weighted=True`.

    With `scaling=prop`, `x_ij / sum_k x_ik`: the share of i's past acts that went to j, and 1 / (n - 1) before the first
    (relevent FrPSndSnd).
    Options: window, halflife, weighted, transform (of the weight), scaling, ignore_rep. Source: Stadtfeld & Block 2017;
    Butts 2008.
    """

    networks = 1
    options = frozenset({"window", "halflife", "weighted", "transform", "ignore_rep", "scaling"})

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.share = self.term.scaling in ("prop", "relevent")
        self.lazy = self.lazy and not self.share

    @property
    def source(self) -> Array:
        """Return the weights."""
        return self._turn(self.views[0].weight) if self.lazy else self.stat

    def start(self) -> None:
        """Compute `stat` from the state."""
        if self.share:
            self.stat = np.zeros((self.world.n1, self.world.n2))
            for i in range(self.world.n1):
                self._share_row(i)
        elif self.term.weighted and (self.transform or self.lazy):
            self.refresh()
        else:
            self.stat = self._turn(self.views[0].weight if self.term.weighted else self.views[0].tie)

    def refresh(self) -> None:
        """Recompute `stat`."""
        if self.term.weighted:
            value = self.views[0].weight * self.views[0].scale
            self.stat = self._turn(self.transform(value) if self.transform else value)
            self.dirty = True

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """Follow a weight."""
        self.dirty = True
        if self.share:
            self._share_row(self._row(i, j))
        elif self.term.weighted and self.transform and not self.lazy:
            self._turn(self.stat)[i, j] = self.transform(np.asarray([new]))[0]

    def _share_row(self, k: int) -> None:
        row = self._turn(self.views[0].weight)[k]
        total = row.sum()
        others = self.world.n2 - int(self.world.one_mode)
        value = row / total if total > 0 else np.full(row.size, 1.0 / max(others, 1))
        self.stat[k] = self.transform(value) if self.transform else value

    def _turn(self, matrix: Array) -> Array:
        return matrix

    def _row(self, i: int, j: int) -> int:
        return i


class Inertia(Tie):
    """`inertia(network)`: has i sent to j before: `tie` on the network of the events themselves.

    With `scaling=prop` the share of i's past acts that went to j (relevent FrPSndSnd).
    Options: window, halflife, weighted, transform, scaling. Source: Stadtfeld & Block 2017; Butts 2008 (persistence).
    """

    options = frozenset({"window", "halflife", "weighted", "transform", "scaling"})


class Recip(Tie):
    """`recip(network)`: is there a tie from j to i: `I(x_ji > 0)`, or `x_ji` with `weighted=True`.

    With `scaling=prop`, `x_ji / sum_k x_ki`: the share of what i received that came from j, and 1 / (n - 1) before the
    first (relevent FrRecSnd).
    Options: window, halflife, weighted, transform, scaling, ignore_rep. One mode only. Source: Stadtfeld & Block 2017;
    Butts 2008.
    """

    one_mode_only = True

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that the network must join."""
        return (("R", "S"),)

    def _turn(self, matrix: Array) -> Array:
        return matrix.T

    def _row(self, i: int, j: int) -> int:
        return j
