"""Ranks of true answers among all actors: time-aware filter, ties by mean rank."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from blocs.forecast.typed.record import Floats, Ints


def ranks(scores: Floats, query: Ints, answer: Ints) -> Floats:
    """Return the rank of each answer among all actors, other true answers of the same query left out.

    Args:
        scores: (query, actor), higher first.
        query: (answer,) row of the query that each answer belongs to.
        answer: (answer,) the true actor.

    Returns:
        (answer,) 1 + those above + half of those that tie.
    """
    own = scores[query, answer][:, None]
    rows = scores[query]
    above = (rows > own).sum(axis=1)
    level = (rows == own).sum(axis=1) - 1
    first = np.argsort(query, kind="stable")
    out = np.empty(len(query))
    bounds = np.flatnonzero(np.r_[True, np.diff(query[first]) != 0, True])
    for lo, hi in pairwise(bounds):
        group = first[lo:hi]
        mine = own[group, 0]
        better = (mine[None, :] > mine[:, None]).sum(axis=1)
        same = (mine[None, :] == mine[:, None]).sum(axis=1) - 1
        out[group] = 1.0 + above[group] - better + (level[group] - same) / 2.0
    return out
