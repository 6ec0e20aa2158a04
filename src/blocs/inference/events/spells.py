"""Rate and tie models by spells: an option whose statistics stand still is one row, however many events it waits out.

Axes: S spells, T decisions (events, and the ends of quiet intervals), O options (senders, or dyads), P parameters, R
sources (one a parameter, or more for a statistic that fades). Between two events most dyads do not change, so S is far
below T x O and the likelihood costs what has changed; fading alone ends no spell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.design import barred, count_events, events_of
from blocs.inference.events.layers import Layer, standardised
from blocs.inference.events.replay import Replay

Bools = NDArray[np.bool_]
BLOCK = 64


class Decision(NamedTuple):
    """An interval that ends with an event (i to j), or without one (i and j are -1).

    `whole` is false for a piece that only arithmetic asks for: it is no observation of its own.
    """

    span: float
    i: int
    j: int
    whole: bool = True


class Clock(NamedTuple):
    """Where the exact time runs: from start to end, cut at presence changes if `presence`, and every `grid`.

    With `held` a fading statistic keeps through an interval the value it has at the end.
    """

    start: float
    end: float
    presence: bool
    grid: float | None
    held: bool = False


@dataclass(frozen=True)
class Spells:
    """Stretches of decisions in which an option's sources stand still, and the statistics of what happened.

    level [S, R] at the start of the spell; option, first, stop [S]: decisions `first` up to, not with, `stop`; chosen
    [T, P], 0 where nothing happened; happened [T]; pick [T] the option taken or -1; span [T] lengths of the intervals;
    whole [T] whether an observation ends. No spell crosses a multiple of 64 decisions, so that sums over a block stay
    exact. `layers` tell how statistics follow from levels where some fade, else there are none and `x` is `level`.
    """

    level: Floats
    option: Ints
    first: Ints
    stop: Ints
    chosen: Floats
    happened: Bools
    pick: Ints
    span: Floats
    whole: Bools
    layers: tuple[Layer, ...] = field(default=(), repr=False)

    @property
    def x(self) -> Floats:
        """Return the statistics [S, P] at the start of each spell."""
        return statistics(self.layers, self.level, np.zeros(len(self.level)))

    def statistics(self, rows: Ints, elapsed: Floats) -> Floats:
        """Return the statistics [K, P] of spells `rows` [K], `elapsed` [K] after their start."""
        return statistics(self.layers, self.level[rows], elapsed)

    @property
    def clock(self) -> Floats:
        """Return the time [T + 1] at which each decision begins, from 0, and that of the end."""
        return np.concatenate(([0.0], np.cumsum(self.span)))

    @property
    def scale(self) -> float:
        """Return the shortest span in which a statistic may change much by time alone."""
        return min((layer.scale for layer in self.layers), default=float("inf"))


def statistics(layers: tuple[Layer, ...], level: Floats, elapsed: Floats) -> Floats:
    """Return statistics [K, P] from levels [K, R], an intercept first if R has one more; see `Spells`."""
    if not layers:
        return level
    widths = [layer.width for layer in layers]
    at = level.shape[1] - sum(widths)
    columns = [level[:, k] for k in range(at)]
    for layer, width in zip(layers, widths, strict=True):
        columns.append(layer.at([level[:, k] for k in range(at, at + width)], elapsed))
        at += width
    return np.stack(columns, axis=1)


def collect_spells(replay: Replay, intercept: bool, clock: Clock, exact: bool) -> Spells:
    """Walk the history once and collect spells for a rate or tie model."""
    recorder = _Recorder(replay, intercept, integrated=exact and not clock.held)
    decisions = intervals(replay, clock) if exact else _ordinal(replay, clock)
    recorder.time = start_of(replay, clock) if exact else 0.0
    for decision in decisions:
        recorder.observe(decision)
    return recorder.finish()


def start_of(replay: Replay, clock: Clock) -> float:
    """Return when exact time begins."""
    return clock.start if np.isfinite(clock.start) else replay.first_time()


def _ordinal(replay: Replay, clock: Clock) -> Iterator[Decision]:
    count_events(replay, clock.start, clock.end)
    for _, i, j in events_of(replay, clock.start, clock.end):
        yield Decision(0.0, i, j)


def intervals(replay: Replay, clock: Clock) -> Iterator[Decision]:
    """Yield the intervals of exact time, each with `replay` in the state that held during it.

    An interval ends with each event and each change of state between; without a start the time runs from the first
    event or change, without an end to the last change (right-censored), as in the published models. With a `grid`
    pieces are no longer than that, `replay` stands in the middle of each, and events have a piece of length 0.
    """
    count_events(replay, clock.start, clock.end)
    history = replay.history
    now = start_of(replay, clock)
    rows = zip(history.time.tolist(), history.sender.tolist(), history.receiver.tolist(), strict=True)
    marks = zip(history.increment.tolist(), history.kinds.tolist(), strict=True)
    for row, ((time, i, j), (amount, kind)) in enumerate(zip(rows, marks, strict=True)):
        if time > clock.end:
            break
        replay.move_to_row(row)
        if time >= now:
            for cut in _cuts(replay, now, time, clock):
                yield from _quiet(replay, now, cut, clock, whole=True)
                now = max(now, cut)
            replay.advance(time)
            problem = barred(replay, row, i, j)
            if problem is not None:
                raise problem
            if clock.grid is not None:
                yield from _quiet(replay, now, time, clock, whole=False)
                replay.fade(time)
            yield Decision(0.0 if clock.grid is not None else time - now, i, j)
            now = time
        else:
            replay.advance(time)
        replay.record(time, i, j, amount, kind)
    for cut in _cuts(replay, now, clock.end, clock):
        yield from _quiet(replay, now, cut, clock, whole=True)
        now = max(now, cut)
    if np.isfinite(clock.end):
        yield from _quiet(replay, now, clock.end, clock, whole=True)


def _quiet(replay: Replay, now: float, until: float, clock: Clock, whole: bool) -> Iterator[Decision]:
    """Yield the pieces of an interval without an event; the last ends an observation if `whole`."""
    if until <= now:
        return
    if clock.grid is None:
        replay.fade(until)
        yield Decision(until - now, -1, -1, whole)
        return
    edges = np.linspace(now, until, int(np.ceil((until - now) / clock.grid)) + 1)
    for k in range(edges.size - 1):
        low, high = float(edges[k]), float(edges[k + 1])
        replay.fade((low + high) / 2.0)
        yield Decision(high - low, -1, -1, whole and k == edges.size - 2)


def _cuts(replay: Replay, now: float, until: float, clock: Clock) -> Iterator[float]:
    """Yield each time before `until` at which the state changes, and apply the change once the caller has looked."""
    while True:
        change = replay.next_time()
        first = change < np.inf and replay.next_comes_first()
        if change == np.inf or change > until or (change == until and not first):
            return
        if not first:
            yield change
            replay.pass_time(change)
            continue
        if not replay.next_opens_nothing() and (clock.presence or not replay.next_is_presence()):
            yield change
        replay.advance(change)


class _Recorder:
    def __init__(self, replay: Replay, intercept: bool, integrated: bool) -> None:
        self.replay = replay
        self.layers = replay.layers
        self.integrated = integrated and any(layer.moves for layer in replay.layers)
        self.n2 = replay.history.n2
        shape = (replay.history.n1,) if replay.model == "rate" else (replay.history.n1, self.n2)
        self.offset = int(intercept)
        self.widths = [layer.width if self.integrated else 1 for layer in self.layers]
        R, size = self.offset + sum(self.widths), int(np.prod(shape))
        self.now = np.ones((R, size))
        self.level = np.ones((R, size)) if self.integrated else self.now
        self.opened = np.zeros(size)
        self.open = np.zeros(size, dtype=bool)
        self.first = np.zeros(size, dtype=np.intp)
        self.shape = shape
        self.t = 0
        self.time = 0.0
        self.parts: list[tuple[Floats, Ints, Ints, Ints]] = []
        self.decisions: list[tuple[float, int, bool, Floats]] = []

    def observe(self, decision: Decision) -> None:
        self._update()
        pick = -1
        if decision.i >= 0:
            i, j = decision.i, decision.j
            if self.replay.model == "tie" and not self.replay.history.directed:
                i, j = min(i, j), max(i, j)
            pick = i if self.replay.model == "rate" else i * self.n2 + j
        row = self._row(pick, self.time + decision.span)
        self.decisions.append((decision.span, pick, decision.whole, row))
        self.time += decision.span
        self.t += 1

    def _row(self, pick: int, time: float) -> Floats:
        """Return the statistics [P] of an option at the end of the interval."""
        if pick < 0:
            return np.zeros(self.offset + len(self.layers))
        if not self.integrated:
            return self.now[:, pick].copy()
        elapsed = np.array([time - self.opened[pick]])
        return statistics(self.layers, self.level[:, pick][None], elapsed)[0]

    def _update(self) -> None:
        replay = self.replay
        for effect in replay.effects:
            if effect.lazy and not (self.integrated and effect.moves):
                effect.refresh()
        changed = np.full(self.open.size, self.t % BLOCK == 0)
        here = replay.open_options().reshape(-1) if replay.here_moved else self.open
        fresh = self._fresh(here, replay.here_moved)
        for rows, flat in fresh:
            changed |= (flat != self.now[rows]).any(axis=0)
        changed |= here != self.open
        self._close(changed)
        self.open = here
        replay.here_moved = False
        for rows, flat in fresh:
            self.now[rows] = flat
        if self.integrated:
            self._age(changed)

    def _fresh(self, here: Bools, moved: bool) -> list[tuple[slice, Floats]]:
        """Return the sources that may have changed: their rows and values [r, O]."""
        found: list[tuple[slice, Floats]] = []
        at = self.offset
        for layer, width in zip(self.layers, self.widths, strict=True):
            rows = slice(at, at + width)
            at += width
            if not (layer.dirty or (layer.standard and moved)):
                continue
            arrays = layer.sources() if self.integrated or layer.standard else [layer.value()]
            flat = np.stack([np.broadcast_to(a, self.shape).reshape(-1) for a in arrays])
            if layer.standard:
                flat = standardised(flat[0], here)[None]
            found.append((rows, flat))
            layer.clean()
        return found

    def _age(self, changed: Bools) -> None:
        """Note the levels of options whose spell begins now."""
        where = np.flatnonzero(changed)
        self.opened[where] = self.time
        self.level[: self.offset, where] = self.now[: self.offset, where]
        at = self.offset
        for layer, width in zip(self.layers, self.widths, strict=True):
            levels = layer.aged([self.now[k, where] for k in range(at, at + width)], self.time)
            self.level[at : at + width, where] = np.stack(levels)
            at += width

    def _close(self, changed: Bools) -> None:
        ended = np.flatnonzero(changed & self.open & (self.first < self.t))
        if ended.size:
            self.parts.append((self.level[:, ended].T, ended, self.first[ended], np.full(ended.size, self.t)))
        self.first[changed] = self.t

    def finish(self) -> Spells:
        self._close(np.ones_like(self.open))
        level = np.concatenate([part[0] for part in self.parts])
        option = np.concatenate([part[1] for part in self.parts])
        first = np.concatenate([part[2] for part in self.parts])
        stop = np.concatenate([part[3] for part in self.parts])
        span = np.array([d[0] for d in self.decisions])
        pick = np.array([d[1] for d in self.decisions], dtype=np.intp)
        whole = np.array([d[2] for d in self.decisions], dtype=bool)
        chosen = np.stack([d[3] for d in self.decisions])
        layers = self.layers if self.integrated else ()
        return Spells(level, option, first, stop, chosen, pick >= 0, pick, span, whole, layers)
