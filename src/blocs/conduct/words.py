"""Effects and tables in plain words (`words.csv`): a label that names what the choice goes to, and one sentence.

A label completes "more readily to ...": it describes the option that the statistic favours. Formulas and sources stay in
the docstrings of the statistics.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple


class Words(NamedTuple):
    """What a reader is told of an effect: `label`, a few words, and `meaning`, a sentence on what is measured."""

    label: str
    meaning: str


@cache
def table_of_words() -> Mapping[tuple[str, str], Words]:
    """Return the words of every effect and table of the catalogue by level and name."""
    text = resources.files("blocs.conduct").joinpath("words.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({(row["level"], row["name"]): Words(row["label"], row["meaning"]) for row in rows})


def words_of(level: str, name: str) -> Words:
    """Return the words of an effect or table; one that `words.csv` lacks is called by its name, without a sentence."""
    return table_of_words().get((level, name)) or Words(name.replace("_", " "), "")
