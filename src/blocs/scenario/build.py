"""Where names become objects: a scenario becomes a `World`, a starting `State` and the mechanisms of a `Model`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from blocs.bloc.rungs import default_rungs, rungs
from blocs.bloc.state import State, blank_state
from blocs.bloc.vocabulary import SLOT_AXES, vocabulary
from blocs.bloc.world import World
from blocs.conduct.base import Specification
from blocs.conduct.catalogue import full
from blocs.conduct.catalogue import without as leave_out
from blocs.engine.model import Model
from blocs.ground.cast import cast_reals
from blocs.ground.errors import bad_input
from blocs.ground.keys import stable_ids
from blocs.mechanisms.base import AbstractMechanism
from blocs.mechanisms.catalogue import MECHANISMS, by_name
from blocs.record import dates
from blocs.scenario.check_model import LONGEST_STRIDE
from blocs.scenario.plan import put_plan
from blocs.scenario.scenario import Scenario

DEPENDS = "depends_"
EVER = 1e6
"""Days: an actor without a date of foundation or end exists this long before and after the epoch."""


@dataclass(frozen=True, repr=False)
class Built:
    """A scenario as arrays: the model, the state at the start of its period, and the day that counts as day 0."""

    scenario: Scenario
    model: Model
    state: State
    epoch: date

    def day(self, when: date) -> float:
        """Return a date as days since the epoch."""
        return float((when - self.epoch).days)

    def __repr__(self) -> str:
        w = self.model.world
        sizes = ", ".join(f"{len(getattr(w, axis))} {axis}" for axis in ("actors", "acts", "issues", "levers"))
        return f"Built({self.scenario.id!r}: {sizes})"


def build(
    scenario: Scenario,
    specification: Specification | None = None,
    mechanisms: Mapping[str, Mapping[str, float]] | None = None,
    without: frozenset[str] = frozenset(),
    dtype: Any = np.float64,
) -> Built:
    """Turn a scenario into arrays.

    Args:
        scenario: what was loaded.
        specification: effects of conduct; those the scenario asks for by default.
        mechanisms: parameter overrides by mechanism, over those of the scenario.
        without: names of mechanisms to leave out (memory cannot be).
        dtype: floating type of the state: float64 to estimate, float32 to simulate.

    Raises:
        InputError: an override names a mechanism or parameter that does not exist, or is out of range.
    """
    world = build_world(scenario)
    parts = build_mechanisms(
        {**scenario.spec.mechanisms, **(mechanisms or {})}, without | switched_off(scenario), str(scenario.path)
    )
    memory = next(m for m in parts if m.card.name == "memory")
    half_lives: Array = memory.half_lives()  # type: ignore[attr-defined]
    chosen = specification or specification_of(scenario)
    model = Model(world, parts, half_lives, chosen, float(scenario.spec.step_days), stride_of(scenario))
    state = starting_state(scenario, world, len(half_lives))
    built = Built(scenario, model, state, scenario.spec.period.start)
    return cast(built, dtype)


def cast(built: Built, dtype: Any) -> Built:
    """Return the same arrays in another floating type."""
    return Built(built.scenario, cast_reals(built.model, dtype), cast_reals(built.state, dtype), built.epoch)


def specification_of(scenario: Scenario) -> Specification:
    """Return the effects a scenario asks for: the whole catalogue less those under `model: without`."""
    names = scenario.spec.model.get("without", [])
    return leave_out(full(), names, str(scenario.path)) if names else full()


def switched_off(scenario: Scenario) -> frozenset[str]:
    """Return the mechanisms that a scenario does without: those not under `model: only`, where that is given."""
    only = scenario.spec.model.get("only")
    if only is None:
        return frozenset()
    known = by_name()
    if not isinstance(only, list) or not set(only) <= set(known):  # pyright: ignore[reportUnknownArgumentType]
        raise bad_input(str(scenario.path), "model.only", f"is {only!r}", f"a list of some of {', '.join(known)}")
    return frozenset(known) - frozenset(only) - {"memory"}  # pyright: ignore[reportUnknownArgumentType]


def stride_of(scenario: Scenario) -> int:
    """Return after how many steps a slow mechanism is ticked once: `stride` under `model`, 1 by default."""
    stride = scenario.spec.model.get("stride", 1)
    if not isinstance(stride, int) or not 1 <= stride <= LONGEST_STRIDE:
        raise bad_input(
            str(scenario.path), "model.stride", f"is {stride!r}", f"a number of steps, 1 to {LONGEST_STRIDE}"
        )
    return stride


def build_mechanisms(
    overrides: Mapping[str, Mapping[str, float]], without: frozenset[str], where: str
) -> tuple[AbstractMechanism, ...]:
    """Return the mechanisms of the catalogue in order, with overrides applied."""
    known = by_name()
    for name in sorted({*overrides, *without} - set(known)):
        raise bad_input(where, "mechanisms", f"no mechanism named {name!r}", f"one of {', '.join(known)}")
    if "memory" in without:
        raise bad_input(where, "mechanisms", "memory cannot be left out", "any other mechanism")
    return tuple(m.make(overrides.get(m.card.name), where) for m in MECHANISMS if m.card.name not in without)


def build_world(scenario: Scenario) -> World:
    """Return the constants of a scenario."""
    actors = [scenario.actors[a] for a in scenario.collectives]
    acts = [a for a in scenario.acts.values() if a.mode is not None]
    names = tuple(a.id for a in actors)
    roles = scenario.roles
    levers = tuple(lever for lever in scenario.levers if any(t.tie == DEPENDS + lever for t in scenario.ties))
    polarity = {"conflictual": -1.0, "neutral": 0.0, "cooperative": 1.0}

    def flag(test: Callable[[Any], bool]) -> Array:
        return jnp.asarray([float(test(a)) for a in actors])

    inside = flag(lambda a: a.role in ("patron", "member") or a.id in roles.get("patron", ()))
    return World(
        actors=names,
        acts=tuple(a.id for a in acts),
        issues=tuple(scenario.issues),
        levers=levers,
        patron=flag(lambda a: a.id in roles.get("patron", ())),
        member=flag(lambda a: a.role == "member" and a.id not in roles.get("patron", ())),
        collective=flag(lambda a: a.kind in ("bloc", "organisation")),
        narrator=flag(lambda a: a.id in roles.get("narrator", ())),
        capability=flag(lambda a: False) + jnp.asarray([a.capability or 0.0 for a in actors]),
        client=_tie_matrix(scenario, names, "patron_client", symmetric=False).T,
        ally=_tie_matrix(scenario, names, "ally", symmetric=True),
        contiguous=_tie_matrix(scenario, names, "contiguous", symmetric=True),
        same_camp=inside[:, None] * inside[None, :],
        present=jnp.asarray([_days_of_existence(scenario, a.since, a.until) for a in actors]),
        polarity=jnp.asarray([polarity[a.polarity] for a in acts]),
        material=jnp.asarray([float(a.mode == "material") for a in acts]),
        cooperation=jnp.asarray([a.default_cooperation / 10.0 for a in acts]),
        act_rung=jnp.asarray([float(a.rung or 0) for a in acts]),
        act_openness=jnp.asarray([float(a.openness or 0) for a in acts]),
        actor_id=stable_ids(names),
        act_id=stable_ids(a.id for a in acts),
        issue_id=stable_ids(scenario.issues),
        act_kinds=tuple(a.kinds or (a.id,) for a in acts),
        ladder=rungs(row.model_dump() for row in scenario.ladder) if scenario.ladder else default_rungs(),
    )


def _days_of_existence(scenario: Scenario, since: str | None, until: str | None) -> tuple[float, float]:
    epoch = scenario.spec.period.start
    first = dates.bounds(since).start if since else None
    last = dates.bounds(until).end if until else None
    return float((first - epoch).days if first else -EVER), float((last - epoch).days if last else EVER)


def _tie_matrix(scenario: Scenario, names: tuple[str, ...], tie: str, symmetric: bool) -> Array:
    """Strongest value of a tie at any time in the period, (source, target)."""
    out = np.zeros((len(names), len(names)))
    index = {n: i for i, n in enumerate(names)}
    for t in scenario.ties:
        if t.tie == tie and t.source in index and t.target in index:
            i, j = index[t.source], index[t.target]
            out[i, j] = max(out[i, j], t.value)
            if symmetric:
                out[j, i] = max(out[j, i], t.value)
    return jnp.asarray(out)


def starting_state(scenario: Scenario, world: World, half_lives: int) -> State:
    """Return the state on the first day: vocabulary defaults, ties of dependence, and the scenario's state entries."""
    state = blank_state(world, half_lives, jnp.float64)
    values = {name: np.array(getattr(state, name)) for name in vocabulary()}
    index = {axis: {n: i for i, n in enumerate(world.names(axis))} for axis in ("actor", "issue", "lever", *SLOT_AXES)}
    for n, lever in enumerate(world.levers):
        values["dependence"][:, :, n] = np.asarray(
            _tie_matrix(scenario, world.actors, DEPENDS + lever, symmetric=False)
        )
    put_plan(values, scenario, world)
    for entry in scenario.state_entries:
        axes = vocabulary()[entry.variable].axes
        parts = entry.names()
        place = tuple(index[axis].get(parts[axis].pop(0)) for axis in axes)
        if None not in place:  # a lever that no actor depends on has no place on the axis
            values[entry.variable][place] = entry.value
    given = {entry.variable for entry in scenario.state_entries}
    for name in {"known_line", "printed_line", "journal_line"} - given:  # at the start everybody has heard the line
        values[name] = np.broadcast_to(values["line"], values[name].shape)
    return state.replace(**{name: jnp.asarray(v) for name, v in values.items()})
