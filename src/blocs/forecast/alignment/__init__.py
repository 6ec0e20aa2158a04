"""Voting alignment of states: the share of equal votes of a pair in a coming year, from what is known at an origin."""

from __future__ import annotations

from blocs.forecast.alignment.baselines import BASELINES
from blocs.forecast.alignment.features import FEATURES, features
from blocs.forecast.alignment.hindsight import hindsight
from blocs.forecast.alignment.model import Alignment, Cases, Forecasts, build_cases, roll
from blocs.forecast.alignment.panel import Panel

__all__ = [
    "BASELINES",
    "FEATURES",
    "Alignment",
    "Cases",
    "Forecasts",
    "Panel",
    "build_cases",
    "features",
    "hindsight",
    "roll",
]
