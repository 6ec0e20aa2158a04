"""A Model is a frozen tuple of parts: the world, the mechanisms, which effects enter. Verbs are functions elsewhere."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from blocs.bloc.world import World
from blocs.conduct.base import LEVELS, Level, Specification, option_names
from blocs.ground.axes import Scalar
from blocs.ground.cast import cast_reals
from blocs.mechanisms.base import AbstractMechanism


class Model(eqx.Module):
    """The parts of one scenario that a step needs.

    Attributes:
        world: constants.
        mechanisms: in the order in which a step applies them.
        half_lives: of decayed memory in days, scene first (axis memory).
        specification: the effects and tables of conduct.
        step_days: length of one step in days.
        stride: steps after which a slow mechanism is ticked once, by all their days (multirate stepping); 1 ticks all
            mechanisms in every step.
    """

    world: World
    mechanisms: tuple[AbstractMechanism, ...]
    half_lives: Float[Array, " memory"]
    specification: Specification = eqx.field(static=True)
    step_days: float = eqx.field(static=True)
    stride: int = eqx.field(static=True, default=1)


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

    def wait(
        self, decayed: Float[Array, " memory"], half_lives: Float[Array, " memory"], waiting: Float[Array, " cause"]
    ) -> Scalar:
        """Return the days to the next act, exactly, while the rate fades.

        The rate is a sum of one constant and one fading Poisson rate a half-life, so the wait is the least of theirs
        (Dassios & Zhao 2013, "Exact simulation of Hawkes process with exponentially decaying intensity"). A fading rate
        holds `branching * decayed` acts in all and may bring none.

        Args:
            decayed: counts of all acts, brought up to date.
            half_lives: in days.
            waiting: standard exponential draws, first that of the base, then one a half-life.
        """
        held = self.branching * decayed
        left = 1.0 - waiting[1:] / jnp.where(held > 0, held, 1.0)
        brings = (held > 0) & (left > 0)
        fading = jnp.where(brings, -half_lives * jnp.log2(jnp.where(brings, left, 1.0)), jnp.inf)
        return jnp.minimum(waiting[0] / self.base, fading.min(initial=jnp.inf))


class Coefficients(eqx.Module):
    """Parameters of conduct: for each level one vector of effect coefficients and one array for each table.

    `beta[level]` has axis effect; `tables[level][t]` axes (row, option).
    """

    beta: dict[str, Float[Array, " effect"]]
    tables: dict[str, tuple[Float[Array, "row option"], ...]]
    tempo: Tempo

    def astype(self, dtype: Any) -> Coefficients:
        """Return the same parameters in another floating type."""
        return cast_reals(self, dtype)


@runtime_checkable
class Remembers(Protocol):
    """A mechanism that keeps decayed memory: its half-lives in days, scene first, are those that choosers read with."""

    def half_lives(self) -> Float[Array, " memory"]:
        """Return the half-lives in days, shortest first."""
        ...


def with_parameter(model: Model, mechanism: str, parameter: str, value: Scalar) -> Model:
    """Return the model with one parameter of one mechanism changed, and the half-lives that follow from it.

    Raises:
        ValueError: the model has no such mechanism.
    """
    n = [m.card.name for m in model.mechanisms].index(mechanism)
    old = getattr(model.mechanisms[n], parameter)
    new = jnp.asarray(value).astype(old.dtype)
    return with_half_lives(eqx.tree_at(lambda m: getattr(m.mechanisms[n], parameter), model, new))


def with_half_lives(model: Model) -> Model:
    """Return the model with the half-lives that the parameters of its memory, if it has one, give."""
    memory = next((m for m in model.mechanisms if isinstance(m, Remembers)), None)
    if memory is None:
        return model
    return eqx.tree_at(lambda m: m.half_lives, model, memory.half_lives().astype(model.half_lives.dtype))


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


__all__ = [
    "Coefficients",
    "Level",
    "Model",
    "Remembers",
    "Tempo",
    "with_half_lives",
    "with_parameter",
    "zero_coefficients",
]
