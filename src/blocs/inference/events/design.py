"""From a history to the numbers a likelihood reads: choice sets, or spells in which the statistics stand still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import InputError, bad_input
from blocs.inference.events.columns import Ints, fault
from blocs.inference.events.layers import standardised
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
    marks = zip(history.increment.tolist(), history.kinds.tolist(), strict=True)
    for row, ((time, i, j), (amount, kind)) in enumerate(zip(rows, marks, strict=True)):
        if time > end:
            return
        replay.move_to_row(row)
        replay.advance(time)
        problem = barred(replay, row, i, j)
        if problem is not None:
            raise problem
        if time >= start:
            yield k, i, j
            k += 1
        replay.record(time, i, j, amount, kind)


def barred(replay: Replay, row: int, i: int, j: int) -> InputError | None:
    """Return the fault of an event between actors who could not act then, if it is one."""
    history = replay.history
    if not (replay.here_senders[i] and replay.here_receivers[j]):
        who, at = (history.receivers, j) if replay.here_senders[i] else (history.senders, i)
        return fault("events", row, "time", f"{who[int(at)]} acts or is chosen while not present", "presence")
    if replay.risk is not None and not replay.risk[i, j]:
        pair = f"{history.senders[i]} and {history.receivers[j]}"
        return fault("events", row, "time", f"{pair} act while not in the risk set", "a risk set with them")
    return None


def count_events(replay: Replay, start: float, end: float) -> int:
    """Return how many events lie in [start, end]; none is a fault of the input."""
    n = int(((replay.history.time >= start) & (replay.history.time <= end)).sum())
    if not n:
        raise bad_input("events", "time", "no event between start and end", "at least one")
    return n


def open_receivers(replay: Replay, i: int) -> Bools:
    """Return which receivers sender `i` could choose now [n2]."""
    mask = replay.here_receivers.copy()
    if replay.history.one_mode:
        mask[i] = False
    if replay.risk is not None:
        mask &= replay.risk[i]
    nodes = replay.open_nodes()
    if nodes is not None:
        allowed = np.zeros(mask.size, dtype=bool)
        allowed[nodes] = True
        mask &= allowed
    return mask


def choice_sets(replay: Replay, start: float, end: float) -> ChoiceSets:
    """Collect the receivers each sender could choose, with their statistics just before the event."""
    P = len(replay.layers)
    E, n = count_events(replay, start, end), replay.history.n2
    X = np.zeros((E, n, P), dtype=np.float64 if E * n * P < _SMALL else np.float32)
    chosen, mask = np.zeros(E, dtype=np.intp), np.zeros((E, n), dtype=bool)
    standard = [p for p, layer in enumerate(replay.layers) if layer.standard]
    for e, i, j in events_of(replay, start, end):
        replay.refresh()
        x = X[e]
        for p, layer in enumerate(replay.layers):
            x[:, p] = layer.row(i)
        chosen[e] = j
        mask[e] = open_receivers(replay, i)
        for p in standard:
            x[:, p] = standardised(x[:, p], mask[e])
    return ChoiceSets(X, chosen, mask)
