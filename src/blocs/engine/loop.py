"""The simulation loop: many histories in one compiled program.

Within a step acts come one after another at exponential waiting times; each is drawn through the four choices and
performed at once; then the step closes. On a CPU one run follows another; on an accelerator runs go side by side, and
each step takes as many turns as the run with the most acts in it.
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
from blocs.conduct.base import Chosen, Level
from blocs.engine.bans import anybody, not_banned
from blocs.engine.choose import may_choose, pick, scores
from blocs.engine.compiler import OPTIONS
from blocs.engine.control import Control, next_forced, rules_at
from blocs.engine.edits import Held, apply_edits, before_edits
from blocs.engine.model import Coefficients, Model
from blocs.engine.phases import close_step, perform, wait
from blocs.engine.watch import Watch, read_watch, watch_width
from blocs.ground.axes import Key, Scalar
from blocs.ground.decay import left_after
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


class Span(NamedTuple):
    """The time of a run, in days since the epoch: when it begins, when the step that it begins in began, when it ends.

    A run may begin and end inside a step: the first step is then what is left of it, and the last one is not closed.
    """

    begin: Scalar
    grid: Scalar
    last: Scalar

    def close(self, step: Int[Array, ""], step_days: float) -> Scalar:
        """Return when a step closes."""
        return self.grid + (step + 1) * step_days


def span_of(state: State, steps: int | Int[Array, ""], step_days: float, last: Scalar | None = None) -> Span:
    """Return the time of a run of some steps from a state, up to the close of the last step or a day before that."""
    grid = state.clock - state.age
    return Span(state.clock, grid, grid + steps * step_days if last is None else last)


class Carry(NamedTuple):
    """One run between two turns: the state, the step and the act within it, forced acts done, held edits, the track."""

    state: State
    step: Int[Array, ""]
    slot: UInt32[Array, ""]
    forced: Int[Array, ""]
    held: Held
    track: Track


def choose_act(model: Model, coefficients: Coefficients, control: Control, view: View, key: Key) -> Act:
    """Draw who acts, toward whom, what, on what, of what is not forbidden."""
    world = view.world
    zero = jnp.zeros((), jnp.int32)
    ids = {"source": world.actor_id, "target": world.actor_id, "act": world.act_id, "issue": world.issue_id}

    def draw(level: Level, chosen: Chosen) -> Int[Array, ""]:
        allowed = may_choose(level, view, chosen) & not_banned(control.bans, level, view, chosen)
        score = scores(model, coefficients, level, view, chosen)
        return pick(score, allowed, gumbels(key, ids[level], LEVEL_STREAM[level]).astype(score.dtype))

    i = draw("source", Chosen(zero, zero, zero))
    j = draw("target", Chosen(i, zero, zero))
    g = draw("act", Chosen(i, j, zero))
    k = draw("issue", Chosen(i, j, g))
    return Act(i, j, g, k, jnp.ones((), view.pulse.dtype))


ROOM = 256
"""Steps that a track holds come in multiples of this: forecasts of other lengths share one compiled program."""


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
    last: float | None = None,
) -> Track:
    """Run `steps` steps from one state once for each key; all axes of the result get a leading axis run.

    Args:
        model: world, mechanisms, specification.
        coefficients: parameters of conduct, shared by all runs.
        state: the state at the start, shared by all runs.
        control: interventions (`control.nothing` for none).
        watch: which quantities to note at the end of each step.
        keys: one random key a run.
        steps: number of steps of `model.step_days`; one that the state lies inside is the first.
        slots: acts a run can hold; a run that needs more is reported by `Track.acts > slots`.
        lanes: runs side by side, at least 1; by default 1 on a CPU and all on an accelerator.
        last: the day, since the epoch, at which a run ends inside its last step; by default the close of that step.
    """
    if lanes is None:
        lanes = 1 if jax.default_backend() == "cpu" else len(keys)
    room = -(-steps // ROOM) * ROOM
    ends = None if last is None else jnp.asarray(last, state.clock.dtype)
    span = span_of(state, steps, model.step_days, ends)
    count = jnp.asarray(steps, jnp.int32)
    track = _runs(model, coefficients, state, control, watch, keys, span, count, room, slots, lanes)
    return track._replace(watched=track.watched[:, :steps])


@eqx.filter_jit(compiler_options=OPTIONS)  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
def _runs(
    model: Model,
    coefficients: Coefficients,
    state: State,
    control: Control,
    watch: Watch,
    keys: UInt32[Array, "run 2"],
    span: Span,
    steps: Int[Array, ""],
    room: int,
    slots: int,
    lanes: int,
) -> Track:
    first = first_carry(state, control, room, slots, watch_width(watch))

    def one(key: Key) -> Track:
        def step(carry: Carry) -> Carry:
            return one_step(model, coefficients, control, watch, key, span, carry)

        return jax.lax.while_loop(lambda c: c.step < steps, step, first).track

    # one run after another branches truly and stays in the cache; side by side, every run pays for every branch
    return jax.lax.map(one, keys) if lanes == 1 else jax.lax.map(one, keys, batch_size=lanes)


def first_carry(state: State, control: Control, steps: int, slots: int, width: int) -> Carry:
    """Return a run before its first turn: what edits ask for from the start is done, the track is blank."""
    blank = Track(
        jnp.zeros(slots, state.clock.dtype),
        jnp.full((slots, 4), -1, jnp.int16),
        jnp.zeros((), jnp.int32),
        jnp.zeros((steps, width), state.clock.dtype),
    )
    ever = jnp.full_like(state.clock, -jnp.inf)
    state, held = apply_edits(control.edits, state, before_edits(control.edits, state), ever, state.clock)
    none = jnp.zeros((), jnp.int32)
    return Carry(state, none, jnp.zeros((), jnp.uint32), none, held, blank)


def one_step(
    model: Model, coefficients: Coefficients, control: Control, watch: Watch, key: Key, span: Span, carry: Carry
) -> Carry:
    """One step of a run: its acts, one after another, then its close, or the end of the run if that comes first."""
    this_step = at(key, carry.step)
    end = jnp.minimum(span.close(carry.step, model.step_days), span.last)

    def due(now: Carry) -> Due:
        return _due(rules_at(model, control.rules, now.state.clock), coefficients, control, this_step, end, now)

    def act(turn: tuple[Carry, Due]) -> tuple[Carry, Due]:
        now, next_ = turn
        done = _act(rules_at(model, control.rules, now.state.clock), coefficients, control, now, next_)
        return done, due(done)

    carry, _ = jax.lax.while_loop(lambda turn: turn[1].acts, act, (carry, due(carry)))
    return _close(rules_at(model, control.rules, carry.state.clock), control, watch, this_step, span, carry)


class Due(NamedTuple):
    """What comes next within a step: an act after `delay` days, a forced one or not, or (`acts` false) the close.

    `key` is that of the act's slot: its waiting time and its choices are drawn from streams of it.
    """

    key: Key
    acts: Bool[Array, ""]
    delay: Scalar
    forced: Bool[Array, ""]


def _due(model: Model, coefficients: Coefficients, control: Control, key: Key, end: Scalar, carry: Carry) -> Due:
    now = carry.state
    slot = at(key, carry.slot)
    delay, is_forced = _delay(model, coefficients, control, slot, carry)
    view = observe(model.world, wait(now, delay), model.half_lives)
    somebody = anybody(control.bans, view)
    # a run whose acts fill every slot stops acting but still closes its steps: it ends, and is reported as cut
    free = carry.track.acts <= carry.track.day.shape[0]
    return Due(slot, (now.clock + delay < end) & free & (is_forced | somebody), delay, is_forced)


def _act(model: Model, coefficients: Coefficients, control: Control, carry: Carry, due: Due) -> Carry:
    ready = wait(carry.state, due.delay)
    view = observe(model.world, ready, model.half_lives)
    drawn = choose_act(model, coefficients, control, view, due.key)
    done = jax.tree.map(
        lambda f, d: jnp.where(due.forced, f.astype(d.dtype), d), next_forced(control, carry.forced), drawn
    )
    state = perform(model, ready, done)
    track = carry.track
    code = jnp.stack([done.source, done.target, done.act, done.issue]).astype(jnp.int16)
    track = track._replace(
        day=track.day.at[track.acts].set(state.clock, mode="drop"),
        act=track.act.at[track.acts].set(code, mode="drop"),
        acts=track.acts + 1,
    )
    return carry._replace(state=state, slot=carry.slot + 1, forced=carry.forced + due.forced, track=track)


def _close(model: Model, control: Control, watch: Watch, key: Key, span: Span, carry: Carry) -> Carry:
    close = span.close(carry.step, model.step_days)
    begin, end = jnp.maximum(close - model.step_days, span.begin), jnp.minimum(close, span.last)
    # what time draws belongs to the step alone: runs with more or fewer acts share it
    state = close_step(model, key, wait(carry.state, end - carry.state.clock), whole=close <= span.last)
    state, held = apply_edits(control.edits, state, carry.held, begin, end)
    track = carry.track._replace(watched=carry.track.watched.at[carry.step].set(read_watch(watch, state)))
    none = jnp.zeros((), jnp.uint32)
    return Carry(state, carry.step + 1, none, carry.forced, held, track)


def _delay(model: Model, coefficients: Coefficients, control: Control, key: Key, carry: Carry) -> tuple[Scalar, Array]:
    """Days until the next act and whether that act is a forced one."""
    now = carry.state
    decayed = (now.sent * left_after(now.memory_age, model.half_lives)[:, None]).sum(axis=1)
    waiting = exponentials(key, jnp.arange(1 + len(decayed), dtype=jnp.uint32), WAIT_STREAM).astype(now.clock.dtype)
    free = coefficients.tempo.wait(decayed, model.half_lives, waiting)
    forced_in = jnp.maximum(control.forced_day[jnp.minimum(carry.forced, len(control.forced_day) - 1)] - now.clock, 0.0)
    is_forced = (carry.forced < control.forced_count) & (forced_in <= free)
    return jnp.where(is_forced, forced_in, free).astype(now.clock.dtype), is_forced
