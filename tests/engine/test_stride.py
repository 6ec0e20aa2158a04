"""Slow mechanisms take turns: each is ticked once in a stride, by the days of all its steps, and ends where it would have."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from blocs.conduct.base import Specification
from blocs.engine.model import Model
from blocs.engine.phases import close_step, wait
from blocs.ground.keys import at, root
from blocs.mechanisms.library.memory import Memory
from blocs.mechanisms.library.surveillance import Surveillance
from blocs.mechanisms.library.warmth import Warmth

from . import lab

STEPS = 8


def states(stride: int):
    world = lab.world()
    memory = Memory.make()
    parts = (memory, Warmth.make(), Surveillance.make({"ear": 0.0, "spot": 0.0}))
    model = lab.light(Model(world, parts, memory.half_lives(), Specification("none", (), ()), 7.0, stride))
    state = lab.start(world)
    state = state.replace(tapped=jnp.full_like(state.tapped, 0.8))
    found = [state]
    close = jax.jit(lambda s, n: close_step(model, at(root(1), n), wait(s, 7.0)))
    for n in range(STEPS):
        found.append(close(found[-1], jnp.uint32(n)))
    return found


def test_a_slow_mechanism_is_ticked_once_in_a_stride_and_a_fast_one_always():
    every, fourth = states(1), states(4)
    moved = [not np.array_equal(a.tapped, b.tapped) for a, b in itertools.pairwise(fourth)]
    assert sum(moved) == STEPS // 4
    np.testing.assert_allclose(fourth[-1].tapped, every[-1].tapped, rtol=1e-5)
    np.testing.assert_array_equal(fourth[-1].warmth, every[-1].warmth)
