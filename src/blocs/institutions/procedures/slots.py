"""Running sessions on a fixed number of slots: which slot is free, how far a session is, what a new one starts with."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.ground.axes import Array, Bool, BySession, Index
from blocs.institutions.procedures.codes import CALLED, CLOSED, CLOSING, OPEN, PREPARED

BY_ACT = 3
"""Slots below this are kept for the schedule; what an act calls takes one of the others."""

FRESH: Mapping[str, float] = {
    "session_tone": 0.0,
    "session_attack": 0.0,
    "session_floor": 1.0,
    "session_sign": 0.0,
    "session_outcome": 0.0,
    "clause_issue": -1.0,
    "clause_text": 0.0,
    "clause_strength": 0.0,
    "clause_state": 0.0,
    "clause_share": 0.0,
    "clause_rounds": 0.0,
    "clause_won": 0.0,
}
"""What a slot holds when a session is called."""

GIVEN = (
    "session_form",
    "session_stage",
    "session_plan",
    "session_age",
    "session_notice",
    "session_days",
    "session_lead",
    "session_rule",
    "session_reserve",
    "session_dossier",
    "session_seat",
    "session_chair",
    "session_drafter",
    "session_declared",
    "session_agenda",
)
"""What whoever calls a session has to say."""

SLOT_FIELDS = frozenset({*FRESH, *GIVEN})


def live(stage: BySession) -> Bool[Array, " session"]:
    """Return which slots hold a session that has been called and is not closed."""
    return (stage >= CALLED) & (stage < CLOSED)


def vacant(stage: BySession, age: BySession, first: int = 0) -> tuple[Index, Bool[Array, ""]]:
    """Return a slot from `first` on that a new session may take, and whether there is one: empty, else longest closed."""
    free = ~live(stage) & (jnp.arange(stage.shape[0]) >= first)
    height = jnp.where(free, jnp.where(stage < CALLED, 1e9, age), -1.0)
    return jnp.argmax(height), free.any()


def put(state: State, slot: Index, taken: Bool[Array, ""], given: Mapping[str, Array]) -> State:
    """Return the state with a new session in a slot where `taken`; `given` has a value for every name of `GIVEN`."""
    changes: dict[str, Array] = {}
    for name in (*GIVEN, *FRESH):
        old = getattr(state, name)
        value = given[name] if name in given else jnp.asarray(FRESH[name])
        row = jnp.where(taken, value, old[slot]).astype(old.dtype)
        changes[name] = old.at[slot].set(row)
    return state.replace(**changes)


def advance(stage: BySession, age: BySession, notice: BySession, lead: BySession, days: BySession) -> BySession:
    """Return the stage of every slot at an age in days: called, dossier handed out, open, closing, closed.

    A session is open for at least one whole step, so that acts can fall into it; closing lasts one tick.
    """
    waiting = jnp.where(age >= notice, OPEN, jnp.where(age >= notice - lead, PREPARED, CALLED))
    over = jnp.where(age >= notice + days, CLOSING, OPEN)
    new = jnp.where(stage < OPEN, waiting, jnp.where(stage < CLOSING, over, CLOSED))
    return jnp.where(stage >= CALLED, new, stage)


def between(seat: Array, i: Index, j: Index) -> Bool[Array, " session"]:
    """Return the slots in which both actors sit; `seat` has axes session, actor."""
    return (seat[:, i] > 0) & (seat[:, j] > 0)
