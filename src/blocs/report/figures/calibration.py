"""Calibration: how often options were taken against the probability they had been given."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from blocs.conduct.base import LEVELS
from blocs.forecast.score import Scores
from blocs.report.figures.style import BASELINE, COLD, INK, MUTED, WARM, blank, rounded

FLOOR = 1e-3
COLOURS = dict(zip(LEVELS, (INK, WARM, COLD, BASELINE), strict=True))
SYMBOLS = dict(zip(LEVELS, ("circle", "square", "diamond", "triangle-up"), strict=True))


def calibration(scores: Scores) -> Any:
    """Return forecast probability against frequency, a point a tenth of the options at each level, on log axes.

    Bars are 95% of what chance alone would give at the forecast probability; points on the diagonal are calibrated.
    Bins in which no option was taken lie on the lower edge.
    """
    fig = blank(height=420)
    fig.add_scatter(
        x=[FLOOR, 1], y=[FLOOR, 1], mode="lines", line={"color": MUTED, "width": 1, "dash": "dash"}, name="perfect",
        hoverinfo="skip",
    )  # fmt: skip
    for level in LEVELS:
        _level(fig, scores.calibration.filter((pl.col("level") == level) & (pl.col("chance") >= FLOOR)), level)
    ticks = {"tickvals": [0.001, 0.01, 0.1, 1], "ticktext": ["0.1%", "1%", "10%", "100%"], "type": "log"}
    fig.update_xaxes(range=[-3, 0.05], title_text="probability given", **ticks)
    fig.update_yaxes(range=[-3, 0.05], title_text="share taken", **ticks)
    return fig


def _level(fig: Any, table: pl.DataFrame, level: str) -> None:
    chance, taken, size = (table[c].to_numpy().astype(float) for c in ("chance", "taken", "len"))
    spread = 1.96 * np.sqrt(chance * (1 - chance) / np.maximum(size, 1))
    shown = np.maximum(taken, FLOOR)
    fig.add_scatter(
        x=rounded(chance.tolist(), 5), y=rounded(shown.tolist(), 5), mode="markers", name=level,
        marker={"color": COLOURS[level], "size": 8, "symbol": SYMBOLS[level]},  # type: ignore[index]
        error_y={
            "type": "data", "symmetric": False, "color": COLOURS[level], "thickness": 1, "width": 0,  # type: ignore[index]
            "array": rounded(np.maximum(spread, 0).tolist(), 5),
            "arrayminus": rounded(np.minimum(spread, shown - FLOOR).tolist(), 5),
        },
        text=[f"{int(n)} options" for n in size],
        hovertemplate=f"{level}: given %{{x:.1%}}, taken %{{y:.1%}}, %{{text}}<extra></extra>",
    )  # fmt: skip
