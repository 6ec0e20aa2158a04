"""Rate and tie models by spells: an option whose statistics stand still is one row, however many events it waits out.

Axes: S spells, T decisions (events, and the ends of quiet intervals), O options (senders, or dyads), P parameters.
Between two events most dyads do not change, so S is far below T x O and the likelihood costs what has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.choice import Sums
from blocs.inference.events.columns import Floats, Ints, fault
from blocs.inference.events.design import count_events, events_of
from blocs.inference.events.replay import Replay

Bools = NDArray[np.bool_]
_BLOCK = 64


class Decision(NamedTuple):
    """An interval that ends with an event (i to j), or without one (i and j are -1)."""

    span: float
    i: int
    j: int


class Clock(NamedTuple):
    """Where the exact time runs: from start to end, cut at presence changes if `presence`, and every `grid`."""

    start: float
    end: float
    presence: bool
    grid: float | None


@dataclass(frozen=True)
class Spells:
    """Stretches of decisions in which an option's statistics stand still, and the statistics of what happened.

    x [S, P]; option, first, stop [S]: decisions `first` up to, not with, `stop`; chosen [T, P], 0 where nothing
    happened; happened [T]; pick [T] the option taken or -1; span [T] lengths of the intervals. No spell crosses a
    multiple of 64 decisions, so that sums over a block stay exact.
    """

    x: Floats
    option: Ints
    first: Ints
    stop: Ints
    chosen: Floats
    happened: Bools
    pick: Ints
    span: Floats


def collect_spells(replay: Replay, model: str, intercept: bool, clock: Clock, exact: bool) -> Spells:
    """Walk the history once and collect spells for a "rate" or "tie" model."""
    recorder = _Recorder(replay, model, intercept)
    decisions = intervals(replay, clock) if exact else _ordinal(replay, clock)
    for decision in decisions:
        recorder.observe(decision)
    return recorder.finish()


def _ordinal(replay: Replay, clock: Clock) -> Iterator[Decision]:
    count_events(replay, clock.start, clock.end)
    for _, i, j in events_of(replay, clock.start, clock.end):
        yield Decision(0.0, i, j)


def intervals(replay: Replay, clock: Clock) -> Iterator[Decision]:
    """Yield the intervals of exact time, each with `replay` in the state that held during it.

    An interval ends with each event and each change of state between; without a start the time runs from the first
    event or change, without an end to the last change (right-censored), as in the published models.
    """
    count_events(replay, clock.start, clock.end)
    history = replay.history
    now = clock.start if np.isfinite(clock.start) else replay.first_time()
    rows = zip(history.time.tolist(), history.sender.tolist(), history.receiver.tolist(), strict=True)
    for row, ((time, i, j), amount) in enumerate(zip(rows, history.increment.tolist(), strict=True)):
        if time > clock.end:
            break
        if time >= now:
            for cut in _cuts(replay, now, time, clock):
                if cut > now:
                    replay.fade(cut)
                    yield Decision(cut - now, -1, -1)
                    now = cut
            replay.advance(time)
            if not (replay.here_senders[i] and replay.here_receivers[j]):
                raise fault("events", row, "time", "an actor acts or is chosen while not present", "presence")
            yield Decision(time - now, i, j)
            now = time
        else:
            replay.advance(time)
        replay.record(time, i, j, amount)
    for cut in _cuts(replay, now, clock.end, clock):
        if cut > now:
            replay.fade(cut)
            yield Decision(cut - now, -1, -1)
            now = cut
    if np.isfinite(clock.end) and clock.end > now:
        yield Decision(clock.end - now, -1, -1)


def _cuts(replay: Replay, now: float, until: float, clock: Clock) -> Iterator[float]:
    """Yield each time before `until` at which the state changes, and apply the change once the caller has looked."""
    grid = np.inf if clock.grid is None else now + clock.grid
    while True:
        change = replay.next_time()
        presence = replay.next_is_presence() if change < np.inf else False
        if change >= until and not (change == until and presence):
            change = np.inf
        if change == until == np.inf:
            return
        if grid < min(change, until):
            yield grid
            grid += clock.grid or np.inf
            continue
        if change == np.inf:
            return
        if presence:
            if clock.presence:
                yield change
            replay.advance(change)
        else:
            yield change
            replay.pass_time(change)


class _Recorder:
    def __init__(self, replay: Replay, model: str, intercept: bool) -> None:
        self.replay = replay
        self.model = model
        h = replay.history
        self.n1, self.n2 = h.n1, h.n2
        self.shape = (h.n1,) if model == "rate" else (h.n1, h.n2)
        P = len(replay.effects) + intercept
        self.offset = int(intercept)
        self.now = np.ones((P, int(np.prod(self.shape))))
        self.open = np.zeros(self.now.shape[1], dtype=bool)
        self.first = np.zeros(self.now.shape[1], dtype=np.intp)
        self.t = 0
        self.parts: list[tuple[Floats, Ints, Ints, Ints]] = []
        self.decisions: list[tuple[float, int, Floats]] = []

    def observe(self, decision: Decision) -> None:
        self._update()
        pick = -1
        if decision.i >= 0:
            pick = decision.i if self.model == "rate" else decision.i * self.n2 + decision.j
        row = self.now[:, pick].copy() if pick >= 0 else np.zeros(self.now.shape[0])
        self.decisions.append((decision.span, pick, row))
        self.t += 1

    def _update(self) -> None:
        replay = self.replay
        replay.refresh()
        changed = np.full(self.open.size, self.t % _BLOCK == 0)
        fresh: list[tuple[int, Floats]] = []
        for p, effect in enumerate(replay.effects):
            ignoring = replay.terms[p].ignore_rep
            if not (effect.dirty or ignoring):
                continue
            stat = effect.stat
            if self.model == "tie" and effect.kind != "dyad":
                stat = np.broadcast_to(stat[:, None] if effect.kind == "sender" else stat[None, :], self.shape)
            if ignoring and replay.default is not None:
                stat = np.where(replay.default.tie > 0, 0.0, stat)
            flat = stat.reshape(-1)
            changed |= flat != self.now[p + self.offset]
            fresh.append((p + self.offset, flat))
            effect.dirty = False
        if replay.presence_moved:
            here = self._here()
            changed |= here != self.open
            self._close(changed)
            self.open = here
            replay.presence_moved = False
        else:
            self._close(changed)
        for p, flat in fresh:
            self.now[p] = flat

    def _here(self) -> Bools:
        if self.model == "rate":
            return self.replay.here_senders.copy()
        here = np.outer(self.replay.here_senders, self.replay.here_receivers)
        if self.replay.history.one_mode:
            np.fill_diagonal(here, False)
        return here.reshape(-1)

    def _close(self, changed: Bools) -> None:
        ended = np.flatnonzero(changed & self.open & (self.first < self.t))
        if ended.size:
            self.parts.append((self.now[:, ended].T, ended, self.first[ended], np.full(ended.size, self.t)))
        self.first[changed] = self.t

    def finish(self) -> Spells:
        self._close(np.ones_like(self.open))
        x = np.concatenate([part[0] for part in self.parts])
        option = np.concatenate([part[1] for part in self.parts])
        first = np.concatenate([part[2] for part in self.parts])
        stop = np.concatenate([part[3] for part in self.parts])
        pick = np.array([d[1] for d in self.decisions], dtype=np.intp)
        chosen = np.stack([d[2] for d in self.decisions])
        span = np.array([d[0] for d in self.decisions])
        return Spells(x, option, first, stop, chosen, pick >= 0, pick, span)


class ExactTime:
    """Events with waiting times: `sum_events b'x - sum_t span_t sum_o exp(b'x_to)` (Butts 2008, equation 2)."""

    def __init__(self, spells: Spells) -> None:
        self.spells = spells
        clock = np.concatenate(([0.0], np.cumsum(spells.span)))
        self.exposure: Floats = clock[spells.stop] - clock[spells.first]
        self.total: Floats = spells.chosen.sum(axis=0)
        if not self.exposure.any():
            raise bad_input("events", "time", "no time passes", "times that differ, or a model without an intercept")

    def sums(self, beta: Floats) -> Sums:
        """Return log-likelihood, gradient [P] and information [P, P]."""
        x = self.spells.x
        with np.errstate(over="ignore", invalid="ignore"):
            weight = self.exposure * np.exp(x @ beta)
            gradient = self.total - weight @ x
            return float(self.total @ beta - weight.sum()), gradient, (x * weight[:, None]).T @ x

    def by_decision(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return each interval's log-likelihood [T] and score [T, P]."""
        s = self.spells
        log_total, mean, _ = expectations(s, beta)
        expected = s.span * np.exp(log_total)
        return s.chosen @ beta - expected, s.chosen - expected[:, None] * mean


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
    blocks = -(-T // _BLOCK)
    block = s.first // _BLOCK
    starts: Ints = np.searchsorted(block, np.arange(blocks, dtype=np.intp))
    u = s.x @ beta
    top = np.maximum.reduceat(u, starts)
    w = np.exp(u - top[block])
    width = _BLOCK + 1
    enter, leave = s.first + block, s.stop + block  # a place more for each block, so that its end has one
    sums = np.empty((blocks, width, P + 1))
    for k in range(P + 1):
        value = w if k == P else w * s.x[:, k]
        moves = np.bincount(enter, value, blocks * width) - np.bincount(leave, value, blocks * width)
        sums[:, :, k] = np.cumsum(moves.reshape(blocks, width), axis=1)
    valid: Bools = np.arange(blocks * _BLOCK, dtype=np.intp).reshape(blocks, _BLOCK) < T
    total = np.where(valid, sums[:, :_BLOCK, P], 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inverse = np.zeros((blocks, width))
        inverse[:, 1:] = np.cumsum(1.0 / total, axis=1)
        share = w * (inverse.reshape(-1)[leave] - inverse.reshape(-1)[enter])
        mean = (sums[:, :_BLOCK, :P] / total[:, :, None]).reshape(-1, P)[:T]
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
    times = np.arange(block * _BLOCK, min((block + 1) * _BLOCK, log_total.size), dtype=np.intp)
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
