"""Outcomes: on which day each predicate first holds, in simulated runs and in the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import beta

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.watch import default_watch, state_index
from blocs.inference.sets import watch_record
from blocs.inference.tape import draw_chronology, usable_acts
from blocs.record import dates
from blocs.scenario.build import Built
from blocs.scenario.outcomes import AllOf, AnyOf, Condition, EventCondition, EventSelector, Outcome

NEVER = np.inf
DATE_QUANTILES = (0.1, 0.5, 0.9)
A_DAY = 1.0
"""From the moment at which a step ends back to its last day."""


@dataclass(frozen=True)
class Histories:
    """What predicates are read from: acts (`run`, `day`, `code`) and watched numbers (run, step, watch) on `days` [step]."""

    runs: int
    run: NDArray[np.int32]
    day: NDArray[np.floating]
    code: NDArray[np.int16]
    watched: Mapping[tuple[str, tuple[int, ...]], NDArray[np.floating]]
    days: NDArray[np.floating]


@dataclass(frozen=True)
class OutcomeForecast:
    """One outcome: share of runs in which it comes true, with a Monte Carlo interval, and when.

    `lo`, `hi` bound the probability for the finite number of runs (Jeffreys, 95%); they say nothing about whether the
    model is right. `first` holds the day of each run, `inf` where never; `dates` the 10, 50 and 90% points of the
    date among runs in which it comes true.
    """

    id: str
    title: str
    probability: float
    lo: float
    hi: float
    dates: tuple[date | None, ...]
    first: NDArray[np.floating]


def histories(ensemble: Ensemble) -> Histories:
    """Return the histories of an ensemble."""
    entries = [(name, place) for name, index in ensemble.watch for place in index]
    return Histories(
        ensemble.runs, ensemble.run, ensemble.day, ensemble.code,
        {entry: ensemble.watched[:, :, n] for n, entry in enumerate(entries)},
        ensemble.step_ends - A_DAY,
    )  # fmt: skip


def recorded_history(built: Built, start: date, end: date, seed: int = 0) -> Histories:
    """Return the record between two days as a single history: acts and the state that replaying them gives."""
    return _recorded(built, start, end, seed)[0]


def _recorded(
    built: Built, start: date, end: date, seed: int
) -> tuple[Histories, tuple[NDArray[np.floating], NDArray[np.floating]]]:
    """Return the record as a history of drawn days, and the first and last day on which each act can have been."""
    frame = usable_acts(built, until=end)
    chronology = draw_chronology(built, frame, seed, end, end)
    watch = default_watch(built)
    days, values = watch_record(built, chronology, watch)
    inside = days > built.day(start)
    entries = [(name, place) for name, index in watch for place in index]
    watched = {entry: values[inside, n][None, :] for n, entry in enumerate(entries)}
    acts = chronology.acts.filter(pl.col("start") >= start)
    code = np.stack([acts[c].to_numpy() for c in ("i", "j", "g", "k")], axis=1).astype(np.int16)
    limits = tuple(np.asarray([built.day(on) for on in acts[c]], float) for c in ("start", "end"))
    history = Histories(
        1, np.zeros(acts.height, np.int32), acts["day"].to_numpy(), code.reshape(-1, 4), watched, days[inside] - A_DAY
    )
    return history, (limits[0], limits[1])


def first_days(built: Built, condition: Condition, history: Histories) -> NDArray[np.floating]:
    """Return the day on which a condition first holds in each run, `inf` where it never does (axis run)."""
    if isinstance(condition, AnyOf):
        return np.min([first_days(built, c, history) for c in condition.any_of], axis=0)
    if isinstance(condition, AllOf):
        return np.max([first_days(built, c, history) for c in condition.all_of], axis=0)
    if isinstance(condition, EventCondition):
        return _first_event(built, condition, history)
    value = history.watched[(condition.state.variable, state_index(built, condition))]
    held = np.ones(value.shape, bool)
    if condition.state.at_least is not None:
        held &= value >= condition.state.at_least - 1e-6
    if condition.state.at_most is not None:
        held &= value <= condition.state.at_most + 1e-6
    return np.where(held.any(axis=1), history.days[held.argmax(axis=1)], NEVER)


def _first_event(built: Built, condition: EventCondition, history: Histories) -> NDArray[np.floating]:
    hit = matching(built, condition.event, history.code)
    run, day = history.run[hit], history.day[hit]
    first = np.full(history.runs, NEVER)
    if len(run) == 0:
        return first
    order = np.lexsort((day, run))
    run, day = run[order], day[order]
    begin = np.searchsorted(run, np.arange(history.runs))
    wanted = begin + condition.at_least - 1
    safe = np.minimum(wanted, len(run) - 1)
    there = (wanted < len(run)) & (run[safe] == np.arange(history.runs))
    first[there] = day[safe[there]]
    return first


def matching(built: Built, selector: EventSelector, code: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return which acts (rows of `code`) a selector matches."""
    world = built.model.world

    def inside(names: tuple[str, ...], of: tuple[str, ...], column: NDArray[np.int16]) -> NDArray[np.bool_]:
        if not names:
            return np.ones(len(column), bool)
        return np.isin(column, [of.index(n) for n in names if n in of])

    def sides(a: int, b: int) -> NDArray[np.bool_]:
        return inside(selector.source, world.actors, code[:, a]) & inside(selector.target, world.actors, code[:, b])

    pair = sides(0, 1) | sides(1, 0) if selector.either_way else sides(0, 1)
    return pair & inside(selector.act, world.acts, code[:, 2]) & inside(selector.issue, world.issues, code[:, 3])


def possible(built: Built) -> list[Outcome]:
    """Return the outcomes that can come about in the model: what they say of the state, some mechanism of it moves.

    A light model would otherwise be credited with the certainty that what it leaves out never happens.
    """
    moved = frozenset().union(*(m.card.writes for m in built.model.mechanisms))

    def can_be(condition: Condition) -> bool:
        if isinstance(condition, EventCondition):
            return True
        if isinstance(condition, AnyOf):
            return any(map(can_be, condition.any_of))
        if isinstance(condition, AllOf):
            return all(map(can_be, condition.all_of))
        return condition.state.variable in moved

    return [o for o in built.scenario.outcomes.values() if can_be(o.when)]


def forecast_outcomes(ensemble: Ensemble) -> list[OutcomeForecast]:
    """Return every `possible` outcome of the scenario with its probability, interval and dates."""
    built = ensemble.fit.built
    history = histories(ensemble)
    return [_forecast(built, o, first_days(built, o.when, history), ensemble.runs) for o in possible(built)]


def _forecast(built: Built, outcome: Outcome, first: NDArray[np.floating], runs: int) -> OutcomeForecast:
    came = np.isfinite(first)
    k = int(came.sum())
    lo, hi = beta.ppf([0.025, 0.975], k + 0.5, runs - k + 0.5)
    points = np.quantile(first[came], DATE_QUANTILES) if k else [NEVER] * len(DATE_QUANTILES)
    when = tuple(built.epoch + timedelta(days=int(p)) if np.isfinite(p) else None for p in points)
    return OutcomeForecast(
        outcome.id, outcome.title, k / runs, 0.0 if k == 0 else float(lo), 1.0 if k == runs else float(hi), when, first
    )


class Came(NamedTuple):
    """Whether an outcome came true in the record, and the first and last day on which that can have been.

    `value` is `None` where the scenario says that it is not known. The days are `None` where it did not come true, and
    where it depends on a state that is replayed from uncertain dates.
    """

    value: bool | None
    earliest: date | None
    latest: date | None


def recorded_outcomes(built: Built, start: date, end: date) -> dict[str, Came]:
    """Return whether each `possible` outcome came true in the record between two days, and when.

    A hand-coded statement of the scenario (`recorded`) decides where there is one; else the recorded acts and the state
    that replaying them gives.
    """
    history, limits = _recorded(built, start, end, 0)
    found: dict[str, Came] = {}
    for outcome in possible(built):
        if outcome.recorded is not None:
            first, last = (None, None) if outcome.recorded.date is None else _around(outcome.recorded.date)
            told = outcome.recorded.value
            value = told if not told else last is None or start <= last <= end
            found[outcome.id] = Came(value, *((first, last) if value else (None, None)))
            continue
        value = bool(np.isfinite(first_days(built, outcome.when, history)[0]))
        days = _limits(built, outcome.when, history, limits) if value else (None, None)
        found[outcome.id] = Came(value, *days)
    return found


def _around(date_: str) -> tuple[date | None, date | None]:
    found = dates.bounds(date_)
    return found.start, found.end


def _limits(
    built: Built, condition: Condition, history: Histories, limits: tuple[NDArray[np.floating], NDArray[np.floating]]
) -> tuple[date | None, date | None]:
    """Return when a condition on acts is met if every act fell on the first, and on the last day of its date."""
    if _reads_state(condition):
        return None, None
    found = [float(first_days(built, condition, replace(history, day=day))[0]) for day in limits]
    first, last = (built.epoch + timedelta(days=int(day)) for day in found)
    return first, last


def _reads_state(condition: Condition) -> bool:
    if isinstance(condition, AnyOf):
        return any(map(_reads_state, condition.any_of))
    if isinstance(condition, AllOf):
        return any(map(_reads_state, condition.all_of))
    return not isinstance(condition, EventCondition)
