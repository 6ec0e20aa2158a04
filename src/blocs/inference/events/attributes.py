"""Attributes of actors: their columns as numbers, words as codes, and how they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from blocs.ground.errors import bad_input
from blocs.inference.events import columns as col
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.tables import table

Side = Literal["sender", "receiver"]
EVERYONE = -1
"""Place of a change that reaches every actor."""


@dataclass(frozen=True)
class NodeChange:
    """Changes of one attribute (or of presence) of senders or receivers: time, node, value [M]; NaN asks for a mean.

    Node -1 stands for everyone: an attribute of the time, not of an actor.
    """

    name: str
    side: Side
    time: Floats
    node: Ints
    value: Floats


@dataclass(frozen=True)
class Attributes:
    """Columns of a table of actors: numbers by name [n], words of those that hold words, gaps filled, all names."""

    numbers: dict[str, Floats]
    words: dict[str, tuple[str, ...]]
    filled: dict[str, int]
    known: tuple[str, ...]


def read_attributes(frame: pl.DataFrame, where: str, used: frozenset[str] | None, changes: object) -> Attributes:
    """Read the columns that terms or changes name (all, if `used` is None).

    An attribute of the time, which only `changes` know, has the first value until it changes.
    """
    values: dict[str, Floats] = {}
    words: dict[str, tuple[str, ...]] = {}
    filled: dict[str, int] = {}
    moves: Mapping[str, object] = changes if isinstance(changes, Mapping) else {}
    known = [c for c in frame.columns if c not in ("label", "present")]
    for name in known:
        if used is not None and name not in used and name not in moves:
            continue
        values[name], labels, filled[name] = col.attribute(frame, where, name)
        if labels is not None:
            words[name] = labels
    for name, given in moves.items():
        if name in values or name == "present":
            continue
        moved = table(given, f"changes of {name}")
        if "node" not in moved.columns and "replace" in moved.columns and moved.height:
            first = col.finite(moved["replace"].head(1), f"changes of {name}", "replace")[0]
            values[name] = np.full(frame.height, first)
            known.append(name)
    return Attributes(values, words, filled, tuple(known))


def align(senders: Attributes, receivers: Attributes) -> dict[str, tuple[str, ...]]:
    """Give words of the same attribute the same code on both sides; return the words of each."""
    every = dict(senders.words)
    for name, known in receivers.words.items():
        every[name] = tuple(dict.fromkeys((*senders.words.get(name, ()), *known)))
        codes = np.array([every[name].index(word) for word in known], dtype=np.float64)
        receivers.numbers[name] = codes[receivers.numbers[name].astype(int)]
    return every


def read_changes(
    given: Mapping[str, object],
    side: Side,
    index: Mapping[str, int],
    values: Mapping[str, Floats],
    words: Mapping[str, tuple[str, ...]],
    kind: pl.DataType,
) -> tuple[NodeChange, ...]:
    """Read the tables of changes of attributes and of presence.

    Raises:
        InputError: an unknown attribute, node or word; rows out of order.
    """
    result: list[NodeChange] = []
    for name, given_table in given.items():
        where = f"changes of {name}"
        frame = table(given_table, where)
        col.need(frame, where, "time", "replace")
        if name != "present" and name not in values:
            raise bad_input(where, name, "no such attribute", ", ".join([*values, "present"]))
        time = col.times(frame, where, kind=kind)
        if "node" in frame.columns:
            node = col.nodes(frame, where, "node", index)
        elif name == "present":
            raise bad_input(where, "node", "no such column", "columns time, node, replace")
        else:
            node = np.full(time.size, EVERYONE, dtype=np.intp)
        result.append(NodeChange(name, side, time, node, _values(frame["replace"], name, where, words)))
    return tuple(result)


def _values(column: pl.Series, name: str, where: str, words: Mapping[str, tuple[str, ...]]) -> Floats:
    if name in words:
        wrong = (~column.cast(pl.String).is_in(list(words[name]))).fill_null(True)
        if wrong.any():
            row = int(wrong.arg_max() or 0)
            raise col.fault(where, row, "replace", f"{column[row]} is unknown", ", ".join(words[name]))
        return np.array([words[name].index(w) for w in column.cast(pl.String)], dtype=np.float64)
    if name == "present":
        return col.finite(column, where, "replace")
    gaps = column.is_null().to_numpy()
    return np.where(gaps, np.nan, col.finite(column.fill_null(0), where, "replace"))
