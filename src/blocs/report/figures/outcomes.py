"""Dot plot of outcomes: forecast probability and interval, base rate, and what the record says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from blocs.forecast.score import OutcomeScore, Scores
from blocs.report.figures.style import BASELINE, FORECAST, INK, blank, hover, whiskers

Label = Callable[[OutcomeScore], str]


def outcomes(scores: Scores, label: Label | None = None, only: Sequence[str] | None = None) -> Any:
    """Return the dot plot, likeliest outcome on top.

    Args:
        scores: of a forecast.
        label: text of an outcome's row, with plotly's few tags (escape what a person wrote); its id by default.
        only: ids of outcomes to show; all by default.
    """
    name = label or (lambda o: o.id)
    shown = sorted(
        (o for o in scores.outcomes if only is None or o.id in only), key=lambda o: (o.probability, o.baseline)
    )
    rows = [name(o) for o in shown]
    fig = blank(height=84 + 24 * max(len(shown), 1))
    chance = [o.probability for o in shown]
    fig.add_scatter(
        x=[100 * p for p in chance], y=rows, mode="markers", name="forecast (95% Monte Carlo interval)",
        marker={"color": FORECAST, "size": 10},
        error_x=whiskers([100 * p for p in chance], [(100 * o.lo, 100 * o.hi) for o in shown], FORECAST),
        text=[hover([o.title, f"forecast {o.probability:.1%} ({o.lo:.1%} to {o.hi:.1%})"]) for o in shown],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    base = {"color": BASELINE, "size": 9, "symbol": "diamond-open", "line": {"width": 2}}
    _marks(fig, [100 * o.baseline for o in shown], rows, "base rate", base)
    truth = [(name(o), o.recorded) for o in shown]
    came = {"color": INK, "size": 12, "symbol": "x-thin", "line": {"width": 2.5, "color": INK}}
    _marks(fig, [100.0 for _, r in truth if r], [n for n, r in truth if r], "came true in the record", came)
    fig.update_xaxes(range=[-4, 108], title_text="probability, %")
    fig.update_yaxes(categoryorder="array", categoryarray=rows, dtick=1, range=[-0.7, max(len(rows), 1) - 0.3])
    return fig


def _marks(fig: Any, x: list[float], y: list[str], name: str, marker: dict[str, Any]) -> None:
    fig.add_scatter(x=x, y=y, mode="markers", name=name, marker=marker, hovertemplate=f"%{{y}}: {name}<extra></extra>")
