"""Terms as statistics of the options of a model: effects spread over pairs, multiplied, blanked, standardised.

Axes: n1 senders, n2 receivers; a rate model has options [n1], others [n1, n2].
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.effects import Effect, World
from blocs.inference.events.effects.base import Array, Kind
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

Model = Literal["rate", "choice", "tie"]
Bools = NDArray[np.bool_]


class Layer:
    """One term: the product of its effects on each option.

    In a tie model of events without direction a statistic of one side counts both sides (their sum), and one of pairs is
    the mean of its two directions. `blank` is the network of the events where repeated pairs count 0 (`ignore_rep`).
    """

    def __init__(self, term: Term, effects: tuple[Effect, ...], world: World, model: Model) -> None:
        self.term = term
        self.effects = effects
        self.blank: TieView | None = None
        self.standard = term.scaling == "std"
        self.shape = (world.n1,) if model == "rate" else (world.n1, world.n2)
        self.symmetric = model == "tie" and not world.directed
        self.rate = model == "rate"

    @property
    def dirty(self) -> bool:
        """Return whether the statistic may have changed since `clean`."""
        return self.blank is not None or any(e.dirty for e in self.effects)

    def clean(self) -> None:
        """Note that the statistic has been read."""
        for effect in self.effects:
            effect.dirty = False

    @property
    def moves(self) -> bool:
        """Return whether the statistic changes with time alone; a z-score of ties that fade together does not."""
        return not self.standard and any(e.moves for e in self.effects)

    @property
    def scale(self) -> float:
        """Return the shortest span in which the statistic may change much by time alone."""
        return min((e.scale for e in self.effects if e.moves), default=float("inf"))

    @property
    def width(self) -> int:
        """Return how many arrays `sources` has."""
        if not self.moves:
            return 1
        return len(self.effects) * (2 if self.symmetric else 1) + (self.blank is not None)

    def value(self) -> Array:
        """Return the statistic of each option, of a shape that broadcasts to `shape`."""
        result = self._wide(self.effects[0].stat, self.effects[0].kind)
        for effect in self.effects[1:]:
            result = result * self._wide(effect.stat, effect.kind)
        return result if self.blank is None else np.where(self.blank.tie > 0, 0.0, result)

    def row(self, i: int) -> Array:
        """Return the statistic of each receiver [n2] for sender `i`."""
        result = _row(self.effects[0], i)
        for effect in self.effects[1:]:
            result = result * _row(effect, i)
        if self.blank is not None:
            result = np.where(self.blank.tie[i] > 0, 0.0, result)
        return result

    def sources(self) -> list[Array]:
        """Return what stands still between changes, arrays of `shape`; of a layer that does not move, its value."""
        if self.standard and self.effects[0].moves and self.blank is None:
            return [np.broadcast_to(self._wide(self.effects[0].source, self.effects[0].kind), self.shape)]
        if not self.moves:
            return [np.broadcast_to(self.value(), self.shape)]
        found: list[Array] = []
        for effect in self.effects:
            source = effect.source if effect.moves else effect.stat
            found += [np.broadcast_to(a, self.shape) for a in self._sides(source, effect.kind)]
        if self.blank is not None:
            found.append(np.where(self.blank.tie > 0, 0.0, 1.0))
        return found

    def aged(self, sources: list[Array], time: float) -> list[Array]:
        """Return the levels at `time` of sources read now, arrays of any shape in the order of `sources`."""
        if not self.moves:
            return sources
        found: list[Array] = []
        for effect, places in self._places():
            found += [effect.age(sources[k], time) if effect.moves else sources[k] for k in places]
        return found if self.blank is None else [*found, sources[-1]]

    def at(self, levels: list[Array], elapsed: Array) -> Array:
        """Return the statistic `elapsed` after it had `levels`."""
        if not self.moves:
            return levels[0] + 0.0 * elapsed
        result: Array = np.ones(np.broadcast_shapes(levels[0].shape, np.shape(elapsed)))
        for effect, places in self._places():
            parts = [effect.at(levels[k], elapsed) if effect.moves else levels[k] for k in places]
            total = np.sum(np.broadcast_arrays(*parts), axis=0)
            result = result * (total / 2.0 if len(places) == 2 and effect.kind == "dyad" else total)
        return result if self.blank is None else result * levels[-1]

    def _places(self) -> list[tuple[Effect, range]]:
        """Return each effect with the places of its arrays in `sources`."""
        found: list[tuple[Effect, range]] = []
        at = 0
        for effect in self.effects:
            width = 2 if self.symmetric else 1
            found.append((effect, range(at, at + width)))
            at += width
        return found

    def _sides(self, x: Array, kind: Kind) -> list[Array]:
        if self.rate:
            return [x]
        if not self.symmetric:
            return [x if kind == "dyad" else x[:, None] if kind == "sender" else x[None, :]]
        return [x, x.T] if kind == "dyad" else [x[:, None], x[None, :]]

    def _wide(self, x: Array, kind: Kind) -> Array:
        sides = self._sides(x, kind)
        if len(sides) == 1:
            return sides[0]
        return (sides[0] + sides[1]) / 2.0 if kind == "dyad" else sides[0] + sides[1]

    def bounds(self, one: list[Array], other: list[Array], middle: list[Array]) -> tuple[Array, Array]:
        """Return the least and the greatest value between times at which the effects had these statistics."""
        low = high = np.ones(1)
        for effect, *stats in zip(self.effects, one, other, middle, strict=True):
            ends = [self._wide(f.reduce(stats), effect.kind) for f in (np.minimum, np.maximum)]
            corners = [low * ends[0], low * ends[1], high * ends[0], high * ends[1]]
            low = np.minimum.reduce(np.broadcast_arrays(*corners))
            high = np.maximum.reduce(np.broadcast_arrays(*corners))
        if self.blank is not None:
            low, high = (np.where(self.blank.tie > 0, 0.0, x) for x in (low, high))
        return low, high


def _row(effect: Effect, i: int) -> Array:
    return effect.stat if effect.kind == "receiver" else effect.stat[i]


def standardised(x: Array, here: Bools) -> Array:
    """Return z-scores over the options that are there: less their mean, over their standard deviation (n - 1)."""
    known = x[here]
    spread = known.std(ddof=1) if known.size > 1 else 0.0
    if spread < 1e-12 * max(1.0, float(np.abs(known).max(initial=0.0))):
        return np.zeros_like(x)
    return (x - known.mean()) / spread
