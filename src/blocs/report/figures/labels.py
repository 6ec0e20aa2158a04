"""Where names stand beside dots, so that none lies over a dot or another name: tried place by place, the best kept."""

from __future__ import annotations

from collections.abc import Sequence

LETTER, LINE, GAP = 7.0, 15.0, 3.0
"""Width of a letter, height of a line and distance from the dot, in pixels at 12 pixels of type."""
PLACES = {
    "middle right": (1, 0), "middle left": (-1, 0), "top center": (0, 1), "bottom center": (0, -1),
    "top right": (1, 1), "top left": (-1, 1), "bottom right": (1, -1), "bottom left": (-1, -1),
}  # fmt: skip
"""Names of plotly's places and the side of the dot on which each puts the text."""

Box = tuple[float, float, float, float]
"""Left, right, bottom, top, in pixels."""


def box_of(place: str, x: float, y: float, size: float, text: str) -> Box:
    """Return what a name takes up beside a dot of a diameter, all in pixels, y upwards."""
    across, up = PLACES[place]
    wide, away = LETTER * len(text), size / 2 + GAP
    left = x + (away if across > 0 else -away - wide if across < 0 else -wide / 2)
    low = y + (away if up > 0 else -away - LINE if up < 0 else -LINE / 2)
    return left, left + wide, low, low + LINE


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    wide = min(one[1], other[1]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[2], other[2])
    return max(0.0, wide) * max(0.0, high)


def places(
    dots: Sequence[tuple[float, float, float]], names: Sequence[str], half_width: float, first: Sequence[str]
) -> list[str]:
    """Return the place of each name, chosen one after another; a name costs what it covers of dots, names and the margin.

    Args:
        dots: centre and diameter of each dot, in pixels from the middle of the picture.
        names: of the dots, in the same order.
        half_width: pixels from the middle to the left and right margin.
        first: the place to take where several cost nothing, by dot.
    """
    squares = [(x - d / 2, x + d / 2, y - d / 2, y + d / 2) for x, y, d in dots]
    taken: list[Box] = []
    found: list[str] = []
    for (x, y, d), name, wish in zip(dots, names, first, strict=True):

        def cost(place: str, at: tuple[float, float, float] = (x, y, d), text: str = name) -> float:
            box = box_of(place, *at, text)
            outside = max(0.0, box[1] - half_width, -half_width - box[0])
            return sum(overlap(box, other) for other in (*squares, *taken)) + LINE * outside

        best = min((wish, *PLACES), key=cost)
        taken.append(box_of(best, x, y, d, name))
        found.append(best)
    return found
