"""Checks of what entries say together: each may be right by itself, and no two may contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from blocs.bloc.vocabulary import vocabulary
from blocs.record import dates
from blocs.record.event import Event
from blocs.scenario.faults import shown
from blocs.scenario.folder import SPEC
from blocs.scenario.interventions import ANY
from blocs.scenario.outcomes import EventCondition, Leaf, Outcome, Recorded, placed
from blocs.scenario.scenario import GROUPS, ROLES, STATES
from blocs.scenario.tables import DEPENDS, Actor, Tie

if TYPE_CHECKING:
    from blocs.scenario.check import Checker
    from blocs.scenario.faults import Place
    from blocs.scenario.reading import Row

WORDS = frozenset({ANY, *ROLES, *GROUPS})
"""Words that stand for actors wherever an actor may be named."""


def contradictions(check: Checker) -> None:
    """Note every contradiction between entries without faults of their own, in the faults of a checker."""
    for place, actor in _whole(check, "actors.csv"):
        _actor(check, place, actor)
    for place, alias in _whole(check, "aliases.csv"):
        meant = check.roles.get(alias.alias, (alias.actor,)) if alias.alias in WORDS else (alias.alias,)
        if (alias.alias in check.actors or alias.alias in WORDS) and meant != (alias.actor,):
            place.add("alias", f"is {shown(alias.alias)}, which means another actor", "a word with one meaning")
    for name in ("acts.csv", "issues.csv", "levers.csv"):
        for place, entry in _whole(check, name):
            if entry.id == ANY:
                place.add("id", f"is {shown(ANY)}, which stands for all of them", "another word")
    for place, event in _whole(check, "events.jsonl"):
        _event(check, place, event)
    for place, body in _whole(check, "institutions.yaml"):
        _in_order(place, body.since, body.until)
    _ties(check)
    if check.spec and check.cast_known:
        _roles(check)
        for place, outcome in _whole(check, "outcomes.yaml"):
            _outcome(check, place, outcome)


def _whole(check: Checker, name: str) -> Iterator[tuple[Place, Any]]:
    return ((check.place(name, row), row.value) for row in check.folder.entries[name] if row.whole)


def _in_order(place: Place, since: str | None, until: str | None) -> None:
    first, last = _span(since, until)
    if last < first:
        place.add("to", f"is {until}, before {since}", "a day after its beginning")


def _span(since: str | None, until: str | None) -> tuple[date, date]:
    """First and last day of something that lasts; without bound on a side that is not given."""
    first = dates.bounds(since).start if since else None
    last = dates.bounds(until).end if until else None
    return first or date.min, last or date.max


def _actor(check: Checker, place: Place, actor: Actor) -> None:
    _in_order(place, actor.since, actor.until)
    if actor.id in WORDS:
        place.add("id", f"is {shown(actor.id)}, a word of the language of outcomes and interventions", "another id")
    if actor.tier == 1 and actor.kind in STATES and actor.role in ("patron", "member") and actor.capability is None:
        place.add("capability", "is missing", f"0 to 1 for a state that is a {actor.role}")
    if actor.tier == 2 and actor.capability is not None:
        place.add("capability", f"is {actor.capability:g}", "none for a tier-2 actor")
    patron = check.spec.patron if check.spec else None
    if (
        check.cast_known
        and patron in check.actors
        and actor.tier == 1
        and actor.role == "patron"
        and actor.id != patron
    ):
        place.add("role", f"is patron, as that of {shown(patron)} in {SPEC}", "one patron")


def _event(check: Checker, place: Place, event: Event) -> None:
    spec = check.spec
    if not event.is_dyadic or spec is None or not check.cast_known:
        return
    try:
        start, end = dates.bounds(event.date).capped(spec.open_ends.start, spec.open_ends.end)
    except ValueError:
        return  # told where dates are checked, as is what lies outside the horizon
    if start < spec.horizon.start or end > spec.horizon.end:
        return
    for field in ("source", "target"):
        actor = check.actors.get(getattr(event, field) or "")
        first, last = _span(actor.since, actor.until) if actor else (date.min, date.max)
        if end < first or start > last:
            when = f"{actor.since or ''}/{actor.until or ''}" if actor else ""
            place.add(
                field, f"is {shown(getattr(event, field))}, who exists {when}", "is_dyadic: false (actor_not_existing)"
            )


def _ties(check: Checker) -> None:
    """Note ties given twice for one time, and shares of dependence that add up to more than the whole."""
    rows: list[Row[Any]] = [row for row in check.folder.entries["ties.csv"] if row.whole]
    earlier: dict[tuple[str, ...], list[Row[Any]]] = {}
    shares: dict[tuple[str, str], list[Tie]] = {}
    for row in rows:
        tie: Tie = row.value
        place = check.place("ties.csv", row)
        _in_order(place, tie.since, tie.until)
        same = earlier.setdefault((tie.tie, tie.source, tie.target), [])
        twin = next((other for other in same if _meet(other.value, tie)), None)
        if twin is not None:
            place.add("tie", f"is given twice for the same time, first on line {twin.line}", "each tie once")
        same.append(row)
        if tie.tie.startswith(DEPENDS) and twin is None:
            others = [other for other in shares.setdefault((tie.source, tie.tie), []) if _meet(other, tie)]
            total = _most([*others, tie])
            if total > 1 + 1e-9:
                place.add("value", f"makes the shares of {tie.source} {total:g} in all", "at most 1 for one lever")
            shares[tie.source, tie.tie].append(tie)


def _meet(one: Tie, other: Tie) -> bool:
    mine, theirs = _span(one.since, one.until), _span(other.since, other.until)
    return mine[0] <= theirs[1] and theirs[0] <= mine[1]


def _most(ties: list[Tie]) -> float:
    """The greatest sum of values on any one day: it is reached on the first day of one of them."""
    spans = [(_span(tie.since, tie.until), tie.value) for tie in ties]
    return max(sum(v for (first, last), v in spans if first <= day <= last) for (day, _), _ in spans)


def _roles(check: Checker) -> None:
    """Note roles that one actor cannot have together; a narrator may have any other role, also that of the patron."""
    spec = check.spec
    assert spec is not None
    taken: dict[str, str | None] = {"patron": spec.patron}
    for role in ("second_power", "breakaway"):
        who = getattr(spec, role)
        for other, actor in taken.items():
            if who is not None and who == actor:
                line = check.folder.spec_lines.line((role,))
                check.faults[SPEC].add(line, role, f"is {shown(who)}, the {other} itself", "another actor")
        taken[role] = who


def _outcome(check: Checker, place: Place, outcome: Outcome) -> None:
    expanded = {
        f"{row.value.id}.{actor}"
        for row in check.folder.entries["outcomes.yaml"]
        if row.whole and row.value.for_each and row.value is not outcome
        for actor in check.roles.get(row.value.for_each, ())
    }
    own = {f"{outcome.id}.{a}" for a in check.roles.get(outcome.for_each, ())} if outcome.for_each else {outcome.id}
    if twice := own & expanded:
        if not outcome.for_each:
            place.add("id", f"is {shown(outcome.id)}, also the id of another outcome for each", "an id of its own")
        else:
            place.add("id", f"gives {shown(min(twice))}, also the id of another outcome", "an id of its own")
    if outcome.for_each and not check.roles.get(outcome.for_each):
        place.add("for_each", f"is {shown(outcome.for_each)}, which nobody is", "a role that some have")
    for at, leaf in placed(outcome.when):
        if why := _impossible(check, leaf):
            place.inside("when", at).add(f"when.{why[0]}", *why[1:])
    for field, actor, truth in _recorded(outcome):
        _in_forecast(check, place, field, actor, truth)


def _recorded(outcome: Outcome) -> Iterator[tuple[str, str | None, Recorded]]:
    if outcome.recorded:
        yield "recorded.date", None, outcome.recorded
    for actor, truth in outcome.recorded_for.items():
        yield "recorded_for", actor, truth


def _in_forecast(check: Checker, place: Place, field: str, actor: str | None, truth: Recorded) -> None:
    spec = check.spec
    if spec is None or truth.date is None or not truth.value:
        return
    found = dates.bounds(truth.date)
    if (found.end or date.max) < spec.forecast.start or (found.start or date.min) > spec.forecast.end:
        wanted = f"{spec.forecast.start} to {spec.forecast.end}, the forecast"
        place.add(field, f"is {truth.date}, when nothing is forecast", wanted, actor)


def _impossible(check: Checker, leaf: Leaf) -> tuple[str, str, str] | None:
    """Return (field, what is wrong, what was expected) of a condition that no history can meet."""
    if isinstance(leaf, EventCondition):
        acts = [row.value for row in check.folder.entries["acts.csv"] if row.value.id in leaf.event.act]
        if acts and all(act.mode is None for act in acts):
            return "event.act", f"is {acts[0].id}, which nobody does toward another", "an act with a mode in acts.csv"
        sides = [{a for name in side for a in check.roles.get(name, (name,))} for side in _sides(leaf)]
        if all(sides) and len(sides[0] | sides[1]) == 1:
            return "event.target", "is the source itself", "another actor"
        return None
    state, quantity = leaf.state, vocabulary().get(leaf.state.variable)
    if quantity is None:
        return None
    ends = [check.roles.get(name, (name,)) for name in (state.actor, state.toward) if name]
    met = {actor for end in ends for actor in end}
    if len(ends) == 2 and state.actor != state.toward and len(met) == 1:
        return "state.toward", f"is {shown(min(met))}, the actor itself", "another actor"
    if state.at_least is not None and quantity.hi is not None and state.at_least > quantity.hi:
        return "state.at_least", f"is {state.at_least:g}, which {quantity.name} never reaches", quantity.range
    if state.at_most is not None and state.at_most < quantity.lo:
        return "state.at_most", f"is {state.at_most:g}, which {quantity.name} never reaches", quantity.range
    if state.at_least is not None and state.at_most is not None and state.at_least > state.at_most:
        return "state.at_most", f"is {state.at_most:g}, below at_least", f"{state.at_least:g} or more"
    return None


def _sides(leaf: EventCondition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return leaf.event.source, leaf.event.target
