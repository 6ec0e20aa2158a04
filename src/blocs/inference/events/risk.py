"""Which pairs can act at all: risk sets given by a person, static or changing, and opportunity sets of single events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events import columns as col
from blocs.inference.events.columns import Floats, Ints
from blocs.inference.events.tables import is_table, table
from blocs.inference.events.ties import Ties, read_network, tie_rows

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class RiskSet:
    """Pairs at risk: `initial` [n1, n2]; changes time, i, j, open [M] in order of time."""

    initial: Bools
    time: Floats
    i: Ints
    j: Ints
    open: Bools


def read_risk(
    given: object,
    rows: Mapping[str, int],
    cols: Mapping[str, int],
    pairs: tuple[Ints, Ints],
    directed: bool,
    kind: pl.DataType,
) -> RiskSet | None:
    """Read a risk set: None or "full", "active" (the pairs of the record), a table of pairs, or `Ties` that change.

    A table without a column time holds for ever; with one, pairs open and close from then on (`replace` 1 or 0). A
    change at the time of an event comes before it.

    Raises:
        InputError: what is no risk set, or an unknown label.
    """
    if given is None or (isinstance(given, str) and given == "full"):
        return None
    none, nobody = np.zeros(0), np.zeros(0, dtype=np.intp)
    if isinstance(given, str):
        if given != "active":
            raise bad_input("riskset", "riskset", f"is {given!r}", "full, active, a table of pairs, or Ties")
        start = np.zeros((len(rows), len(cols)), dtype=bool)
        start[pairs] = True
        return RiskSet(start if directed else start | start.T, none, nobody, nobody, none > 0)
    if isinstance(given, Ties):
        net = read_network("riskset", given, rows, cols, kind)
        if net.initial.shape != (len(rows), len(cols)) or (net.time.size and not net.replace):
            raise bad_input("riskset", "riskset", "is not of the modelled pairs", "the pairs, and changes with replace")
        return _both_ways(RiskSet(net.initial > 0, net.time, net.i, net.j, net.value > 0), directed)
    if not is_table(given):
        raise bad_input("riskset", "riskset", f"is a {type(given).__name__}", "full, active, a table of pairs, or Ties")
    frame = table(given, "riskset")
    start = np.zeros((len(rows), len(cols)), dtype=bool)
    if "time" not in frame.columns:
        i, j = col.nodes(frame, "riskset", "sender", rows), col.nodes(frame, "riskset", "receiver", cols)
        start[i, j] = True
        return _both_ways(RiskSet(start, none, nobody, nobody, none > 0), directed)
    time, i, j, value, _ = tie_rows(frame, "riskset", rows, cols, rows is cols, kind)
    return _both_ways(RiskSet(start, time, i, j, value > 0), directed)


def _both_ways(risk: RiskSet, directed: bool) -> RiskSet:
    if directed:
        return risk
    i, j = np.repeat(risk.i, 2), np.repeat(risk.j, 2)
    i[1::2], j[1::2] = risk.j, risk.i
    return RiskSet(risk.initial | risk.initial.T, np.repeat(risk.time, 2), i, j, np.repeat(risk.open, 2))


def read_opportunities(
    given: Sequence[Sequence[str]] | None,
    labels: Mapping[str, int],
    taken: Sequence[Ints],
    of: Literal["receiver", "sender", "actor"],
) -> tuple[Ints, ...] | None:
    """Return for each event the places of those who were open to it; `taken` are those who took part, one array a side.

    Raises:
        InputError: another number of sets than of events, an unknown label, or a set without those who took part.
    """
    where = "opportunities"
    if given is None:
        return None
    if isinstance(given, str) or not isinstance(given, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input(where, where, f"is a {type(given).__name__}", "a list of lists of labels, one for each event")
    if len(given) != taken[0].size:
        raise bad_input(where, where, f"{len(given)} sets", f"{taken[0].size}, one for each event")
    result: list[Ints] = []
    for k, names in enumerate(given):
        if isinstance(names, str):
            raise col.fault(where, k, of, f"is the text {names!r}", "a list of labels")
        unknown = [x for x in names if x not in labels]
        if unknown:
            raise col.fault(where, k, of, f"{unknown[0]} is unknown", f"a label of the {of}s")
        result.append(np.array(sorted({labels[x] for x in names}), dtype=np.intp))
        if any(int(side[k]) not in result[-1] for side in taken):
            raise col.fault(where, k, of, f"the chosen {of} is not in the set", "a set with it")
    return tuple(result)
