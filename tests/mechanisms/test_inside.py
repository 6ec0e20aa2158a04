"""Positions, unrest and leadership: what goes on inside the actors."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from blocs.ground.keys import at, root
from blocs.mechanisms.library.leadership import Leadership
from blocs.mechanisms.library.positions import Positions
from blocs.mechanisms.library.unrest import Unrest
from blocs.testing.stats import assert_law, assert_share

from .conftest import AID, BREAK, CLIENT, CRITICISE, DECLARE, HOLDOUT, HONOUR, OUTSIDER, PATRON

KEY = root(1)


def run(mechanism, bloc, steps, field, days=7.0):
    """Values of a field after each step, axes step and the field's."""
    state, path = bloc.state, []
    for _ in range(steps):
        state = mechanism.tick(KEY, bloc.world, state, jnp.float32(days))
        path.append(np.asarray(getattr(state, field)))
    return np.stack(path)


def test_members_show_what_dissent_costs_them(bloc):
    """R05.2: public rests between the private view and the line; outsiders and the patron show their view."""
    m = Positions.make({"conform": 7.0, "turn": 3650.0})
    now = bloc.at(private_position={CLIENT: -0.8, HOLDOUT: -0.8, OUTSIDER: -0.8}, line=0.6)
    now = now.at(dissent_cost={CLIENT: 1.0, HOLDOUT: 0.25, OUTSIDER: 1.0})
    # long steps for conformity, but the line hardly moves in 70 days against a half-life of ten years
    end = run(m, now, 10, "public_position")[-1][:, 0]
    assert end[CLIENT] == pytest.approx(0.6, abs=0.02)
    assert end[HOLDOUT] == pytest.approx(0.75 * -0.8 + 0.25 * 0.6, abs=0.02)
    assert end[OUTSIDER] == pytest.approx(-0.8, abs=0.02)


def test_private_leads_public_when_the_patron_turns(bloc):
    """F05.1: the line follows the patron's private view, the members' public stance follows the line."""
    m = Positions.make()
    now = bloc.at(private_position={PATRON: 1.0}, dissent_cost=1.0)
    line, shown = run(m, now, 100, "line")[:, 0], run(m, now, 100, "public_position")[:, CLIENT, 0]
    crossed = [int(np.argmax(series > 0.5)) for series in (line, shown)]
    assert 0 < crossed[0] < crossed[1]
    assert line[-1] > 0.99


def test_the_gap_closes_when_the_line_moves_to_the_private_view(bloc):
    """F05.2: more for members whose private view is aligned."""
    m = Positions.make()
    now = bloc.at(dissent_cost=0.8, private_position={PATRON: 0.9, CLIENT: 0.9, HOLDOUT: -0.9}, line=0.9)
    now = now.at(public_position={CLIENT: 0.0, HOLDOUT: 0.0})
    end = run(m, now, 50, "public_position")[-1][:, 0]
    assert abs(end[CLIENT] - 0.9) == pytest.approx(0.9 * 2 ** (-350 / 180), rel=1e-3)
    assert abs(end[HOLDOUT] + 0.9) > 0.9


def test_acts_draw_together_or_apart_on_their_issue(bloc):
    m = Positions.make({"rate": 0.5})
    now = bloc.at(public_position={(HOLDOUT, 1): -0.2, (PATRON, 1): 0.4})
    near = now.after(m, bloc.act(HOLDOUT, PATRON, HONOUR, issue=1)).state.public_position
    far = now.after(m, bloc.act(HOLDOUT, PATRON, CRITICISE, issue=1)).state.public_position
    assert float(near[HOLDOUT, 1]) == pytest.approx(-0.2 + 0.5 * 0.4 * 0.6)
    assert float(far[HOLDOUT, 1]) == pytest.approx(-0.2 - 0.5 * 0.5 * 0.8)
    for moved in (near, far):
        assert int((moved != now.state.public_position).sum()) == 1


def test_side_by_side_an_actor_is_driven_to_its_private_side(bloc):
    m, now = Positions.make({"rate": 0.5}), bloc.at(private_position={HOLDOUT: -0.7})
    assert float(now.after(m, bloc.act(HOLDOUT, PATRON, CRITICISE)).state.public_position[HOLDOUT, 0]) < 0


def test_the_patron_takes_the_line_with_it_and_nobody_else_does(bloc):
    m = Positions.make({"lead": 0.5, "rate": 0.0})
    now = bloc.at(public_position={PATRON: 0.8, CLIENT: -0.8})
    assert float(now.after(m, bloc.act(PATRON, CLIENT, CRITICISE)).state.line[0]) == pytest.approx(0.4)
    assert float(now.after(m, bloc.act(CLIENT, PATRON, CRITICISE)).state.line[0]) == 0
    assert float(now.after(m, bloc.act(PATRON, CLIENT, DECLARE)).state.line[0]) == 0


def test_unrest_dies_down_by_halves_when_nothing_feeds_it(bloc):
    m = Unrest.make({"half_life": 70.0, "excite": 0.0, "contagion": 0.0, "shock": 0.0, "want": 0.0})
    assert run(m, bloc.at(unrest=4.0), 10, "unrest")[-1] == pytest.approx([2.0] * 4, abs=1e-4)


def test_a_shock_raises_unrest_most_where_leaders_are_split_and_falling(bloc):
    """F23.1 and R23.4: a change of line has a delayed, uneven effect, then passes; F23.5: the cohesive stay calm."""
    m = Unrest.make()
    now = bloc.at(line=-1.0, public_position=1.0, cohesion={CLIENT: 0.2, HOLDOUT: 0.95}, leader_standing={CLIENT: 0.2})
    path = run(m, now, 26, "unrest")
    assert path[-1, CLIENT] > 5 * path[-1, HOLDOUT]
    assert path[-1, HOLDOUT] < 3
    assert path[-1, CLIENT] > 2 * path[3, CLIENT], "it builds over months"
    assert path[0, [PATRON, OUTSIDER]].max() == 0, "who is not bound by the line is shaken only by its neighbours"


def test_unrest_spreads_to_neighbours(bloc):
    m = Unrest.make({"shock": 0.0, "want": 0.0})
    path = run(m, bloc.at(unrest={HOLDOUT: 12.0}, cohesion=0.2), 8, "unrest")
    assert path[-1, CLIENT] > path[-1, PATRON] > 0 == path[-1, OUTSIDER], "border and camp, camp alone, neither"


def test_want_shakes_the_split_more_than_the_cohesive(bloc):
    """F19.3: sanctions do not shake a cohesive leadership."""
    m = Unrest.make({"contagion": 0.0})
    now = bloc.at(reserve_days=0.0, import_share=0.5, cohesion={CLIENT: 0.1, HOLDOUT: 1.0})
    end = run(m, now, 10, "unrest")[-1]
    assert end[CLIENT] > 0.5
    assert end[HOLDOUT] == 0


def test_hostile_acts_stir_the_target_alone(bloc):
    m = Unrest.make({"hostility": 1.0})
    now = bloc.at(cohesion=0.0).after(m, bloc.act(PATRON, HOLDOUT, CRITICISE)).state.unrest
    assert float(now[HOLDOUT]) == pytest.approx(0.5, abs=1e-5)
    assert int((now != 0).sum()) == 1
    assert float(bloc.after(m, bloc.act(PATRON, HOLDOUT, AID)).state.unrest.max()) == 0


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
