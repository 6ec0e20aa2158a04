"""Baselines that a forecast has to beat: base rates, no change, and the memory-only relational event model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize_scalar

from blocs.conduct.base import LEVELS, Level, option_names
from blocs.scenario.build import Built

Floats = NDArray[np.float64]
COLUMN: Mapping[Level, str] = {"source": "i", "target": "j", "act": "g", "issue": "k"}
JEFFREYS = 0.5
"""Added to every count: the Jeffreys prior of a categorical."""


@dataclass(frozen=True)
class BaseRates:
    """Shares of each option in the training period, each level on its own: `share[level]` [option]."""

    share: Mapping[Level, Floats]


@dataclass(frozen=True)
class NoChange:
    """The last act again with probability `stay[level]`, else base rates."""

    rates: BaseRates
    stay: Mapping[Level, float]


def base_rates(built: Built, acts: pl.DataFrame) -> BaseRates:
    """Count options among training acts (one chronology), smoothed by half a count."""
    share: dict[Level, Floats] = {}
    for level in LEVELS:
        width = len(option_names(built.model.world, level))
        count = np.bincount(acts[COLUMN[level]].to_numpy(), minlength=width) + JEFFREYS
        share[level] = count / count.sum()
    return BaseRates(share)


def base_rate_scores(rates: BaseRates, acts: pl.DataFrame) -> dict[Level, Floats]:
    """Return log probabilities of acts; the source is taken out of the options of the target."""
    return {level: np.log(_chances(rates, acts, level)) for level in LEVELS}


def _chances(rates: BaseRates, acts: pl.DataFrame, level: Level) -> Floats:
    chosen = acts[COLUMN[level]].to_numpy()
    chance = rates.share[level][chosen]
    if level == "target":
        chance = chance / (1.0 - rates.share[level][acts["i"].to_numpy()])
    return chance


def fit_no_change(rates: BaseRates, acts: pl.DataFrame) -> NoChange:
    """Choose the probability of staying at each level by maximum likelihood on training acts in order."""
    stay: dict[Level, float] = {}
    for level in LEVELS:
        chance, same = _chances(rates, acts, level)[1:], _same(acts, level)[1:]

        def negative(p: float, chance: Floats = chance, same: NDArray[np.bool_] = same) -> float:
            return -float(np.log(p * same + (1 - p) * chance).sum())

        found = cast("OptimizeResult", minimize_scalar(negative, bounds=(1e-3, 0.999), method="bounded"))
        stay[level] = float(found.x)
    return NoChange(rates, stay)


def _same(acts: pl.DataFrame, level: Level) -> NDArray[np.bool_]:
    """Whether an act equals the one before it at this level (false for the first and between chronologies)."""
    column = acts[COLUMN[level]].to_numpy()
    draw = acts["draw"].to_numpy() if "draw" in acts.columns else np.zeros(len(column))
    same = np.zeros(len(column), bool)
    same[1:] = (column[1:] == column[:-1]) & (draw[1:] == draw[:-1])
    return same


def no_change_scores(model: NoChange, acts: pl.DataFrame) -> dict[Level, Floats]:
    """Return log probabilities of acts in order, draws stacked."""
    out: dict[Level, Floats] = {}
    for level in LEVELS:
        chance, same, p = _chances(model.rates, acts, level), _same(acts, level), model.stay[level]
        out[level] = np.log(p * same + (1 - p) * chance)
    return out


def poisson_probability(times: int, exposure: float, horizon: float) -> float:
    """Return the chance of at least one event in `horizon` given `times` in `exposure`, Jeffreys gamma prior.

    Times and exposure of several like actors may be pooled; units of time only need to agree. This is the base-rate
    forecast of an outcome.
    """
    # posterior rate ~ Gamma(times + 1/2, exposure): predictive P(none in h) = (exposure / (exposure + h))^(times + 1/2)
    return 1.0 - (exposure / (exposure + horizon)) ** (times + JEFFREYS)
