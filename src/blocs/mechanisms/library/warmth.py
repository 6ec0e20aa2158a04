"""Warmth between two actors: acts move it, third parties feel it, time returns it to what camps expect (S09, S20)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean


class Warmth(AbstractMechanism):
    """Warmth w_ij of i toward j, -1..1.

    An act of i toward j of cooperation c moves w_ij by the share `rate * c` of its way to +1 (c > 0) or -1 (c < 0), and
    w_ji by `echo` of that. With `mirror`, a third actor k that is cold to j sees i turn the other way: w_ik moves by
    `-mirror * rate * c * max(0, -w_kj)` (SYSTEM R20.1, F05.4; structural balance, Heider 1946). Between acts warmth
    returns to `camp` for pairs that began in one camp and to 0 for others, halving the distance every `half_life`.
    """

    strength: Scalar
    rate: Scalar
    echo: Scalar
    mirror: Scalar
    camp: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="warmth",
        summary="acts warm or cool a pair, third parties see the mirror image, time returns to what camps expect",
        systems=("S09", "S20"),
        rules=("R05.6", "R20.1"),
        reads=frozenset({"warmth"}),
        writes=frozenset({"warmth"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("rate", "share per unit of cooperation", 0.0, 1.0, 0.08, "F05.4, C n=5: a visit year turns a pair"),
            Param("echo", "share", 0.0, 1.0, 0.5, "S09 signals are answered in kind, C n=4"),
            Param("mirror", "share", 0.0, 1.0, 0.25, "R20.1"),
            Param("camp", "index", -1.0, 1.0, 0.3, "S20: members are formally friendly, C n=8"),
            Param("half_life", "day", 30.0, 7300.0, 1095.0, "S20 parameters: phases of a pair last 1-3 years, C n=4"),
        ),
        references=("Heider 1946, Attitudes and cognitive organization",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Move w_ij, w_ji and the row of i: O(A)."""
        i, j = act.source, act.target
        w = state.warmth
        by = jnp.clip(self.strength * self.rate * act.weight * world.cooperation[act.act], -1.0, 1.0)
        others = jnp.arange(w.shape[0])
        third = (others != i) & (others != j)
        spill = jnp.where(third, -self.mirror * by * jnp.maximum(0.0, -w[:, j]), 0.0)
        row = lean(w[i], jnp.where(others == j, by, spill))
        back = lean(w[j, i], self.echo * by)
        new = w.at[i].set(fit(row, "warmth", w)).at[j, i].set(fit(back, "warmth", w))
        return state.replace(warmth=new)

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Return part of the way to the warmth that the pair's camps expect."""
        share = 1.0 - fade(self.strength * days, self.half_life)
        new = approach(state.warmth, self.camp * world.same_camp, share)
        return state.replace(warmth=fit(new, "warmth", state.warmth))
