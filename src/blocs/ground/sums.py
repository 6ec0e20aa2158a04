"""Sums of products that a loop can be compiled whole with.

On a CPU, XLA compiles a loop into one native function only if it holds no matrix product, sort or many-row scatter, and
no loop within (`blocs.engine.compiler`); otherwise each small kernel of it is dispatched by itself, which costs several
times what it computes. The arrays of a bloc are small, so plain sums lose nothing.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int


def product(a: Float[Array, ...], b: Float[Array, ...]) -> Float[Array, ...]:
    """Return `a @ b` for a vector or matrix `b`: the last axis of a meets the first of b."""
    if b.ndim == 1:
        return jnp.sum(a * b, axis=-1)
    return jnp.sum(a[..., None] * b, axis=-2)


def outer(a: Float[Array, "n row"], b: Float[Array, "n column"]) -> Float[Array, "row column"]:
    """Return `a.T @ b`."""
    return jnp.sum(a[:, :, None] * b[:, None, :], axis=0)


def added_at(x: Float[Array, ...], place: tuple[Int[Array, " row"], ...], by: Array) -> Float[Array, ...]:
    """Return x with `by[n]` added at the n-th place; places may repeat."""
    here = _marked(x, place)
    return x + jnp.sum(jnp.where(here, _like(by, here), 0), axis=0).astype(x.dtype)


def raised_at(x: Float[Array, ...], place: tuple[Int[Array, " row"], ...], to: Array) -> Float[Array, ...]:
    """Return x raised to at least `to[n]` at the n-th place; places may repeat."""
    here = _marked(x, place)
    return jnp.maximum(x, jnp.max(jnp.where(here, _like(to, here).astype(x.dtype), -jnp.inf), axis=0))


def _marked(x: Array, place: tuple[Array, ...]) -> Bool[Array, "row ..."]:
    """A mask for each row that is true at its place in x; nowhere if the place is outside."""
    here = jnp.ones((place[0].shape[0], *[1] * x.ndim), bool)
    for axis, (size, at) in enumerate(zip(x.shape, place, strict=True)):
        there = at[:, None] == jnp.arange(size)
        here = here & there.reshape(-1, *[size if axis == n else 1 for n in range(x.ndim)])
    return here


def _like(values: Array, mask: Array) -> Array:
    return values.reshape(-1, *[1] * (mask.ndim - 1))


def heaviest_places(weight: Float[Array, "row n"], count: int) -> Int[Array, "row count"]:
    """Return the places of the `count` largest entries of each row, largest first; of equal ones the first comes first."""
    places = jnp.arange(weight.shape[1])
    above = weight[:, None, :] > weight[:, :, None]
    tied = (weight[:, None, :] == weight[:, :, None]) & (places[None, :] < places[:, None])
    rank = jnp.sum(above | tied, axis=2)
    return jnp.argmax(rank[:, None, :] == jnp.arange(count)[:, None], axis=2)
