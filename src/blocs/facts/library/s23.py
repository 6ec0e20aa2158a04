"""S23 contagion: shocks hit the susceptible first, concession and half-force worsen, words do not recall, one mind holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
SHOCK: dict[str, object] = {"shock": 0.9, "news_access[plain]": 0.9, "leader_standing[plain]": 0.4}


def f23_1(lab: Lab) -> Measured:
    """Correlation of the week in which unrest reaches rung 3 with susceptibility, after a shock from the centre."""
    weak = lab.uniform(0.1, 1.0)
    unrest = lab.run(set={**SHOCK, "susceptibility[plain]": weak})["unrest[plain]"]
    reached = unrest >= 3.0
    onset = np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1]).astype(float)

    return stat(correlation, onset, weak)


def f23_2(lab: Lab) -> Measured:
    """Unrest 40 weeks after a shock: the lesser of concession and half-hearted force, less the greater of firm and full."""
    clear = [(d, "plain", "strand", "rehabilitate", "force") for d in (60.0, 80.0, 100.0)]
    force = [(60.0, "hub", "plain", "coerce", "force")]
    arms = [([], 0.0), (force, 18.0), (clear, 0.0), (force, 0.0)]
    firm, full, conceded, half = (
        lab.run(acts=acts, set={**SHOCK, "shock": 0.5, "unrest[plain]": 2.0, "rung[hub,plain]": rung})["unrest[plain]"][
            :, 40
        ]
        for acts, rung in arms
    )

    def gap(firm: Floats, full: Floats, conceded: Floats, half: Floats) -> float:
        return float(min(conceded.mean(), half.mean()) - max(firm.mean(), full.mean()))

    return stat(gap, firm, full, conceded, half)


def f23_3(lab: Lab) -> Measured:
    """Force less credit that a loose member in crisis gets from the patron, less the same for one of closed ranks."""
    runs = lab.run(
        rate=1.9,
        set={
            "unrest[plain]": 8.0,
            "unrest[ridge]": 8.0,
            "believed_unrest[hub]": 8.0,
            "cohesion[plain]": 0.1,
            "cohesion[ridge]": 0.9,
            "border_insecurity[plain]": 0.8,
            "border_insecurity[ridge]": 0.8,
            "concession[plain]": 0.3,
        },
    )

    def met(who: str) -> Floats:
        return runs.count(source="hub", target=who, act="coerce") - runs.count(source="hub", target=who, act="aid")

    return met("plain") - met("ridge")


def f23_4(lab: Lab) -> Measured:
    """Fall of unrest after half a year when the shock is taken back at rung 9.5, rungs."""
    ends = [
        lab.run(set={**SHOCK, "shock": shock, "unrest[plain]": 9.5, "cohesion[plain]": 0.1})["unrest[plain]"][:, 13]
        for shock in (0.5, 0.0)
    ]
    return ends[0] - ends[1]


def f23_5(lab: Lab) -> Measured:
    """Highest rung of unrest in the year after a shock inside a member of one mind."""
    return lab.run(
        set={
            **SHOCK,
            "cohesion[rim]": 0.95,
            "leader_standing[rim]": 0.9,
            "news_access[rim]": 0.9,
            "susceptibility[rim]": 0.9,
        }
    )["unrest[rim]"].max(axis=1)


FAMILY = Family(
    system="S23",
    mechanisms=("unrest", "leadership"),
    conduct={"act.armour_or_credit": 8.0},
    facts=(
        Fact(
            "F23.1",
            "a shock from the centre hits the susceptible first",
            f23_1,
            at_most=-0.3,
            broken={"unrest": {"shock": 0.0}},
            unit="correlation",
        ),
        Fact(
            "F23.2",
            "concession and half-hearted force worsen what follows, against firmness or full force",
            f23_2,
            at_least=0.1,
            broken={"unrest": {"claim": 0.0}},
            unit="rung",
        ),
        Fact(
            "F23.3",
            "like triggers end in force where leaders give way, in credits where ranks are closed",
            f23_3,
            at_least=0.5,
            broken={"unrest": {"half_life": 14.0, "give": 0.0}},
            unit="acts",
        ),
        Fact(
            "F23.4",
            "the centre cannot recall by words what it released",
            f23_4,
            at_least=-0.7,
            at_most=0.7,
            broken={"unrest": {"surge": 0.0}},
            unit="rung",
        ),
        Fact(
            "F23.5",
            "in a cohesive party attempts fail: below rung 3",
            f23_5,
            at_most=3.0,
            broken={"unrest": {"guard": 0.0}},
            unit="rung",
        ),
    ),
)
