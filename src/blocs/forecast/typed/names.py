"""What a name of the form `Sector_(Country)` says of an actor; names of any other form say only their words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from blocs.forecast.typed.record import Ints

FORM = re.compile(r"(?P<sector>.+?)[_ ]\((?P<country>[^()]+)\)")


@dataclass(frozen=True)
class Attributes:
    """Country and sector of each actor as small numbers; 0 stands for an unknown one.

    Attributes:
        country: (actor,) ids into `countries`; a country that is itself an actor belongs to itself.
        sector: (actor,) ids into `sectors`.
        countries: names, the first of them empty.
        sectors: names, the first of them empty.
    """

    country: Ints
    sector: Ints
    countries: tuple[str, ...]
    sectors: tuple[str, ...]


def read_names(names: tuple[str, ...] | None, actors: int) -> Attributes:
    """Return the attributes that names give; all unknown without names."""
    country, sector = np.zeros(actors, np.int64), np.zeros(actors, np.int64)
    if names is None:
        return Attributes(country, sector, ("",), ("",))
    found = [FORM.fullmatch(name) for name in names]
    places = sorted({m["country"] for m in found if m})
    heads = sorted({m["sector"] for m in found if m})
    # a sector of its own: the states themselves
    at, of = {p: n for n, p in enumerate(places, 1)}, {h: n for n, h in enumerate(heads, 2)}
    for n, (name, m) in enumerate(zip(names, found, strict=True)):
        if m:
            country[n], sector[n] = at[m["country"]], of[m["sector"]]
        elif name in at:
            country[n], sector[n] = at[name], 1
    return Attributes(country, sector, ("", *places), ("", "(the state itself)", *heads))
