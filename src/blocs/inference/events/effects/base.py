"""What an effect is: a statistic of senders, of receivers or of dyads, kept up to date as the state changes."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import InputError, bad_input
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

Array = NDArray[np.float64]
Kind = Literal["sender", "receiver", "dyad"]
Function = Callable[[Array], Array]
Summary = Callable[[Array], float]
Joins = tuple[tuple[str, str], ...]

TRANSFORMS: dict[str, Function] = {
    "identity": np.positive,
    "sqrt": np.sqrt,
    "log1p": np.log1p,
    "abs": np.abs,
    "sign": np.sign,
    "square": np.square,
}
SUMMARIES: dict[str, Callable[..., object]] = {
    "mean": np.mean,
    "sum": np.sum,
    "max": np.max,
    "min": np.min,
    "median": np.median,
}


@dataclass(frozen=True)
class World:
    """What effects may read: attributes of senders [n1] and receivers [n2], a person's functions, the labels.

    `last` holds the sender and receiver of the last event, if there was one.
    """

    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    one_mode: bool
    directed: bool
    sender: Mapping[str, Array]
    receiver: Mapping[str, Array]
    words: Mapping[str, tuple[str, ...]]
    functions: Mapping[str, Callable[..., object]]
    last: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @property
    def n1(self) -> int:
        """Return how many senders there are."""
        return len(self.senders)

    @property
    def n2(self) -> int:
        """Return how many receivers there are."""
        return len(self.receivers)


class Effect(abc.ABC):
    """Base of the effects. A subclass fills `stat` in `start` and keeps it current in `toggle`, `weigh` and `node`.

    `stat` is [n1], [n2] or [n1, n2] after `kind`. `dirty` is set when it changes; who reads it may clear it. An effect
    with `lazy` set is asked to `refresh` before it is read. The hooks do nothing here: an effect takes those it needs.

    An effect that `moves` changes with time alone, smoothly: between changes `source` stands still, `age` turns it into
    the level at a time, and `at` gives the statistic some time after that. All three take any shape.

    `joins` says which nodes its networks join: S senders, R receivers, other letters any nodes, the same wherever they
    stand. In one mode S and R are the same.
    """

    networks: ClassVar[int] = 0
    attributes: ClassVar[int] = 0
    words: ClassVar[int] = 0
    sides: ClassVar[tuple[Kind, ...]] = ("dyad",)
    options: ClassVar[frozenset[str]] = frozenset()
    one_mode_only: ClassVar[bool] = False
    directed_only: ClassVar[bool] = False

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

    @classmethod
    def joins(cls, side: str | None) -> Joins:
        """Return the nodes that each network must join; `side` is the `type` of the term."""
        return (("S", "R"),) * cls.networks

    @property
    def moves(self) -> bool:
        """Return whether the statistic changes with time alone."""
        return self.lazy

    @property
    def scale(self) -> float:
        """Return the shortest span in which the statistic may change much by time alone."""
        spans = [v.halflife for v in self.views if v.halflife is not None]
        return min(spans, default=float("inf"))

    @property
    def source(self) -> Array:
        """Return what stands still between changes, of the shape of `stat`."""
        return self.stat

    def age(self, source: Array, time: float | Array) -> Array:
        """Return the level at `time` of a source read now."""
        return source * self.views[0].scale_at(time) if self.lazy else source

    def at(self, level: Array, elapsed: Array) -> Array:
        """Return the statistic `elapsed` after it had `level`."""
        halflife = self.views[0].halflife if self.lazy else None
        value = level if halflife is None else level * 0.5 ** (elapsed / halflife)
        return self.transform(value) if self.transform and self.lazy else value

    @abc.abstractmethod
    def start(self) -> None:
        """Compute `stat` from the state as it stands."""

    def refresh(self) -> None:  # noqa: B027
        """Recompute `stat` before it is read, where `lazy`."""

    def tick(self, time: float) -> None:  # noqa: B027
        """The clock of the replay has moved to `time`."""

    def toggle(self, view: TieView, i: int, j: int, sign: int) -> None:  # noqa: B027
        """See `Listener.toggle`."""

    def weigh(self, view: TieView, i: int, j: int, old: float, new: float) -> None:  # noqa: B027
        """See `Listener.weigh`."""

    def rescale(self, view: TieView, factor: float) -> None:
        """See `Listener.rescale`."""
        self.dirty = True

    def node(self, name: str, side: Kind, k: int) -> None:  # noqa: B027
        """Attribute `name` of sender or receiver `k` has just changed."""


def called(term: Term, name: str, function: Callable[..., object], *args: object) -> Any:
    """Return what a person's function gives; whatever it raises becomes one line that names it."""
    try:
        return function(*args)
    except InputError:
        raise
    except Exception as error:
        said = (str(error).splitlines() or [""])[0]
        raise bad_input("terms", term.text, f"{name} fails: {type(error).__name__} {said}".rstrip()) from error


@dataclass(frozen=True)
class _Turn:
    """A transform: a function of arrays that must give a number for each."""

    term: Term
    word: str
    function: Callable[..., object]

    def __call__(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            value = np.asarray(called(self.term, self.word, self.function, x), dtype=np.float64)
        if value.shape != np.shape(x):
            raise bad_input(
                "functions", self.word, f"turns shape {np.shape(x)} into {value.shape}", "a number for each"
            )
        return value


@dataclass(frozen=True)
class _Pool:
    """A summary: a function of an array that gives one number."""

    term: Term
    word: str
    function: Callable[..., object]

    def __call__(self, x: Array) -> float:
        return float(np.asarray(called(self.term, self.word, self.function, x), dtype=np.float64))


def _function(term: Term, world: World) -> Function | None:
    word = term.transform
    if word is None:
        return None
    named = world.functions.get(word) or TRANSFORMS.get(word)
    if named is None:
        raise bad_input("terms", term.text, f"unknown transform {word}", ", ".join(sorted(TRANSFORMS)))
    if not callable(named):
        raise bad_input("functions", word, f"is {named!r}", "a function")
    return _Turn(term, word, named)


def summary_of(term: Term, world: World) -> Summary:
    """Return the function that summarises the attribute of a set of actors; the mean, if the term names none."""
    word = term.summary or "mean"
    named = world.functions.get(word) or SUMMARIES.get(word)
    if named is None:
        raise bad_input("terms", term.text, f"unknown summary {word}", ", ".join(sorted(SUMMARIES)))
    return _Pool(term, word, named)
