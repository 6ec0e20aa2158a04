"""Weakly informative priors: signs from theory and grades of SYSTEM.md weigh, scales come from the statistics.

A coefficient is judged by what one typical step of its statistic does to log odds: `beta * d` with d the root mean
square of the statistic within choice sets, but no less than a tenth. Statistics are of order one: one that hardly
varied in the record would else get a coefficient that explodes where it does vary. The prior of `beta * d` is normal
with a spread by family and a mean of the sign that theory gives, larger for what the source tells (T) than for what it
infers (I) or coders generalised (C), and larger the more independent episodes show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from blocs.conduct.base import Effect, Table
from blocs.conduct.rules import Known
from blocs.inference.pooled import LevelData, Prior

GRADE_WEIGHT = {"T": 1.0, "I": 0.5, "C": 0.5, "": 0.5}


def strength(known: Known) -> float:
    """Return how much what is known leans a prior: 1 for one told episode, less for other grades, at most 2 for many.

    The share n / (n + 1) is what n like episodes and no other leave of an even guess (Laplace's rule, less its half).
    """
    return GRADE_WEIGHT[known.grade] * 2.0 * known.n / (known.n + 1.0)


@dataclass(frozen=True)
class PriorSettings:
    """How strong the priors are.

    Defaults were chosen by rolling origin inside 1953-1957 of scenario `camp` (`blocs tune camp` prints the table).

    Attributes:
        spread: prior standard deviation of `beta * d` (log odds) for network memory, turns and observation.
        structure_spread: the same for covariates and state, which the record informs less.
        lean: prior mean of `beta * d` for an effect whose sign is told (T) of one episode, in units of its spread.
        table_scale: factor on the starting spreads of pooled tables.
        least_step: the least typical step `d` that a prior reckons with.
        evidence_rounds: how often table spreads are re-estimated from the record.
    """

    spread: float = 0.12
    structure_spread: float = 0.05
    lean: float = 0.25
    table_scale: float = 0.6
    least_step: float = 0.1
    evidence_rounds: int = 0
    free_families: tuple[str, ...] = field(default=("memory", "turns", "observation"))


def typical_step(data: LevelData) -> NDArray[np.float64]:
    """Return the root mean square of each statistic around its mean within choice sets, 1 where it never varies."""
    allowed = data.allowed[:, None, :]
    count = np.maximum(allowed.sum(axis=2), 1)
    mean = np.where(allowed, data.x, 0.0).sum(axis=2) / count
    square = (np.where(allowed, (data.x - mean[:, :, None]) ** 2, 0.0).sum(axis=2) / count).mean(axis=0)
    return np.where(square > 1e-12, np.sqrt(square), 1.0)


def build_prior(
    data: LevelData,
    effects: Sequence[Effect],
    tables: Sequence[Table],
    settings: PriorSettings,
    steps: Mapping[str, float],
) -> Prior:
    """Return the priors of one level; `steps` gives the typical step of each effect by name."""
    scale = np.maximum([steps[e.name] for e in effects], settings.least_step)
    spread = np.array(
        [settings.spread if e.family in settings.free_families else settings.structure_spread for e in effects]
    )
    lean = np.array([e.sign * strength(e.known) * settings.lean for e in effects])
    return Prior(
        mean=lean * spread / scale,
        spread=spread / scale,
        table_spread=np.array([t.spread * settings.table_scale for t in tables]),
    )
