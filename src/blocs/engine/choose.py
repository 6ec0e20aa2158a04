"""The four choices: scores of the options of a level, who may be chosen, and a draw from a named stream."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Level, option_names
from blocs.engine.model import Coefficients, Model
from blocs.ground.axes import Index, Options

NEVER = -1e30


def statistics(model: Model, level: Level, view: View, chosen: Chosen) -> Float[Array, "effect option"]:
    """Return every effect's statistic for every option of a level."""
    effects, _ = model.specification.at(level)
    if not effects:
        return jnp.zeros((0, len(option_names(model.world, level))), view.pulse.dtype)
    return jnp.stack([e.stat(view, chosen) for e in effects])


def rows(model: Model, level: Level, view: View, chosen: Chosen) -> Int[Array, " table"]:
    """Return the row of each pooled table that applies."""
    _, tables = model.specification.at(level)
    if not tables:
        return jnp.zeros(0, jnp.int32)
    return jnp.stack([jnp.asarray(t.row(view, chosen), jnp.int32) for t in tables])


def scores(model: Model, coefficients: Coefficients, level: Level, view: View, chosen: Chosen) -> Options:
    """Return the log-linear score of each option, before masking."""
    effects, tables = model.specification.at(level)
    total: Options = jnp.zeros((), view.pulse.dtype)
    for beta, effect in zip(coefficients.beta[level], effects, strict=True):
        total = total + beta * effect.stat(view, chosen)
    for table, pooled in zip(tables, coefficients.tables[level], strict=True):
        total = total + pooled[table.row(view, chosen)]
    return total


def may_choose(level: Level, view: View, chosen: Chosen) -> Bool[Array, " option"]:
    """Return which options exist: actors alive at the time, no act of an actor toward itself."""
    if level == "source":
        return view.alive()
    if level == "target":
        return view.alive() & (jnp.arange(view.n_actors) != chosen.source)
    return jnp.ones(len(view.world.acts if level == "act" else view.world.issues), bool)


def pick(score: Options, allowed: Bool[Array, " option"], gumbel: Options) -> Index:
    """Draw an option from the softmax of the allowed scores (Gumbel-max)."""
    height = jnp.where(allowed, score + gumbel, NEVER)
    # as integers of the same order: XLA takes the greatest of many integers at once, of floats one after another (each
    # may be not-a-number); and not argmax: it would compute scores and draws inside its search, one option at a time
    order = _in_order(height)
    place = jnp.arange(height.shape[0], dtype=jnp.int32)
    return jnp.min(jnp.where(order == order.max(), place, height.shape[0] - 1))


def _in_order(x: Options) -> Int[Array, " option"]:
    """Return integers that compare as single-precision `x` does: bits, with all but the sign turned where negative."""
    bits = jax.lax.bitcast_convert_type(x.astype(jnp.float32), jnp.int32)
    return bits ^ ((bits >> 31) & jnp.int32(0x7FFFFFFF))
