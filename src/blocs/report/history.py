"""What pictures are drawn from: the replayed record, the bloc at a date, acts a quarter. Recorded beside forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.outcomes import Histories, recorded_history
from blocs.forecast.score import QUARTER
from blocs.inference.tape import usable_acts
from blocs.scenario.build import Built

Floats = NDArray[np.floating]
YEAR = 365
TONES = {"cooperative": 1.0, "conflictual": -1.0}


@dataclass(frozen=True)
class Past:
    """The record, replayed.

    `dates` [step] are ends of steps; `values` the watched quantities by (name, names on its axes), each [step]; `acts`
    the dated acts of one actor toward another; `last` the last day the record is used for.
    """

    dates: tuple[date, ...]
    values: Mapping[tuple[str, tuple[str, ...]], Floats]
    acts: pl.DataFrame
    last: date

    def at(self, name: str, where: tuple[str, ...], day: date) -> float | None:
        """Return a watched number at the end of the last step that ends by a day; the first step before that."""
        if (name, where) not in self.values:
            return None
        n = int(np.searchsorted(np.array(self.dates, "datetime64[D]"), np.datetime64(day), side="right"))
        return float(self.values[name, where][max(n - 1, 0)])


def replay_record(ensemble: Ensemble, last: date) -> Past:
    """Return the record up to a day: its acts, and the state that replaying them gives (one drawn chronology)."""
    built = ensemble.fit.built
    start = built.scenario.spec.period.start
    history = recorded_history(built, start, last, ensemble.fit.seed)
    labels = dict(zip([(n, i) for n, index in ensemble.watch for i in index], ensemble.labels, strict=True))
    return Past(
        tuple(built.epoch + timedelta(days=int(d)) for d in history.days),
        {labels[key]: value[0] for key, value in _known(history, labels).items()},
        usable_acts(built, until=last),
        last,
    )


def _known(
    history: Histories, labels: Mapping[tuple[str, tuple[int, ...]], object]
) -> Mapping[tuple[str, tuple[int, ...]], Floats]:
    return {key: value for key, value in history.watched.items() if key in labels}


@dataclass(frozen=True)
class Snapshot:
    """The bloc in the year up to a day.

    `warmth` between each side and the patron, mean of both directions, -1..1; `acts` between two sides (in order of
    id): expected number in the year, and mean reference cooperation of the acts, -1..1.
    """

    title: str
    day: date
    warmth: Mapping[str, float]
    acts: Mapping[tuple[str, str], tuple[float, float]]


def sides(built: Built) -> tuple[str, ...]:
    """Return the actors that stand for a party or state, in axis order: the nodes of the map."""
    return tuple(
        a for a in built.model.world.actors if built.scenario.actors[a].kind in ("party_state", "party", "state")
    )


def recorded_snapshot(title: str, built: Built, past: Past, day: date) -> Snapshot:
    """Return the bloc of the record; an act dated to a span counts by the share of the span inside the year."""
    first = day - timedelta(days=YEAR - 1)
    share = overlap(past.acts, first, day)
    tone = dict(zip(built.model.world.acts, np.asarray(built.model.world.cooperation).tolist(), strict=True))
    rows = past.acts.with_columns(share.alias("share")).filter(pl.col("share") > 0)
    found = ((r["source"], r["target"], r["share"], tone[r["act"]]) for r in rows.iter_rows(named=True))
    return Snapshot(title, day, _recorded_warmth(built, past, day), _pairs(found, built, 1))


def forecast_snapshot(title: str, ensemble: Ensemble) -> Snapshot:
    """Return the mean bloc over runs in the last year of a forecast."""
    built = ensemble.fit.built
    world = built.model.world
    tone = np.asarray(world.cooperation)
    late = ensemble.day >= built.day(ensemble.end) - YEAR + 1
    frame = pl.DataFrame(
        {"i": ensemble.code[late, 0], "j": ensemble.code[late, 1], "tone": tone[ensemble.code[late, 2]]}
    )
    grouped = frame.group_by("i", "j").agg(pl.len().alias("n"), pl.col("tone").mean()).sort("i", "j")
    found = ((world.actors[r[0]], world.actors[r[1]], float(r[2]), float(r[3])) for r in grouped.iter_rows())
    return Snapshot(title, ensemble.end, _forecast_warmth(ensemble), _pairs(found, built, ensemble.runs))


def _pairs(rows: object, built: Built, runs: int) -> dict[tuple[str, str], tuple[float, float]]:
    shown = set(sides(built))
    total: dict[tuple[str, str], list[float]] = {}
    for source, target, count, tone in rows:  # type: ignore[attr-defined]
        if source in shown and target in shown:
            entry = total.setdefault((min(source, target), max(source, target)), [0.0, 0.0])
            entry[0] += count
            entry[1] += count * tone
    return {pair: (n / runs, weighted / n) for pair, (n, weighted) in sorted(total.items())}


def _ends(built: Built, who: str) -> tuple[tuple[str, str], tuple[str, str]]:
    patron = built.scenario.spec.patron
    return (patron, who), (who, patron)


def _recorded_warmth(built: Built, past: Past, day: date) -> dict[str, float]:
    out: dict[str, float] = {}
    for who in sides(built):
        both = [past.at("warmth", where, day) for where in _ends(built, who)]
        known = [x for x in both if x is not None]
        if known and existed(built, who, day):
            out[who] = float(np.mean(known))
    return out


def _forecast_warmth(ensemble: Ensemble) -> dict[str, float]:
    built = ensemble.fit.built
    labels = ensemble.labels
    out: dict[str, float] = {}
    for who in sides(built):
        known = [("warmth", where) for where in _ends(built, who) if ("warmth", where) in labels]
        if known and existed(built, who, ensemble.end):
            out[who] = float(np.mean([ensemble.column(n, *where)[:, -1].mean() for n, where in known]))
    return out


def existed(built: Built, who: str, day: date) -> bool:
    """Return whether an actor existed on a day."""
    first, last = np.asarray(built.model.world.present)[built.model.world.index("actor", who)]
    return bool(first <= built.day(day) <= last)


def overlap(acts: pl.DataFrame, first: date, last: date) -> pl.Series:
    """Return the share of each act's possible days that lie in [first, last], 0..1."""
    start, end = (acts[c].to_numpy().astype("datetime64[D]").astype(np.int64) for c in ("start", "end"))
    lo, hi = (int(np.datetime64(d).astype("datetime64[D]").astype(np.int64)) for d in (first, last))
    inside = np.minimum(end, hi) - np.maximum(start, lo) + 1
    return pl.Series("share", np.clip(inside, 0, None) / (end - start + 1))


def quarter_table(ensemble: Ensemble, past: Past) -> pl.DataFrame:
    """Return acts a quarter, before and after the forecast start, by tone.

    Columns: first, last (days), tone (cooperative or conflictual), recorded (expected number given the bounds of dates;
    null after the record's last day), q05, q25, q50, q75, q95 (over runs; null before the forecast).
    """
    edges = _edges(ensemble)
    world = ensemble.fit.built.model.world
    polarity = dict(zip(world.acts, np.asarray(world.polarity).tolist(), strict=True))
    rows: list[dict[str, object]] = []
    for tone, sign in TONES.items():
        acts = past.acts.filter(pl.col("act").replace_strict(polarity, return_dtype=pl.Float64) == sign)
        simulated = _simulated(ensemble, edges, sign)
        for n, (first, last) in enumerate(edges):
            whole = last <= past.last
            row: dict[str, object] = {"first": first, "last": last, "tone": tone}
            row["recorded"] = float(overlap(acts, first, last).sum()) if whole else None
            row |= {f"q{q:02d}": None for q in (5, 25, 50, 75, 95)}
            if first >= ensemble.start:
                row |= {f"q{q:02d}": float(np.quantile(simulated[:, n], q / 100)) for q in (5, 25, 50, 75, 95)}
            rows.append(row)
    kinds = {"first": pl.Date, "last": pl.Date, "tone": pl.String, "recorded": pl.Float64}
    return pl.DataFrame(rows, schema={**kinds, **{f"q{q:02d}": pl.Float64 for q in (5, 25, 50, 75, 95)}})


def _edges(ensemble: Ensemble) -> list[tuple[date, date]]:
    """First and last day of every quarter of a year, counted from the forecast start in both directions."""
    begin = ensemble.fit.built.scenario.spec.period.start
    before = round((ensemble.start - begin).days / QUARTER)
    after = max(1, round(((ensemble.end - ensemble.start).days + 1) / QUARTER))
    inner = [ensemble.start + timedelta(days=round(QUARTER * n)) for n in range(1 - before, after)]
    days = [begin, *inner, ensemble.end + timedelta(days=1)] if before else [*inner, ensemble.end + timedelta(days=1)]
    return [(a, b - timedelta(days=1)) for a, b in pairwise(days)]


def _simulated(ensemble: Ensemble, edges: list[tuple[date, date]], sign: float) -> NDArray[np.float64]:
    """Acts of one tone in each run and quarter, axes (run, quarter)."""
    built = ensemble.fit.built
    polarity = np.asarray(built.model.world.polarity)
    bounds = np.array([built.day(first) for first, _ in edges] + [built.day(edges[-1][1]) + 1.0])
    place = np.searchsorted(bounds, ensemble.day, side="right") - 1
    kept = (place >= 0) & (place < len(edges)) & (polarity[ensemble.code[:, 2]] == sign)
    count = np.zeros((ensemble.runs, len(edges)))
    np.add.at(count, (ensemble.run[kept], place[kept]), 1.0)
    return count
