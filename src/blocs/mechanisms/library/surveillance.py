"""Surveillance: what is overheard, what is believed of others, and listeners who are noticed and then used (S25)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByDyad, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit


class Surveillance(AbstractMechanism):
    """What i overhears of j, t_ij, and what it believes: doubt d_ij of j's word, unrest b_ij inside j.

    A guest of a host at least as capable is overheard (`wire`) and its mood read (`mood`, R25.1); a probe adds `probe`.
    A listener with coverage t_ij brings d_ij nearer, at the rate `ear * t_ij`, to how much j holds back: the
    salience-weighted |public - private position| / 2. One that is listened to grows sure of it at the rate
    `spot * t_ij * (1 - w_ji) / 2`, faster the more hostility it expects (F25.3); as far as it is sure, it lets the
    listener hear only what it shows in the open (R25.2). Bad news of unrest reaches i at the share 1 - `report_bias`
    of the speed at which good news does (R25.6).
    """

    strength: Scalar
    wire: Scalar
    probe: Scalar
    mood: Scalar
    ear: Scalar
    spot: Scalar
    plant: Scalar
    news: Scalar
    worn: Scalar
    forget: Scalar
    card: ClassVar[Card] = Card(
        name="surveillance",
        summary="guests and probes give ears; ears and reports give beliefs; the overheard notice and then mislead",
        systems=("S25",),
        rules=("R25.1", "R25.2", "R25.6"),
        reads=frozenset(
            {
                "tapped",
                "tap_known",
                "doubt",
                "believed_unrest",
                "warmth",
                "public_position",
                "private_position",
                "salience",
                "unrest",
                "report_bias",
            }
        ),
        writes=frozenset({"tapped", "tap_known", "doubt", "believed_unrest"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("wire", "share", 0.0, 1.0, 0.5, "S25 parameters, T n=1: all rooms of a villa but one"),
            Param("probe", "share", 0.0, 1.0, 0.3, "S25 procedure 3, T n=2: informants and probed officers"),
            Param("mood", "share", 0.0, 1.0, 0.3, "R25.1: mood is read before an appointment is given"),
            Param("ear", "per day", 0.0, 1.0, 0.05, "ours: a well placed ear halves ignorance in two weeks"),
            Param("spot", "per day", 0.0, 1.0, 0.02, "F25.3, T n=1: noticed within weeks by the suspicious"),
            Param("plant", "share", 0.0, 1.0, 1.0, "R25.2: what is said in a wired place is a message"),
            Param("news", "day", 0.5, 365.0, 10.0, "ours: good news is at the top within two weeks"),
            Param("worn", "day", 7.0, 3650.0, 365.0, "ours: coverage halves in a year without a guest or a probe"),
            Param("forget", "day", 7.0, 3650.0, 1095.0, "ours: a doubt not fed halves in three years"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let a host hear its guest and a prober its target: three entries."""
        i, j, g = act.source, act.target, act.act
        guest, probes = world.is_kind("visit")[g], world.is_kind("spy")[g]
        push = self.strength * act.weight
        able = world.capability[j] >= world.capability[i]
        heard = approach(state.tapped[j, i], jnp.ones_like(push), unit(push * self.wire * guest * able))
        tapped = state.tapped.at[j, i].set(fit(heard, "tapped", state.tapped))
        found = approach(tapped[i, j], jnp.ones_like(push), unit(push * self.probe * probes))
        tapped = tapped.at[i, j].set(fit(found, "tapped", tapped))
        read = approach(state.doubt[j, i], held_back(state)[i], unit(push * self.mood * guest))
        return state.replace(tapped=tapped, doubt=state.doubt.at[j, i].set(fit(read, "doubt", state.doubt)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Listen, notice, believe and forget: one pass over the dyads."""
        span = self.strength * days
        tapped, sure = state.tapped, state.tap_known
        expects = (1.0 - state.warmth) / 2.0
        noticed = 1.0 - jnp.exp(-span * self.spot * tapped.T * expects)
        heard = held_back(state)[None, :] * (1.0 - self.plant * sure.T)
        doubt = approach(state.doubt, heard, 1.0 - jnp.exp(-span * self.ear * tapped))
        return state.replace(
            tapped=fit(tapped * fade(span, self.worn), "tapped", tapped),
            tap_known=fit(approach(sure, jnp.ones_like(sure), noticed), "tap_known", sure),
            doubt=fit(doubt * fade(span, self.forget), "doubt", state.doubt),
            believed_unrest=fit(self.reports(state, span), "believed_unrest", state.believed_unrest),
        )

    def reports(self, state: State, span: Scalar) -> ByDyad:
        """Return what each believes of the unrest inside each after `span` days of reports; everybody knows its own."""
        believed = state.believed_unrest
        worse = state.unrest[None, :] > believed
        passes = jnp.where(worse, 1.0 - state.report_bias[:, None], 1.0)
        share = 1.0 - fade(span * passes, self.news)
        own = jnp.eye(believed.shape[0], dtype=bool) & (span > 0)
        return approach(believed, state.unrest[None, :], jnp.where(own, 1.0, share))


def held_back(state: State) -> ByActor:
    """Return how much each actor holds back, 0..1: salience-weighted |public - private position| / 2."""
    gap = jnp.abs(state.public_position - state.private_position) * state.salience / 2.0
    return gap.sum(axis=1) / jnp.maximum(state.salience.sum(axis=1), 1e-6)
