"""The record that an event model is fitted to, as arrays: who could act, what happened, what changed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events import columns as col
from blocs.inference.events.attributes import Attributes, NodeChange, align, read_attributes, read_changes
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.risk import RiskSet, read_opportunities, read_risk
from blocs.inference.events.tables import Table, table
from blocs.inference.events.ties import Network, Ties, event_rows, read_network, tie_rows

__all__ = ["History", "Network", "NodeChange", "Ties", "read_history"]

Who = Literal["receiver", "sender", "actor"]


@dataclass(frozen=True)
class History:
    """All an event model needs; `time`, `sender`, `receiver`, `increment`, `kinds` have shape [E], presence [n1], [n2].

    `own` names the networks that modelled events build and, of those of one type of events, the place of that type in
    `types`. With `puts` an event sets the weight of its tie instead of adding to it.
    """

    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    one_mode: bool
    directed: bool
    clock: pl.DataType
    time: Floats
    sender: Ints
    receiver: Ints
    increment: Floats
    kinds: Ints
    types: tuple[str, ...]
    default: str
    networks: Mapping[str, Network]
    own: Mapping[str, int | None]
    sender_values: Mapping[str, Floats]
    receiver_values: Mapping[str, Floats]
    attributes: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    changes: tuple[NodeChange, ...]
    present_senders: NDArray[np.bool_]
    present_receivers: NDArray[np.bool_]
    opportunities: tuple[Ints, ...] | None
    opportunities_of: Who
    risk: RiskSet | None
    puts: bool = False
    notes: tuple[str, ...] = field(default=())

    @property
    def n1(self) -> int:
        """Return how many senders there are."""
        return len(self.senders)

    @property
    def n2(self) -> int:
        """Return how many receivers there are."""
        return len(self.receivers)

    @property
    def builds(self) -> bool:
        """Return whether the events build the network that carries their name."""
        return self.default in self.own

    def freed(self) -> History:
        """Return the record with the events taken out of the table of their network, so that others can be put in.

        Raises:
            InputError: that table does not hold the events.
        """
        if self.builds:
            return self
        net = self.networks[self.default]
        rows, missing = event_rows(net, self.time, self.sender, self.receiver)
        if missing:
            raise bad_input(
                "simulate",
                self.default,
                f"is a table that lacks {missing} of {self.time.size} events, so simulated ones cannot take their place",
                "Ties(..., events='add') with foreign changes alone",
            )
        keep = np.setdiff1d(np.arange(net.time.size), rows)
        parts = {k: getattr(net, k)[keep] for k in ("time", "i", "j", "value")}
        own = {**self.own, self.default: None}
        networks = {**self.networks, self.default: _floored(replace(net, **parts))}
        return replace(self, networks=networks, own=own, puts=net.replace)


def _floored(net: Network) -> Network:
    """Let foreign decrements stop at 0 where the network starts with no weight below it."""
    falls = not net.replace and bool((net.value < 0).any())
    return replace(net, floor=falls and not (net.initial < 0).any())


class Acts(NamedTuple):
    """Events as arrays [E]: time, sender, receiver, increment and the place of their type."""

    time: Floats
    sender: Ints
    receiver: Ints
    increment: Floats
    kinds: Ints

    def only(self, where: NDArray[np.bool_]) -> Acts:
        """Return some of the events."""
        return Acts(
            self.time[where], self.sender[where], self.receiver[where], self.increment[where], self.kinds[where]
        )


class _People(NamedTuple):
    rows: Mapping[str, int]
    cols: Mapping[str, int]
    senders: Attributes
    receivers: Attributes
    here_senders: NDArray[np.bool_]
    here_receivers: NDArray[np.bool_]


def read_history(
    events: Table,
    actors: Table,
    receivers: Table | None = None,
    networks: Mapping[str, Table | Ties] | None = None,
    changes: Mapping[str, Table] | None = None,
    receiver_changes: Mapping[str, Table] | None = None,
    opportunities: Sequence[Sequence[str]] | None = None,
    name: str = "calls",
    directed: bool = True,
    *,
    used: frozenset[str] | None = None,
    opportunities_of: Who = "receiver",
    riskset: object = None,
    event_type: str | None = None,
) -> History:
    """Check the tables a person gave and turn them into a `History` (see `dynam` for the arguments).

    `used` are the names that terms read: other columns of the actors do not matter. None reads all.

    Raises:
        InputError: a missing column, an unknown actor, a self loop, rows out of order, a number that is not finite.
    """
    moves, other_moves = _mapping(changes, "changes"), _mapping(receiver_changes, "receiver_changes")
    if receivers is None and other_moves:
        raise bad_input("receiver_changes", "receiver_changes", "there is one set of actors", "changes")
    people = _people(actors, receivers, used, moves, other_moves)
    rows, cols = people.rows, people.cols
    frame = table(events, "events")
    every, types, modelled = _events(frame, rows, cols, event_type)
    clock = frame["time"].dtype
    given = _mapping(networks, "networks")
    read, own, notes = _networks(given, name, rows, cols, directed, clock, every)
    read, own = _typed(read, own, name, every, types, modelled, directed)
    acts = every.only(modelled)
    filled = {**people.senders.filled, **people.receivers.filled}
    notes += [f"{k}: {n} missing values became the mean" for k, n in filled.items() if n]
    return History(
        senders=tuple(rows),
        receivers=tuple(cols),
        one_mode=rows is cols,
        directed=directed,
        clock=clock,
        **acts._asdict(),
        types=types,
        default=name,
        networks=read,
        own=own,
        **_values(people, moves, other_moves, clock),
        opportunities=_open_to(opportunities, opportunities_of, people, acts),
        opportunities_of=opportunities_of,
        risk=read_risk(riskset, rows, cols, (acts.sender, acts.receiver), directed, clock),
        notes=tuple(notes),
    )


def _values(
    people: _People, moves: Mapping[str, object], other_moves: Mapping[str, object], clock: pl.DataType
) -> dict[str, Any]:
    """Return the fields of a history that tell of attributes and presence."""
    senders, targets = people.senders, people.receivers
    words = senders.words if people.rows is people.cols else align(senders, targets)
    changes = read_changes(moves, "sender", people.rows, senders.numbers, words, clock)
    changes += read_changes(other_moves, "receiver", people.cols, targets.numbers, words, clock)
    return {
        "sender_values": senders.numbers,
        "receiver_values": targets.numbers,
        "attributes": tuple(dict.fromkeys((*senders.known, *targets.known))),
        "words": words,
        "changes": changes,
        "present_senders": people.here_senders,
        "present_receivers": people.here_receivers,
    }


def _open_to(given: Sequence[Sequence[str]] | None, of: Who, people: _People, acts: Acts) -> tuple[Ints, ...] | None:
    taken = {"receiver": (acts.receiver,), "sender": (acts.sender,), "actor": (acts.sender, acts.receiver)}
    return read_opportunities(given, people.rows if of == "sender" else people.cols, taken[of], of)


def _people(
    actors: Table, receivers: Table | None, used: frozenset[str] | None, moves: object, other_moves: object
) -> _People:
    frame = table(actors, "actors")
    rows = {label: k for k, label in enumerate(col.labels(frame, "actors"))}
    values, present = read_attributes(frame, "actors", used, moves), _present(frame, "actors")
    if receivers is None:
        return _People(rows, rows, values, values, present, present)
    other = table(receivers, "receivers")
    cols = {label: k for k, label in enumerate(col.labels(other, "receivers"))}
    return _People(
        rows,
        cols,
        values,
        read_attributes(other, "receivers", used, other_moves),
        present,
        _present(other, "receivers"),
    )


def _events(
    frame: pl.DataFrame, rows: Mapping[str, int], cols: Mapping[str, int], event_type: str | None
) -> tuple[Acts, tuple[str, ...], NDArray[np.bool_]]:
    """Return all events, their types, and which of them are modelled."""
    col.need(frame, "events", "time", "sender", "receiver")
    if frame.height == 0:
        raise bad_input("events", "time", "no events", "at least one row")
    time, i, j, increment, replaces = tie_rows(frame, "events", rows, cols, rows is cols, None)
    if replaces:
        raise bad_input("events", "replace", "is for networks", "increment, or no such column")
    kinds, types, modelled = _types(frame, event_type)
    return Acts(time, i, j, increment, kinds), types, modelled


def _mapping(given: object, where: str) -> Mapping[str, object]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(k, str) for k in given):
        raise bad_input(where, where, f"is a {type(given).__name__}", "a dict from names to tables")
    return given


def _networks(
    given: Mapping[str, object],
    name: str,
    rows: Mapping[str, int],
    cols: Mapping[str, int],
    directed: bool,
    kind: pl.DataType,
    events: Acts,
) -> tuple[dict[str, Network], dict[str, int | None], list[str]]:
    """Return the networks, that of the events among them, those the events build, and notes."""
    read = {k: read_network(k, v, rows, cols, kind) for k, v in given.items()}
    if name not in read:
        return {**read, name: Network.empty(rows, cols, directed)}, {name: None}, []
    ties, net = given[name], read[name]
    if net.initial.shape != (len(rows), len(cols)):
        raise bad_input(name, "rows", "does not join the senders to the receivers", "the network of the events")
    mode = ties.events if isinstance(ties, Ties) else None
    if mode == "add" or (mode is None and not net.time.size):
        if not directed and net.directed:
            raise bad_input(name, "directed", "is true and the events have no direction", "Ties(..., directed=False)")
        said = f"{name}: starts with {int((net.initial != 0).sum())} ties, {net.time.size} foreign changes"
        return {**read, name: _floored(net)}, {name: None}, [f"{said}; the events add to it"]
    missing = event_rows(net, events.time, events.sender, events.receiver)[1]
    if mode is None and missing == events.time.size:
        raise bad_input(
            name,
            "events",
            "is a table of changes that holds none of the events",
            "Ties(..., events='add') if they add to it, 'apart' if not",
        )
    said = f"{name}: the table stands for the network of the events, which do not change it"
    return read, {}, [said + (f"; it lacks {missing} of them" if missing else "")]


def _types(frame: pl.DataFrame, wanted: str | None) -> tuple[Ints, tuple[str, ...], NDArray[np.bool_]]:
    """Return the type of each event, the types, and which events are modelled."""
    every = np.ones(frame.height, dtype=bool)
    if wanted is None and "type" not in frame.columns:
        return np.zeros(frame.height, dtype=np.intp), (), every
    col.need(frame, "events", "type")
    column = frame["type"].cast(pl.String, strict=False)
    if column.null_count() and wanted is None:
        return np.zeros(frame.height, dtype=np.intp), (), every
    if column.null_count():
        raise col.fault("events", int(column.is_null().arg_max() or 0), "type", "is empty", "a type of event")
    types = tuple(column.unique().sort().to_list())
    codes = column.replace_strict(types, range(len(types)), return_dtype=pl.Int64).to_numpy().astype(np.intp)
    if wanted is None:
        return codes, types, every
    if wanted not in types:
        raise bad_input("events", "event_type", f"no event is a {wanted!r}", ", ".join(types))
    return codes, types, codes == types.index(wanted)


def _typed(
    read: dict[str, Network],
    own: dict[str, int | None],
    name: str,
    events: Acts,
    types: tuple[str, ...],
    modelled: NDArray[np.bool_],
    directed: bool,
) -> tuple[dict[str, Network], dict[str, int | None]]:
    """Add a network for each type of events (`calls.threat`); events that are not modelled are foreign changes."""
    for k, label in enumerate(types):
        typed, rest = f"{name}.{label}", events.only(~modelled & (events.kinds == k))
        if typed in read:
            continue
        empty = replace(read[name], initial=np.zeros_like(read[name].initial), directed=directed, floor=False)
        read[typed] = _with_changes(empty, rest)
        if (modelled & (events.kinds == k)).any():
            own = {**own, typed: k}
    if name in own and not modelled.all():
        if read[name].time.size:
            raise bad_input(name, "events", "has foreign changes beside events of other types", "one of them")
        read[name] = _with_changes(read[name], events.only(~modelled))
    return read, own


def _with_changes(net: Network, acts: Acts) -> Network:
    return replace(net, time=acts.time, i=acts.sender, j=acts.receiver, value=acts.increment, replace=False)


def _present(frame: pl.DataFrame, where: str) -> NDArray[np.bool_]:
    if "present" not in frame.columns:
        return np.ones(frame.height, dtype=bool)
    return col.finite(frame["present"], where, "present") > 0
