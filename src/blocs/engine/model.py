"""A Model is a frozen tuple of parts: the world, the mechanisms, which effects enter. Verbs are functions elsewhere."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from blocs.bloc.world import World
from blocs.conduct.base import LEVELS, Level, Specification, option_names
from blocs.ground.axes import Scalar
from blocs.mechanisms.base import AbstractMechanism


class Model(eqx.Module):
    """The parts of one scenario that a step needs.

    Attributes:
        world: constants.
        mechanisms: in the order in which a step applies them.
        half_lives: of decayed memory in days, scene first (axis memory).
        specification: the effects and tables of conduct.
        step_days: length of one step in days.
    """

    world: World
    mechanisms: tuple[AbstractMechanism, ...]
    half_lives: Float[Array, " memory"]
    specification: Specification = eqx.field(static=True)
    step_days: float = eqx.field(static=True)


class Tempo(eqx.Module):
    """How many acts the record holds a day: a self-exciting (Hawkes) rate with the memory's half-lives.

    `rate = base + sum_h branching_h * ln 2 / half_life_h * (decayed acts of everyone at h)`; `branching_h` is the number
    of acts that one act brings about at that span, and their sum stays below 1 (Hawkes 1971).
    """

    base: Scalar
    branching: Float[Array, " memory"]

    def rate(self, decayed: Float[Array, " memory"], half_lives: Float[Array, " memory"]) -> Scalar:
        """Return acts per day given decayed counts of all acts."""
        return self.base + jnp.sum(self.branching * jnp.log(2.0) / half_lives * decayed)


class Coefficients(eqx.Module):
    """Parameters of conduct: for each level one vector of effect coefficients and one array for each table.

    `beta[level]` has axis effect; `tables[level][t]` axes (row, option).
    """

    beta: dict[str, Float[Array, " effect"]]
    tables: dict[str, tuple[Float[Array, "row option"], ...]]
    tempo: Tempo

    def astype(self, dtype: Any) -> Coefficients:
        """Return the same parameters in another floating type."""
        return jax.tree.map(lambda x: x.astype(dtype), self)


def zero_coefficients(model: Model) -> Coefficients:
    """Return coefficients that make every option equally likely, with one act a week."""
    beta: dict[str, Float[Array, " effect"]] = {}
    tables: dict[str, tuple[Float[Array, "row option"], ...]] = {}
    for level in LEVELS:
        effects, pooled = model.specification.at(level)
        width = len(option_names(model.world, level))
        beta[level] = jnp.zeros(len(effects))
        tables[level] = tuple(jnp.zeros((len(t.rows(model.world)), width)) for t in pooled)
    return Coefficients(beta, tables, Tempo(jnp.asarray(1 / 7), jnp.zeros(model.half_lives.shape[0])))


__all__ = ["Coefficients", "Level", "Model", "Tempo", "zero_coefficients"]
