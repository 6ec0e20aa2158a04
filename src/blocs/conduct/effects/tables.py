"""Partially pooled intercepts: base rates of acts and issues, and how they differ by actor, role pair and reply.

Each table is shrunk toward zero by a spread estimated from the record (Gelman & Hill 2007, chapter 12), so that a
category seen often speaks and one seen once hardly does.
"""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import View
from blocs.bloc.world import World
from blocs.conduct.base import Chosen, Table
from blocs.ground.axes import Index

ROLES = ("patron", "narrator", "member", "outsider", "collective")
FRESH = 0.3


def role_of(world: World) -> Index:
    """Return the role index of each actor in `ROLES`."""
    role = jnp.where(world.member > 0, 2, 3)
    role = jnp.where(world.collective > 0, 4, role)
    role = jnp.where(world.narrator > 0, 1, role)
    return jnp.where(world.patron > 0, 0, role)


def _one(world: World) -> tuple[str, ...]:
    return ("all",)


def _actors(world: World) -> tuple[str, ...]:
    return world.actors


def _role_pairs(world: World) -> tuple[str, ...]:
    return tuple(f"{a} to {b}" for a in ROLES for b in ROLES)


def _acts_or_none(world: World) -> tuple[str, ...]:
    return ("none", *world.acts)


def _issues_or_none(world: World) -> tuple[str, ...]:
    return ("none", *world.issues)


def _acts(world: World) -> tuple[str, ...]:
    return world.acts


def everyone(view: View, chosen: Chosen) -> Index:
    """Base rate of each option."""
    return jnp.zeros((), jnp.int32)


def by_source(view: View, chosen: Chosen) -> Index:
    """Departure of the source from the base rate."""
    return chosen.source


def by_target(view: View, chosen: Chosen) -> Index:
    """Departure toward this target from the base rate."""
    return chosen.target


def by_roles(view: View, chosen: Chosen) -> Index:
    """Departure of the pair of roles (patron, narrator's side, member, outsider, collective)."""
    role = role_of(view.world)
    return role[chosen.source] * len(ROLES) + role[chosen.target]


def by_reply(view: View, chosen: Chosen) -> Index:
    """What answers what: the last act of the target toward the source, if it is fresh."""
    i, j = chosen.source, chosen.target
    return jnp.where(view.fresh(j, i) > FRESH, view.state.last_act[j, i] + 1, 0)


def by_continuation(view: View, chosen: Chosen) -> Index:
    """What follows what: the last act of the source toward the target, if it is fresh."""
    i, j = chosen.source, chosen.target
    return jnp.where(view.fresh(i, j) > FRESH, view.state.last_act[i, j] + 1, 0)


def by_scene_act(view: View, chosen: Chosen) -> Index:
    """What the room has just seen: the latest act of all, if it is fresh."""
    return jnp.where(view.pulse > FRESH, view.state.turn[2] + 1, 0)


def by_scene_issue(view: View, chosen: Chosen) -> Index:
    """What the room is on: the latest issue of all, if it is fresh."""
    return jnp.where(view.pulse > FRESH, view.state.turn[3] + 1, 0)


def by_act(view: View, chosen: Chosen) -> Index:
    """Which act it is: acts have their issues."""
    return chosen.act


TABLES = (
    Table("actor", "source", "tables", _one, everyone, True, 0.7),
    Table("target_by_source", "target", "tables", _actors, by_source, False, 0.3),
    Table("act", "act", "tables", _one, everyone, True, 1.0),
    Table("act_by_roles", "act", "tables", _role_pairs, by_roles, False, 0.5),
    Table("act_by_source", "act", "tables", _actors, by_source, False, 0.3),
    Table("act_by_reply", "act", "tables", _acts_or_none, by_reply, False, 0.5),
    Table("act_by_continuation", "act", "tables", _acts_or_none, by_continuation, False, 0.5),
    Table("act_by_scene", "act", "tables", _acts_or_none, by_scene_act, False, 0.4),
    Table("issue", "issue", "tables", _one, everyone, True, 1.0),
    Table("issue_by_act", "issue", "tables", _acts, by_act, False, 0.5),
    Table("issue_by_source", "issue", "tables", _actors, by_source, False, 0.5),
    Table("issue_by_target", "issue", "tables", _actors, by_target, False, 0.5),
    Table("issue_by_roles", "issue", "tables", _role_pairs, by_roles, False, 0.5),
    Table("issue_by_scene", "issue", "tables", _issues_or_none, by_scene_issue, False, 0.5),
)
