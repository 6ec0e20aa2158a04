"""Where to look at a rate that fades: Gauss points in panels that double in length, and what each point weighs."""

from __future__ import annotations

from functools import cache

import numpy as np

from blocs.inference.events.columns import Floats, Ints

ORDERS = (4, 5, 6, 8, 10, 12)
"""Gauss points of a panel at each level of refinement; each level also halves the panels."""


@cache
def _gauss(order: int) -> tuple[Floats, Floats]:
    """Return points and weights of Gauss and Legendre on [0, 1]."""
    at, weight = np.polynomial.legendre.leggauss(order)
    return (at + 1.0) / 2.0, weight / 2.0


def points(length: Floats, scale: float, level: int) -> tuple[Ints, Floats, Floats]:
    """Return points in stretches of time.

    A statistic that fades moves most at the start of a stretch, and nothing in it moves faster than in `scale`: panels
    start with that length (halved at each level) and double.

    Args:
        length: of each stretch [M], above 0.
        scale: the shortest span in which anything changes much.
        level: of refinement, from 0.

    Returns:
        For each point [K] the stretch, the time since its start, and its weight; weights of a stretch sum to its length.
    """
    first = scale / 2.0**level
    count = np.maximum(1, np.ceil(np.log2(1.0 + length / first))).astype(np.intp)
    row: Ints = np.repeat(np.arange(length.size, dtype=np.intp), count)
    k = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
    low = first * (2.0**k - 1.0)
    high = np.where(k == count[row] - 1, length[row], first * (2.0 ** (k + 1) - 1.0))
    at, weight = _gauss(ORDERS[level])
    elapsed = low[:, None] + (high - low)[:, None] * at
    return np.repeat(row, at.size), elapsed.reshape(-1), ((high - low)[:, None] * weight).reshape(-1)
