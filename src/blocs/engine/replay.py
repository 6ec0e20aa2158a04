"""Walk a recorded history through the same step as a simulation and note what each choice was made from.

The tape is a list of operations: close a step, or perform an act after waiting some days. Replaying it gives, for every
act, the statistics of every option at all four levels: the choice sets on which the likelihood is a plain conditional
logit. The walk is differentiable in the parameters of mechanisms.
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.observe import observe
from blocs.bloc.state import State
from blocs.bloc.world import Act
from blocs.conduct.base import LEVELS, Chosen
from blocs.engine.choose import may_choose, rows, statistics
from blocs.engine.model import Model
from blocs.engine.phases import close_step, perform, wait
from blocs.engine.watch import Watch, read_watch
from blocs.ground.keys import at


class Tape(NamedTuple):
    """A recorded history in the step's terms; axis op.

    `kind` 0 closes a step, 1 performs an act after `days`, 2 notes a stated position after `days`: `source` holds
    `issue` at `value` with `salience`, in public (`act` 0), in private (`act` 1) or in both (`act` 2). A negative
    salience means that none was coded. 3 does nothing: it fills a tape up to a length that others share. 4 lets `days` pass
    inside a step.
    """

    kind: Int[Array, " op"]
    days: Float[Array, " op"]
    source: Int[Array, " op"]
    target: Int[Array, " op"]
    act: Int[Array, " op"]
    issue: Int[Array, " op"]
    weight: Float[Array, " op"]
    value: Float[Array, " op"]
    salience: Float[Array, " op"]


CLOSE, ACT, POSITION, SKIP, PASS = 0, 1, 2, 3, 4


class Sets(NamedTuple):
    """What the four choices were made from, by level; axis event. `stats` (event, effect, option), `rows` (event, table)."""

    stats: dict[str, Float[Array, "event effect option"]]
    rows: dict[str, Int[Array, "event table"]]
    allowed: dict[str, Bool[Array, "event option"]]
    decayed: Float[Array, "event memory"]


def replay(
    model: Model, state: State, tape: Tape, key: Array, watch: Watch = (), first: int | Array = 0
) -> tuple[State, Float[Array, "op watch"], Sets]:
    """Return the last state, the watched numbers after each operation, and the choice sets of each operation.

    Entries of the choice sets at operations that perform no act hold zeros; `recorded_sets` drops them. `first` is the
    number of operations already done: a tape may be walked in pieces.
    """

    def one(carry: tuple[State, Array], op: Tape) -> tuple[tuple[State, Array], tuple[Array, Sets]]:
        now, n = carry
        later, sets = jax.lax.switch(op.kind, (_close, _act, _position, _no_change, _pass), model, now, op, at(key, n))
        return (later, n + 1), (read_watch(watch, later), sets)

    (end, _), (watched, sets) = jax.lax.scan(one, (state, jnp.asarray(first, jnp.uint32)), tape)
    return end, watched, sets


def walk(
    model: Model, state: State, tape: Tape, key: Array, watch: Watch, first: int | Array = 0
) -> tuple[State, Float[Array, "op watch"]]:
    """Return what `replay` does, without the choice sets: a much smaller program."""

    moves = (_closed, _acted, _noted, lambda model, now, op, key: now, _passed)

    def one(carry: tuple[State, Array], op: Tape) -> tuple[tuple[State, Array], Array]:
        now, n = carry
        later = jax.lax.switch(op.kind, moves, model, now, op, at(key, n))
        return (later, n + 1), read_watch(watch, later)

    (end, _), watched = jax.lax.scan(one, (state, jnp.asarray(first, jnp.uint32)), tape)
    return end, watched


def _closed(model: Model, state: State, op: Tape, key: Array) -> State:
    return close_step(model, key, wait(state, model.step_days - state.age))


def _acted(model: Model, state: State, op: Tape, key: Array) -> State:
    return perform(model, wait(state, op.days), Act(op.source, op.target, op.act, op.issue, op.weight))


def _close(model: Model, state: State, op: Tape, key: Array) -> tuple[State, Sets]:
    return _closed(model, state, op, key), _no_sets(model, state, op, key)


def _no_change(model: Model, state: State, op: Tape, key: Array) -> tuple[State, Sets]:
    return state, _no_sets(model, state, op, key)


def _passed(model: Model, state: State, op: Tape, key: Array) -> State:
    return wait(state, op.days)


def _pass(model: Model, state: State, op: Tape, key: Array) -> tuple[State, Sets]:
    return _passed(model, state, op, key), _no_sets(model, state, op, key)


def _no_sets(model: Model, state: State, op: Tape, key: Array) -> Sets:
    shape = eqx.filter_eval_shape(_act, model, state, op, key)[1]
    return jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shape)


def _position(model: Model, state: State, op: Tape, key: Array) -> tuple[State, Sets]:
    return _noted(model, state, op, key), _no_sets(model, state, op, key)


def _noted(model: Model, state: State, op: Tape, key: Array) -> State:
    state = wait(state, op.days)
    i, k = op.source, op.issue
    shown, held = op.act != 1, op.act != 0
    value = op.value.astype(state.line.dtype)
    line = shown & (model.world.patron[i] > 0)
    return state.replace(
        public_position=state.public_position.at[i, k].set(jnp.where(shown, value, state.public_position[i, k])),
        private_position=state.private_position.at[i, k].set(jnp.where(held, value, state.private_position[i, k])),
        salience=state.salience.at[i, k].set(
            jnp.where(op.salience >= 0, op.salience.astype(value.dtype), state.salience[i, k])
        ),
        line=state.line.at[k].set(jnp.where(line, value, state.line[k])),
    )


def _act(model: Model, state: State, op: Tape, key: Array) -> tuple[State, Sets]:
    view = observe(model.world, wait(state, op.days), model.half_lives)
    zero = jnp.zeros((), jnp.int32)
    steps = {
        "source": Chosen(zero, zero, zero),
        "target": Chosen(op.source, zero, zero),
        "act": Chosen(op.source, op.target, zero),
        "issue": Chosen(op.source, op.target, op.act),
    }
    sets = Sets(
        {level: statistics(model, level, view, steps[level]) for level in LEVELS},
        {level: rows(model, level, view, steps[level]) for level in LEVELS},
        {level: may_choose(level, view, steps[level]) for level in LEVELS},
        view.sent().sum(axis=1),
    )
    return _acted(model, state, op, key), sets


def recorded_sets(tape: Tape, sets: Sets) -> Sets:
    """Keep the choice sets of acts only, in order, as NumPy arrays: JAX would compile a program for every number of acts."""
    keep = np.flatnonzero(np.asarray(tape.kind) == ACT)
    return jax.tree.map(lambda x: np.asarray(x)[keep], sets)
