"""Histories drawn from a fitted event model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Floats
from blocs.inference.events.fit import EventFit
from blocs.inference.events.replay import Replay

_RUNAWAY = 20


class Event(NamedTuple):
    """One simulated event, actors by position."""

    time: float
    i: int
    j: int
    amount: float


def simulate(
    fit: EventFit,
    runs: int = 1,
    seed: int = 0,
    *,
    choice: EventFit | None = None,
    rate: EventFit | None = None,
    until: float | None = None,
) -> pl.DataFrame:
    """Draw event lists from a fit.

    What the model does not explain is taken from the record: a choice or coordination model keeps the times (and a
    choice model the senders), a model of order only keeps the times. A rate model needs a `choice` fit to draw
    receivers and takes them at random without one; a choice model takes senders and times from a `rate` fit if given.
    No model explains increments: an event at a recorded time keeps that of the record, an event whose time is drawn has
    one drawn from those of the modelled events, so that a constant increment stays what it is.

    Args:
        fit: the fitted model.
        runs: how many event lists, at least 1.
        seed: run r uses the stream (seed, r), so a run does not depend on how many others there are.
        choice: choice model for a rate `fit`.
        rate: rate model for a choice `fit`.
        until: end of exact time; the end of the record, if not given.

    Returns:
        Columns run, time, sender, receiver, increment.

    Raises:
        InputError: fits that do not go together.
    """
    if runs < 1:
        raise bad_input("simulate", "runs", f"is {runs}", "at least 1")
    first, second = _pair(fit, choice, rate)
    history = fit.problem.history
    frames: list[pl.DataFrame] = []
    for run in range(runs):
        events = list(draw_run(first, second, np.random.default_rng((seed, run)), until))
        frames.append(
            pl.DataFrame(
                {
                    "run": np.full(len(events), run),
                    "time": [e.time for e in events],
                    "sender": [history.senders[e.i] for e in events],
                    "receiver": [history.receivers[e.j] for e in events],
                    "increment": [e.amount for e in events],
                },
                schema={
                    "run": pl.Int64,
                    "time": pl.Float64,
                    "sender": pl.String,
                    "receiver": pl.String,
                    "increment": pl.Float64,
                },
            )
        )
    return pl.concat(frames)


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
        InputError: the network of the events was given from outside, so that the events do not build it.
    """
    if not first.problem.history.builds:
        name = first.problem.history.default
        raise bad_input(
            "simulate", name, "is given as a table, so simulated events could not change it", "no such table"
        )
    mover = _Mover(first)
    chooser = None if second is None else _Mover(second)
    draw = _exact if first.problem.exact else _in_order
    yield from draw(first, mover, chooser, rng, until)


def most_events(fit: EventFit) -> int:
    """Return how many events a run of exact time may have: beyond 20 times the record it has run away."""
    return _RUNAWAY * fit.n_events + 100


class _Mover:
    """A model in motion: its state and the weights of what may come next."""

    def __init__(self, fit: EventFit) -> None:
        self.problem = fit.problem
        self.history = fit.problem.history
        kind = {"tie": "tie", "rate": "rate"}.get(fit.problem.submodel, "choice")
        self.replay = Replay(self.history, fit.problem.terms, fit.problem.functions, kind)
        self.beta = fit.coef[1:] if fit.problem.intercept else fit.coef
        self.constant = float(fit.coef[0]) if fit.problem.intercept else 0.0

    def utilities(self, sender: int | None = None) -> Floats:
        """Return b'x: [n1] of a rate model, [n2] for one sender, else [n1, n2]; minus infinity where barred."""
        replay, h = self.replay, self.history
        replay.refresh()
        rate = self.problem.submodel == "rate"
        u = np.full((h.n1,) if rate else (h.n2,) if sender is not None else (h.n1, h.n2), self.constant)
        for b, effect, term in zip(self.beta, replay.effects, replay.terms, strict=True):
            stat = effect.stat
            if sender is not None:
                stat = stat[sender] if effect.kind == "dyad" else stat
            elif effect.kind == "sender" and not rate:
                stat = stat[:, None]
            if term.ignore_rep and replay.default is not None:
                tie = replay.default.tie if sender is None else replay.default.tie[sender]
                stat = np.where(tie > 0, 0.0, stat)
            u = u + b * stat
        return self._bar(u, sender, rate)

    def _bar(self, u: Floats, sender: int | None, rate: bool) -> Floats:
        if rate:
            u[~self.replay.here_senders] = -np.inf
            return u
        if sender is None:
            u[~self.replay.here_senders] = -np.inf
        u[..., ~self.replay.here_receivers] = -np.inf
        if self.history.one_mode:
            if sender is None:
                np.fill_diagonal(u, -np.inf)
            else:
                u[sender] = -np.inf
        return u


def _pick(u: Floats, rng: np.random.Generator) -> int:
    w = np.exp(u - u.max()).reshape(-1)
    total: Floats = np.cumsum(w)
    return int(np.searchsorted(total, rng.random() * float(total[-1]), side="right"))


def _pick_pair(u: Floats, rng: np.random.Generator) -> tuple[int, int]:
    """Draw the unordered pair of the coordination model."""
    here = np.isfinite(u).any(axis=1)
    logp = np.full_like(u, -np.inf)
    v = u[here]
    top = v.max(axis=1, keepdims=True)
    logp[here] = v - top - np.log(np.exp(v - top).sum(axis=1, keepdims=True))
    i, j = divmod(_pick(np.where(np.triu(np.ones_like(u), 1) > 0, logp + logp.T, -np.inf), rng), u.shape[1])
    return i, j


def _act(mover: _Mover, chooser: _Mover | None, rng: np.random.Generator, sender: int, row: int) -> tuple[int, int]:
    """Draw who acts toward whom; `sender` and `row` are those of the record where the model is a choice model."""
    kind, h = mover.problem.submodel, mover.history
    if kind == "choice":
        u = mover.utilities(sender)
        if h.opportunities is not None:
            open_ = np.full(u.size, -np.inf)
            open_[h.opportunities[row]] = u[h.opportunities[row]]
            u = open_
        return sender, _pick(u, rng)
    if kind == "coordination":
        return _pick_pair(mover.utilities(), rng)
    if kind == "tie":
        i, j = divmod(_pick(mover.utilities(), rng), h.n2)
        return i, j
    i = _pick(mover.utilities(), rng)
    return i, _receiver(mover, chooser, i, rng)


def _receiver(mover: _Mover, chooser: _Mover | None, i: int, rng: np.random.Generator) -> int:
    if chooser is not None:
        return _pick(chooser.utilities(i), rng)
    u = np.where(mover.replay.here_receivers, 0.0, -np.inf)
    if mover.history.one_mode:
        u[i] = -np.inf
    return _pick(u, rng)


def _in_order(
    fit: EventFit, mover: _Mover, chooser: _Mover | None, rng: np.random.Generator, until: float | None
) -> Iterator[Event]:
    history, clock = fit.problem.history, fit.problem.clock
    movers = [m for m in (mover, chooser) if m is not None]
    rows = zip(history.time.tolist(), history.sender.tolist(), history.receiver.tolist(), strict=True)
    end = clock.end if until is None else min(until, clock.end)
    for row, ((time, i, j), amount) in enumerate(zip(rows, history.increment.tolist(), strict=True)):
        if time > end:
            return
        for m in movers:
            m.replay.advance(time)
        if time >= clock.start:
            i, j = _act(mover, chooser, rng, i, row)
            yield Event(time, i, j, amount)
        for m in movers:
            m.replay.record(time, i, j, amount)


def _exact(
    fit: EventFit, mover: _Mover, chooser: _Mover | None, rng: np.random.Generator, until: float | None
) -> Iterator[Event]:
    end = float(fit.times[-1]) if until is None else until
    movers = [m for m in (mover, chooser) if m is not None]
    now = _warm_up(fit, movers)
    most = most_events(fit)
    made = 0
    grid = fit.problem.clock.grid or np.inf
    amounts = _recorded_increments(fit)
    while made < most:
        u = mover.utilities()
        top = float(u.max())
        total = float(np.exp(u - top).sum()) * np.exp(top) if np.isfinite(top) else 0.0
        time = now + (rng.exponential() / total if total > 0 else np.inf)
        change = min(*(m.replay.next_time() for m in movers), now + grid)
        if min(time, change) > end:
            return
        if time > change:
            now = change
            for m in movers:
                m.replay.pass_time(now)
            continue
        for m in movers:
            m.replay.advance(time)
        i, j = divmod(_pick(u, rng), mover.history.n2) if fit.problem.submodel == "tie" else (_pick(u, rng), -1)
        j = j if fit.problem.submodel == "tie" else _receiver(mover, chooser, i, rng)
        made += 1
        amount = float(rng.choice(amounts))
        yield Event(time, i, j, amount)
        for m in movers:
            m.replay.record(time, i, j, amount)
        now = time
    warnings.warn(f"simulation stopped at {most} events: the fitted model runs away", stacklevel=2)


def _recorded_increments(fit: EventFit) -> Floats:
    """Return the increments of the modelled events [E]."""
    history, clock = fit.problem.history, fit.problem.clock
    return history.increment[(history.time >= clock.start) & (history.time <= clock.end)]


def _warm_up(fit: EventFit, movers: list[_Mover]) -> float:
    """Bring the state to the start of exact time with the recorded events before it; return that time."""
    history, clock = fit.problem.history, fit.problem.clock
    start = clock.start if np.isfinite(clock.start) else movers[0].replay.first_time()
    for k in np.flatnonzero(history.time < start):
        for m in movers:
            m.replay.advance(float(history.time[k]))
            m.replay.record(
                float(history.time[k]), int(history.sender[k]), int(history.receiver[k]), float(history.increment[k])
            )
    for m in movers:
        m.replay.advance(start)
    return start
