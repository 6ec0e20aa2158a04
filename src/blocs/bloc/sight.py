"""Who can see what: which entries of the state are hidden from an actor when it chooses.

The vocabulary says it for each quantity (column `seen`, explained in `blocs.bloc.vocabulary.SEEN`). A statistic of conduct
may depend on nothing that is hidden from the actor whose choice it is; what that actor thinks of hidden things is a
quantity of its own (`known_line`, `doubt`, `believed_unrest`, `tap_known`), kept by mechanisms that carry news.
`blocs.testing.sight` tests every statistic of the catalogue.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.bloc.state import State
from blocs.bloc.vocabulary import Quantity, vocabulary
from blocs.bloc.world import World


def hidden(world: World, quantity: Quantity, shape: tuple[int, ...], actor: int) -> NDArray[np.bool_]:
    """Return which entries of a quantity an actor cannot see, with the shape of the quantity.

    Raises:
        ValueError: the quantity is seen by ends of an actor axis that it does not have.
    """
    if quantity.seen == "public":
        return np.zeros(shape, bool)
    if quantity.seen == "none" or (quantity.seen == "patron" and float(world.patron[actor]) == 0):
        return np.ones(shape, bool)
    if quantity.seen == "patron":
        return np.zeros(shape, bool)
    ends = [n for n, axis in enumerate(quantity.axes) if axis == "actor"][: 1 if quantity.seen == "own" else 2]
    if not ends:
        raise ValueError(f"{quantity.name}: seen by {quantity.seen!r}, but it has no actor axis")
    places = np.indices(shape)
    return ~np.any([places[n] == actor for n in ends], axis=0)


def hidden_from(world: World, state: State, actor: int) -> dict[str, NDArray[np.bool_]]:
    """Return the entries hidden from an actor, by quantity; quantities of which it sees everything are left out."""
    masks = {name: hidden(world, q, getattr(state, name).shape, actor) for name, q in vocabulary().items()}
    return {name: mask for name, mask in masks.items() if mask.any()}
