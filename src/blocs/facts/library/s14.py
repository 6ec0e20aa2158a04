"""S14 scholarships and trained cadres: the expected faction does not come, the trained replace the experts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Act, Lab

Floats = NDArray[np.float64]
WEEKS = 156
PRESSURE: list[Act] = [(30.0 + 15 * n, "hub", "rim", "threaten", "line") for n in range(20)]


def f14_1(lab: Lab) -> Measured:
    """What the patron expects of a member's cadres less those who really side with it, largest week of a long quarrel."""
    runs = lab.run(
        weeks=WEEKS,
        rate=0.5,
        set={
            "cohesion[rim]": lab.uniform(0.8, 1.0),
            "trained[rim]": 0.3,
            "students[rim]": 0.2,
            "rung[hub,rim]": 8.0,
        },
        acts=PRESSURE,
    )
    real = runs["trained[rim]"] * (1.0 - runs["student_loyalty[rim]"]) / 2.0 * (1.0 - runs["cohesion[rim]"])
    return (runs["faction_expectation[rim]"] - real).max(axis=1)


def f14_2(lab: Lab) -> Measured:
    """Slope of the technical work lost when experts leave on the stock of trained cadres three years before."""
    trained = lab.uniform(0, 0.9)
    runs = lab.run(
        weeks=WEEKS,
        set={
            "trained[rim]": trained,
            "student_loyalty[rim]": 0.9,
            "local_capacity[rim]": 0.05,
            "pool[rim]": 0.8,
            "warmth[hub,rim]": 0.8,
        },
        acts=[(900.0 + 7 * n, "hub", "rim", "sanction", "line") for n in range(3)],
    )
    work = runs["technical_work[rim]"]

    return stat(slope, trained, work[:, 126] - work[:, 138])


def f14_3(lab: Lab) -> Measured:
    """Days from the students' first demonstration to the first covert act of the patron that finds no faction."""
    visits: list[Act] = [(20.0 + 45 * n, "rim", "hub", "visit", "line") for n in range(22)]
    runs = lab.run(
        weeks=WEEKS,
        rate=0.6,
        set={"students[rim]": 0.15, "trained[rim]": 0.15, "cohesion[rim]": lab.uniform(0.8, 1.0), "rung[hub,rim]": 8.0},
        acts=PRESSURE + visits,
    )
    shown, hope = runs["demonstration[rim]"] > 0.1, runs["faction_expectation[rim]"]
    covert = runs.matching(source="hub", target="rim", act=("subvert", "spy"))
    week = np.clip(np.floor(runs.day / 7.0).astype(int), 0, WEEKS)
    failed = covert & (np.take_along_axis(hope, week, axis=1) > 0.05)
    both = shown.any(axis=1) & failed.any(axis=1)
    day = np.where(failed, runs.day, np.inf).min(axis=1)
    return day[both] - shown.argmax(axis=1)[both] * 7.0


FAMILY = Family(
    system="S14",
    mechanisms=("warmth", "ladder", "specialists", "cadres"),
    conduct={"act.count_on_cadres": 6.0},
    facts=(
        Fact(
            "F14.1",
            "the returning faction that the patron expects does not come",
            f14_1,
            at_least=0.1,
            broken={"cadres": {"hope": 3650.0, "rift": 22.0}},
            unit="share of cadres",
        ),
        Fact(
            "F14.2",
            "withdrawal of experts bites less the more cadres were trained",
            f14_2,
            at_most=-0.1,
            broken={"cadres": {"use": 0.0}},
            unit="work per unit trained",
        ),
        Fact(
            "F14.3",
            "students show where they stand before the attempt to split the party fails",
            f14_3,
            at_least=7.0,
            broken={"cadres": {"few": 1.0}},
            unit="days",
        ),
    ),
)
