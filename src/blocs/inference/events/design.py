"""From a history to the numbers a likelihood reads: choice sets, or spells in which the statistics stand still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Ints, fault
from blocs.inference.events.replay import Replay

Bools = NDArray[np.bool_]
_SMALL = 40_000_000


class ChoiceSets(NamedTuple):
    """Statistics of each option of each event: X [E, O, P], chosen [E], mask [E, O] or None."""

    X: NDArray[np.floating]
    chosen: Ints
    mask: Bools | None


def events_of(replay: Replay, start: float, end: float) -> Iterator[tuple[int, int, int]]:
    """Walk the events: yield (number among the modelled, sender, receiver) with `replay` just before each."""
    history = replay.history
    k = 0
    rows = zip(history.time.tolist(), history.sender.tolist(), history.receiver.tolist(), strict=True)
    for row, ((time, i, j), amount) in enumerate(zip(rows, history.increment.tolist(), strict=True)):
        if time > end:
            return
        replay.advance(time)
        if not (replay.here_senders[i] and replay.here_receivers[j]):
            absent = history.senders[i] if not replay.here_senders[i] else history.receivers[j]
            raise fault("events", row, "time", f"{absent} acts or is chosen while not present", "presence")
        if time >= start:
            yield k, i, j
            k += 1
        replay.record(time, i, j, amount)


def count_events(replay: Replay, start: float, end: float) -> int:
    """Return how many events lie in [start, end]; none is a fault of the input."""
    n = int(((replay.history.time >= start) & (replay.history.time <= end)).sum())
    if not n:
        raise bad_input("events", "time", "no event between start and end", "at least one")
    return n


def choice_sets(replay: Replay, start: float, end: float, sample: int | None, seed: int) -> ChoiceSets:
    """Collect the receivers each sender could choose, or the chosen one and `sample` others drawn at random.

    Drawing each set of others with the same chance leaves the conditional logit unbiased without any correction
    (McFadden 1978; Butts 2008 and Vu et al. 2015 for event models).
    """
    if sample is not None:
        return _sampled_sets(replay, start, end, sample, seed)
    history, P = replay.history, len(replay.effects)
    E, n = count_events(replay, start, end), history.n2
    X = np.zeros((E, n, P), dtype=np.float64 if E * n * P < _SMALL else np.float32)
    chosen, mask = np.zeros(E, dtype=np.intp), np.zeros((E, n), dtype=bool)
    skipped = len(history.time[history.time < start])
    ignoring = [k for k, t in enumerate(replay.terms) if t.ignore_rep]
    for e, i, j in events_of(replay, start, end):
        replay.refresh()
        x = X[e]
        for p, effect in enumerate(replay.effects):
            x[:, p] = effect.stat[i] if effect.kind == "dyad" else effect.stat
        if ignoring and replay.default is not None:
            repeated = replay.default.tie[i] > 0
            for p in ignoring:
                x[repeated, p] = 0.0
        chosen[e] = j
        mask[e] = replay.here_receivers
        if history.one_mode:
            mask[e, i] = False
        if history.opportunities is not None:
            allowed = np.zeros(n, dtype=bool)
            allowed[history.opportunities[skipped + e]] = True
            mask[e] &= allowed
    return ChoiceSets(X, chosen, mask)


def _sampled_sets(replay: Replay, start: float, end: float, sample: int, seed: int) -> ChoiceSets:
    history, P = replay.history, len(replay.effects)
    if history.opportunities is not None or any(c.name == "present" for c in history.changes):
        raise bad_input("dynam", "sample", "given with changing choice sets", "all receivers always open")
    if not (history.present_receivers.all() and 0 < sample < history.n2 - 2):
        raise bad_input("dynam", "sample", f"is {sample}", f"1 to {history.n2 - 3}, all receivers present")
    E = count_events(replay, start, end)
    X = np.zeros((E, sample + 1, P), dtype=np.float32)
    rng = np.random.default_rng(seed)
    ignoring = [k for k, t in enumerate(replay.terms) if t.ignore_rep]
    draws: Ints = np.zeros((0, sample), dtype=np.intp)
    barred = 2 if history.one_mode else 1
    for e, i, j in events_of(replay, start, end):
        if e % 4096 == 0:
            draws = _distinct(rng, min(4096, E - e), history.n2 - barred, sample)
        others = draws[e % 4096]
        low, high = (i, j) if i < j else (j, i)
        if history.one_mode:
            others = others + (others >= low)
            others += others >= high
        else:
            others = others + (others >= j)
        options = np.concatenate(([j], others))
        replay.refresh()
        x = X[e]
        for p, effect in enumerate(replay.effects):
            x[:, p] = effect.stat[i, options] if effect.kind == "dyad" else effect.stat[options]
        if ignoring and replay.default is not None:
            repeated = replay.default.tie[i, options] > 0
            for p in ignoring:
                x[repeated, p] = 0.0
    return ChoiceSets(X, np.zeros(E, dtype=np.intp), None)


def _distinct(rng: np.random.Generator, rows: int, n: int, size: int) -> Ints:
    """Draw `rows` sets of `size` different numbers below `n`, each set with the same chance."""
    if size * size > n:
        return np.argpartition(rng.random((rows, n)), size - 1, axis=1)[:, :size]
    draws = rng.integers(0, n, size=(rows, size))
    while True:
        ordered = np.sort(draws, axis=1)
        again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not again.size:
            return draws
        draws[again] = rng.integers(0, n, size=(again.size, size))
