"""Statistics of an event list that goodness of fit compares: what each family counts.

Axes: E events. `i` and `j` [E] are places of senders and receivers; where events have no direction, the statistics do not
change when the sides of an event are exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.history import History

Statistic = Callable[[Floats, Ints, Ints], dict[str, float]]

_DEGREES = 12
_TRIADS = tuple("012 102 021D 021U 021C 111D 111U 030T 030C 201 120D 120U 120C 210 300".split())  # noqa: SIM905
_REPEATS = (("once", 1, 1), ("2-3", 2, 3), ("4-9", 4, 9), ("10+", 10, 10**9))
_ACTIVE = (("0", 0, 0), ("1", 1, 1), ("2-3", 2, 3), ("4-9", 4, 9), ("10-29", 10, 29), ("30+", 30, 10**9))


def families_of(history: History, senders_alone: bool, waits: bool) -> dict[str, Statistic]:
    """Return the families a model says something about, by name.

    Args:
        history: the record.
        senders_alone: whether only who acts is modelled (a rate model without a choice model).
        waits: whether times are modelled.
    """
    n1, n2 = history.n1, history.n2
    result: dict[str, Statistic]
    if senders_alone:
        result = {"activity": lambda t, i, j: _activity(i, n1), "turns": lambda t, i, j: _turns(i)}
    elif not history.directed:
        result = {
            "degree": lambda t, i, j: _degrees(np.concatenate((i, j)), np.concatenate((j, i)), n1),
            "repetition": lambda t, i, j: _repetition(np.minimum(i, j), np.maximum(i, j)),
            "order": lambda t, i, j: _order_of_pairs(i, j, n1),
            "triads": lambda t, i, j: _triads_of_pairs(i, j, n1),
        }
    else:
        result = {
            "indegree": lambda t, i, j: _degrees(j, i, n2),
            "outdegree": lambda t, i, j: _degrees(i, j, n1),
            "repetition": lambda t, i, j: _repetition(i, j),
            "order": lambda t, i, j: _order(i, j, n1, n2, history.one_mode),
        }
        if history.one_mode:
            result["triads"] = lambda t, i, j: _triads(i, j, n1)
    if waits:
        result["waiting"] = lambda t, i, j: _waiting(t)
    return result


def _degrees(who: Ints, partner: Ints, n: int) -> dict[str, float]:
    pairs = np.unique(np.stack((who, partner)), axis=1)
    degree = np.bincount(pairs[0], minlength=n)
    counts = np.bincount(np.minimum(degree, _DEGREES), minlength=_DEGREES + 1)
    return {f"{k}{'+' if k == _DEGREES else ''}": float(c) for k, c in enumerate(counts)}


def _repetition(i: Ints, j: Ints) -> dict[str, float]:
    counts = np.unique(np.stack((i, j)), axis=1, return_counts=True)[1]
    return {name: float(((counts >= a) & (counts <= b)).sum()) for name, a, b in _REPEATS}


def _activity(i: Ints, n: int) -> dict[str, float]:
    counts = np.bincount(i, minlength=n)
    return {name: float(((counts >= a) & (counts <= b)).sum()) for name, a, b in _ACTIVE}


def _turns(i: Ints) -> dict[str, float]:
    return {"same sender again": float((i[1:] == i[:-1]).mean()) if i.size > 1 else 0.0}


def _order(i: Ints, j: Ints, n1: int, n2: int, one_mode: bool) -> dict[str, float]:
    tie = np.zeros((n1, n2), dtype=bool)
    repeats = returns = closes = 0
    for a, b in zip(i.tolist(), j.tolist(), strict=True):
        repeats += int(tie[a, b])
        if one_mode:
            returns += int(tie[b, a])
            closes += int((tie[a] & tie[:, b]).any())
        tie[a, b] = True
    n = max(1, i.size)
    shares = {"inertia": repeats / n}
    return shares | ({"reciprocity": returns / n, "transitivity": closes / n} if one_mode else {})


def _order_of_pairs(i: Ints, j: Ints, n: int) -> dict[str, float]:
    tie = np.zeros((n, n), dtype=bool)
    repeats = closes = 0
    for a, b in zip(i.tolist(), j.tolist(), strict=True):
        repeats += int(tie[a, b])
        closes += int((tie[a] & tie[b]).any())
        tie[a, b] = tie[b, a] = True
    return {"inertia": repeats / max(1, i.size), "transitivity": closes / max(1, i.size)}


def _triads(i: Ints, j: Ints, n: int) -> dict[str, float]:
    graph: Any = nx.DiGraph()  # pyright: ignore[reportUnknownVariableType]
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(i.tolist(), j.tolist(), strict=True))
    census: Any = nx.triadic_census(graph)
    return {k: float(census[k]) for k in _TRIADS}


def _triads_of_pairs(i: Ints, j: Ints, n: int) -> dict[str, float]:
    """Count triples of actors by how many of their three pairs have a tie."""
    tie: NDArray[np.float64] = np.zeros((n, n))
    tie[i, j] = tie[j, i] = 1.0
    degree, edges = tie.sum(axis=1), tie.sum() / 2.0
    three = float(np.einsum("ij,jk,ki->", tie, tie, tie, optimize=True)) / 6.0
    two = float((degree * (degree - 1.0)).sum() / 2.0) - 3.0 * three
    one = float(edges * (n - 2)) - 2.0 * two - 3.0 * three
    return {"1 tie": one, "2 ties": two, "3 ties": three}


def _waiting(times: Floats) -> dict[str, float]:
    gaps = np.diff(times)
    deciles = np.quantile(gaps, np.arange(1, 10) / 10.0) if gaps.size else np.zeros(9)
    return {"events": float(times.size)} | {f"{10 * k} %": float(d) for k, d in enumerate(deciles, start=1)}
