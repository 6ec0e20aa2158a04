"""The invented scenario with a small specification and one mechanism: compiles in seconds, in 64 bits."""

from __future__ import annotations

from datetime import date

import pytest

from blocs.conduct.base import Specification
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.inference.sets import record_sets
from blocs.mechanisms.catalogue import by_name
from blocs.scenario.build import build
from blocs.scenario.load import load

NAMES = {
    "activity_recent", "activity_past", "turn_reply", "inertia_recent", "reciprocity_past", "turn_back", "scene_partner",
    "act_repertoire", "tone_reply", "agenda_source", "issue_running",
}  # fmt: skip
SPECIFICATION = Specification(
    "small",
    tuple(e for e in EFFECTS if e.name in NAMES),
    tuple(t for t in TABLES if t.name in {"actor", "act", "act_by_roles", "issue"}),
)
UNTIL = date(2002, 6, 30)


@pytest.fixture(scope="session")
def built():
    others = frozenset(by_name()) - {"memory"}
    return build(load("tiny"), SPECIFICATION, without=others)


@pytest.fixture(scope="session")
def recorded(built):
    return record_sets(built, UNTIL, draws=2)
