"""Mandates: small body, large body and congress bind a spokesman; a concession costs confidence (S01)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.keys import named
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit
from blocs.mechanisms.seats import asked, happens, issue_uniforms

UNREST_TOP = vocabulary()["unrest"].hi or 13.0


class Mandates(AbstractMechanism):
    """Mandate m_ak, step 0..3: none, small body, large body, congress; confidence of the large body in the head.

    The small body takes up a question at the rate `sit * attention * cohesion`, where attention is
    `1 - exp(-acts lately / busy)`; the large body endorses questions of salience `cardinal` or more at the rate
    `endorse * attention`, and so do heads who expect the question abroad. A congress, every `interval` days, settles
    what is endorsed (S01 procedure 3). Mandates expire a step at a time with rate `expire` (R01.9). Giving way to a
    demand takes the share `concede * (1 - cohesion)` of the confidence (R01.6), which returns to
    `rest * (1 - drag * unrest / 13)`.
    """

    strength: Scalar
    sit: Scalar
    endorse: Scalar
    busy: Scalar
    cardinal: Scalar
    interval: Scalar
    expire: Scalar
    concede: Scalar
    rest: Scalar
    drag: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="mandates",
        summary="small body, large body and congress rule on questions and bind; concessions cost confidence",
        systems=("S01",),
        rules=("R01.1", "R01.2", "R01.6", "R01.9"),
        reads=frozenset(
            {
                "mandate",
                "cc_confidence",
                "congress_due",
                "cohesion",
                "salience",
                "unrest",
                "agenda",
                "last_act",
            }
        ),
        writes=frozenset({"mandate", "cc_confidence", "congress_due"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("sit", "per day", 0.0, 1.0, 0.1, "S01 parameters, T n=1: near-daily in crisis; weeks otherwise"),
            Param("endorse", "per day", 0.0, 1.0, 0.02, "S01 procedure 3, T n=2: a plenum within two months"),
            Param("busy", "act", 0.1, 50.0, 3.0, "ours: acts on a question that fill the agenda"),
            Param("cardinal", "share", 0.0, 1.0, 0.6, "R01.1: cardinal questions"),
            Param("interval", "day", 365.0, 3650.0, 1460.0, "ours: congresses every four years"),
            Param("expire", "per day", 0.0, 0.1, 0.0015, "R01.9: expiry dates; about two years"),
            Param("concede", "share", 0.0, 1.0, 0.5, "R01.6: read as lost confidence"),
            Param("rest", "share", 0.0, 1.0, 0.7, "ours: default of the vocabulary"),
            Param("drag", "share", 0.0, 1.0, 0.5, "S01 effects, C n=2"),
            Param("half_life", "day", 14.0, 3650.0, 180.0, "ours: months"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let a concession to a demand cost the source's head confidence: one entry."""
        i, g = act.source, act.act
        gives_way = world.is_kind("agree")[g] * asked(world, state, act)
        lost = unit(self.strength * act.weight * self.concede * gives_way * (1.0 - state.cohesion[i]))
        left = fit(state.cc_confidence[i] * (1.0 - lost), "cc_confidence", state.cc_confidence)
        return state.replace(cc_confidence=state.cc_confidence.at[i].set(left))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let bodies sit, endorse, meet in congress; let mandates expire and confidence return."""
        span = self.strength * days
        there = ((1.0 - world.collective) * world.exists(state.clock))[:, None]
        attention = -jnp.expm1(-state.agenda / self.busy) * there
        sits = happens(issue_uniforms(named(key, "sit"), world), span * self.sit * attention * state.cohesion[:, None])
        weighty = (state.salience >= self.cardinal) * (state.mandate >= 1.0)
        endorses = happens(issue_uniforms(named(key, "endorse"), world), span * self.endorse * attention * weighty)
        expires = happens(issue_uniforms(named(key, "expire"), world), span * self.expire * jnp.ones_like(attention))
        mandate = jnp.maximum(state.mandate - 1.0 * expires, 0.0)
        mandate = jnp.where(sits & (mandate < 1.0), 1.0, mandate)
        mandate = jnp.where(endorses & (mandate < 2.0), 2.0, mandate)
        meets = self._congress(state, span)
        settled = meets[:, None] & (mandate >= 2.0)
        goal = self.rest * (1.0 - self.drag * state.unrest / UNREST_TOP)
        new: dict[str, Any] = {
            "mandate": jnp.where(settled, 3.0, mandate),
            "cc_confidence": approach(state.cc_confidence, goal, 1.0 - fade(span, self.half_life)),
            "congress_due": jnp.where(meets, self.interval, jnp.maximum(state.congress_due - span, 0.0)),
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})

    def _congress(self, state: State, span: Scalar) -> ByActor:
        return (state.congress_due <= span) & (span > 0)
