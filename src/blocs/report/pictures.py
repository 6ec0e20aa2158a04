"""Which pictures a report shows: each a figure with title, caption and a description for those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any

import numpy as np
import polars as pl

from blocs.conduct.base import LEVELS, Level
from blocs.forecast.score import Scores
from blocs.jobs.result import RunResult
from blocs.report import plots
from blocs.report.history import (
    Past,
    Snapshot,
    forecast_snapshot,
    quarter_table,
    recorded_snapshot,
    replay_record,
    sides,
)
from blocs.report.views.effects import QUESTIONS
from blocs.report.views.outcomes import short_title
from blocs.report.words import Names, long_date

FAN_HEIGHT = 190
FEWEST = 4
"""Recorded acts from which an actor has a lane of its own on the timeline."""
LIKELY = 0.02
"""Probability from which an outcome is on the dot plot; those that came true always are."""


@dataclass(frozen=True)
class Picture:
    """A figure on the page: `id` is its anchor, `alt` says in words what it shows."""

    id: str
    title: str
    alt: str
    figure: Any
    height: int


@dataclass(frozen=True)
class Pictures:
    """All pictures of a report by section; `None` where a run has nothing to show."""

    maps: tuple[Picture, ...]
    timeline: Picture
    fans: tuple[Picture, ...]
    effects: Mapping[str, Picture]
    outcomes: Picture | None
    calibration: Picture | None
    counts: Picture | None


def draw(run: RunResult, names: Names) -> Pictures:
    """Return every picture of a run."""
    past = replay_record(run.ensemble, run.scores.end if run.scores else run.fit.until)
    scores = run.scores
    return Pictures(
        maps=_maps(run, names, past),
        timeline=_timeline(run, names, past),
        fans=_fans(run, names, past),
        effects=_effects(run),
        outcomes=None if scores is None else _outcomes(run, names),
        calibration=None if scores is None else _calibration(scores),
        counts=None if scores is None else _counts(scores),
    )


def _calibration(scores: Scores) -> Picture:
    alt = "Probability given to options against how often they were taken."
    return _picture("calibration", "Calibration", alt, plots.calibration(scores))


def _counts(scores: Scores) -> Picture:
    alt = "Recorded acts in each quarter beside the simulated range."
    return _picture("counts", "Acts a quarter", alt, plots.counts(scores))


def _picture(key: str, title: str, alt: str, figure: Any) -> Picture:
    return Picture(f"figure-{key}", title, alt, figure, int(figure.layout.height))


def _maps(run: RunResult, names: Names, past: Past) -> tuple[Picture, ...]:
    built = run.fit.built
    patron = built.scenario.spec.patron
    shots = _snapshots(run, past)
    directions = plots.angles(shots, patron)
    reach = plots.farthest(shots)
    size = {a: built.scenario.actors[a].capability or 0.0 for a in built.model.world.actors}
    figures = [plots.bloc_map(s, directions, patron, names, size, reach=reach) for s in shots]
    return tuple(
        _picture(f"map-{n}", s.title, _map_alt(s, names, patron), f)
        for n, (s, f) in enumerate(zip(shots, figures, strict=True))
    )


def _snapshots(run: RunResult, past: Past) -> list[Snapshot]:
    """Start of the record, eve of the forecast, then the end: recorded (where there is a record) beside forecast."""
    built, ens = run.fit.built, run.ensemble
    first = built.epoch + timedelta(days=364)
    eve = ens.start - timedelta(days=1)
    out = [
        recorded_snapshot(f"Record, first year, to {long_date(first)}", built, past, first),
        recorded_snapshot(f"Record, start of the forecast, {long_date(eve)}", built, past, eve),
    ]
    if run.scores is not None:
        out.append(recorded_snapshot(f"Record, end, {long_date(run.scores.end)}", built, past, run.scores.end))
    return [*out, forecast_snapshot(f"Forecast, mean at the end, {long_date(ens.end)}", ens)]


def _map_alt(shot: Snapshot, names: Names, patron: str) -> str:
    parts = sorted(((w, names.actor(a)) for a, w in shot.warmth.items() if a != patron), reverse=True)
    told = ", ".join(f"{name} {w:+.2f}" for w, name in parts)
    return f"{shot.title}: warmth with {names.actor(patron)}, from nearest to farthest: {told}."


def _timeline(run: RunResult, names: Names, past: Past) -> Picture:
    scenario = run.scenario
    quarters = quarter_table(run.ensemble, past)
    polarity = {a.id: a.polarity for a in scenario.acts.values()}
    count = past.acts.group_by("source").len().sort("len", "source", descending=[True, False])
    busy = count.filter(pl.col("len") >= FEWEST)["source"].to_list()
    lead = [who for who in names.roles if who in busy]
    lanes = [*lead, *(who for who in busy if who not in lead)]
    figure = plots.timeline(past.acts, quarters, run.ensemble.start, polarity, names, lanes)
    alt = f"{past.acts.height} recorded acts in lanes by actor, and acts a quarter with ribbons of the forecast."
    return _picture("timeline", "Recorded acts", alt, figure)


def _fans(run: RunResult, names: Names, past: Past) -> tuple[Picture, ...]:
    patron = run.scenario.spec.patron
    seen = set(run.ensemble.labels)
    shown = [a for a in sides(run.fit.built) if ("warmth", (a, patron)) in seen]
    shown.sort(key=lambda a: a not in names.roles)
    span = _span(run, past, [(a, patron) for a in shown])
    return tuple(_fan(run, names, past, who, span) for who in shown)


def _span(run: RunResult, past: Past, pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """One value axis for all fans: all that is drawn, with a margin, inside the range of warmth."""
    drawn = [np.quantile(run.ensemble.column("warmth", *p), (0.05, 0.95), axis=0).ravel() for p in pairs]
    drawn += [np.asarray(past.values["warmth", p]) for p in pairs if ("warmth", p) in past.values]
    ends = np.concatenate([*drawn, [0.0]])
    return max(-1.05, float(ends.min()) - 0.08), min(1.05, float(ends.max()) + 0.08)


def _fan(run: RunResult, names: Names, past: Past, who: str, span: tuple[float, float]) -> Picture:
    patron = run.scenario.spec.patron
    figure = plots.fan(
        run.ensemble, "warmth", who, patron, recorded=past, height=FAN_HEIGHT, legend=False, span=span
    ).update_yaxes(title_text="")
    mean = float(run.ensemble.column("warmth", who, patron)[:, -1].mean())
    recorded = past.at("warmth", (who, patron), past.last)
    alt = f"Warmth of {names.actor(who)} toward {names.actor(patron)}: forecast mean at the end {mean:+.2f}"
    alt += f", replayed record {recorded:+.2f}." if recorded is not None else "."
    return _picture(f"fan-{who}", f"{names.actor(who)} toward {names.actor(patron)}", alt, figure)


def _effects(run: RunResult) -> dict[str, Picture]:
    found = run.fit.to_polars().filter(pl.col("verdict").is_in(["raises", "lowers"]))
    present = set(found["choice"].to_list())
    levels: list[Level] = [level for level in LEVELS if level in present]
    alt = "Factors by which one typical step of each clear effect multiplies the odds, with 90% intervals."
    return {
        level: _picture(f"effects-{level}", QUESTIONS[level], alt, plots.effects(run.fit, level, clear=True))
        for level in levels
    }


def _outcomes(run: RunResult, names: Names) -> Picture:
    if run.scores is None:
        raise AssertionError("outcomes are drawn from scores")
    label: Mapping[str, str] = {o.id: escape(short_title(run.scenario, names, o.id)) for o in run.scores.outcomes}
    likely = [o.id for o in run.scores.outcomes if o.probability >= LIKELY or o.recorded]
    figure = plots.outcomes(run.scores, lambda o: label[o.id], likely)
    alt = "Probability of each outcome with its base rate and what the record says; numbers are in the table below."
    return _picture("outcomes", "Forecast, base rate and record", alt, figure)
