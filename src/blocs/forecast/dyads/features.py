"""What is known of a pair at the end of a month: its own past, the answer, both actors, common partners, the region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.dyads.panel import Floats, Ints, Months, faded

WINDOW, ENOUGH, WARM = 24, 5, 24
SIGNS: Mapping[str, str] = {
    "last month": "log events of the month",
    "quarter": "log fading mean, half-life three months",
    "year": "log fading mean, half-life a year",
    "long": "log fading mean, half-life five years",
    "silence": "log months since the last event",
    "answer": "log events of the reverse pair in the month",
    "answer, quarter": "the same, half-life three months",
    "hostile": "log hostile events of the pair, half-life a month",
    "hostile answer": "log hostile events of the reverse pair, half-life a month",
    "source acts": "log events the source sends, half-life a month",
    "source acts, year": "the same, half-life a year",
    "source is met": "log events the source receives, half-life a month",
    "target is met": "log events the target receives, half-life a month",
    "target is met, year": "the same, half-life a year",
    "target acts": "log events the target sends, half-life a month",
    "partners": "log events through common partners, half-life three months",
    "region": "log events of the region in the month, against its year",
}
"""Signs for counts, known at the end of the month before."""
MEMORY = ("last month", "quarter", "year", "long", "silence")
"""The pair's own past and nothing else."""
MOODS: Mapping[str, str] = {
    "pair, month": "mean cooperation of the pair, half-life a month",
    "pair, year": "the same, half-life a year",
    "pair, all": "the pair's mean over its past",
    "answer, month": "mean cooperation of the reverse pair, half-life a month",
    "answer, year": "the same, half-life a year",
    "source, quarter": "mean cooperation of what the source sends, half-life three months",
    "target, quarter": "mean cooperation of what the target receives, half-life three months",
    "region, quarter": "mean cooperation in the region, half-life three months",
    "tempo": "log events of the pair, half-life three months",
}
"""Signs for cooperation."""
OWN_MOODS = ("pair, month", "pair, year", "pair, all")


@dataclass(frozen=True, repr=False)
class Cases:
    """Pairs under watch: at least five events in the two years before the month forecast. Axis N: pairs and months.

    Attributes:
        region: (N,) names.
        month: (N,) months since January of year 0, of the month forecast.
        x: (N, K) in the order of `SIGNS`; mood: (N, L) in the order of `MOODS`.
        last: (N,) events of the month before; past: (N,) mean a month of all months before.
        count: (N,) events of the month forecast.
        scaled: (N,) of them with a value; cooperation: (N,) their mean, NaN where there is none.
        before: (N,) mean cooperation of the last month that had events, NaN where there is none.
    """

    region: NDArray[Any]
    month: Ints
    x: Floats
    mood: Floats
    last: Floats
    past: Floats
    count: Floats
    scaled: Floats
    cooperation: Floats
    before: Floats


def build_cases(panels: list[Months]) -> Cases:
    """Return the cases of all regions, from the third year of each on."""
    parts = [_region(p) for p in panels]
    names = Cases.__dataclass_fields__
    return Cases(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def _region(p: Months) -> Cases:
    total = np.cumsum(p.counts, axis=1, dtype=np.float64)
    window = total.copy()
    window[:, WINDOW:] -= total[:, :-WINDOW]
    # origin t forecasts month t + 1
    watched = window[:, :-1] >= ENOUGH
    watched[:, : WARM - 1] = False
    pair, t = np.nonzero(watched)
    signs = _signs(p)
    x = np.stack([signs[name][pair, t] for name in SIGNS], axis=1).astype(np.float32)
    moods, before = _moods(p)
    scaled, score = p.scaled[pair, t + 1], p.score[pair, t + 1]
    return Cases(
        np.full(len(t), p.region), p.first + t + 1, x,
        np.stack([moods[name][pair, t] for name in MOODS], axis=1).astype(np.float32), p.counts[pair, t],
        total[pair, t] / (t + 1), p.counts[pair, t + 1], scaled,
        np.where(scaled > 0, score / np.maximum(scaled, 1), np.nan), before[pair, t],
    )  # fmt: skip


def _log(x: Floats) -> Floats:
    return np.log(x + 0.05)


def _answer(p: Months, x: Floats) -> Floats:
    """Values of the reverse pair, 0 where there is none."""
    return np.where(p.reverse[:, None] >= 0, x[p.reverse], 0.0)


def _signs(p: Months) -> dict[str, Floats]:
    quarter = faded(p.counts, 3)
    hostile = faded(p.hostile, 1)
    out, into = (faded(x, 1) for x in (p.out, p.into))
    out12, into12 = (faded(x, 12) for x in (p.out, p.into))
    whole = p.out.sum(axis=0, keepdims=True)
    region = np.broadcast_to(_log(whole) - _log(faded(whole, 12)), p.counts.shape)
    return {
        "last month": _log(p.counts), "quarter": _log(quarter), "year": _log(faded(p.counts, 12)),
        "long": _log(faded(p.counts, 60)), "silence": np.log1p(_silence(p.counts)),
        "answer": _log(_answer(p, p.counts)), "answer, quarter": _log(_answer(p, quarter)),
        "hostile": _log(hostile), "hostile answer": _log(_answer(p, hostile)),
        "source acts": _log(out[p.source]), "source acts, year": _log(out12[p.source]),
        "source is met": _log(into[p.source]), "target is met": _log(into[p.target]),
        "target is met, year": _log(into12[p.target]), "target acts": _log(out[p.target]),
        "partners": _log(_partners(p, quarter)), "region": region,
    }  # fmt: skip


def _silence(counts: Floats) -> Floats:
    month = np.where(counts > 0, np.arange(counts.shape[1]), -1)
    return np.arange(counts.shape[1]) - np.maximum.accumulate(month, axis=1)


def _partners(p: Months, quarter: Floats) -> Floats:
    """Events through third actors: the root of what the source and the target each do with a partner, summed."""
    actors = np.unique(np.concatenate([p.source, p.target]))
    place = np.zeros(int(actors.max()) + 1, np.int64)
    place[actors] = np.arange(len(actors))
    one, two = place[p.source], place[p.target]
    found = np.zeros_like(quarter)
    for t in range(quarter.shape[1]):
        sheet = np.zeros((len(actors), len(actors)), np.float32)
        sheet[one, two] = quarter[:, t]
        both = np.sqrt(sheet + sheet.T)
        both[both < 0.2] = 0.0
        busy = np.flatnonzero(both.any(axis=1))
        if len(busy):
            path = np.zeros_like(sheet)
            path[np.ix_(busy, busy)] = both[np.ix_(busy, busy)] @ both[np.ix_(busy, busy)]
            found[:, t] = path[one, two]
    return found


def _moods(p: Months) -> tuple[dict[str, Floats], Floats]:
    """Fading means of cooperation, each drawn to the region's by half an event a month."""
    score, scaled = p.score.sum(axis=0, keepdims=True), p.scaled.sum(axis=0, keepdims=True)
    region = np.broadcast_to((faded(score, 3) + 1e-9) / (faded(scaled, 3) + 1e-6), p.counts.shape)

    def mean(total: Floats, number: Floats, half: float, pull: float) -> Floats:
        return (faded(total, half) + pull * region) / (faded(number, half) + pull)

    actors = len(p.out)

    def side(end: Ints) -> Floats:
        sums = [np.zeros((actors, p.months), np.float64) for _ in range(2)]
        for total, x in zip(sums, (p.score, p.scaled), strict=True):
            np.add.at(total, end, x)
        return ((faded(sums[0], 3)[end] + 0.5 * region) / (faded(sums[1], 3)[end] + 0.5)).astype(np.float32)

    back = [_answer(p, x) for x in (p.score, p.scaled)]
    number = np.cumsum(p.scaled, axis=1)
    moods = {
        "pair, month": mean(p.score, p.scaled, 1, 0.5), "pair, year": mean(p.score, p.scaled, 12, 0.1),
        "pair, all": (np.cumsum(p.score, axis=1) + 2.0 * region) / (number + 2.0),
        "answer, month": mean(back[0], back[1], 1, 0.5), "answer, year": mean(back[0], back[1], 12, 0.1),
        "source, quarter": side(p.source), "target, quarter": side(p.target), "region, quarter": region,
        "tempo": _log(faded(p.counts, 3)),
    }  # fmt: skip
    return moods, _last_mean(p)


def _last_mean(p: Months) -> Floats:
    """Mean cooperation of the last month with a scaled event, to each month; NaN before the first."""
    there = p.scaled > 0
    at = np.maximum.accumulate(np.where(there, np.arange(p.months), -1), axis=1)
    mean = p.score / np.maximum(p.scaled, 1)
    return np.where(at >= 0, np.take_along_axis(mean, np.maximum(at, 0), axis=1), np.nan)
