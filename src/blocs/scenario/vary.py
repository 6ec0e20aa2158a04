"""Interventions as the engine takes them: lines of the language become a `Control`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from blocs.bloc.vocabulary import vocabulary
from blocs.engine.control import Control, Edit, Rule, edits_of, nothing
from blocs.ground.errors import bad_input
from blocs.scenario import interventions as language
from blocs.scenario.build import Built

NOW = -1e9
EVER = 1e9
SLOTS = (32, 256, 2048)
"""Numbers of edits that one compiled program serves: questions share programs, whatever they set."""


def variables() -> dict[str, tuple[str, ...]]:
    """Return the quantities that may be set or scaled, with their axes: all of the vocabulary but memory."""
    return {name: q.axes for name, q in vocabulary().items() if not q.memory}


def control_for(built: Built, lines: Iterable[str], start: date) -> Control:
    """Turn interventions into arrays for the engine.

    Args:
        built: the scenario as arrays; its dtype is used.
        lines: interventions in the language of `blocs.scenario.interventions`.
        start: first day of the forecast; an intervention without a date holds from then on.

    Raises:
        InputError: a line does not parse or names what does not exist.
    """
    world = built.model.world
    parsed = [(text, language.parse_do(text, built.scenario, variables())) for text in lines]
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
            rules.append(_rule(built, text, item, start))
    blank = nothing(len(world.actors), len(world.acts))
    slots = next((n for n in SLOTS if n >= len(edits)), len(edits)) if edits else 0
    return Control(
        edits_of(edits, built.state, slots),
        tuple(rules),
        *_forbid(built, forbids, blank),
        *_force(built, forces, start, blank),
    )


def _real(built: Built, value: float) -> Array:
    return jnp.asarray(value, built.state.clock.dtype)


def _edits(built: Built, text: str, item: language.Set | language.Scale) -> list[Edit]:
    axes = vocabulary()[item.variable].axes
    q = vocabulary()[item.variable]
    value = item.value if isinstance(item, language.Set) else item.factor
    if isinstance(item, language.Set) and not (q.lo <= value and (q.hi is None or value <= q.hi)):
        top = "" if q.hi is None else f"{q.hi:g}"
        raise bad_input(text, item.variable, f"{value:g} is outside its range", f"{q.lo:g}..{top} {q.unit}")
    places: list[tuple[int, ...]] = [()]
    for axis, names in zip(axes, item.cells, strict=True):
        options = [_index(built, text, axis, n) for n in names]
        places = [(*p, o) for p in places for o in options]
    hold = item.until is not None
    return [
        Edit(
            name=item.variable,
            place=place,
            verb="set" if isinstance(item, language.Set) else "scale",
            hold=hold,
            value=value,
            day=built.day(item.start) if item.start else NOW,
            until=built.day(item.until) + 1 if item.until else EVER,
        )
        for place in places
    ]


def _index(built: Built, text: str, axis: str, name: str) -> int:
    try:
        return built.model.world.index(axis, name)
    except KeyError:
        names = getattr(built.model.world, axis + "s")
        raise bad_input(text, axis, f"the model has no {axis} {name!r}", f"one of {', '.join(names)}") from None


def _rule(built: Built, text: str, item: language.Rule, start: date) -> Rule:
    parts = {m.card.name: m for m in built.model.mechanisms}
    if item.mechanism not in parts:
        raise bad_input(text, "rule", f"no mechanism named {item.mechanism!r}", f"one of {', '.join(parts)}")
    params = {p.name: p for p in parts[item.mechanism].card.params}
    if item.parameter not in params:
        raise bad_input(text, item.mechanism, f"no parameter {item.parameter!r}", f"one of {', '.join(params)}")
    p = params[item.parameter]
    if not p.lo <= item.value <= p.hi:
        raise bad_input(text, item.parameter, f"{item.value:g} is outside its range", f"{p.lo:g}..{p.hi:g} {p.unit}")
    return Rule(
        item.mechanism,
        item.parameter,
        _real(built, item.value),
        _real(built, built.day(item.start or start) if item.start else NOW),
        _real(built, built.day(item.until) + 1 if item.until else EVER),
    )


def _forbid(built: Built, items: list[language.Forbid], blank: Control) -> tuple[Array, Array, Array, Array]:
    if not items:
        return blank.forbid_source, blank.forbid_target, blank.forbid_act, blank.forbid_days
    world = built.model.world

    def mask(names: tuple[str, ...], of: tuple[str, ...]) -> list[bool]:
        return [n in names for n in of]

    days = [[built.day(f.start) if f.start else NOW, built.day(f.until) + 1 if f.until else EVER] for f in items]
    return (
        jnp.asarray([mask(f.sources, world.actors) for f in items]),
        jnp.asarray([mask(f.targets, world.actors) for f in items]),
        jnp.asarray([mask(f.acts, world.acts) for f in items]),
        jnp.asarray(days, built.state.clock.dtype),
    )


def _force(built: Built, items: list[language.Force], start: date, blank: Control) -> tuple[Array, Array, Array]:
    if not items:
        return blank.forced, blank.forced_day.astype(built.state.clock.dtype), blank.forced_count
    world = built.model.world
    for f in items:
        if f.until < start:
            raise bad_input("do", "force", f"{f.start} is before the forecast starts", f"a day from {start} on")
    ordered = sorted(items, key=lambda f: f.start)
    codes = [
        [
            world.actors.index(f.source),
            world.actors.index(f.target),
            world.acts.index(f.act),
            world.issues.index(f.issue) if f.issue else _usual_issue(built, f),
        ]
        for f in ordered
    ]
    middle = [0.5 * (built.day(f.start) + built.day(f.until) + 1.0) for f in ordered]
    return (
        jnp.asarray(codes, jnp.int32),
        jnp.asarray(middle, built.state.clock.dtype),
        jnp.asarray(len(codes), jnp.int32),
    )


def _usual_issue(built: Built, item: language.Force) -> int:
    """The issue that the record most often joins to this act (first in order where none)."""
    frame = built.scenario.chronicle.dyadic()
    mine = frame.filter((frame["act"] == item.act) & frame["issue"].is_in(built.model.world.issues))
    counts = np.bincount([built.model.world.issues.index(k) for k in mine["issue"]], minlength=1)
    return int(counts.argmax())
