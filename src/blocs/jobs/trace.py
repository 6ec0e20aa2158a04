"""What happened in one session, or to one message, of one simulated run: step by step, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.inside import Inside, look_inside
from blocs.ground.errors import bad_input
from blocs.inference.fit import Fit
from blocs.institutions.procedures.codes import CLOSED, CLOSING, DEMANDS, FORMS, MEETING, OPEN, REQUESTS, TEXT
from blocs.jobs.pipeline import Progress, check_do, check_run, check_seed, check_window
from blocs.scenario.faults import near, shown
from blocs.scenario.plan import planned

KINDS = {"meeting": (MEETING, TEXT), "text": (TEXT,), "talk": (REQUESTS, DEMANDS)}
"""Forms of session by the word a person uses: a text is drafted in a meeting of its own."""
LATER = 182.0
"""Days after the close at which the story looks back."""


@dataclass(frozen=True)
class Sitting:
    """One session of one run: where its numbers are.

    `id` is that of the schedule, or `DATE-FORM-SLOT` for a session that an act or a need called; steps `first` to `last`
    of the run hold it in `slot`. `values` has every quantity of sessions and clauses for this slot, axis step first.
    """

    id: str
    slot: int
    form: str
    first: int
    last: int
    values: dict[str, NDArray[Any]]

    def at(self, name: str, step: int) -> Any:
        """Return a quantity of the slot at the end of a step of the run."""
        return self.values[name][step - self.first]


@dataclass(frozen=True)
class Event:
    """Something that happened in a session by the end of a step: what, and the numbers and names that tell it."""

    step: int
    day: date
    what: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Trace:
    """The story of one session of one run as data; `scheduled` and `added` say whether it stood on the calendar."""

    sitting: Sitting
    inside: Inside
    events: tuple[Event, ...]
    added: bool


SESSION_NAMES = ("session_", "clause_")


def sittings(inside: Inside) -> tuple[Sitting, ...]:
    """Return every session of a run in order of its first step."""
    stage, age = inside.values["session_stage"], inside.values["session_age"]
    found: list[Sitting] = []
    for slot in range(stage.shape[1]):
        for first, last in _spans(stage[:, slot], age[:, slot]):
            values = {
                name: value[first : last + 1, slot]
                for name, value in inside.values.items()
                if name.startswith(SESSION_NAMES)
            }
            found.append(
                Sitting(
                    _name(inside, values, slot, first),
                    slot,
                    FORMS[_int(values["session_form"][-1])],
                    first,
                    last,
                    values,
                )
            )
    return tuple(sorted(found, key=lambda s: (s.first, s.slot)))


def _spans(stage: NDArray[Any], age: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Yield first and last step of each session in a slot; a closed one ends with its first closed step."""
    first: int | None = None
    for n in range(len(stage)):
        new = stage[n] > 0 and (n == 0 or stage[n - 1] == 0 or age[n] < age[n - 1])
        if new:
            if first is not None:
                yield first, n - 1
            first = n if stage[n] < CLOSED else None
        elif first is not None and stage[n] >= CLOSED:
            yield first, n
            first = None
    if first is not None:
        yield first, len(stage) - 1


def _name(inside: Inside, values: dict[str, NDArray[Any]], slot: int, first: int) -> str:
    ids = planned(inside.fit.built.scenario.schedule)
    plan = _int(values["session_plan"][0])
    if 0 <= plan < len(ids):
        return ids[plan]
    return f"{inside.when(first)}-{FORMS[_int(values['session_form'][0])]}-{slot}"


def _int(x: Any) -> int:
    return round(float(x))


def trace(
    fit: Fit,
    run: int,
    kind: str,
    id_: str,
    start: date | None = None,
    end: date | None = None,
    seed: int = 0,
    do: Sequence[str] = (),
    progress: Progress | None = None,
) -> Trace:
    """Return the story of one session of one run.

    A session of the schedule that the forecast does not know yet is put on its calendar first, as by
    `set on_calendar[ID]=1`; the run then is run N of the forecast with that intervention.

    Args:
        fit: a model fitted before the forecast.
        run: number of the run, 0 or more.
        kind: a key of `KINDS`.
        id_: of the session.
        start, end, seed, do: of the forecast, as for `blocs forecast`.
        progress: hears what is being done.

    Raises:
        InputError: no such session in this run, or one of another kind.
    """
    inside, added = _looked(fit, run, id_, start, end, seed, do, progress)
    known = sittings(inside)
    found = [s for s in known if s.id == id_]
    if not found:
        ids = [s.id for s in known if FORMS.index(s.form) in KINDS[kind]]
        there = f"one of {', '.join(ids[:12])}{near(id_, ids)}" if ids else f"another run: this one has no {kind}"
        raise bad_input(f"--{kind}", shown(id_), f"did not take place in run {run}", there)
    sitting = found[0]
    if FORMS.index(sitting.form) not in KINDS[kind]:
        right = next(k for k, forms in reversed(KINDS.items()) if FORMS.index(sitting.form) in forms)
        raise bad_input(f"--{kind}", shown(id_), f"is of the form {sitting.form}", f"--{right} {id_}")
    return Trace(sitting, inside, tuple(told(inside, sitting)), added)


def run_sittings(
    fit: Fit,
    run: int,
    start: date | None = None,
    end: date | None = None,
    seed: int = 0,
    do: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Inside, tuple[Sitting, ...]]:
    """Return one run from within and every session in it."""
    inside, _ = _looked(fit, run, "", start, end, seed, do, progress)
    return inside, sittings(inside)


def _looked(
    fit: Fit,
    run: int,
    id_: str,
    start: date | None,
    end: date | None,
    seed: int,
    do: Sequence[str],
    progress: Progress | None,
) -> tuple[Inside, bool]:
    check_seed(seed)
    check_window(fit.built.scenario, start, end, fit.until, 1)
    check_run(run)
    line = f"set on_calendar[{id_}]=1"
    wanted = id_ in planned(fit.built.scenario.schedule) and line not in do and not _known(fit, id_, start)
    lines = (*do, line) if wanted else tuple(do)
    check_do(fit.built, lines, start, end)
    if progress:
        progress("looking inside the run", 0, 0)
    return next(iter(look_inside(fit, [run], start, end, seed, lines))), wanted


def _known(fit: Fit, id_: str, start: date | None) -> bool:
    """Return whether the calling letter of a scheduled session is out when the forecast starts."""
    built = fit.built
    place = planned(built.scenario.schedule).index(id_)
    letter = float(built.state.plan_day[place] - built.state.plan_notice[place])
    return letter <= built.day(start or built.scenario.spec.forecast.start)


def told(inside: Inside, s: Sitting) -> Iterator[Event]:
    """Yield what happened in a session, in order; what lies before the run has the day of the schedule."""
    yield Event(s.first, _day(inside, s, 0.0), "called", _called(inside, s, s.first))
    before = 0
    for step in range(s.first, s.last + 1):
        stage = _int(s.at("session_stage", step))
        if stage == CLOSED and before < OPEN:
            yield Event(step, inside.when(step), "called_off")
            return
        if step > s.first and before < OPEN:
            yield from _changed(inside, s, step, stage)
        if stage >= OPEN and before < OPEN:
            day = _day(inside, s, float(s.at("session_notice", step))) if step == s.first else inside.when(step)
            yield Event(step, day, "opened", _opened(inside, s, step))
        if step > s.first and before >= OPEN:
            yield from _acts(inside, s, step)
            yield from _changes(inside, s, step)
        if stage >= OPEN:
            yield from _clauses(inside, s, step)
        if stage == CLOSING or (stage == CLOSED and before < CLOSING):
            yield Event(step, inside.when(step), "decided", _decided(inside, s, step))
        before = stage
    yield from _later(inside, s)


def _day(inside: Inside, s: Sitting, age: float) -> date:
    """Return the day on which a session that the run starts with had an age in days; else the end of its first step."""
    if s.first > 0:
        return inside.when(s.first)
    return inside.date_of(float(inside.values["clock"][0] - s.at("session_age", 0)) + age)


def _who(inside: Inside, mask: Any) -> list[str]:
    return [inside.fit.built.model.world.actors[n] for n in np.flatnonzero(np.asarray(mask))]


def _changed(inside: Inside, s: Sitting, step: int, stage: int) -> Iterator[Event]:
    """Yield what the schedule, and so the session, says otherwise than a step before; at the opening, who is seated comes."""
    old, new = _called(inside, s, step - 1), _called(inside, s, step)
    seated = ("invited",) if stage >= OPEN else ()
    terms = {name: new[name] for name in new if new[name] != old[name] and name not in seated}
    if terms:
        yield Event(step, inside.when(step), "changed", {**new, "terms": list(terms)})


def _called(inside: Inside, s: Sitting, step: int) -> dict[str, Any]:
    issues = inside.fit.built.model.world.issues
    return {
        "by": "schedule" if _int(s.at("session_plan", step)) >= 0 else "act",
        "form": FORMS[_int(s.at("session_form", step))],
        "chair": _who(inside, s.at("session_chair", step) > 0),
        "drafters": _who(inside, s.at("session_drafter", step) > 0),
        "invited": _who(inside, s.at("session_seat", step) > 0),
        "agenda": [issues[n] for n in np.flatnonzero(s.at("session_declared", step) > 0)],
        "rule": _int(s.at("session_rule", step)),
        "notice": float(s.at("session_notice", step)),
        "reserve": bool(s.at("session_reserve", step) > 0),
    }


def _opened(inside: Inside, s: Sitting, step: int) -> dict[str, Any]:
    world = inside.fit.built.model.world
    seat, invited = s.at("session_seat", step), s.at("session_seat", max(s.first, step - 1))
    added = (s.at("session_agenda", step) > 0) & (s.at("session_declared", step) <= 0)
    return {
        "ranks": {world.actors[n]: float(seat[n]) for n in np.flatnonzero(seat > 0)},
        "absent": _who(inside, (invited > 0) & (seat <= 0)),
        "added": [world.issues[n] for n in np.flatnonzero(added)],
        "dossier": float(s.at("session_dossier", step)),
        "lead": float(s.at("session_lead", step)),
        "blamed": _who(inside, s.at("session_attack", step) > 0.05),
    }


def _acts(inside: Inside, s: Sitting, step: int) -> Iterator[Event]:
    """Yield the acts of one step between those who sit together, the same ones counted together."""
    world, clock = inside.fit.built.model.world, inside.values["clock"]
    seat = s.at("session_seat", step - 1) > 0
    inside_step = (inside.day > clock[step - 1]) & (inside.day <= clock[step])
    counts: dict[tuple[str, str, str], int] = {}
    for i, j, g, _ in inside.code[inside_step].tolist():
        if seat[i] and seat[j]:
            key = (world.actors[i], world.actors[j], world.acts[g])
            counts[key] = counts.get(key, 0) + 1
    if counts:
        rows = [[*key, n] for key, n in sorted(counts.items(), key=lambda item: -item[1])]
        yield Event(step, inside.when(step), "acts", {"acts": rows})


def _changes(inside: Inside, s: Sitting, step: int) -> Iterator[Event]:
    world = inside.fit.built.model.world
    risen = s.at("session_attack", step) - s.at("session_attack", step - 1)
    floor = s.at("session_floor", step) - s.at("session_floor", step - 1)
    if (risen > 0.05).any():
        level = s.at("session_attack", step)
        yield Event(
            step,
            inside.when(step),
            "singled_out",
            {"who": {world.actors[n]: float(level[n]) for n in np.flatnonzero(risen > 0.05)}},
        )
    if (floor < -0.05).any():
        yield Event(step, inside.when(step), "floor", {"who": _who(inside, floor < -0.05)})
    tone = float(s.at("session_tone", step))
    if FORMS.index(s.form) >= REQUESTS and abs(tone) > 0.15:
        yield Event(step, inside.when(step), "tone", {"tone": tone})


def _clauses(inside: Inside, s: Sitting, step: int) -> Iterator[Event]:
    """Yield how each clause or item changed in a step."""
    issues = inside.fit.built.model.world.issues
    fresh = step == s.first or s.at("clause_issue", step - 1).max() < 0
    rows: list[dict[str, Any]] = []
    for c in range(len(s.at("clause_issue", step))):
        place = _int(s.at("clause_issue", step)[c])
        if place < 0:
            continue
        now = {name: float(s.at(f"clause_{name}", step)[c]) for name in ("state", "text", "strength", "share", "won")}
        old = None if fresh else {name: float(s.at(f"clause_{name}", step - 1)[c]) for name in now}
        moved = (
            old is None
            or any(abs(now[n] - old[n]) > 1e-3 for n in ("state", "text", "strength"))
            or now["share"] != old["share"]
        )
        if moved:
            rows.append({"clause": c + 1, "issue": issues[place], "now": now, "before": old})
    if rows:
        yield Event(step, inside.when(step), "clauses", {"clauses": rows})


def _decided(inside: Inside, s: Sitting, step: int) -> dict[str, Any]:
    world = inside.fit.built.model.world
    sign = s.at("session_sign", step)
    defiant = inside.values["defiance"]
    risen = defiant[step] - defiant[max(0, step - 1)] > 0.05
    return {
        "rule": _int(s.at("session_rule", step)),
        "outcome": _int(s.at("session_outcome", step)),
        "signed": _who(inside, sign >= 0.99),
        "reserved": _who(inside, (sign > 0.2) & (sign < 0.99)),
        "refused": _who(inside, sign < 0),
        "defiant": [a for a in _who(inside, risen) if s.at("session_seat", step)[world.actors.index(a)] > 0],
        "granted": _granted(s, step),
    }


def _granted(s: Sitting, step: int) -> float:
    """Return the share of what was asked that is granted, 0..1: items count by their size."""
    share, size = s.at("clause_share", step), s.at("clause_strength", step)
    return float((share * size).sum() / max(float(size.sum()), 1e-6))


def _later(inside: Inside, s: Sitting) -> Iterator[Event]:
    """Yield what half a year, or what there is of it, brought to those whom the session did not bind."""
    world, values = inside.fit.built.model.world, inside.values
    clock = values["clock"]
    end = min(int(np.searchsorted(clock, clock[s.last] + LATER)), len(clock) - 1)
    sign, chairs = s.at("session_sign", s.last), np.flatnonzero(s.at("session_chair", s.last) > 0)
    if end <= s.last or not len(chairs):
        return
    chair = int(chairs[0])
    unbound = [
        n
        for n in np.flatnonzero((sign < 0) | (values["defiance"][s.last] > 0.3))
        if s.at("session_seat", s.last)[n] > 0 and n != chair
    ]
    for n in unbound:
        span = (inside.day > values["clock"][s.last]) & (inside.day <= values["clock"][end])
        mine = inside.code[span & (inside.code[:, 0] == chair) & (inside.code[:, 1] == n)]
        hard = int(((np.asarray(world.material)[mine[:, 2]] > 0) & (np.asarray(world.polarity)[mine[:, 2]] < 0)).sum())
        yield Event(
            end,
            inside.when(end),
            "later",
            {
                "chair": world.actors[chair],
                "who": world.actors[n],
                "days": float(clock[end] - clock[s.last]),
                "hard": hard,
                "warmth": [float(values["warmth"][t][chair, n]) for t in (s.last, end)],
                "rung": [float(values["rung"][t][chair, n]) for t in (s.last, end)],
                "broken": bool(values["broken"][end][chair, n] > 0.5),
            },
        )
