"""Every format that `blocs import` reads, by name."""

from __future__ import annotations

from blocs.record.importers.base import Format
from blocs.record.importers.events import EVENTS
from blocs.record.importers.states import STATES

FORMATS: dict[str, Format] = {f.name: f for f in (*STATES, *EVENTS)}
"""Formats by their name on the command line."""
