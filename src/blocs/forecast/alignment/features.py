"""What is known of a pair at an origin, in words: its own past, its subjects, its neighbours, its position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.forecast.alignment.panel import Panel

Floats = NDArray[np.floating[Any]]

FEATURES: Mapping[str, str] = {
    "last year": "agreement of the pair in the origin year",
    "a year before": "one year earlier",
    "two years before": "two years earlier",
    "short memory": "votes of eight years, a year's weight a fifth of the next",
    "memory": "votes of eight years, a year's weight half of the next",
    "subjects": "the latest votes on each subject, weighted by how often the subject comes up",
    "positions": "agreement that six latent positions a state explain",
    "state level": "sum of the two states' mean agreement, short memory",
    "state gap": "distance of the two states' mean agreement, short memory",
    "like voters": "how states that vote like one of the pair agree with the other, memory",
    "like voters, subjects": "the same on the weighted subjects",
    "like voters, short": "how states that vote alike in short memory agree with the other, short memory",
    "moved": "short memory less memory, times how much the two states moved against the year's mean",
    "moved, like voters": "the same of the like voters",
    "near states": "how neighbours of one of the pair agree with the other",
    "fellow members": "how states in the same organisations as one of the pair agree with the other",
}
"""Features of a pair by name, with what they say; all are shares of agreement or differences of such shares."""

WINDOW, SUBJECT_WINDOW, THIN = 8, 6, 3.0
RANK, VOTERS, NEAR, MEMBERS = 6, 0.003, 1000.0, 6.0


def features(panel: Panel, origin: int) -> tuple[Floats, Floats]:
    """Return features (P, K) of every pair and the number of votes (P,) behind `memory`, from data to the origin.

    Where a pair shared few votes, its own share is drawn towards what the latent positions say, as if they were
    three votes more. Nothing after 31 December of `origin` is read.
    """
    rolls = panel.window(origin, WINDOW)
    age = origin - panel.vote_year[rolls]
    equal = [_equal_votes(panel.votes[rolls], fade**age) for fade in (0.2, 0.5)]
    same, shared = equal[1]
    spread = _positions(same / np.maximum(shared, 1e-9), shared, RANK)
    short, memory = ((s + THIN * spread) / (c + THIN) for s, c in equal)
    topical, weight = _equal_votes(*_subject_weights(panel, origin))
    subjects = (topical + THIN * spread) / (weight + THIN)
    active = np.flatnonzero(shared.sum(axis=1) > 0)
    level = _state_mean(short, shared > 20.0)
    like = _like_voters(memory, active)
    quick = _neighbours(_like_voters(short, active), short, active)
    slow = _neighbours(like, memory, active)
    moved = _moved(short - memory, shared > 20.0)
    near = [_relative(panel, origin, kind) for kind in ("near states", "fellow members")]
    matrices = [
        *_lags(panel, origin), short, memory, subjects, spread, level[:, None] + level, np.abs(level[:, None] - level),
        slow, _neighbours(like, subjects, active), quick, (short - memory) * moved, (quick - slow) * moved,
        *(_neighbours(weight, memory, active) for weight in near),
    ]  # fmt: skip
    first, second = panel.pairs
    return np.stack([m[first, second] for m in matrices], axis=1, dtype=np.float32), shared[first, second]


def _lags(panel: Panel, origin: int) -> list[Floats]:
    """Agreement of the three years to the origin, a missing year filled by the mean of the others."""
    lags = np.stack([panel.of_year(origin - k) for k in range(3)])
    seen = np.isfinite(lags)
    mean = np.where(seen, lags, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return list(np.where(seen, lags, mean))


def _equal_votes(votes: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted numbers (S, S) of equal votes and of shared roll calls."""
    w = weight.astype(np.float32)[:, None]
    same = np.zeros((votes.shape[1],) * 2, np.float32)
    for choice in (-1, 0, 1):
        cast = (votes == choice).astype(np.float32)
        same += (cast * w).T @ cast
    there = np.isfinite(votes).astype(np.float32)
    return same, (there * w).T @ there


def _subject_weights(panel: Panel, origin: int) -> tuple[Floats, Floats]:
    """Votes of six years, weighted to stand for sixty of a coming year.

    A subject weighs as much as it came up (a year 0.7 of the next); within it the latest roll calls weigh most.
    """
    rolls = panel.window(origin, SUBJECT_WINDOW)
    subject, age = panel.subject[rolls], origin - panel.vote_year[rolls]
    coming = np.bincount(subject, 0.7**age)[subject]
    late = 0.35**age
    weight = coming * late / np.bincount(subject, late)[subject]
    return panel.votes[rolls], 60.0 * weight / max(float(weight.sum()), 1e-9)


def _two_states(agreement: Floats, shared: Floats) -> Floats:
    """Return mean + a state's deviation + the other's (S, S), fitted by weight in six damped rounds."""
    seen = np.where(shared > 0, agreement, 0.0)
    mean = (seen * shared).sum() / max(float(shared.sum()), 1e-9)
    state = np.zeros(len(seen))
    for _ in range(6):
        state = 0.2 * state + 0.8 * ((seen - mean - state) * shared).sum(axis=1) / (shared.sum(axis=1) + 1e-9)
    return mean + state[:, None] + state


def _positions(agreement: Floats, shared: Floats, rank: int) -> Floats:
    """Return two states' levels plus what `rank` latent positions explain beyond them, gaps filled by themselves."""
    sums = _two_states(agreement, shared)
    seen = shared > 0
    rest = np.where(seen, agreement - sums, 0.0)
    full = rest.copy()
    np.fill_diagonal(full, 0.0)
    found = full
    for _ in range(8):
        value, vector = np.linalg.eigh(full)
        top = np.argsort(-np.abs(value))[:rank]
        found = (vector[:, top] * value[top]) @ vector[:, top].T
        full = np.where(seen, rest, found)
        np.fill_diagonal(full, np.diag(found))
    return sums + found


def _state_mean(agreement: Floats, known: NDArray[np.bool_]) -> Floats:
    number = known.sum(axis=1)
    mean = np.where(known, agreement, 0.0).sum(axis=1) / np.maximum(number, 1)
    return np.where(number > 0, mean, mean[number > 0].mean() if (number > 0).any() else 0.0)


def _moved(change: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return how far the two states of a pair moved, in means of the year (S, S): 1 where both moved as others did."""
    size = np.sqrt(_state_mean(change**2, known))
    size = size / max(float(size[known.any(axis=1)].mean()) if known.any() else 1.0, 1e-9)
    return 0.5 * (size[:, None] + size)


def _like_voters(agreement: Floats, active: NDArray[np.intp]) -> Floats:
    """Weights (S, S), high where the agreements of two states with all others are alike."""
    rows = agreement[np.ix_(active, active)].copy()
    np.fill_diagonal(rows, 1.0)
    square = (rows**2).sum(axis=1)
    apart = np.maximum(square[:, None] + square - 2.0 * rows @ rows.T, 0.0) / max(len(active), 1)
    weight = np.zeros_like(agreement)
    weight[np.ix_(active, active)] = np.exp(-apart / VOTERS)
    return weight


def _relative(panel: Panel, origin: int, kind: str) -> Floats:
    """Weights (S, S) by distance or by organisations shared."""
    at = origin - panel.first_year
    if kind == "near states":
        return np.exp(-panel.ties["distance"][at].astype(np.float64) / NEAR)
    shared = panel.ties["organisations"][at].astype(np.float64)
    return np.exp((shared - shared.max()) / MEMBERS)


def _neighbours(weight: Floats, agreement: Floats, active: NDArray[np.intp]) -> Floats:
    """Mean agreement of the like of one state with the other, both ways; the pair itself is left out."""
    w = weight[np.ix_(active, active)].astype(np.float64)
    np.fill_diagonal(w, 0.0)
    w /= w.sum(axis=1, keepdims=True) + 1e-9
    block = agreement[np.ix_(active, active)].astype(np.float64)
    mean = (w @ block - w * np.diag(block)) / np.maximum(1.0 - w, 1e-6)
    found = agreement.astype(np.float64)
    found[np.ix_(active, active)] = 0.5 * (mean + mean.T)
    return found
