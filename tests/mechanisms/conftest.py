"""A small bloc of four: a patron, two clients, an outsider; one act of each kind; all quantities at their defaults."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.state import State, blank_state
from blocs.bloc.world import World
from blocs.testing.states import KINDS, make_act, make_world

PATRON, CLIENT, HOLDOUT, OUTSIDER = range(4)
BREAK, AID, WITHHOLD, CRITICISE, HONOUR, DECLARE, SNUB, LOBBY = range(8)


class Bloc(NamedTuple):
    world: World
    state: State

    def act(self, source, target, act, issue=0, weight=1.0):
        return make_act(source, target, act, issue, weight)

    def at(self, **entries):
        """The bloc with entries set: `at(warmth={(0, 1): 0.5}, unrest=0.0)`."""
        state = self.state
        for name, value in entries.items():
            array = getattr(state, name)
            for place, x in value.items() if isinstance(value, dict) else [((), value)]:
                array = array.at[place].set(x)
            state = state.replace(**{name: array})
        return self._replace(state=state)

    def after(self, mechanism, *acts):
        state = self.state
        for act in acts:
            state = mechanism.after(self.world, state, act)
        return self._replace(state=state)


@pytest.fixture
def bloc() -> Bloc:
    kinds = jnp.asarray(KINDS, jnp.float32)
    client = np.zeros((4, 4), np.float32)
    client[[CLIENT, HOLDOUT], PATRON] = 1
    camp = np.zeros((4, 4), np.float32)
    camp[:3, :3] = 1 - np.eye(3)
    world = dataclasses.replace(
        make_world(0),
        patron=jnp.array([1.0, 0, 0, 0]),
        member=jnp.array([0, 1.0, 1, 0]),
        collective=jnp.zeros(4),
        capability=jnp.array([1.0, 0.3, 0.1, 0.3]),
        client=jnp.asarray(client),
        same_camp=jnp.asarray(camp),
        contiguous=jnp.asarray(np.eye(4)[[0, 2, 1, 3]] * (1 - np.eye(4)), jnp.float32),
        present=jnp.tile(jnp.array([-10000.0, 10000.0]), (4, 1)),
        polarity=kinds[:, 0],
        material=kinds[:, 1],
        cooperation=kinds[:, 2],
        act_rung=kinds[:, 3],
        act_openness=kinds[:, 4],
    )
    return Bloc(world, blank_state(world, 3))
