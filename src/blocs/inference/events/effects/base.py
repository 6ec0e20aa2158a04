"""What an effect is: a statistic of senders, of receivers or of dyads, kept up to date as the state changes."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

Array = NDArray[np.float64]
Kind = Literal["sender", "receiver", "dyad"]
Function = Callable[[Array], Array]
Summary = Callable[[Array], float]

TRANSFORMS: dict[str, Function] = {
    "identity": lambda x: np.asarray(x, dtype=np.float64),
    "sqrt": np.sqrt,
    "log1p": np.log1p,
    "abs": np.abs,
    "sign": np.sign,
    "square": np.square,
}
SUMMARIES: dict[str, Summary] = {
    "mean": lambda x: float(np.mean(x)),
    "sum": lambda x: float(np.sum(x)),
    "max": lambda x: float(np.max(x)),
    "min": lambda x: float(np.min(x)),
    "median": lambda x: float(np.median(x)),
}


@dataclass(frozen=True)
class World:
    """What effects may read: views in the order of their networks, attributes of senders [n1] and receivers [n2]."""

    n1: int
    n2: int
    one_mode: bool
    sender: Mapping[str, Array]
    receiver: Mapping[str, Array]
    coded: frozenset[str]
    functions: Mapping[str, Callable[..., object]]


class Effect(abc.ABC):
    """Base of the effects. A subclass fills `stat` in `start` and keeps it current in `toggle`, `weigh` and `node`.

    `stat` is [n1], [n2] or [n1, n2] after `kind`. `dirty` is set when it changes; who reads it may clear it. An effect
    with `lazy` set is asked to `refresh` before it is read. The hooks do nothing here: an effect takes those it needs.
    """

    networks: ClassVar[int] = 0
    attributes: ClassVar[int] = 0
    words: ClassVar[int] = 0
    sides: ClassVar[tuple[Kind, ...]] = ("dyad",)
    options: ClassVar[frozenset[str]] = frozenset()
    one_mode_only: ClassVar[bool] = False

    def __init__(self, term: Term, world: World, views: tuple[TieView, ...], names: tuple[str, ...]) -> None:
        self.term = term
        self.world = world
        self.views = views
        self.names = names
        self.kind: Kind = self._kind()
        self.lazy = any(v.halflife is not None for v in views)
        self.dirty = True
        self.stat: Array = np.zeros(0)
        self.transform = _function(term, world)

    def _kind(self) -> Kind:
        return self.sides[0]

    @abc.abstractmethod
    def start(self) -> None:
        """Compute `stat` from the state as it stands."""

    def refresh(self) -> None:  # noqa: B027
        """Recompute `stat` before it is read, where `lazy`."""

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:  # noqa: B027
        """See `Listener.toggle`."""

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:  # noqa: B027
        """See `Listener.weigh`."""

    def rescale(self, view: TieView, factor: float) -> None:  # noqa: B027
        """See `Listener.rescale`."""

    def node(self, name: str, side: Kind, k: int) -> None:  # noqa: B027
        """Attribute `name` of sender or receiver `k` has just changed."""


def _function(term: Term, world: World) -> Function | None:
    if term.transform is None:
        return None
    named = world.functions.get(term.transform) or TRANSFORMS.get(term.transform)
    if named is None:
        raise bad_input("terms", term.text, f"unknown transform {term.transform}", ", ".join(sorted(TRANSFORMS)))
    return lambda x: np.asarray(named(x), dtype=np.float64)


def summary_of(term: Term, world: World) -> Summary:
    """Return the function that summarises the attribute of a set of actors; the mean, if the term names none."""
    word = term.summary or "mean"
    named = world.functions.get(word) or SUMMARIES.get(word)
    if named is None:
        raise bad_input("terms", term.text, f"unknown summary {word}", ", ".join(sorted(SUMMARIES)))
    return lambda x: float(np.asarray(named(x), dtype=np.float64))
