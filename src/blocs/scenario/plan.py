"""Sessions on the schedule as starting values: a `session` block of `schedule.yaml` becomes one place of the `plan_` arrays."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from datetime import date
from typing import Any

from blocs.bloc.vocabulary import SLOT_AXES
from blocs.bloc.world import World
from blocs.institutions.procedures.codes import FORMS, RULES, STRENGTHS
from blocs.record import dates
from blocs.scenario.scenario import Scenario
from blocs.scenario.spec import Meeting, Session

PLACES = SLOT_AXES["meeting"]


def planned(schedule: Iterable[Meeting]) -> tuple[str, ...]:
    """Return the ids of the meetings that run as sessions, in order of their places on the schedule."""
    return tuple(m.id for m in schedule if m.session is not None)


def opening(meeting: Meeting, session: Session) -> date:
    """Return the day on which a session opens: its own, else so that it lies in the middle of the meeting's dates."""
    if session.opens is not None:
        return session.opens
    first, last = dates.first_day(meeting.date), dates.last_day(meeting.date)
    spare = (last - first).days + 1 - length(meeting, session)
    return date.fromordinal(first.toordinal() + max(0, spare // 2))


def length(meeting: Meeting, session: Session) -> int:
    """Return for how many days a session stays open: as given, else as long as its dates where these are days."""
    if session.days is not None:
        return session.days
    span = (dates.last_day(meeting.date) - dates.first_day(meeting.date)).days + 1
    return span if span <= 14 else 7


def put_plan(values: MutableMapping[str, Any], scenario: Scenario, world: World) -> None:
    """Write every session of a scenario's schedule into starting values (`plan_` quantities, by name)."""
    bodies = scenario.institutions
    index = {name: n for n, name in enumerate(world.actors)}
    held = [m for m in scenario.schedule if m.session is not None]
    for place, meeting in enumerate(held[:PLACES]):
        session = meeting.session
        if session is None:
            continue
        epoch = scenario.spec.period.start
        scalars = {
            "day": (opening(meeting, session) - epoch).days,
            "days": length(meeting, session),
            "notice": session.notice_days,
            "lead": session.dossier_days,
            "form": FORMS.index(session.form),
            "rule": RULES.index(session.rule),
            "reserve": float(session.reserve),
            "dossier": session.dossier,
            "naming": STRENGTHS.index(session.naming),
        }
        for name, value in scalars.items():
            values[f"plan_{name}"][place] = value
        body = bodies.get(meeting.institution or "")
        chair = session.convener or (body.convener if body else None)
        chairs = _actors(scenario, (chair,) if chair else meeting.participants[:1], index)[:1]
        drafters = _actors(scenario, session.drafters, index) or chairs
        for name, rows in (
            ("seat", [*_sides(world, _actors(scenario, meeting.participants, index)), *chairs]),
            ("chair", chairs),
            ("drafter", drafters),
        ):
            values[f"plan_{name}"][place, rows] = 1.0
        for who, rank in session.ranks.items():
            values["plan_rank"][place, _actors(scenario, (who,), index)] = rank
        for issue in session.agenda:
            values["plan_agenda"][place, world.issues.index(issue)] = 1.0


def _sides(world: World, places: Iterable[int]) -> list[int]:
    """Return those who can sit and sign: a bloc or an organisation is named as an audience, not as a delegation."""
    return [n for n in places if not float(world.collective[n])]


def _actors(scenario: Scenario, names: Iterable[str], index: dict[str, int]) -> list[int]:
    """Return the places of actors, given by id or role."""
    found = [a for name in names for a in scenario.roles.get(name, (name,))]
    return [index[a] for a in dict.fromkeys(found) if a in index]
