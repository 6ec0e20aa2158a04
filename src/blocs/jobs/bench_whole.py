"""Seconds of a forecast with the mechanisms of levers and camps, with every mechanism, and what each adds to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import jax.numpy as jnp

from blocs.engine.model import with_parameter
from blocs.forecast.simulate import forecast
from blocs.inference.fit import Fit, fit_record
from blocs.jobs.bench_fresh import fresh_forecast
from blocs.jobs.bench_row import Row, timed
from blocs.jobs.pipeline import opened, opened_whole
from blocs.scenario.build import build
from blocs.scenario.load import with_only

LEVERS = frozenset({"S05", *(f"S{n:02d}" for n in range(9, 16)), *(f"S{n}" for n in range(18, 22)), "S23"})
"""Systems of doctrine, levers, economy, coercion, camps and unrest; the others are bodies, meetings, force, information."""

EACH = 100
"""Runs timed with and without a mechanism."""
DRAWS = 2

Told = Callable[[str, int, int], None]


def whole(scenario: str, runs: int, repeats: int, tell: Told, alone: bool) -> list[Row]:
    """Return the rows of the forecast with half of the mechanisms and with all, then one for each mechanism.

    The half is the scenario's default and whatever belongs first to one of `LEVERS`. The row of a mechanism holds the
    seconds of as many runs with its strength at 0, timed in turn with all of them on; its ratio is theirs to these. Nothing
    compiles in between. Acts differ with the mechanism, and their cost is part of it. `alone` adds each forecast in a
    fresh process, whose memory is its own.
    """
    light = {m.card.name for m in build(opened(scenario)).model.mechanisms}
    every = opened_whole(scenario)
    cards = {m.card.name: m.card for m in build(every).model.mechanisms}
    half = light | {name for name, card in cards.items() if card.systems[0] in LEVERS}
    rows: list[Row] = []
    for kept in dict.fromkeys((frozenset(half), frozenset(cards))):
        tell(f"fit with {len(kept)} mechanisms", 0, 0)
        fit = fit_record(build(with_only(every, kept)), draws=DRAWS)
        tell(f"forecast with {len(kept)} mechanisms", 0, 0)
        forecast(fit, runs=50)  # compiles
        title = f"forecast, {len(kept)} mechanisms"
        rows.append(timed(f"{title}, {runs} runs", lambda fit=fit: forecast(fit, runs=runs), repeats))
        if alone:
            tell(f"forecast with {len(kept)} mechanisms, in a fresh process", 0, 0)
            rows.append(fresh_forecast(f"{title}, {runs} runs", fit, scenario, runs, whole=True))
        if kept == cards.keys():
            rows += _each(fit, title, tell)
    return rows


def _each(fit: Fit, title: str, tell: Told) -> list[Row]:
    mechanisms = [m.card.name for m in fit.built.model.mechanisms]
    rows: list[Row] = []
    for done, name in enumerate(mechanisms):
        tell("each mechanism", done, len(mechanisms))
        rows.append(_without(fit, name, f"{title}, {EACH} runs without {name}"))
    return rows


def _without(fit: Fit, name: str, title: str) -> Row:
    off = with_parameter(fit.built.model, name, "strength", jnp.zeros(()))
    without = replace(fit, built=replace(fit.built, model=off))
    begin = perf_counter()
    forecast(fit, runs=EACH)
    all_of_them = perf_counter() - begin
    row = timed(title, lambda: forecast(without, runs=EACH), 1)
    return replace(row, ratio=all_of_them / (row.seconds or 1.0), against="all of them")


__all__ = ["whole"]
