"""The two published families of event models: actor-oriented (`dynam`) and tie-oriented (`rem`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from blocs.ground.errors import bad_input
from blocs.inference.choice import ChoiceDesign, ChoiceFit, maximise
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.coordination import Coordination, pair_sets
from blocs.inference.events.design import choice_sets
from blocs.inference.events.fit import EventFit, Likelihood, Problem, Submodel
from blocs.inference.events.history import Ties, read_history
from blocs.inference.events.replay import Replay
from blocs.inference.events.sampling import sampled_sets
from blocs.inference.events.spells import Clock, ExactTime, OrderOnly, collect_spells
from blocs.inference.events.terms import parse_terms, seconds

_TITLES = {"rate": "DyNAM rate", "choice": "DyNAM choice", "coordination": "DyNAM coordination", "tie": "REM"}
_REPLAY = {"rate": "rate", "choice": "choice", "coordination": "choice", "tie": "tie"}


def dynam(
    events: pl.DataFrame,
    actors: pl.DataFrame,
    terms: Sequence[str] | str,
    submodel: Literal["rate", "choice", "coordination"] = "choice",
    *,
    networks: Mapping[str, pl.DataFrame | Ties] | None = None,
    changes: Mapping[str, pl.DataFrame] | None = None,
    receivers: pl.DataFrame | None = None,
    receiver_changes: Mapping[str, pl.DataFrame] | None = None,
    opportunities: Sequence[Sequence[str]] | None = None,
    name: str = "calls",
    functions: Mapping[str, Callable[..., object]] | None = None,
    start: float | None = None,
    end: float | None = None,
    sample: int | None = None,
    seed: int = 0,
    grid: float | str | None = None,
    split_presence: bool = True,
    information: Literal["expected", "observed"] = "expected",
    penalty: ArrayLike | None = None,
) -> EventFit:
    """Fit a dynamic network actor model: who acts (rate), toward whom (choice), or which two agree (coordination).

    Args:
        events: one row an event in order of time: time, sender, receiver and perhaps increment (default 1).
        actors: one row an actor: label, perhaps present, and attributes (numbers or words).
        terms: a list such as ["inertia", "indeg(calls, window=300)"] or one formula; "1" or "intercept" makes a rate
            model one of exact time.
        submodel: "rate", "choice" or "coordination" (undirected events, both sides choose).
        networks: other networks by name, as tables of changes or as `Ties`. One named like `name` stands for the
            network of the events, which then do not change it themselves.
        changes: how attributes change in time, by attribute ("present" for entry and exit): time, node, replace.
        receivers: the second set of nodes, if events run from actors to something else.
        receiver_changes: like `changes`, for `receivers`.
        opportunities: for each event the receivers that could be chosen (choice only).
        name: the name by which terms refer to the network that the events build.
        functions: functions that terms name in `transform=` and `summary=`.
        start: time from which events count; earlier ones only move the state.
        end: time up to which events count.
        sample: fit the choice on this many receivers an event, the chosen one among them (see `sampled_sets`).
        seed: seed of that sample.
        grid: in exact time, cut intervals into pieces of this span, so that decaying effects stay current.
        split_presence: whether entry and exit cut an interval of exact time (goldfish does not cut).
        information: "expected" standard errors of the coordination model, as published, or "observed".
        penalty: precision of a Gaussian prior on the parameters, [P] or [P, P].

    Statistics are those of the state just before an event. Missing numeric attributes become the mean.

    Raises:
        InputError: what cannot be read or makes no sense, in one line that names table, line and column.

    Source: Stadtfeld & Block 2017; Stadtfeld, Hollway & Block 2017.
    """
    if submodel not in ("rate", "choice", "coordination"):
        raise bad_input("dynam", "submodel", f"is {submodel!r}", "rate, choice or coordination")
    if submodel == "coordination" and receivers is not None:
        raise bad_input("dynam", "receivers", "given to a coordination model", "one set of actors")
    if submodel != "choice" and (opportunities is not None or sample is not None):
        raise bad_input("dynam", "opportunities", f"or sample given to a {submodel} model", "a choice model")
    history = read_history(
        events,
        actors,
        receivers,
        networks,
        changes,
        receiver_changes,
        opportunities,
        name,
        directed=submodel != "coordination",
    )
    problem = _problem(history, terms, functions, submodel, start, end, grid, split_presence)
    prior = None if penalty is None else np.asarray(penalty, dtype=np.float64)
    return fit_problem(replace(problem, sample=sample, seed=seed, information=information, penalty=prior))


def rem(
    events: pl.DataFrame,
    actors: pl.DataFrame,
    terms: Sequence[str] | str,
    *,
    networks: Mapping[str, pl.DataFrame | Ties] | None = None,
    changes: Mapping[str, pl.DataFrame] | None = None,
    receivers: pl.DataFrame | None = None,
    receiver_changes: Mapping[str, pl.DataFrame] | None = None,
    name: str = "calls",
    functions: Mapping[str, Callable[..., object]] | None = None,
    start: float | None = None,
    end: float | None = None,
    grid: float | str | None = None,
    split_presence: bool = True,
    penalty: ArrayLike | None = None,
) -> EventFit:
    """Fit a tie-oriented relational event model: which dyad acts next, and with an intercept also when.

    Arguments as in `dynam`. Degree effects take `type="ego"` (of the sender) or `type="alter"` (of the receiver, the
    default). Without an intercept only the order of the events counts.

    Raises:
        InputError: as in `dynam`.

    Source: Butts 2008.
    """
    history = read_history(events, actors, receivers, networks, changes, receiver_changes, None, name)
    problem = _problem(history, terms, functions, "tie", start, end, grid, split_presence)
    return fit_problem(replace(problem, penalty=None if penalty is None else np.asarray(penalty, dtype=np.float64)))


def _problem(
    history: object,
    terms: Sequence[str] | str,
    functions: Mapping[str, Callable[..., object]] | None,
    submodel: Submodel,
    start: float | None,
    end: float | None,
    grid: float | str | None,
    split_presence: bool,
) -> Problem:
    parsed = parse_terms(terms)
    exact = any(t.effect == "intercept" for t in parsed)
    if exact and submodel in ("choice", "coordination"):
        raise bad_input("terms", "intercept", f"has no meaning in a {submodel} model", "no intercept")
    if exact and parsed[0].effect != "intercept":
        parsed = (*(t for t in parsed if t.effect == "intercept"), *(t for t in parsed if t.effect != "intercept"))
    if grid is not None and not exact:
        raise bad_input("dynam", "grid", "given without exact time", "an intercept among the terms")
    if exact and grid is None and any(t.halflife is not None for t in parsed):
        raise bad_input("dynam", "grid", "missing: effects decay within the intervals", "a span such as '1 hour'")
    if start is not None and end is not None and start >= end:
        raise bad_input("dynam", "start", f"is {start}, not before end", "a start before the end")
    clock = Clock(
        start=-np.inf if start is None else float(start),
        end=np.inf if end is None else float(end),
        presence=split_presence,
        grid=None if grid is None else seconds(grid, "dynam", "grid"),
    )
    return Problem(history, parsed, dict(functions or {}), submodel, exact, clock)  # type: ignore[arg-type]


def fit_problem(problem: Problem) -> EventFit:
    """Fit a problem: collect what its likelihood reads, then climb it."""
    replay = Replay(problem.history, problem.terms, problem.functions, _REPLAY[problem.submodel])
    names = tuple(t.label for t in problem.terms)
    if problem.submodel == "choice":
        return _fit_choice(problem, replay, names)
    if problem.submodel == "coordination":
        return _fit_coordination(problem, replay, names)
    return _fit_spells(problem, replay, names)


def _fit_choice(problem: Problem, replay: Replay, names: tuple[str, ...]) -> EventFit:
    clock = problem.clock
    if problem.sample is None:
        sets = choice_sets(replay, clock.start, clock.end)
    else:
        sets = sampled_sets(replay, clock.start, clock.end, problem.sample, problem.seed)
    design = ChoiceDesign.checked(sets.X, sets.chosen, sets.mask, offset=sets.offset)
    estimate = maximise(design.sums, names, len(sets.chosen), penalty=problem.penalty)
    return _report(problem, estimate, design, estimate.null_loglik)


def _fit_coordination(problem: Problem, replay: Replay, names: tuple[str, ...]) -> EventFit:
    likelihood = Coordination(pair_sets(replay, problem.clock.start, problem.clock.end))
    estimate = maximise(likelihood.sums, names, len(likelihood.sets.X), penalty=problem.penalty, max_iterations=500)
    if problem.information == "observed" and estimate.converged:
        observed = likelihood.hessian(estimate.coef)
        prior = np.zeros(len(names)) if problem.penalty is None else problem.penalty
        vcov = np.linalg.pinv(observed + (np.diag(prior) if prior.ndim == 1 else prior))
        se = np.sqrt(np.clip(np.diag(vcov), 0.0, None))
        estimate = replace(estimate, information=observed, vcov=vcov, se=se)
    return _report(problem, estimate, likelihood, estimate.null_loglik)


def _fit_spells(problem: Problem, replay: Replay, names: tuple[str, ...]) -> EventFit:
    spells = collect_spells(replay, _REPLAY[problem.submodel], problem.intercept, problem.clock, problem.exact)
    if not np.isfinite(spells.x).all():
        raise bad_input("terms", "transform", "gives a number that is not finite", "finite statistics")
    if not problem.exact:
        order = OrderOnly(spells)
        estimate = maximise(order.sums, names, len(spells.pick), penalty=problem.penalty)
        return _report(problem, estimate, order, estimate.null_loglik, spells.pick)
    likelihood = ExactTime(spells)
    n, exposure = float(spells.happened.sum()), float(likelihood.exposure.sum())
    first = np.zeros(len(names))
    first[0] = np.log(n / exposure)
    estimate = maximise(likelihood.sums, names, n, penalty=problem.penalty, start=first)
    times = _start_of(problem, replay) + np.cumsum(spells.span)
    return _report(problem, estimate, likelihood, n * (first[0] - 1.0), spells.pick, times)


def _start_of(problem: Problem, replay: Replay) -> float:
    return problem.clock.start if np.isfinite(problem.clock.start) else replay.first_time()


def _report(
    problem: Problem,
    estimate: ChoiceFit,
    likelihood: Likelihood,
    null: float,
    pick: Ints | None = None,
    times: Floats | None = None,
) -> EventFit:
    history, clock = problem.history, problem.clock
    inside = (history.time >= clock.start) & (history.time <= clock.end)
    senders, receivers = history.sender[inside], history.receiver[inside]
    when = history.time[inside] if times is None else times
    if pick is not None and times is not None:
        quiet = np.full(pick.size, -1, dtype=np.intp)
        who, whom = quiet.copy(), quiet.copy()
        who[pick >= 0], whom[pick >= 0] = senders, receivers
        senders, receivers = who, whom
    title = _TITLES[problem.submodel]
    if problem.submodel in ("rate", "tie"):
        title += ", exact time" if problem.exact else ", order only"
    notes = list(history.notes)
    if problem.sample is not None:
        notes.append(f"each choice on a sample of {problem.sample} receivers")
    if not estimate.converged:
        notes.append("not converged: do not read the estimates")
    n = int(inside.sum())
    return EventFit(title, problem, estimate, likelihood, null, n, when, senders, receivers, tuple(notes))
