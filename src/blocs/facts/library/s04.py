"""Facts of purge, blame and rehabilitation (S04)."""

from __future__ import annotations

import numpy as np

from blocs.facts.base import Fact, Family, Floats, Measured
from blocs.facts.lab import Act, Lab

MEMBERS = ("rim", "plain", "ridge")


def f04_1(lab: Lab) -> Measured:
    """Share of runs after a fall in which blame climbs four steps or more and never more than one at a time."""
    runs = lab.run(weeks=156, set={"scapegoat[hub]": 0.9})
    blame = runs["blame[hub]"]
    steps = np.diff(blame, axis=1)
    orderly = ((steps == 0) | (steps == 1)).all(axis=1)
    return (orderly & (blame[:, -1] >= 4)).astype(float)


def f04_2(lab: Lab) -> Measured:
    """Clearings by members in the half year after the centre's first, less in the same half year without it."""

    def cleared(acts: list[Act]) -> Floats:
        runs = lab.run(rate=1.0, acts=acts)
        return runs.count(source=MEMBERS, act="rehabilitate", after=56.0, until=56.0 + 182.0)

    return cleared([(55.0 + n, "hub", "strand", "rehabilitate", "breakaway") for n in range(3)]) - cleared([])


def f04_3(lab: Lab) -> Measured:
    """Heads lost within two years by those who yield to the first demand for a review, less by those who refuse it."""
    start = {
        "judged[rim,breakaway]": 1.0,
        "verdict[rim,breakaway]": 1.0,
        "salience[rim,breakaway]": 0.9,
        "cohesion[rim]": 0.4,
        "leader_standing[rim]": 0.6,
    }

    def lost(answer: str) -> Floats:
        acts = [(30.0, "hub", "rim", "demand", "breakaway"), (33.0, "rim", "hub", answer, "breakaway")]
        return np.minimum(lab.run(weeks=104, set=start, acts=acts)["leader_changes[rim]"][:, -1], 1.0)

    return lost("rehabilitate") - lost("refuse")


def f04_4(lab: Lab) -> Measured:
    """Envoys disowned in the half year after demands that failed, less after demands that were met."""

    def disowned(answer: str) -> Floats:
        acts: list[Act] = []
        for n in range(3):
            acts += [(14.0 * n + 7.0, "hub", "rim", "demand", "line"), (14.0 * n + 9.0, "rim", "hub", answer, "line")]
        return lab.run(acts=acts)["envoys_blamed[hub]"][:, 32]

    return disowned("refuse") - disowned("agree")


FAMILY = Family(
    system="S04",
    mechanisms=("memory", "succession", "rulings", "clearing", "blame", "leadership"),
    conduct={"act.clearing_wave": 1.5},
    facts=(
        Fact(
            "F04.1",
            "Blame rises step by step and never skips from a proxy to the top",
            f04_1,
            at_least=0.6,
            broken={"blame": {"stride": 3.0}},
            unit="of runs",
        ),
        Fact(
            "F04.2",
            "Rehabilitations cluster and gather speed after the centre's first",
            f04_2,
            at_least=1.0,
            broken={"clearing": {"strength": 0.0}},
            unit="clearings",
        ),
        Fact(
            "F04.3",
            "Who refuses the first review keeps its leaders; who yields loses them",
            f04_3,
            at_least=0.1,
            broken={"leadership": {"ground": 0.0, "yield_cost": 0.0}},
            unit="of heads",
        ),
        Fact(
            "F04.4",
            "Messengers are blamed when a demand fails",
            f04_4,
            at_least=0.2,
            broken={"blame": {"disown": 0.0}},
            unit="envoys",
        ),
    ),
)
