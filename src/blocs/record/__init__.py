"""What happened, who said so and when it was known: events, positions, dates, codebook, as-of views."""

from blocs.record.chronicle import Chronicle
from blocs.record.dates import Bounds, bounds
from blocs.record.event import Event, Position

__all__ = ["Bounds", "Chronicle", "Event", "Position", "bounds"]
