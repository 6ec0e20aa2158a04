"""Force: a show or an entry of troops, its withdrawal, the exit from a treaty, who is consulted (S17)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp

from blocs.bloc.inside import capacity
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.keys import named, uniforms
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit, lean, unit
from blocs.mechanisms.seats import happens

UNREST_TOP = vocabulary()["unrest"].hi or 13.0


class Force(AbstractMechanism):
    """Troops p_a of the patron inside a member, 0..1, and what leads to them and away.

    Armed force of a patron on a client whose unrest it believes to be below `crisis` is a show: the large body is seen
    to close, as far as the leadership is cohesive (R17.4). In a crisis it is an entry: of the share `partial`, or full
    where the member has declared its exit or a first entry was pulled back (R17.1, R17.3). Those with capacity `ask` or
    more are consulted, the nearer the sooner (R17.5). A partial entry stirs the country by `provoke * (1 - army
    reliability)` and is withdrawn at the rate `leave * unrest / 13`; what is left then doubles the claims (`embolden`).
    A full entry quells unrest, ends the exit and thins out with `stay`. A member at war with its streets, rung `brink`
    or more, declares its exit at the rate `secede * (1 - border insecurity)` (R17.8: an insecure frontier keeps the
    troops).
    """

    strength: Scalar
    crisis: Scalar
    partial: Scalar
    ask: Scalar
    near: Scalar
    provoke: Scalar
    leave: Scalar
    embolden: Scalar
    quell: Scalar
    stay: Scalar
    brink: Scalar
    secede: Scalar
    forget: Scalar
    card: ClassVar[Card] = Card(
        name="force",
        summary="shows and entries of troops, withdrawal and return, treaty exit, consultation of those who can act",
        systems=("S17", "S16", "S23"),
        rules=("R17.1", "R17.3", "R17.4", "R17.5", "R17.6", "R17.8", "R17.9"),
        reads=frozenset(
            {
                "presence",
                "withdrawn",
                "treaty_exit",
                "consulted",
                "closed",
                "unrest",
                "believed_unrest",
                "cohesion",
                "army_reliability",
                "border_insecurity",
                "bargaining_weight",
                "leader_standing",
            }
        ),
        writes=frozenset(
            {"presence", "withdrawn", "treaty_exit", "consulted", "closed", "unrest", "leader_standing"},
        ),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("crisis", "rung", 0.0, 13.0, 8.0, "S23 ladder: streets from rung 9, T n=2"),
            Param("partial", "share", 0.0, 1.0, 0.4, "R17.3: a limited entry"),
            Param("ask", "share", 0.0, 1.0, 0.4, "R17.5: those who must act"),
            Param("near", "share", 0.0, 1.0, 0.3, "F17.4, C n=1: a border is worth this much of weight"),
            Param("provoke", "rung per day", 0.0, 1.0, 0.15, "R17.3: unrest spreads"),
            Param("leave", "per day", 0.0, 1.0, 0.15, "R17.3: withdrawn on demand within days"),
            Param("embolden", "rung", 0.0, 13.0, 1.5, "R17.3 and R23.3"),
            Param("quell", "per day", 0.0, 1.0, 0.05, "S17 effects, T n=2: order within weeks"),
            Param("stay", "day", 7.0, 3650.0, 365.0, "S17, C n=2: troops thin out within years"),
            Param("brink", "rung", 0.0, 13.0, 10.0, "S23 ladder rung 11, T n=1"),
            Param("secede", "per day", 0.0, 1.0, 0.1, "R17.1: within days at the brink"),
            Param("forget", "day", 7.0, 3650.0, 180.0, "ours: months"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let armed force of a patron on a client be a show or an entry: one entry, and one row of consultation."""
        i, j = act.source, act.target
        used = self.strength * act.weight * world.is_kind("coerce")[act.act] * world.client[j, i]
        in_crisis = (
            (state.believed_unrest[i, j] >= self.crisis) | (state.treaty_exit[j] > 0.5) | (state.withdrawn[j] > 0.5)
        )
        heavy = (state.treaty_exit[j] > 0.5) | (state.withdrawn[j] > 0.5) | (state.presence[j] > 0.25)
        size = jnp.where(heavy, 1.0, self.partial) * in_crisis
        presence = lean(state.presence[j], unit(used * size))
        fall = 1.0 - unit(used * heavy * in_crisis) * 0.9
        closed = state.closed[j] + unit(used * ~in_crisis) * (state.cohesion[j] - state.closed[j])
        named_ones = self.consults(world, state, act)
        consulted = state.consulted + unit(used) * (named_ones - state.consulted)
        return state.replace(
            presence=state.presence.at[j].set(fit(presence, "presence", state.presence)),
            leader_standing=state.leader_standing.at[j].multiply(fall.astype(state.leader_standing.dtype)),
            closed=state.closed.at[j].set(fit(closed, "closed", state.closed)),
            consulted=fit(consulted, "consulted", state.consulted),
        )

    def consults(self, world: World, state: State, act: Act) -> ByActor:
        """Return 1 for third parties whose capacity, with what a border adds, reaches `ask`."""
        others = jnp.arange(state.consulted.shape[0])
        third = (others != act.source) & (others != act.target) & (world.collective < 0.5)
        friend = (world.member > 0) | (world.ally[act.source] > 0) | (world.same_camp[act.source] > 0)
        able = capacity(world, state) + self.near * world.contiguous[act.target] >= self.ask
        return (third & friend & able & world.exists(state.clock)).astype(state.consulted.dtype)

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let entries provoke or quell, be withdrawn or thin out, and a member at the brink declare its exit."""
        span = self.strength * days
        full = state.presence > 0.75
        some = (state.presence > 0.0) & ~full
        heat = state.unrest / UNREST_TOP
        rate = span * self.leave * heat * some
        leaves = happens(uniforms(named(key, "leave"), world.actor_id), rate)
        lasting = state.presence * fade(span, self.stay)
        stirred = self.provoke * (1.0 - state.army_reliability) * state.presence * some * span
        stirred = stirred + self.embolden * leaves
        unrest = state.unrest + (UNREST_TOP - state.unrest) * unit(stirred / UNREST_TOP)
        unrest = jnp.where(full, unrest * jnp.exp(-span * self.quell * state.presence), unrest)
        at_brink = world.member * world.exists(state.clock) * (state.unrest >= self.brink) * ~full
        exits = happens(
            uniforms(named(key, "exit"), world.actor_id),
            span * self.secede * at_brink * (1.0 - state.border_insecurity),
        )
        ended = full & (span > 0)
        new: dict[str, Any] = {
            "presence": jnp.where(leaves, 0.0, lasting),
            "withdrawn": jnp.where(leaves, 1.0, state.withdrawn * fade(span, self.forget)) * ~ended,
            "treaty_exit": jnp.where(ended, 0.0, jnp.maximum(state.treaty_exit, exits)),
            "closed": state.closed * fade(span, self.forget),
            "unrest": unrest,
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})
