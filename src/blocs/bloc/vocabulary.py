"""The vocabulary of the state: each quantity once, with unit, range, default and meaning (`vocabulary.csv`).

The same file gives the state its defaults, the scenario checker its ranges, the invariants their bounds and the
reference page its table, so that units cannot drift.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

SLOT_AXES: Mapping[str, int] = MappingProxyType({"seat": 4, "session": 6, "clause": 5, "message": 12, "meeting": 16})
"""Axes of fixed length, whose places are numbered from 0.

Contenders in an actor's leadership (seat 0 is the head), meetings, talks and texts that run at a time, clauses of a text,
messages under way, sessions on the schedule.
"""

LARGEST = 1e9
"""The size that no number of the state passes: simulations are in single precision, and nothing counted comes near."""

CODE_UNITS = frozenset({"form", "decision rule", "outcome", "place"})
CODED = frozenset({"session_stage", "clause_state", "person", "mandate"})
"""Quantities, beside those of a unit of `CODE_UNITS`, whose numbers name states: between two of them there is none."""

SEEN: Mapping[str, str] = MappingProxyType(
    {
        "public": "everybody",
        "own": "the actor of the first actor axis alone",
        "pair": "the two actors of a dyad",
        "patron": "the patron alone",
        "none": "nobody who chooses",
    }
)
"""Who can see an entry of a quantity when it chooses (`blocs.bloc.sight`)."""


@dataclass(frozen=True)
class Quantity:
    """One quantity of the state.

    `axes` are names of `blocs.ground.axes`; `lo` and `hi` bound every entry (`None`: unbounded on that side); `memory`
    tells quantities that only record past acts; `systems` are the ids of SYSTEM.md that read or write it; `seen` is a key
    of `SEEN` (empty in the file: public).
    """

    name: str
    entity: str
    axes: tuple[str, ...]
    unit: str
    lo: float
    hi: float | None
    default: float
    memory: bool
    systems: str
    meaning: str
    seen: str = "public"

    def holds(self, value: float) -> bool:
        """Return whether an entry can have a value; where the range is open, up to `LARGEST`."""
        return self.lo <= value <= (LARGEST if self.hi is None else self.hi)

    @property
    def coded(self) -> bool:
        """Whether an entry is a whole number, the code of a state; other steps are passed through on the way."""
        return self.unit in CODE_UNITS or self.name in CODED

    @property
    def range(self) -> str:
        """The range of an entry and its unit, for people: `0 to 6 (step)`, `0 or more (day)`."""
        return f"{self.lo:g} {'or more' if self.hi is None else f'to {self.hi:g}'} ({self.unit})"


@cache
def vocabulary() -> Mapping[str, Quantity]:
    """Return every quantity by name, in file order."""
    text = resources.files("blocs.bloc").joinpath("vocabulary.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["name"]: _quantity(row) for row in rows})


def _quantity(row: Mapping[str, str]) -> Quantity:
    return Quantity(
        name=row["name"],
        entity=row["entity"],
        axes=tuple(row["axes"].split()),
        unit=row["unit"],
        lo=float(row["lo"]),
        hi=float(row["hi"]) if row["hi"] else None,
        default=float(row["default"]),
        memory=row["memory"] == "1",
        systems=row["systems"],
        meaning=row["meaning"],
        seen=row.get("seen") or "public",
    )
