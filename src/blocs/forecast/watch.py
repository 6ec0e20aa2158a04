"""What a forecast notes of the state: how each member stands with the patron, and all that outcomes ask about."""

from __future__ import annotations

from blocs.bloc.food import STAPLE, lever_place
from blocs.bloc.vocabulary import vocabulary
from blocs.engine.watch import Watch, Watched
from blocs.scenario.build import Built
from blocs.scenario.outcomes import StateCondition, conditions
from blocs.scenario.scenario import ROLES, Scenario

BY_ACTOR = ("cohesion", "unrest", "leader_standing", "leader_changes")
BY_DYAD = ("warmth", "openness", "rung", "debt")


def default_watch(built: Built) -> Watch:
    """Return the watch of a scenario's forecasts, quantities in order of name, entries without repeats."""
    world = built.model.world
    scenario = built.scenario
    patron = [world.index("actor", a) for a in scenario.roles.get("patron", ())]
    sides = [n for n, a in enumerate(world.actors) if _followed(scenario, a)]
    found: dict[str, list[tuple[int, ...]]] = {}
    for name in BY_ACTOR:
        found[name] = [(n,) for n in sides]
    for name in BY_DYAD:
        pairs = [((p, n), (n, p)) for p in patron for n in sides if n != p]
        found[name] = [place for pair in pairs for place in pair]
    food = lever_place(world, STAPLE)
    found["reserve_days"] = [] if food is None else [(n, food) for n in sides]
    for outcome in scenario.outcomes.values():
        for leaf in conditions(outcome.when):
            if isinstance(leaf, StateCondition):
                found.setdefault(leaf.state.variable, []).append(state_index(built, leaf))
    return tuple(Watched(name, tuple(dict.fromkeys(found[name]))) for name in sorted(found) if found[name])


def _followed(scenario: Scenario, who: str) -> bool:
    """Whether an actor is a state inside the bloc, or one that a role of the scenario names."""
    actor = scenario.actors[who]
    inside = actor.role in ("patron", "member") or (who,) in (scenario.roles.get(role) for role in ROLES)
    return actor.kind == "party_state" or (actor.kind == "state" and inside)


def state_index(built: Built, condition: StateCondition) -> tuple[int, ...]:
    """Return the index of a state condition on each axis of its quantity."""
    chosen = condition.state
    names = chosen.names()
    return tuple(built.model.world.index(axis, names[axis].pop(0)) for axis in vocabulary()[chosen.variable].axes)
