"""Log-likelihood of each observation of exact time under many draws of the parameters, for leave-one-out checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.likelihoods import ExactTime, expectations

Places = Callable[[Ints], Mapping[str, Ints]]


def cost(likelihood: ExactTime) -> int:
    """Return about how many numbers one draw takes."""
    spells = likelihood.spells
    if not likelihood.fades.any():
        return len(spells.level) + spells.span.size
    return int((spells.stop - spells.first).sum()) * 8


def by_observation(likelihood: ExactTime, posterior: Mapping[str, Floats], places: Places) -> Floats:
    """Return the log-likelihood [chain, draw, observation].

    Args:
        likelihood: of the fit.
        posterior: `beta` [chain, draw, P] and perhaps `effect_sender` and `effect_receiver` [chain, draw, A].
        places: gives for options the actor of each side.
    """
    flat = {k: v.reshape(-1, *v.shape[2:]) for k, v in posterior.items()}
    sides = [s for s in ("sender", "receiver") if f"effect_{s}" in flat]
    rows: list[Floats] = []
    for k, beta in enumerate(flat["beta"]):
        level = {s: flat[f"effect_{s}"][k] for s in sides}
        rows.append(_one(likelihood, beta, lambda option, level=level: _own(level, places(option))))
    return np.stack(rows).reshape(*posterior["beta"].shape[:2], -1)


def _one(likelihood: ExactTime, beta: Floats, own: Callable[[Ints], Floats]) -> Floats:
    spells, of = likelihood.spells, likelihood.observations
    size = int(of[-1]) + 1
    happened = spells.happened
    events = spells.chosen @ beta
    events[happened] += own(spells.pick[happened])
    result: Floats = np.bincount(of, events, size).astype(np.float64)
    if likelihood.fades.any():
        for piece in likelihood.pieces():
            weight = piece.weight * np.exp(piece.x @ beta + own(piece.option))
            result -= np.bincount(piece.observation, weight, size)
        return result
    # effects of actors as one more statistic, with coefficient 1
    level = np.hstack([spells.x, own(spells.option)[:, None]])
    wide = replace(spells, level=level, chosen=np.hstack([spells.chosen, np.zeros((events.size, 1))]), layers=())
    expected = spells.span * np.exp(expectations(wide, np.append(beta, 1.0))[0])
    return result - np.bincount(of, expected, size)


def _own(level: Mapping[str, Floats], actor: Mapping[str, Ints]) -> Floats:
    """Return the effects of the actors of each option."""
    found = np.zeros(next(iter(actor.values())).size)
    for side, value in level.items():
        found += value[actor[side]]
    return found
