"""Effects of the order of turns: participation shifts and recency (Butts 2008)."""

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


class Turn(Effect):
    """Base of the effects that follow single acts: told of each modelled event in order, simultaneous ones too."""

    one_mode_only = True

    @abc.abstractmethod
    def happened(self, i: int, j: int) -> None:
        """i has just acted toward j."""


class PShift(Turn):
    """`pshift(kind)`: is i -> j the given turn after the last act A -> B: ABBA, ABBY, ABAB, ABAY, ABXA, ABXB or ABXY.

    One mode only; always of the modelled events. Source: Gibson 2003; Butts 2008.
    """

    words = 1

    def start(self) -> None:
        """Compute `stat` from the state."""
        if len(self.names) != 1 or self.names[0].upper() not in _SHIFTS:
            raise bad_input("terms", self.term.text, "unknown participation shift", ", ".join(_SHIFTS))
        self.stat = np.zeros((self.world.n1, self.world.n2))

    def happened(self, i: int, j: int) -> None:
        """Follow an act."""
        every = np.arange(self.world.n1)
        self.stat[:] = _rules(i, j, every[:, None], every[None, :])[self.names[0].upper()]
        self.dirty = True


class Recency(Turn):
    """`recency(type="ego")`: 1 / rank of j among those i acted toward last; `type="alter"`: those who acted toward i.

    The default is alter; 0 for a pair without an act. One mode only; always of the modelled events. Options: type.
    Source: Butts 2008 (RSndSnd, RRecSnd).
    """

    options = frozenset({"type"})

    def start(self) -> None:
        """Compute `stat` from the state."""
        self.order: list[list[int]] = [[] for _ in range(self.world.n1)]
        self.stat: Array = np.zeros((self.world.n1, self.world.n2))

    def happened(self, i: int, j: int) -> None:
        """Follow an act."""
        row, other = (i, j) if self.term.type == "ego" else (j, i)
        order = self.order[row]
        if other in order:
            order.remove(other)
        order.insert(0, other)
        self.stat[row, order] = 1.0 / np.arange(1, len(order) + 1)
        self.dirty = True


__all__ = ["PShift", "Recency", "Turn"]
