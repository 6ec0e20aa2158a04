"""Interventions as the engine takes them: lines of the language become a `Control`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from blocs.bloc.vocabulary import vocabulary
from blocs.engine.bans import Ban, bans_of
from blocs.engine.control import Control, Forced, Rule, forced_of, rules_of
from blocs.engine.edits import Edit, edits_of
from blocs.ground.errors import bad_input
from blocs.scenario import interventions as language
from blocs.scenario.build import Built

NOW = -1e9
EVER = 1e9
EDITS, RULES, BANS, FORCED = (32, 256, 2048), (4, 32), (4, 32), (8, 64)
"""Numbers of interventions of a kind that one compiled program serves: questions share programs, whatever they change.

An untouched run has the same room, but none for rules: looking rules up in every step costs time.
"""


def control_for(built: Built, lines: Iterable[str], start: date, end: date | None = None) -> Control:
    """Turn interventions into arrays for the engine.

    Args:
        built: the scenario as arrays; its dtype is used.
        lines: interventions in the language of `blocs.scenario.interventions`.
        start: first day of the forecast; an intervention without a date holds from then on.
        end: its last day; an intervention may not begin later.

    Raises:
        InputError: a line does not parse, names what does not exist or lies outside the forecast.
    """
    world = built.model.world
    known = language.variables()
    parsed = [(text, language.parse_do(text, built.scenario, known, start, end)) for text in lines]
    edits: list[Edit] = []
    rules: list[Rule] = []
    forbids: list[language.Forbid] = []
    forces: list[language.Force] = []
    for text, item in parsed:
        if isinstance(item, language.Set | language.Scale):
            edits += _edits(built, text, item)
        elif isinstance(item, language.Forbid):
            forbids.append(item)
        elif isinstance(item, language.Force):
            forces.append(item)
        else:
            rules.append(_rule(built, text, item))
    bans = [_ban(built, item) for item in forbids]
    forced = [_force(built, item, start) for item in forces]
    dtype = built.state.clock.dtype
    return Control(
        edits_of(edits, built.state, _room(EDITS, len(edits))),
        rules_of(rules, built.model, _room(RULES, len(rules)) if rules else 0),
        bans_of(bans, len(world.actors), len(world.acts), dtype, _room(BANS, len(forbids))),
        *forced_of(forced, dtype, _room(FORCED, len(forces))),
    )


def _room(sizes: Sequence[int], count: int) -> int:
    return next((n for n in sizes if n >= count), count)


def _edits(built: Built, text: str, item: language.Set | language.Scale) -> list[Edit]:
    axes = vocabulary()[item.variable].axes
    value = item.value if isinstance(item, language.Set) else item.factor
    places: list[tuple[int, ...]] = [()]
    for axis, names in zip(axes, item.cells, strict=True):
        options = [_index(built, text, axis, n) for n in names]
        places = [(*p, o) for p in places for o in options]
    day, until = _days(built, item)
    return [
        Edit(
            name=item.variable,
            place=place,
            verb="set" if isinstance(item, language.Set) else "scale",
            hold=item.until is not None,
            value=value,
            day=day,
            until=until,
        )
        for place in places
        if len({*zip(axes, place, strict=True)}) == len(axes)  # not of an actor with itself
    ]


def _index(built: Built, text: str, axis: str, name: str) -> int:
    try:
        return built.model.world.index(axis, name)
    except KeyError:
        names = getattr(built.model.world, axis + "s")
        raise bad_input(text, axis, f"the model has no {axis} {name!r}", f"one of {', '.join(names)}") from None


def _rule(built: Built, text: str, item: language.Rule) -> Rule:
    parts = [m.card.name for m in built.model.mechanisms]
    if item.mechanism not in parts:
        problem = f"this model is without the mechanism {item.mechanism!r}"
        raise bad_input(text, "rule", problem, f"one of {', '.join(parts)}; NAME+all has every mechanism")
    return Rule(item.mechanism, item.parameter, item.value, *_days(built, item))


def _ban(built: Built, item: language.Forbid) -> Ban:
    world = built.model.world

    def places(names: Sequence[str], axis: Sequence[str]) -> list[int]:
        return [n for n, name in enumerate(axis) if name in names]

    sources, targets = places(item.sources, world.actors), places(item.targets, world.actors)
    return Ban(sources, targets, places(item.acts, world.acts), *_days(built, item))


def _days(built: Built, item: language.Set | language.Scale | language.Forbid | language.Rule) -> tuple[float, float]:
    """First and last day of an intervention."""
    first = built.day(item.start) if item.start else NOW
    return first, built.day(item.until) + 1 if item.until else EVER


def _force(built: Built, item: language.Force, start: date) -> Forced:
    world = built.model.world
    return Forced(
        0.5 * (built.day(max(item.start, start)) + built.day(item.until) + 1.0),
        world.actors.index(item.source),
        world.actors.index(item.target),
        world.acts.index(item.act),
        world.issues.index(item.issue) if item.issue else _usual_issue(built, item),
    )


def _usual_issue(built: Built, item: language.Force) -> int:
    """The issue that the record most often joins to this act (first in order where none)."""
    frame = built.scenario.chronicle.dyadic()
    mine = frame.filter((frame["act"] == item.act) & frame["issue"].is_in(built.model.world.issues))
    counts = np.bincount([built.model.world.issues.index(k) for k in mine["issue"]], minlength=1)
    return int(counts.argmax())
