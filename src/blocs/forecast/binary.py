"""Scores of forecast probabilities of rare events, with weights so that clusters can be drawn again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
TINY = 1e-6


def log_loss(probability: Floats, outcome: Floats) -> Floats:
    """Return -log of the probability of what happened, (case,), probabilities kept 1e-6 from 0 and 1; lower is better."""
    p = np.clip(probability, TINY, 1.0 - TINY)
    return -np.where(outcome > 0, np.log(p), np.log1p(-p))


def brier(probability: Floats, outcome: Floats) -> Floats:
    """Return the squared error of the probability, (case,); lower is better."""
    return (probability - outcome) ** 2


class Ranking:
    """Cases sorted by forecast once, to be scored under many weights.

    Args:
        probability: (case,) forecasts; equal ones are ties.
        outcome: (case,) 0 or 1.
    """

    def __init__(self, probability: Floats, outcome: Floats) -> None:
        self.order = np.argsort(-probability, kind="stable")
        ranked = probability[self.order]
        self.ends = np.append(np.flatnonzero(np.diff(ranked) != 0), len(ranked) - 1)
        self.event = outcome[self.order] > 0

    def scores(self, weight: Floats | None = None) -> tuple[float, float]:
        """Return the area under the ROC curve (ties count half) and the average precision; NaN without both outcomes."""
        w = np.ones(len(self.order)) if weight is None else weight[self.order].astype(np.float64)
        hit = np.cumsum(w * self.event)[self.ends]
        miss = np.cumsum(w * ~self.event)[self.ends]
        if hit[-1] <= 0 or miss[-1] <= 0:
            return float("nan"), float("nan")
        step = np.diff(hit, prepend=0.0)
        above = miss - 0.5 * np.diff(miss, prepend=0.0)
        roc = 1.0 - float((step * above).sum()) / float(hit[-1] * miss[-1])
        precision = hit / np.maximum(hit + miss, 1e-300)
        return roc, float((step * precision).sum() / hit[-1])
