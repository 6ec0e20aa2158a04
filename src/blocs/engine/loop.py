"""The simulation loop: many histories in one compiled program.

Within a step acts come one after another at exponential waiting times; each is drawn through the four choices and
performed at once. One turn of the loop is therefore either an act or the close of a step, whichever comes first, and every
run keeps its own clock. On a CPU one run follows another, and each turn pays for the branch it takes; on an accelerator
runs go side by side, and the loop ends when the slowest has closed its last step.
"""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt32

from blocs.bloc.observe import View, observe
from blocs.bloc.state import State
from blocs.bloc.world import Act
from blocs.conduct.base import Chosen
from blocs.engine.choose import may_choose, pick, scores
from blocs.engine.control import (
    Control,
    Held,
    apply_edits,
    before_edits,
    forbidden,
    next_forced,
    open_pairs,
    rules_at,
)
from blocs.engine.model import Coefficients, Model
from blocs.engine.phases import close_step, perform, wait
from blocs.engine.watch import Watch, read_watch, watch_width
from blocs.ground.axes import Key, Scalar
from blocs.ground.keys import at, exponentials, gumbels

LEVEL_STREAM = {"source": 10, "target": 11, "act": 12, "issue": 13}
WAIT_STREAM = 14


class Track(NamedTuple):
    """What one run leaves: acts in order (axis slot, -1 where none), watched quantities (axes step, watch), a count.

    `acts` is how many acts happened; where it exceeds the slots, the run was cut and must not be used.
    """

    day: Float[Array, " slot"]
    act: Int[Array, "slot 4"]
    acts: Int[Array, ""]
    watched: Float[Array, "step watch"]


class Carry(NamedTuple):
    """One run between two turns: the state, the step and the act within it, forced acts done, held edits, the track."""

    state: State
    step: Int[Array, ""]
    slot: UInt32[Array, ""]
    forced: Int[Array, ""]
    held: Held
    track: Track


Pairs = Bool[Array, "actor actor"] | None
"""Who may act toward whom; None where that is everybody alive toward everybody else alive."""


def choose_act(model: Model, coefficients: Coefficients, control: Control, view: View, pairs: Pairs, key: Key) -> Act:
    """Draw who acts, toward whom (one of the open `pairs`), what, on what."""
    world = view.world
    zero = jnp.zeros((), jnp.int32)
    ids = {"source": world.actor_id, "target": world.actor_id, "act": world.act_id, "issue": world.issue_id}

    def draw(level: str, chosen: Chosen) -> Int[Array, ""]:
        allowed = may_choose(level, view, chosen)  # type: ignore[arg-type]
        if level == "source" and pairs is not None:
            allowed = allowed & pairs.any(axis=1)
        elif level == "target" and pairs is not None:
            allowed = allowed & pairs[chosen.source]
        elif level == "act":
            allowed = allowed & ~forbidden(control, view.state.clock, chosen.source, chosen.target, len(world.acts))
        score = scores(model, coefficients, level, view, chosen)  # type: ignore[arg-type]
        return pick(score, allowed, gumbels(key, ids[level], LEVEL_STREAM[level]).astype(score.dtype))

    i = draw("source", Chosen(zero, zero, zero))
    j = draw("target", Chosen(i, zero, zero))
    g = draw("act", Chosen(i, j, zero))
    k = draw("issue", Chosen(i, j, g))
    return Act(i, j, g, k, jnp.ones((), view.pulse.dtype))


@eqx.filter_jit
def simulate(
    model: Model,
    coefficients: Coefficients,
    state: State,
    control: Control,
    watch: Watch,
    keys: UInt32[Array, "run 2"],
    steps: int,
    slots: int,
    lanes: int | None = None,
) -> Track:
    """Run `steps` steps from one state once for each key; all axes of the result get a leading axis run.

    Args:
        model: world, mechanisms, specification.
        coefficients: parameters of conduct, shared by all runs.
        state: the state at the start, shared by all runs.
        control: interventions (`control.nothing` for none).
        watch: which quantities to note at the end of each step.
        keys: one random key a run.
        steps: number of steps of `model.step_days`.
        slots: acts a run can hold; a run that needs more is reported by `Track.acts > slots`.
        lanes: runs side by side, at least 1; by default 1 on a CPU and all on an accelerator.
    """

    def one(key: Key) -> Track:
        return _run(model, coefficients, state, control, watch, key, steps, slots)

    if lanes is None:
        lanes = 1 if jax.default_backend() == "cpu" else len(keys)
    # one run after another branches truly and stays in the cache; side by side, every run pays for act and close
    return jax.lax.map(one, keys) if lanes == 1 else jax.lax.map(one, keys, batch_size=lanes)


def _run(
    model: Model,
    coefficients: Coefficients,
    state: State,
    control: Control,
    watch: Watch,
    key: Key,
    steps: int,
    slots: int,
) -> Track:
    begin = state.clock
    first = first_carry(state, control, steps, slots, watch_width(watch))

    def one_turn(carry: Carry) -> Carry:
        return turn(model, coefficients, control, watch, key, begin, carry)

    return jax.lax.while_loop(lambda c: c.step < steps, one_turn, first).track


def first_carry(state: State, control: Control, steps: int, slots: int, width: int) -> Carry:
    """Return a run before its first turn: what edits ask for from the start is done, the track is blank."""
    blank = Track(
        jnp.zeros(slots, state.clock.dtype),
        jnp.full((slots, 4), -1, jnp.int16),
        jnp.zeros((), jnp.int32),
        jnp.zeros((steps, width), state.clock.dtype),
    )
    ever = jnp.full_like(state.clock, -jnp.inf)
    state, held = apply_edits(control, state, before_edits(control, state), ever, state.clock)
    none = jnp.zeros((), jnp.int32)
    return Carry(state, none, jnp.zeros((), jnp.uint32), none, held, blank)


def turn(
    model: Model, coefficients: Coefficients, control: Control, watch: Watch, key: Key, start: Scalar, carry: Carry
) -> Carry:
    """One turn of a run that began at `start`: its next act, or the close of the step, whichever comes first."""
    now = carry.state
    model = rules_at(model, control, now.clock)
    this_step = at(key, carry.step)
    here = at(this_step, carry.slot)
    delay, is_forced = _delay(model, coefficients, control, here, carry)
    end = start + (carry.step + 1) * model.step_days
    ready = wait(now, delay)
    view = observe(model.world, ready, model.half_lives)
    pairs = open_pairs(control, view) if control.forbid_days.shape[0] else None
    somebody = view.alive().sum() > 1 if pairs is None else pairs.any()
    # a run whose acts fill every slot stops acting but still closes its steps: it ends, and is reported as cut
    free = carry.track.acts <= carry.track.day.shape[0]
    acts_now = (now.clock + delay < end) & free & (is_forced | somebody)

    def act() -> tuple[State, Held, Act]:
        drawn = choose_act(model, coefficients, control, view, pairs, here)
        done = jax.tree.map(
            lambda f, d: jnp.where(is_forced, f.astype(d.dtype), d), next_forced(control, carry.forced), drawn
        )
        return perform(model, ready, done), carry.held, done

    def close() -> tuple[State, Held, Act]:
        # what time draws belongs to the step alone: runs with more or fewer acts share it
        closed = close_step(model, this_step, wait(now, end - now.clock))
        closed, held = apply_edits(control, closed, carry.held, end - model.step_days, end)
        none = jnp.full((), -1, jnp.int32)
        return closed, held, Act(none, none, none, none, jnp.zeros((), view.pulse.dtype))

    state, held, done = jax.lax.cond(acts_now, act, close)
    return Carry(
        state,
        carry.step + ~acts_now,
        jnp.where(acts_now, carry.slot + 1, 0).astype(jnp.uint32),
        carry.forced + (acts_now & is_forced),
        held,
        _note(carry.track, watch, acts_now, done, state, carry.step),
    )


def _delay(model: Model, coefficients: Coefficients, control: Control, key: Key, carry: Carry) -> tuple[Scalar, Array]:
    """Days until the next act and whether that act is a forced one."""
    now = carry.state
    decayed = (now.sent * (2.0 ** (-now.age / model.half_lives))[:, None]).sum(axis=1)
    waiting = exponentials(key, jnp.arange(1 + len(decayed), dtype=jnp.uint32), WAIT_STREAM).astype(now.clock.dtype)
    free = coefficients.tempo.wait(decayed, model.half_lives, waiting)
    forced_in = jnp.maximum(control.forced_day[jnp.minimum(carry.forced, len(control.forced_day) - 1)] - now.clock, 0.0)
    is_forced = (carry.forced < control.forced_count) & (forced_in <= free)
    return jnp.where(is_forced, forced_in, free).astype(now.clock.dtype), is_forced


def _note(track: Track, watch: Watch, acted: Array, act: Act, state: State, step: Array) -> Track:
    slot = jnp.where(acted, track.acts, track.day.shape[0])
    row = jnp.where(acted, track.watched.shape[0], step)
    code = jnp.stack([act.source, act.target, act.act, act.issue]).astype(jnp.int16)
    return Track(
        track.day.at[slot].set(state.clock, mode="drop"),
        track.act.at[slot].set(code, mode="drop"),
        track.acts + acted,
        track.watched.at[row].set(read_watch(watch, state), mode="drop"),
    )
