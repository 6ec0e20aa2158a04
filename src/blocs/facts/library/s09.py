"""S09 visits, protocol and status: ceremony follows need, courtesies end with the quarrel, favour orders who is told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation, slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
OTHERS = ("rim", "plain", "ridge", "strand")


def f09_1(lab: Lab) -> Measured:
    """How many steps of honour need adds, less what warmth adds, in a regression on both; visits at a day of their own."""
    runs = lab.run(
        rate=0.2,
        set={
            "request[hub,rim]": lab.uniform(0, 2),
            "warmth[hub,rim]": lab.uniform(-0.6, 0.6),
            "warmth[hub,strand]": lab.uniform(-0.9, 0.2),
            "warmth[rim,strand]": lab.uniform(-0.9, 0.2),
        },
        acts=[(60.5, "rim", "hub", "visit", "line")],
    )
    before, after = 8, 9
    asked = 1.0 - np.exp(-runs["request[hub,rim]"][:, before])
    cold = np.maximum(0.0, -runs["warmth[hub]"][:, before]) * np.maximum(0.0, -runs["warmth[rim]"][:, before])
    need = asked + cold.max(axis=1) * (1.0 - asked)
    warmth = runs["warmth[hub,rim]"][:, before]

    def gap(honour: Floats, need: Floats, warmth: Floats) -> float:
        design = np.column_stack([need, warmth, np.ones_like(need)])
        on_need, on_warmth, _ = np.linalg.lstsq(design, honour, rcond=None)[0]
        return float(on_need - on_warmth)

    return stat(gap, runs["honour_level[hub,rim]"][:, after], need, warmth)


def f09_2(lab: Lab) -> Measured:
    """Courtesies that the small member declines in 100 days: under pressure above rung 12 less at a middling rung."""
    counts: list[Floats] = []
    for rung in (17.0, 6.0):
        runs = lab.run(rate=1.6, set={"rung[hub,rim]": rung})
        counts.append(runs.count(source="rim", target="hub", act=("slight", "distance"), until=200) / 2.0)
    return counts[0] - counts[1]


def f09_3(lab: Lab) -> Measured:
    """Correlation, over the others, of when the patron first tells or consults them and its warmth, shaped by past acts."""
    past = [("strand", "honour", 6), ("ridge", "honour", 3), ("rim", "criticise", 5)]
    acts = [(1.0 + 9 * n, "hub", other, act, "line") for other, act, times in past for n in range(times)]
    runs = lab.run(rate=1.5, set={"warmth": 0.0}, acts=acts)
    told = [runs.first(source="hub", target=o, act=("inform", "consult"), after=70) for o in OTHERS]
    when = np.nan_to_num(np.stack(told, axis=1), nan=364.0)
    warmth = np.stack([runs[f"warmth[hub,{o}]"][:, 10] for o in OTHERS], axis=1)

    return stat(correlation, when, warmth)


def f09_4(lab: Lab) -> Measured:
    """Slope, between hosts, of the guest's trust gained in three visits on how open the host is."""
    hosts = ("hub", "plain", "ridge", "strand")
    access = {h: lab.uniform(0, 1) for h in hosts}
    acts = [(10.0 + 20 * n + 3 * m, "rim", h, "visit", "line") for n in range(3) for m, h in enumerate(hosts)]
    runs = lab.run(rate=0.3, set={f"access[{h}]": a for h, a in access.items()}, acts=acts)
    gained = np.stack([runs[f"warmth[rim,{h}]"][:, 12] - runs[f"warmth[rim,{h}]"][:, 0] for h in hosts], axis=1)

    return stat(slope, np.stack(list(access.values()), axis=1), gained)


FAMILY = Family(
    system="S09",
    mechanisms=("warmth", "ladder", "ceremony"),
    conduct={"act.declined_courtesy": 3.0, "act.told_by_favour": 2.0},
    facts=(
        Fact(
            "F09.1",
            "ceremony predicts what the host needs more than how warm it is",
            f09_1,
            at_least=0.5,
            broken={"ceremony": {"bait": 0.0}},
            unit="steps",
        ),
        Fact(
            "F09.2",
            "declined courtesies cluster around the open quarrel, above rung 12",
            f09_2,
            at_least=0.3,
            broken={"ladder": {"half_life": 14.0}},
            unit="per 100 days",
        ),
        Fact(
            "F09.3",
            "the order of being told follows favour",
            f09_3,
            at_most=-0.05,
            broken={"warmth": {"strength": 0.0}},
            unit="correlation",
        ),
        Fact(
            "F09.4",
            "hosts differ in openness, and guests trust the open ones more",
            f09_4,
            at_least=0.1,
            broken={"ceremony": {"trust": 0.0}},
            unit="warmth per unit of openness",
        ),
    ),
)
