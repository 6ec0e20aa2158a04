"""A replayed tape is the history performed by hand, and no-ops on it are no-ops."""

from __future__ import annotations

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.observe import observe
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act
from blocs.conduct.base import LEVELS, Chosen
from blocs.engine.choose import may_choose, rows, scores, statistics
from blocs.engine.model import Model, zero_coefficients
from blocs.engine.phases import close_step, perform, wait
from blocs.engine.replay import ACT, CLOSE, POSITION, Tape, recorded_sets, replay
from blocs.engine.watch import read_watch, watch_width
from blocs.ground.keys import at, root
from blocs.mechanisms.library.leadership import Leadership

from . import lab

Op = tuple[int, float, int, int, int, int, float, float]
"""Kind, day, source, target, act, issue, value, salience."""

replayed = jax.jit(partial(replay, watch=lab.WATCH))


def tape(ops: list[Op]) -> Tape:
    kind, day, i, j, g, k, value, salience = zip(*ops, strict=True)
    days = np.diff(np.array(day), prepend=0.0)
    ints = [jnp.asarray(x, jnp.int32) for x in (kind, i, j, g, k)]
    return Tape(
        ints[0], jnp.asarray(days), *ints[1:], jnp.ones(len(ops)), jnp.asarray(value, jnp.float64),
        jnp.asarray(salience, jnp.float64),
    )  # fmt: skip


def draw_ops(seed: int, acts: int = 10, steps: int = 4) -> list[Op]:
    rng = np.random.default_rng(seed)
    ops: list[Op] = [(CLOSE, 7.0 * (s + 1), 0, 0, 0, 0, 0.0, 0.0) for s in range(steps)]
    for day in rng.uniform(0, 7.0 * steps, acts):
        i, j = rng.choice(lab.ACTORS, 2, replace=False)
        ops.append((ACT, day, i, j, rng.integers(lab.ACTS), rng.integers(lab.ISSUES), 0.0, 0.0))
    return sorted(ops, key=lambda op: op[1])


def nothing_said(state: State, day: float, place: int) -> Op:
    """A stated position that is already held and shown: an entry that changes nothing."""
    i, k = place % lab.ACTORS, place % lab.ISSUES
    return (POSITION, day, i, 0, 0, k, float(state.public_position[i, k]), -1.0)


@pytest.fixture(scope="module")
def wide(parts):
    """Model and state in 64 bits; without a patron, whose stated positions would move the line."""
    m, _, s = parts
    m, s = (jax.tree.map(lambda x: x.astype(jnp.float64) if eqx.is_inexact_array(x) else x, t) for t in (m, s))
    return eqx.tree_at(lambda x: x.world.patron, m, jnp.zeros(lab.ACTORS)), s


def padded(state: State, ops: list[Op], slots: list[int]) -> Tape:
    """Put one no-op before each of some places of a list of operations (place `len(ops)`: at the end)."""
    out: list[Op] = []
    for n in range(len(ops) + 1):
        before = ops[n - 1][1] if n else 0.0
        out += [nothing_said(state, before, 3 * n + r) for r in range(slots.count(n))]
        out += ops[n : n + 1]
    return tape(out)


def by_hand(m, state: State, ops: Tape, key) -> tuple[State, list]:
    """The same through the phases, one by one."""
    tick, act = jax.jit(close_step), jax.jit(perform)
    look = jax.jit(lambda s: observe(m.world, s, m.half_lives))
    seen = []
    plain = jax.tree.map(np.asarray, ops)
    for n in range(len(ops.kind)):
        op = Tape(*(jnp.asarray(x[n]) for x in plain))
        if int(op.kind) == CLOSE:
            state = tick(m, at(key, jnp.uint32(n)), wait(state, m.step_days - state.age))
            continue
        state = wait(state, op.days)
        if int(op.kind) == ACT:
            seen.append((look(state), op))
            state = act(m, state, Act(op.source, op.target, op.act, op.issue, op.weight))
    return state, seen


def assert_same_state(a: State, b: State, but: tuple[str, ...] = ()) -> None:
    for name in ("clock", "age", *vocabulary()):
        if name not in but:
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-9, atol=1e-12, err_msg=name)


def test_replay_is_the_history_by_hand(wide):
    m, s = wide
    t = padded(s, draw_ops(3), [2, 5, 5, 9])
    end, watched, sets = replayed(m, s, t, root(0))
    state, seen = by_hand(m, s, t, root(0))
    assert_same_state(end, state)
    assert watched.shape == (len(t.kind), watch_width(lab.WATCH))
    np.testing.assert_allclose(watched[-1], read_watch(lab.WATCH, state), rtol=1e-9)
    np.testing.assert_allclose(watched[0], read_watch(lab.WATCH, by_hand(m, s, Tape(*(x[:1] for x in t)), root(0))[0]))
    kept = recorded_sets(t, sets)
    zero, read = jnp.zeros((), jnp.int32), jax.jit(statistics, static_argnums=1)
    for n in (0, len(seen) - 1):
        view, op = seen[n]
        i, j, g = op.source, op.target, op.act
        known = {"source": (zero, zero, zero), "target": (i, zero, zero), "act": (i, j, zero), "issue": (i, j, g)}
        for level in LEVELS:
            chosen = Chosen(*known[level])
            np.testing.assert_allclose(kept.stats[level][n], read(m, level, view, chosen), rtol=1e-9, atol=1e-12)
            assert np.array_equal(kept.rows[level][n], rows(m, level, view, chosen))
            assert np.array_equal(kept.allowed[level][n], may_choose(level, view, chosen))
        np.testing.assert_allclose(kept.decayed[n], view.sent().sum(axis=1), rtol=1e-9)
    assert len(seen) == 10 == len(kept.decayed)


@pytest.mark.parametrize("seed", range(4))
def test_no_ops_anywhere_and_in_any_order_change_nothing(wide, seed):
    m, s = wide
    ops, rng = draw_ops(seed), np.random.default_rng(seed)
    plain, spread = padded(s, ops, [len(ops)] * 4), padded(s, ops, rng.integers(0, len(ops) + 1, 4).tolist())
    (a, _, x), (b, _, y) = (replayed(m, s, t, root(0)) for t in (plain, spread))
    # the key of a step is its place on the tape, which no-ops shift: what time draws may differ, and nothing else
    assert_same_state(a, b, but=tuple(Leadership.card.writes))  # what it draws depends on the place on the tape
    for u, v in zip(jax.tree.leaves(recorded_sets(plain, x)), jax.tree.leaves(recorded_sets(spread, y)), strict=True):
        np.testing.assert_allclose(u, v, rtol=1e-9, atol=1e-12)


def test_tapes_of_equal_length_share_one_program(wide):
    m, s = wide
    replayed(m, s, padded(s, draw_ops(0), [1, 2, 3, 4]), root(0))
    compiled = replayed._cache_size()
    for seed in range(5, 8):
        replayed(m, s, padded(s, draw_ops(seed), [1, 2, 3, 4]), root(seed))
    assert replayed._cache_size() == compiled


@pytest.mark.parametrize(("side", "shown", "held"), [(0, True, False), (1, False, True), (2, True, True)])
@pytest.mark.parametrize("patron", [0.0, 1.0])
def test_a_stated_position_is_noted_where_it_was_stated(wide, side, shown, held, patron):
    m, s = wide
    m = eqx.tree_at(lambda x: x.world.patron, m, jnp.full(lab.ACTORS, patron))
    said: Op = (POSITION, 2.0, 4, 0, side, 1, -0.77, 0.66)
    end = replayed(m, s, padded(s, sorted([*draw_ops(1), said], key=lambda op: op[1]), [0] * 3), root(0))[0]
    assert (float(end.public_position[4, 1]) == -0.77) == shown
    assert (float(end.private_position[4, 1]) == -0.77) == held
    assert float(end.salience[4, 1]) == 0.66
    assert (float(end.line[1]) == -0.77) == (shown and patron > 0)
    untouched = np.ones_like(end.public_position, bool)
    untouched[4, 1] = False
    assert np.array_equal(end.public_position[untouched], s.public_position[untouched])


def test_scores_are_statistics_times_coefficients_plus_tables(wide):
    m, s = wide
    c = lab.coefficients(m).astype(jnp.float64)
    view = observe(m.world, s, m.half_lives)
    chosen = Chosen(*(jnp.asarray(n, jnp.int32) for n in (0, 1, 2)))
    for level in LEVELS:
        expected = c.beta[level] @ statistics(m, level, view, chosen)
        for table, row in zip(c.tables[level], rows(m, level, view, chosen).tolist(), strict=True):
            expected = expected + table[row]
        np.testing.assert_allclose(scores(m, c, level, view, chosen), expected, rtol=1e-12)
    blank = zero_coefficients(m)
    assert all(float(jnp.abs(scores(m, blank, level, view, chosen)).max()) == 0.0 for level in LEVELS)


def test_a_level_without_effects_has_no_statistics(wide):
    m, s = wide
    empty = m.specification._replace(effects=())
    bare = Model(m.world, m.mechanisms, m.half_lives, empty, m.step_days)
    view = observe(m.world, s, m.half_lives)
    assert statistics(bare, "act", view, Chosen(*[jnp.zeros((), jnp.int32)] * 3)).shape == (0, lab.ACTS)
