"""Fading counts: what is left of a count after a time, and how a count enters a score.

Both are written in the functions that are cheapest inside the loop of acts on a CPU, where XLA takes a general power one
number at a time and spends four times the work of a logarithm on `log1p`, whose last digits near 0 no count needs.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float


def left_after(days: Float[Array, ...], half_life: Float[Array, ...]) -> Float[Array, ...]:
    """Return the share of a count that is left after `days`, 0..1; both in days, half-life above 0."""
    return jnp.exp2(-days / half_life)


def log_count(count: Float[Array, ...]) -> Float[Array, ...]:
    """Return log(1 + count) of counts of 0 or more: a first repetition weighs more than a tenth (Brandes et al. 2009)."""
    return jnp.log(1.0 + count)
