"""Clearing: the condemned are freed, cleared and come back, the sooner the more peers have done it (S04)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp

from blocs.bloc.inside import AGAIN, CLEARED, JAILED, READMITTED, RELEASED, kept
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.decay import log_count
from blocs.ground.keys import named
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit, unit
from blocs.mechanisms.seats import SEATS, happens, seat_uniforms

UNREST_TOP = vocabulary()["unrest"].hi or 13.0


class Clearing(AbstractMechanism):
    """Persons p_as on their way from jail to office, and n_a, the persons an actor has cleared lately.

    An act of clearing adds one to n of its source, which halves every `half_life`, and clears those jailed. With time
    those jailed are released at the rate `free * (lost + race * log(1 + n of peers) + popular * unrest / 13)` where
    `lost` is the share of the actor's verdicts that no longer stand (R04.3, R04.7), and those freed go on a step at the
    rate `advance * (lost + unrest / 13)`: cleared, readmitted, in office again, where `weight` of the committee is
    theirs (F03.2). Where all verdicts stand, no peer clears and all is calm, nobody moves.
    """

    strength: Scalar
    half_life: Scalar
    free: Scalar
    race: Scalar
    popular: Scalar
    advance: Scalar
    weight: Scalar
    card: ClassVar[Card] = Card(
        name="clearing",
        summary="the condemned are freed, cleared and return to office; peers' clearings press on the rest",
        systems=("S04", "S03"),
        rules=("R04.3", "R04.5", "R04.7"),
        reads=frozenset({"cleared", "person", "hold_committee", "judged", "verdict", "unrest", "fallen_status"}),
        writes=frozenset({"cleared", "person", "hold_committee", "fallen_status"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("half_life", "day", 30.0, 3650.0, 365.0, "S04 procedure 6, T n=4: a race within the year"),
            Param("free", "per day", 0.0, 0.5, 0.006, "S04 procedure 5-6, T n=4: prisons empty within months"),
            Param("race", "ratio", 0.0, 10.0, 0.5, "R04.3"),
            Param("popular", "ratio", 0.0, 10.0, 0.5, "S04 inputs (popular demand), T n=2"),
            Param("advance", "per day", 0.0, 0.5, 0.03, "F03.2, C n=3: at the top within months"),
            Param("weight", "share", 0.0, 1.0, 0.3, "R03.2: the returned have a following"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Count a clearing and clear those jailed in the source's country: one entry and one row."""
        i, g = act.source, act.act
        clears = world.is_kind("rehabilitate")[g] * unit(self.strength * act.weight)
        jailed = (state.person[i] >= JAILED) & (state.person[i] < CLEARED) & (clears > 0.5)
        row = jnp.where(jailed, CLEARED, state.person[i])
        # who clears the fallen head speaks well of him again: the way down is open only until a new line
        status = jnp.where((clears > 0.5) & (state.fallen_status[i] > 1.0), 1.0, state.fallen_status[i])
        return state.replace(
            cleared=state.cleared.at[i].add(clears.astype(state.cleared.dtype)),
            person=state.person.at[i].set(fit(row, "person", state.person)),
            fallen_status=state.fallen_status.at[i].set(fit(status, "fallen_status", state.fallen_status)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let the condemned be freed and go up, a step at a time."""
        span = self.strength * days
        lost = 1.0 - kept(state)
        heat = state.unrest / UNREST_TOP
        freeing = self.free * (lost + self.race * log_count(peers_cleared(world, state)) * open_to(state))
        freeing = freeing + self.free * self.popular * heat
        draws = seat_uniforms(named(key, "step"), world)
        waits = (state.person >= JAILED) & (state.person < RELEASED)
        rises = (state.person >= RELEASED) & (state.person < AGAIN)
        contender = jnp.arange(SEATS)[None, :] > 0
        frees = waits & contender & happens(draws, span * freeing[:, None])
        goes = rises & contender & happens(draws, span * self.advance * (lost + heat)[:, None])
        nxt = jnp.where(state.person >= READMITTED, AGAIN, state.person + 1.0)
        person = jnp.where(frees, RELEASED, jnp.where(goes, nxt, state.person))
        back = (person >= AGAIN) & goes
        new: dict[str, Any] = {
            "cleared": state.cleared * fade(span, self.half_life),
            "person": person,
            "hold_committee": jnp.where(
                back, jnp.maximum(state.hold_committee, self.strength * self.weight), state.hold_committee
            ),
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})


def peers_cleared(world: World, state: State) -> ByActor:
    """Return the persons cleared lately by the patron and members other than the actor itself."""
    inside = jnp.maximum(world.member, world.patron)
    return jnp.maximum(0.0, jnp.sum(inside * state.cleared) - inside * state.cleared)


def open_to(state: State) -> ByActor:
    """Return 1 for actors that judged anybody: only they have verdicts to reopen."""
    return (jnp.sum(state.judged, axis=1) > 1e-3).astype(state.judged.dtype)
