"""Blame: guilt climbs from a proxy to a whole era by steps, and messengers pay for demands that failed (S04)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp

from blocs.bloc.inside import consolidation
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.ground.keys import named, uniforms
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import fade, fit, unit
from blocs.mechanisms.seats import asked, happens

TOP = 5.0
NAMED_IN_PUBLIC = 4.0


class Blame(AbstractMechanism):
    """Blame b_a for the past, step 0..5, and envoys disowned.

    Where guilt has been laid on the fallen, b rises by `stride` at the rate `climb * scapegoat` (R04.1: embarrassing
    acts are booked to them; F04.1): proxy, principle, unnamed, named in private, named in public, the whole era. The
    last two steps wait until the head holds `open_at` of force, security and committee (R02.5). A demand that is
    refused weighs on the source, fading with `half_life`, and envoys are disowned at the rate `turnover + disown *
    rebuff` a day; each takes half of the weight away (F04.4).
    """

    strength: Scalar
    climb: Scalar
    stride: Scalar
    open_at: Scalar
    turnover: Scalar
    disown: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="blame",
        summary="blame for the past climbs by steps after a fall; envoys pay for demands that failed",
        systems=("S04", "S02"),
        rules=("R02.5", "R04.1"),
        reads=frozenset(
            {
                "blame",
                "scapegoat",
                "rebuff",
                "envoys_blamed",
                "last_act",
                "hold_force",
                "hold_security",
                "hold_committee",
            }
        ),
        writes=frozenset({"blame", "rebuff", "envoys_blamed"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("climb", "per day", 0.0, 1.0, 0.012, "F04.1, C n=1: five steps in 32 months"),
            Param("stride", "step", 0.0, 5.0, 1.0, "F04.1, C n=1: no step is skipped"),
            Param("open_at", "share", 0.0, 1.0, 0.6, "R02.5"),
            Param("turnover", "per day", 0.0, 0.1, 0.0004, "ours: an envoy stays for years"),
            Param("disown", "per day", 0.0, 1.0, 0.006, "F04.4, C n=3: within months of the failure"),
            Param("half_life", "day", 7.0, 3650.0, 120.0, "F04.4, C n=3"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let a refused demand weigh on the one who made it: one entry."""
        j = act.target
        failed = world.is_kind("refuse")[act.act] * asked(world, state, act)
        rebuff = state.rebuff[j] + unit(self.strength * act.weight) * failed
        return state.replace(rebuff=state.rebuff.at[j].set(fit(rebuff, "rebuff", state.rebuff)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let blame climb and envoys fall."""
        span = self.strength * days
        free = (state.blame + self.stride < NAMED_IN_PUBLIC) | (consolidation(state) >= self.open_at)
        climbs = happens(uniforms(named(key, "climb"), world.actor_id), span * self.climb * state.scapegoat * free)
        rate = (self.turnover + self.disown * state.rebuff) * world.exists(state.clock) * (1.0 - world.collective)
        goes = happens(uniforms(named(key, "envoy"), world.actor_id), span * rate)
        new: dict[str, Any] = {
            "blame": jnp.minimum(state.blame + self.stride * climbs, TOP),
            "rebuff": state.rebuff * fade(span, self.half_life) * (1.0 - 0.5 * goes),
            "envoys_blamed": state.envoys_blamed + goes,
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})
