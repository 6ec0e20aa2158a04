"""Whole histories: a few runs with the entire state at the end of every step, to look inside and to test."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
from jaxtyping import Array, Float, UInt32

from blocs.bloc.state import State
from blocs.engine.compiler import OPTIONS
from blocs.engine.control import Control
from blocs.engine.loop import Carry, Track, first_carry, one_step, span_of
from blocs.engine.model import Coefficients, Model
from blocs.ground.axes import Key


class History(NamedTuple):
    """Acts of each run, and the state at the end of each step: every quantity has leading axes (run, step)."""

    track: Track
    states: State


@eqx.filter_jit(compiler_options=OPTIONS)  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
def histories(
    model: Model,
    coefficients: Coefficients,
    state: State,
    control: Control,
    keys: UInt32[Array, "run 2"],
    steps: int,
    slots: int,
    each: Model | None = None,
    last: Float[Array, ""] | None = None,
) -> History:
    """Run `steps` steps once for each key and keep the state at the end of every step.

    The same keys, model and control give the same acts as `engine.loop.simulate`. Memory grows with runs times steps times
    the whole state: for a handful of runs of a large bloc, or some hundreds of a small one.

    Args:
        model, coefficients: parameters of conduct, shared by all runs.
        state, control: every array with a leading axis run.
        keys: one random key a run.
        steps: number of steps of `model.step_days`.
        slots: acts a run can hold; a run that needs more is reported by `Track.acts > slots`.
        each: arrays of the model that differ between runs, with a leading axis run; `None` elsewhere.
        last: as for `simulate`.
    """

    def one(given: tuple[Key, State, Control, Model | None]) -> History:
        key, begin, doing, own = given
        parts = model if own is None else eqx.combine(own, model)
        first = first_carry(begin, doing, steps, slots, 0)
        span = span_of(begin, steps, model.step_days, last)

        def step(carry: Carry, _: None) -> tuple[Carry, State]:
            done = one_step(parts, coefficients, doing, (), key, span, carry)
            return done, done.state

        end, states = jax.lax.scan(step, first, length=steps)
        return History(end.track, states)

    return jax.lax.map(one, (keys, state, control, each))


__all__ = ["History", "histories"]
