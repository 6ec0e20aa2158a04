"""Seconds of a forecast with every mechanism, and what each mechanism adds to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import jax.numpy as jnp

from blocs.engine.model import with_parameter
from blocs.forecast.simulate import forecast
from blocs.inference.fit import Fit, fit_record
from blocs.jobs.bench_row import Row, timed
from blocs.jobs.pipeline import opened_whole
from blocs.scenario.build import build

EACH = 100
"""Runs timed with and without a mechanism."""
DRAWS = 2

Told = Callable[[str, int, int], None]


def whole(scenario: str, runs: int, repeats: int, tell: Told) -> list[Row]:
    """Return the row of the forecast with every mechanism, then one for each mechanism.

    The row of a mechanism holds the seconds of as many runs with its strength at 0, timed in turn with all of them on; its
    ratio is theirs to these. Nothing compiles in between. Acts differ with the mechanism, and their cost is part of it.
    """
    tell("fit with every mechanism", 0, 0)
    fit = fit_record(build(opened_whole(scenario)), draws=DRAWS)
    mechanisms = [m.card.name for m in fit.built.model.mechanisms]
    tell("forecast with every mechanism", 0, 0)
    forecast(fit, runs=50)  # compiles
    title = f"forecast, {len(mechanisms)} mechanisms"
    rows = [timed(f"{title}, {runs} runs", lambda: forecast(fit, runs=runs), repeats)]
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
