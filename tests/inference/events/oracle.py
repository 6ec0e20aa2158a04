"""A slow, separate reading of the published definitions: every statistic is summed anew from the list of changes."""

from __future__ import annotations

import numpy as np


def network(changes, n, before, window=None, initial=None, directed=True):
    """State of a network just before `before`: changes are (time, i, j, amount); a window keeps the recent ones."""
    x = np.zeros((n, n)) if initial is None or window is not None else np.array(initial, dtype=float)
    for time, i, j, amount in changes:
        if time < before and (window is None or not time + window < before):
            x[i, j] += amount
            if not directed:
                x[j, i] += amount
    return x


def decayed(changes, n, now, halflife):
    x = np.zeros((n, n))
    for time, i, j, amount in changes:
        if time < now:
            x[i, j] += amount * 0.5 ** ((now - time) / halflife)
    return x


def statistic(name, x, y=None):
    """Dyadic statistic [n, n] from networks x and y by loops over third parties."""
    n = len(x)
    b = (x > 0).astype(float)
    c = None if y is None else (y > 0).astype(float)
    s = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            others = [k for k in range(n) if k not in (i, j)]
            if name == "tie":
                s[i, j] = b[i, j]
            elif name == "recip":
                s[i, j] = b[j, i]
            elif name == "weight":
                s[i, j] = x[i, j]
            elif name == "trans":
                s[i, j] = sum(b[i, k] * b[k, j] for k in others)
            elif name == "cycle":
                s[i, j] = sum(b[j, k] * b[k, i] for k in others)
            elif name == "commonSender":
                s[i, j] = sum(b[k, i] * b[k, j] for k in others)
            elif name == "commonReceiver":
                s[i, j] = sum(b[i, k] * b[j, k] for k in others)
            elif name == "four":
                s[i, j] = sum(
                    b[i, k] * b[m, k] * b[m, j] for k in range(n) for m in range(n) if k != j and m != i and k != m
                )
            elif name == "mixedTrans":
                s[i, j] = sum(b[i, k] * c[k, j] for k in others)
            elif name == "mixedCycle":
                s[i, j] = sum(b[j, k] * c[k, i] for k in others)
            elif name == "mixedCommonSender":
                s[i, j] = sum(b[k, i] * c[k, j] + b[k, j] * c[k, i] for k in others)
            elif name == "mixedCommonReceiver":
                s[i, j] = sum(b[i, k] * c[j, k] + b[j, k] * c[i, k] for k in others)
            elif name == "indeg":
                s[i, j] = b[:, j].sum()
            elif name == "outdeg":
                s[i, j] = b[j].sum()
            elif name == "nodeTrans":
                s[i, j] = sum(b[j, k] * b[k, m] * b[j, m] for k in range(n) for m in range(n))
            else:
                raise KeyError(name)
    return s


def choice_loglik(X, mask, chosen, beta):
    """Sum of log probabilities, one choice at a time."""
    total = 0.0
    for x, m, c in zip(X, mask, chosen, strict=True):
        u = x @ beta
        total += u[c] - np.log(np.exp(u[m]).sum())
    return total


def pair_loglik(x, i, j, beta):
    """Log probability of the pair (i, j) when both sides choose, by the definition."""
    n = x.shape[0]
    p = np.zeros((n, n))
    for a in range(n):
        w = np.array([0.0 if a == b else np.exp(x[a, b] @ beta) for b in range(n)])
        p[a] = w / w.sum()
    return np.log(p[i, j] * p[j, i] / sum(p[a, b] * p[b, a] for a in range(n) for b in range(a)))
