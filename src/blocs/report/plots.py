"""Pictures of fits, forecasts and scores: each function returns a plotly figure.

Those of one object also hang on it: `fit.plot.effects()`, `fit.plot.table("act", "act_by_roles")`,
`ensemble.plot.fan("warmth", "a", "b")`, `ensemble.plot.forecast_map()`, `scores.plot.outcomes()`,
`scores.plot.calibration()`, `scores.plot.counts()`, `explanation.plot.contributions()`, `result.plot.answers()`.
"""

from blocs.report.figures.answers import answers
from blocs.report.figures.bloc_map import angles, bloc_map, farthest
from blocs.report.figures.calibration import calibration
from blocs.report.figures.contributions import contributions
from blocs.report.figures.counts import counts
from blocs.report.figures.effects import effects
from blocs.report.figures.fan import fan
from blocs.report.figures.forecast_map import forecast_map
from blocs.report.figures.outcomes import outcomes
from blocs.report.figures.table import table
from blocs.report.figures.timeline import timeline

__all__ = [
    "angles", "answers", "bloc_map", "calibration", "contributions", "counts", "effects", "fan", "farthest", "forecast_map",
    "outcomes", "table", "timeline",
]  # fmt: skip
