"""Simulation-based calibration: draw parameters, draw data, sample the posterior, and see where the truth ranks.

Where prior, simulator, likelihood and sampler agree, the rank of the truth among posterior draws is uniform (Cook,
Gelman & Rubin 2006; Talts et al. 2018). The statistics are kept, the options taken are drawn again, so that the check
is one of the likelihood and the sampler and every draw fits one compiled program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from blocs.ground.errors import bad_input
from blocs.inference.events.bayes import Prior, Sets, log_likelihood, model_of, sampler
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
    seed: int = 0, likelihood: Likelihood = log_likelihood,
) -> Calibration:  # fmt: skip
    """Calibrate the sampler on choice sets.

    Args:
        sets: of a choice model or of ordered events (`likelihood_sets`).
        prior: parameters are drawn from it.
        runs: data sets.
        levels: ranks, a multiple of the bins of the test; `levels` - 1 draws are kept.
        thin: draws made for each one kept, so that those kept are nearly independent.
        warmup: draws to adapt.
        seed: of everything.
        likelihood: what the sampler believes; another than the true one must be caught.

    Raises:
        InputError: exact time, whose number of events would differ by run.
    """
    import jax

    if sets.exact:
        raise bad_input("calibrate", "sets", "are of exact time", "choice sets or the order of events")
    belief = prior or Prior()
    model = model_of(sets, belief, likelihood)

    @jax.jit
    def posterior(key: Any, pick: Any) -> dict[str, Any]:
        chain = sampler(model, (levels - 1) * thin, warmup, 1)
        chain.run(key, pick)
        return chain.get_samples()

    rng = np.random.default_rng(seed)
    names, ranks = (*(f"beta {k}" for k in range(sets.x.shape[2])), *(f"sd {s}" for s in sets.actor)), list[Ints]()
    for number in range(runs):
        beta = rng.normal(size=sets.x.shape[2]) * belief.scale / sets.centre
        spread = {s: abs(rng.normal()) * belief.spread for s in sets.actor}
        effect = {s: spread[s] * rng.normal(size=sets.size[s]) for s in sets.actor}
        pick = _draw(sets, beta, effect, rng)
        drawn = posterior(jax.random.PRNGKey(seed * 100_003 + number), jax.numpy.asarray(pick))
        kept = {k: np.asarray(v)[thin - 1 :: thin] for k, v in drawn.items()}
        below = [(kept["beta"] < beta).sum(axis=0), *((kept[f"sd_{s}"] < spread[s]).sum()[None] for s in sets.actor)]
        ranks.append(np.concatenate(below))
    return Calibration(names, np.stack(ranks), levels)


def _draw(sets: Sets, beta: Floats, effect: Mapping[str, Floats], rng: np.random.Generator) -> Ints:
    u = sets.x @ beta + sets.offset
    for side, value in effect.items():
        u = u + value[sets.actor[side]]
    noise = rng.gumbel(size=u.shape)
    return np.where(sets.mask, u + noise, -np.inf).argmax(axis=1)
