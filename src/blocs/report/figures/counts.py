"""Acts a quarter: recorded against simulated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from blocs.forecast.score import QUARTER, Scores
from blocs.report.figures.style import FORECAST, INK, RIBBON, blank, rounded


def counts(scores: Scores) -> Any:
    """Return recorded acts a quarter as bars, with mean and nine tenths of the simulated runs."""
    table: pl.DataFrame = scores.counts
    days = [_day(scores.start, n + 0.5) for n in table["quarter"]]
    edges = [_day(scores.start, n) for n in range(table.height + 1)]
    fig = blank(height=300, yaxis_title="acts a quarter")
    fig.add_bar(x=days, y=rounded(table["recorded"], 1), name="recorded", marker={"color": INK, "opacity": 0.55})
    mean, low, high = (table[c].to_numpy() for c in ("mean", "q05", "q95"))
    bare = {"mode": "lines", "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip"}
    fig.add_scatter(x=edges, y=rounded([*low, *low[-1:]], 1), showlegend=False, name="5%", **bare)
    fig.add_scatter(
        x=edges, y=rounded([*high, *high[-1:]], 1), fill="tonexty", fillcolor=RIBBON, name="9 of 10 runs", **bare
    )
    line = {"color": FORECAST, "width": 2, "dash": "dash", "shape": "hv"}
    fig.add_scatter(x=edges, y=rounded([*mean, *mean[-1:]], 1), mode="lines", line=line, name="mean of the forecast")
    fig.update_yaxes(rangemode="tozero")
    return fig


def _day(start: date, quarter: float) -> str:
    return (start + timedelta(days=round(QUARTER * quarter))).isoformat()
