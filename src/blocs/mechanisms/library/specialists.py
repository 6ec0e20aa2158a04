"""Specialists: foreign experts, how they work, the two reports they write, their withdrawal, what remains (S13)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.kinds import any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByDyad, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.economy import supplies, work_done
from blocs.mechanisms.moves import approach, fade, fit, unit

FORTNIGHT = 14.0
"""Days in which technical work goes half of the way to what hands allow."""


class Specialists(AbstractMechanism):
    """Experts at work e_a, how well they work q_a, and what is said of a's ground: to a (report), by the centre.

    Experts come from those on whom a depends for them: their number nears that dependence while nothing is withheld,
    halving the distance every `move`; aid sends `post` at once. A supplier's sanction or break takes the share
    `recall` away, a withholding half of that (R13.5). Quality nears the senders' warmth toward a, from 0 at `cold` to 1
    at `loyal`, halving the distance every `sour`: it falls before experts leave (R13.2, F13.2). What experts report to a
    nears `q` times the truth: with ill will the reports fork (R13.2); the centre holds the truth less `discount`
    (R13.1). Own people of capacity `enough` survey again where experts are gone, and the report nears the truth in
    `survey` days (F13.3). Where a rebukes a sender whose last act was covert, the share `expel` leaves (R13.4). Work
    beside experts teaches: own capacity rises by `learn` a year times what they do. Technical work goes on by experts, and
    for the rest by own people, of whom a capacity of `enough` replaces them all (R13.5).
    """

    strength: Scalar
    move: Scalar
    post: Scalar
    recall: Scalar
    sour: Scalar
    cold: Scalar
    loyal: Scalar
    discount: Scalar
    hear: Scalar
    survey: Scalar
    expel: Scalar
    learn: Scalar
    enough: Scalar
    card: ClassVar[Card] = Card(
        name="specialists",
        summary="foreign experts, how they work, the two reports they write, their withdrawal, what remains",
        systems=("S13",),
        rules=("R13.1", "R13.2", "R13.4", "R13.5"),
        reads=frozenset(
            {
                "pool",
                "pool_quality",
                "resource_true",
                "resource_report",
                "resource_centre",
                "local_capacity",
                "technical_work",
                "dependence",
                "withheld",
                "warmth",
                "broken",
                "last_act",
            }
        ),
        writes=frozenset(
            {"pool", "pool_quality", "resource_report", "resource_centre", "local_capacity", "technical_work"}
        ),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("move", "day", 7.0, 3650.0, 365.0, "S13 procedure 1: sent over years; ours"),
            Param("post", "share per unit of cooperation", 0.0, 1.0, 0.05, "ours: one full act of aid"),
            Param("recall", "share", 0.0, 1.0, 0.8, "S13 procedure 6, T n=1: withdrawn with the contracts"),
            Param("sour", "day", 30.0, 3650.0, 270.0, "R13.2: relations worsen over years"),
            Param("cold", "index", -1.0, 1.0, -0.4, "ours: warmth at or below it, nothing is done"),
            Param("loyal", "index", -1.0, 1.0, 0.2, "ours: warmth at or above it, loyal work"),
            Param("discount", "share", 0.0, 1.0, 0.3, "R13.1: the finding is discounted at the centre"),
            Param("hear", "day", 30.0, 3650.0, 180.0, "S13 parameters: findings take seasons; ours"),
            Param("survey", "day", 30.0, 3650.0, 365.0, "F13.3, I n=1: drilled again after the rupture"),
            Param("expel", "share", 0.0, 1.0, 0.2, "R13.4: quiet removal within weeks"),
            Param("learn", "share a year", 0.0, 1.0, 0.03, "S13 links: local training; ours"),
            Param("enough", "share", 0.05, 1.0, 0.8, "R13.5: a threshold of own capacity; ours"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Post, recall or expel experts: one entry."""
        i, j, g = act.source, act.target, act.act
        push = unit(self.strength * act.weight)
        sent = supplies(world, state.dependence, "specialists")
        share = jnp.clip(sent[j, i] / jnp.maximum(jnp.sum(sent[j]), 1e-6), 0.0, 1.0)
        score = jnp.maximum(0.0, world.cooperation[g])
        posted = push * self.post * score * world.is_kind("aid")[g] * share
        stop = any_kind(world, "sanction", "break")[g] + 0.5 * world.is_kind("withhold")[g]
        left = state.pool[j] * (1.0 - unit(push * self.recall * share * unit(stop)))
        pool = state.pool.at[j].set(fit(left + posted * (1.0 - left), "pool", state.pool))
        # a rebuke to a sender whose last act here was covert
        said = state.last_act[j, i]
        covert = (said >= 0) * any_kind(world, "spy", "subvert")[jnp.maximum(said, 0)]
        rebuke = any_kind(world, "criticise", "refuse", "remove")[g]
        mine = jnp.clip(sent[i, j] / jnp.maximum(jnp.sum(sent[i]), 1e-6), 0.0, 1.0)
        kept = pool[i] * (1.0 - push * self.expel * covert * rebuke * mine)
        return state.replace(pool=pool.at[i].set(fit(kept, "pool", state.pool)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Move experts, their will and their findings: two passes over pairs."""
        span = self.strength * days
        sent = supplies(world, state.dependence, "specialists")
        held = supplies(world, jnp.swapaxes(state.withheld, 0, 1), "specialists") if _coded(world) else 0.0
        there = sent * (1.0 - held) * (1.0 - state.broken)
        goal = unit(jnp.sum(there, axis=1))
        pool = approach(state.pool, goal, 1.0 - fade(span, self.move))
        regard = senders_warmth(sent, state.warmth)
        will = unit((regard - self.cold) / jnp.maximum(self.loyal - self.cold, 1e-3))
        quality = approach(state.pool_quality, will, (1.0 - fade(span, self.sour)) * (jnp.sum(sent, axis=1) > 0))
        told = pool * (1.0 - fade(span, self.hear))
        report = approach(state.resource_report, state.resource_true * quality, told)
        own = (1.0 - pool) * unit(state.local_capacity) * (1.0 - fade(span, self.survey))
        report = approach(report, state.resource_true, own)
        centre = approach(state.resource_centre, state.resource_true * (1.0 - self.discount), told)
        going = work_done(pool, quality, state.local_capacity, self.enough)
        work = approach(state.technical_work, going, 1.0 - fade(span, jnp.asarray(FORTNIGHT)))
        taught = span / 365.0 * self.learn * pool * quality * (1.0 - state.local_capacity)
        return state.replace(
            pool=fit(pool, "pool", state.pool),
            technical_work=fit(work, "technical_work", state.technical_work),
            pool_quality=fit(quality, "pool_quality", state.pool_quality),
            resource_report=fit(report, "resource_report", state.resource_report),
            resource_centre=fit(centre, "resource_centre", state.resource_centre),
            local_capacity=fit(state.local_capacity + taught, "local_capacity", state.local_capacity),
        )


def _coded(world: World) -> bool:
    return "specialists" in world.levers


def senders_warmth(sent: ByDyad, warmth: ByDyad) -> ByActor:
    """Return the mean warmth, -1..1, of those who send experts toward each actor, by how many they send; 0 where none.

    Args:
        sent: `[a, b]`, share of a's experts that b sends.
        warmth: `[b, a]`, warmth of b toward a.
    """
    return jnp.sum(sent * warmth.T, axis=1) / jnp.maximum(jnp.sum(sent, axis=1), 1e-6)
