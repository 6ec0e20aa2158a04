"""A typed event record: who did what to whom on which day, and the two questions that each fact answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[Any]


@dataclass(frozen=True)
class TypedRecord:
    """Facts in order of day, with the splits of a benchmark.

    Attributes:
        subject: (fact,) actor ids, 0 to actors - 1.
        relation: (fact,) kinds of act, 0 to relations - 1.
        object: (fact,) actor ids.
        day: (fact,) days, not decreasing.
        actors: how many actors there are.
        relations: how many kinds of act there are.
        names: of the actors, or None.
        acts: names of the kinds of act.
        valid: first day of the validation part.
        test: first day of the test part.
    """

    subject: Ints
    relation: Ints
    object: Ints
    day: Ints
    actors: int
    relations: int
    names: tuple[str, ...] | None
    acts: tuple[str, ...]
    valid: int
    test: int

    @cached_property
    def moves(self) -> Moves:
        """Every fact from both sides."""
        known = np.concatenate([self.subject, self.object])
        other = np.concatenate([self.object, self.subject])
        act = np.concatenate([self.relation, self.relation + self.relations])
        day = np.concatenate([self.day, self.day])
        order = np.argsort(day, kind="stable")
        return Moves(known[order], act[order], other[order], day[order])


@dataclass(frozen=True)
class Moves:
    """Facts seen from both sides: (known actor, act) asks for the other actor.

    `act` below the number of relations asks for the object of the subject's act; `act` + that number for the subject.
    """

    known: Ints
    act: Ints
    other: Ints
    day: Ints

    @cached_property
    def days(self) -> Ints:
        """Days with moves, increasing."""
        return np.unique(self.day)

    def span(self, first: int, last: int) -> slice:
        """Return the moves of days `first` to `last`, both included."""
        return slice(int(np.searchsorted(self.day, first)), int(np.searchsorted(self.day, last, side="right")))
