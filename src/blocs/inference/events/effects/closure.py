"""Effects of closing two-paths and three-paths in one network: counts of third parties, ties taken as binary."""

from __future__ import annotations

import abc

import numpy as np

from blocs.inference.events.effects.base import Array, Effect, Joins
from blocs.inference.events.views import TieView


class Closure(Effect):
    """Shared by the closure effects: an integer count [n1, n2] and its transform."""

    networks = 1
    options = frozenset({"window", "transform", "ignore_rep"})
    one_mode_only = True

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.lazy = False
        self.raw: Array = np.zeros((0, 0))

    def start(self) -> None:
        """Compute `stat` from the state."""
        empty = not all(view.tie.any() for view in self.views)
        self.raw = np.zeros((self.world.n1, self.world.n2)) if empty else np.ascontiguousarray(self._count())
        self.stat = self.transform(self.raw) if self.transform else self.raw

    @abc.abstractmethod
    def _count(self) -> Array: ...

    def _add_row(self, i: int, amount: Array) -> None:
        self.raw[i] += amount
        self.dirty = True
        if self.transform:
            self.stat[i] = self.transform(self.raw[i])

    def _add_column(self, j: int, amount: Array) -> None:
        where = np.flatnonzero(amount)
        if where.size:
            self.raw[where, j] += amount[where]
            self.dirty = True
            if self.transform:
                self.stat[where, j] = self.transform(self.raw[where, j])


class _Path(Closure):
    """Shared by the effects of two-paths, whose two ties may have to appear in order."""

    options = frozenset({"window", "transform", "ignore_rep", "history"})

    def start(self) -> None:
        """Compute `stat` from the state."""
        self.in_order = self.term.history == "sequential"
        self.appeared: Array = np.zeros((self.world.n1, self.world.n2))
        self.turn = 0
        super().start()

    def _count(self) -> Array:
        tie = self.views[0].tie
        return np.zeros_like(tie) if self.in_order else tie @ tie

    def _moved(self, view: TieView, i: int, j: int, sign: int) -> tuple[Array, Array]:
        """Return by how much the paths i -> j -> k and the paths k -> i -> j change, each by k [n]."""
        ahead, behind = sign * view.tie[j], sign * view.tie[:, i]
        if not self.in_order:
            return ahead, behind
        if sign > 0:
            self.turn += 1
            self.appeared[i, j] = self.turn
        when = self.appeared[i, j]
        return ahead * (self.appeared[j] > when), behind * (self.appeared[:, i] < when)


class Trans(_Path):
    """`trans(network)`: how many two-paths i -> k -> j a tie i -> j closes: `sum_k I(x_ik > 0) I(x_kj > 0)`.

    With `history=sequential` only paths whose tie k -> j appeared after i -> k, none of those at the start.
    Options: window, transform, history, ignore_rep. One mode only. Source: Stadtfeld & Block 2017.
    """

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        ahead, behind = self._moved(view, i, j, sign)
        self._add_row(i, ahead)
        self._add_column(j, behind)


class Cycle(_Path):
    """`cycle(network)`: how many two-paths j -> k -> i a tie i -> j closes: `sum_k I(x_jk > 0) I(x_ki > 0)`.

    With `history=sequential` only paths whose tie k -> i appeared after j -> k, none of those at the start.
    Options: window, transform, history, ignore_rep. One mode only. Source: Stadtfeld & Block 2017.
    """

    def _count(self) -> Array:
        return super()._count().T

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        ahead, behind = self._moved(view, i, j, sign)
        self._add_column(i, ahead)
        self._add_row(j, behind)


class CommonSender(Closure):
    """`commonSender(network)`: how many send to both i and j: `sum_k I(x_ki > 0) I(x_kj > 0)`.

    The senders k may be other nodes than the actors. Options: window, transform, ignore_rep. One mode only.
    Source: Stadtfeld & Block 2017.
    """

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that the network must join."""
        return (("k", "S"),)

    def _count(self) -> Array:
        return self.views[0].tie.T @ self.views[0].tie

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        self._add_row(j, sign * view.tie[i])
        self._add_column(j, sign * view.tie[i])


class CommonReceiver(Closure):
    """`commonReceiver(network)`: to how many both i and j send: `sum_k I(x_ik > 0) I(x_jk > 0)`.

    The receivers k may be other nodes than the actors, such as clubs. Options: window, transform, ignore_rep. One mode
    only. Source: Stadtfeld & Block 2017.
    """

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that the network must join."""
        return (("S", "k"),)

    def _count(self) -> Array:
        return self.views[0].tie @ self.views[0].tie.T

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        self._add_row(i, sign * view.tie[:, j])
        self._add_column(i, sign * view.tie[:, j])


class Four(Closure):
    """`four(network)`: how many three-paths i -> k <- l -> j a tie i -> j closes, with k != j and l != i.

    Works in two modes: the share of targets i has in common with those who send to j.
    Options: window, transform, ignore_rep. Source: Stadtfeld & Block 2017; Haunss & Hollway 2023.
    """

    one_mode_only = False

    def _count(self) -> Array:
        x = self.views[0].tie
        return x @ x.T @ x - x.sum(axis=1)[:, None] * x - x * x.sum(axis=0)[None, :] + x

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:
        """Follow a tie that appears or disappears."""
        x = view.tie
        last = x @ x[i]
        last[i] = 0.0
        first = x[:, j] @ x
        first[j] = 0.0
        self._add_column(j, sign * last)
        self._add_row(i, sign * first)
        rows, columns = np.flatnonzero(x[:, j]), np.flatnonzero(x[i])
        if rows.size and columns.size:
            block = np.ix_(rows, columns)
            self.raw[block] += sign
            if self.transform:
                self.stat[block] = self.transform(self.raw[block])
