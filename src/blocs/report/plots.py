"""Pictures of fits, forecasts and scores: each function returns a plotly figure.

Uses: `plots.effects(fit)`, `plots.fan(ensemble, "warmth", "a", "b")`, `plots.outcomes(scores)`,
`plots.calibration(scores)`, `plots.counts(scores)`, `plots.bloc_map(...)`, `plots.timeline(...)`.
"""

from blocs.report.figures.bloc_map import angles, bloc_map, farthest
from blocs.report.figures.calibration import calibration
from blocs.report.figures.counts import counts
from blocs.report.figures.effects import effects
from blocs.report.figures.fan import fan
from blocs.report.figures.outcomes import outcomes
from blocs.report.figures.timeline import timeline

__all__ = ["angles", "bloc_map", "calibration", "counts", "effects", "fan", "farthest", "outcomes", "timeline"]
