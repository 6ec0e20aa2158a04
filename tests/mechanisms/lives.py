"""Run a few mechanisms for some steps on the bloc of four, and call its acts by their kinds."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from blocs.ground.keys import at, root

KINDS = ("break", "aid", "withhold", "criticise", "align", "declare", "refuse", "lobby")


@eqx.filter_jit
def _tick(mechanisms, key, world, state, days):
    for mechanism in mechanisms:
        state = mechanism.tick(key, world, state, days)
    return state


def named(bloc, kinds=KINDS):
    """The bloc whose acts are of these kinds, in order."""
    return bloc._replace(world=dataclasses.replace(bloc.world, act_kinds=tuple((kind,) for kind in kinds)))


def live(bloc, steps, *mechanisms, days=7.0, seed=1):
    """The bloc after some steps of a few mechanisms."""
    state = bloc.state
    for n in range(steps):
        state = _tick(mechanisms, at(root(seed), jnp.uint32(n)), bloc.world, state, jnp.float32(days))
    return bloc._replace(state=state)


def path(bloc, steps, field, *mechanisms, days=7.0, seed=1):
    """Values of a field after each step, axes step and the field's."""
    found = []
    for n in range(steps):
        bloc = live(bloc, 1, *mechanisms, days=days, seed=seed + n)
        found.append(np.asarray(getattr(bloc.state, field)))
    return np.stack(found)
