"""The same world, state and act with the actors in another order: what a fair rule must not notice."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from blocs.bloc.state import TURN, State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World

BY_ACTOR = ("patron", "member", "collective", "narrator", "capability", "present", "actor_id")
BY_DYAD = ("client", "ally", "contiguous", "same_camp")


def relabel_world(world: World, order: Any) -> World:
    """Return the world with actor `order[n]` in place n; stable ids move with their actors, names stay where they are.

    So a rule that knows an actor by its name is as much caught as one that knows it by its place. `order` is a
    permutation, axis actor.
    """
    changed: dict[str, Any] = {name: jnp.asarray(np.asarray(getattr(world, name))[order]) for name in BY_ACTOR}
    changed |= {name: jnp.asarray(np.asarray(getattr(world, name))[order][:, order]) for name in BY_DYAD}
    return World(**vars(world) | changed)


def relabel_state(state: State, order: Any) -> State:
    """Return the state with actor `order[n]` in place n, on every actor axis and in `turn`."""
    changed = {name: _permuted(getattr(state, name), q.axes, order) for name, q in vocabulary().items()}
    place = np.append(np.argsort(order), -1)  # index -1 (no act yet) stays -1
    turn = [place[n] if part in ("source", "target") else n for part, n in zip(TURN, state.turn.tolist(), strict=True)]
    changed["turn"] = np.asarray(turn, state.turn.dtype)
    for name in (name for name, q in vocabulary().items() if q.unit == "actor index"):
        changed[name] = place[changed[name].astype(int)].astype(changed[name].dtype)
    return state.replace(**jax.device_put(changed))


def relabel_act(act: Act, order: Any) -> Act:
    """Return the act between the same actors in their new places."""
    place = np.argsort(order)
    source, target = (jnp.asarray(place[int(n)], jnp.int32) for n in (act.source, act.target))
    return Act(source, target, act.act, act.issue, act.weight)


def _permuted(value: Any, axes: tuple[str, ...], order: Any) -> Any:
    value = np.asarray(value)
    for n, axis in enumerate(axes):
        if axis == "actor":
            value = np.take(value, order, axis=n)
    return value
