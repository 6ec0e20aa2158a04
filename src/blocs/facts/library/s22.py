"""Facts of the legitimacy chain and the collective court (S22)."""

from __future__ import annotations

import numpy as np

from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Act, Lab

ANNULLED: list[Act] = [(30.0, "hub", "strand", "align", "breakaway")]


def f22_1(lab: Lab) -> Measured:
    """Force lost within a year by a verdict reached along the graph of rulings, less by one that is not."""
    start: dict[str, float] = {"rests_on[headship,breakaway]": 0.9}
    for issue in ("breakaway", "headship", "base"):
        start |= {f"ruling[{issue}]": 1.0, f"judged[plain,{issue}]": 1.0, f"verdict[plain,{issue}]": 1.0}
        start |= {f"signed[plain,{issue}]": 1.0}
    runs = lab.run(set={**start, "dissent_cost[plain]": lab.uniform(0.3, 0.9)}, acts=ANNULLED)
    return runs["verdict[plain,base]"][:, -1] - runs["verdict[plain,headship]"][:, -1]


def f22_2(lab: Lab) -> Measured:
    """Heads lost within two years by those who cleared whom they had judged, less by those who kept their verdicts."""
    start = {
        "judged[rim,breakaway]": 1.0,
        "verdict[rim,breakaway]": 1.0,
        "salience[rim,breakaway]": 0.9,
        "cohesion[rim]": 0.3,
        "leader_standing[rim]": 0.6,
    }

    def lost(acts: list[Act]) -> Floats:
        return np.minimum(lab.run(weeks=104, set=start, acts=acts)["leader_changes[rim]"][:, -1], 1.0)

    return lost([(30.0 + n, "rim", "strand", "rehabilitate", "breakaway") for n in range(3)]) - lost([])


def f22_3(lab: Lab) -> Measured:
    """Weeks that a concerned outsider to the ruling stands by its verdict, less weeks that signers do."""
    signed, concern = lab.choice((0.0, 1.0)), lab.uniform(0.1, 1.0)
    runs = lab.run(
        weeks=104,
        set={
            "ruling[breakaway]": 1.0,
            "judged[rim,breakaway]": 1.0,
            "verdict[rim,breakaway]": 1.0,
            "signed[rim,breakaway]": signed,
            "salience[rim,breakaway]": concern,
        },
        acts=ANNULLED,
    )
    stood = (runs["verdict[rim,breakaway]"] >= 0.5).sum(axis=1).astype(float)

    def longer(s: Floats, c: Floats, y: Floats) -> float:
        outside = (s < 0.5) & (c > 0.6)
        return float(y[outside].mean() - y[s > 0.5].mean())

    return stat(longer, signed, concern, stood)


def f22_4(lab: Lab) -> Measured:
    """Formal objections with a month's notice or more, less with a few days'."""
    notice = lab.uniform(1.0, 60.0)
    start: dict[str, float] = {"ruling[breakaway]": 1.0}
    for member in ("rim", "plain", "ridge"):
        start |= {f"judged[{member},breakaway]": 1.0, f"verdict[{member},breakaway]": 1.0}
    runs = lab.run(weeks=20, set=start, acts=ANNULLED, rules={"rulings.notice": notice})
    objections = runs["objections[breakaway]"][:, -1]
    return stat(lambda d, y: float(y[d > 30].mean() - y[d < 6].mean()), notice, objections)


FAMILY = Family(
    system="S22",
    mechanisms=("memory", "rulings", "leadership"),
    facts=(
        Fact(
            "F22.1",
            "Annulling one joint ruling weakens every verdict that rests on it within about a year",
            f22_1,
            at_least=0.3,
            broken={"rulings": {"sweep": 0.0}},
            unit="of force",
        ),
        Fact(
            "F22.2",
            "Leaders who cleared those they had judged fall sooner than those who kept their verdicts",
            f22_2,
            at_least=0.1,
            broken={"leadership": {"ground": 0.0}},
            unit="of heads",
        ),
        Fact(
            "F22.3",
            "A small party that did not sign the ruling but is concerned defends it longer than its signers",
            f22_3,
            at_least=8.0,
            broken={"rulings": {"firm": 0.0, "insincere": 0.0}},
            unit="weeks",
        ),
        Fact(
            "F22.4",
            "Notice of a few days suppresses formal objections",
            f22_4,
            at_least=0.5,
            broken={"rulings": {"protest": 0.0}},
            unit="objections",
        ),
    ),
)
