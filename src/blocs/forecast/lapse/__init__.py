"""Lapse of defence pacts: will a pact in force today have ended in one, three or five years?"""

from __future__ import annotations

from blocs.forecast.lapse.design import CORE, MODEL, STRUCTURE, Pacts, Term
from blocs.forecast.lapse.model import Hazard, base_rate, hazard, logit

__all__ = ["CORE", "MODEL", "STRUCTURE", "Hazard", "Pacts", "Term", "base_rate", "hazard", "logit"]
