"""Data shared by the tests of the event models."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

GOLDEN = Path(__file__).parents[2] / "golden" / "events"


@pytest.fixture(scope="session")
def social() -> dict[str, pl.DataFrame]:
    return {k: pl.read_csv(GOLDEN / f"social_evolution_{k}.csv") for k in ("actors", "calls", "friendship")}


def published() -> dict[str, dict]:
    fits = json.loads((GOLDEN / "social_evolution_fits.json").read_text())
    return {k: v for k, v in fits.items() if k != "_meta"}
