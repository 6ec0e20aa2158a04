"""The undirected choice of two: a tie appears when each side picks the other (Stadtfeld, Hollway & Block 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blocs.inference.choice import Sums
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.design import count_events, events_of
from blocs.inference.events.layers import standardised
from blocs.inference.events.replay import Replay


@dataclass(frozen=True)
class PairSets:
    """Statistics of each ordered pair of those who could act: one array X [P, n, n] an event, and the pair [E, 2].

    `closed` [n, n] marks pairs outside the risk set, None where all are open.
    """

    X: list[Floats]
    pair: Ints
    closed: list[NDArray[np.bool_] | None]
    here: list[Ints]


def pair_sets(replay: Replay, start: float, end: float) -> PairSets:
    """Collect, for each event, the statistics of the pairs of actors who could act."""
    E, P = count_events(replay, start, end), len(replay.layers)
    sets = PairSets([], np.zeros((E, 2), dtype=np.intp), [], [])
    for e, i, j in events_of(replay, start, end):
        replay.refresh()
        here = open_actors(replay)
        block = np.ix_(here, here)
        closed = None if replay.risk is None else ~replay.risk[block]
        x = np.empty((P, here.size, here.size))
        for p, layer in enumerate(replay.layers):
            x[p] = np.broadcast_to(layer.value(), layer.shape)[block]
            if layer.standard:
                x[p] = np.stack(
                    [standardised(r, open_) for r, open_ in zip(x[p], _open(here.size, closed), strict=True)]
                )
        sets.X.append(x)
        sets.closed.append(closed)
        sets.here.append(here)
        sets.pair[e] = np.searchsorted(here, (i, j))
    return sets


def open_actors(replay: Replay) -> Ints:
    """Return who could take part in the next pair: present, in its opportunity set, with a partner in the risk set."""
    here = replay.here_senders.copy()
    nodes = replay.open_nodes()
    if nodes is not None:
        here &= np.isin(np.arange(here.size, dtype=np.intp), nodes)
    if replay.risk is not None:
        here &= (replay.risk & here[None, :]).any(axis=1)
    return np.flatnonzero(here)


def _open(n: int, closed: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    others = ~np.eye(n, dtype=bool)
    return others if closed is None else others & ~closed


class Coordination:
    """`log p_ij p_ji - log sum_{k<l} p_kl p_lk` with `p_ij` the conditional logit of i's choice.

    This log-likelihood need not be concave: `sums` returns the expected information (always positive), which is what the
    published standard errors use; `hessian` gives the observed one by differences of the exact score.
    """

    def __init__(self, sets: PairSets) -> None:
        self.sets = sets
        self._triangles = {n: np.triu_indices(n, 1) for n in {x.shape[1] for x in sets.X}}
        self._sums: list[Floats] = []
        for x in sets.X:
            rows, cols = self._triangles[x.shape[1]]
            self._sums.append(x[:, rows, cols] + x[:, cols, rows])

    def sums(self, beta: Floats) -> Sums:
        """Return log-likelihood, gradient [P] and expected information [P, P]."""
        P = beta.size
        loglik, gradient, information = 0.0, np.zeros(P), np.zeros((P, P))
        for e in range(len(self.sets.X)):
            logp, score, info = self._event(e, beta)
            loglik += logp
            gradient += score
            information += info
        return loglik, gradient, information

    def by_decision(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return each event's log probability [E] and score [E, P]."""
        parts = [self._event(e, beta) for e in range(len(self.sets.X))]
        return np.array([p[0] for p in parts]), np.stack([p[1] for p in parts])

    def probabilities(self, e: int, beta: Floats) -> Floats:
        """Return the probability of each unordered pair at event `e` [n, n], in the upper triangle."""
        logp = self._choices(e, beta)[1]
        joint = np.triu(np.exp(logp + logp.T), 1)
        return joint / joint.sum()

    def hessian(self, beta: Floats) -> Floats:
        """Return the observed information [P, P]: minus the slope of the exact score, by central differences."""
        P = beta.size
        slope = np.empty((P, P))
        for k in range(P):
            h = 1e-5 * max(1.0, abs(float(beta[k])))
            step = np.zeros(P)
            step[k] = h
            slope[k] = (self.sums(beta - step)[1] - self.sums(beta + step)[1]) / (2.0 * h)
        return (slope + slope.T) / 2.0

    def _choices(self, e: int, beta: Floats) -> tuple[Floats, Floats]:
        """Return each side's choice probabilities and their logarithms [n, n]; nobody chooses itself."""
        u = np.tensordot(beta, self.sets.X[e], 1)
        np.fill_diagonal(u, -np.inf)
        closed = self.sets.closed[e]
        if closed is not None:
            u[closed] = -np.inf
        u -= u.max(axis=1, keepdims=True)
        p = np.exp(u)
        total = p.sum(axis=1, keepdims=True)
        return p / total, u - np.log(total)

    def _event(self, e: int, beta: Floats) -> tuple[float, Floats, Floats]:
        x, (rows, cols) = self.sets.X[e], self._triangles[self.sets.X[e].shape[1]]
        p, logp = self._choices(e, beta)
        both = logp[rows, cols] + logp[cols, rows]
        log_total = np.logaddexp.reduce(both)
        chance = np.exp(both - log_total)
        expected = np.einsum("pij,ij->pi", x, p)
        two = self._sums[e] - expected[:, rows] - expected[:, cols]
        mean = two @ chance
        i, j = self.sets.pair[e]
        score = x[:, i, j] + x[:, j, i] - expected[:, i] - expected[:, j] - mean
        return float(logp[i, j] + logp[j, i] - log_total), score, (two * chance) @ two.T - np.outer(mean, mean)
