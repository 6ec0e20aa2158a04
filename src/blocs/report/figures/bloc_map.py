"""Map of a bloc: the patron in the middle, every side as far from it as relations are cold, acts of a year as edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import networkx as nx
import numpy as np

from blocs.report.figures import labels
from blocs.report.figures.style import DIVERGING, INK, MUTED, blank, hover
from blocs.report.history import Snapshot
from blocs.report.words import Names

INNER, OUTER = 0.30, 1.30
"""Distance from the patron at warmth +1 and -1."""
ACROSS = 1.25
"""How far the picture goes to the left and right, as a multiple of its farthest dot."""
NARROW = 340.0
"""Width in pixels on a telephone."""
FEWEST = 0.5
"""Acts in the year below which no edge is drawn."""

Angles = Mapping[str, float]


def distance(warmth: float) -> float:
    """Return how far from the patron a side lies, given the warmth between the two (-1..1)."""
    return INNER + (OUTER - INNER) * (1.0 - warmth) / 2.0


def angles(snapshots: Sequence[Snapshot], patron: str) -> dict[str, float]:
    """Return a direction for each side, equal in all snapshots, so that sides that deal much with each other are near.

    The order round the circle is that of a force-directed layout (Fruchterman & Reingold 1991, in networkx, fixed
    seed) of all acts of the snapshots; equal steps keep labels apart.
    """
    names = sorted({who for s in snapshots for who in s.warmth} - {patron})
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(names)
    for snapshot in snapshots:
        for (a, b), (count, _) in snapshot.acts.items():
            if a in graph and b in graph:
                before = graph.get_edge_data(a, b, {"weight": 0.0})["weight"]
                graph.add_edge(a, b, weight=before + float(np.sqrt(count)))
    if not names:
        return {}
    start = {who: (float(np.cos(t)), float(np.sin(t))) for who, t in zip(names, _turns(len(names)), strict=True)}
    places: Mapping[str, Any] = nx.spring_layout(graph, pos=start, seed=1, iterations=200)
    centre = np.mean(list(places.values()), axis=0)
    order = sorted(names, key=lambda who: float(np.arctan2(*(places[who] - centre)[::-1])))
    return dict(zip(order, _turns(len(order)), strict=True))


def _turns(n: int) -> list[float]:
    return [float(t) for t in 2 * np.pi * (np.arange(n) + 0.25) / max(n, 1)]


def bloc_map(
    snapshot: Snapshot,
    directions: Angles,
    patron: str,
    names: Names,
    size: Mapping[str, float],
    height: int = 420,
    reach: float = OUTER,
) -> Any:
    """Return the map of one snapshot.

    Args:
        snapshot: the bloc in the year up to a day.
        directions: of each side, from `angles` of all snapshots that are to be compared.
        patron: id of the actor in the middle.
        names: short names.
        size: capability of each actor, 0..1.
        height: in pixels.
        reach: distance from the middle that the picture shows, from `farthest` of all snapshots.
    """
    places = {patron: (0.0, 0.0)}
    for who, warmth in snapshot.warmth.items():
        if who in directions:
            r = distance(warmth)
            places[who] = (r * float(np.cos(directions[who])), r * float(np.sin(directions[who])))
    fig = blank(height, legend=False)
    _rings(fig, reach, len(directions))
    _edges(fig, snapshot, places, names)
    _nodes(fig, snapshot, places, patron, names, size, reach)
    fig.update_xaxes(visible=False, range=[-ACROSS * reach, ACROSS * reach])
    fig.update_yaxes(visible=False, range=[-1.12 * reach, 1.12 * reach], scaleanchor="x", scaleratio=1)
    fig.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0, "autoexpand": False})
    return fig


def farthest(snapshots: Sequence[Snapshot]) -> float:
    """Return how far from the patron any side of any snapshot lies, at least the ring of warmth 0."""
    return max([distance(0.0), *(distance(w) for s in snapshots for w in s.warmth.values())])


def _rings(fig: Any, reach: float, sides: int) -> None:
    between = 2 * np.pi * (round(5 / 6 * sides) - 0.25) / max(sides, 1)  # to the lower right, where no side lies
    for warmth in (0.5, 0.0, -0.5):
        r = distance(warmth)
        if r > 1.1 * reach:
            continue
        line = {"color": "#c9ccc5", "width": 1, "dash": "solid" if warmth == 0 else "dot"}
        fig.add_shape(type="circle", x0=-r, x1=r, y0=-r, y1=r, line=line, layer="below")
        mark = f"{warmth:+.1f}".replace("-", "−") if warmth else "0"
        x, y = r * float(np.cos(between)), r * float(np.sin(between))
        fig.add_annotation(x=x, y=y, text=mark, showarrow=False, font={"size": 10, "color": MUTED})


def shade(value: float) -> str:
    """Return the colour of a number in -1..1, from cold through grey to warm."""
    place = (min(max(value, -1.0), 1.0) + 1.0) / 2.0
    stops = [s for s, _ in DIVERGING]
    channels = [[int(c[n : n + 2], 16) for _, c in DIVERGING] for n in (1, 3, 5)]
    return "#" + "".join(f"{round(float(np.interp(place, stops, channel))):02x}" for channel in channels)


def _edges(fig: Any, snapshot: Snapshot, places: Mapping[str, tuple[float, float]], names: Names) -> None:
    drawn = [(p, n, t) for p, (n, t) in snapshot.acts.items() if n >= FEWEST and p[0] in places and p[1] in places]
    for (a, b), count, tone in sorted(drawn, key=lambda d: d[1]):
        (xa, ya), (xb, yb) = places[a], places[b]
        fig.add_scatter(
            x=[round(xa, 3), round(xb, 3)], y=[round(ya, 3), round(yb, 3)], mode="lines", hoverinfo="skip",
            line={"color": shade(2.0 * tone), "width": round(0.8 + 0.9 * float(np.sqrt(count)), 2)}, opacity=0.75,
        )  # fmt: skip
    fig.add_scatter(
        x=[round((places[a][0] + places[b][0]) / 2, 3) for (a, b), _, _ in drawn],
        y=[round((places[a][1] + places[b][1]) / 2, 3) for (a, b), _, _ in drawn],
        mode="markers", marker={"size": 12, "color": "rgba(0,0,0,0)"}, name="acts",
        text=[_edge_tip(names, a, b, n, t) for (a, b), n, t in drawn], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _edge_tip(names: Names, a: str, b: str, count: float, tone: float) -> str:
    kind = "mostly cooperative" if tone > 0.1 else "mostly conflictual" if tone < -0.1 else "mixed"
    return hover(
        [
            f"{names.actor(a)} and {names.actor(b)}",
            f"{count:.1f} acts in the year, {kind} (mean {10 * tone:+.1f} of ±10)",
        ]
    )


def _nodes(
    fig: Any, snapshot: Snapshot, places: Mapping[str, tuple[float, float]], patron: str, names: Names,
    size: Mapping[str, float], reach: float,
) -> None:  # fmt: skip
    shown = list(places)
    sizes = [12 + 18 * float(np.sqrt(size.get(a, 0.0))) for a in shown]
    tips = [hover([names.actor(a), _node_tip(snapshot, a, patron, names)]) for a in shown]
    fig.add_scatter(
        x=[round(places[a][0], 3) for a in shown], y=[round(places[a][1], 3) for a in shown], mode="markers+text",
        marker={
            "size": sizes,
            "color": [INK if a == patron else shade(snapshot.warmth[a]) for a in shown],
            "line": {"color": INK, "width": 1.2}, "opacity": 1,
        },
        text=[f"<b>{escape(names.actor(a))}</b>" if a == patron else escape(names.actor(a)) for a in shown],
        textposition=_label_places([places[a] for a in shown], sizes, [names.actor(a) for a in shown], reach),
        textfont={"size": 12, "color": INK}, customdata=tips, hovertemplate="%{customdata}<extra></extra>", name="sides",
    )  # fmt: skip


def _label_places(
    at: Sequence[tuple[float, float]], sizes: Sequence[float], shown: Sequence[str], reach: float
) -> list[str]:
    """Where the names stand on a narrow screen, where they have least room; outward from the middle where nothing is near."""
    scale = NARROW / (2 * ACROSS * reach)
    dots = [(scale * x, scale * y, size) for (x, y), size in zip(at, sizes, strict=True)]
    outward = ["bottom center" if x == y == 0 else _outward(x, y) for x, y in at]
    return labels.places(dots, shown, NARROW / 2, outward)


def _outward(x: float, y: float) -> str:
    if abs(x) > abs(y):
        return "middle right" if x > 0 else "middle left"
    return "top center" if y > 0 else "bottom center"


def _node_tip(snapshot: Snapshot, who: str, patron: str, names: Names) -> str:
    if who == patron:
        return "the patron"
    return (
        f"warmth between the two sides {snapshot.warmth[who]:+.2f} on a scale of −1 to +1 (with {names.actor(patron)})"
    )
