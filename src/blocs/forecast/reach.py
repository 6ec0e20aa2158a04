"""What an intervention can reach in a model, told from its declarations and before any run.

A question has an answer only in a model in which its mechanism lives: what it changes must move there as it moves with
every mechanism, and something must follow from it for a choice or for an outcome. An answer is a finding only where the
question does not itself set what the outcome is told by.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Literal

from blocs.bloc.observe import observe
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.conduct.base import Chosen, Effect, Table
from blocs.mechanisms.catalogue import MECHANISMS
from blocs.scenario.build import Built
from blocs.scenario.interventions import Do, Forbid, Force, Rule, Scale, Set, parse_do
from blocs.scenario.outcomes import EventCondition, Outcome, StateCondition, conditions

_READ: dict[Effect | Table, frozenset[str]] = {}


def changes(built: Built, lines: Iterable[str]) -> tuple[Do, ...]:
    """Return the interventions of a question.

    Raises:
        InputError: a line that cannot be read, or that names what the scenario does not have.
    """
    axes: Mapping[str, tuple[str, ...]] = {q.name: q.axes for q in vocabulary().values()}
    return tuple(parse_do(line, built.scenario, axes) for line in lines)


def reads(part: Effect | Table, built: Built) -> frozenset[str]:
    """Return the quantities of the state that an effect or table depends on, found by tracing it once.

    Which ones they are follows from its formula and not from the scenario: one trace serves all.
    """
    if part not in _READ:
        world, nobody = built.model.world, jnp.zeros((), jnp.int32)

        def value(entries: dict[str, Any]) -> Any:
            view = observe(world, built.state.replace(**entries), built.model.half_lives)
            chosen = Chosen(nobody, nobody, nobody)
            return part.stat(view, chosen) if isinstance(part, Effect) else part.row(view, chosen)

        names = sorted(f.name for f in dataclasses.fields(State))
        traced = jax.make_jaxpr(value)({name: getattr(built.state, name) for name in names}).jaxpr
        used = [v for line in traced.eqns for v in line.invars] + list(traced.outvars)
        kept = {v for v in used if not isinstance(v, Literal)}
        _READ[part] = frozenset(name for name, v in zip(names, traced.invars, strict=True) if v in kept)
    return _READ[part]


def felt(built: Built, asked: Iterable[Outcome]) -> frozenset[str]:
    """Return the quantities from which something follows for some outcomes.

    They are read by a choice, by one of the outcomes, or by a mechanism that moves such a quantity.
    """
    specification = built.model.specification
    found = set[str]().union(*(reads(part, built) for part in (*specification.effects, *specification.tables)))
    leaves = (leaf for outcome in asked for leaf in conditions(outcome.when))
    found |= {leaf.state.variable for leaf in leaves if isinstance(leaf, StateCondition)}
    cards, before = [m.card for m in built.model.mechanisms], -1
    while len(found) > before:
        before = len(found)
        found |= set[str]().union(*(card.reads for card in cards if card.writes & found))
    return frozenset(found)


def unreached(built: Built, lines: Iterable[str], asked: Iterable[Outcome]) -> str:
    """Return why a model cannot tell what interventions would change in some outcomes; nothing where it can.

    Raises:
        InputError: as `changes`.
    """
    cards = {m.card.name: m.card for m in built.model.mechanisms}
    moved = set[str]().union(*(card.writes for card in cards.values()))
    movable = set[str]().union(*(m.card.writes for m in MECHANISMS))
    follows = felt(built, asked)
    for change in changes(built, lines):
        if isinstance(change, Rule) and change.mechanism not in cards:
            return f"it does not have the mechanism whose rule the question changes ({change.mechanism})"
        if isinstance(change, Set | Scale):
            named = change.variable.replace("_", " ")
            if change.variable in movable - moved:
                return f"no mechanism of it moves what the question sets ({named})"
            if change.variable not in follows:
                return f"in it nothing that was asked about follows from what the question sets ({named})"
    return ""


def by_construction(made: Iterable[Do], outcome: Outcome) -> bool:
    """Return whether interventions set what an outcome is told by: the same entry of the state, or the same acts."""
    return any(_sets(change, leaf) for change in made for leaf in conditions(outcome.when))


def _sets(change: Do, leaf: EventCondition | StateCondition) -> bool:
    if isinstance(leaf, EventCondition):
        return isinstance(change, Forbid | Force) and _same_acts(change, leaf)
    if not isinstance(change, Set | Scale) or change.variable != leaf.state.variable:
        return False
    names = leaf.state.names()
    wanted = [names[axis].pop(0) for axis in vocabulary()[change.variable].axes]
    return all(name in cell for name, cell in zip(wanted, change.cells, strict=True))


def _same_acts(change: Forbid | Force, leaf: EventCondition) -> bool:
    if isinstance(change, Force):
        acts, sources, targets = (change.act,), (change.source,), (change.target,)
        issues = (change.issue,) if change.issue else ()
    else:
        acts, sources, targets, issues = change.acts, change.sources, change.targets, ()
    event = leaf.event

    def meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
        return not some or not others or bool(set(some) & set(others))

    ways = [(event.source, event.target)] + ([(event.target, event.source)] if event.either_way else [])
    sides = any(meet(source, sources) and meet(target, targets) for source, target in ways)
    return sides and meet(event.act, acts) and meet(event.issue, issues)
