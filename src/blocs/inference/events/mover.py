"""A fitted model in motion: its state, the weights of what may come next, and the time until it does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Floats
from blocs.inference.events.coordination import open_actors
from blocs.inference.events.design import open_receivers
from blocs.inference.events.estimate import replay_of
from blocs.inference.events.fit import EventFit
from blocs.inference.events.layers import Layer, standardised
from blocs.inference.events.replay import Replay

Bools = NDArray[np.bool_]


class Mover:
    """A model in motion; events it is told of take the place of those recorded."""

    def __init__(self, fit: EventFit) -> None:
        self.fit = fit
        self.submodel = fit.problem.submodel
        self.history = fit.problem.history.freed()
        self.replay: Replay = replay_of(fit.problem.with_history(self.history))
        self.beta = fit.coef[1:] if fit.problem.intercept else fit.coef
        self.constant = float(fit.coef[0]) if fit.problem.intercept else 0.0
        self.fades = fit.problem.exact and any(layer.moves for layer in self.replay.layers)

    def utilities(self, sender: int | None = None) -> Floats:
        """Return b'x: [n1] of a rate model, [n2] for one sender, else [n1, n2]; minus infinity where barred."""
        self.replay.refresh()
        mask = self._open(sender)
        u = np.full(mask.shape, self.constant)
        for b, layer in zip(self.beta, self.replay.layers, strict=True):
            stat = layer.value() if sender is None else layer.row(sender)
            if layer.standard:
                stat = self._standard(np.broadcast_to(stat, mask.shape), mask)
            u = u + b * stat
        u[~mask] = -np.inf
        return u

    def _standard(self, stat: Floats, mask: Bools) -> Floats:
        if self.submodel != "coordination":
            return standardised(stat, mask)
        return np.stack([standardised(row, open_) for row, open_ in zip(stat, mask, strict=True)])

    def _open(self, sender: int | None) -> Bools:
        replay, n = self.replay, self.history.n1
        if sender is not None:
            return open_receivers(replay, sender)
        if self.submodel == "coordination":
            here = np.zeros(n, dtype=bool)
            here[open_actors(replay)] = True
            mask = np.outer(here, here) & ~np.eye(n, dtype=bool)
            return mask if replay.risk is None else mask & replay.risk
        return replay.open_options()

    def bound(self, until: float, now: float) -> Floats:
        """Return what no utility exceeds between `now` and `until`, if nothing changes until then."""
        stats = [self._stats(time) for time in (now, until, (now + until) / 2.0)]
        self.replay.fade(now)
        u = np.full(self.replay.layers[0].shape if self.replay.layers else (1,), self.constant)
        at = 0
        for b, layer in zip(self.beta, self.replay.layers, strict=True):
            mine = [s[at : at + len(layer.effects)] for s in stats]
            at += len(layer.effects)
            low, high = self._range(layer, mine)
            u = u + (b * high if b > 0 else b * low)
        u[~self.replay.open_options()] = -np.inf
        return u

    def _stats(self, time: float) -> list[Floats]:
        self.replay.fade(time)
        self.replay.refresh()
        return [e.stat.copy() if e.lazy else e.stat for e in self.replay.effects]

    def _range(self, layer: Layer, stats: Sequence[list[Floats]]) -> tuple[Floats, Floats]:
        if not layer.standard:
            return layer.bounds(*stats)
        value = standardised(np.broadcast_to(layer.value(), layer.shape), self.replay.open_options())
        return value, value

    def wait(self, now: float, limit: float, rng: np.random.Generator) -> tuple[float, Floats]:
        """Draw when the next event comes, infinity if not before `limit`, and the utilities then.

        Rates that fade are followed by thinning (Lewis & Shedler 1979; Ogata 1981): candidates are drawn at a rate that
        is never too low, and kept with the share that the true rate is of it.
        """
        if not self.fades:
            u = self.utilities()
            rate = total(u)
            time = now + rng.exponential() / rate if rate > 0.0 else np.inf
            return (time if time <= limit else np.inf), u
        step = min(layer.scale for layer in self.replay.layers if layer.moves)
        while now < limit:
            until = min(limit, now + step)
            most = total(self.bound(until, now))
            if most == 0.0 and not np.isfinite(limit):
                break
            time = now
            while most > 0.0 and (time := time + rng.exponential() / most) < until:
                self.replay.fade(time)
                u = self.utilities()
                share = total(u) / most
                if share > 1.0 + 1e-9:
                    raise bad_input(
                        "simulate", "transform", "neither rises nor falls steadily as ties fade", "one that does"
                    )
                if rng.random() < share:
                    return time, u
            now, step = until, 2.0 * step
        return np.inf, np.zeros(0)


def total(u: Floats) -> float:
    """Return the sum of exp(u)."""
    top = float(u.max(initial=-np.inf))
    return float(np.exp(u - top).sum() * np.exp(top)) if np.isfinite(top) else 0.0


def pick(u: Floats, rng: np.random.Generator) -> int:
    """Draw a place of the flattened `u` with probability proportional to exp(u)."""
    w = np.exp(u - u.max()).reshape(-1)
    sums: Floats = np.cumsum(w)
    return int(np.searchsorted(sums, rng.random() * float(sums[-1]), side="right"))


def pick_pair(u: Floats, rng: np.random.Generator) -> tuple[int, int]:
    """Draw the unordered pair of the coordination model from the utilities [n, n] of each side."""
    here = np.isfinite(u).any(axis=1)
    logp = np.full_like(u, -np.inf)
    v = u[here]
    top = v.max(axis=1, keepdims=True)
    logp[here] = v - top - np.log(np.exp(v - top).sum(axis=1, keepdims=True))
    i, j = divmod(pick(np.where(np.triu(np.ones_like(u), 1) > 0, logp + logp.T, -np.inf), rng), u.shape[1])
    return i, j
