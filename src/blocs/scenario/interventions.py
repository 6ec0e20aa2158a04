"""The language of interventions: what a person changes in a scenario before asking what would have followed.

    set    VARIABLE[NAMES] = NUMBER      [from DATE] [until DATE]
    scale  VARIABLE[NAMES] * NUMBER      [from DATE] [until DATE]
    forbid ACT[|ACT...] from WHO to WHO  [from DATE] [until DATE]
    force  ACT from WHO to WHO           [about ISSUE] on DATE
    rule   MECHANISM.PARAMETER = NUMBER  [from DATE] [until DATE]

`WHO` and names of actors are ids of collectives, roles (`patron`, `narrator`, `member`, `ally`...) or `any`, which leaves
out what an actor would do to itself. `from` is
the first day of a date, `until` the last; without `from` the intervention holds from the start of the forecast. With
`until`, `set` and `scale` hold to that day; without, the state is changed once and then moves on as it will. A session
of the schedule is named by its id, and a rule of decision or a form of session may be written as a word
(`blocs.institutions.procedures.codes`): `set plan_rule[MEETING]=unanimity`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from blocs.bloc.vocabulary import LARGEST, SLOT_AXES, vocabulary
from blocs.ground.errors import bad_input
from blocs.institutions.procedures.codes import CODES, code_of
from blocs.record import dates
from blocs.scenario.faults import near, shown
from blocs.scenario.spec import Days

if TYPE_CHECKING:
    from blocs.scenario.scenario import Scenario

ANY = "any"
"""Stands for every collective."""

CALENDAR = "calendar day"
"""Unit of quantities that a date may set: they count days from the start of the period."""


@dataclass(frozen=True)
class Set:
    """Put `value` into cells of the state: `cells` has the names on each axis of `variable`."""

    variable: str
    cells: tuple[tuple[str, ...], ...]
    value: float
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Scale:
    """Multiply cells of the state by `factor`."""

    variable: str
    cells: tuple[tuple[str, ...], ...]
    factor: float
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Forbid:
    """Take acts of `sources` toward `targets` out of choice."""

    acts: tuple[str, ...]
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Force:
    """Make one act happen between some day of `day` and its end: `start` to `until`, one day where the date has one."""

    act: str
    source: str
    target: str
    start: date
    until: date
    issue: str | None = None


@dataclass(frozen=True)
class Rule:
    """Give a parameter of a mechanism another value."""

    mechanism: str
    parameter: str
    value: float
    start: date | None = None
    until: date | None = None


Do = Set | Scale | Forbid | Force | Rule


@dataclass(frozen=True)
class Names:
    """Names that an intervention may use; `background` are codes of acts that nobody does toward another.

    `epoch` is the day from which quantities of the unit `CALENDAR` count.
    """

    actors: Collection[str]
    acts: Collection[str]
    issues: Collection[str]
    levers: Collection[str]
    roles: Mapping[str, tuple[str, ...]]
    meetings: tuple[str, ...] = ()
    background: Collection[str] = ()
    epoch: date | None = None


_NUMBER = r"(?P<number>\S+?)"
_WINDOW = r"(?:\s+from\s+(?P<since>\S+))?(?:\s+until\s+(?P<until>\S+))?"
_CELLS = r"(?P<variable>[\w.]+)\s*(?:\[(?P<cells>[^\]]*)\])?"
_SIDES = r"from\s+(?P<source>\S+)\s+to\s+(?P<target>\S+)"
_FORMS: Mapping[str, tuple[str, str]] = {
    "set": (rf"{_CELLS}\s*=\s*{_NUMBER}{_WINDOW}", "set variable[names]=number [from date] [until date]"),
    "scale": (rf"{_CELLS}\s*\*\s*{_NUMBER}{_WINDOW}", "scale variable[names]*number [from date] [until date]"),
    "forbid": (rf"(?P<act>\S+)\s+{_SIDES}{_WINDOW}", "forbid act from who to who [from date] [until date]"),
    "force": (
        rf"(?P<act>\S+)\s+{_SIDES}(?:\s+about\s+(?P<issue>\S+))?\s+on\s+(?P<day>\S+)",
        "force act from who to who [about issue] on date",
    ),
    "rule": (
        rf"(?P<mechanism>\w+)\.(?P<parameter>\w+)\s*=\s*{_NUMBER}{_WINDOW}",
        "rule mechanism.parameter=number [from date] [until date]",
    ),
}


def variables() -> dict[str, tuple[str, ...]]:
    """Return the quantities that may be set or scaled, with their axes: all of the vocabulary but memory."""
    return {name: q.axes for name, q in vocabulary().items() if not q.memory}


def parse_do(
    text: str,
    scenario: Scenario,
    variables: Mapping[str, tuple[str, ...]],
    start: date | None = None,
    end: date | None = None,
) -> Do:
    """Return the intervention that a person wrote.

    Args:
        text: one line of the language above.
        scenario: gives the actors, roles, acts, issues, levers and the horizon of dates.
        variables: axes of each variable of the state, such as `{"reserve_days": ("actor", "lever")}`.
        start: first day of the forecast, before which an intervention may not end.
        end: its last day, after which an intervention may not begin.

    Raises:
        InputError: unknown verb, variable, actor, act, issue, lever, mechanism or parameter; a number that is none or out
            of range; a date that is none, outside the scenario or outside the forecast.
    """
    names = Names(
        scenario.collectives,
        tuple(act.id for act in scenario.acts.values() if act.mode is not None),
        tuple(scenario.issues),
        tuple(scenario.levers),
        scenario.roles,
        tuple(m.id for m in scenario.schedule if m.session is not None),
        tuple(act.id for act in scenario.acts.values() if act.mode is None),
        scenario.spec.period.start,
    )
    return parse(text, names, variables, scenario.spec.horizon, start, end)


def parse(
    text: str,
    names: Names,
    variables: Mapping[str, tuple[str, ...]],
    horizon: Days,
    start: date | None = None,
    end: date | None = None,
) -> Do:
    """Return the intervention of a line, given the names that it may use; see `parse_do`."""
    done = _Parser(text, names, variables, horizon).parse()
    if start and done.until and done.until < start:
        raise bad_input("do", shown(text.strip()), f"is over on {done.until}", f"a day from {start} on: the first day")
    if end and done.start and done.start > end:
        raise bad_input("do", shown(text.strip()), f"begins on {done.start}", f"a day up to {end}: the last day")
    return done


class _Parser:
    def __init__(self, text: str, names: Names, variables: Mapping[str, tuple[str, ...]], horizon: Days) -> None:
        self.text, self.names, self.variables, self.horizon = text, names, variables, horizon
        self.found: dict[str, str | None] = {}

    def parse(self) -> Do:
        verb, rest = [*self.text.split(None, 1), "", ""][:2]
        if verb not in _FORMS:
            self.fail(f"has an unknown verb {shown(verb)}", f"one of {', '.join(_FORMS)}{near(verb, _FORMS)}")
        pattern, form = _FORMS[verb]
        match = re.fullmatch(pattern, rest.strip())
        if match is None:
            self.fail("is not of the form of its verb", form)
        self.found = match.groupdict()
        makers: Mapping[str, Callable[[], Do]] = {
            "set": lambda: Set(*self.cells(), self.value(), *self.window()),
            "scale": lambda: Scale(*self.cells(), self.number(), *self.window()),
            "forbid": lambda: Forbid(self.acts(), *self.sides(), *self.window()),
            "force": self.force,
            "rule": self.rule,
        }
        return makers[verb]()

    def fail(self, problem: str, expected: str) -> NoReturn:
        raise bad_input("do", shown(self.text.strip()), problem, expected)

    def part(self, name: str) -> str:
        return self.found[name] or ""

    def one_of(self, kind: str, name: str, known: Collection[str]) -> str:
        if name not in known:
            self.fail(f"has an unknown {kind} {shown(name)}", f"a known {kind}{near(name, known)}")
        return name

    def rule(self) -> Rule:
        from blocs.mechanisms.catalogue import by_name

        cards = {name: kind.card for name, kind in by_name().items()}
        card = cards[self.one_of("mechanism", self.part("mechanism"), cards)]
        params = {p.name: p for p in card.params}
        p = params[self.one_of(f"parameter of {card.name}", self.part("parameter"), params)]
        value = self.number(p.unit)
        if not p.lo <= value <= p.hi:
            self.fail(f"gives {card.name}.{p.name} {value:g}", f"{p.lo:g} to {p.hi:g} ({p.unit})")
        return Rule(card.name, p.name, value, *self.window())

    def value(self) -> float:
        quantity = vocabulary()[self.part("variable")]
        value = self.number(quantity.unit)
        if not quantity.holds(value):
            self.fail(f"sets {quantity.name} to {value:g}", quantity.range)
        if quantity.coded and value != int(value):
            self.fail(f"sets {quantity.name} to {value:g}", f"a whole number: {quantity.meaning}")
        return value

    def number(self, unit: str = "") -> float:
        code = code_of(unit, self.part("number"))
        if code is not None:
            return float(code)
        if unit in CODES and not _looks_like_a_number(self.part("number")):
            self.fail(f"has {shown(self.part('number'))} as its {unit}", f"one of {', '.join(CODES[unit])}")
        try:
            value = float(self.part("number"))
        except ValueError:
            value = self.days_to(self.part("number")) if unit == CALENDAR else math.nan
        if not math.isfinite(value):
            self.fail(f"has {shown(self.part('number'))} as its number", "a finite number")
        if abs(value) > LARGEST:
            self.fail(f"has {value:g} as its number", f"at most {LARGEST:g}, above or below 0")
        return value

    def days_to(self, text: str) -> float:
        epoch = self.names.epoch
        return math.nan if epoch is None else float((self.day(text, dates.first_day) - epoch).days)

    def cells(self) -> tuple[str, tuple[tuple[str, ...], ...]]:
        variable = self.one_of("variable", self.part("variable"), self.variables)
        axes = self.variables[variable]
        written = [name.strip() for name in self.part("cells").split(",")] if self.found["cells"] else []
        if len(written) != len(axes):
            self.fail(f"gives {variable} {len(written)} names", f"{variable}[{', '.join(axes)}]")
        cells = tuple(self.axis(axis, name) for axis, name in zip(axes, written, strict=True))
        for axis in set(axes):
            self.apart([cell for cell, one in zip(cells, axes, strict=True) if one == axis], axis)
        return variable, cells

    def apart(self, sides: Sequence[tuple[str, ...]], axis: str = "actor") -> None:
        """Refuse sides that name one and the same thing and nothing else."""
        if len(sides) > 1 and len({name for side in sides for name in side}) == 1:
            self.fail(f"has one {axis} on both sides", f"two {axis}s")

    def axis(self, axis: str, name: str) -> tuple[str, ...]:
        if axis == "actor":
            return self.resolve(name)
        slots = {slot: tuple(str(n) for n in range(size)) for slot, size in SLOT_AXES.items()}
        if axis == "meeting":
            if name in self.names.meetings:
                return (str(self.names.meetings.index(name)),)
            if not name.isdecimal() and name != ANY:
                self.one_of("session of the schedule", name, self.names.meetings)
        known = {"lever": self.names.levers, "issue": self.names.issues, "act": self.names.acts, **slots}.get(axis)
        if known is None:
            self.fail(
                f"changes an axis {shown(axis)}, which no person sets", "a variable over actors, levers or issues"
            )
        return tuple(known) if name == ANY else (self.one_of(axis, name, known),)

    def acts(self) -> tuple[str, ...]:
        written = self.part("act")
        if written == ANY:
            return tuple(self.names.acts)
        return tuple(self.act(act) for act in written.split("|"))

    def act(self, name: str) -> str:
        if name in self.names.background:
            self.fail(f"names {shown(name)}, which nobody does toward another", "an act with a mode in acts.csv")
        return self.one_of("act", name, self.names.acts)

    def sides(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        source, target = (self.resolve(self.part(side)) for side in ("source", "target"))
        self.apart((source, target))
        return source, target

    def resolve(self, name: str) -> tuple[str, ...]:
        if name == ANY:
            return tuple(self.names.actors)
        if name in self.names.roles:
            if not self.names.roles[name]:
                self.fail(f"names {shown(name)}, a role that nobody has here", "an actor, or a role that some have")
            return self.names.roles[name]
        return (self.one_of("actor", name, {*self.names.actors, *self.names.roles, ANY}),)

    def force(self) -> Force:
        act, sides = self.act(self.part("act")), self.sides()
        if any(len(side) != 1 for side in sides):
            self.fail("names several actors on a side", "one actor on each side of a forced act")
        source, target = sides[0][0], sides[1][0]
        issue = self.found["issue"]
        if issue is not None:
            self.one_of("issue", issue, self.names.issues)
        day = self.part("day")
        return Force(act, source, target, self.day(day, dates.first_day), self.day(day, dates.last_day), issue)

    def window(self) -> tuple[date | None, date | None]:
        since, until = self.found["since"], self.found["until"]
        start = self.day(since, dates.first_day) if since else None
        end = self.day(until, dates.last_day) if until else None
        if start and end and end < start:
            self.fail("ends before it begins", "from date <= until date")
        return start, end

    def day(self, text: str, side: Callable[[str], date]) -> date:
        try:
            found = side(text)
        except ValueError as error:
            self.fail(f"has a date that cannot be read: {error}", dates.EXPECTED)
        if not self.horizon.start <= found <= self.horizon.end:
            self.fail(f"has the date {text} outside the scenario", f"{self.horizon.start} to {self.horizon.end}")
        return found


def _looks_like_a_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
