"""Timeline: every recorded act inside the bounds of its date, a lane an actor, and acts a quarter with ribbons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import polars as pl
from plotly import subplots  # pyright: ignore[reportMissingTypeStubs]

from blocs.report.figures.fan import mark_start
from blocs.report.figures.style import COLD, INK, MUTED, RIBBON, TONE_COLOURS, WARM, axis, blank, hover, rounded
from blocs.report.words import Names, dated

SLOTS = 7
"""Acts of a lane lie on this many heights in turn, so that neighbours do not cover each other."""
LONGEST_LABEL = 24
RIBBONS = {"cooperative": "rgba(11,106,168,0.20)", "conflictual": "rgba(194,80,10,0.20)"}
LINES = {"cooperative": WARM, "conflictual": COLD}


def timeline(
    acts: pl.DataFrame,
    quarters: pl.DataFrame,
    start: date,
    polarity: Mapping[str, str],
    names: Names,
    lanes: Sequence[str],
) -> Any:
    """Return the timeline.

    Args:
        acts: recorded acts, rows of the chronicle.
        quarters: acts a quarter by tone, from `blocs.report.history.quarter_table`.
        start: first day of the forecast.
        polarity: cooperative, neutral or conflictual, by act.
        names: short names.
        lanes: actors in order, top first; acts of all others share a last lane.
    """
    place = {who: n for n, who in enumerate(lanes)}
    rest = not set(acts["source"].unique().to_list()) <= set(lanes)
    labels = [*(_cut(names.actor(a)) for a in lanes), *(["others"] if rest else [])]
    fig = _grid(len(labels))
    for tone, colour in TONE_COLOURS.items():
        wanted = [a for a, p in polarity.items() if p == tone]
        _acts(fig, acts.filter(pl.col("act").is_in(wanted)), tone, colour, place, names)
    fig.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=[escape(x) for x in labels], range=[len(labels) - 0.4, -0.6],
        row=1, col=1,
    )  # fmt: skip
    for row, tone in enumerate(("cooperative", "conflictual"), 2):
        _quarters(fig, quarters.filter(pl.col("tone") == tone), tone, row)
    for row in (1, 2, 3):
        mark_start(fig, start, row=row, col=1)
    return fig


def _grid(lanes: int) -> Any:
    heights = [26 * lanes + 20, 120, 120]
    fig: Any = subplots.make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.045, row_heights=heights)
    fig.update_layout(blank(height=sum(heights) + 110).layout)
    fig.update_xaxes(**axis())
    fig.update_yaxes(**axis())
    fig.update_xaxes(showticklabels=True, row=1, col=1)
    return fig


def _acts(fig: Any, acts: pl.DataFrame, tone: str, colour: str, place: Mapping[str, int], names: Names) -> None:
    x: list[str | None] = []
    y: list[float | None] = []
    dots: list[tuple[str, float, str]] = []
    for n, row in enumerate(acts.iter_rows(named=True)):
        height = round(place.get(row["source"], len(place)) + 0.34 * (2 * (n % SLOTS) / (SLOTS - 1) - 1), 3)
        x += [row["start"].isoformat(), row["end"].isoformat(), None]
        y += [height, height, None]
        middle = row["start"] + timedelta(days=(row["end"] - row["start"]).days // 2)
        dots.append((middle.isoformat(), height, act_tip(row, names)))
    line = {"color": colour, "width": 1.5}
    fig.add_scatter(
        x=x, y=y, mode="lines", line=line, opacity=0.28, hoverinfo="skip", showlegend=False, name=tone, row=1, col=1
    )
    fig.add_scatter(
        x=[d[0] for d in dots], y=[d[1] for d in dots], mode="markers", marker={"color": colour, "size": 6, "opacity": 0.85},
        name=f"{tone} act", text=[d[2] for d in dots], hovertemplate="%{text}<extra></extra>", row=1, col=1,
    )  # fmt: skip


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1].rstrip() + "…"


def act_tip(row: Mapping[str, Any], names: Names) -> str:
    """Return the hover label of a recorded act: who to whom, act, issue, bounds of its date, pages, summary."""
    head = f"{names.actor(row['source'])} to {names.actor(row['target'])}: {names.act(row['act'])}"
    where = ", ".join(part for part in (row["id"], names.pages(row["pages"])) if part)
    return hover([head, f"on {names.issue(row['issue'])}", dated(row["start"], row["end"]), row["summary"], where])


def _quarters(fig: Any, table: pl.DataFrame, tone: str, row: int) -> None:
    middle = [(a + (b - a) / 2).isoformat() for a, b in zip(table["first"], table["last"], strict=True)]
    part = table.filter(pl.col("q50").is_not_null())
    later = [d.isoformat() for d in [*part["first"], *part["last"].tail(1)]]
    fig.add_bar(
        x=middle, y=rounded(table["recorded"], 1), marker={"color": INK if tone == "" else LINES[tone], "opacity": 0.6},
        name=f"recorded, {tone}", showlegend=False, hovertemplate=f"%{{y:.0f}} recorded {tone} acts<extra></extra>",
        row=row, col=1,
    )  # fmt: skip
    bare = {"mode": "lines", "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip", "showlegend": False}
    fig.add_scatter(x=later, y=_steps(part["q05"]), row=row, col=1, name="5%", **bare)
    fill = {"fill": "tonexty", "fillcolor": RIBBONS.get(tone, RIBBON)}
    fig.add_scatter(x=later, y=_steps(part["q95"]), row=row, col=1, **fill, name="95%", **bare)
    fig.add_scatter(
        x=later, y=_steps(part["q50"]), mode="lines", line={"color": INK, "width": 1.6, "dash": "dash", "shape": "hv"},
        name="median forecast, 9 of 10 runs shaded", showlegend=row == 2, row=row, col=1,
        hovertemplate="forecast median %{y:.0f}<extra></extra>",
    )  # fmt: skip
    fig.update_yaxes(
        title_text=f"{tone}<br>acts a quarter",
        title_font={"size": 11, "color": MUTED},
        rangemode="tozero",
        row=row,
        col=1,
    )


def _steps(values: pl.Series) -> list[float | None]:
    """Heights of a staircase: the last step goes on to its end."""
    return rounded([*values, *values.tail(1)], 1)
