"""Effects of the order of turns: participation shifts and recency (Gibson 2003; Butts 2008)."""

from __future__ import annotations

import abc

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events.effects.base import Array, Effect

Flags = NDArray[np.generic]


def _rules(s: int, r: int, i: Flags, j: Flags) -> dict[str, Flags]:
    """Return, for each shift, which pairs (i, j) make it after s has acted toward r [n, n]."""
    return {
        "ABBA": (i == r) & (j == s),
        "ABBY": (i == r) & (j != s),
        "ABAB": (i == s) & (j == r),
        "ABAY": (i == s) & (j != r),
        "ABXA": (j == s) & (i != r),
        "ABXB": (j == r) & (i != s),
        "ABXY": (i != s) & (i != r) & (j != s) & (j != r),
    }


_SHIFTS = ("ABBA", "ABBY", "ABAB", "ABAY", "ABXA", "ABXB", "ABXY")
_PAIRS = ("ABAB", "ABAY")


class Turn(Effect):
    """Base of the effects that follow single acts: told of each modelled event in order, simultaneous ones too."""

    one_mode_only = True

    @abc.abstractmethod
    def happened(self, time: float, i: int, j: int) -> None:
        """i has just acted toward j at `time`."""


class PShift(Turn):
    """`pshift(kind)`: is i -> j the given turn after the last act A -> B: ABBA, ABBY, ABAB, ABAY, ABXA, ABXB or ABXY.

    `"AB-BA"` and `PSAB-BA` mean the same. Without direction ABAB (the same pair) and ABAY (one of the two goes on).
    One mode only; always of the modelled events. Source: Gibson 2003; Butts 2008.
    """

    words = 1

    def start(self) -> None:
        """Compute `stat` from the state."""
        name = self.names[0].upper().replace("-", "").removeprefix("PS") if len(self.names) == 1 else ""
        known = _SHIFTS if self.world.directed else _PAIRS
        if name not in known:
            hint = " (0 stands for acts without a receiver, which there are none of)" if "0" in name else ""
            raise bad_input("terms", self.term.text, f"unknown participation shift{hint}", ", ".join(known))
        self.shift = name
        self.stat = np.zeros((self.world.n1, self.world.n2))

    def happened(self, time: float, i: int, j: int) -> None:
        """Follow an act."""
        every = np.arange(self.world.n1)
        rows, columns = every[:, None], every[None, :]
        if self.world.directed:
            self.stat[:] = _rules(i, j, rows, columns)[self.shift]
        else:
            shared = ((rows == i) | (rows == j)).astype(int) + ((columns == i) | (columns == j))
            self.stat[:] = shared == (2 if self.shift == "ABAB" else 1)
        self.dirty = True


class Recency(Turn):
    """`recency(type="ego")`: 1 / rank of j among those i acted toward last; `type="alter"`: those who acted toward i.

    The default is alter; 0 for a pair without an act. One mode only; always of the modelled events. Options: type.
    Source: Butts 2008 (RSndSnd, RRecSnd).
    """

    options = frozenset({"type"})
    directed_only = True

    def start(self) -> None:
        """Compute `stat` from the state."""
        self.order: list[list[int]] = [[] for _ in range(self.world.n1)]
        self.stat: Array = np.zeros((self.world.n1, self.world.n2))

    def happened(self, time: float, i: int, j: int) -> None:
        """Follow an act."""
        row, other = (i, j) if self.term.type == "ego" else (j, i)
        order = self.order[row]
        if other in order:
            order.remove(other)
        order.insert(0, other)
        self.stat[row, order] = 1.0 / np.arange(1, len(order) + 1)
        self.dirty = True


class _Since(Turn):
    """Shared: `1 / (1 + t)` with t the time since an act of the kind the effect looks at, 0 before the first."""

    options = frozenset({"unit"})
    one_mode_only = False

    def start(self) -> None:
        """Compute `stat` from the state."""
        self.lazy = True
        self.unit = self.term.unit or 1.0
        size = {"sender": (self.world.n1,), "receiver": (self.world.n2,), "dyad": (self.world.n1, self.world.n2)}
        self.last: Array = np.full(size[self.kind], -np.inf)
        self.now = 0.0
        self.refresh()

    @property
    def scale(self) -> float:
        """Return the unit of time."""
        return self.unit

    @property
    def source(self) -> Array:
        """Return the times of the last acts."""
        return self.last

    def age(self, source: Array, time: float | Array) -> Array:
        """Return how long ago the acts were."""
        return time - source

    def at(self, level: Array, elapsed: Array) -> Array:
        """Return the statistic `elapsed` after the acts were `level` ago."""
        return 1.0 / (1.0 + (level + elapsed) / self.unit)

    def tick(self, time: float) -> None:
        """Move to `time`."""
        self.now = time

    def refresh(self) -> None:
        """Recompute `stat`."""
        self.stat = 1.0 / (1.0 + np.maximum(self.now - self.last, 0.0) / self.unit)
        self.dirty = True

    def happened(self, time: float, i: int, j: int) -> None:
        """Follow an act."""
        for place in self._places(i, j):
            self.last[place] = time
        self.dirty = True

    @abc.abstractmethod
    def _places(self, i: int, j: int) -> list[int] | list[tuple[int, int]]: ...


class RecencyContinue(_Since):
    """`recencyContinue()`: `1 / (1 + t)`, t the time since i last acted toward j, in `unit` (default 1 of the time column).

    0 before the first act; without direction since the pair last acted. Options: unit.
    Source: Vu et al. 2017; Meijerink-Bosman et al. 2022.
    """

    def _places(self, i: int, j: int) -> list[int] | list[tuple[int, int]]:
        return [(i, j)] if self.world.directed else [(i, j), (j, i)]


class _SinceNode(_Since):
    directed_only = True


class RecencySendSender(_SinceNode):
    """`recencySendSender()`: `1 / (1 + t)`, t the time since the sender last sent. Options: unit.

    Source: Vu et al. 2017; Meijerink-Bosman et al. 2022.
    """

    sides = ("sender",)

    def _places(self, i: int, j: int) -> list[int] | list[tuple[int, int]]:
        return [i]


class RecencySendReceiver(_SinceNode):
    """`recencySendReceiver()`: `1 / (1 + t)`, t the time since the receiver last sent. Options: unit. One mode only.

    Source: Vu et al. 2017; Meijerink-Bosman et al. 2022.
    """

    sides = ("receiver",)
    one_mode_only = True

    def _places(self, i: int, j: int) -> list[int] | list[tuple[int, int]]:
        return [i]


class RecencyReceiveSender(_SinceNode):
    """`recencyReceiveSender()`: `1 / (1 + t)`, t the time since the sender last received. Options: unit. One mode only.

    Source: Vu et al. 2017; Meijerink-Bosman et al. 2022.
    """

    sides = ("sender",)
    one_mode_only = True

    def _places(self, i: int, j: int) -> list[int] | list[tuple[int, int]]:
        return [j]


class RecencyReceiveReceiver(_SinceNode):
    """`recencyReceiveReceiver()`: `1 / (1 + t)`, t the time since the receiver last received. Options: unit.

    Source: Vu et al. 2017; Meijerink-Bosman et al. 2022.
    """

    sides = ("receiver",)

    def _places(self, i: int, j: int) -> list[int] | list[tuple[int, int]]:
        return [j]


__all__ = [
    "PShift",
    "Recency",
    "RecencyContinue",
    "RecencyReceiveReceiver",
    "RecencyReceiveSender",
    "RecencySendReceiver",
    "RecencySendSender",
    "Turn",
]
