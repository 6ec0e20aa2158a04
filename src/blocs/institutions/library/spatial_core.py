"""The spatial model of politics: utilities, risk, challenges, bargains, winning probabilities (arrays, one state).

Source: Wise, Lester & Efird (2015), An introduction to the KAPSARC toolkit for behavioral analysis (KTAB) using one-
and two-dimensional spatial models, KAPSARC; data Efird, Lester & Wise (2016). Axes: A actors, K dimensions; positions
and saliences in [0, 1]. A matrix [i, j] is about actor i and the position of actor j; [h, i, j] is that as h sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_COALITION, LEAST_CONTEST, LEAST_GAIN, LEAST_WEIGHT = 1e-8, 1e-10, 1e-5, 1e-6
SAME_POSITION = 1e-3


class Choices(NamedTuple):
    """The model's switches, in the words of the source (`smp` rule card says what each means)."""

    victory: str = "linear"
    voting: str = "proportional"
    conditional: str = "conditional"
    risk_range: str = "mid"
    risk_adjust: str = "one-third"
    third_party: str = "semi"
    interpolation: str = "s2p2"
    bargain: str = "initiator"


RISK_ADJUST = {"none": 0.0, "one-third": 1 / 3, "half": 0.5, "two-thirds": 2 / 3, "full": 1.0}
VICTORY_POWER = {"linear": 1, "square": 2, "quartic": 4, "octic": 8}


def vote(rule: str, weight: Floats, gain: Floats) -> Floats:
    """Return the vote of actors with `weight` whose utility differs by `gain` between two options."""
    if rule == "binary":
        return weight * np.clip(gain / 1e-8, -1.0, 1.0)
    if rule == "prop-bin":
        return weight * (0.8 * gain + 0.2 * np.clip(gain / 1e-8, -1.0, 1.0))
    if rule == "prop-cubic":
        return weight * (0.5 * gain + 0.5 * gain**3)
    if rule == "cubic":
        return weight * gain**3
    if rule == "asymmetric":
        return weight * np.where(gain > 0, gain * 2.0 / 3.0, gain)
    return weight * gain


def curve(distance: Floats, risk: Floats) -> Floats:
    """Return utility `(1 - d)(1 + d R)` of a distance d, with risk attitude R; beyond d = 1 it falls on linearly."""
    return (1.0 - distance) * (1.0 + np.minimum(distance, 1.0) * risk)


def distances(position: Floats, salience: Floats) -> Floats:
    """Return distances [i, j] from i to j's position, weighted by i's saliences, root-mean-square style."""
    gap = (position[:, None, :] - position[None, :, :]) * salience[:, None, :]
    return np.sqrt((gap**2).sum(axis=2) / (salience**2).sum(axis=1)[:, None])


def win_probability(choices: Choices, weight: Floats, utility: Floats) -> Floats:
    """Return the probability of each option: axis [option]; `utility` has axes [actor, option]."""
    gain = utility[:, :, None] - utility[:, None, :]
    votes = vote(choices.voting, weight[:, None, None], gain)
    # The source sums votes for the later option of a pair against the earlier one; what is not a vote for is against.
    lower = np.tril(np.ones(votes.shape[1:], bool), -1)
    ayes = np.where(lower, np.maximum(votes, 0.0).sum(axis=0), 0.0)
    noes = np.where(lower, np.maximum(-votes, 0.0).sum(axis=0), 0.0)
    strength = LEAST_COALITION + ayes + noes.T
    beats = _victory(choices.victory, strength, strength.T)
    np.fill_diagonal(beats, 0.5)
    if choices.conditional == "markov-uniform":
        return _markov(beats, np.full_like(beats, 1.0 / len(beats)), 1e-6)
    if choices.conditional == "markov-incentive":
        incentive = strength * beats + 1e-10 * np.eye(len(beats))
        return _markov(beats, incentive / incentive.sum(axis=0), 1e-8)
    product = beats.prod(axis=1)
    return product / product.sum()


def _victory(model: str, mine: Floats, theirs: Floats) -> Floats:
    if model == "binary":
        share = mine / (mine + theirs)
        between = (share * 2.1 - 1.0) / 0.1
        sure, never = 1.0 / (1.0 + 1e-6), 1e-6 / (1.0 + 1e-6)
        return np.where(mine >= 1.1 * theirs, sure, np.where(theirs >= 1.1 * mine, never, between))
    power = VICTORY_POWER[model]
    return mine**power / (mine**power + theirs**power)


def _markov(beats: Floats, challenge: Floats, tolerance: float) -> Floats:
    """Return the distribution of a favourite that is challenged: `challenge` [i, j] is i's chance to challenge j."""
    p = np.full(len(beats), 1.0 / len(beats))
    for _ in range(1000):
        meets = p[:, None] * challenge.T
        q = (beats * (meets + meets.T)).sum(axis=1)
        change, p = np.abs(q - p).max(), 0.5 * (p + q)
        if change <= tolerance:
            break
    return p


@dataclass(frozen=True)
class View:
    """What a state looks like: distances and risks, the utility of each as each sees it [h, i, j], own ones [i, j]."""

    distance: Floats
    risk: Floats
    seen: Floats
    own: Floats


def view(position: Floats, salience: Floats, capability: Floats, choices: Choices) -> View:
    """Return distances, risk attitudes inferred from winning probabilities, and utilities of a state."""
    distance = distances(position, salience)
    p = win_probability(choices, capability, 1.0 - distance)
    low, high = float(p.min()), float(p.max())
    floor = {"min": 0.0, "mid": -0.5, "max": -1.0}[choices.risk_range]
    scaled = (p - low) / (high - low) if high > low else np.ones_like(p)
    risk = floor + (1.0 - floor) * scaled
    part = RISK_ADJUST[choices.risk_adjust]
    seen_risk = (1.0 - part) * risk[:, None] + part * risk[None, :]
    seen = curve(distance[None], seen_risk[:, :, None])
    return View(distance, risk, seen, curve(distance, risk[:, None]))


def challenges(see: View, influence: Floats, salience: Floats, choices: Choices, rows: Ints) -> tuple[Floats, Floats]:
    """Return i's chance to beat j and i's expected gain from challenging j, both as i sees it: axes [rows, j].

    `influence` is capability x total salience; third parties weigh in by what they would win from either side.
    """
    seen = see.seen[rows]
    lane = np.arange(len(rows))
    diag = np.einsum("hjj->hj", seen)
    u_i, u_j = seen[lane, :, rows], seen  # utility of n for i's position [h, n]; for j's position [h, n, j]
    own = vote(choices.voting, influence[rows][:, None], diag[lane, rows][:, None] - seen[lane, rows])
    their = vote(choices.voting, influence[None, :], u_i - diag)
    for_i = LEAST_CONTEST + np.maximum(own, 0.0) + np.maximum(their, 0.0)
    for_j = LEAST_CONTEST + np.maximum(-own, 0.0) + np.maximum(-their, 0.0)
    third = vote(choices.voting, influence[None, :, None], u_i[:, :, None] - u_j)
    with_i = for_i[:, None, :] + np.maximum(third, 0.0)
    chance = with_i / (with_i + for_j[:, None, :] + np.maximum(-third, 0.0))
    gain = _third_party_gain(choices.third_party, chance, u_i[:, :, None], u_j, diag[:, :, None])
    ballot = vote(choices.voting, influence[None, :, None], gain)
    count = len(influence)
    outside = ~np.eye(count, dtype=bool)[None] & (np.arange(count)[None, :, None] != rows[:, None, None])
    ballot = np.where(outside, ballot, 0.0)
    yes, no = for_i + np.maximum(ballot, 0.0).sum(axis=1), for_j + np.maximum(-ballot, 0.0).sum(axis=1)
    beats = yes / (yes + no)
    win, lose = 2.0 * diag[lane, rows][:, None], 2.0 * seen[lane, rows]
    contest = beats * win + (1.0 - beats) * lose
    resist = salience[None, :]
    expected = (1.0 - resist) * win + resist * contest - 0.5 * (win + lose)
    return beats, expected


def _third_party_gain(commit: str, chance: Floats, u_i: Floats, u_j: Floats, u_own: Floats) -> Floats:
    """Return what a third party gains by siding with i rather than j, utilities summed over the three positions.

    Siding with the winner of a half-commitment keeps one's own position; with the loser one takes the winner's.
    """
    # Full: 3 u_i or 3 u_j either way; none: 2 u + own either way. Only the half-committed have something to gain.
    if commit != "semi":
        return np.zeros_like(chance)
    return chance * (u_own - u_i) + (1.0 - chance) * (u_j - u_own)


def interpolate(how: str, x_i: Floats, s_i: Floats, p_i: float, x_j: Floats, s_j: Floats) -> tuple[Floats, Floats]:
    """Return where i and j would meet: positions [K] for each, weighted by salience and by who would win."""
    p_j = 1.0 - p_i
    if how == "s2pmax":
        d_i, d_j = max(p_j - p_i, 0.0), max(p_i - p_j, 0.0)
        a = d_i * s_j**2 / (d_i * s_j**2 + LEAST_WEIGHT + (1.0 - d_i) * s_i**2)
        b = d_j * s_i**2 / (d_j * s_i**2 + LEAST_WEIGHT + (1.0 - d_j) * s_j**2)
        return x_i + a * (x_j - x_i), x_j + b * (x_i - x_j)
    power = 1 if how == "s1p1" else 2
    w_i, w_j = s_i**power * p_i**power, s_j**power * p_j**power
    total = w_i + LEAST_WEIGHT + w_j
    to_i = ((w_i + LEAST_WEIGHT) * x_i + w_j * x_j) / total
    to_j = (w_i * x_i + (LEAST_WEIGHT + w_j) * x_j) / total
    # Rounded to 4 decimals in the source, so that nobody acts on spurious precision.
    return np.floor(0.5 + to_i * 1e4) / 1e4, np.floor(0.5 + to_j * 1e4) / 1e4


@dataclass(frozen=True)
class Bargain:
    """A proposal: where the initiator and the receiver would both stand, axes [K]."""

    initiator: int
    receiver: int
    to_initiator: Floats
    to_receiver: Floats


def bargains(
    see: View, position: Floats, salience: Floats, capability: Floats, choices: Choices
) -> list[list[Bargain]]:
    """Return the proposals on each actor's table, in the order they arrive (the standing position is not listed)."""
    count = len(position)
    total = salience.sum(axis=1)
    influence = capability * total
    tables: list[list[Bargain]] = [[] for _ in range(count)]
    rows = np.arange(count)
    # A few initiators at a time: an array [initiator, third party, receiver] should stay in the cache.
    parts = [challenges(see, influence, total, choices, part) for part in np.array_split(rows, 1 + count // 8)]
    beats, gain = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    np.fill_diagonal(gain, -np.inf)
    for i in rows:
        j = int(gain[i].argmax())
        if not gain[i, j] > LEAST_GAIN:
            continue
        for deal in _proposals(int(i), j, float(beats[i, j]), see, position, salience, influence, choices):
            tables[i].append(deal)
            tables[j].append(deal)
    return tables


def _proposals(
    i: int, j: int, p: float, see: View, x: Floats, s: Floats, influence: Floats, choices: Choices
) -> list[Bargain]:
    mine = interpolate(choices.interpolation, x[i], s[i], p, x[j], s[j])
    if choices.bargain == "initiator":
        return [Bargain(i, j, *mine)]
    theirs = interpolate(choices.interpolation, x[i], s[i], _as_seen_by(j, i, see, influence, s, choices), x[j], s[j])
    if choices.bargain == "both":
        return [Bargain(i, j, *mine), Bargain(i, j, *theirs)]
    w, v = influence[i], influence[j]
    return [Bargain(i, j, (w * mine[0] + v * theirs[0]) / (w + v), (w * mine[1] + v * theirs[1]) / (w + v))]


def _as_seen_by(j: int, i: int, see: View, influence: Floats, salience: Floats, choices: Choices) -> float:
    """Return j's view of i's chance to beat j."""
    swapped = View(see.distance, see.risk, np.broadcast_to(see.seen[j], see.seen.shape), see.own)
    beats, _ = challenges(swapped, influence, salience.sum(axis=1), choices, np.array([i]))
    return float(beats[0, j])


def bargain_utilities(see: View, position: Floats, salience: Floats, table: list[Bargain]) -> Floats:
    """Return each actor's utility of the state after each proposal: axes [A, 1 + proposals]; column 0 stands still."""
    now = see.own.sum(axis=1)
    columns = [now]
    for deal in table:
        change = -see.own[:, deal.initiator] - see.own[:, deal.receiver]
        for x in (deal.to_initiator, deal.to_receiver):
            gap = np.sqrt((((position - x) * salience) ** 2).sum(axis=1) / (salience**2).sum(axis=1))
            change = change + curve(gap, see.risk)
        columns.append(now + change)
    return np.stack(columns, axis=1) / len(position)


def turn(
    position: Floats, salience: Floats, capability: Floats, choices: Choices, rng: np.random.Generator | None
) -> tuple[Floats, View]:
    """Return the positions after one turn, and how the turn looked; with `rng` actors draw among their proposals."""
    see = view(position, salience, capability, choices)
    after = position.copy()
    for k, table in enumerate(bargains(see, position, salience, capability, choices)):
        if not table:
            continue
        p = win_probability(choices, capability, bargain_utilities(see, position, salience, table))
        pick = int(p.argmax()) if rng is None else int(rng.choice(len(p), p=p))
        if pick:
            deal = table[pick - 1]
            after[k] = deal.to_initiator if deal.initiator == k else deal.to_receiver
    return after, see


def position_probabilities(position: Floats, see: View, capability: Floats, choices: Choices) -> Floats:
    """Return the probability that each actor's position wins: axis [A]; actors at one position share its value."""
    near = np.linalg.norm(position[:, None] - position[None], axis=2) < SAME_POSITION
    unique: list[int] = []
    for i in range(len(position)):
        if not any(near[i, u] for u in unique):
            unique.append(i)
    p = win_probability(choices._replace(voting="proportional"), capability, see.own[:, unique])
    return np.array([p[max(n for n, u in enumerate(unique) if near[i, u])] for i in range(len(position))])
