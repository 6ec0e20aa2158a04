"""The questions of a day: who did this act with the known actor?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blocs.forecast.typed.record import Ints, TypedRecord


@dataclass(frozen=True)
class Asked:
    """The questions of a day: distinct (known actor, act), and the answers with the row of their question."""

    a: Ints
    r: Ints
    query: Ints
    answer: Ints


def asked(record: TypedRecord, day: int) -> Asked:
    """Return the questions of a day, each once, and their answers in the order of the questions."""
    span = record.moves.span(day, day)
    wide = 2 * record.relations
    both, query = np.unique(record.moves.known[span] * wide + record.moves.act[span], return_inverse=True)
    order = np.argsort(query, kind="stable")
    return Asked(both // wide, both % wide, query[order], record.moves.other[span][order])


def sampled(q: Asked, share: float, seed: tuple[int, ...]) -> Asked:
    """Return a share of the questions with all their answers."""
    if share >= 1.0 or not len(q.a):
        return q
    keep = np.random.default_rng(seed).random(len(q.a)) < share
    place = np.cumsum(keep) - 1
    there = keep[q.query]
    return Asked(q.a[keep], q.r[keep], place[q.query[there]], q.answer[there])
