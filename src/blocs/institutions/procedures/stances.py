"""Who stands how far from the convener, which rank each sends, and what the convener adds to the agenda."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.ground.axes import (
    Array,
    Bool,
    ByActor,
    ByActorIssue,
    ByClause,
    BySession,
    BySessionActor,
    BySessionIssue,
    Float,
    Scalar,
)
from blocs.ground.sums import product

BINDING = (1.0, 0.9, 0.4, 0.7, 0.8, 0.3)
"""How much a text binds by its rule of decision (`codes.RULES`), 0..1: ours, ordinal (SYSTEM F06.5)."""


def view_of(who: BySessionActor, position: ByActorIssue) -> BySessionIssue:
    """Return the mean position of those who count in `who` (weights 0..1), by session and issue; 0 where nobody does."""
    total = jnp.sum(who, axis=1, keepdims=True)
    return product(who, position) / jnp.maximum(total, 1e-6)


def dissent(
    agenda: BySessionIssue, line: BySessionIssue, position: ByActorIssue, salience: ByActorIssue
) -> BySessionActor:
    """Return how far each actor is from a line on an agenda, 0..1; what is salient to it counts up to double."""
    gap = jnp.abs(position[None] - line[:, None]) / 2.0
    weight = agenda[:, None] * (0.5 + 0.5 * salience[None])
    return jnp.sum(weight * gap, axis=2) / jnp.maximum(jnp.sum(agenda, axis=1), 1e-6)[:, None]


def binding(rule: BySession, text: Bool[Array, " session"]) -> BySession:
    """Return how much what a session decides would bind those who take part, 0..1: half of it where no text is signed."""
    table = jnp.asarray(BINDING, rule.dtype)
    return table[jnp.clip(rule, 0, len(BINDING) - 1).astype(jnp.int32)] * jnp.where(text, 1.0, 0.5)


def ranks(
    invited: BySessionActor,
    chair: BySessionActor,
    warm: BySessionActor,
    rung: BySessionActor,
    caution: Scalar,
) -> BySessionActor:
    """Return the rank that each of those invited sends, 0..1 (SYSTEM R06.4): lower where the convener is cold or presses.

    Args:
        invited: 1 for those invited.
        chair: 1 for the convener, who always sends its head.
        warm: warmth of each actor toward the convener.
        rung: rung 0..22 of the pressure that the convener applies to each.
        caution: share of the rank that a fully wary actor keeps back.
    """
    wary = jnp.clip(rung / 10.0 + jnp.maximum(0.0, -warm), 0.0, 1.0)
    return invited * jnp.where(chair > 0, 1.0, 1.0 - caution * wary)


def widen(
    declared: BySessionIssue,
    line: BySessionIssue,
    seat: BySessionActor,
    position: ByActorIssue,
    weight: BySessionIssue,
    by: Scalar,
) -> BySessionIssue:
    """Return the agenda as the convener treats it (SYSTEM R06.2, R06.3): the issue on which those present most offend it.

    `weight` is the convener's salience. Added is the issue with the largest product of salience and mean gap between
    convener and delegations, with weight `by`; what is declared stays.
    """
    there = jnp.sum(seat, axis=1)
    gap = jnp.abs(position[None] - line[:, None]) / 2.0
    offence = weight * jnp.sum(seat[..., None] * gap, axis=1) / jnp.maximum(there, 1e-6)[:, None]
    worst = (offence >= jnp.max(offence, axis=1, keepdims=True)) & (offence > 0.02)
    return jnp.maximum(declared, by * worst)


def furthest(apart: BySessionActor, seat: BySessionActor, chair: BySessionActor) -> Bool[Array, "session actor"]:
    """Return the one who is furthest from the convener among those present (several where they tie)."""
    height = jnp.where((seat > 0) & (chair == 0), apart, -1.0)
    top = jnp.max(height, axis=1, keepdims=True)
    return (height >= top) & (top > 0)


def alone(seat: BySessionActor, chair: BySessionActor) -> Bool[Array, "session actor"]:
    """Return who alone sends less than its head where everybody else sends theirs, two others at least."""
    low = (seat > 0) & (seat < 0.9) & (chair == 0)
    there = jnp.sum(seat > 0, axis=1)
    return low & ((jnp.sum(low, axis=1) == 1) & (there > 2))[:, None]


def objections(
    position: ByActorIssue, issue: ByClause, text: ByClause, strength: ByClause, words: Scalar
) -> Float[Array, "session clause actor"]:
    """Return how much each actor minds each clause, 0..1: distance from its wording, less by `words` for weaker words."""
    place = jnp.maximum(issue, 0).astype(jnp.int32)
    held = jnp.moveaxis(jnp.take(position, place, axis=1, mode="clip"), 0, -1)
    gap = jnp.abs(held - text[..., None]) / 2.0
    sharp = jnp.clip(1.0 - words * (3.0 - strength), 0.0, 1.0)
    return gap * (sharp * (issue >= 0))[..., None]


def swayed(
    objection: Float[Array, "session clause actor"], dossier: BySession, sway: Scalar, recoil: Scalar
) -> Float[Array, "session clause actor"]:
    """Return objections after the dossier (SYSTEM F06.4): a measured one persuades, an over-strong one hardens."""
    pull = sway * dossier * (1.0 - recoil * dossier)
    return jnp.clip(objection * (1.0 - pull)[:, None, None], 0.0, 1.0)


def standing(bargaining: ByActor, doctrine: ByActor) -> ByActor:
    """Return the weight that an objection of each actor has in drafting: what it costs to overrule, and how stubborn it is."""
    return 0.1 + 0.5 * bargaining + 0.4 * doctrine
