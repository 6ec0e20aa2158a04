"""What may not matter does not matter: worlds that differ in one thing share everything else, bit for bit."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from blocs.conduct.base import Specification
from blocs.conduct.catalogue import EFFECTS
from blocs.engine.control import nothing
from blocs.engine.loop import _runs

from . import lab

NEVER = (1e6, 2e6)
LAST = lab.ACTORS - 1


def same(a, b) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_equal_seeds_give_equal_bits_and_other_seeds_other_histories(parts, untouched):
    assert same(lab.run(*parts), untouched)
    other = lab.run(*parts, seed=10)
    assert not np.array_equal(other.act, untouched.act)
    assert untouched.acts.min() > 5


def test_no_act_of_or_toward_the_absent_and_none_toward_oneself(parts):
    m, c, s = parts
    here = {1: (20.0, 30.0), 4: NEVER}
    track = lab.run(eqx.tree_at(lambda x: x.world, m, lab.world(here), is_leaf=lambda x: x is m.world), c, s)
    seen = 0
    for r in range(lab.RUNS):
        for day, (i, j, _, _) in lab.history(track, r):
            assert i != j
            assert 4 not in (i, j)
            if 1 in (i, j):
                seen += 1
                assert 20.0 <= day <= 30.0
    assert seen > 10


def test_an_actor_that_never_lives_changes_nothing_for_anybody(parts):
    m, c, s = parts
    with_ghost = eqx.tree_at(lambda x: x.world, m, lab.world({LAST: NEVER}), is_leaf=lambda x: x is m.world)
    without = lab.reorder(with_ghost, c, s, np.arange(LAST))
    watch = (lab.Watched("leader_changes", tuple((a,) for a in range(LAST))),)
    a, b = lab.run(with_ghost, c, s), lab.run(*without, watch=watch)
    assert np.array_equal(a.act, b.act)
    assert np.array_equal(a.day, b.day)
    # the draws of the mechanism that draws are keyed by the actor's id and not by its place
    assert np.array_equal(a.watched[:, :, :LAST], b.watched)
    assert a.watched[:, -1, :LAST].max() > 0


def test_a_new_actor_changes_nothing_until_it_is_part_of_an_act(parts, untouched):
    m, c, s = parts
    absent = eqx.tree_at(lambda x: x.world, m, lab.world({LAST: NEVER}), is_leaf=lambda x: x is m.world)
    before = lab.run(absent, c, s)
    shared = 0
    for r in range(lab.RUNS):
        old, new = lab.history(before, r), lab.history(untouched, r)
        first = next((n for n, (_, a) in enumerate(new) if LAST in a[:2]), len(new))
        assert lab.common_part(old, new) >= min(first, len(old))
        shared += first
    assert shared > lab.RUNS


def test_an_effect_with_coefficient_zero_leaves_the_history_as_it_is(parts, untouched):
    m, c, s = parts
    extra = next(e for e in EFFECTS if (e.level, e.name) == ("target", "transitivity"))
    spec = Specification("more", (*lab.SPECIFICATION.effects, extra), lab.SPECIFICATION.tables)
    beta = {**c.beta, "target": jnp.append(c.beta["target"], 0.0)}
    more = lab.model(m.world, spec)
    assert same(lab.run(more, eqx.tree_at(lambda x: x.beta, c, beta), s), untouched)
    beta["target"] = beta["target"].at[-1].set(3.0)
    assert not same(lab.run(more, eqx.tree_at(lambda x: x.beta, c, beta), s), untouched)


def test_relabelled_actors_live_the_same_history(parts, untouched):
    order = np.array([3, 0, 5, 1, 4, 2])
    moved = lab.run(*lab.reorder(*parts, order))
    place = np.argsort(order)
    # sums over actors run in another order: days may differ in their last digit, choices may not
    np.testing.assert_allclose(moved.day, untouched.day, rtol=1e-6)
    sides = np.where(untouched.act[..., :2] >= 0, place[untouched.act[..., :2]], -1)
    assert np.array_equal(moved.act[..., :2], sides)
    assert np.array_equal(moved.act[..., 2:], untouched.act[..., 2:])


def test_a_run_depends_neither_on_how_many_run_beside_it_nor_on_room_it_does_not_need(parts, untouched):
    """A run that needs more slots than it has is told, and has what fits."""
    few, slots = 6, int(np.median(untouched.acts[:6]))
    cut = lab.run(*parts, runs=few, slots=slots)
    over = untouched.acts[:few] > slots
    assert over.any()
    assert (~over).any()
    assert (cut.acts[over] > slots).all()
    assert np.array_equal(cut.acts[~over], untouched.acts[:few][~over])
    assert np.array_equal(cut.watched[~over], untouched.watched[:few][~over])
    assert np.array_equal(cut.day, untouched.day[:few, :slots])
    assert np.array_equal(cut.act, untouched.act[:few, :slots])


def test_nobody_acts_where_nobody_can(parts):
    """One actor alone, or none: time passes, nothing happens, and the loop ends."""
    m, c, s = parts
    for alone in (dict.fromkeys(range(1, lab.ACTORS), NEVER), dict.fromkeys(range(lab.ACTORS), NEVER)):
        lonely = eqx.tree_at(lambda x: x.world, m, lab.world(alone), is_leaf=lambda x: x is m.world)
        assert lab.run(lonely, c, s).acts.max() == 0


def test_one_program_serves_all_values(parts):
    """Other coefficients, worlds and controls of equal shape do not compile again."""
    m, c, s = parts
    lab.run(m, c, s)
    compiled = _runs._cached._cache_size()
    lab.run(m, lab.coefficients(m, seed=3), lab.start(m.world, seed=8), nothing(lab.ACTORS, lab.ACTS), seed=4)
    assert _runs._cached._cache_size() == compiled
