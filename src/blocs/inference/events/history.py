"""The record that an event model is fitted to, as arrays: who could act, what happened, what changed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events import columns as col
from blocs.inference.events.columns import Floats, Ints

Side = Literal["sender", "receiver"]


@dataclass(frozen=True)
class Ties:
    """A network to which terms refer: its state at the start and how it changed.

    Args:
        changes: columns time, sender, receiver and either `replace` (the new weight) or `increment` (default 1).
        initial: the state before all changes: a matrix [rows, columns] in the order of the actors, or a table with
            sender, receiver and optionally weight.
        directed: if false, each change holds in both directions.
        columns: "actors" or "receivers": whom the ties point to, in two-mode data; guessed from the names, if None.
    """

    changes: pl.DataFrame | None = None
    initial: ArrayLike | pl.DataFrame | None = None
    directed: bool = True
    columns: Literal["actors", "receivers"] | None = None


@dataclass(frozen=True)
class Network:
    """`Ties` as arrays: `initial` [rows, columns]; changes time, i, j, value [M], `replace` tells how to read value."""

    initial: Floats
    time: Floats
    i: Ints
    j: Ints
    value: Floats
    replace: bool
    directed: bool
    square: bool


@dataclass(frozen=True)
class NodeChange:
    """Changes of one attribute (or of presence) of senders or receivers: time, node, value [M]; NaN asks for a mean."""

    name: str
    side: Side
    time: Floats
    node: Ints
    value: Floats


@dataclass(frozen=True)
class History:
    """All an event model needs; `time`, `sender`, `receiver` have shape [E], presence [n1] and [n2]."""

    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    one_mode: bool
    directed: bool
    time: Floats
    sender: Ints
    receiver: Ints
    default: str
    networks: Mapping[str, Network]
    builds: bool
    increment: Floats
    sender_values: Mapping[str, Floats]
    receiver_values: Mapping[str, Floats]
    words: Mapping[str, tuple[str, ...]]
    changes: tuple[NodeChange, ...]
    present_senders: NDArray[np.bool_]
    present_receivers: NDArray[np.bool_]
    opportunities: tuple[Ints, ...] | None
    notes: tuple[str, ...] = field(default=())

    @property
    def n1(self) -> int:
        """Return how many senders there are."""
        return len(self.senders)

    @property
    def n2(self) -> int:
        """Return how many receivers there are."""
        return len(self.receivers)


def read_history(
    events: pl.DataFrame,
    actors: pl.DataFrame,
    receivers: pl.DataFrame | None = None,
    networks: Mapping[str, pl.DataFrame | Ties] | None = None,
    changes: Mapping[str, pl.DataFrame] | None = None,
    receiver_changes: Mapping[str, pl.DataFrame] | None = None,
    opportunities: Sequence[Sequence[str]] | None = None,
    name: str = "calls",
    directed: bool = True,
) -> History:
    """Check the tables a person gave and turn them into a `History` (see `dynam` for the arguments).

    Raises:
        InputError: a missing column, an unknown actor, a self loop, rows out of order, a number that is not finite.
    """
    one_mode = receivers is None
    targets = actors if receivers is None else receivers
    rows = {label: k for k, label in enumerate(col.labels(actors, "actors"))}
    cols = rows if one_mode else {label: k for k, label in enumerate(col.labels(targets, "receivers"))}
    time, i, j, increment, replaces = _tie_rows(events, "events", rows, cols, square=one_mode)
    if replaces:
        raise bad_input("events", "replace", "is for networks", "increment, or no such column")
    if time.size == 0:
        raise bad_input("events", "time", "no events", "at least one row")
    read, builds = _networks(networks, name, rows, cols, one_mode, directed)
    sender_values, words, filled = _attributes(actors, "actors")
    receiver_values, other, more = (sender_values, words, {}) if one_mode else _attributes(targets, "receivers")
    if not one_mode:
        sender_values, receiver_values, words = _align(sender_values, words, receiver_values, other)
    notes = [f"{k}: {n} missing values became the mean" for k, n in {**filled, **more}.items() if n]
    changed = _changes(changes, "sender", rows, sender_values, words)
    if one_mode and receiver_changes:
        raise bad_input("receiver_changes", "receiver_changes", "there is one set of actors", "changes")
    changed += _changes(receiver_changes, "receiver", cols, receiver_values, words)
    present = _present(actors, "actors")
    return History(
        senders=tuple(rows),
        receivers=tuple(cols),
        one_mode=one_mode,
        directed=directed,
        time=time,
        sender=i,
        receiver=j,
        default=name,
        networks=read,
        builds=builds,
        increment=increment,
        sender_values=sender_values,
        receiver_values=receiver_values,
        words=words,
        changes=changed,
        present_senders=present,
        present_receivers=present if one_mode else _present(targets, "receivers"),
        opportunities=_opportunities(opportunities, cols, j),
        notes=tuple(notes),
    )


def _networks(
    networks: Mapping[str, pl.DataFrame | Ties] | None,
    name: str,
    rows: Mapping[str, int],
    cols: Mapping[str, int],
    one_mode: bool,
    directed: bool,
) -> tuple[dict[str, Network], bool]:
    """Return the networks, that of the events among them, and whether the events build it themselves."""
    given = {k: v if isinstance(v, Ties) else Ties(v) for k, v in (networks or {}).items()}
    read = {k: _network(k, v, rows, cols, one_mode) for k, v in given.items()}
    if name in read:
        return read, False
    none, nobody = np.zeros(0), np.zeros(0, dtype=np.intp)
    empty = np.zeros((len(rows), len(cols)))
    read[name] = Network(empty, none, nobody, nobody, none, False, directed, one_mode)
    return read, True


def _tie_rows(
    frame: pl.DataFrame, where: str, rows: Mapping[str, int], cols: Mapping[str, int], square: bool
) -> tuple[Floats, Ints, Ints, Floats, bool]:
    time = col.times(frame, where)
    i = col.nodes(frame, where, "sender", rows)
    j = col.nodes(frame, where, "receiver", cols)
    loops = np.flatnonzero(i == j) if square else np.zeros(0, dtype=np.intp)
    if loops.size:
        row = int(loops[0])
        raise col.fault(where, row, "receiver", f"{frame['receiver'][row]} sends to itself", "two different actors")
    replace = "replace" in frame.columns
    if replace and "increment" in frame.columns:
        raise bad_input(where, "replace", "stands beside increment", "one of the two columns")
    key = "replace" if replace else "increment"
    value = col.finite(frame[key], where, key) if key in frame.columns else np.ones(time.size)
    return time, i, j, value, replace


def _network(name: str, ties: Ties, rows: Mapping[str, int], cols: Mapping[str, int], one_mode: bool) -> Network:
    square = one_mode or _points_to_actors(ties, rows, cols)
    to = rows if square else cols
    initial = _initial(name, ties.initial, rows, to, ties.directed)
    if ties.changes is None:
        none = np.zeros(0)
        return Network(initial, none, none.astype(np.intp), none.astype(np.intp), none, True, ties.directed, square)
    time, i, j, value, replace = _tie_rows(ties.changes, name, rows, to, square)
    if not ties.directed and not square:
        raise bad_input(name, "directed", "is false for ties to other nodes", "True")
    return Network(initial, time, i, j, value, replace, ties.directed, square)


def _points_to_actors(ties: Ties, rows: Mapping[str, int], cols: Mapping[str, int]) -> bool:
    if ties.columns is not None:
        return ties.columns == "actors"
    frame = ties.changes if ties.changes is not None else ties.initial
    if isinstance(frame, pl.DataFrame) and "receiver" in frame.columns:
        seen = set(frame["receiver"].cast(pl.String).to_list())
        return bool(seen) and seen <= rows.keys() and not seen <= cols.keys()
    shape = np.shape(frame) if frame is not None else ()
    return shape == (len(rows), len(rows)) and len(rows) != len(cols)


def _initial(
    name: str, given: ArrayLike | pl.DataFrame | None, rows: Mapping[str, int], cols: Mapping[str, int], directed: bool
) -> Floats:
    matrix = np.zeros((len(rows), len(cols)))
    if given is None:
        return matrix
    if isinstance(given, pl.DataFrame):
        i, j = col.nodes(given, name, "sender", rows), col.nodes(given, name, "receiver", cols)
        weight = col.finite(given["weight"], name, "weight") if "weight" in given.columns else np.ones(i.size)
        matrix[i, j] = weight
        if not directed:
            matrix[j, i] = weight
    else:
        matrix = np.array(given, dtype=np.float64)
        if matrix.shape != (len(rows), len(cols)):
            raise bad_input(name, "initial", f"has shape {matrix.shape}", f"({len(rows)}, {len(cols)})")
    if not np.isfinite(matrix).all():
        raise bad_input(name, "initial", "holds a number that is not finite", "weights")
    if cols is rows and np.diag(matrix).any():
        raise bad_input(name, "initial", "an actor has a tie to itself", "zeros on the diagonal")
    if not directed and not np.array_equal(matrix, matrix.T):
        raise bad_input(name, "initial", "is not symmetric", "a symmetric matrix, as the network is undirected")
    return matrix


def _attributes(
    frame: pl.DataFrame, where: str
) -> tuple[dict[str, Floats], dict[str, tuple[str, ...]], dict[str, int]]:
    values: dict[str, Floats] = {}
    words: dict[str, tuple[str, ...]] = {}
    filled: dict[str, int] = {}
    for name in frame.columns:
        if name in ("label", "present"):
            continue
        values[name], known, filled[name] = col.attribute(frame, where, name)
        if known is not None:
            words[name] = known
    return values, words, filled


def _align(
    senders: dict[str, Floats],
    words: dict[str, tuple[str, ...]],
    receivers: dict[str, Floats],
    other: dict[str, tuple[str, ...]],
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, tuple[str, ...]]]:
    """Give words of the same attribute the same code on both sides."""
    every = dict(words)
    for name, known in other.items():
        every[name] = tuple(dict.fromkeys((*words.get(name, ()), *known)))
        codes = np.array([every[name].index(word) for word in known], dtype=np.float64)
        receivers[name] = codes[receivers[name].astype(int)]
    return senders, receivers, every


def _changes(
    given: Mapping[str, pl.DataFrame] | None,
    side: Side,
    index: Mapping[str, int],
    values: Mapping[str, Floats],
    words: Mapping[str, tuple[str, ...]],
) -> tuple[NodeChange, ...]:
    result: list[NodeChange] = []
    for name, frame in (given or {}).items():
        where = f"changes of {name}"
        col.need(frame, where, "time", "node", "replace")
        if name != "present" and name not in values:
            raise bad_input(where, name, "no such attribute", ", ".join([*values, "present"]))
        time, node = col.times(frame, where), col.nodes(frame, where, "node", index)
        column = frame["replace"]
        if name in words:
            wrong = ~column.cast(pl.String).is_in(list(words[name]))
            if wrong.fill_null(True).any():
                row = int(wrong.fill_null(True).arg_max() or 0)
                raise col.fault(where, row, "replace", f"{column[row]} is unknown", ", ".join(words[name]))
            value = np.array([words[name].index(w) for w in column.cast(pl.String)], dtype=np.float64)
        elif name == "present":
            value = col.finite(column, where, "replace")
        else:
            gaps = column.is_null().to_numpy()
            value = np.where(gaps, np.nan, col.finite(column.fill_null(0), where, "replace"))
        result.append(NodeChange(name, side, time, node, value))
    return tuple(result)


def _present(frame: pl.DataFrame, where: str) -> NDArray[np.bool_]:
    if "present" not in frame.columns:
        return np.ones(frame.height, dtype=bool)
    return col.finite(frame["present"], where, "present") > 0


def _opportunities(
    given: Sequence[Sequence[str]] | None, cols: Mapping[str, int], chosen: Ints
) -> tuple[Ints, ...] | None:
    if given is None:
        return None
    if len(given) != chosen.size:
        raise bad_input("opportunities", "opportunities", f"{len(given)} sets", f"{chosen.size}, one for each event")
    result: list[Ints] = []
    for k, labels in enumerate(given):
        unknown = [x for x in labels if x not in cols]
        if unknown:
            raise col.fault("opportunities", k, "receiver", f"{unknown[0]} is unknown", "a label of the receivers")
        result.append(np.array(sorted({cols[x] for x in labels}), dtype=np.intp))
        if int(chosen[k]) not in result[-1]:
            raise col.fault("opportunities", k, "receiver", "the chosen receiver is not in the set", "a set with it")
    return tuple(result)
