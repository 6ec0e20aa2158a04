"""Checks between entries: every id known, every date inside, every threshold on a quantity that exists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from blocs.bloc.vocabulary import SLOT_AXES, Quantity, vocabulary
from blocs.ground.errors import Fault, InputError
from blocs.record import dates
from blocs.record.event import LONGEST_DYADIC_SPAN, Event, Position
from blocs.scenario.check_sense import contradictions
from blocs.scenario.faults import Faults, Place, Step, near, shown
from blocs.scenario.folder import ENTRIES, SPEC, Folder
from blocs.scenario.interventions import Names, parse, variables
from blocs.scenario.outcomes import PLACEHOLDER, EventCondition, Outcome, StateCondition, StateSelector, placed
from blocs.scenario.reading import Row
from blocs.scenario.scenario import GROUPS, ROLES, roles
from blocs.scenario.spec import Days, Institution, Meeting, PageRange, Question, Session, Source, Spec, StateEntry
from blocs.scenario.tables import DEPENDS, ActCode, Actor, Alias, Number, Rung, Tie

_ENDS = {"actor": ("actor", "toward"), "lever": ("lever",), "issue": ("issue", "upon")}
"""Names of entries for each axis of a quantity; the second actor of a dyad is `toward`, the second issue of a pair `upon`."""


class Checker:
    """Checks of one folder; `faults` fills as they run."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.spec: Spec | None = folder.spec.value if folder.spec else None
        self.faults = {name: Faults(str(folder.path / name)) for name in (SPEC, *ENTRIES)}
        self.actors: dict[str, Actor] = {
            row.value.id: row.value for row in folder.entries["actors.csv"] if row.value.id
        }
        self.collectives = frozenset(actor.id for actor in self.actors.values() if actor.tier in (1, None))
        self.ids = {name: frozenset(entry.id for entry in folder.values(name) if entry.id) for name in _WITH_IDS}
        self.roles = roles(self.spec, self.actors) if self.spec else {}
        self.roles_known = folder.spec is not None and folder.spec.whole
        whole = all(row.whole for row in folder.entries["actors.csv"]) and "actors.csv" not in folder.lost
        self.cast_known = self.roles_known and whole
        if not self.roles_known:
            self.roles = {**dict.fromkeys((*ROLES, *GROUPS), ()), **self.roles}

    def run(self) -> list[Fault]:
        """Return every fault between entries."""
        for name in _WITH_IDS:
            self._unique(name, "id", lambda entry: entry.id)
        self._unique("aliases.csv", "alias", lambda entry: entry.alias)
        self._unique("state.yaml", "variable", lambda entry: entry.place)
        self._roles_exist()
        for name, one in _CHECKS.items():
            for row in self.folder.entries[name]:
                one(self, self.place(name, row), row.value)
        contradictions(self)
        return [fault for found in self.faults.values() for fault in found.all()]

    def place(self, name: str, row: Row[Any]) -> Place:
        """Return where faults of an entry are noted."""
        return Place(self.faults[name], row.line_of, row.whole)

    def known(
        self,
        place: Place,
        field: str,
        name: str | None,
        file: str,
        *,
        also: Collection[str] = (),
        n: Step | None = None,
    ) -> None:
        """Note a name that is in neither `also` nor the ids of a file (a file with lost entries is not judged)."""
        if name is None or name in self.ids[file] or name in also or file in self.folder.lost:
            return
        place.add(field, f"is an unknown {shown(name)}", f"an id of {file}{near(name, {*self.ids[file], *also})}", n)

    def collective(
        self, place: Place, field: str, name: str | None, *, also: Collection[str] = (), n: Step | None = None
    ) -> None:
        """Note a name that is no tier-1 actor."""
        if name in self.actors and name not in self.collectives:
            place.add(field, f"is {shown(name)}, a tier-2 actor", "a tier-1 actor", n)
        elif name not in also:
            self.known(place, field, name, "actors.csv", n=n)

    def each(self, place: Place, field: str, names: Iterable[str], *, also: Collection[str] = ()) -> None:
        """Note every name of a list that is no tier-1 actor."""
        for n, name in enumerate(names):
            self.collective(place, field, name, also=also, n=name if field == "session.ranks" else n)

    def pages(self, place: Place, field: str, pages: Iterable[int], *, required: bool = False) -> None:
        """Note pages that the source does not have, and missing ones where they are required."""
        span: PageRange | None = self.spec.pages if self.spec else None
        if span is None:
            return
        found = tuple(pages)
        word = "page" if span.kind == "pages" else "reference"
        for n, page in enumerate(found):
            if not span.first <= page <= span.last:
                place.add(field, f"is {word} {page}", f"{span.first} to {span.last}", n)
        if required and not found and place.whole:
            whole = "page of the source" if span.kind == "pages" else "number of a reference"
            place.add(field, "is missing", f"at least one {whole}")

    def dated(self, place: Place, entry: Event | Position) -> tuple[date, date] | None:
        """Check a date and its bounds; return them where they can be told."""
        caps: Days | None = self.spec.open_ends if self.spec else None
        if entry.date is None or caps is None:  # pyright: ignore[reportUnnecessaryComparison]
            return None
        try:
            found = dates.bounds(entry.date)
            start, end = found.capped(caps.start, caps.end)
        except ValueError as error:
            place.add("date", str(error), dates.EXPECTED)
            return None
        self.inside(place, "date", found.start, found.end)
        for field, written, day in (("start", entry.start, start), ("end", entry.end, end)):
            if written and written != day.isoformat():
                place.add(field, f"is {shown(written)}, not a bound of date {shown(entry.date)}", day.isoformat())
        return start, end

    def inside(self, place: Place, field: str, start: date | None, end: date | None, n: Step | None = None) -> None:
        """Note a date that leaves the horizon."""
        horizon: Days | None = self.spec.horizon if self.spec else None
        if horizon is None:
            return
        if (start and start < horizon.start) or (end and end > horizon.end):
            place.add(field, "leaves the horizon of the scenario", f"{horizon.start} to {horizon.end}", n)

    def when(self, place: Place, field: str, text: str | None, n: Step | None = None) -> None:
        """Check the horizon of a date whose form is known to be right."""
        if text:
            found = dates.bounds(text)
            self.inside(place, field, found.start, found.end, n)

    def cell(self, place: Place, field: str, entry: StateEntry | StateSelector, also: Collection[str] = ()) -> None:
        """Check that an entry names a quantity of the state and exactly the ends that its axes ask for."""
        if entry.variable is None:  # pyright: ignore[reportUnnecessaryComparison]
            return
        quantity = vocabulary().get(entry.variable)
        if quantity is None or quantity.memory:
            names = [name for name, one in vocabulary().items() if not one.memory]
            hint = near(entry.variable, names)
            place.add(field + "variable", f"is an unknown {shown(entry.variable)}", f"a quantity of the state{hint}")
            return
        wanted = ends(quantity)
        for name in ("actor", "toward", "lever", "issue", "upon", *SLOT_AXES):
            value: str | int | None = getattr(entry, name)
            if (value is None) == (name in wanted):
                problem = "is missing" if value is None else "is not an axis here"
                place.add(field + name, problem, f"{quantity.name}[{', '.join(wanted)}]")
        for one, other in (("actor", "toward"), ("issue", "upon")):
            if getattr(entry, one) is not None and getattr(entry, one) == getattr(entry, other):
                place.add(field + other, f"is the {one} {shown(getattr(entry, one))} itself", f"another {one}")
        self.collective(place, field + "actor", entry.actor, also=also)
        self.collective(place, field + "toward", entry.toward, also=also)
        self.known(place, field + "lever", entry.lever, "levers.csv")
        self.known(place, field + "issue", entry.issue, "issues.csv")
        self.known(place, field + "upon", entry.upon, "issues.csv")

    def names(self) -> Names:
        """Return the names that an intervention may use; what is broken is taken for what it should be."""
        acts = self.folder.entries["acts.csv"]
        roles = {role: who if self.roles_known else (who or (role,)) for role, who in self.roles.items()}
        period: Days | None = self.spec.period if self.spec else None
        background = frozenset(row.value.id for row in acts if row.whole and row.value.mode is None)
        return Names(
            self.collectives,
            self.ids["acts.csv"] - background,
            self.ids["issues.csv"],
            self.ids["levers.csv"],
            roles,
            tuple(m.id for m in self.folder.values("schedule.yaml") if getattr(m, "session", None) is not None),
            background,
            period.start if period else None,
        )

    def _unique(self, name: str, field: str, key: Callable[[Any], str | None]) -> None:
        first: dict[str, int] = {}
        for row in self.folder.entries[name]:
            found = key(row.value)
            if found is None:
                continue
            if found in first:
                problem = f"{shown(found)} is used twice, first on line {first[found]}"
                self.faults[name].add(row.line_of((field,)), field, problem, f"each {field} once")
            first.setdefault(found, row.line)

    def _roles_exist(self) -> None:
        for role in ROLES:
            self.collective(Place(self.faults[SPEC], self.folder.spec_lines.line), role, getattr(self.spec, role, None))


def ends(quantity: Quantity) -> tuple[str, ...]:
    """Return the names of the ends of a quantity: `("actor", "toward", "lever")` for `dependence`."""
    found: list[str] = []
    for axis in quantity.axes:
        options = _ENDS.get(axis, (axis,))
        found.append(next(option for option in options if option not in found))
    return tuple(found)


def _actor(check: Checker, place: Place, actor: Actor) -> None:
    check.collective(place, "parent", actor.parent)
    check.each(place, "members", actor.members)
    if actor.tier == 2 and actor.parent is None and place.whole:
        place.add("parent", "is missing", "the tier-1 actor that a tier-2 actor belongs to")
    if actor.tier == 1 and actor.parent is not None:
        place.add("parent", f"is {shown(actor.parent)}", "no parent for a tier-1 actor")


def _alias(check: Checker, place: Place, alias: Alias) -> None:
    check.known(place, "actor", alias.actor, "actors.csv")


def _event(check: Checker, place: Place, event: Event) -> None:
    if place.whole or (event.source and event.source == event.target and not event.internal):
        for problem in event.problems():
            place.add(*problem)
    check.collective(place, "source", event.source)
    check.collective(place, "target", event.target)
    for field in ("co_sources", "co_targets", "audience"):
        check.each(place, field, getattr(event, field))
    check.known(place, "source_person", event.source_person, "actors.csv")
    check.known(place, "target_person", event.target_person, "actors.csv")
    check.known(place, "act", event.act, "acts.csv")
    check.known(place, "issue", event.issue, "issues.csv")
    check.known(place, "lever", event.lever, "levers.csv")
    check.known(place, "said_by", event.said_by, "sources.yaml")
    check.pages(place, "pages", event.pages, required=True)
    for merged in event.merged_ids:
        if merged in check.ids["events.jsonl"]:
            place.add("merged_ids", f"names {shown(merged)}, which is still an event", "ids folded into this one")
    days = check.dated(place, event)
    if days and event.is_dyadic and (days[1] - days[0]).days > LONGEST_DYADIC_SPAN:
        place.add("is_dyadic", f"is true over {(days[1] - days[0]).days} days", f"at most {LONGEST_DYADIC_SPAN}")


def _position(check: Checker, place: Place, position: Position) -> None:
    check.collective(place, "actor", position.actor)
    check.each(place, "co_actors", position.co_actors)
    check.known(place, "actor_person", position.actor_person, "actors.csv")
    check.known(place, "issue", position.issue, "issues.csv")
    check.known(place, "said_by", position.said_by, "sources.yaml")
    check.pages(place, "page", () if position.page is None else (position.page,), required=True)
    check.dated(place, position)


def _institution(check: Checker, place: Place, body: Institution) -> None:
    check.each(place, "members", body.members, also=check.roles)
    if body.convener is not None:
        check.collective(place, "convener", body.convener, also=check.roles)
    check.pages(place, "pages", body.pages)


def _source(check: Checker, place: Place, source: Source) -> None:
    check.collective(place, "side", source.side)


def _meeting(check: Checker, place: Place, meeting: Meeting) -> None:
    check.each(place, "participants", meeting.participants, also=check.roles)
    check.known(place, "institution", meeting.institution, "institutions.yaml")
    check.when(place, "date", meeting.date)
    check.pages(place, "pages", meeting.pages)
    if meeting.session is not None:
        _session(check, place, meeting.session)


def _session(check: Checker, place: Place, session: Session) -> None:
    also = check.roles
    check.collective(place, "session.convener", session.convener, also=also)
    check.each(place, "session.drafters", session.drafters, also=also)
    check.each(place, "session.ranks", session.ranks, also=also)
    for n, issue in enumerate(session.agenda):
        check.known(place, "session.agenda", issue, "issues.csv", n=n)
    held = [m.session for m in check.folder.values("schedule.yaml") if getattr(m, "session", None) is not None]
    most = SLOT_AXES["meeting"]
    if any(one is session for one in held[most:]):
        place.add(
            "session", f"is number {len(held[: most + 1])} on the schedule", f"at most {most} meetings with a session"
        )


def _outcome(check: Checker, place: Place, outcome: Outcome) -> None:
    also = {*check.roles, *([PLACEHOLDER] if outcome.for_each else [])}
    for at, leaf in placed(outcome.when) if outcome.when else ():
        inside = place.inside("when", at)
        if isinstance(leaf, StateCondition):
            check.cell(inside, "when.state.", leaf.state, also)
        else:
            _selector(check, inside, leaf, also)
    for actor, truth in outcome.recorded_for.items():
        if check.roles_known and actor not in check.roles.get(outcome.for_each or "", ()):
            wanted = f"one of {outcome.for_each or 'no actors: no for_each'}"
            place.add("recorded_for", f"names {shown(actor)}", wanted, actor)
        check.when(place, "recorded_for", truth.date, actor)
        check.pages(place, "recorded_for", truth.pages)
    if outcome.recorded:
        check.when(place, "recorded.date", outcome.recorded.date)
        check.pages(place, "recorded.pages", outcome.recorded.pages)


def _selector(check: Checker, place: Place, leaf: EventCondition, also: Collection[str]) -> None:
    check.each(place, "when.event.source", leaf.event.source, also=also)
    check.each(place, "when.event.target", leaf.event.target, also=also)
    for n, act in enumerate(leaf.event.act):
        check.known(place, "when.event.act", act, "acts.csv", n=n)
    for n, issue in enumerate(leaf.event.issue):
        check.known(place, "when.event.issue", issue, "issues.csv", n=n)


def _act(check: Checker, place: Place, act: ActCode) -> None:
    rows = check.folder.entries["ladder.csv"]
    if not rows or act.rung is None or "ladder.csv" in check.folder.lost or not all(row.whole for row in rows):
        return
    if act.rung not in {row.value.rung for row in rows}:
        place.add("rung", f"is {act.rung}, which ladder.csv does not have", "a rung of ladder.csv, or none")


def _rung(check: Checker, place: Place, rung: Rung) -> None:
    rows = [row for row in check.folder.entries["ladder.csv"] if row.whole and row.value.rung == rung.rung]
    if rows and rows[0].value is not rung and place.whole:
        place.add("rung", f"{rung.rung} is used twice, first on line {rows[0].line}", "each rung once")


def _tie(check: Checker, place: Place, tie: Tie) -> None:
    check.collective(place, "source", tie.source)
    check.collective(place, "target", tie.target)
    if tie.source and tie.source == tie.target:
        place.add("target", f"is the source {shown(tie.source)} itself", "another actor")
    if tie.tie and tie.tie.startswith(DEPENDS):
        check.known(place, "tie", tie.tie.removeprefix(DEPENDS), "levers.csv")
    check.when(place, "from", tie.since)
    check.when(place, "to", tie.until)
    check.pages(place, "pages", tie.pages)


def _state(check: Checker, place: Place, entry: StateEntry) -> None:
    check.cell(place, "", entry)
    check.pages(place, "pages", entry.pages)
    quantity = vocabulary().get(entry.variable)
    if quantity is None or not isinstance(entry.value, float):  # pyright: ignore[reportUnnecessaryIsInstance]
        return
    if not quantity.holds(entry.value):
        place.add("value", f"is {entry.value:g}", quantity.range)
    elif quantity.coded and not entry.value.is_integer():
        place.add("value", f"is {entry.value:g}", f"a whole number: {quantity.meaning}")


def _question(check: Checker, place: Place, question: Question) -> None:
    for n, outcome in enumerate(question.outcomes):
        check.known(place, "outcomes", outcome, "outcomes.yaml", n=n)
    for n, variable in enumerate(question.variables):
        if variable not in vocabulary():
            hint = near(variable, vocabulary())
            place.add("variables", f"is an unknown {shown(variable)}", f"a quantity of the state{hint}", n)
    check.pages(place, "pages", question.pages)
    spec = check.spec
    if spec and check.roles_known and question.window:
        first, last = question.window.start, question.window.end
        if not spec.period.start < first <= last <= spec.horizon.end:
            expected = f"days in order, after {spec.period.start} and up to {spec.horizon.end}"
            place.add("window", f"is {first} to {last}", expected)
    horizon: Days | None = spec.horizon if spec else None
    if horizon is None or check.folder.lost & {"actors.csv", "acts.csv", "issues.csv", "levers.csv"}:
        return
    time: Days | None = question.window or (spec.forecast if spec else None)
    names, start = check.names(), time.start if time else None
    for n, text in enumerate(question.do):
        try:
            parse(text, names, variables(), horizon, start)
        except InputError as error:
            for fault in error.faults:
                place.add("do", f"{shown(text)}: {fault.problem}", fault.expected, n)


def _number(check: Checker, place: Place, number: Number) -> None:
    check.each(place, "actors", number.actors)
    for event in number.event_ids:
        check.known(place, "event_ids", event, "events.jsonl")
    check.pages(place, "pages", (*((number.page,) if number.page else ()), *number.pages))


_WITH_IDS = tuple(name for name, model in ENTRIES.items() if "id" in model.model_fields)
_CHECKS: Mapping[str, Callable[[Checker, Place, Any], None]] = {
    "actors.csv": _actor,
    "acts.csv": _act,
    "aliases.csv": _alias,
    "ladder.csv": _rung,
    "institutions.yaml": _institution,
    "sources.yaml": _source,
    "events.jsonl": _event,
    "positions.jsonl": _position,
    "schedule.yaml": _meeting,
    "outcomes.yaml": _outcome,
    "ties.csv": _tie,
    "state.yaml": _state,
    "questions.yaml": _question,
    "numbers.csv": _number,
}
