"""The contract of a mechanism: what an act does to the state, and what time does to it.

A mechanism is a frozen module whose fields are its parameters, with two pure functions. It declares on its card what it
reads and writes, its parameters and its laws; `blocs.testing.conformance` tests the declaration.
"""

# No `from __future__ import annotations` here: Equinox reads AbstractClassVar and AbstractVar when the class is made.

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
from equinox import AbstractClassVar

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key, Scalar
from blocs.ground.errors import bad_input

LAWS = {
    "bounded": "every quantity it writes stays inside the vocabulary's range",
    "blind_to_order": "relabelling the actors relabels the result and changes nothing else",
    "still_at_zero": "with `strength` 0 it leaves the state untouched",
    "conserves": "goods or credit are moved, never made or lost, by its acts",
    "deterministic": "it draws no random numbers",
}


@dataclass(frozen=True)
class Param:
    """One parameter of a mechanism: its unit, admissible range, default and where the default comes from."""

    name: str
    unit: str
    lo: float
    hi: float
    default: float
    source: str


@dataclass(frozen=True)
class Card:
    """What a mechanism declares of itself.

    `systems` and `rules` are ids of SYSTEM.md (S18, R18.1); `reads` and `writes` are names of the vocabulary; `laws` are
    keys of `LAWS`; `references` are citations. `slow` tells that it changes over months, so that a model may tick it
    once in several steps (`Model.stride`).
    """

    name: str
    summary: str
    systems: tuple[str, ...]
    rules: tuple[str, ...]
    reads: frozenset[str]
    writes: frozenset[str]
    laws: frozenset[str]
    params: tuple[Param, ...]
    references: tuple[str, ...] = ()
    slow: bool = False


class AbstractMechanism(eqx.Module):
    """A mechanism; concrete ones are final, live in `library/` one a file, and are listed in `catalogue.py`.

    Every field is a scalar parameter named on the card; `strength` in 0..1 scales all that the mechanism does.
    """

    if TYPE_CHECKING:  # pyright does not take Equinox's AbstractClassVar for a class variable
        card: ClassVar[Card]
    else:
        card: AbstractClassVar[Card]
    strength: eqx.AbstractVar[Scalar]

    @abc.abstractmethod
    def after(self, world: World, state: State, act: Act) -> State:
        """Return the state after one act. Touches few entries; called inside the compiled step for every act."""

    @abc.abstractmethod
    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Return the state after `days` days (at most one step) in which nobody acted."""

    @classmethod
    def make(cls, overrides: Mapping[str, float] | None = None, where: str = "mechanisms") -> Self:
        """Build the mechanism from card defaults and overrides; `InputError` for an unknown or inadmissible value."""
        overrides = dict(overrides or {})
        values: dict[str, Scalar] = {}
        for p in cls.card.params:
            value = float(overrides.pop(p.name, p.default))
            if not p.lo <= value <= p.hi:
                expected = f"{p.lo:g}..{p.hi:g} {p.unit}"
                raise bad_input(where, f"{cls.card.name}.{p.name}", f"{value:g} is outside its range", expected)
            values[p.name] = jnp.asarray(value, jnp.result_type(float))
        if overrides:
            known = ", ".join(p.name for p in cls.card.params)
            raise bad_input(where, f"{cls.card.name}.{min(overrides)}", "no such parameter", f"one of {known}")
        return cls(**values)
