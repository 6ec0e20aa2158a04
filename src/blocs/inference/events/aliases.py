"""Names that other programs give to effects, with the options they stand for there.

An alias is the name in lower case without `.`, `_` and `-`. What relevent counts are single acts: weights, not ties.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Defaults = Mapping[str, object]


def _degree(side: str) -> Defaults:
    return {"weighted": True, "type": side, "scaling": "relevent"}


def _shifts() -> dict[str, tuple[str, Defaults]]:
    kinds = ("ABBA", "ABBY", "ABAB", "ABAY", "ABXA", "ABXB", "ABXY")
    return {f"ps{kind.lower()}": ("pshift", {"objects": (kind,)}) for kind in kinds}


GOLDFISH: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {
        "egoalterinteraction": ("egoAlterInt", {}),
        "mixedclosuretrans": ("mixedTrans", {}),
        "clsender": ("commonSender", {}),
        "clreceiver": ("commonReceiver", {}),
        "mixedclsender": ("mixedCommonSender", {}),
        "mixedclreceiver": ("mixedCommonReceiver", {}),
        "indegree": ("indeg", {}),
        "outdegree": ("outdeg", {}),
        "reciprocity": ("recip", {}),
    }
)
RELEVENT: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {
        "nidsnd": ("indeg", _degree("ego")),
        "nidrec": ("indeg", _degree("alter")),
        "nodsnd": ("outdeg", _degree("ego")),
        "nodrec": ("outdeg", _degree("alter")),
        "ntdegsnd": ("degree", _degree("ego")),
        "ntdegrec": ("degree", _degree("alter")),
        "frpsndsnd": ("inertia", {"weighted": True, "scaling": "prop"}),
        "frrecsnd": ("recip", {"weighted": True, "scaling": "prop"}),
        "rsndsnd": ("recency", {"type": "ego"}),
        "rrecsnd": ("recency", {"type": "alter"}),
        "covsnd": ("ego", {}),
        "covrec": ("alter", {}),
        "covint": ("both", {}),
        "covevent": ("tie", {"weighted": True}),
        "otpsnd": ("otp", {}),
        "itpsnd": ("itp", {}),
        "ospsnd": ("osp", {}),
        "ispsnd": ("isp", {}),
        "fesnd": ("fixed", {"type": "ego"}),
        "ferec": ("fixed", {"type": "alter"}),
        "feint": ("fixed", {"type": "both"}),
        **_shifts(),
    }
)
REMSTATS: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {
        "send": ("ego", {}),
        "receive": ("alter", {}),
        "difference": ("diff", {}),
        "indegreesender": ("indeg", {"weighted": True, "type": "ego"}),
        "indegreereceiver": ("indeg", {"weighted": True, "type": "alter"}),
        "outdegreesender": ("outdeg", {"weighted": True, "type": "ego"}),
        "outdegreereceiver": ("outdeg", {"weighted": True, "type": "alter"}),
        "totaldegreesender": ("degree", {"weighted": True, "type": "ego"}),
        "totaldegreereceiver": ("degree", {"weighted": True, "type": "alter"}),
        "totaldegree": ("degree", {}),
        "totaldegreedyad": ("degreeSum", {}),
        "sp": ("otp", {}),
        "spunique": ("otp", {"unique": True}),
        "rranksend": ("recency", {"type": "ego"}),
        "rrankreceive": ("recency", {"type": "alter"}),
    }
)
ALIASES: Mapping[str, tuple[str, Defaults]] = MappingProxyType({**GOLDFISH, **RELEVENT, **REMSTATS})
OWN_NAMED = frozenset({"covsnd", "covrec", "covint", "covevent"})
"""Terms that without an argument read the attribute or network of their own name, as relevent's `covar` list does."""
