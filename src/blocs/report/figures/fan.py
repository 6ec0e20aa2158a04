"""Fan chart: where a watched number lies in simulated runs, with the path of the replayed record."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from blocs.bloc.vocabulary import vocabulary
from blocs.forecast.ensemble import Ensemble
from blocs.ground.errors import bad_input
from blocs.report.figures.style import FORECAST, INK, RIBBON, RIBBON_INNER, blank, rounded
from blocs.report.history import Past

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
EVERY = 4
"""Steps between two points of a drawn path."""


def fan(
    ensemble: Ensemble,
    variable: str,
    *where: str,
    recorded: Past | None = None,
    height: int = 320,
    legend: bool = True,
    span: tuple[float, float] | None = None,
) -> Any:
    """Return the fan of a watched number: median, half and nine tenths of the runs, the recorded path where given.

    Args:
        ensemble: a forecast.
        variable: name of a watched quantity.
        where: names on its axes (actors, levers, issues).
        recorded: the replayed record, drawn as a dark line.
        height: in pixels.
        legend: whether to show one.
        span: of the value axis; the range of the quantity by default.

    Raises:
        InputError: the forecast did not watch that number.
    """
    if (variable, where) not in ensemble.labels:
        seen = ", ".join(f"{n}[{','.join(w)}]" for n, w in ensemble.labels[:6])
        raise bad_input("fan", "variable", f"{variable}[{','.join(where)}] was not watched", f"one of {seen}...")
    level = np.quantile(ensemble.column(variable, *where), QUANTILES, axis=0)[:, ::EVERY]
    days = [d.isoformat() for d in ensemble.dates()[::EVERY]]
    fig = blank(height, legend)
    _band(fig, days, level[0], level[4], "9 of 10 runs", RIBBON)
    _band(fig, days, level[1], level[3], "half of the runs", RIBBON_INNER)
    line = {"color": FORECAST, "width": 2, "dash": "dash"}
    fig.add_scatter(x=days, y=rounded(level[2].tolist(), 3), mode="lines", line=line, name="median of the forecast")
    if recorded is not None and (variable, where) in recorded.values:
        _path(fig, recorded, variable, where)
    _range(fig, variable, span)
    mark_start(fig, ensemble.start)
    return fig


def _band(fig: Any, days: list[str], low: Any, high: Any, name: str, colour: str) -> None:
    bare = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    fig.add_scatter(x=days, y=rounded(low.tolist(), 3), showlegend=False, name=name, **bare)
    fig.add_scatter(x=days, y=rounded(high.tolist(), 3), fill="tonexty", fillcolor=colour, name=name, **bare)


def _path(fig: Any, recorded: Past, variable: str, where: tuple[str, ...]) -> None:
    pairs = [(d.isoformat(), v) for d, v in zip(recorded.dates, recorded.values[variable, where], strict=True)]
    kept = pairs[::EVERY]
    y = rounded([float(v) for _, v in kept], 3)
    fig.add_scatter(
        x=[d for d, _ in kept], y=y, mode="lines", line={"color": INK, "width": 1.8}, name="replayed record"
    )


def _range(fig: Any, variable: str, span: tuple[float, float] | None) -> None:
    known = vocabulary().get(variable)
    if span is not None:
        fig.update_yaxes(range=list(span))
    elif known is not None and known.hi is not None:
        pad = 0.04 * (known.hi - known.lo)
        fig.update_yaxes(range=[known.lo - pad, known.hi + pad])
    fig.update_yaxes(title_text=known.unit if known else "")


def mark_start(fig: Any, start: date, **place: Any) -> None:
    """Draw the line at which a forecast starts."""
    fig.add_vline(x=start.isoformat(), line={"color": "#5b636d", "width": 1, "dash": "dot"}, **place)
