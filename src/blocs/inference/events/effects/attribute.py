"""Effects of what actors are: `ego`, `alter`, `both`, `same`, `diff`, `sim`, `egoAlterInt` and who they are: `fixed`."""

from __future__ import annotations

import abc

import numpy as np

from blocs.ground.errors import bad_input
from blocs.inference.events.effects.base import Array, Effect, Kind


class _Attribute(Effect):
    attributes = 1
    numeric = True

    def start(self) -> None:
        """Compute `stat` from the state."""
        for name in self.names:
            if self.numeric and name in self.world.words:
                raise bad_input("terms", self.term.text, f"{name} is not a number", "a numeric attribute, or same()")
        self._compute()

    @abc.abstractmethod
    def _compute(self) -> None: ...


class Ego(_Attribute):
    """`ego(attribute)`: the sender's value `z_i`. In rate models and tie-oriented models, and in products.

    Options: transform. Source: Stadtfeld & Block 2017.
    """

    sides = ("sender",)
    options = frozenset({"transform"})

    def _compute(self) -> None:
        z = self.world.sender[self.names[0]]
        self.stat = self.transform(z) if self.transform else z

    def node(self, name: str, side: Kind, k: int) -> None:
        """Follow a changed attribute."""
        if side == "sender" and name == self.names[0]:
            self._compute()
            self.dirty = True


class Alter(_Attribute):
    """`alter(attribute)`: the receiver's value `z_j`.

    Options: transform. Source: Stadtfeld & Block 2017.
    """

    sides = ("receiver",)
    options = frozenset({"transform"})

    def _compute(self) -> None:
        z = self.world.receiver[self.names[0]]
        self.stat = self.transform(z) if self.transform else z

    def node(self, name: str, side: Kind, k: int) -> None:
        """Follow a changed attribute."""
        if side == "receiver" and name == self.names[0]:
            self._compute()
            self.dirty = True


class _Pair(_Attribute):
    """Shared by the effects that compare the sender's value with the receiver's."""

    options = frozenset({"transform"})

    def _compute(self) -> None:
        self.stat = self._compare(self.world.sender[self.names[0]][:, None], self.world.receiver[self.names[-1]][None])

    @abc.abstractmethod
    def _compare(self, z: Array, y: Array) -> Array: ...

    def node(self, name: str, side: Kind, k: int) -> None:
        """Follow a changed attribute."""
        z, y = self.world.sender[self.names[0]], self.world.receiver[self.names[-1]]
        if side == "sender" and name == self.names[0]:
            self.stat[k] = self._compare(z[k : k + 1], y)
            self.dirty = True
        if side == "receiver" and name == self.names[-1]:
            self.stat[:, k] = self._compare(z, y[k : k + 1])
            self.dirty = True


class Same(_Pair):
    """`same(attribute)`: do sender and receiver have the same value: `I(z_i = z_j)`; words are allowed.

    Source: Stadtfeld & Block 2017.
    """

    numeric = False
    options = frozenset[str]()

    def _compare(self, z: Array, y: Array) -> Array:
        return (z == y).astype(np.float64)


class Diff(_Pair):
    """`diff(attribute)`: how far apart sender and receiver are: `|z_i - z_j|`, or `transform(z_i - z_j)`.

    With `absolute=False` the difference keeps its sign. Options: transform (default abs), absolute.
    Source: Stadtfeld & Block 2017.
    """

    options = frozenset({"transform", "absolute"})

    def _compare(self, z: Array, y: Array) -> Array:
        if self.transform:
            return self.transform(z - y)
        return np.abs(z - y) if self.term.absolute else z - y


class Sim(_Pair):
    """`sim(attribute)`: how near sender and receiver are: `-|z_i - z_j|`, or `-transform(z_i - z_j)`.

    Options: transform (default abs). Source: Stadtfeld & Block 2017.
    """

    def _compare(self, z: Array, y: Array) -> Array:
        return -(self.transform(z - y) if self.transform else np.abs(z - y))


class EgoAlterInt(_Pair):
    """`egoAlterInt(attribute, attribute)`: the sender's first value times the receiver's second, `z_i y_j`.

    With one attribute both are the same. Options: transform (of the product). Source: Stadtfeld & Block 2017.
    """

    attributes = 2

    def _compare(self, z: Array, y: Array) -> Array:
        return self.transform(z * y) if self.transform else z * y


class Both(_Pair):
    """`both(attribute)`: the sum of the values of sender and receiver, `z_i + z_j` (relevent CovInt).

    Options: transform (of the sum). Source: Butts 2008.
    """

    def _compare(self, z: Array, y: Array) -> Array:
        return self.transform(z + y) if self.transform else z + y


class Average(_Pair):
    """`average(attribute)`: the mean of the values of sender and receiver. Source: Meijerink-Bosman et al. 2022."""

    options = frozenset[str]()

    def _compare(self, z: Array, y: Array) -> Array:
        return (z + y) / 2.0


class Minimum(_Pair):
    """`minimum(attribute)`: the smaller of the values of sender and receiver. Source: Meijerink-Bosman et al. 2022."""

    options = frozenset[str]()

    def _compare(self, z: Array, y: Array) -> Array:
        return np.minimum(z, y)


class Maximum(_Pair):
    """`maximum(attribute)`: the larger of the values of sender and receiver. Source: Meijerink-Bosman et al. 2022."""

    options = frozenset[str]()

    def _compare(self, z: Array, y: Array) -> Array:
        return np.maximum(z, y)


class Fixed(Effect):
    """`fixed(actor)`: is the receiver (`type="alter"`), the sender (`type="ego"`) or either (`type="both"`) this actor.

    Without an actor a term for each but the first, as FESnd, FERec and FEInt of relevent. Options: type.
    Source: Butts 2008.
    """

    words = 1
    sides = ("receiver", "sender", "dyad")
    options = frozenset({"type"})

    def _kind(self) -> Kind:
        sides: dict[str | None, Kind] = {"ego": "sender", "both": "dyad"}
        return sides.get(self.term.type, "receiver")

    def start(self) -> None:
        """Compute `stat` from the state."""
        label = self.names[0]
        ego, alter = (np.array([x == label for x in who], float) for who in (self.world.senders, self.world.receivers))
        if not ego.any() and not alter.any():
            raise bad_input("terms", self.term.text, f"unknown actor {label}", ", ".join(self.world.senders[:5]))
        both = ego[:, None] + alter[None, :]
        self.stat = {"sender": ego, "receiver": alter, "dyad": both}[self.kind]
