"""Events between pairs of actors by month: how many, and how cooperative, in the month to come."""

from __future__ import annotations

from blocs.forecast.dyads.cooperation import cooperation_forecasts
from blocs.forecast.dyads.counts import count_forecasts, nb_crps, nb_log_loss
from blocs.forecast.dyads.features import MEMORY, SIGNS, Cases, build_cases
from blocs.forecast.dyads.panel import Months, count_months

__all__ = [
    "MEMORY",
    "SIGNS",
    "Cases",
    "Months",
    "build_cases",
    "cooperation_forecasts",
    "count_forecasts",
    "count_months",
    "nb_crps",
    "nb_log_loss",
]
