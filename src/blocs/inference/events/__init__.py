"""Published event models: dynamic network actor models and relational event models."""

from __future__ import annotations

from blocs.inference.events.fit import EventFit
from blocs.inference.events.history import Ties
from blocs.inference.events.models import dynam, rem

__all__ = ["EventFit", "Ties", "dynam", "rem"]
