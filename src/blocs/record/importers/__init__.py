"""Readers of published data sets in the files that users download: votes, alliances, capabilities, disputes, events."""

from __future__ import annotations

from blocs.record.importers.base import Field, Format, import_table
from blocs.record.importers.catalogue import FORMATS
from blocs.record.importers.events import as_events

__all__ = ["FORMATS", "Field", "Format", "as_events", "import_table"]
