"""A check that a statistic of conduct reads only what its chooser can see: two worlds that differ in the rest agree.

from blocs.testing.sight import assert_sees_only
assert_sees_only(my_effect, seed=0)
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from blocs.bloc.observe import View, observe
from blocs.bloc.sight import hidden_from
from blocs.bloc.state import INTEGER, State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import World
from blocs.conduct.base import Chosen, Effect, Table
from blocs.testing.states import FAR, make_state, make_world

HALF_LIVES = (0.1, 20.0, 400.0)


def elsewhere(world: World, state: State, actor: int, seed: int) -> State:
    """Return a state in which every entry that an actor cannot see has another value, and nothing else differs."""
    rng, changed = np.random.default_rng(seed), {}
    for name, mask in hidden_from(world, state, actor).items():
        q, now = vocabulary()[name], np.asarray(getattr(state, name))
        hi = FAR if q.hi is None else q.hi
        fresh = rng.integers(0, 2, now.shape) if name in INTEGER else rng.uniform(q.lo, hi, now.shape)
        changed[name] = jnp.asarray(np.where(mask, fresh, now), now.dtype)
    return state.replace(**changed)


def peeks_at(part: Effect | Table, seed: int = 0, actors: int = 4) -> str:
    """Return the first hidden quantity that an effect or table reads, or nothing; `several` where none does it alone.

    At level "source" every actor is a chooser, and its own option alone is looked at; elsewhere the source chooses.
    """
    world = make_world(seed, actors)
    state = make_state(world, seed, 0.9)
    for actor in range(actors):
        chosen = _chosen(world, actor, seed)
        here = _read(part, _view(world, state), chosen, actor)
        there = elsewhere(world, state, actor, seed + 1)
        if np.array_equal(here, _read(part, _view(world, there), chosen, actor), equal_nan=True):
            continue
        for name in hidden_from(world, state, actor):
            one = state.replace(**{name: getattr(there, name)})
            if not np.array_equal(here, _read(part, _view(world, one), chosen, actor)):
                return name
        return "several"
    return ""


def assert_sees_only(part: Effect | Table, seed: int = 0, actors: int = 4) -> None:
    """Assert that an effect or table is the same in two worlds between which its chooser cannot tell (`peeks_at`).

    Raises:
        AssertionError: it depends on something hidden; the message names the first such quantity.
    """
    name = peeks_at(part, seed, actors)
    seen = vocabulary()[name].seen if name in vocabulary() else "together"
    assert not name, (
        f"{part.level}.{part.name}: depends on `{name}`, which the chooser cannot see (seen: {seen}); use what it believes"
    )


def _view(world: World, state: State) -> View:
    return observe(world, state, jnp.asarray(HALF_LIVES))


def _chosen(world: World, actor: int, seed: int) -> Chosen:
    target = (actor + 1 + seed % (len(world.actors) - 1)) % len(world.actors)
    return Chosen(*(jnp.asarray(n, jnp.int32) for n in (actor, target, seed % len(world.acts))))


def _read(part: Effect | Table, view: View, chosen: Chosen, actor: int) -> Any:
    found = np.asarray(part.stat(view, chosen) if isinstance(part, Effect) else part.row(view, chosen))
    return found[actor] if part.level == "source" and found.ndim else found
