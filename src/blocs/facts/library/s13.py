"""S13 specialists and surveys: field and centre disagree, work sours before it ends, finds come after the rupture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Act, Lab

Floats = NDArray[np.float64]
WEEKS = 208
COOLING: list[Act] = [(40.0 + 14 * n, "hub", "rim", "criticise", "line") for n in range(50)]
WITHDRAWAL: list[Act] = [(760.0 + 7 * n, "hub", "rim", "sanction", "line") for n in range(3)]
LEFT = 112
"""First week by whose end the experts have gone."""


def f13_1(lab: Lab) -> Measured:
    """Experts' report less the centre's estimate of the same ground, after two years of good relations."""
    runs = lab.run(
        weeks=WEEKS,
        rate=0.1,
        set={
            "resource_true[rim]": lab.uniform(0.3, 0.9),
            "pool[rim]": 0.8,
            "warmth[hub,rim]": 0.6,
            "warmth[rim,hub]": 0.6,
        },
    )
    return runs["resource_report[rim]"][:, 104] - runs["resource_centre[rim]"][:, 104]


def f13_2(lab: Lab) -> Measured:
    """Fall of work per expert in the two years before the withdrawal, less its fall in the quarter of the withdrawal."""
    runs = lab.run(
        weeks=WEEKS,
        set={"pool[rim]": 0.8, "warmth[hub,rim]": lab.uniform(0.2, 0.6)},
        acts=COOLING + WITHDRAWAL,
    )
    quality = runs["pool_quality[rim]"]
    return (quality[:, 0] - quality[:, LEFT - 4]) - (quality[:, LEFT - 4] - quality[:, LEFT + 9])


def f13_3(lab: Lab) -> Measured:
    """How much nearer to the truth a member's view of its ground comes in the year after experts leave, and more than before."""
    runs = lab.run(
        weeks=WEEKS,
        set={
            "pool[rim]": 0.9,
            "resource_true[rim]": lab.uniform(0.6, 1.0),
            "local_capacity[rim]": lab.uniform(0.4, 0.9),
            "warmth[hub,rim]": 0.2,
        },
        acts=COOLING + WITHDRAWAL + [(800.0, "hub", "rim", "break", "line")],
    )
    error = np.abs(runs["resource_true[rim]"] - runs["resource_report[rim]"])
    before = error[:, LEFT - 56] - error[:, LEFT - 4]
    after = error[:, LEFT + 4] - error[:, LEFT + 56]
    return np.minimum(after, after - before)


def f13_4(lab: Lab) -> Measured:
    """Slope of the technical work lost when experts leave on how little the member has trained its own."""
    trained = lab.uniform(0, 0.8)
    runs = lab.run(
        weeks=WEEKS,
        set={"pool[rim]": 0.8, "warmth[hub,rim]": 0.8, "local_capacity[rim]": trained},
        acts=WITHDRAWAL,
    )
    work = runs["technical_work[rim]"]

    return stat(slope, 1.0 - trained, work[:, LEFT - 6] - work[:, LEFT + 8])


FAMILY = Family(
    system="S13",
    mechanisms=("warmth", "ladder", "specialists"),
    facts=(
        Fact(
            "F13.1",
            "experts in the field report more than the centre will believe",
            f13_1,
            at_least=0.05,
            broken={"specialists": {"discount": 0.0}},
            unit="share",
        ),
        Fact(
            "F13.2",
            "work sours before the withdrawal, not at it",
            f13_2,
            at_least=0.1,
            broken={"specialists": {"sour": 3650.0}},
            unit="share",
        ),
        Fact(
            "F13.3",
            "hidden finds are discovered only after the rupture",
            f13_3,
            at_least=0.05,
            broken={"specialists": {"survey": 3650.0}},
            unit="share",
        ),
        Fact(
            "F13.4",
            "withdrawal costs less where own people were trained",
            f13_4,
            at_least=0.2,
            broken={"specialists": {"enough": 0.05}},
            unit="work per unit untrained",
        ),
    ),
)
