"""What all tests of this room share: golden files and the slow oracles."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from blocs.institutions.formats import read_table

TESTS = Path(__file__).parent.parent
GOLDEN = TESTS / "golden" / "decide"
sys.path.insert(0, str(TESTS / "oracles"))


@pytest.fixture(scope="session")
def golden():
    """Return a reader of golden files: tables by name, results as JSON."""

    def read(name: str):
        path = GOLDEN / name
        if name.endswith(".json.gz"):
            return json.loads(gzip.decompress(path.read_bytes()))
        return read_table(path.read_text(encoding="utf-8"), name)

    return read
