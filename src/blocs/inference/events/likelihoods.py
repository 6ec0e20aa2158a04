"""Likelihoods of spells: the order of events, or events with waiting times.

Axes as in `spells`: S spells, T decisions, P parameters. Where statistics fade, a spell is looked at in several points and
N counts these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.choice import Sums
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.quadrature import ORDERS, points
from blocs.inference.events.spells import BLOCK, Spells

Bools = NDArray[np.bool_]
_CELLS = 4_000_000


class Pieces(NamedTuple):
    """Points of exact time by observation: x [K, P], option, weight and observation [K]."""

    x: Floats
    option: Ints
    weight: Floats
    observation: Ints


class ExactTime:
    """Events with waiting times: `sum_events b'x - integral of sum_o exp(b'x_to) dt` (Butts 2008, equation 2).

    A statistic that stands still makes the integral a product; one that fades is integrated by Gauss points whose error
    `level` makes smaller. x [N, P], exposure and option [N].
    """

    def __init__(self, spells: Spells, level: int = 0) -> None:
        self.spells = spells
        self.level = level
        clock = spells.clock
        length = clock[spells.stop] - clock[spells.first]
        if not length.any():
            raise bad_input("events", "time", "no time passes", "times that differ, or a model without an intercept")
        start = spells.x
        self.fades: Bools = np.zeros(length.size, dtype=bool)
        if spells.layers:
            end = spells.statistics(np.arange(length.size, dtype=np.intp), length)
            self.fades = (end != start).any(axis=1) & (length > 0)
        still = ~self.fades
        rows = np.flatnonzero(self.fades)
        place, elapsed, weight = points(length[rows], spells.scale, level)
        self.x = np.concatenate([start[still], spells.statistics(rows[place], elapsed)]) if rows.size else start
        self.exposure: Floats = np.concatenate([length[still], weight])
        self.option: Ints = np.concatenate([spells.option[still], spells.option[rows[place]]])
        self.total: Floats = spells.chosen.sum(axis=0)

    def refined(self) -> ExactTime | None:
        """Return the same with finer points, or None where nothing fades or they cannot be finer."""
        return ExactTime(self.spells, self.level + 1) if self.fades.any() and self.level + 1 < len(ORDERS) else None

    def sums(self, beta: Floats) -> Sums:
        """Return log-likelihood, gradient [P] and information [P, P]."""
        x = self.x
        with np.errstate(over="ignore", invalid="ignore"):
            weight = self.exposure * np.exp(x @ beta)
            gradient = self.total - weight @ x
            return float(self.total @ beta - weight.sum()), gradient, (x * weight[:, None]).T @ x

    @property
    def observations(self) -> Ints:
        """Return the observation [T] that each decision is part of."""
        return np.concatenate(([0], np.cumsum(self.spells.whole)[:-1])).astype(np.intp)

    def by_decision(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return each observation's log-likelihood and score [P]."""
        s, of = self.spells, self.observations
        size, P = int(of[-1]) + 1, beta.size
        loglik: Floats = np.bincount(of, s.chosen @ beta, size).astype(np.float64)
        score: Floats = np.stack([np.bincount(of, s.chosen[:, k], size) for k in range(P)], axis=1).astype(np.float64)
        if not self.fades.any():
            log_total, mean, _ = expectations(s, beta)
            expected = s.span * np.exp(log_total)
            loglik -= np.bincount(of, expected, size)
            score -= np.stack([np.bincount(of, expected * mean[:, k], size) for k in range(P)], axis=1)
            return loglik, score
        for piece in self.pieces():
            weight = piece.weight * np.exp(piece.x @ beta)
            loglik -= np.bincount(piece.observation, weight, size)
            for k in range(P):
                score[:, k] -= np.bincount(piece.observation, weight * piece.x[:, k], size)
        return loglik, score

    def pieces(self) -> Iterator[Pieces]:
        """Yield the points of each interval, a part of the record at a time."""
        s, clock, of = self.spells, self.spells.clock, self.observations
        block = s.first // BLOCK
        width = max(1, self.x.shape[1])
        for b in range(int(block[-1]) + 1):
            rows = np.flatnonzero(block == b)
            times = np.arange(b * BLOCK, min((b + 1) * BLOCK, s.span.size), dtype=np.intp)
            times = times[s.span[times] > 0]
            step = max(1, _CELLS // max(1, rows.size * width * 8))
            for k in range(0, times.size, step):
                yield self._piece(rows, times[k : k + step], clock, of)

    def _piece(self, rows: Ints, times: Ints, clock: Floats, of: Ints) -> Pieces:
        s = self.spells
        live = (s.first[rows] <= times[:, None]) & (s.stop[rows] > times[:, None])
        at, which = np.nonzero(live)
        spell, time = rows[which], times[at]
        begun = clock[time] - clock[s.first[spell]]
        fades = self.fades[spell]
        place, elapsed, weight = points(s.span[time[fades]], s.scale, self.level)
        moving = np.flatnonzero(fades)[place]
        every = np.concatenate([np.flatnonzero(~fades), moving])
        after = np.concatenate([np.zeros(int((~fades).sum())), begun[moving] + elapsed])
        return Pieces(
            s.statistics(spell[every], after),
            s.option[spell[every]],
            np.concatenate([s.span[time[~fades]], weight]),
            of[time[every]],
        )


class OrderOnly:
    """Events in order: `sum_t b'x_t - log sum_o exp(b'x_to)` (Butts 2008, equation 4), summed over spells."""

    def __init__(self, spells: Spells) -> None:
        self.spells = spells

    def sums(self, beta: Floats) -> Sums:
        """Return log-likelihood, gradient [P] and information [P, P]."""
        s = self.spells
        log_total, mean, share = expectations(s, beta)
        loglik = float((s.chosen @ beta - log_total).sum())
        return loglik, (s.chosen - mean).sum(axis=0), (s.x * share[:, None]).T @ s.x - mean.T @ mean

    @property
    def moments(self) -> Floats:
        """Return the sum over events of the mean square of each statistic over the options [P]."""
        share = expectations(self.spells, np.zeros(self.spells.chosen.shape[1]))[2]
        return share @ self.spells.x**2

    def by_decision(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return each event's log probability [T] and score [T, P]."""
        log_total, mean, _ = expectations(self.spells, beta)
        return self.spells.chosen @ beta - log_total, self.spells.chosen - mean


def expectations(s: Spells, beta: Floats) -> tuple[Floats, Floats, Floats]:
    """Return `log sum_o exp(b'x_to)` [T], the mean of x over options [T, P], and each spell's expected events [S].

    Within a block of 64 decisions the sums are running sums of what starts less what stops; where such a difference
    would lose digits, the block is added up one decision at a time instead.
    """
    T, P = s.chosen.shape
    blocks = -(-T // BLOCK)
    block = s.first // BLOCK
    starts: Ints = np.searchsorted(block, np.arange(blocks, dtype=np.intp))
    u = s.x @ beta
    top = np.maximum.reduceat(u, starts)
    w = np.exp(u - top[block])
    width = BLOCK + 1
    enter, leave = s.first + block, s.stop + block  # a place more for each block, so that its end has one
    sums = np.empty((blocks, width, P + 1))
    for k in range(P + 1):
        value = w if k == P else w * s.x[:, k]
        moves = np.bincount(enter, value, blocks * width) - np.bincount(leave, value, blocks * width)
        sums[:, :, k] = np.cumsum(moves.reshape(blocks, width), axis=1)
    valid: Bools = np.arange(blocks * BLOCK, dtype=np.intp).reshape(blocks, BLOCK) < T
    total = np.where(valid, sums[:, :BLOCK, P], 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inverse = np.zeros((blocks, width))
        inverse[:, 1:] = np.cumsum(1.0 / total, axis=1)
        share = w * (inverse.reshape(-1)[leave] - inverse.reshape(-1)[enter])
        mean = (sums[:, :BLOCK, :P] / total[:, :, None]).reshape(-1, P)[:T]
        log_total = (np.log(total) + top[:, None]).reshape(-1)[:T]
    entered = np.add.reduceat(w, starts)
    for b in np.flatnonzero((~(total > 1e-6 * entered[:, None]) & valid).any(axis=1)):
        stop = starts[b + 1] if b + 1 < blocks else block.size
        _careful_block(s, u, slice(int(starts[b]), int(stop)), int(b), (log_total, mean, share))
    return log_total, mean, share


def _careful_block(s: Spells, u: Floats, rows: slice, block: int, out: tuple[Floats, Floats, Floats]) -> None:
    """Fill one block's part of `expectations` by adding up who is there at each decision."""
    log_total, mean, share = out
    x, v = s.x[rows], u[rows]
    times = np.arange(block * BLOCK, min((block + 1) * BLOCK, log_total.size), dtype=np.intp)
    live = (s.first[rows] <= times[:, None]) & (s.stop[rows] > times[:, None])
    top = np.where(live, v, -np.inf).max(axis=1)
    near = top > v.max() - 500.0  # elsewhere one scale for the block would underflow
    w = np.exp(v - v.max())
    member = live.astype(np.float64)
    total = member @ w
    safe = np.where(near, total, 1.0)
    log_total[times] = np.log(safe) + v.max()
    mean[times] = member @ (w[:, None] * x) / safe[:, None]
    share[rows] = w * (np.where(near, 1.0 / safe, 0.0) @ member)
    for k in np.flatnonzero(~near):
        t, here = times[k], np.flatnonzero(live[k])
        weight = np.exp(v[here] - top[k]) if here.size else np.ones(0)
        log_total[t] = np.log(weight.sum()) + top[k] if here.size else -np.inf
        mean[t] = weight @ x[here] / weight.sum() if here.size else 0.0
        share[rows.start + here] += weight / weight.sum() if here.size else 0.0
