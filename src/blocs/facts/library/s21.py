"""S21 mediation: doctrine is not moved, proxies that depend are harsher, voices cluster round a refusal, brokers come after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
CLASHES = (60.0, 160.0, 260.0)
THIRD = ("plain", "ridge", "strand")
PERSUADE = ("lobby", "visit", "inform", "meet", "consult", "propose", "criticise")
SCORE = {"meet": 1, "visit": 2, "consult": 2, "inform": 2, "lobby": 0, "propose": 1, "promise": 4, "agree": 3, "honour": 4,
         "defend": 4, "align": 4, "declare": 0, "aid": 6, "rehabilitate": 4, "appoint": 2, "demand": -3, "refuse": -4,
         "criticise": -5, "slight": -3, "distance": -5, "threaten": -6, "withhold": -5, "sanction": -6, "spy": -5,
         "subvert": -7, "remove": -6, "coerce": -8, "break": -9}  # fmt: skip
"""Reference cooperation scores of the acts of the teaching scenario."""


def _clashes(days: tuple[float, ...] = CLASHES) -> list[tuple[float, str, str, str, str]]:
    acts = [(day, "hub", "rim", "demand", "line") for day in days]
    return acts + [(day + 1, "rim", "hub", "refuse", "line") for day in days]


def f21_1(lab: Lab) -> Measured:
    """Move of the public stance of a member that weighs doctrine due to mediation: with brokers, less with none sent."""
    voices = [(day + 3 + n, "plain", "rim", act, "line") for day in CLASHES for n, act in enumerate(("visit", "lobby"))]
    ends = [
        lab.run(
            rate=0.2,
            acts=_clashes() + voices,
            set={"doctrine_weight[rim]": 0.95, "trust[rim,plain]": 0.9},
            rules={} if sent else {"mediation.send": 0.0},
        )["public_position[rim,line]"][:, -1]
        for sent in (True, False)
    ]
    return ends[0] - ends[1]


def f21_2(lab: Lab) -> Measured:
    """Correlation of how hostile a proxy's acts toward the holdout are with the share of its imports the patron supplies."""
    runs_ = 400
    share = lab.uniform(0, 1, runs_)
    runs = lab.run(runs=runs_, rate=1.5, acts=_clashes(tuple(range(20, 340, 20))),
                   set={"dependence[plain,hub]": share, "trust[rim,plain]": 0.9})  # fmt: skip
    side = {"source": "plain", "target": "rim"}
    number = runs.count(**side)
    hostile = -sum(score * runs.count(**side, act=act) for act, score in SCORE.items())

    def with_share(hostile: Floats, number: Floats, share: Floats) -> float:
        spoke = number > 0
        return correlation(hostile[spoke] / number[spoke], share[spoke])

    return stat(with_share, hostile, number, share)


def f21_3(lab: Lab) -> Measured:
    """Share of third parties' acts toward the holdout within a fortnight of a clash, less the share of days that are."""
    runs = lab.run(rate=0.6, acts=_clashes())
    near = sum(runs.count(source=THIRD, target="rim", after=day, until=day + 15) for day in CLASHES)
    total = runs.count(source=THIRD, target="rim")

    def excess(near: Floats, total: Floats) -> float:
        return float(near.sum() / total.sum() - 45 / 364)

    return stat(excess, near, total)


def f21_4(lab: Lab) -> Measured:
    """Third parties' persuading acts in the month after talks that failed, less after talks that did not."""
    counts: list[Floats] = []
    for answer in ("refuse", "agree"):
        acts = [(100.0, "hub", "rim", "meet", "line"), (101.0, "rim", "hub", answer, "line")]
        counts.append(
            lab.run(rate=1.0, acts=acts).count(source=THIRD, target="rim", act=PERSUADE, after=101, until=131)
        )
    return counts[0] - counts[1]


FAMILY = Family(
    system="S21",
    mechanisms=("warmth", "camps", "mediation", "positions"),
    conduct={
        "source.envoy": 2.0,
        "target.mission": 4.0,
        "act.errand": 1.5,
        "act.harsh_errand": 3.0,
        "act.answer_broker": 2.0,
    },
    facts=(
        Fact(
            "F21.1",
            "mediation does not move a member that weighs doctrine",
            f21_1,
            at_least=-0.05,
            at_most=0.05,
            broken={"mediation": {"shield": 0.0}},
            unit="stance",
        ),
        Fact(
            "F21.2",
            "proxies that depend on the principal are harsher",
            f21_2,
            at_least=0.1,
            broken={"mediation": {"send": 0.0}},
            unit="correlation",
        ),
        Fact(
            "F21.3",
            "third-party voices come just after a refusal or demand",
            f21_3,
            at_least=0.05,
            broken={"mediation": {"send": 0.0}},
            unit="share",
        ),
        Fact(
            "F21.4",
            "brokers follow a failure of direct talk",
            f21_4,
            at_least=0.1,
            broken={"mediation": {"send": 0.0}},
            unit="acts",
        ),
    ),
)
