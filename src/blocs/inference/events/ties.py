"""Networks as a person gives them (`Ties`) and as arrays (`Network`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from blocs.ground.errors import bad_input
from blocs.inference.events import columns as col
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.tables import Table, is_table, table

Nodes = Sequence[str] | Table


@dataclass(frozen=True)
class Ties:
    """A network to which terms refer: its state at the start and how it changed.

    Args:
        changes: columns time, sender, receiver and either `replace` (the new weight) or `increment` (default 1).
        initial: the state before all changes: a matrix [rows, columns] in the order of the actors, or a table with
            sender, receiver and optionally weight.
        directed: if false, each change holds in both directions.
        columns: whom the ties point to: "actors", "receivers", or the labels of other nodes such as clubs. Guessed, if
            None; where no receiver of the ties is known, they are other nodes.
        rows: whom the ties come from: the actors, if None, or the labels of other nodes.
        events: of the network of the modelled events only: "add" if they add to it, so that `changes` are foreign
            changes; "apart" if `changes` already hold them. Without it, a network without changes is added to and one
            with changes is taken as whole.
    """

    changes: Table | None = None
    initial: ArrayLike | Table | None = None
    directed: bool = True
    columns: Literal["actors", "receivers"] | Nodes | None = None
    rows: Nodes | None = None
    events: Literal["add", "apart"] | None = None


@dataclass(frozen=True)
class Network:
    """`Ties` as arrays: `initial` [rows, columns]; changes time, i, j, value [M], `replace` tells how to read value.

    `rows` and `cols` are the labels of the nodes. `floor` says that a foreign change takes no weight below 0.
    """

    initial: Floats
    time: Floats
    i: Ints
    j: Ints
    value: Floats
    replace: bool
    directed: bool
    rows: tuple[str, ...]
    cols: tuple[str, ...]
    floor: bool = False

    @classmethod
    def empty(cls, rows: Mapping[str, int], cols: Mapping[str, int], directed: bool) -> Network:
        """Return a network without ties."""
        none, nobody = np.zeros(0), np.zeros(0, dtype=np.intp)
        start = np.zeros((len(rows), len(cols)))
        return cls(start, none, nobody, nobody, none, False, directed, tuple(rows), tuple(cols))


def read_network(
    name: str, given: object, rows: Mapping[str, int], cols: Mapping[str, int], kind: pl.DataType
) -> Network:
    """Check a network and turn it into arrays; `kind` is the type of the time column of the events.

    Raises:
        InputError: not a network, an unknown node, a self loop, rows out of order, a number that is not finite.
    """
    ties = _as_ties(name, given)
    froms, to = _ends(name, ties, rows, cols)
    square = froms is rows and to is rows
    if not ties.directed and not square:
        raise bad_input(name, "directed", "is false for ties to other nodes", "True")
    initial = _initial(name, ties.initial, froms, to, ties.directed)
    if ties.changes is None:
        empty = Network.empty(froms, to, ties.directed)
        return Network(initial, empty.time, empty.i, empty.j, empty.value, True, ties.directed, empty.rows, empty.cols)
    frame = table(ties.changes, name)
    time, i, j, value, replace = tie_rows(frame, name, froms, to, square, kind)
    return Network(initial, time, i, j, value, replace, ties.directed, tuple(froms), tuple(to))


def _as_ties(name: str, given: object) -> Ties:
    if isinstance(given, Ties):
        if given.events not in (None, "add", "apart"):
            raise bad_input(name, "events", f"is {given.events!r}", "add or apart")
        return given
    if is_table(given):
        return Ties(table(given, name))
    if isinstance(given, np.ndarray):
        return Ties(initial=given)
    raise bad_input("networks", name, f"is a {type(given).__name__}", "a table of changes, a matrix, or Ties")


def tie_rows(
    frame: pl.DataFrame,
    where: str,
    rows: Mapping[str, int],
    cols: Mapping[str, int],
    square: bool,
    kind: pl.DataType | None,
) -> tuple[Floats, Ints, Ints, Floats, bool]:
    """Return time, i, j, value [M] of a table of ties, and whether the value replaces the weight."""
    time = col.times(frame, where, kind=kind)
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


def _ends(
    name: str, ties: Ties, rows: Mapping[str, int], cols: Mapping[str, int]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    froms = rows if ties.rows is None else _labels(name, "rows", ties.rows)
    if isinstance(ties.columns, str):
        if ties.columns not in ("actors", "receivers"):
            raise bad_input(name, "columns", f"is {ties.columns!r}", "actors, receivers, or labels of nodes")
        return froms, rows if ties.columns == "actors" else cols
    if ties.columns is not None:
        return froms, _labels(name, "columns", ties.columns)
    others = _other_nodes(ties, rows, cols)
    if others:
        return froms, others
    return froms, rows if rows is cols or _points_to_actors(ties, rows, cols) else cols


def _other_nodes(ties: Ties, rows: Mapping[str, int], cols: Mapping[str, int]) -> dict[str, int]:
    """Return the receivers of a table in which none is an actor or a receiver of events: nodes of a kind of their own."""
    seen = _receivers_of(ties)
    known = rows.keys() | cols.keys()
    return {} if any(x in known for x in seen) else {label: k for k, label in enumerate(sorted(seen))}


def _receivers_of(ties: Ties) -> set[str]:
    found: set[str] = set()
    for given in (ties.changes, ties.initial):
        frame = table(given, "networks") if is_table(given) else None
        if frame is not None and "receiver" in frame.columns:
            found |= set(frame["receiver"].drop_nulls().cast(pl.String).to_list())
    return found


def _labels(name: str, field: str, given: Nodes) -> dict[str, int]:
    if is_table(given):
        frame = table(given, name)
    elif isinstance(given, Sequence | pl.Series | np.ndarray) and not isinstance(given, str):
        frame = pl.DataFrame({"label": [str(x) for x in given]})
    else:
        raise bad_input(name, field, f"is {given!r}", "labels of nodes, or a table with a column label")
    return {label: k for k, label in enumerate(col.labels(frame, name))}


def _points_to_actors(ties: Ties, rows: Mapping[str, int], cols: Mapping[str, int]) -> bool:
    seen = _receivers_of(ties)
    if seen:
        return seen <= rows.keys() and not seen <= cols.keys()
    given: Any = ties.initial
    shape = np.shape(given) if given is not None and not is_table(given) else ()
    return shape == (len(rows), len(rows)) and len(rows) != len(cols)


def _initial(name: str, given: Any, rows: Mapping[str, int], cols: Mapping[str, int], directed: bool) -> Floats:
    matrix = np.zeros((len(rows), len(cols)))
    if given is None:
        return matrix
    frame = table(given, name) if is_table(given) else None
    if frame is not None and "sender" in frame.columns:
        i, j = col.nodes(frame, name, "sender", rows), col.nodes(frame, name, "receiver", cols)
        weight = col.finite(frame["weight"], name, "weight") if "weight" in frame.columns else np.ones(i.size)
        matrix[i, j] = weight
        if not directed:
            matrix[j, i] = weight
    else:
        try:
            matrix = np.array(given if frame is None else frame.to_numpy(), dtype=np.float64)
        except (TypeError, ValueError):
            raise bad_input(name, "initial", "is no matrix of numbers", "a matrix, or a table of ties") from None
        if matrix.shape != (len(rows), len(cols)):
            raise bad_input(name, "initial", f"has shape {matrix.shape}", f"({len(rows)}, {len(cols)})")
    if not np.isfinite(matrix).all():
        raise bad_input(name, "initial", "holds a number that is not finite", "weights")
    if cols is rows and np.diag(matrix).any():
        raise bad_input(name, "initial", "an actor has a tie to itself", "zeros on the diagonal")
    if not directed and not np.array_equal(matrix, matrix.T):
        raise bad_input(name, "initial", "is not symmetric", "a symmetric matrix, as the network is undirected")
    return matrix


def event_rows(network: Network, time: Floats, i: Ints, j: Ints) -> tuple[Ints, int]:
    """Find the events among the changes of a network.

    Returns:
        Places of the changes [K] that are events (same time and nodes), and how many events have none.
    """

    def key(t: float, a: int, b: int) -> tuple[float, int, int]:
        return (t, a, b) if network.directed else (t, min(a, b), max(a, b))

    left = Counter(key(*e) for e in zip(time.tolist(), i.tolist(), j.tolist(), strict=True))
    found: list[int] = []
    changes = zip(network.time.tolist(), network.i.tolist(), network.j.tolist(), network.value.tolist(), strict=True)
    for k, (t, a, b, value) in enumerate(changes):
        if value > 0 and left[key(t, a, b)]:
            left[key(t, a, b)] -= 1
            found.append(k)
    return np.array(found, dtype=np.intp), sum(left.values())
