"""The effects of the event models and their one catalogue: a new effect is one class and one line here."""

from __future__ import annotations

from blocs.inference.events.effects.attribute import Alter, Diff, Ego, EgoAlterInt, Same, Sim
from blocs.inference.events.effects.base import Effect, World
from blocs.inference.events.effects.closure import CommonReceiver, CommonSender, Cycle, Four, Trans
from blocs.inference.events.effects.degree import Indeg, NodeTrans, Outdeg
from blocs.inference.events.effects.dyad import Inertia, Recip, Tie
from blocs.inference.events.effects.mixed import MixedCommonReceiver, MixedCommonSender, MixedCycle, MixedTrans
from blocs.inference.events.effects.shift import PShift, Recency, Turn
from blocs.inference.events.effects.tertius import Tertius, TertiusDiff

CATALOGUE: dict[str, type[Effect]] = {
    "inertia": Inertia,
    "tie": Tie,
    "recip": Recip,
    "indeg": Indeg,
    "outdeg": Outdeg,
    "nodeTrans": NodeTrans,
    "trans": Trans,
    "cycle": Cycle,
    "commonSender": CommonSender,
    "commonReceiver": CommonReceiver,
    "four": Four,
    "mixedTrans": MixedTrans,
    "mixedCycle": MixedCycle,
    "mixedCommonSender": MixedCommonSender,
    "mixedCommonReceiver": MixedCommonReceiver,
    "ego": Ego,
    "alter": Alter,
    "same": Same,
    "diff": Diff,
    "sim": Sim,
    "egoAlterInt": EgoAlterInt,
    "tertius": Tertius,
    "tertiusDiff": TertiusDiff,
    "pshift": PShift,
    "recency": Recency,
}
ALIASES = {
    "egoalterinteraction": "egoAlterInt",
    "mixedclosuretrans": "mixedTrans",
    "indegree": "indeg",
    "outdegree": "outdeg",
    "reciprocity": "recip",
}

__all__ = ["ALIASES", "CATALOGUE", "Effect", "Turn", "World"]
