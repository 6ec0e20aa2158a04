"""Ceremony: hosts show what they need, honours and slights make rank, openness earns trust, labels fall (S09)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.economy import need
from blocs.mechanisms.moves import approach, fade, fit, lean, unit

TOP = vocabulary()["honour_level"].hi or 5.0


class Ceremony(AbstractMechanism):
    """Honour h_jg, 0..5, that host j last showed guest g; prestige p_a and label l_a, 0..1.

    A visit of g to j sets h_jg to `5 * (bait * n + kind * max(0, w_jg) + rank * p_g)`, at most 5, with n what the host
    needs of the guest now (R09.1: ceremony follows need more than warmth). The guest's warmth to the host moves by
    `trust` times how open the host is, above or below one half (R09.8). An honour lifts, a slight lowers what its
    source shows its target, and the target's prestige by `lift`, the more the higher the source stands (R09.4). While
    a patron's rung on its client is at or above `label` the client's label falls, below it is restored, in `pace`
    days (R09.7). Honours fade every `half_life`.
    """

    strength: Scalar
    bait: Scalar
    kind: Scalar
    rank: Scalar
    trust: Scalar
    lift: Scalar
    label: Scalar
    pace: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="ceremony",
        summary="hosts show what they need, honours and slights make rank, openness earns trust, labels fall",
        systems=("S09", "S20"),
        rules=("R09.1", "R09.4", "R09.7", "R09.8"),
        reads=frozenset({"honour_level", "prestige", "listed", "access", "warmth", "request", "rung"}),
        writes=frozenset({"honour_level", "prestige", "listed", "warmth"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("bait", "share", 0.0, 1.0, 0.6, "R09.1: warmer than usual when the host needs the guest"),
            Param("kind", "share", 0.0, 1.0, 0.2, "S09 signals, C n=4; ours: a third of what need does"),
            Param("rank", "share", 0.0, 1.0, 0.3, "S09 procedure 3-4, C n=2: reception by rank"),
            Param("trust", "share a visit", 0.0, 1.0, 0.15, "R09.8 hosts compared"),
            Param("lift", "share", 0.0, 1.0, 0.1, "S09 signals decoded, C n=4"),
            Param("label", "rung", 0.0, 22.0, 14.0, "S18 ladder: rung 14 removes the label, T n=1"),
            Param("pace", "day", 1.0, 730.0, 60.0, "R09.7: left off a list in a matter of weeks"),
            Param("half_life", "day", 7.0, 3650.0, 180.0, "R09.3: a visit's effect has an expiry; ours"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Receive a guest, honour or slight: two entries of honour, two of warmth and prestige."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        visit, honour, slight = (world.is_kind(k)[g] for k in ("visit", "honour", "slight"))
        level = state.honour_level
        shown = TOP * unit(
            self.bait * need(state, j, i)
            + self.kind * jnp.maximum(0.0, state.warmth[j, i])
            + self.rank * state.prestige[i]
        )
        received = approach(level[j, i], shown, unit(push * visit))
        given = approach(level[i, j], TOP * honour, 0.5 * unit(push * jnp.maximum(honour, slight)))
        level = level.at[j, i].set(fit(received, "honour_level", level)).at[i, j].set(fit(given, "honour_level", level))
        learned = lean(state.warmth[i, j], unit(push * visit) * self.trust * (2.0 * state.access[j] - 1.0))
        weight = unit(push * self.lift) * state.prestige[i]
        standing = approach(state.prestige[j], honour, weight * jnp.maximum(honour, slight))
        return state.replace(
            honour_level=level,
            warmth=state.warmth.at[i, j].set(fit(learned, "warmth", state.warmth)),
            prestige=state.prestige.at[j].set(fit(standing, "prestige", state.prestige)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let honours fade and labels follow the patron's rung: two passes over pairs."""
        span = self.strength * days
        left = state.honour_level * fade(span, self.half_life)
        worst = jnp.max(world.client * state.rung.T, axis=1)
        stands = (worst < self.label).astype(state.listed.dtype)
        under = jnp.max(world.client, axis=1)
        listed = approach(state.listed, stands, (1.0 - fade(span, self.pace)) * under)
        return state.replace(
            honour_level=fit(left, "honour_level", state.honour_level),
            listed=fit(listed, "listed", state.listed),
        )
