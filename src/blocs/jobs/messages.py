"""Messages of one simulated run: who wrote to whom, when it arrived, and whether it came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from blocs.forecast.inside import Inside


@dataclass(frozen=True)
class Letter:
    """One message: `id` is `DATE-message-SLOT`; steps `first` to `last` of the run hold it.

    `sent`, `read` and `out` are the last days of the steps in which it was under way first, was read, and was followed by
    its issue becoming known; `None` where that did not come. `circle` 0..4 says who may read it: head, bureau, committee,
    cadres, public.
    """

    id: str
    first: int
    last: int
    source: str
    target: str
    issue: str
    circle: int
    order: bool
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
    return Letter(
        id=f"{inside.when(first)}-message-{slot}",
        first=first,
        last=last,
        source=world.actors[i],
        target=world.actors[j],
        issue=world.issues[k] if k >= 0 else "",
        circle=round(float(values["message_class"][first, slot])),
        order=bool(values["message_order"][first, slot] > 0.5),
        sent=inside.when(first),
        read=inside.when(first + int(read[0])) if len(read) else None,
        out=inside.when(first + int(out[0]) + 1) if len(out) else None,
    )
