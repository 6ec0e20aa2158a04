"""The phases of one step, each its own function: what an act does, what time does."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act
from blocs.engine.model import Model
from blocs.ground.axes import Key, Scalar
from blocs.ground.keys import named


def wait(state: State, days: Scalar) -> State:
    """Let `days` pass inside a step: the clock moves, memory is read as that much older, nothing else happens."""
    days = jnp.asarray(days, state.clock.dtype)
    return state.replace(clock=state.clock + days, age=state.age + days)


def perform(model: Model, state: State, act: Act) -> State:
    """Apply one act, recorded or simulated, through every mechanism in order."""
    for mechanism in model.mechanisms:
        state = mechanism.after(model.world, state, act)
    return state


def close_step(model: Model, key: Key, state: State) -> State:
    """Apply one whole step of time through every mechanism in order; memory becomes current and its age 0."""
    days = jnp.asarray(model.step_days, state.clock.dtype)
    for mechanism in model.mechanisms:
        state = mechanism.tick(named(key, mechanism.card.name), model.world, state, days)
        # without a bar XLA computes what one mechanism writes anew inside each later one that reads it
        state = jax.lax.optimization_barrier(state)
    return state.replace(age=jnp.zeros_like(state.age))
