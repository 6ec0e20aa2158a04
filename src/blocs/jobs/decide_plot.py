"""The picture of a comparison: where actors stand and what each rule predicts, a panel an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]

    from blocs.jobs.decide import Comparison

_BASE, _RULE, _ACTOR = "#b3541e", "#1f5a7a", "#8a8a8a"


def figure(comparison: Comparison) -> go.Figure:
    """Return the figure: circles sized by capability x salience above, a marker a rule below, bands over draws."""
    from plotly import subplots  # pyright: ignore[reportMissingTypeStubs]

    table = comparison.table
    fig: Any = subplots.make_subplots(  # pyright: ignore[reportUnknownMemberType]
        rows=len(table.issues),
        cols=1,
        subplot_titles=list(table.issues),
        vertical_spacing=0.35 / len(table.issues) ** 2,
    )
    rules = [d.rule for d in comparison.decisions][::-1]
    for k in range(len(table.issues)):
        _actors(fig, comparison, k)
        _rules(fig, comparison, k)
        low, high = float(table.lower[k]), float(table.upper[k])
        pad = 0.05 * (high - low or 1.0)
        fig.update_xaxes(range=[low - pad, high + pad], row=k + 1, col=1)
        fig.update_yaxes(categoryorder="array", categoryarray=[*rules, "actors"], row=k + 1, col=1)
    height = 90 + len(table.issues) * (60 + 24 * (len(rules) + 1))
    title = f"Decisions predicted for {table.source}"
    fig.update_layout(height=height, showlegend=False, template="plotly_white", title=title, margin={"l": 170})
    return fig


def _actors(fig: Any, comparison: Comparison, k: int) -> None:
    import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]

    rows, x, s, c = comparison.table.on(k)
    weight = np.sqrt(s * c / max(float((s * c).max()), 1e-300))
    text = [
        f"{comparison.table.actors[int(i)]}<br>salience {b:g}, capability {a:g}"
        for i, a, b in zip(rows, c, s, strict=True)
    ]
    marker = {"size": 6 + 18 * weight, "color": _ACTOR, "opacity": 0.55, "line": {"color": "white", "width": 1}}
    trace = go.Scatter(x=x, y=["actors"] * len(x), mode="markers", marker=marker, text=text, hoverinfo="text+x")
    fig.add_trace(trace, row=k + 1, col=1)


def _rules(fig: Any, comparison: Comparison, k: int) -> None:
    import plotly.graph_objects as go  # pyright: ignore[reportMissingTypeStubs]

    name = comparison.table.issues[k]
    for decision in comparison.decisions:
        x = float(decision.outcome[k])
        if not np.isfinite(x):
            continue
        band = comparison.spread.get(decision.rule, {}).get(name, {})
        bars = None
        if "q05" in band:
            sides = [max(0.0, band["q95"] - x)], [max(0.0, x - band["q05"])]
            bars = {"type": "data", "symmetric": False, "array": sides[0], "arrayminus": sides[1], "thickness": 1.5}
        colour = _BASE if decision is comparison.decisions[0] else _RULE
        trace = go.Scatter(
            x=[x], y=[decision.rule], mode="markers", marker={"size": 10, "color": colour, "symbol": "diamond"},
            error_x=bars, hovertemplate=f"{decision.rule}: %{{x:.4g}}<extra></extra>",
        )  # fmt: skip
        fig.add_trace(trace, row=k + 1, col=1)
