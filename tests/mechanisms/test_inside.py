"""Leadership: standing of heads and their replacement."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from blocs.ground.keys import at, root
from blocs.mechanisms.library.leadership import Leadership
from blocs.testing.stats import assert_law, assert_share

from .conftest import BREAK, CLIENT, HOLDOUT, OUTSIDER, PATRON

KEY = root(1)


def run(mechanism, bloc, steps, field, days=7.0):
    """Values of a field after each step, axes step and the field's."""
    state, path = bloc.state, []
    tick = jax.jit(lambda s: mechanism.tick(KEY, bloc.world, s, jnp.float32(days)))
    for _ in range(steps):
        state = tick(state)
        path.append(np.asarray(getattr(state, field)))
    return np.stack(path)


def test_only_the_more_capable_wound_a_leader_and_cohesion_shields_him(bloc):
    m = Leadership.make({"wound": 0.5, "shield": 1.0})
    now = bloc.at(cohesion={HOLDOUT: 0.5}, leader_standing=0.8)
    hit = now.after(m, bloc.act(PATRON, HOLDOUT, BREAK)).state.leader_standing
    assert float(hit[HOLDOUT]) == pytest.approx(0.8 * (1 - 0.5 * 0.9 * 0.5))
    assert float(now.after(m, bloc.act(HOLDOUT, PATRON, BREAK)).state.leader_standing[PATRON]) == pytest.approx(0.8)


def test_standing_recovers_and_is_dragged_down_by_unrest(bloc):
    m = Leadership.make({"half_life": 14.0, "rest": 0.8, "drag": 1.0, "hazard": 0.0})
    end = run(m, bloc.at(unrest={CLIENT: 6.5}, leader_standing=0.1), 60, "leader_standing")[-1]
    assert end[HOLDOUT] == pytest.approx(0.8, abs=1e-4)
    assert end[CLIENT] == pytest.approx(0.4, abs=1e-4)


def draws(mechanism, bloc, runs, days):
    """Heads replaced in one step, axes run and actor, over independent keys."""
    keys = jax.vmap(lambda n: at(KEY, n))(jnp.arange(runs, dtype=jnp.uint32))
    tick = jax.jit(jax.vmap(lambda k: mechanism.tick(k, bloc.world, bloc.state, jnp.float32(days)).leader_changes))
    return np.asarray(tick(keys))


def test_heads_are_replaced_at_the_declared_hazard(bloc):
    m = Leadership.make({"hazard": 0.001, "slope": 4.0, "shield": 0.5, "half_life": 3650.0})
    now = bloc.at(leader_standing={CLIENT: 0.2, HOLDOUT: 0.9}, cohesion=0.4)
    fallen = draws(m, now, 20000, 7.0)
    for who in (CLIENT, HOLDOUT):
        standing = now.state.leader_standing[who] + (0.8 - now.state.leader_standing[who]) * (1 - 2 ** (-7 / 3650))
        rate = 0.001 * np.exp(4.0 * (1 - float(standing))) * (1 - 0.5 * 0.4)
        assert_share(fallen[:, who], 1 - np.exp(-7 * rate), "heads replaced in a week")
    assert fallen[:, [PATRON, OUTSIDER]].max() == 0, "members alone are at risk"


def test_the_time_to_the_first_fall_is_exponential(bloc):
    """Constant standing means a constant hazard: survival times follow the exponential law (day resolution)."""
    m = Leadership.make({"hazard": 0.005, "slope": 0.0, "shield": 0.0})
    keys = jax.vmap(lambda n: at(KEY, n))(jnp.arange(1500, dtype=jnp.uint32))

    def first_fall(key):
        def step(carry, n):
            now = m.tick(at(key, n), bloc.world, bloc.state, jnp.float32(1.0)).leader_changes[CLIENT] > 0
            return jnp.where((carry < 0) & now, n.astype(jnp.float32), carry), None

        return jax.lax.scan(step, jnp.float32(-1.0), jnp.arange(4000, dtype=jnp.uint32))[0]

    days = np.asarray(jax.jit(jax.vmap(first_fall))(keys))
    assert (days >= 0).all()
    within_day = np.random.default_rng(0).random(days.size)
    assert_law(days + within_day, stats.expon(scale=200.0).cdf, "days to the first fall")


def test_a_new_head_starts_afresh_and_is_counted(bloc):
    m = Leadership.make({"hazard": 0.01, "slope": 12.0, "shield": 0.0, "fresh": 0.6})
    now = bloc.at(leader_standing=0.0, unrest=13.0)
    state = m.tick(KEY, now.world, now.state, jnp.float32(7.0))
    assert state.leader_changes.tolist() == [0, 1, 1, 0]
    assert state.leader_standing[jnp.array([CLIENT, HOLDOUT])].tolist() == pytest.approx([0.6, 0.6])


def test_who_does_not_exist_yet_has_no_head_to_lose(bloc):
    m = Leadership.make({"hazard": 0.01, "slope": 12.0, "shield": 0.0})
    gone = dataclasses.replace(bloc.world, present=bloc.world.present.at[CLIENT].set(jnp.array([500.0, 900.0])))
    fallen = m.tick(KEY, gone, bloc.at(leader_standing=0.0).state, jnp.float32(7.0)).leader_changes
    assert fallen.tolist() == [0, 0, 1, 0]
