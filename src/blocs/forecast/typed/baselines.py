"""Recurrency baselines: the same fact comes back (Gastinger et al. 2024, IJCAI, who tune both by kind of act on validation).

Strict: a fact's score is its count with fading weight 2^(-rate * days). Relaxed: mixed with how often the other took part
in the act at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from blocs.forecast.typed.asked import Asked, asked, sampled
from blocs.forecast.typed.history import dense_rows
from blocs.forecast.typed.memory import Memory
from blocs.forecast.typed.rank import ranks
from blocs.forecast.typed.record import Floats, Ints, TypedRecord

RATES = (1.0, 0.3, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 0.0001)
SHARES = (1.0, 0.999, 0.99, 0.9)


@dataclass(frozen=True)
class Recurrency:
    """Ranks of test answers by both baselines, in the order of `rolling.roll`'s answers.

    Attributes:
        strict: (answer,) ranks.
        relaxed: (answer,) ranks.
        day: (answer,).
    """

    strict: Floats
    relaxed: Floats
    day: Ints


class _Counts:
    def __init__(self, record: TypedRecord) -> None:
        m = record.moves
        self.n, self.wide = record.actors, 2 * record.relations
        halves = tuple(1.0 / rate for rate in RATES)
        self.facts = Memory((m.known * self.wide + m.act) * self.n + m.other, halves)
        self.parts = Memory(m.act * self.n + m.other, (float("inf"),))
        self.row, self.col = self.facts.keys // self.n, self.facts.keys % self.n

    def popular(self, r: Ints, day: int) -> Floats:
        keys = self.parts.keys
        return _unit(dense_rows(keys // self.n, keys % self.n, self.parts.all(day), r, self.n))

    def same(self, rate: int, q: Asked, day: int) -> Floats:
        value = self.facts.all(day, rate)
        return _unit(dense_rows(self.row, self.col, value, q.a * self.wide + q.r, self.n))


def recurrency(record: TypedRecord, tell: Callable[[str, int, int], None], questions: int = 16_000) -> Recurrency:
    """Choose rate and share for each kind of act on validation days, then rank the test answers.

    Args:
        record: with its splits.
        tell: progress.
        questions: of the validation part that are tried, at most.
    """
    counts, m = _Counts(record), record.moves
    valid = m.span(record.valid, record.test - 1)
    part = questions / max(valid.stop - valid.start, 1)
    found: list[tuple[Floats, Ints]] = []
    out: list[tuple[Floats, Floats, Ints]] = []
    rate = share = np.zeros(0, np.int64)
    for n, day in enumerate(m.days.tolist()):
        tell("recurrency baselines", n, len(m.days))
        span = m.span(day, day)
        if day >= record.test and not len(rate):
            rate, share = _choose(found, record.relations)
        if day >= record.valid:
            q = asked(record, day)
            q = sampled(q, part, (0, day)) if day < record.test else q
            kind = q.r[q.query] % record.relations
            if day < record.test and len(kind):
                found.append((_tried(counts, q, day), kind))
            elif day >= record.test:
                out.append((*_final(counts, q, day, rate, share, record.relations), np.full(len(kind), day)))
        counts.facts.observe(span, day)
        counts.parts.observe(span, day)
    strict, relaxed, day = (np.concatenate([x[k] for x in out]) for k in range(3))
    return Recurrency(strict, relaxed, day)


def _tried(counts: _Counts, q: Asked, day: int) -> Floats:
    """(rate, share, answer) ranks."""
    popular = counts.popular(q.r, day)
    rows: list[list[Floats]] = []
    for rate in range(len(RATES)):
        same = counts.same(rate, q, day)
        rows.append([ranks(s * same + (1.0 - s) * popular, q.query, q.answer) for s in SHARES])
    return np.array(rows)


def _choose(found: list[tuple[Floats, Ints]], relations: int) -> tuple[Ints, Ints]:
    """Return the best rate of the strict baseline, and the best (rate, share) of the relaxed as one number, by kind."""
    gain = 1.0 / np.concatenate([x[0] for x in found], axis=2)
    kind = np.concatenate([x[1] for x in found])
    strict = np.full(relations, int(gain[:, 0].mean(axis=1).argmax()))
    flat = gain.reshape(-1, gain.shape[2])
    relaxed = np.full(relations, int(flat.mean(axis=1).argmax()))
    for k in np.unique(kind):
        mine = kind == k
        strict[k], relaxed[k] = gain[:, 0, mine].mean(axis=1).argmax(), flat[:, mine].mean(axis=1).argmax()
    return strict, relaxed


def _final(counts: _Counts, q: Asked, day: int, rate: Ints, both: Ints, relations: int) -> tuple[Floats, Floats]:
    kind = q.r % relations
    strict = np.zeros((len(q.a), counts.n), np.float32)
    relaxed = np.zeros_like(strict)
    popular = counts.popular(q.r, day)
    for n in np.unique(np.r_[rate[kind], both[kind] // len(SHARES)]):
        same = counts.same(int(n), q, day)
        mine = rate[kind] == n
        strict[mine] = same[mine]
        mine = both[kind] // len(SHARES) == n
        s = np.array(SHARES)[both[kind][mine] % len(SHARES)][:, None]
        relaxed[mine] = s * same[mine] + (1.0 - s) * popular[mine]
    return ranks(strict, q.query, q.answer), ranks(relaxed, q.query, q.answer)


def _unit(x: Floats) -> Floats:
    return (x / np.maximum(x.sum(axis=1, keepdims=True), 1e-12)).astype(np.float32)
