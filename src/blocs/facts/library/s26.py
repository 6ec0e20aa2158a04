"""Facts of the subversion of cadres and of plots (S26)."""

from __future__ import annotations

import numpy as np

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Act, Lab


def approaches(source: str, target: str, times: int) -> list[Act]:
    """Return approaches of one actor to another, a fortnight apart."""
    return [(14.0 * n + 3.0, source, target, "subvert", "headship") for n in range(times)]


def f26_1(lab: Lab) -> Measured:
    """Slope of the share of the second rank won by an approach on how far its target is alone and abroad."""
    alone = lab.uniform(0.0, 1.0)
    runs = lab.run(weeks=4, set={"abroad[plain]": alone}, acts=approaches("hub", "plain", 1))
    return stat(slope, alone, runs["agents[plain]"][:, 1])


def f26_2(lab: Lab) -> Measured:
    """Change of unity from just before a plot is found out to a month later, over runs in which one was."""
    runs = lab.run(set={"agents[rim]": lab.uniform(0.1, 0.6)})
    found, unity = runs["plots_exposed[rim]"], runs["cohesion[rim]"]
    week = (found > 0).argmax(axis=1)
    ok = (week > 0) & (week < unity.shape[1] - 4)
    rows = np.arange(len(week))[ok]
    return unity[rows, week[ok] + 4] - unity[rows, week[ok] - 1]


def f26_3(lab: Lab) -> Measured:
    """The lesser of two leads: of the patron over the breakaway in theses, of the breakaway over the patron in cells."""
    start = {"cohesion[rim]": lab.uniform(0.3, 0.8)}
    patron = lab.run(weeks=12, set=start, acts=approaches("hub", "rim", 4))
    outsider = lab.run(weeks=12, set=start, acts=approaches("strand", "rim", 4))
    theses = patron["theses[rim]"][:, 8] - outsider["theses[rim]"][:, 8]
    cells = outsider["cells[rim]"][:, 8] - patron["cells[rim]"][:, 8]
    return stat(lambda t, c: float(min(t.mean(), c.mean())), theses, cells)


def f26_4(lab: Lab) -> Measured:
    """Slope of what attempts before a congress cost the head's standing on the unity of the leadership."""
    unity = lab.uniform(0.1, 1.0)
    runs = lab.run(
        set={
            "cohesion[plain]": unity,
            "congress_due[plain]": 30.0,
            "agents[plain]": 0.5,
            "theses[plain]": 0.8,
            "cells[plain]": 0.8,
        }
    )
    standing = runs["leader_standing[plain]"]
    return stat(slope, unity, standing[:, 0] - standing[:, -1])


FAMILY = Family(
    system="S26",
    mechanisms=("memory", "mandates", "subversion"),
    facts=(
        Fact(
            "F26.1",
            "An approach succeeds more often where its target is alone and abroad",
            f26_1,
            at_least=0.1,
            broken={"subversion": {"home": 1.0}},
            unit="of the second rank",
        ),
        Fact(
            "F26.2",
            "A plot that is found out closes the ranks",
            f26_2,
            at_least=0.005,
            broken={"subversion": {"rally": 0.0}},
            unit="of unity",
        ),
        Fact(
            "F26.3",
            "The patron supplies theses, the breakaway organisers",
            f26_3,
            at_least=0.05,
            broken={"subversion": {"organise": 0.0}},
            unit="share",
        ),
        Fact(
            "F26.4",
            "Late attempts find nothing where the leadership is of one mind",
            f26_4,
            at_most=-0.05,
            broken={"subversion": {"shield": 0.0, "detect": 0.0}},
            unit="of standing",
        ),
    ),
)
