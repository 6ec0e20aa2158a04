"""Effects that read one tie: `tie`, `inertia`, `recip`."""

from __future__ import annotations

import numpy as np

from blocs.inference.events.effects.base import Array, Effect
from blocs.inference.events.views import TieView


class Tie(Effect):
    """`tie(network)`: is there a tie from i to j: `I(x_ij > 0)`, or `x_ij` with `weighted=True`.

    Options: window, halflife, weighted, transform (of the weight), ignore_rep. Source: Stadtfeld & Block 2017.
    """

    networks = 1
    options = frozenset({"window", "halflife", "weighted", "transform", "ignore_rep"})

    def start(self) -> None:
        """Compute `stat` from the state."""
        if self.term.weighted and (self.transform or self.lazy):
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
        if self.term.weighted and self.transform and not self.lazy:
            self._turn(self.stat)[i, j] = self.transform(np.asarray([new]))[0]

    def _turn(self, matrix: Array) -> Array:
        return matrix


class Inertia(Tie):
    """`inertia(network)`: has i sent to j before: `tie` on the network of the events themselves.

    Options: window, halflife, weighted, transform. Source: Stadtfeld & Block 2017; Butts 2008 (persistence).
    """

    options = frozenset({"window", "halflife", "weighted", "transform"})


class Recip(Tie):
    """`recip(network)`: is there a tie from j to i: `I(x_ji > 0)`, or `x_ji` with `weighted=True`.

    Options: window, halflife, weighted, transform, ignore_rep. One mode only. Source: Stadtfeld & Block 2017.
    """

    one_mode_only = True

    def _turn(self, matrix: Array) -> Array:
        return matrix.T
