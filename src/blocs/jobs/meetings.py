"""The great meetings of a forecast's period, held in a few runs of it, beside what the record tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.inside import look_inside
from blocs.inference.fit import Fit
from blocs.institutions.procedures.codes import OUTCOMES
from blocs.jobs.pipeline import Progress, made_fit
from blocs.jobs.trace import Sitting, Trace, sittings, told
from blocs.record import dates
from blocs.scenario.build import Built
from blocs.scenario.load import ALL, load
from blocs.scenario.plan import opening, planned
from blocs.scenario.scenario import Scenario
from blocs.scenario.spec import Meeting

MOST = 2
"""Meetings that a report shows: those with most invited."""
RUNS = 12
"""Runs in which they are held."""
GATHERINGS = ("meeting", "text")
CALLING = "calling"
"""The mechanism that sends calling letters and opens sessions."""


@dataclass(frozen=True)
class Seat:
    """One delegation at a meeting: what the runs give, and what the record tells.

    `rank`, `singled_out`, `signed`, `refused` and `defiant` are means over runs, 0..1; `against` and `friendly` count
    recorded acts of the delegation toward the convener, `attacked` those of all others against it.
    """

    actor: str
    rank: float
    singled_out: float
    signed: float
    refused: float
    defiant: float
    against: int
    friendly: int
    attacked: int


@dataclass(frozen=True)
class MeetingHeld:
    """A meeting of the schedule, recorded and simulated; `outcomes` and `added` are shares of runs."""

    id: str
    title: str
    opens: date
    pages: tuple[int, ...]
    runs: int
    seats: tuple[Seat, ...]
    outcomes: dict[str, float]
    added: dict[str, float]
    recorded: tuple[tuple[str, str, str, str, str], ...]
    story: Trace | None


def great_meetings(scenario: Scenario, start: date, end: date) -> tuple[str, ...]:
    """Return the gatherings of the schedule that fall into a period, at most `MOST`, most invited first."""
    built = {m.id: m for m in scenario.schedule if m.session is not None and m.session.form in GATHERINGS}
    inside = [m for m in built.values() if m.session is not None and start <= opening(m, m.session) <= end]
    big = sorted(inside, key=lambda m: -len(_invited(scenario, m)))[:MOST]
    return tuple(m.id for m in inside if m in big)


def _invited(scenario: Scenario, meeting: Meeting) -> set[str]:
    return {a for name in meeting.participants for a in scenario.roles.get(name, (name,))}


def meetings_held(ensemble: Ensemble, progress: Progress | None = None, runs: int = RUNS) -> tuple[MeetingHeld, ...]:
    """Hold the great meetings of a forecast's period in a few histories and set them beside the record.

    Those that the forecast does not know yet are put on its calendar; nothing else is changed. Where the scenario's
    light default leaves mechanisms out, its whole model is fitted to the same acts and holds them. A scenario without
    the mechanism that calls meetings holds none.
    """
    scenario = ensemble.fit.built.scenario
    ids = great_meetings(scenario, ensemble.start, ensemble.end)
    fit = _whole(ensemble.fit, progress) if ids else ensemble.fit
    if not ids or CALLING not in {m.card.name for m in fit.built.model.mechanisms}:
        return ()
    runs = min(runs, ensemble.runs)
    lines = [*ensemble.do, *(f"set on_calendar[{id_}]=1" for id_ in ids)]
    found: dict[str, list[tuple[Sitting, NDArray[Any]]]] = {id_: [] for id_ in ids}
    stories: dict[str, Trace] = {}
    looked = look_inside(fit, range(runs), ensemble.start, ensemble.end, ensemble.seed, lines)
    for n, inside in enumerate(looked):
        if progress:
            progress("holding the great meetings", n, runs)
        for sitting in sittings(inside):
            if sitting.id in found:
                rise = inside.values["defiance"][sitting.last] - inside.values["defiance"][sitting.first]
                found[sitting.id].append((sitting, rise > 0.05))
                if sitting.id not in stories:
                    stories[sitting.id] = Trace(sitting, inside, tuple(told(inside, sitting)), True)
    return tuple(_held(fit.built, id_, found[id_], stories.get(id_)) for id_ in ids)


def _whole(fit: Fit, progress: Progress | None) -> Fit:
    """Return the fit, or that of the whole scenario to the same acts where this is of its light default."""
    scenario = fit.built.scenario
    if not scenario.lightened:
        return fit
    if progress:
        progress("fitting every mechanism, for the great meetings", 0, 0)
    return made_fit(load(f"{scenario.path}{ALL}"), fit.until, fit.draws, fit.seed, fit.settings)


def _held(built: Built, id_: str, found: Sequence[tuple[Sitting, NDArray[Any]]], story: Trace | None) -> MeetingHeld:
    scenario, world = built.scenario, built.model.world
    meeting = next(m for m in scenario.schedule if m.id == id_)
    assert meeting.session is not None
    acts = _recorded(scenario, meeting)
    outcome = [OUTCOMES[round(float(s.values["session_outcome"][-1]))] for s, _ in found]
    seat = np.array([s.values["session_seat"].max(axis=0) for s, _ in found]).reshape(len(found), len(world.actors))
    invited = np.asarray(built.state.plan_seat)[planned(scenario.schedule).index(id_)] > 0
    chair = np.asarray(built.state.plan_chair)[planned(scenario.schedule).index(id_)] > 0
    convener = world.actors[int(chair.argmax())]
    rows: list[Seat] = []
    for n in np.flatnonzero(invited | (seat.max(axis=0, initial=0.0) > 0)):
        rows.append(_seat(world.actors[n], int(n), convener, found, acts))
    added = {
        world.issues[k]: float(np.mean([_added(s)[k] for s, _ in found]))
        for k in range(len(world.issues))
        if found and np.mean([_added(s)[k] for s, _ in found]) > 0
    }
    shares = {o: outcome.count(o) / len(outcome) for o in OUTCOMES if o in outcome}
    listed = acts.select("source", "target", "act", "summary", pl.col("pages").cast(pl.List(pl.String)).list.join(", "))
    return MeetingHeld(
        id_,
        meeting.title,
        opening(meeting, meeting.session),
        meeting.pages,
        len(found),
        tuple(rows),
        shares,
        added,
        tuple(tuple(str(x) for x in row) for row in listed.iter_rows()),  # pyright: ignore[reportArgumentType]
        story,
    )


def _added(s: Sitting) -> NDArray[Any]:
    agenda = s.values["session_agenda"].max(axis=0)
    return (agenda > 0) & (s.values["session_declared"].max(axis=0) <= 0)


def _seat(actor: str, n: int, convener: str, found: Sequence[tuple[Sitting, NDArray[Any]]], acts: pl.DataFrame) -> Seat:
    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values)) if len(values) else 0.0

    mine, theirs = pl.col("source") == actor, pl.col("target") == actor
    to_chair, hostile = pl.col("target") == convener, pl.col("cooperation") < 0
    return Seat(
        actor,
        mean([_open_rank(s, n) for s, _ in found]),
        mean([float(s.values["session_attack"][:, n].max() > 0.2) for s, _ in found]),
        mean([float(s.values["session_sign"][-1, n] > 0) for s, _ in found]),
        mean([float(s.values["session_sign"][-1, n] < 0) for s, _ in found]),
        mean([float(rise[n]) for _, rise in found]),
        acts.filter(mine & to_chair & hostile).height,
        acts.filter(mine & to_chair & ~hostile).height,
        acts.filter(theirs & hostile).height,
    )


def _open_rank(s: Sitting, n: int) -> float:
    """The rank that an actor sends once the session is open."""
    on = s.values["session_stage"] >= 3
    return float(s.values["session_seat"][on, n].max(initial=0.0))


def _recorded(scenario: Scenario, meeting: Meeting) -> pl.DataFrame:
    """Return the recorded acts of a meeting: told on its pages, at a date that touches its own."""
    first, last = dates.first_day(meeting.date), dates.last_day(meeting.date)
    acts = scenario.chronicle.dyadic()
    here = pl.col("pages").list.eval(pl.element().is_in(list(meeting.pages))).list.any()
    return acts.filter(here & (pl.col("start") <= last) & (pl.col("end") >= first))
