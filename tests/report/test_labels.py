"""Names on a map stand beside their dots and over none: boxes against a slow walk over all pairs."""

from __future__ import annotations

import itertools
import json
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blocs.report.figures.bloc_map import ACROSS, NARROW, bloc_map, farthest
from blocs.report.figures.labels import PLACES, box_of, overlap, places
from blocs.report.history import Snapshot
from blocs.report.words import Names

SIDES = ("Albania", "Bulgaria", "China", "Czechoslovakia", "GDR", "Hungary", "Korea", "Mongolia", "Poland", "Romania",
         "Vietnam", "Yugoslavia")  # fmt: skip
NUMBER = st.floats(-170, 170)


def shared(dots, names, half, chosen) -> float:
    """Area that names share with dots and with each other, and what lies outside, pair by pair."""
    boxes = [box_of(p, x, y, d, n) for p, (x, y, d), n in zip(chosen, dots, names, strict=True)]
    squares = [(x - d / 2, x + d / 2, y - d / 2, y + d / 2) for x, y, d in dots]
    total = sum(overlap(b, s) for b in boxes for s in squares)
    total += sum(overlap(a, b) for a, b in itertools.combinations(boxes, 2))
    return total + sum(max(0.0, b[1] - half, -half - b[0]) for b in boxes)


@given(st.lists(st.tuples(NUMBER, NUMBER, st.floats(8, 30)), min_size=1, max_size=8))
def test_a_name_has_a_place_that_costs_no_more_than_any_other_at_its_turn(dots):
    names = [SIDES[n] for n in range(len(dots))]
    chosen = places(dots, names, 200.0, ["top center"] * len(dots))
    squares = [(x - d / 2, x + d / 2, y - d / 2, y + d / 2) for x, y, d in dots]
    for n, (place, (x, y, d)) in enumerate(zip(chosen, dots, strict=True)):
        before = [box_of(p, *dot, name) for p, dot, name in zip(chosen[:n], dots[:n], names[:n], strict=True)]

        def cost(place, x=x, y=y, d=d, n=n, before=before):
            box = box_of(place, x, y, d, names[n])
            outside = max(0.0, box[1] - 200.0, -200.0 - box[0])
            return sum(overlap(box, b) for b in (*squares, *before)) + 15.0 * outside

        assert cost(place) <= min(map(cost, PLACES)) + 1e-9
        assert overlap(box_of(place, x, y, d, names[n]), squares[n]) == 0.0


def test_an_alone_name_stands_where_it_is_wished():
    assert places([(0.0, 0.0, 20.0)], ["Alone"], 200.0, ["bottom center"]) == ["bottom center"]


@given(st.lists(st.floats(-0.9, 0.8), min_size=12, max_size=12))
def test_no_name_of_a_map_lies_over_a_dot_or_another_name(warmth):
    """Twelve sides round a patron at any warmth: on a telephone next to nothing of a name is covered."""
    names = Names({s: s for s in (*SIDES, "Soviet Union")}, {}, {}, {})
    shot = Snapshot("now", date(1960, 1, 1), {"Soviet Union": 1.0, **dict(zip(SIDES, warmth, strict=True))}, {})
    turns = {s: 2 * np.pi * (n + 0.25) / len(SIDES) for n, s in enumerate(SIDES)}
    reach = farthest([shot])
    figure = bloc_map(shot, turns, "Soviet Union", names, dict.fromkeys(SIDES, 0.1), reach=reach)
    nodes = next(t for t in json.loads(figure.to_json())["data"] if t.get("name") == "sides")
    scale = NARROW / (2 * ACROSS * reach)
    dots = [(scale * x, scale * y, d) for x, y, d in zip(nodes["x"], nodes["y"], nodes["marker"]["size"], strict=True)]
    shown = [t.replace("<b>", "").replace("</b>", "") for t in nodes["text"]]
    found = shared(dots, shown, NARROW / 2, nodes["textposition"])
    naive = shared(dots, shown, NARROW / 2, ["bottom center" if y < 0 else "top center" for _, y, _ in dots])
    assert found <= max(120.0, 0.5 * naive)
