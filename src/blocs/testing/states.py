"""Hypothesis strategies for worlds, states, acts and mechanisms: valid ones, from calm to extreme.

Arrays are filled from one drawn seed: entries are a mixture of the ends of the vocabulary's range, the default and
uniform values between, so that a few examples reach the corners. Sizes are arguments and not drawn, so that JAX
compiles once for all examples of a test. `make_world` and its sisters build the same from a seed, without Hypothesis.
"""

from __future__ import annotations

from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from blocs.bloc.food import STAPLE
from blocs.bloc.state import INTEGER, State, axis_sizes
from blocs.bloc.vocabulary import Quantity, vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key
from blocs.ground.keys import root, stable_ids
from blocs.mechanisms.base import AbstractMechanism

HALF_LIVES = 3
FAR = 100.0
"""Stands for infinity where a quantity has no upper bound."""

# polarity, material, cooperation, rung, openness: every kind of act that a mechanism tells apart
KINDS = (
    (-1, 1, -0.9, 22, 6),
    (1, 1, 0.6, 0, 0),
    (-1, 1, -0.5, 10, 1),
    (-1, 0, -0.5, 8, 3),
    (1, 0, 0.4, 2, 0),
    (0, 0, 0.0, 0, 1),
    (-1, 0, -0.3, 0, 0),
    (1, 0, 0.0, 6, 0),
)

# what each of them may be called: every kind that a mechanism asks for belongs to one of these acts
NAMES = (
    ("break", "coerce", "military"),
    ("aid", "agree", "base", "specialists"),
    ("withhold", "sanction", "recall", "remove", "purge"),
    ("criticise", "demand", "threaten", "distance", "letter", "spy", "subvert", "plot"),
    ("honour", "visit", "propose", "promise", "align", "defend", "rehabilitate", "appoint", "personnel", "proposal"),
    ("declare", "convene", "inform", "speech", "publication", "process"),
    ("refuse", "slight", "refusal", "expulsion"),
    ("meet", "consult", "lobby", "vote", "signature", "meeting"),
)

M = TypeVar("M", bound=AbstractMechanism)
_SEEDS = st.integers(0, 2**32 - 1)
_WILDNESS = st.sampled_from((0.0, 0.3, 0.7, 1.0))


def worlds(actors: int = 4, issues: int = 3, levers: int = 2, acts: int = 8) -> st.SearchStrategy[World]:
    """Return a strategy of worlds: one patron or none, clients, neutrals and forums, some actors gone or not yet there.

    Args:
        actors, issues, levers, acts: lengths of the axes, each at least 1 (actors at least 2).
    """
    return st.builds(lambda seed: make_world(seed, actors, issues, levers, acts), _SEEDS)


def states(world: World, dtype: Any = jnp.float32) -> st.SearchStrategy[State]:
    """Return a strategy of states of a world, inside the vocabulary's ranges, at any day and any age of memory."""
    days, ages = st.floats(0, 3000, width=32), st.floats(0, 7, width=32)
    return st.builds(make_state, st.just(world), _SEEDS, _WILDNESS, days, ages, st.just(dtype))


def acts(world: World, dtype: Any = jnp.float32) -> st.SearchStrategy[Act]:
    """Return a strategy of acts between two different actors of a world, of weight 0..1."""
    n = len(world.actors)
    return st.builds(
        lambda i, step, g, k, weight: make_act(i, (i + step) % n, g, k, weight, dtype),
        st.integers(0, n - 1),
        st.integers(1, n - 1),
        st.integers(0, len(world.acts) - 1),
        st.integers(0, len(world.issues) - 1),
        st.sampled_from((1.0, 0.5, 0.0)) | st.floats(0, 1, width=32),
    )


def mechanisms(kind: type[M]) -> st.SearchStrategy[M]:
    """Return a strategy of mechanisms of one kind, every parameter anywhere in its declared range."""
    values = {p.name: st.sampled_from((p.default, p.lo, p.hi)) | st.floats(p.lo, p.hi) for p in kind.card.params}
    return st.fixed_dictionaries(values).map(kind.make)


def _values(rng: np.random.Generator, q: Quantity, shape: tuple[int, ...], wildness: float) -> Any:
    hi = FAR if q.hi is None else q.hi
    corner = rng.choice([q.lo, hi, q.default], shape)
    inside = rng.uniform(q.lo, hi, shape)
    wild = np.where(rng.random(shape) < 0.5, corner, inside)
    return np.where(rng.random(shape) < wildness, wild, q.default)


def make_world(seed: int, actors: int = 4, issues: int = 3, levers: int = 2, acts: int = 8) -> World:
    """Return the world of a seed: roles, ties, capabilities and kinds of acts drawn at random, names by number.

    The first lever is food, by whose name mechanisms know it.
    """
    rng = np.random.default_rng(seed)
    who = np.arange(actors)
    patron = (who == rng.integers(-1, actors)).astype(float)
    member = (rng.random(actors) < 0.7) * (1.0 - patron)
    client = np.outer(member, patron) * (rng.random((actors, actors)) < 0.9)
    kinds = np.array([KINDS[g % len(KINDS)] for g in range(acts)], dtype=float)
    order = rng.permutation(acts)
    kinds = kinds[order]
    gone = rng.random(actors) < 0.2
    present = np.where(gone[:, None], [[500.0, 1000.0]], [[-10000.0, 10000.0]])
    names = {"actor": actors, "act": acts, "issue": issues, "lever": levers}
    label = {axis: tuple(f"{axis}{n}" for n in range(size)) for axis, size in names.items()}
    label["lever"] = (STAPLE, *label["lever"][1:])

    def array(x: Any) -> Any:
        return jnp.asarray(x, jnp.float32)

    return World(
        label["actor"],
        label["act"],
        label["issue"],
        label["lever"],
        patron=array(patron),
        member=array(member),
        collective=array(rng.random(actors) < 0.15),
        narrator=array(who == rng.integers(-1, actors)),
        capability=array(rng.choice([0.0, 0.1, 0.3, 1.0], actors)),
        client=array(client),
        ally=array(_ties(rng, actors)),
        contiguous=array(_ties(rng, actors)),
        same_camp=array(_ties(rng, actors)),
        present=array(present),
        polarity=array(kinds[:, 0]),
        material=array(kinds[:, 1]),
        cooperation=array(kinds[:, 2]),
        act_rung=array(kinds[:, 3]),
        act_openness=array(kinds[:, 4]),
        actor_id=stable_ids(label["actor"]),
        act_id=stable_ids(label["act"]),
        issue_id=stable_ids(label["issue"]),
        act_kinds=tuple(NAMES[n % len(NAMES)] for n in order),
    )


def make_state(
    world: World, seed: int, wildness: float = 0.7, clock: float = 100.0, age: float = 3.0, dtype: Any = jnp.float32
) -> State:
    """Return the state of a seed; `wildness` 0..1 is the share of entries that are not the vocabulary's default."""
    rng, sizes = np.random.default_rng(seed), axis_sizes(world, HALF_LIVES)

    def fill(q: Quantity) -> Any:
        shape = tuple(sizes[a] for a in q.axes)
        if q.name in INTEGER:
            tops = {"act index": len(world.acts), "issue index": len(world.issues), "actor index": len(world.actors)}
            return rng.integers(-1, tops.get(q.unit, 1), shape).astype(np.int32)
        return np.asarray(_values(rng, q, shape, wildness), dtype)

    values = {name: fill(q) for name, q in vocabulary().items()}
    return State(clock=jnp.asarray(clock, dtype), age=jnp.asarray(age, dtype), **jax.device_put(values))


def make_act(source: int, target: int, act: int, issue: int, weight: float = 1.0, dtype: Any = jnp.float32) -> Act:
    """Return one act; the first four are places on the axes of the world."""
    i, j, g, k = (jnp.asarray(x, jnp.int32) for x in (source, target, act, issue))
    return Act(i, j, g, k, jnp.asarray(weight, dtype))


def make_case(seed: int) -> tuple[World, State, Act, Key]:
    """Return a whole situation of a seed, as `assert_conforms` takes it after the mechanism."""
    world, rng = make_world(seed), np.random.default_rng(seed)
    source, target = rng.choice(len(world.actors), 2, replace=False).tolist()
    act = make_act(source, target, int(rng.integers(len(world.acts))), int(rng.integers(len(world.issues))))
    return world, make_state(world, seed), act, root(seed)


def _ties(rng: np.random.Generator, actors: int) -> Any:
    upper = np.triu(rng.random((actors, actors)) < 0.4, 1)
    return (upper | upper.T).astype(float)
