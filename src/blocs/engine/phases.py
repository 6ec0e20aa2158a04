"""The phases of one step, each its own function: what an act does, what time does."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool

from blocs.bloc.state import State
from blocs.bloc.world import Act
from blocs.engine.model import Model
from blocs.ground.axes import Key, Scalar
from blocs.ground.keys import named
from blocs.mechanisms.base import AbstractMechanism
from blocs.mechanisms.moves import only_when


def wait(state: State, days: Scalar) -> State:
    """Let `days` pass inside a step: the clock moves, memory is read as that much older, nothing else happens."""
    days = jnp.asarray(days, state.clock.dtype)
    return state.replace(clock=state.clock + days, age=state.age + days, memory_age=state.memory_age + days)


def perform(model: Model, state: State, act: Act) -> State:
    """Apply one act, recorded or simulated, through every mechanism in order."""
    for mechanism in model.mechanisms:
        with jax.named_scope(mechanism.card.name):
            state = mechanism.after(model.world, state, act)
    return state


def close_step(model: Model, key: Key, state: State, whole: bool | Bool[Array, ""] = True) -> State:
    """Apply one whole step of time through every mechanism in order; memory becomes current and the age of the step 0.

    Slow mechanisms take turns: each is ticked once in `model.stride` steps, by the days of all of them. A step that is not
    `whole` is left open: nothing is applied.
    """
    days = jnp.asarray(model.step_days, state.clock.dtype)
    step = jnp.round(state.clock / days)
    for place, mechanism in enumerate(model.mechanisms):
        # a branch of its own: what is switched off or not due costs nothing
        stride = model.stride if mechanism.card.slow else 1
        due = whole & (mechanism.strength > 0) & (jnp.mod(step + place, stride) < 0.5)
        tick = _ticking(model, mechanism, key, stride * days)
        with jax.named_scope(mechanism.card.name):
            state = only_when(due, state, mechanism.card.writes, tick)
    return state.replace(age=jnp.where(whole, 0.0, state.age).astype(state.age.dtype))


def _ticking(model: Model, mechanism: AbstractMechanism, key: Key, days: Scalar) -> Callable[[State], State]:
    stream = named(key, mechanism.card.name)
    return lambda state: mechanism.tick(stream, model.world, state, days)
