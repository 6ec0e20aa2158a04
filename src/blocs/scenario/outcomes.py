"""Outcomes: sentences about events and state that come true at a day or never, in a small closed language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from blocs.record.event import Id, Pages, Text
from blocs.scenario.spec import Cell, Part, When

PLACEHOLDER = "{member}"
"""Stands for the member in an outcome with `for_each`."""

Roles = Mapping[str, tuple[str, ...]]


def _several(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class EventSelector(Part):
    """Which directed acts count; an empty selector matches all. `either_way` also counts them with sides exchanged."""

    act: Names = ()
    source: Names = ()
    target: Names = ()
    issue: Names = ()
    either_way: bool = False


class EventCondition(Part):
    """At least `at_least` matching acts since the forecast start."""

    event: EventSelector
    at_least: Annotated[int, Field(ge=1)] = 1


class StateSelector(Cell):
    """A value of the state and a threshold; the axes of the variable say which of the names are needed."""

    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> StateSelector:
        if self.at_least is None and self.at_most is None:
            raise ValueError("has no threshold, expected at_least or at_most")
        return self


class StateCondition(Part):
    """A value of the state at or past a threshold."""

    state: StateSelector


class AnyOf(Part):
    """At least one of the conditions holds."""

    any_of: Annotated[tuple[Condition, ...], BeforeValidator(_several), Field(min_length=1)]


class AllOf(Part):
    """All conditions hold (each may have come true on its own day)."""

    all_of: Annotated[tuple[Condition, ...], BeforeValidator(_several), Field(min_length=1)]


def _which(value: Any) -> str | None:
    if isinstance(value, Part):
        return next(iter(type(value).model_fields))
    if isinstance(value, dict):
        return next((key for key in ("event", "state", "any_of", "all_of") if key in value), None)
    return None


Condition = Annotated[
    Annotated[EventCondition, Tag("event")]
    | Annotated[StateCondition, Tag("state")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[AllOf, Tag("all_of")],
    Discriminator(_which),
]

AnyOf.model_rebuild()
AllOf.model_rebuild()


class Recorded(Part):
    """What the record says happened, coded by hand where acts alone cannot tell; `value` null where nobody can say.

    An outcome that is not known is forecast like any other, and left out of every score.
    """

    value: bool | None
    date: When | None = None
    pages: Pages = ()
    note: str | None = None

    @model_validator(mode="after")
    def _dated(self) -> Recorded:
        if self.value is None and self.date is not None:
            raise ValueError("has a date though value is null, expected no date for what is not known")
        return self


class Before(Part):
    """How often an outcome came true in the training period, for its base rate, where acts alone cannot tell.

    `times` counts the actors for which it did, out of `among` for which it could have.
    """

    times: Annotated[int, Field(ge=0)]
    among: Annotated[int, Field(ge=1)]
    pages: Pages = ()
    note: str | None = None


class Outcome(Part):
    """Something that comes true for the first time on some day of the forecast, or never.

    `for_each` makes one outcome per member or ally, id `<id>.<actor>`; `{member}` then stands for the actor.
    `recorded_for` gives the hand-coded truth per member of such an outcome, `recorded` that of a single one; `before`
    the hand-coded base rate.
    """

    id: Id
    title: Text
    kind: Literal["first"] = "first"
    for_each: Literal["member", "ally"] | None = None
    when: Condition
    note: str | None = None
    before: Before | None = None
    recorded: Recorded | None = None
    recorded_for: dict[str, Recorded] = Field(default_factory=dict[str, Recorded])


Leaf = EventCondition | StateCondition


def conditions(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves of a condition."""
    return (leaf for _, leaf in placed(condition))


def placed(condition: Condition, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Leaf]]:
    """Yield (place in the file, from the outside in; leaf) for the leaves of a condition that stands at `at`."""
    if isinstance(condition, AnyOf | AllOf):
        name = "any_of" if isinstance(condition, AnyOf) else "all_of"
        for n, part in enumerate(condition.any_of if isinstance(condition, AnyOf) else condition.all_of):
            yield from placed(part, (*at, name, n))
    else:
        yield at, condition


def expand(
    outcomes: Iterable[Outcome], roles: Roles, names: Mapping[str, str] = MappingProxyType({})
) -> tuple[Outcome, ...]:
    """Return single outcomes: `for_each` spelled out, roles replaced by the ids of their actors.

    A role that names several actors in a state condition becomes `any_of` over them. `names` are those of actors, for
    titles; an actor without one is called by its id.
    """
    found: list[Outcome] = []
    for outcome in outcomes:
        if outcome.for_each is None:
            found.append(outcome.model_copy(update={"when": _resolved(outcome.when, roles)}))
            continue
        found += [_single(outcome, actor, roles, names.get(actor, actor)) for actor in roles[outcome.for_each]]
    return tuple(found)


def _single(outcome: Outcome, actor: str, roles: Roles, name: str) -> Outcome:
    return outcome.model_copy(
        update={
            "id": f"{outcome.id}.{actor}",
            "title": outcome.title.replace(PLACEHOLDER, name),
            "for_each": None,
            "when": _resolved(outcome.when, {**roles, PLACEHOLDER: (actor,)}),
            "recorded": outcome.recorded_for.get(actor),
            "recorded_for": {},
        }
    )


def _resolved(condition: Condition, roles: Roles) -> Condition:
    if isinstance(condition, AnyOf):
        return AnyOf(any_of=tuple(_resolved(part, roles) for part in condition.any_of))
    if isinstance(condition, AllOf):
        return AllOf(all_of=tuple(_resolved(part, roles) for part in condition.all_of))
    if isinstance(condition, StateCondition):
        return _resolved_state(condition, roles)
    sides = {side: _ids(getattr(condition.event, side), roles) for side in ("source", "target")}
    return condition.model_copy(update={"event": condition.event.model_copy(update=sides)})


def _resolved_state(condition: StateCondition, roles: Roles) -> Condition:
    state = condition.state
    ends = [_ids((name,), roles) if name else (None,) for name in (state.actor, state.toward)]
    cells = [
        StateCondition(state=state.model_copy(update={"actor": actor, "toward": toward}))
        for actor in ends[0]
        for toward in ends[1]
        if actor is None or actor != toward
    ]
    return cells[0] if len(cells) == 1 else AnyOf(any_of=tuple(cells))


def _ids(names: Iterable[str], roles: Roles) -> tuple[str, ...]:
    return tuple(dict.fromkeys(actor for name in names for actor in roles.get(name, (name,))))
