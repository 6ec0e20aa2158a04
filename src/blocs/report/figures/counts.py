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
    days = [_middle(scores.start, n).isoformat() for n in table["quarter"]]
    fig = blank(height=300, yaxis_title="acts a quarter")
    fig.add_bar(x=days, y=rounded(table["recorded"], 1), name="recorded", marker={"color": INK, "opacity": 0.55})
    mean, low, high = (table[c].to_numpy() for c in ("mean", "q05", "q95"))
    bare = {"mode": "lines", "line": {"width": 0, "shape": "hvh"}, "hoverinfo": "skip"}
    fig.add_scatter(x=days, y=rounded(low.tolist(), 1), showlegend=False, name="5%", **bare)
    fig.add_scatter(x=days, y=rounded(high.tolist(), 1), fill="tonexty", fillcolor=RIBBON, name="9 of 10 runs", **bare)
    line = {"color": FORECAST, "width": 2, "dash": "dash", "shape": "hvh"}
    fig.add_scatter(x=days, y=rounded(mean.tolist(), 1), mode="lines", line=line, name="mean of the forecast")
    fig.update_yaxes(rangemode="tozero")
    return fig


def _middle(start: date, quarter: int) -> date:
    return start + timedelta(days=round(QUARTER * (quarter + 0.5)))
