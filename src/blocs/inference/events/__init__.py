"""Published event models: dynamic network actor models and relational event models."""

from __future__ import annotations

from blocs.inference.events.fit import EventFit
from blocs.inference.events.models import dynam, rem
from blocs.inference.events.ties import Ties

__all__ = ["EventFit", "Ties", "dynam", "rem"]
