"""Subversion: leaders won abroad, theses and cells at home, plots found out or tried (S26)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.keys import named, uniforms
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit, lean, unit
from blocs.mechanisms.seats import happens


class Subversion(AbstractMechanism):
    """Leaders abroad a, agents g, theses t and cells c of opponents inside an actor, all 0..1; unity of its leadership.

    A visit to a stronger actor leaves leaders alone there for some weeks. An approach wins
    `win * (home + (1 - home) * a) * (1 - shield * cohesion)` of the second rank that is left: those who report home are
    not won (R26.3). A source to whom the target is a client supplies theses (`teach`), one outside the target's camp
    supplies organisers (`organise`, in full across a border), each as far as the leadership is not of one mind
    (F26.3). Agents cost unity by `split`. Opponents of strength `q = g + t c` are found out at the rate
    `detect * cohesion * q` a day: unity rises by `rally * q`, agents and cells are broken by `purge` (F26.2). They try at
    the rate `attempt * q * (1 + window * n)`, n near 1 when a congress is less than `eve` days off (R26.6), and take
    `hit * q * (1 - shield * cohesion)` of the head's standing and of unity: where unity is high they find nothing
    (F26.4).
    """

    strength: Scalar
    travel: Scalar
    stay: Scalar
    win: Scalar
    home: Scalar
    shield: Scalar
    teach: Scalar
    organise: Scalar
    split: Scalar
    detect: Scalar
    rally: Scalar
    purge: Scalar
    attempt: Scalar
    window: Scalar
    eve: Scalar
    hit: Scalar
    forget: Scalar
    card: ClassVar[Card] = Card(
        name="subversion",
        summary="approaches to leaders abroad, theses and cells at home, plots found out or tried, unity moved by both",
        systems=("S26", "S01", "S03"),
        rules=("R26.1", "R26.3", "R26.6"),
        reads=frozenset(
            {
                "abroad",
                "agents",
                "theses",
                "cells",
                "plots_exposed",
                "cohesion",
                "leader_standing",
                "congress_due",
            }
        ),
        writes=frozenset({"abroad", "agents", "theses", "cells", "plots_exposed", "cohesion", "leader_standing"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("travel", "share", 0.0, 1.0, 0.5, "S26 procedure 1, T n=3: leaders abroad or under treatment"),
            Param("stay", "day", 1.0, 365.0, 20.0, "S26 parameters, T n=1: approached days before a meeting"),
            Param("win", "share", 0.0, 1.0, 0.6, "R26.3"),
            Param("home", "share", 0.0, 1.0, 0.15, "R26.3 (2 against 1): who reports home is not won"),
            Param("shield", "share", 0.0, 1.0, 0.9, "R03.7"),
            Param("teach", "share", 0.0, 1.0, 0.3, "F26.3, I n=1: the patron supplies theses"),
            Param("organise", "share", 0.0, 1.0, 0.4, "F26.3, I n=1: the breakaway supplies organisers"),
            Param("split", "share", 0.0, 1.0, 0.3, "S26 effects, C n=2: success splits the leadership"),
            Param("detect", "per day", 0.0, 1.0, 0.06, "S26 procedure 6, T n=3: exposed within weeks or months"),
            Param("rally", "share", 0.0, 1.0, 0.5, "F26.2, T n=3"),
            Param("purge", "share", 0.0, 1.0, 0.8, "S26 procedure 6, T n=3"),
            Param("attempt", "per day", 0.0, 1.0, 0.006, "S26 procedure 5, T n=2"),
            Param("window", "ratio", 0.0, 20.0, 4.0, "R26.6: a congress is the window"),
            Param("eve", "day", 1.0, 365.0, 60.0, "R26.6"),
            Param("hit", "share", 0.0, 1.0, 0.6, "S26 effects, C n=2"),
            Param("forget", "day", 30.0, 3650.0, 730.0, "ours: networks last for years"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Send leaders abroad with a visit; approach, teach and organise with subversion: four entries."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        guest = world.is_kind("visit")[g] * (world.capability[j] > world.capability[i])
        abroad = lean(state.abroad[i], unit(push * self.travel * guest))
        works = push * world.is_kind("subvert")[g]
        soft = 1.0 - self.shield * state.cohesion[j]
        alone = self.home + (1.0 - self.home) * state.abroad[j]
        won = unit(works * self.win * alone * soft) * (1.0 - state.agents[j])
        taught = unit(works * self.teach * soft * world.client[j, i])
        outside = (1.0 - world.same_camp[i, j]) * (0.5 + 0.5 * world.contiguous[i, j])
        organised = unit(works * self.organise * soft * outside)
        return state.replace(
            abroad=state.abroad.at[i].set(fit(abroad, "abroad", state.abroad)),
            agents=state.agents.at[j].set(fit(state.agents[j] + won, "agents", state.agents)),
            theses=state.theses.at[j].set(fit(lean(state.theses[j], taught), "theses", state.theses)),
            cells=state.cells.at[j].set(fit(lean(state.cells[j], organised), "cells", state.cells)),
            cohesion=state.cohesion.at[j].set(
                fit(state.cohesion[j] * (1.0 - unit(self.split * won)), "cohesion", state.cohesion)
            ),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let leaders come home and opponents be found out, or try."""
        span = self.strength * days
        q = opponents(state)
        there = world.exists(state.clock)
        found = happens(uniforms(named(key, "found"), world.actor_id), span * self.detect * state.cohesion * q * there)
        near = jnp.exp(-state.congress_due / self.eve)
        rate = span * self.attempt * q * (1.0 + self.window * near) * there
        tries = happens(uniforms(named(key, "try"), world.actor_id), rate) & ~found
        harm = unit(self.strength * self.hit * q * (1.0 - self.shield * state.cohesion)) * tries
        unity = lean(state.cohesion, unit(self.strength * self.rally * q) * found) * (1.0 - harm)
        broken = 1.0 - unit(self.strength * self.purge) * (found | tries)
        left = fade(span, self.forget) * broken
        new: dict[str, Any] = {
            "abroad": state.abroad * fade(span, self.stay),
            "agents": state.agents * left,
            "theses": state.theses * fade(span, self.forget),
            "cells": state.cells * left,
            "plots_exposed": state.plots_exposed + found,
            "cohesion": unity,
            "leader_standing": state.leader_standing * (1.0 - harm),
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})


def opponents(state: State) -> ByActor:
    """Return the strength of opponents inside an actor, 0..1: agents, and theses where cells carry them."""
    return unit(state.agents + state.theses * state.cells)
