"""S18 coercion ladder: allies follow, goods after procedure, carrots on the way up, the patron breaks, weight shields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
SOUR = ("criticise", "slight", "distance", "threaten", "withhold", "sanction", "remove", "demand", "coerce", "break")
STAGES = (("demand", "criticise", "spy", "subvert"), ("withhold",), ("sanction",), ("coerce",), ("break",))
DEFIANCE = [(20.0 + 9 * n, "rim", "hub", "refuse" if n % 2 else "criticise", "line") for n in range(36)]
"""A holdout that says no every nine days for a year."""
FOCUS = {"source.patron_acts": 2.0, "target.to_client": 3.0}
"""Most acts are the patron's, toward its clients: what is measured is what it does, not how often."""


def f18_1(lab: Lab) -> Measured:
    """Hostile acts of allies toward the holdout in the 30 days after the patron's blows, less those in the 30 before."""
    acts = [(60.0, "rim", "hub", "refuse", "line"), (100.0, "rim", "hub", "refuse", "line")]
    acts += [(float(d), "hub", "rim", act, "line") for d in (120, 121, 122, 123) for act in ("criticise", "sanction")]
    runs = lab.run(
        runs=400,
        rate=1.6,
        acts=acts,
        set={"patience[hub,rim]": 0.3, "rung[hub,rim]": 8.0, "openness[hub,rim]": 2.0},
        conduct={"target.ladder": 8.0},
    )
    side = {"source": ("plain", "ridge"), "target": "rim", "act": SOUR}
    return runs.count(**side, after=124, until=154) - runs.count(**side, after=89, until=119)


def f18_2(lab: Lab) -> Measured:
    """Order of the first use of procedure, goods, contracts, force and rupture: mean sign over pairs that both came."""
    runs = lab.run(rate=1.0, acts=DEFIANCE, conduct=FOCUS)
    first = np.stack([runs.first(source="hub", target="rim", act=stage) for stage in STAGES], axis=1)
    signs = [np.sign(first[:, b] - first[:, a]) for a in range(5) for b in range(a + 1, 5)]
    both = np.stack(signs, axis=1)
    seen = np.isfinite(both).any(axis=1)
    return np.nanmean(both[seen], axis=1)


def f18_3(lab: Lab) -> Measured:
    """Weeks in which the rung fell by a quarter or more between the first climb to 4 and the highest point."""
    rung = lab.run(rate=1.0, acts=DEFIANCE, conduct=FOCUS)["rung[hub,rim]"]
    return np.array([_falls(path) for path in rung])


def _falls(path: Floats) -> float:
    top = int(path.argmax())
    start = int(np.argmax(path >= 4.0)) if (path >= 4.0).any() else top
    return float((np.diff(path[start : top + 1]) < -0.25).sum())


def f18_4(lab: Lab) -> Measured:
    """1 where the patron, 0 where the holdout severs relations first, in runs that come to that."""
    runs = lab.run(rate=1.3, acts=DEFIANCE, conduct=FOCUS, set={"openness[rim,hub]": 3.0})
    patron, holdout = (np.nan_to_num(runs.first(source=a, target=b, act="break"), nan=np.inf)
                       for a, b in (("hub", "rim"), ("rim", "hub")))  # fmt: skip
    came = np.isfinite(np.minimum(patron, holdout))
    return (patron < holdout)[came].astype(float)


def f18_5(lab: Lab) -> Measured:
    """Slope of the rung after a year of defiance on the target's bargaining weight (rungs a whole weight)."""
    weight = lab.uniform(0, 1)
    runs = lab.run(
        rate=1.0,
        acts=DEFIANCE,
        set={"bargaining_weight[rim]": weight},
        conduct={**FOCUS, "act.cost_of_pressure": 0.0},
    )

    return stat(slope, weight, runs["rung[hub,rim]"][:, -1])


def f18_6(lab: Lab) -> Measured:
    """Goods and contracts held back from the holdout, a hundred days: after it refuses, less before."""
    acts = [(180.0 + 5 * n, "rim", "hub", "refuse", "line") for n in range(6)]
    runs = lab.run(rate=1.0, acts=acts, conduct=FOCUS)
    side = {"source": "hub", "target": "rim", "act": ("withhold", "sanction")}
    return runs.count(**side, after=180) / 1.84 - runs.count(**side, until=180) / 1.8


FAMILY = Family(
    system="S18",
    mechanisms=("warmth", "openness", "ladder", "positions", "camps"),
    conduct={
        "source.patron_acts": 0.0,
        "target.to_client": 0.0,
        "target.ladder": 4.0,
        "act.rung_severity": 8.0,
        "act.unready": 6.0,
        "act.alternate": 4.0,
        "act.squeeze": 2.5,
        "act.cost_of_pressure": 3.0,
        "act.rupture_ready": 6.0,
        "act.pressed_tone": 1.0,
    },
    facts=(
        Fact(
            "F18.1",
            "allies' hostile acts follow the patron's within a month",
            f18_1,
            at_least=0.1,
            broken={"ladder": {"follow": 0.0}},
            unit="acts",
        ),
        Fact(
            "F18.2",
            "material levers come after procedural ones",
            f18_2,
            at_least=0.3,
            broken={"ladder": {"strength": 0.0}},
            unit="mean sign",
        ),
        Fact(
            "F18.3",
            "carrots appear inside the rising phase",
            f18_3,
            at_least=0.5,
            broken={"ladder": {"relief": 0.0}},
            unit="falls",
        ),
        Fact(
            "F18.4",
            "the final break is the patron's act",
            f18_4,
            at_least=0.6,
            broken={"ladder": {"strength": 0.0}, "camps": {"split": 0.0}},
            unit="share",
        ),
        Fact(
            "F18.5",
            "who has weight ends lower on the ladder",
            f18_5,
            at_most=-0.5,
            broken={"ladder": {"shield": 0.0, "relief": 0.0}},
            unit="rung",
        ),
        Fact(
            "F18.6",
            "sanctions start after non-submission, not before",
            f18_6,
            at_least=0.05,
            broken={"ladder": {"wear": 0.0}},
            unit="acts in 100 days",
        ),
    ),
)
