"""The effects of the event models and their one catalogue: a new effect is one class and one line here."""

from __future__ import annotations

from blocs.inference.events.effects.attribute import (
    Alter,
    Average,
    Both,
    Diff,
    Ego,
    EgoAlterInt,
    Fixed,
    Maximum,
    Minimum,
    Same,
    Sim,
)
from blocs.inference.events.effects.base import Effect, World
from blocs.inference.events.effects.closure import CommonReceiver, CommonSender, Cycle, Four, Trans
from blocs.inference.events.effects.custom import Custom, Snapshot
from blocs.inference.events.effects.degree import Degree, Indeg, NodeTrans, Outdeg
from blocs.inference.events.effects.dyad import Inertia, Recip, Tie
from blocs.inference.events.effects.mixed import MixedCommonReceiver, MixedCommonSender, MixedCycle, MixedTrans
from blocs.inference.events.effects.pairdegree import DegreeDiff, DegreeMax, DegreeMin, DegreeSum
from blocs.inference.events.effects.shift import (
    PShift,
    Recency,
    RecencyContinue,
    RecencyReceiveReceiver,
    RecencyReceiveSender,
    RecencySendReceiver,
    RecencySendSender,
    Turn,
)
from blocs.inference.events.effects.tertius import Tertius, TertiusDiff
from blocs.inference.events.effects.twopath import Isp, Itp, Osp, Otp

CATALOGUE: dict[str, type[Effect]] = {
    "inertia": Inertia,
    "tie": Tie,
    "recip": Recip,
    "indeg": Indeg,
    "outdeg": Outdeg,
    "degree": Degree,
    "nodeTrans": NodeTrans,
    "degreeSum": DegreeSum,
    "degreeMin": DegreeMin,
    "degreeMax": DegreeMax,
    "degreeDiff": DegreeDiff,
    "trans": Trans,
    "cycle": Cycle,
    "commonSender": CommonSender,
    "commonReceiver": CommonReceiver,
    "otp": Otp,
    "itp": Itp,
    "osp": Osp,
    "isp": Isp,
    "four": Four,
    "mixedTrans": MixedTrans,
    "mixedCycle": MixedCycle,
    "mixedCommonSender": MixedCommonSender,
    "mixedCommonReceiver": MixedCommonReceiver,
    "ego": Ego,
    "alter": Alter,
    "both": Both,
    "average": Average,
    "minimum": Minimum,
    "maximum": Maximum,
    "same": Same,
    "diff": Diff,
    "sim": Sim,
    "egoAlterInt": EgoAlterInt,
    "fixed": Fixed,
    "tertius": Tertius,
    "tertiusDiff": TertiusDiff,
    "pshift": PShift,
    "recency": Recency,
    "recencyContinue": RecencyContinue,
    "recencySendSender": RecencySendSender,
    "recencySendReceiver": RecencySendReceiver,
    "recencyReceiveSender": RecencyReceiveSender,
    "recencyReceiveReceiver": RecencyReceiveReceiver,
    "custom": Custom,
}

__all__ = ["CATALOGUE", "Custom", "Effect", "Snapshot", "Turn", "World"]
