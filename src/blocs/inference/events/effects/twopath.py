"""Effects of two-paths and shared partners by how often their ties were used: sums of minima (Butts 2008)."""

from __future__ import annotations

import abc

import numpy as np

from blocs.inference.events.effects.base import Array, Effect
from blocs.inference.events.views import TieView


class _Minima(Effect):
    """Shared: `sum_k min(a, b)` over third parties k, kept up to date with each weight that moves."""

    networks = 1
    options = frozenset({"window", "halflife", "unique", "transform", "ignore_rep"})
    one_mode_only = True

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.lazy = self.lazy and not self.term.unique
        self.raw: Array = np.zeros((0, 0))

    @property
    def source(self) -> Array:
        """Return the sums."""
        return self.raw if self.lazy else self.stat

    def _weight(self) -> Array:
        return self.views[0].tie if self.term.unique else self.views[0].weight

    def start(self) -> None:
        """Compute `stat` from the state."""
        x = self._weight()
        self.raw = np.zeros_like(x)
        for k in np.flatnonzero(x.any(axis=0) | x.any(axis=1)):
            self.raw += self._through(x, int(k))
        self.refresh()

    def refresh(self) -> None:
        """Recompute `stat`."""
        value = self.raw * self.views[0].scale if self.lazy else self.raw
        self.stat = self.transform(value) if self.transform else value
        self.dirty = True

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:
        """Follow a weight."""
        x = self._weight()
        if self.term.unique:
            old, new = float(old > 0), float(new > 0)
        if old == new:
            return
        self._follow(x, i, j, old, new)
        self.dirty = True
        if self.transform and not self.lazy:
            self.stat = self.transform(self.raw)

    def rescale(self, view: TieView, factor: float) -> None:
        """Follow the decay."""
        super().rescale(view, factor)
        if not self.term.unique:
            self.raw *= factor

    @abc.abstractmethod
    def _through(self, x: Array, k: int) -> Array:
        """Return the part of third party k [n, n]."""

    @abc.abstractmethod
    def _follow(self, x: Array, i: int, j: int, old: float, new: float) -> None:
        """Bring `raw` up to date after the weight of i -> j moved."""


def _gain(other: Array, old: float, new: float, barred: int) -> Array:
    gain: Array = np.minimum(other, new) - np.minimum(other, old)
    gain[barred] = 0.0
    return gain


class Otp(_Minima):
    """`otp(network)`: outgoing two-paths i -> k -> j by use: `sum_k min(x_ik, x_kj)` (relevent OTPSnd).

    With `unique=True` each k once, as `trans`; in an undirected network shared partners.
    Options: window, halflife, unique, transform, ignore_rep. One mode only. Source: Butts 2008.
    """

    def _through(self, x: Array, k: int) -> Array:
        return np.minimum(x[:, k][:, None], x[k][None, :])

    def _follow(self, x: Array, i: int, j: int, old: float, new: float) -> None:
        self.raw[i] += _gain(x[j], old, new, i)
        self.raw[:, j] += _gain(x[:, i], old, new, j)


class Itp(_Minima):
    """`itp(network)`: incoming two-paths j -> k -> i by use: `sum_k min(x_jk, x_ki)` (relevent ITPSnd).

    With `unique=True` each k once, as `cycle`.
    Options: window, halflife, unique, transform, ignore_rep. One mode only. Source: Butts 2008.
    """

    def _through(self, x: Array, k: int) -> Array:
        return np.minimum(x[k][:, None], x[:, k][None, :])

    def _follow(self, x: Array, i: int, j: int, old: float, new: float) -> None:
        self.raw[:, i] += _gain(x[j], old, new, i)
        self.raw[j] += _gain(x[:, i], old, new, j)


class Osp(_Minima):
    """`osp(network)`: shared targets of i and j by use: `sum_k min(x_ik, x_jk)` (relevent OSPSnd).

    With `unique=True` each k once, as `commonReceiver`.
    Options: window, halflife, unique, transform, ignore_rep. One mode only. Source: Butts 2008.
    """

    def _through(self, x: Array, k: int) -> Array:
        return np.minimum(x[:, k][:, None], x[:, k][None, :])

    def _follow(self, x: Array, i: int, j: int, old: float, new: float) -> None:
        gain = _gain(x[:, j], old, new, i)
        self.raw[i] += gain
        self.raw[:, i] += gain


class Isp(_Minima):
    """`isp(network)`: shared sources of i and j by use: `sum_k min(x_ki, x_kj)` (relevent ISPSnd).

    With `unique=True` each k once, as `commonSender`.
    Options: window, halflife, unique, transform, ignore_rep. One mode only. Source: Butts 2008.
    """

    def _through(self, x: Array, k: int) -> Array:
        return np.minimum(x[k][:, None], x[k][None, :])

    def _follow(self, x: Array, i: int, j: int, old: float, new: float) -> None:
        gain = _gain(x[i], old, new, j)
        self.raw[j] += gain
        self.raw[:, j] += gain
