"""The map of a forecast's end: how near each side stands to the patron, mean over runs."""

from __future__ import annotations

from typing import Any

from blocs.forecast.ensemble import Ensemble
from blocs.report.figures.bloc_map import angles, bloc_map, farthest
from blocs.report.history import forecast_snapshot
from blocs.report.words import Names


def forecast_map(ensemble: Ensemble) -> Any:
    """Return the map of a forecast's last day, the patron in the middle."""
    scenario = ensemble.fit.built.scenario
    patron = scenario.spec.patron
    shot = forecast_snapshot(str(ensemble.end), ensemble)
    size = {a: scenario.actors[a].capability or 0.0 for a in ensemble.fit.built.model.world.actors}
    return bloc_map(shot, angles([shot], patron), patron, Names.of(scenario), size, reach=farthest([shot]))
