"""Kinds of acts by what they are for in dealings over goods: asking, granting, striking, protesting."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.world import World
from blocs.ground.axes import ByAct

ASKS = ("demand", "propose")
"""Acts that ask for something and leave a request behind."""
GRANTS = ("agree", "promise")
"""Acts that answer a request by granting."""
CUTS = ("refuse", "criticise", "withhold")
"""Acts that answer a request by striking from it."""
PROTESTS = ("demand", "propose", "refuse", "criticise")
"""Acts by which a petitioner contests a cut."""


def any_kind(world: World, *names: str) -> ByAct:
    """Return 1 for acts of any of the kinds, 0 for others."""
    return jnp.max(jnp.stack([world.is_kind(name) for name in names]), axis=0)
