"""Rules of decision as pure functions of objections, inside the compiled step (SYSTEM S06, section 6 gap 12)."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.ground.axes import Array, Bool, ByActor, BySession, BySessionActor, Float, Scalar
from blocs.institutions.procedures.codes import RULES

EXECUTED = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0)
"""1 where a decision by the rule also binds those present who voted against it."""

Objection = Float[Array, "session clause actor"]
Verdict = Bool[Array, "session clause"]


def verdicts(
    objection: Objection,
    seat: BySessionActor,
    chair: BySessionActor,
    weight: ByActor,
    reserve: BySession,
    tolerance: Scalar,
    quota: Scalar,
) -> tuple[Verdict, ...]:
    """Return what each rule of `RULES` would decide on every clause.

    Those present with an objection above `tolerance` are against, above twice that hard against.

    - unanimity: nobody is against;
    - convener: the convener is not against, and those hard against hold less than half of the weight;
    - reservations: as many as hold half of the weight may be hard against, the others reserve; without the right of
      reservation it is unanimity;
    - majority: more than half of the delegations are for;
    - qualified: delegations with the share `quota` of the weight are for;
    - unexecuted: as majority, but it binds only those who are for (`EXECUTED`).

    Args:
        objection: of each actor to each clause, 0..1.
        seat: rank of each delegation, 0 where absent.
        chair: 1 for the convener.
        weight: of each actor in weighted votes.
        reserve: 1 where reservations are allowed.
        tolerance: objection that an actor swallows.
        quota: share of the weight, 0..1.
    """
    there = (seat > 0)[:, None]
    against, hard = there & (objection > tolerance), there & (objection > 2.0 * tolerance)
    heads = jnp.sum(there, axis=2)
    held = jnp.maximum(jnp.sum(weight * there, axis=2), 1e-6)
    veto = jnp.any(against & (chair > 0)[:, None], axis=2)
    hard_share = jnp.sum(weight * hard, axis=2) / held
    anybody = heads > 0
    unanimity = ~jnp.any(against, axis=2)
    majority = jnp.sum(there & ~against, axis=2) * 2 > heads
    found = (
        unanimity,
        ~veto & (hard_share < 0.5),
        jnp.where((reserve > 0)[:, None], hard_share < 0.5, unanimity),
        majority,
        jnp.sum(weight * (there & ~against), axis=2) / held >= quota,
        majority,
    )
    return tuple(one & anybody for one in found)


def decide(rule: BySession, found: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict of the rule in force in every session; `found` comes from `verdicts`."""
    code = jnp.clip(jnp.round(rule), 0, len(RULES) - 1).astype(jnp.int32)
    return jnp.take_along_axis(jnp.stack(found), code[None, :, None], axis=0)[0]


def executed(rule: BySession) -> BySession:
    """Return 1 where a decision by the rule binds dissenters too."""
    table = jnp.asarray(EXECUTED, rule.dtype)
    return table[jnp.clip(jnp.round(rule), 0, len(RULES) - 1).astype(jnp.int32)]


def support(
    objection: Objection, seat: BySessionActor, weight: ByActor, tolerance: Scalar
) -> Float[Array, "session clause"]:
    """Return the share of the weight of those present that does not object, 0..1."""
    there = (seat > 0)[:, None]
    held = jnp.sum(weight * there, axis=2)
    return jnp.sum(weight * (there & (objection <= tolerance)), axis=2) / jnp.maximum(held, 1e-6)
