"""Simulation-based calibration: draw parameters, draw data, sample the posterior, and see where the truth ranks.

Where prior, simulator, likelihood and sampler agree, the rank of the truth among posterior draws is uniform (Cook,
Gelman & Rubin 2006; Talts et al. 2018). The statistics are kept, what happened is drawn again, so that the check is one
of the likelihood and the sampler and every draw fits one compiled program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from blocs.inference.events.arrays import Sets, Waits, log_likelihood
from blocs.inference.events.bayes import Prior, level_of, model_of, prior_of, sampler
from blocs.inference.events.columns import Floats, Ints

Likelihood = Callable[[Sets, Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, repr=False)
class Calibration:
    """Ranks of the truth, [run, number], among `levels` - 1 thinned draws, and a test of their uniformity."""

    names: tuple[str, ...]
    ranks: Ints
    levels: int

    def to_polars(self, bins: int = 8) -> pl.DataFrame:
        """Return one row a number: mean rank (0.5 expected), chi-square of the ranks in equal bins, and its p."""
        count = [np.bincount(r * bins // self.levels, minlength=bins) for r in self.ranks.T]
        test: Any = stats.chisquare
        found = [test(c) for c in count]
        return pl.DataFrame(
            {
                "number": list(self.names),
                "mean_rank": (self.ranks.mean(axis=0) / (self.levels - 1)),
                "chi_square": [float(f.statistic) for f in found],
                "p": [float(f.pvalue) for f in found],
            }
        )

    def passes(self, alpha: float = 0.01, bins: int = 8) -> bool:
        """Return whether no number fails at `alpha` shared among all of them (Bonferroni)."""
        return bool((self.to_polars(bins)["p"] > alpha / len(self.names)).all())


def calibrate(
    sets: Sets, prior: Prior | None = None, *, runs: int = 100, levels: int = 32, thin: int = 4, warmup: int = 300,
    seed: int = 0, likelihood: Likelihood = log_likelihood, actors: int = 3,
) -> Calibration:  # fmt: skip
    """Calibrate the sampler on the arrays of a model.

    Besides coefficients and spreads, the effects of some actors are ranked, and the log-likelihood of the data: it finds
    what no single number shows, such as effects given to the wrong actors (Modrak et al. 2023).

    Args:
        sets: of a fit (`likelihood_sets`). In exact time events are drawn as counts at the points of time.
        prior: parameters are drawn from it.
        runs: data sets.
        levels: ranks, a multiple of the bins of the test; `levels` - 1 draws are kept.
        thin: draws made for each one kept, so that those kept are nearly independent.
        warmup: draws to adapt.
        seed: of everything.
        likelihood: what the sampler believes; another than the true one must be caught.
        actors: how many actors of each side with effects are ranked.
    """
    import jax

    belief = prior or Prior()
    level = level_of(sets) if isinstance(sets, Waits) else 0.0
    known = sets.at_points() if isinstance(sets, Waits) else sets
    model = model_of(known, belief, likelihood, level)
    some = {s: np.unique(np.linspace(0, sets.size[s] - 1, actors).astype(int)) for s in sets.actor}

    @jax.jit
    def posterior(key: Any, data: Any) -> dict[str, Any]:
        chain = sampler(model, (levels - 1) * thin, warmup, 1)
        chain.run(key, data)
        return chain.get_samples()

    @jax.jit
    def logs(data: Any, beta: Any, effect: Mapping[str, Any]) -> Any:
        return jax.vmap(lambda b, e: log_likelihood(known.with_data(data), b, e).sum())(beta, effect)

    rng = np.random.default_rng(seed)
    ranks: list[Ints] = []
    for number in range(runs):
        truth = _truth(known, belief, level, rng)
        data = jax.numpy.asarray(known.draw(truth["beta"], _effects(truth, known), rng))
        drawn = posterior(jax.random.PRNGKey(seed * 100_003 + number), data)
        kept = {k: np.asarray(v)[thin - 1 :: thin] for k, v in drawn.items()}
        alone = {k: v[None] for k, v in truth.items()}
        there, here = (np.asarray(logs(data, v["beta"], _effects(v, known))) for v in (kept, alone))
        ranks.append(np.append(_ranks(truth, kept, some), (there < here).sum()))
    names = [f"beta {k}" for k in range(sets.x.shape[-1])] + [f"sd {s}" for s in sets.actor]
    names += [f"effect {s} {k}" for s, which in some.items() for k in which] + ["log-likelihood"]
    return Calibration(tuple(names), np.stack(ranks), levels)


def _truth(sets: Sets, prior: Prior, level: float, rng: np.random.Generator) -> dict[str, Floats]:
    """Draw parameters from the prior: beta, then the spreads, then the effects of each side."""
    centre, scale = prior_of(sets, prior, level)
    truth: dict[str, Floats] = {"beta": centre + rng.normal(size=scale.size) * scale}
    for side in sets.actor:
        truth[f"sd_{side}"] = np.asarray(abs(rng.normal()) * prior.spread)
    for side in sets.actor:
        truth[f"effect_{side}"] = truth[f"sd_{side}"] * rng.normal(size=sets.size[side])
    return truth


def _ranks(truth: Mapping[str, Floats], kept: Mapping[str, Floats], some: Mapping[str, Ints]) -> Ints:
    """Return how many draws lie below the truth: of coefficients, of spreads, and of the effects of some actors."""
    below = [(kept[k] < v).sum(axis=0).reshape(-1) for k, v in truth.items() if not k.startswith("effect_")]
    below += [(kept[f"effect_{s}"][:, k] < truth[f"effect_{s}"][k]).sum(axis=0) for s, k in some.items()]
    return np.concatenate(below)


def _effects(values: Mapping[str, Any], sets: Sets) -> dict[str, Any]:
    return {side: values[f"effect_{side}"] for side in sets.actor}
