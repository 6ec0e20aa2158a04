"""What is learned from the past as a whole: kinds of acts that go together, which follows which, actors that are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.cluster.vq import kmeans2

from blocs.forecast.typed.history import LONG, History
from blocs.forecast.typed.record import Floats, Ints, TypedRecord

RANK, SPARE = 64, 16
PRIOR = 20.0
"""Acts' worth of the base rate in each line of the table of what follows."""
RECENT = 2
"""The half-life (20 days) at which a pair's past counts in the table of what follows."""


def act_groups(record: TypedRecord, last: int, count: int = 24, seed: int = 0) -> Ints:
    """Return the group of each kind of act and side, from the pairs that did it up to day `last`.

    Kinds whose pairs overlap are near each other: log-counts by pair, rare pairs weighted up, 20 singular vectors,
    k-means. Kinds never seen share a group.

    Returns:
        (2 * relations,) numbers from 0 without gaps.
    """
    moves, acts = record.moves, 2 * record.relations
    span = moves.span(0, last)
    pair = np.unique(moves.known[span] * record.actors + moves.other[span], return_inverse=True)[1]
    shape = (acts, int(pair.max()) + 1)
    x = sp.csr_matrix((np.ones(len(pair)), (moves.act[span], pair)), shape=shape)
    x.data = np.log1p(x.data)
    spread = np.log(acts / (1.0 + np.bincount(x.indices, minlength=shape[1])))
    x = _scaled(x, np.maximum(_sums(x.multiply(x), 1), 1e-12) ** -0.5, np.maximum(spread, 0.0))
    rank = min(20, min(shape) - 1)
    if rank < 1 or acts <= count:
        return np.arange(acts)
    u, s, _ = sp.linalg.svds(x, k=rank, rng=np.random.default_rng(seed))
    z = u * s
    z /= np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-9)
    label = kmeans2(z, count, rng=np.random.default_rng(seed), minit="++")[1]
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Learned:
    """Tables as they stood at the start of a day.

    Attributes:
        position: (actor, rank) unit vectors: actors with similar histories are near each other.
        follows: (act, act) chance that a pair with the first in its recent past does the second next.
        base: (act,) chance of each kind of act and side.
    """

    position: Floats
    follows: Floats
    base: Floats


class Learner:
    """Learns the tables as days pass."""

    def __init__(self, history: History, seed: int = 0) -> None:
        self.history = history
        acts = history.acts
        self.counts, self.totals = np.zeros((acts, acts)), np.zeros(acts)
        self.basis = np.random.default_rng(seed).normal(size=(history.actors, RANK + SPARE)).astype(np.float32)
        self.fresh = True

    def observe(self, day: int) -> None:
        """Count what followed what on a day; to be called before the history takes the day in."""
        h = self.history
        span = h.moves.span(day, day)
        a, r, b = h.moves.known[span], h.moves.act[span], h.moves.other[span]
        row, place = h.pair_acts(a, b)
        at = h.by_pair[place]
        memory = h.memory["arb"]
        value = memory.value[RECENT, at] * np.exp(-memory.rate[RECENT] * np.minimum(day - memory.last[at], 10**6))
        total = np.bincount(row, value, len(a))
        share = value / np.maximum(total[row], 1e-12)
        self.counts += np.bincount(
            h.by_pair_act[place] * h.acts + r[row], share, h.acts * h.acts
        ).reshape(h.acts, h.acts)  # fmt: skip
        self.totals += np.bincount(r, minlength=h.acts)

    def learned(self, day: int) -> Learned:
        """Return the tables as they stand before a day."""
        base = (self.totals + 0.5) / (self.totals + 0.5).sum()
        follows = (self.counts + PRIOR * base) / (self.counts.sum(axis=1, keepdims=True) + PRIOR)
        return Learned(self._positions(day), follows.astype(np.float32), base.astype(np.float32))

    def _positions(self, day: int) -> Floats:
        """Left to right: log-counts of (known, act) by other, damped by size; subspace iteration from the last basis."""
        h = self.history
        value = h.memory["arb"].all(day, LONG)
        seen = value > 1e-3
        context = np.unique(h.row[seen], return_inverse=True)[1]
        if not len(context):
            return np.zeros((h.actors, RANK), np.float32)
        shape = (int(context.max()) + 1, h.actors)
        x = sp.csr_matrix((np.log1p(value[seen]), (context, h.col[seen])), shape=shape, dtype=np.float32)
        x = _scaled(x, (1.0 + _sums(x, 1)) ** -0.5, (1.0 + _sums(x, 0)) ** -0.5).astype(np.float32)
        back = x.T.tocsr()
        for _ in range(5 if self.fresh else 2):
            self.basis = np.linalg.qr(back @ (x @ self.basis))[0]
        self.fresh = False
        _, s, v = np.linalg.svd(x @ self.basis, full_matrices=False)
        where = (self.basis @ v.T)[:, :RANK] * s[:RANK]
        where[np.bincount(h.col[seen], minlength=h.actors) == 0] = 0.0
        return (where / np.maximum(np.linalg.norm(where, axis=1, keepdims=True), 1e-8)).astype(np.float32)


def _sums(x: sp.csr_matrix, axis: int) -> Floats:
    return np.asarray(x.sum(axis=axis)).ravel()


def _scaled(x: sp.csr_matrix, rows: Floats, columns: Floats) -> sp.csr_matrix:
    return sp.csr_matrix(sp.diags(rows) @ x @ sp.diags(columns))
