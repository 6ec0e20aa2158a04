"""Colours and layout that all pictures share. Blue and vermilion stay apart for colour-blind readers (Okabe & Ito)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]

INK, MUTED, LINE, PAPER = "#1f2328", "#5b636d", "#d9dcd6", "rgba(0,0,0,0)"
WARM, COLD, NEUTRAL = "#0b6aa8", "#c2500a", "#8a9099"
FORECAST, RIBBON, RIBBON_INNER = "#0b6aa8", "rgba(11,106,168,0.16)", "rgba(11,106,168,0.26)"
BASELINE = "#9a6f00"
TONE_COLOURS = {"cooperative": WARM, "neutral": NEUTRAL, "conflictual": COLD}
DIVERGING = ((0.0, "#b04a08"), (0.25, "#e2a878"), (0.5, "#e6e6e1"), (0.75, "#86b4d6"), (1.0, "#0b5f98"))
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
HOVER_WIDTH = 64
LABEL_WIDTH = 32


def blank(height: int, legend: bool = True, **layout: Any) -> Any:
    """Return an empty figure in the house style.

    Args:
        height: in pixels.
        legend: whether to show one, above the picture.
        layout: further entries of plotly's layout.
    """
    fig: Any = go.Figure()
    fig.update_layout(
        template="none",
        height=height,
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        margin={"l": 8, "r": 12, "t": 34 if legend else 10, "b": 40},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "font": {"size": 12}},
        hoverlabel={
            "bgcolor": "#ffffff",
            "bordercolor": LINE,
            "font": {"family": FONT, "size": 13, "color": INK},
            "align": "left",
        },
        hovermode="closest",
        dragmode=False,
        **layout,
    )
    fig.update_xaxes(**axis())
    fig.update_yaxes(**axis())
    return fig


def axis() -> dict[str, Any]:
    """Return what every axis shares: light grid, no zero line, room for its labels."""
    return {
        "gridcolor": "#e7e8e3", "linecolor": LINE, "zeroline": False, "automargin": True, "fixedrange": True,
        "ticks": "outside", "ticklen": 4, "tickcolor": LINE, "tickfont": {"size": 12, "color": MUTED},
        "title": {"font": {"size": 12, "color": MUTED}, "standoff": 8},
    }  # fmt: skip


def hover(lines: Iterable[str]) -> str:
    """Return a hover label: each line escaped and wrapped, the first one bold."""
    kept = [line for line in lines if line]
    wrapped = ["<br>".join(escape(part) for part in wrap(line, HOVER_WIDTH)) for line in kept]
    return "<br>".join([f"<b>{wrapped[0]}</b>", *wrapped[1:]]) if wrapped else ""


def folded(label: str) -> str:
    """Return a label of an axis, escaped, in as many lines as leave room for the picture on a narrow screen."""
    lines = len(wrap(label, LABEL_WIDTH))
    narrowest = next(
        w for w in range(len(label) // max(lines, 1), LABEL_WIDTH + 1) if len(wrap(label, max(w, 1))) <= lines
    )
    return "<br>".join(escape(part) for part in wrap(label, max(narrowest, 1)))


def whiskers(at: Sequence[float], bounds: Sequence[tuple[float, float]], colour: str) -> dict[str, Any]:
    """Return the interval of each point as plotly's `error_x`: how far it reaches to either side."""
    return {
        "type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
        "array": [round(max(0.0, hi - x), 4) for x, (_, hi) in zip(at, bounds, strict=True)],
        "arrayminus": [round(max(0.0, x - lo), 4) for x, (lo, _) in zip(at, bounds, strict=True)],
    }  # fmt: skip


def rounded(values: Iterable[float | None], digits: int = 4) -> list[float | None]:
    """Return numbers rounded, `None` for those that are none (plotly leaves a gap), so that files stay small."""
    return [
        None if v is None or v != v or v in (float("inf"), float("-inf")) else round(float(v), digits) for v in values
    ]
