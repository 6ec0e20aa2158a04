"""A statistic of a person's own: a Python function of the state, for what the catalogue does not have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from blocs.ground.errors import bad_input
from blocs.inference.events.effects.base import Array, Effect, Kind, called


@dataclass(frozen=True)
class Snapshot:
    """The state just before a time, as a function given in `functions` sees it; it must change nothing.

    `networks` holds the weights [rows, columns] of the networks that the term names, faded and windowed as it says;
    `sender` and `receiver` the attributes it names ([n1], [n2]); `last` the places of the last act, if there was one.
    """

    time: float
    networks: Mapping[str, Array]
    sender: Mapping[str, Array]
    receiver: Mapping[str, Array]
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    last: tuple[int, int] | None


class Custom(Effect):
    """`custom(function, names)`: a statistic of your own, by a function given in `functions` (or `function(names)`).

    The function takes a `Snapshot` with the networks and attributes named after it, and returns numbers for pairs
    [senders, receivers], or for one side ([receivers]; `type="ego"`: [senders]). It is called before each event and
    change, so a slow function makes a slow fit. In exact time it should stand still between changes; what moves with
    time alone is held in the middle of the pieces that `grid` cuts.
    Options: window, halflife, transform, ignore_rep, type. Source: Meijerink-Bosman et al. 2022 (userStat).
    """

    sides = ("receiver", "sender", "dyad")
    options = frozenset({"window", "halflife", "transform", "ignore_rep", "type"})

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.function: Any = None
        self.networks_named: tuple[str, ...] = ()
        self.now = 0.0

    def bind(self, function: object, networks: tuple[str, ...]) -> None:
        """Take the function and the names of the networks, in the order of `views`."""
        if not callable(function):
            raise bad_input("functions", self.term.text, f"is {function!r}", "a function")
        self.function, self.networks_named = function, networks

    @property
    def moves(self) -> bool:
        """Return whether the statistic changes with time alone: what it does is not known, so it is held."""
        return False

    def start(self) -> None:
        """Compute `stat` from the state."""
        self.lazy = True
        value = self._value()
        wanted: dict[tuple[int, ...], Kind] = {(self.world.n1, self.world.n2): "dyad", (self.world.n2,): "receiver"}
        if self.term.type == "ego" or (self.world.n1,) not in wanted:
            wanted[(self.world.n1,)] = "sender"
        if value.shape not in wanted:
            raise bad_input("functions", self.term.text, f"gives shape {value.shape}", " or ".join(map(str, wanted)))
        self.kind = wanted[value.shape]
        self.stat = value

    def tick(self, time: float) -> None:
        """Move to `time`."""
        self.now = time

    def refresh(self) -> None:
        """Recompute `stat`."""
        value = self._value()
        if value.shape != self.stat.shape:
            raise bad_input("functions", self.term.text, f"gives shape {value.shape}", str(self.stat.shape))
        if not np.array_equal(value, self.stat):
            self.stat = value
            self.dirty = True

    def _value(self) -> Array:
        views = zip(self.networks_named, self.views, strict=True)
        world = self.world
        snapshot = Snapshot(
            time=self.now,
            networks={name: view.weight * view.scale for name, view in views},
            sender={k: world.sender[k].copy() for k in self.names if k in world.sender},
            receiver={k: world.receiver[k].copy() for k in self.names if k in world.receiver},
            senders=world.senders,
            receivers=world.receivers,
            last=world.last[-1] if world.last else None,
        )
        value = np.asarray(called(self.term, "the function", self.function, snapshot), dtype=np.float64)
        return self.transform(value) if self.transform else value
