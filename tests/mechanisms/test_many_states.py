"""Ten thousand random situations through one whole step: every number stays finite and inside its range."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.state import INTEGER, State, axis_sizes
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act
from blocs.conduct.base import Specification
from blocs.engine.model import Model
from blocs.engine.phases import close_step, perform
from blocs.ground.keys import at, root, uniforms
from blocs.mechanisms.catalogue import MECHANISMS
from blocs.testing.states import FAR, HALF_LIVES, make_world

WORLDS, EACH = 10, 1000
TOPS = {"act index": "act", "issue index": "issue", "actor index": "actor"}


def model_of(world) -> Model:
    parts = jax.tree.map(lambda x: x.astype(jnp.float32), tuple(m.make() for m in MECHANISMS))
    memory = next(m for m in parts if m.card.name == "memory")
    return Model(world, parts, memory.half_lives(), Specification("none", (), ()), 7.0)


def random_state(world, key) -> State:
    """Every entry at an end of its range, at its default, or anywhere between."""
    sizes = axis_sizes(world, HALF_LIVES)
    values = {}
    for n, (name, q) in enumerate(vocabulary().items()):
        shape = tuple(sizes[a] for a in q.axes)
        ids = jnp.arange(int(np.prod(shape)), dtype=jnp.uint32)
        which, where = (uniforms(at(key, jnp.uint32(n)), ids, level).reshape(shape) for level in (2, 3))
        if name in INTEGER:
            top = sizes.get(TOPS.get(q.unit, ""), 1)
            values[name] = jnp.floor(where * (top + 1)).astype(jnp.int32) - 1
            continue
        hi = FAR if q.hi is None else q.hi
        inside = q.lo + where * (hi - q.lo)
        corners = jnp.where(which < 0.15, q.lo, jnp.where(which < 0.3, hi, q.default))
        values[name] = jnp.where(which < 0.5, corners, inside)
    return State(clock=jnp.float32(100.0), age=jnp.float32(3.0), **values)


def outside(state: State) -> dict[str, jax.Array]:
    """How many entries of each quantity are no finite number or out of range."""
    found = {}
    for name, q in vocabulary().items():
        x = getattr(state, name).astype(jnp.float32)
        wrong = ~jnp.isfinite(x) | (x < q.lo - 1e-4)
        found[name] = (wrong if q.hi is None else wrong | (x > q.hi + 1e-4)).sum()
    return found


@eqx.filter_jit
def faults(model: Model, keys) -> dict[str, jax.Array]:
    def one(key):
        world = model.world
        draw = uniforms(at(key, jnp.uint32(9)), jnp.arange(5, dtype=jnp.uint32))
        i = (draw[0] * len(world.actors)).astype(jnp.int32)
        j = (i + 1 + (draw[1] * (len(world.actors) - 1)).astype(jnp.int32)) % len(world.actors)
        g, k = (draw[2] * len(world.acts)).astype(jnp.int32), (draw[3] * len(world.issues)).astype(jnp.int32)
        state = perform(model, random_state(world, key), Act(i, j, g, k, draw[4]))
        return outside(close_step(model, at(key, jnp.uint32(7)), state))

    return jax.tree.map(jnp.sum, jax.lax.map(one, keys))


@pytest.mark.slow
def test_ten_thousand_situations_leave_every_number_in_its_range():
    for seed in range(WORLDS):
        keys = jax.vmap(lambda n, s=seed: at(root(s), n))(jnp.arange(EACH, dtype=jnp.uint32))
        found = faults(model_of(make_world(seed, acts=16)), keys)
        assert {name: int(n) for name, n in found.items() if n} == {}
