"""What a session is about, item by item: the heaviest issues of an agenda, and the demands of a host in order of worth."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.vocabulary import SLOT_AXES
from blocs.ground.axes import ByActorIssue, ByClause, ByDyad, BySessionActor, BySessionIssue, Scalar
from blocs.ground.sums import heaviest_places, product

CLAUSES = SLOT_AXES["clause"]


def heaviest(weight: BySessionIssue, repeat: bool = False) -> ByClause:
    """Return the places of the heaviest issues, heaviest first; -1 where the weight is 0.

    With `repeat`, clauses beyond the issues that have a weight are about the heaviest again.
    """
    count = min(CLAUSES, weight.shape[1])
    place = heaviest_places(weight, count)
    value = jnp.take_along_axis(weight, place, axis=1)
    rest = place[:, :1] if repeat else -jnp.ones_like(place[:, :1])
    found = jnp.where(value > 0, place, rest)
    blank = jnp.broadcast_to(rest, (place.shape[0], CLAUSES - count))
    found = jnp.concatenate([found, blank], axis=1)
    anything = value[:, :1] > 0
    return jnp.where(anything, found, -1).astype(weight.dtype)


def worth(
    chair: BySessionActor,
    guest: BySessionActor,
    position: ByActorIssue,
    salience: ByActorIssue,
    warmth: ByDyad,
    care: Scalar,
) -> BySessionIssue:
    """Return what it is worth to the host, by issue, that the guest gives way (SYSTEM S08 procedure 10, F08.3).

    Its own interest is its salience times the gap; those of third parties to whom it is warm count by `care`.
    """
    asked = product(guest, position)
    own = product(chair, salience) * jnp.abs(product(chair, position) - asked) / 2.0
    friend = jnp.maximum(0.0, product(chair, warmth)) * (chair == 0) * (guest == 0)
    theirs = salience[None] * jnp.abs(position[None] - asked[:, None]) / 2.0
    most = jnp.max(friend[..., None] * theirs, axis=1)
    return own + care * most
