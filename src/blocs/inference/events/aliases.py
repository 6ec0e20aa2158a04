"""Names that other programs give to effects, with the options they stand for there.

What relevent counts are single acts: weights, not ties.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Defaults = Mapping[str, object]


def plain(name: str) -> str:
    """Return a name as effects are looked up: in lower case, without `.`, `_` and `-`."""
    return name.replace("_", "").replace(".", "").replace("-", "").lower()


def _degree(side: str) -> Defaults:
    return {"weighted": True, "type": side, "scaling": "relevent"}


def _shifts() -> dict[str, tuple[str, Defaults]]:
    kinds = ("ABBA", "ABBY", "ABAB", "ABAY", "ABXA", "ABXB", "ABXY")
    return {f"PS{kind[:2]}-{kind[2:]}": ("pshift", {"objects": (kind,)}) for kind in kinds}


GOLDFISH: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {
        "egoAlterInteraction": ("egoAlterInt", {}),
        "mixedClosureTrans": ("mixedTrans", {}),
        "clSender": ("commonSender", {}),
        "clReceiver": ("commonReceiver", {}),
        "mixedClSender": ("mixedCommonSender", {}),
        "mixedClReceiver": ("mixedCommonReceiver", {}),
        "indegree": ("indeg", {}),
        "outdegree": ("outdeg", {}),
        "reciprocity": ("recip", {}),
        "global": ("ego", {}),
    }
)
RELEVENT: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {
        "NIDSnd": ("indeg", _degree("ego")),
        "NIDRec": ("indeg", _degree("alter")),
        "NODSnd": ("outdeg", _degree("ego")),
        "NODRec": ("outdeg", _degree("alter")),
        "NTDegSnd": ("degree", _degree("ego")),
        "NTDegRec": ("degree", _degree("alter")),
        "FrPSndSnd": ("inertia", {"weighted": True, "scaling": "prop"}),
        "FrRecSnd": ("recip", {"weighted": True, "scaling": "prop"}),
        "RSndSnd": ("recency", {"type": "ego"}),
        "RRecSnd": ("recency", {"type": "alter"}),
        "CovSnd": ("ego", {}),
        "CovRec": ("alter", {}),
        "CovInt": ("both", {}),
        "CovEvent": ("tie", {"weighted": True}),
        "OTPSnd": ("otp", {}),
        "ITPSnd": ("itp", {}),
        "OSPSnd": ("osp", {}),
        "ISPSnd": ("isp", {}),
        "FESnd": ("fixed", {"type": "ego"}),
        "FERec": ("fixed", {"type": "alter"}),
        "FEInt": ("fixed", {"type": "both"}),
        **_shifts(),
    }
)
REMSTATS: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {
        "send": ("ego", {}),
        "receive": ("alter", {}),
        "difference": ("diff", {}),
        "indegreeSender": ("indeg", {"weighted": True, "type": "ego"}),
        "indegreeReceiver": ("indeg", {"weighted": True, "type": "alter"}),
        "outdegreeSender": ("outdeg", {"weighted": True, "type": "ego"}),
        "outdegreeReceiver": ("outdeg", {"weighted": True, "type": "alter"}),
        "totaldegreeSender": ("degree", {"weighted": True, "type": "ego"}),
        "totaldegreeReceiver": ("degree", {"weighted": True, "type": "alter"}),
        "totaldegree": ("degree", {}),
        "totaldegreeDyad": ("degreeSum", {}),
        "sp": ("otp", {}),
        "spUnique": ("otp", {"unique": True}),
        "rrankSend": ("recency", {"type": "ego"}),
        "rrankReceive": ("recency", {"type": "alter"}),
    }
)
ALIASES: Mapping[str, tuple[str, Defaults]] = MappingProxyType(
    {plain(name): meaning for names in (GOLDFISH, RELEVENT, REMSTATS) for name, meaning in names.items()}
)
OWN_NAMED = frozenset({"covsnd", "covrec", "covint", "covevent"})
"""Terms that without an argument read the attribute or network of their own name, as relevent's `covar` list does."""
