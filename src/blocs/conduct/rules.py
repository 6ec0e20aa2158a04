"""The rules of the specification: how each is known and in how many independent episodes it shows (`rules.csv`).

Grades and counts become the strength of a prior (`blocs.inference.prior`), never certainty. Where the specification gives a
mixed grade the weaker one stands here, and where it gives a range of episodes the fewer.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple


class Known(NamedTuple):
    """How something is known: `grade` T told, I inferred, C generalised by coders, or ""; `n` independent episodes."""

    grade: str = ""
    n: int = 1


@cache
def rules() -> Mapping[str, Known]:
    """Return how each rule of the specification is known, by id such as `R18.1`."""
    text = resources.files("blocs.conduct").joinpath("rules.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["rule"]: Known(row["grade"], int(row["n"])) for row in rows})
