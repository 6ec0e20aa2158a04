"""Messages of one simulated run: who wrote to whom, when it arrived, and whether it came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from blocs.forecast.inside import Inside


@dataclass(frozen=True)
class Letter:
    """One message: `id` is `DATE-message-SLOT`; steps `first` to `last` of the run hold it.

    `sent` is the day of the act that sent it, `read` and `out` are the last days of the steps in which it was read and was
    followed by its issue becoming known; `None` where that did not come. `lost` says that its envoy arrived and did not
    pass it on, `None` where an earlier one between the two hides that. `circle` 0..4 says who may read it: head, bureau,
    committee, cadres, public.
    """

    id: str
    first: int
    last: int
    source: str
    target: str
    issue: str
    circle: int
    order: bool
    lost: bool | None
    sent: date
    read: date | None
    out: date | None


def letters(inside: Inside) -> tuple[Letter, ...]:
    """Return every message of a run that a step ended with, in order of sending."""
    world, values = inside.fit.built.model.world, inside.values
    state, source = values["message_state"], values["message_source"]
    found: list[Letter] = []
    for slot in range(state.shape[1]):
        on = np.round(state[:, slot]) > 0
        who = np.stack([np.asarray(values[f"message_{n}"])[:, slot] for n in ("source", "target", "issue")], axis=1)
        first = None
        for n in range(len(on) + 1):
            same = n < len(on) and on[n] and first is not None and (who[n] == who[first]).all()
            if first is not None and not same:
                found.append(_letter(inside, slot, first, n - 1))
                first = None
            if first is None and n < len(on) and on[n] and source[n, slot] >= 0:
                first = n
    return tuple(sorted(found, key=lambda m: (m.first, m.id))) if world.actors else ()


def _letter(inside: Inside, slot: int, first: int, last: int) -> Letter:
    world, values = inside.fit.built.model.world, inside.values
    i, j, k = (int(values[f"message_{n}"][first, slot]) for n in ("source", "target", "issue"))
    read = np.flatnonzero(np.round(values["message_state"][first : last + 1, slot]) >= 2)
    leaked = np.asarray(values["leaked"])[first : last + 2, k] if k >= 0 else np.zeros(1)
    out = np.flatnonzero(np.diff(leaked) > 0.05)
    order = bool(values["message_order"][first, slot] > 0.5)
    return Letter(
        id=f"{inside.when(first)}-message-{slot}",
        first=first,
        last=last,
        source=world.actors[i],
        target=world.actors[j],
        issue=world.issues[k] if k >= 0 else "",
        circle=round(float(values["message_class"][first, slot])),
        order=order,
        lost=_lost(inside, first + int(read[0]), i, j) if order and len(read) else False,
        sent=_sent(inside, first, (i, j, k)),
        read=inside.when(first + int(read[0])) if len(read) else None,
        out=inside.when(first + int(out[0]) + 1) if len(out) else None,
    )


def _lost(inside: Inside, step: int, i: int, j: int) -> bool | None:
    """Return whether a demand of the first that reached the second in a step was not passed on; `None`: cannot be told."""
    before, after = inside.values["unheard"][max(0, step - 1), i, j] > 0.5, inside.values["unheard"][step, i, j] > 0.5
    return None if before and after else bool(after)


def _sent(inside: Inside, first: int, what: tuple[int, int, int]) -> date:
    """Return the day of the act that put a message on its way; of one that was under way at the start, the eve."""
    clock = inside.values["clock"]
    if first == 0:
        return inside.when(0)
    step = (inside.day > clock[first - 1]) & (inside.day <= clock[first])
    mine = inside.day[step & (inside.code[:, [0, 1, 3]] == what).all(axis=1)]
    return inside.date_of(float(mine.max())) if len(mine) else inside.when(first)
