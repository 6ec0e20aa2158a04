"""Effects of closing a two-path whose two ties lie in different networks."""

from __future__ import annotations

from blocs.inference.events.effects.base import Array, Joins
from blocs.inference.events.effects.closure import Closure
from blocs.inference.events.views import TieView


class _Mixed(Closure):
    networks = 2
    one_mode_only = False


class MixedTrans(_Mixed):
    """`mixedTrans(first, second)`: `sum_k I(x_ik > 0) I(y_kj > 0)` with i -> k in `first`, k -> j in `second`.

    The nodes k may be others than the actors. Options: window, transform, ignore_rep. Source: Stadtfeld & Block 2017.
    """

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that each network must join."""
        return (("S", "k"), ("k", "R"))

    def _count(self) -> Array:
        return self.views[0].tie @ self.views[1].tie

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if view is self.views[0]:
            self._add_row(i, sign * self.views[1].tie[j])
        if view is self.views[1]:
            self._add_column(j, sign * self.views[0].tie[:, i])


class MixedCycle(_Mixed):
    """`mixedCycle(first, second)`: `sum_k I(x_jk > 0) I(y_ki > 0)` with j -> k in `first`, k -> i in `second`.

    This is what the published program computes; its manual prints the two networks the other way round.
    Options: window, transform, ignore_rep. One mode only. Source: Stadtfeld & Block 2017.
    """

    one_mode_only = True

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that each network must join."""
        return (("R", "k"), ("k", "S"))

    def _count(self) -> Array:
        return (self.views[0].tie @ self.views[1].tie).T

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if view is self.views[0]:
            self._add_column(i, sign * self.views[1].tie[j])
        if view is self.views[1]:
            self._add_row(j, sign * self.views[0].tie[:, i])


class _Star(_Mixed):
    options = frozenset({"window", "transform", "ignore_rep", "symmetric"})
    one_mode_only = True

    def _cross(self, hub: int, end: int, amount: Array, first: bool) -> None:
        # a new tie of `end` in one network meets the ties `amount` in the other
        if first or self.term.symmetric:
            self._add_row(end, amount)
        if not first or self.term.symmetric:
            self._add_column(end, amount)


class MixedCommonSender(_Star):
    """`mixedCommonSender(first, second)`: third parties k that send to i in `first` and to j in `second`.

    As in the published program the sum is symmetric, `sum_k x_ki y_kj + x_kj y_ki`; with `symmetric=False` it is only
    `sum_k x_ki y_kj`. Options: window, transform, ignore_rep, symmetric. One mode only. Source: Stadtfeld & Block 2017.
    """

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that each network must join."""
        return (("k", "S"), ("k", "S"))

    def _count(self) -> Array:
        count = self.views[0].tie.T @ self.views[1].tie
        return count + count.T if self.term.symmetric else count

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if view is self.views[0]:
            self._cross(i, j, sign * self.views[1].tie[i], first=True)
        if view is self.views[1]:
            self._cross(i, j, sign * self.views[0].tie[i], first=False)


class MixedCommonReceiver(_Star):
    """`mixedCommonReceiver(first, second)`: third parties k to which i sends in `first` and j in `second`.

    As in the published program the sum is symmetric, `sum_k x_ik y_jk + x_jk y_ik`; with `symmetric=False` it is only
    `sum_k x_ik y_jk`. Options: window, transform, ignore_rep, symmetric. One mode only. Source: Stadtfeld & Block 2017.
    """

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that each network must join."""
        return (("S", "k"), ("S", "k"))

    def _count(self) -> Array:
        count = self.views[0].tie @ self.views[1].tie.T
        return count + count.T if self.term.symmetric else count

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        if view is self.views[0]:
            self._cross(j, i, sign * self.views[1].tie[:, j], first=True)
        if view is self.views[1]:
            self._cross(j, i, sign * self.views[0].tie[:, j], first=False)
