"""The two published families of event models: actor-oriented (`dynam`) and tie-oriented (`rem`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from blocs.ground.errors import bad_input
from blocs.inference.events.build import expand
from blocs.inference.events.estimate import fit_problem
from blocs.inference.events.fit import EventFit, Problem, Submodel
from blocs.inference.events.history import History, Who, read_history
from blocs.inference.events.moments import moment
from blocs.inference.events.spells import Clock
from blocs.inference.events.tables import Table
from blocs.inference.events.terms import Term, parse_terms, seconds
from blocs.inference.events.ties import Ties

Time = float | str | date
_OPEN_TO: dict[str, Who] = {"rate": "sender", "choice": "receiver", "coordination": "actor"}


def dynam(
    events: Table,
    actors: Table,
    terms: Sequence[str] | str,
    submodel: Literal["rate", "choice", "coordination", "choice_coordination"] = "choice",
    *,
    networks: Mapping[str, Table | Ties] | None = None,
    changes: Mapping[str, Table] | None = None,
    receivers: Table | None = None,
    receiver_changes: Mapping[str, Table] | None = None,
    opportunities: Sequence[Sequence[str]] | None = None,
    riskset: Literal["full", "active"] | Table | Ties | None = None,
    name: str = "calls",
    functions: Mapping[str, Callable[..., object]] | None = None,
    event_type: str | None = None,
    start: Time | None = None,
    end: Time | None = None,
    sample: int | None = None,
    seed: int = 0,
    fading: Literal["integrated", "held"] = "integrated",
    grid: float | str | None = None,
    split_presence: bool = True,
    information: Literal["expected", "observed"] = "expected",
    penalty: ArrayLike | None = None,
) -> EventFit:
    """Fit a dynamic network actor model: who acts (rate), toward whom (choice), or which two agree (coordination).

    Args:
        events: one row an event in order of time: time, sender, receiver and perhaps increment (default 1) and type.
            Tables may be polars or pandas frames, Arrow tables, dicts of columns or names of CSV and Parquet files.
        actors: one row an actor: label, perhaps present, and attributes (numbers or words).
        terms: a list such as ["inertia", "indeg(calls, window=300)", "inertia:same(floor)"] or one formula; "1" or
            "intercept" makes a rate model one of exact time.
        submodel: "rate", "choice" or "coordination" (undirected events, both sides choose).
        networks: other networks by name, as tables of changes, matrices or `Ties`. One named like `name` is that of the
            events: its initial state and foreign changes, or a table that stands for it (see `Ties.events`).
        changes: how attributes change in time, by attribute ("present" for entry and exit): time, node, replace. Without
            the column node the attribute is one of the time, the same for all.
        receivers: the second set of nodes, if events run from actors to something else.
        receiver_changes: like `changes`, for `receivers`.
        opportunities: for each event who was open to it: receivers of a choice, senders of a rate (in exact time since
            the event before), actors of a coordination.
        riskset: which pairs can act (not of a rate): "active" for those of the record, a table of pairs, or one with
            time and replace that opens and closes them.
        name: the name by which terms refer to the network that the events build.
        functions: functions that terms name in `transform=`, `summary=` and `custom(...)`.
        event_type: model events of this type; others move the state. Terms read a type's network as `calls.threat`.
        start: time from which events count; earlier ones only move the state.
        end: time up to which events count.
        sample: fit the choice on this many receivers an event, the chosen one among them (see `sampled_sets`).
        seed: seed of that sample.
        fading: in exact time, "integrated" follows a fading statistic through each interval; "held" gives it through the
            interval the value it has at the end, as remstats does.
        grid: in exact time, cut intervals into pieces of this span for statistics of your own that move with time.
        split_presence: whether entry and exit cut an interval of exact time (goldfish does not cut).
        information: "expected" standard errors of the coordination model, as published, or "observed".
        penalty: precision of a Gaussian prior on the parameters, [P] or [P, P].

    Statistics are those of the state just before an event. Missing numeric attributes become the mean.

    Raises:
        InputError: what cannot be read or makes no sense, in one line that names table, line and column.

    Source: Stadtfeld & Block 2017; Stadtfeld, Hollway & Block 2017.
    """
    kind = _submodel(submodel, receivers, sample, riskset)
    tables = {"networks": networks, "changes": changes, "receivers": receivers, "receiver_changes": receiver_changes}
    tables |= {"opportunities": opportunities, "riskset": riskset, "event_type": event_type, "name": name}
    tables |= {"directed": kind != "coordination", "opportunities_of": _OPEN_TO[kind]}
    timing = _Timing(start, end, fading, grid, split_presence)
    problem = _problem("dynam", (events, actors), terms, functions, kind, timing, tables)
    return fit_problem(
        replace(problem, sample=sample, seed=seed, information=information, penalty=_prior("dynam", penalty))
    )


def _submodel(submodel: str, receivers: object, sample: int | None, riskset: object) -> Submodel:
    kind = "coordination" if submodel == "choice_coordination" else submodel
    if kind not in ("rate", "choice", "coordination"):
        raise bad_input("dynam", "submodel", f"is {submodel!r}", "rate, choice or coordination")
    if kind == "coordination" and receivers is not None:
        raise bad_input("dynam", "receivers", "given to a coordination model", "one set of actors")
    if kind != "choice" and sample is not None:
        raise bad_input("dynam", "sample", f"given to a {kind} model", "a choice model")
    if kind == "rate" and riskset is not None:
        raise bad_input("dynam", "riskset", "given to a rate model", "opportunities, or actors that are not present")
    return kind


def rem(
    events: Table,
    actors: Table,
    terms: Sequence[str] | str,
    *,
    networks: Mapping[str, Table | Ties] | None = None,
    changes: Mapping[str, Table] | None = None,
    receivers: Table | None = None,
    receiver_changes: Mapping[str, Table] | None = None,
    riskset: Literal["full", "active"] | Table | Ties | None = None,
    directed: bool = True,
    name: str = "calls",
    functions: Mapping[str, Callable[..., object]] | None = None,
    event_type: str | None = None,
    start: Time | None = None,
    end: Time | None = None,
    fading: Literal["integrated", "held"] = "integrated",
    grid: float | str | None = None,
    split_presence: bool = True,
    penalty: ArrayLike | None = None,
) -> EventFit:
    """Fit a tie-oriented relational event model: which dyad acts next, and with an intercept also when.

    Arguments as in `dynam`. Degree effects take `type="ego"` (of the sender) or `type="alter"` (of the receiver, the
    default). Without an intercept only the order of the events counts. With `directed=False` an event belongs to a pair,
    whichever side is written first: statistics of one side count both, those of pairs are the mean of both directions.

    Raises:
        InputError: as in `dynam`.

    Source: Butts 2008.
    """
    if not directed and receivers is not None:
        raise bad_input("rem", "directed", "is false with two sets of nodes", "one set of actors")
    tables = {"networks": networks, "changes": changes, "receivers": receivers, "receiver_changes": receiver_changes}
    tables |= {"riskset": riskset, "event_type": event_type, "name": name, "directed": directed}
    timing = _Timing(start, end, fading, grid, split_presence)
    problem = _problem("rem", (events, actors), terms, functions, "tie", timing, tables)
    return fit_problem(replace(problem, penalty=_prior("rem", penalty)))


@dataclass(frozen=True)
class _Timing:
    start: Time | None
    end: Time | None
    fading: str
    grid: float | str | None
    presence: bool


def _problem(
    where: str,
    given: tuple[Table, Table],
    terms: Sequence[str] | str,
    functions: Mapping[str, Callable[..., object]] | None,
    submodel: Submodel,
    timing: _Timing,
    tables: dict[str, Any],
) -> Problem:
    if functions is not None and not isinstance(functions, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input(where, "functions", f"is a {type(functions).__name__}", "a dict from names to functions")
    parsed = parse_terms(terms)
    used = frozenset(name for term in parsed for part in term.parts for name in part.objects)
    history = read_history(*given, used=used, **tables)
    parsed = expand(parsed, history.senders, history.receivers)
    exact = any(t.effect == "intercept" for t in parsed)
    if exact and submodel in ("choice", "coordination"):
        raise bad_input("terms", "intercept", f"has no meaning in a {submodel} model", "no intercept")
    if exact:
        parsed = (*(t for t in parsed if t.effect == "intercept"), *(t for t in parsed if t.effect != "intercept"))
    return Problem(
        history, parsed, dict(functions or {}), submodel, exact, _clock(where, history, timing, exact, parsed)
    )


def _clock(where: str, history: History, timing: _Timing, exact: bool, terms: tuple[Term, ...]) -> Clock:
    if timing.grid is not None and not exact:
        raise bad_input(where, "grid", "given without exact time", "an intercept among the terms")
    if timing.fading not in ("integrated", "held"):
        raise bad_input(where, "fading", f"is {timing.fading!r}", "integrated or held")
    if not isinstance(timing.presence, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input(where, "split_presence", f"is {timing.presence!r}", "True or False")
    start = moment(timing.start, where, "start", history.clock)
    end = moment(timing.end, where, "end", history.clock)
    if start is not None and end is not None and start >= end:
        raise bad_input(where, "start", f"is {timing.start}, not before end", "a start before the end")
    return Clock(
        start=-np.inf if start is None else start,
        end=np.inf if end is None else end,
        presence=timing.presence,
        grid=None if timing.grid is None else seconds(timing.grid, where, "grid"),
        held=timing.fading == "held",
    )


def _prior(where: str, penalty: ArrayLike | None) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    if penalty is None:
        return None
    try:
        return np.asarray(penalty, dtype=np.float64)
    except (TypeError, ValueError):
        raise bad_input(where, "penalty", f"is {penalty!r}", "numbers") from None
