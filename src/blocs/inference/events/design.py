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
    """Statistics of each option of each event: X [E, O, P], chosen [E], mask and offset [E, O] (offset may be None)."""

    X: NDArray[np.floating]
    chosen: Ints
    mask: Bools
    offset: NDArray[np.floating] | None = None


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
            who, at = (history.receivers, j) if replay.here_senders[i] else (history.senders, i)
            raise fault("events", row, "time", f"{who[int(at)]} acts or is chosen while not present", "presence")
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


def choice_sets(replay: Replay, start: float, end: float) -> ChoiceSets:
    """Collect the receivers each sender could choose, with their statistics just before the event."""
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
