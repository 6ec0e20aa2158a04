"""Histories drawn from a fitted event model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Ints
from blocs.inference.events.fit import EventFit
from blocs.inference.events.moments import moment, restored
from blocs.inference.events.mover import Mover, pick, pick_pair
from blocs.inference.events.spells import start_of

_RUNAWAY = 20


class Event(NamedTuple):
    """One simulated event, actors by position."""

    time: float
    i: int
    j: int
    amount: float
    kind: int = 0


def simulate(
    fit: EventFit,
    runs: int = 1,
    seed: int = 0,
    *,
    choice: EventFit | None = None,
    rate: EventFit | None = None,
    until: float | str | date | None = None,
) -> pl.DataFrame:
    """Draw event lists from a fit.

    What the model does not explain is taken from the record: a choice or coordination model keeps the times (and a
    choice model the senders), a model of order only keeps the times. A rate model needs a `choice` fit to draw
    receivers and takes them at random without one; a choice model takes senders and times from a `rate` fit if given.
    No model explains increments (or types) of events: an event at a recorded time keeps that of the record, an event
    whose time is drawn has one drawn from those of the modelled events, so that a constant increment stays what it is.

    The network of the events starts as recorded, and foreign changes come when they came: ties that end in the record
    end in every run, if they are there. In exact time rates are followed exactly while they fade.

    Args:
        fit: the fitted model.
        runs: how many event lists, at least 1.
        seed: run r uses the stream (seed, r), so a run does not depend on how many others there are.
        choice: choice model for a rate `fit`.
        rate: rate model for a choice `fit`.
        until: end of exact time; the end of the record, if not given.

    Returns:
        Columns run, time, sender, receiver, increment, and type where events have types.

    Raises:
        InputError: fits that do not go together.
    """
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("simulate", "runs", f"is {runs!r}", "at least 1")
    history = fit.problem.history
    columns: dict[str, pl.DataType | type[pl.DataType]] = {"run": pl.Int64, "time": pl.Float64}
    columns |= {"sender": pl.String, "receiver": pl.String, "increment": pl.Float64, "type": pl.String}
    rows = [
        (run, e.time, history.senders[e.i], history.receivers[e.j], e.amount, (history.types or ("",))[e.kind])
        for run, events in enumerate(drawn(fit, runs, seed, choice=choice, rate=rate, until=until))
        for e in events
    ]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    frame = frame.with_columns(restored(frame["time"].to_numpy(), history.clock))
    return frame if history.types else frame.drop("type")


def drawn(
    fit: EventFit,
    runs: int,
    seed: int,
    *,
    choice: EventFit | None = None,
    rate: EventFit | None = None,
    until: float | str | date | None = None,
) -> Iterator[list[Event]]:
    """Yield the events of each run; arguments as in `simulate`."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("simulate", "seed", f"is {seed!r}", "a whole number of at least 0")
    first, second = _pair(fit, choice, rate)
    end = moment(until, "simulate", "until", fit.problem.history.clock)
    for model in (first, second):
        if model is not None and not model.converged:
            warnings.warn(f"simulated from a fit that is not one: {model.message}", stacklevel=3)
    for run in range(runs):
        yield list(draw_run(first, second, np.random.default_rng((seed, run)), end))


def _pair(fit: EventFit, choice: EventFit | None, rate: EventFit | None) -> tuple[EventFit, EventFit | None]:
    kind = fit.problem.submodel
    if (choice is not None and kind != "rate") or (rate is not None and kind != "choice"):
        raise bad_input("simulate", "choice", f"or rate given beside a {kind} model", "a rate and a choice model")
    other = choice or rate
    if other is not None:
        if other.problem.submodel != ("choice" if kind == "rate" else "rate"):
            raise bad_input("simulate", "choice", f"is a {other.problem.submodel} model", "a rate and a choice model")
        if other.problem.history.senders != fit.problem.history.senders:
            raise bad_input("simulate", "choice", "has other actors", "models of the same actors")
    return (rate, fit) if rate is not None else (fit, choice)


def draw_run(
    first: EventFit, second: EventFit | None, rng: np.random.Generator, until: float | None = None
) -> Iterator[Event]:
    """Yield the events of one run of `first` (with the choice model `second`, for a rate model).

    Raises:
        InputError: a table stands for the network of the events and does not hold them.
    """
    mover = Mover(first)
    chooser = None if second is None else Mover(second)
    draw = _exact if first.problem.exact else _in_order
    yield from draw(first, mover, chooser, rng, until)


def most_events(fit: EventFit) -> int:
    """Return how many events a run of exact time may have: beyond 20 times the record it has run away."""
    return _RUNAWAY * fit.n_events + 100


def _act(mover: Mover, chooser: Mover | None, rng: np.random.Generator, sender: int) -> tuple[int, int]:
    """Draw who acts toward whom; `sender` is that of the record where the model is a choice model."""
    if mover.submodel == "choice":
        return sender, pick(mover.utilities(sender), rng)
    if mover.submodel == "coordination":
        return pick_pair(mover.utilities(), rng)
    return _among(mover, chooser, mover.utilities(), rng)


def _among(mover: Mover, chooser: Mover | None, u: np.ndarray, rng: np.random.Generator) -> tuple[int, int]:
    """Draw an option of a tie or rate model, and for the latter a receiver."""
    at = pick(u, rng)
    if mover.submodel == "tie":
        i, j = divmod(at, mover.history.n2)
        return i, j
    if chooser is not None:
        return at, pick(chooser.utilities(at), rng)
    others = np.where(mover.replay.here_receivers, 0.0, -np.inf)
    if mover.history.one_mode:
        others[at] = -np.inf
    return at, pick(others, rng)


def _in_order(
    fit: EventFit, mover: Mover, chooser: Mover | None, rng: np.random.Generator, until: float | None
) -> Iterator[Event]:
    history, clock = mover.history, fit.problem.clock
    movers = [m for m in (mover, chooser) if m is not None]
    rows = zip(history.time.tolist(), history.sender.tolist(), history.receiver.tolist(), strict=True)
    marks = zip(history.increment.tolist(), history.kinds.tolist(), strict=True)
    end = clock.end if until is None else min(until, clock.end)
    for row, ((time, i, j), (amount, kind)) in enumerate(zip(rows, marks, strict=True)):
        if time > end:
            return
        for m in movers:
            m.replay.move_to_row(row)
            m.replay.advance(time)
        if time >= clock.start:
            i, j = _act(mover, chooser, rng, i)
            yield Event(time, i, j, amount, kind)
        for m in movers:
            m.replay.record(time, i, j, amount, kind)


def _exact(
    fit: EventFit, mover: Mover, chooser: Mover | None, rng: np.random.Generator, until: float | None
) -> Iterator[Event]:
    history = mover.history
    end = float(fit.times[-1]) if until is None else until
    movers = [m for m in (mover, chooser) if m is not None]
    now = _warm_up(fit, movers)
    marks = _modelled(fit)
    grid = fit.problem.clock.grid or np.inf
    most = most_events(fit)
    made = 0
    while made < most:
        row = int(np.searchsorted(history.time, now, side="right"))
        turn = float(history.time[row]) if history.opportunities is not None and row < history.time.size else np.inf
        for m in movers:
            m.replay.move_to_row(row)
        change = min(*(m.replay.next_time() for m in movers), now + grid, turn)
        time, u = mover.wait(now, min(change, end), rng)
        if time > min(change, end):
            if change > end:
                return
            now = change
            for m in movers:
                m.replay.pass_time(now)
            continue
        for m in movers:
            m.replay.advance(time)
        i, j = _among(mover, chooser, u, rng)
        made += 1
        mark = int(rng.choice(marks))
        event = Event(time, i, j, float(history.increment[mark]), int(history.kinds[mark]))
        yield event
        for m in movers:
            m.replay.record(*event)
        now = time
    warnings.warn(f"simulation stopped at {most} events: the fitted model runs away", stacklevel=2)


def _modelled(fit: EventFit) -> Ints:
    """Return the rows of the modelled events."""
    time, clock = fit.problem.history.time, fit.problem.clock
    return np.flatnonzero((time >= clock.start) & (time <= clock.end))


def _warm_up(fit: EventFit, movers: list[Mover]) -> float:
    """Bring the state to the start of exact time with the recorded events before it; return that time."""
    history = movers[0].history
    start = start_of(movers[0].replay, fit.problem.clock)
    for k in np.flatnonzero(history.time < start):
        mark = (float(history.increment[k]), int(history.kinds[k]))
        for m in movers:
            m.replay.advance(float(history.time[k]))
            m.replay.record(float(history.time[k]), int(history.sender[k]), int(history.receiver[k]), *mark)
    for m in movers:
        m.replay.advance(start)
    return start
