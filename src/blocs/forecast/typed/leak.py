"""The leak test: shuffle the future, and nothing that is known today may change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from blocs.forecast.typed.asked import Asked, asked
from blocs.forecast.typed.guess import Day
from blocs.forecast.typed.record import Floats, Ints, TypedRecord
from blocs.forecast.typed.rolling import Plan, Walk


def shuffled(record: TypedRecord, day: int, seed: int = 0) -> TypedRecord:
    """Return the record with actors and acts of all facts from a day on dealt anew; earlier facts stay."""
    rng = np.random.default_rng(seed)
    late = np.flatnonzero(record.day >= day)
    parts = {}
    for name in ("subject", "relation", "object"):
        values: Ints = getattr(record, name).copy()
        values[late] = values[rng.permutation(late)]
        parts[name] = values
    return replace(record, **parts)


def leak(record: TypedRecord, day: int, named: bool = True, plan: Plan | None = None, seed: int = 0) -> float:
    """Return the largest change of any effect of a day's questions when that day and all later ones are shuffled.

    The questions and candidates are those of the true day; 0 is what an honest model gives.
    """
    q = asked(record, day)
    few = np.arange(min(len(q.a), 200))
    mine = q.query < len(few)
    q = Asked(q.a[few], q.r[few], q.query[mine], q.answer[mine])
    one = _known(record, q, day, named, plan or Plan(), seed)
    two = _known(shuffled(record, day, seed), q, day, named, plan or Plan(), seed)
    return float(np.abs(one - two).max())


def _known(
    record: TypedRecord, q: Asked, day: int, named: bool, plan: Plan, seed: int
) -> Floats:  # fmt: skip
    walk = Walk(record, plan, named, day - 1, seed)
    walk.observe(0, day)
    today = Day(walk.history, walk.tables(day), day)
    guess = today.guess(q.a, q.r)
    walk.belief = np.full(len(guess), 1.0 / len(guess), np.float32)
    return walk.view(today, q, guess)[2].x
