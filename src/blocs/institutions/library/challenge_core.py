"""The challenge model's arithmetic, for many tables at once; both readings of the model use it.

Source: Bueno de Mesquita (1985, 1994); Scholz, Calbert & Smith (2011), Unravelling Bueno de Mesquita's Group Decision
Model, ICAART 2011, 18-30. Axes: D draws, A actors; a dyad array [D, i, j] is about i's challenge of j.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONFRONTATION, COMPROMISE, COMPEL, NOTHING = 0, 1, 2, 3
TIERS = ("confrontation", "compromise", "compel", "none")
_CHUNK_BYTES = 3e7


@dataclass(frozen=True)
class Reading:
    """How the printed text is read where text and code differ; see `challenge.py`.

    `all_pairs`: the probability of success is divided by all votes over all ordered pairs of positions, not by the
    votes cast on the pair. `risk_votes`: votes bend with the voter's risk. `compel`, `confront`: whether an actor
    yields to a stronger challenger, and whether a confrontation it expects to lose moves it. `choice`: which
    compromise is taken when several are offered.
    """

    all_pairs: bool
    risk_votes: bool
    compel: bool
    confront: bool
    choice: str
    q: float


class Moves(NamedTuple):
    """One round: `tier` and `other` have axes [D, A] (who moves, by which kind of offer, made by whom)."""

    position: Floats
    risk: Floats
    tier: NDArray[np.int64]
    other: NDArray[np.int64]
    own: Floats
    theirs: Floats


def success_probability(x: Floats, weight: Floats, risk: Floats, span: Floats, all_pairs: bool) -> Floats:
    """Return the probability that i's position beats j's: axes [D, i, j], zero where the two coincide.

    Voter k casts `weight_k (|x_k - x_j|^r_k - |x_k - x_i|^r_k)` for i against j, distances in units of the span.
    """
    distance = (np.abs(x[:, :, None] - x[:, None, :]) / span[:, None, None]) ** risk[:, :, None]
    gap = distance[:, :, None, :] - distance[:, :, :, None]
    ayes = np.einsum("dk,dkij->dij", weight, np.maximum(gap, 0.0))
    total = 2.0 * ayes.sum(axis=(1, 2))[:, None, None] if all_pairs else ayes + ayes.transpose(0, 2, 1)
    apart = x[:, :, None] != x[:, None, :]
    return np.divide(ayes, total, out=np.zeros_like(ayes), where=apart & (total > 0))


def expected_utility(prob: Floats, distance: Floats, responder: Floats, risk: Floats, q: float) -> Floats:
    """Return the expected utility of a challenge, all arguments broadcast to [D, i, j].

    `distance` is the dyad's distance in units of the span, `responder` the salience of the challenged actor, `risk`
    the exponent of whoever does the reckoning. Equations 14-27 of the source; the status quo counts `q`.
    """
    success = 2.0 - 4.0 * (0.5 - 0.5 * distance) ** risk
    failure = 2.0 - 4.0 * (0.5 + 0.5 * distance) ** risk
    standing = 2.0 - 4.0 * 0.5**risk
    return responder * (prob * success + (1.0 - prob) * failure) + (1.0 - responder) * success - q * standing


def risk_exponents(x: Floats, weight: Floats, salience: Floats, span: Floats, reading: Reading) -> Floats:
    """Return each actor's risk exponent in [0.5, 2]: axes [D, A]; 1 for all when nobody is safer than another."""
    neutral = np.ones_like(x)
    prob = success_probability(x, weight, neutral, span, reading.all_pairs)
    distance = np.abs(x[:, :, None] - x[:, None, :]) / span[:, None, None]
    incoming = expected_utility(prob.transpose(0, 2, 1), distance, salience[:, :, None], np.array(1.0), reading.q)
    diagonal = np.einsum("dii->di", incoming)
    danger = incoming.sum(axis=2) - diagonal
    high, low = danger.max(axis=1, keepdims=True), danger.min(axis=1, keepdims=True)
    # Where all are in equal danger rounding alone would say who takes risks: then nobody does.
    spread = np.where(high - low > 1e-12 * np.maximum(np.abs(high), 1.0), high - low, 0.0)
    acceptance = np.where(spread > 0, (2.0 * danger - high - low) / np.where(spread > 0, spread, 1.0), 0.0)
    return (1.0 - acceptance / 3.0) / (1.0 + acceptance / 3.0)


def dyads(x: Floats, weight: Floats, salience: Floats, risk: Floats, span: Floats, r: Reading) -> tuple[Floats, Floats]:
    """Return what i expects of challenging j and of being challenged by j, both as i reckons: axes [D, i, j]."""
    votes_risk = risk if r.risk_votes else np.ones_like(risk)
    prob = success_probability(x, weight, votes_risk, span, r.all_pairs)
    distance = np.abs(x[:, :, None] - x[:, None, :]) / span[:, None, None]
    own = expected_utility(prob, distance, salience[:, None, :], risk[:, :, None], r.q)
    theirs = expected_utility(prob.transpose(0, 2, 1), distance, salience[:, :, None], risk[:, :, None], r.q)
    return own, theirs


def _offers(x: Floats, own: Floats, theirs: Floats, r: Reading) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the tier of each offer j makes to i, the position it asks of i, and the key by which i ranks it."""
    apart = x[:, :, None] != x[:, None, :]
    here, there = x[:, :, None], x[:, None, :]
    fight = apart & (theirs > own) & (own > 0) & r.confront
    pressed = apart & (theirs > 0) & (own < 0)
    deal = pressed & (theirs > np.abs(own))
    yield_ = pressed & (theirs <= np.abs(own)) & r.compel
    tier = np.select([fight, deal, yield_], [CONFRONTATION, COMPROMISE, COMPEL], NOTHING).astype(np.int64)
    ratio = np.abs(np.divide(own, theirs, out=np.zeros_like(own), where=theirs != 0))
    asked = np.where(tier == COMPROMISE, here + (there - here) * ratio, np.broadcast_to(there, own.shape))
    least = np.abs(here - asked)
    if r.choice == "coded":
        total = np.abs(own) + np.abs(theirs)
        pull = np.abs(own) * here + np.abs(theirs) * there
        deal_key = np.divide(pull, total, out=np.zeros_like(pull), where=total > 0)
    else:
        deal_key = -theirs if r.choice == "highest-eu" else least
    return tier, asked, np.where(tier == COMPROMISE, deal_key, least)


def play_round(x: Floats, weight: Floats, salience: Floats, span: Floats, reading: Reading) -> Moves:
    """Return the positions after one simultaneous round of challenges and how each actor came to move."""
    risk = risk_exponents(x, weight, salience, span, reading)
    own, theirs = dyads(x, weight, salience, risk, span, reading)
    tier, asked, key = _offers(x, own, theirs, reading)
    best = tier.min(axis=2)
    ranked = np.where(tier == best[:, :, None], key, np.inf)
    chosen = ranked.argmin(axis=2)
    moved = np.take_along_axis(asked, chosen[:, :, None], axis=2)[:, :, 0]
    position = np.where(best == NOTHING, x, moved)
    return Moves(position, risk, best, chosen, own, theirs)


def weighted_median(x: Floats, weight: Floats) -> Floats:
    """Return the position nobody's position beats in weighted votes: axis [D]; the lower one of two that tie."""
    order = np.argsort(x, axis=1, kind="stable")
    ranked = np.take_along_axis(x, order, axis=1)
    share = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1)
    reached = share >= 0.5 * share[:, -1:] * (1.0 - 1e-12)
    return np.take_along_axis(ranked, reached.argmax(axis=1)[:, None], axis=1)[:, 0]


def final_positions(x: Floats, weight: Floats, salience: Floats, rounds: int, reading: Reading) -> Floats:
    """Return positions after `rounds` rounds: axes [D, A]; draws are worked in chunks that fit the cache."""
    actors = x.shape[1]
    size = max(1, int(_CHUNK_BYTES / (8 * actors**3)))
    span = x.max(axis=1) - x.min(axis=1)
    out = x.copy()
    for start in range(0, len(x), size):
        part = slice(start, start + size)
        live = np.flatnonzero(span[part] > 0) + start
        now = x[live]
        for _ in range(rounds):
            now = play_round(now, weight[live], salience[live], span[live], reading).position
        out[live] = now
    return out
