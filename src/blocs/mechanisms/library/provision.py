"""Provision: crops vary, suppliers promise or withdraw the staple, own growing is given up or taken up again (S11)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.food import STAPLE, lever_place
from blocs.bloc.kinds import any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.ground.sums import product
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, unit

MONTH = 30.0
"""Days in which an announcement goes half of the way to what calls for it."""


class Provision(AbstractMechanism):
    """Crop c_a (1 normal), announced scarcity k_b, 0..1, and the patron's promise of the staple to a client, p_a, -1..1.

    Crops wander about 1 with the spread `noise` and half-life `season`. A supplier announces scarcity as its quarrels
    with those who depend on it rise (`quarrel`, R11.2) and as its crop fails (`dearth`). A patron's promise, aid or
    agreement lifts p_a by `word`, a refusal, threat or withholding lowers it; with time p_a nears the patron's warmth
    to the client less its announced scarcity, halving the distance every `half_life` (F11.4). A promise above 0 makes
    the client give up own growing by `lure` a year, less the more it weighs doctrine (R11.1, R11.5); the patron supplies
    what it gives up. A withdrawn one makes it grow again (S11 procedure 2).
    """

    strength: Scalar
    noise: Scalar
    season: Scalar
    quarrel: Scalar
    dearth: Scalar
    word: Scalar
    half_life: Scalar
    lure: Scalar
    card: ClassVar[Card] = Card(
        name="provision",
        summary="crops vary, suppliers promise or withdraw the staple, own growing is given up or taken up again",
        systems=("S11", "S15"),
        rules=("R11.1", "R11.2", "R11.5", "R15.6"),
        reads=frozenset(
            {
                "harvest",
                "scarcity",
                "supply_promise",
                "warmth",
                "openness",
                "dependence",
                "import_share",
                "doctrine_weight",
            }
        ),
        writes=frozenset({"harvest", "scarcity", "supply_promise", "import_share", "dependence"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("noise", "ratio", 0.0, 0.5, 0.05, "ours: spread of a crop"),
            Param("season", "day", 30.0, 730.0, 180.0, "ours: a bad year passes"),
            Param("quarrel", "share", 0.0, 5.0, 1.0, "R11.2 and F11.3, T n=1"),
            Param("dearth", "share per share of crop", 0.0, 10.0, 1.0, "F11.3: bad harvests too; ours"),
            Param("word", "share", 0.0, 1.0, 0.3, "S11 procedure 1 and 4, T n=2"),
            Param("half_life", "day", 30.0, 3650.0, 365.0, "F11.4, T n=3: unlimited, withdrawn, refused within years"),
            Param("lure", "share a year", 0.0, 1.0, 0.05, "R11.1; ours: a twentieth of use a year"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Keep the patron's word to its client: one entry."""
        i, j, g = act.source, act.target, act.act
        gives = any_kind(world, "promise", "agree", "aid")[g]
        takes = any_kind(world, "refuse", "threaten", "withhold", "sanction")[g]
        push = unit(self.strength * act.weight) * world.client[j, i]
        new = lean(state.supply_promise[j], push * self.word * (gives - takes * (1.0 - gives)))
        return state.replace(
            supply_promise=state.supply_promise.at[j].set(fit(new, "supply_promise", state.supply_promise))
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Grow crops, announce, drift, give up or take up own growing: a few passes over actors, one over pairs."""
        span = self.strength * days
        keep = fade(span, self.season)
        draw = (uniforms(key, world.actor_id) - 0.5) * 12.0**0.5
        crop = 1.0 + (state.harvest - 1.0) * keep + self.noise * jnp.sqrt(1.0 - keep**2 + 1e-12) * draw * (span > 0)
        scarcity = approach(state.scarcity, self.alarm(world, state), 1.0 - fade(span, jnp.asarray(MONTH)))
        patrons = jnp.maximum(1.0, jnp.sum(world.client, axis=1))
        regard = (jnp.sum(world.client * state.warmth.T, axis=1) - product(world.client, state.scarcity)) / patrons
        goal = jnp.clip(regard, -1.0, 1.0)
        share = (1.0 - fade(span, self.half_life)) * jnp.max(world.client, axis=1)
        promise = approach(state.supply_promise, goal, share)
        state = state.replace(
            harvest=fit(crop, "harvest", state.harvest),
            scarcity=fit(scarcity, "scarcity", state.scarcity),
            supply_promise=fit(promise, "supply_promise", state.supply_promise),
        )
        return self._grow(world, state, span)

    def alarm(self, world: World, state: State) -> ByActor:
        """Return how scarce each says the staple is, 0..1: open quarrels with its clients, and its own failed crop."""
        clients = jnp.maximum(1.0, jnp.sum(world.client, axis=0))
        open_ = jnp.sum(world.client * state.openness, axis=0) / clients / 6.0
        failed = jnp.maximum(0.0, 1.0 - state.harvest)
        leads = jnp.max(world.client, axis=0, initial=0.0)
        return unit(self.quarrel * open_ + self.dearth * failed) * leads

    def _grow(self, world: World, state: State, span: Scalar) -> State:
        """Move the staple's import share; who promised supplies what is given up, so shares of the others thin out."""
        place = lever_place(world, STAPLE)
        if place is None:
            return state
        used = state.import_share[:, place]
        moved = span / 365.0 * self.lure * state.supply_promise * (1.0 - state.doctrine_weight)
        new = unit(used + moved * jnp.where(moved > 0, 1.0 - used, used))
        added = jnp.maximum(0.0, new - used)
        patrons = jnp.maximum(1.0, jnp.sum(world.client, axis=1))
        from_whom = world.client / patrons[:, None]
        old = state.dependence[:, :, place]
        thinner = (old * used[:, None] + from_whom * added[:, None]) / jnp.maximum(used + added, 1e-6)[:, None]
        share = jnp.where((added > 0)[:, None], thinner, old)
        return state.replace(
            import_share=state.import_share.at[:, place].set(fit(new, "import_share", state.import_share)),
            dependence=state.dependence.at[:, :, place].set(fit(share, "dependence", state.dependence)),
        )
