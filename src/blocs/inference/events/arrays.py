"""Likelihoods of event models as arrays that JAX and NumPy read alike: choices, pairs that choose each other, waiting times.

Axes: T decisions, O options, E events, n actors at risk, N points of exact time, K rows of what happened, P parameters,
A actors of a side. Each kind has `data`, what happened, which `with_data` replaces and `draw` draws anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from blocs.inference.events.columns import Floats, Ints


@dataclass(frozen=True, repr=False)
class Choices:
    """One option of several taken: x [T, O, P], pick [T], mask and offset [T, O].

    `actor` holds for each side with effects the actor of each option [T, O], `size` how many actors a side has.
    """

    x: Floats
    pick: Any
    mask: Any
    offset: Floats
    actor: Mapping[str, Ints]
    size: Mapping[str, int]
    exact = False

    @property
    def data(self) -> Any:
        """Return the option taken [T]."""
        return self.pick

    def with_data(self, data: Any) -> Choices:
        """Return the same with other options taken [T]."""
        return replace(self, pick=data)

    @property
    def centre(self) -> Floats:
        """Return the spread [P] of each statistic within decisions, 1 where it never moves."""
        inside = np.where(self.mask[:, :, None], self.x, np.nan)
        return _spread(np.sqrt(np.nanmean(np.nanvar(inside, axis=1), axis=0)))

    def log_likelihood(self, beta: Any, effect: Mapping[str, Any]) -> Any:
        """Return the log probability of each decision [T]."""
        import jax.numpy as jnp
        from jax.nn import logsumexp

        u = self.x @ beta + self.offset
        for side, value in effect.items():
            u = u + value[self.actor[side]]
        u = jnp.where(self.mask, u, -jnp.inf)
        return u[jnp.arange(len(self.x)), self.pick] - logsumexp(u, axis=1)

    def draw(self, beta: Floats, effect: Mapping[str, Floats], rng: np.random.Generator) -> Ints:
        """Draw options taken [T]."""
        u = self.x @ beta + self.offset
        for side, value in effect.items():
            u = u + value[self.actor[side]]
        return np.where(self.mask, u + rng.gumbel(size=u.shape), -np.inf).argmax(axis=1)


@dataclass(frozen=True, repr=False)
class Pairs:
    """Two who choose each other: x [E, n, n, P], pick [E] the place of the pair in [n, n], mask [E, n, n].

    `actor["receiver"]` [E, n] is the actor at each place: its effect draws every choice of it.
    """

    x: Floats
    pick: Any
    mask: Any
    actor: Mapping[str, Ints]
    size: Mapping[str, int]
    exact = False

    @property
    def data(self) -> Any:
        """Return the places of the pairs [E]."""
        return self.pick

    def with_data(self, data: Any) -> Pairs:
        """Return the same with other pairs [E]."""
        return replace(self, pick=data)

    @property
    def centre(self) -> Floats:
        """Return the spread [P] of each statistic within choices, 1 where it never moves."""
        inside = np.where(self.mask[:, :, :, None], self.x, np.nan)
        with np.errstate(invalid="ignore"):
            known = inside.reshape(-1, *inside.shape[2:])[self.mask.any(axis=2).reshape(-1)]
        return _spread(np.sqrt(np.nanmean(np.nanvar(known, axis=1), axis=0)))

    def _log_pairs(self, beta: Any, effect: Mapping[str, Any]) -> Any:
        """Return the log probability of each unordered pair [E, n * n], minus infinity off the upper triangle."""
        import jax.numpy as jnp
        from jax.nn import logsumexp

        u = self.x @ beta
        for side, value in effect.items():
            u = u + value[self.actor[side]][:, None, :]
        u = jnp.where(self.mask, u, -1e30)
        logp = u - logsumexp(u, axis=2, keepdims=True)
        open_ = jnp.triu(self.mask & self.mask.swapaxes(1, 2), 1)
        both = jnp.where(open_, logp + logp.swapaxes(1, 2), -1e30).reshape(len(self.x), -1)
        return both - logsumexp(both, axis=1, keepdims=True)

    def log_likelihood(self, beta: Any, effect: Mapping[str, Any]) -> Any:
        """Return the log probability of each pair [E]."""
        import jax.numpy as jnp

        return self._log_pairs(beta, effect)[jnp.arange(len(self.x)), self.pick]

    def draw(self, beta: Floats, effect: Mapping[str, Floats], rng: np.random.Generator) -> Ints:
        """Draw pairs [E]."""
        logp = np.asarray(self._log_pairs(beta, effect))
        return (logp + rng.gumbel(size=logp.shape)).argmax(axis=1)


@dataclass(frozen=True, repr=False)
class Waits:
    """Events in exact time: x [N, P] at points with log weights `offset` [N]; what happened chosen [K, P], count [K].

    `actor` [N] and `taken` [K] hold for each side with effects the actor of each point and of each event. Drawn data are
    counts at the points, so that their number does not change the shape of anything.
    """

    x: Floats
    offset: Floats
    chosen: Floats
    count: Any
    actor: Mapping[str, Ints]
    taken: Mapping[str, Ints]
    size: Mapping[str, int]
    exact = True

    @property
    def data(self) -> Any:
        """Return how often each row of `chosen` happened [K]."""
        return self.count

    def with_data(self, data: Any) -> Waits:
        """Return the same with other counts [K]."""
        return replace(self, count=data)

    def at_points(self) -> Waits:
        """Return the same with events at the points themselves: data are counts [N], none to begin with."""
        return replace(self, chosen=self.x, taken=self.actor, count=np.zeros(len(self.x)))

    @property
    def centre(self) -> Floats:
        """Return the spread [P] of each statistic over the points, 1 where it never moves."""
        return _spread(self.x.std(axis=0))

    def log_likelihood(self, beta: Any, effect: Mapping[str, Any]) -> Any:
        """Return the log rate of each event [K], and as the last entry minus the expected number of events."""
        import jax.numpy as jnp

        u, events = self.x @ beta + self.offset, self.chosen @ beta
        for side, value in effect.items():
            u, events = u + value[self.actor[side]], events + value[self.taken[side]]
        return jnp.append(self.count * events, -jnp.exp(u).sum())

    def draw(self, beta: Floats, effect: Mapping[str, Floats], rng: np.random.Generator) -> Floats:
        """Draw counts at the points [N]; the statistics are kept."""
        u = self.x @ beta + self.offset
        for side, value in effect.items():
            u = u + value[self.actor[side]]
        return rng.poisson(np.exp(np.minimum(u, 20.0))).astype(np.float64)


Sets = Choices | Pairs | Waits


def log_likelihood(sets: Sets, beta: Any, effect: Mapping[str, Any]) -> Any:
    """Return the log-likelihood by event (and in exact time, last, minus the expected number of events).

    Args:
        sets: arrays of the likelihood.
        beta: [P] coefficients.
        effect: for each side with effects, [A] values.
    """
    return sets.log_likelihood(beta, effect)


def _spread(found: Floats) -> Floats:
    return np.where(found > 1e-9, found, 1.0)
