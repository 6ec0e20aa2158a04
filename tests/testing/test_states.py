"""The strategies draw valid worlds, states and acts that reach the corners."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.bloc.state import INTEGER, axis_sizes, bounds_broken
from blocs.bloc.vocabulary import vocabulary
from blocs.mechanisms.library.supply import Supply
from blocs.testing.relabel import relabel_act, relabel_state, relabel_world
from blocs.testing.states import HALF_LIVES, acts, make_act, make_state, make_world, mechanisms, states, worlds


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_states_are_valid(data):
    world = data.draw(worlds())
    state = data.draw(states(world))
    assert bounds_broken(state) == []
    sizes = axis_sizes(world, HALF_LIVES)
    for name, q in vocabulary().items():
        assert getattr(state, name).shape == tuple(sizes[a] for a in q.axes), name
        assert getattr(state, name).dtype in (jnp.float32, jnp.int32), name


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_worlds_are_consistent(seed):
    world = make_world(seed)
    patron, client = np.asarray(world.patron), np.asarray(world.client)
    assert patron.sum() <= 1
    assert not (patron * np.asarray(world.member)).any()
    assert not client[:, patron == 0].any(), "only the patron has clients"
    for ties in (world.ally, world.contiguous, world.same_camp):
        assert (ties == ties.T).all()
        assert not np.diagonal(ties).any()
    assert (np.sign(world.cooperation) * np.asarray(world.polarity) >= 0).all()


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_acts_are_between_two(data):
    world = make_world(0)
    act = data.draw(acts(world))
    assert int(act.source) != int(act.target)
    assert 0 <= float(act.weight) <= 1


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_parameters_are_in_their_ranges(data):
    mechanism = data.draw(mechanisms(Supply))
    for p in Supply.card.params:
        value = float(getattr(mechanism, p.name))
        assert np.float32(p.lo) <= value <= np.float32(p.hi), p.name


def test_wild_states_reach_both_ends_and_calm_ones_are_the_defaults():
    world = make_world(0, actors=8)
    wild, calm = make_state(world, 0, 1.0), make_state(world, 0, 0.0)
    for name, q in vocabulary().items():
        if name in INTEGER:
            continue
        assert (np.asarray(getattr(calm, name)) == np.float32(q.default)).all(), name
    assert float(wild.warmth.min()) == -1
    assert float(wild.warmth.max()) == 1


def test_relabelling_moves_every_trace_of_an_actor_and_back():
    world, order = make_world(2), np.array([2, 0, 3, 1])
    state, act = make_state(world, 5), make_act(1, 3, 0, 0)
    there = relabel_world(world, order), relabel_state(state, order), relabel_act(act, order)
    assert there[0].actors == world.actors
    assert (np.asarray(there[1].cohesion) == np.asarray(state.cohesion)[order]).all()
    assert float(there[1].warmth[there[2].source, there[2].target]) == float(state.warmth[1, 3])
    back = np.argsort(order)
    again = relabel_world(there[0], back), relabel_state(there[1], back), relabel_act(there[2], back)
    for old, new in zip((world, state, act), again, strict=True):
        for name, value in vars(old).items():
            assert value == getattr(new, name) if name == "act_kinds" else np.array_equal(value, getattr(new, name)), (
                name
            )
