"""S19 outside options: estimates rule first and truth later, backing buys terms, cohesion rallies, causes are hidden."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
KIND = ("agree", "promise", "aid", "propose", "honour", "align", "defend", "meet", "visit", "consult")
BLOWS = [(14.0 + 12 * n, "hub", "rim", "criticise" if n % 3 else "threaten", "line") for n in range(20)]
FOCUS = {"target.to_patron": 3.0, "target.to_client": 3.0}


def f19_1(lab: Lab) -> Measured:
    """By how much submission depends on the estimate more than on the truth early, plus the reverse late (correlations)."""
    runs_ = 400
    seen, true = lab.uniform(0, 1, runs_), lab.uniform(0, 1, runs_)
    runs = lab.run(
        runs=runs_,
        rate=1.6,
        set={
            "outside_option_perceived[rim]": seen,
            "outside_option_true[rim]": true,
            "patience[hub,rim]": 0.2,
            "doctrine_weight[rim]": 0.2,
            "cohesion[rim]": 0.3,
            "outside_suppliers[rim]": 0.0,
            "hard_currency[rim]": 0.0,
        },
        conduct=FOCUS,
    )
    side = {"source": "rim", "target": "hub"}

    def submits(after: float, until: float) -> Floats:
        given, refused = (runs.count(**side, act=act, after=after, until=until) for act in ("agree", "refuse"))
        return given - refused

    def switch(early: Floats, late: Floats, seen: Floats, true: Floats) -> float:
        first = -correlation(early, seen) + correlation(early, true)
        return first + correlation(late, seen) - correlation(late, true)

    return stat(switch, submits(0, 120), submits(200, 364), seen, true)


def f19_2(lab: Lab) -> Measured:
    """Correlation of kind acts of the patron toward the breakaway with what that could find elsewhere."""
    true = lab.uniform(0, 1, 400)
    runs = lab.run(
        runs=400,
        rate=1.6,
        set={"outside_option_true[strand]": true, "outside_suppliers[strand]": 0.0, "hard_currency[strand]": 0.0,
             "rung[hub,strand]": 19.0},
    )  # fmt: skip
    return stat(correlation, runs.count(source="hub", target="strand", act=KIND, after=120), true)


def f19_3(lab: Lab) -> Measured:
    """The lesser of: rise of opinion under pressure where the leaders are of one mind, fall where they are split."""
    cohesion = lab.uniform(0, 1)
    rally = lab.run(rate=0.2, acts=BLOWS, set={"cohesion[rim]": cohesion, "patience[hub,rim]": 0.3})["rally[rim]"]

    def lesser(rise: Floats, cohesion: Floats) -> float:
        return float(min(rise[cohesion > 0.7].mean(), -rise[cohesion < 0.3].mean()))

    return stat(lesser, rally[:, -1] - rally[:, 0], cohesion)


def f19_4(lab: Lab) -> Measured:
    """Share of what the holdout says to outsiders that is on the quarrel's issue, less that share inside the camp."""
    runs = lab.run(rate=1.6, acts=BLOWS, set={"public_position[rim,line]": -1.0, "patience[hub,rim]": 0.3})
    outside = [runs.count(source="rim", target="strand", after=90, **on) for on in ({"issue": "line"}, {})]
    inside = [
        runs.count(source="rim", target=("hub", "plain", "ridge"), after=90, **on) for on in ({"issue": "line"}, {})
    ]

    def less(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
        return float(a.sum() / b.sum() - c.sum() / d.sum())

    return stat(less, *outside, *inside)


FAMILY = Family(
    system="S19",
    mechanisms=("warmth", "ladder", "resilience"),
    conduct={
        "target.to_patron": 0.0,
        "target.to_client": 0.0,
        "target.seek_outside": 2.0,
        "act.squeeze": 4.0,
        "act.rung_severity": 4.0,
        "act.yield_to_threat": 8.0,
        "act.yield_to_want": 8.0,
        "act.courted": 4.0,
        "issue.hide_cause": 12.0,
    },
    facts=(
        Fact(
            "F19.1",
            "submission depends on the options the patron sees at first, on the true ones later",
            f19_1,
            at_least=0.1,
            broken={"resilience": {"strength": 0.0}},
            unit="correlation",
        ),
        Fact(
            "F19.2",
            "a backed breakaway gains terms",
            f19_2,
            at_least=0.1,
            broken={"resilience": {"learn": 7300.0}},
            unit="correlation",
        ),
        Fact(
            "F19.3",
            "sanctions rally a cohesive member and turn opinion in a split one",
            f19_3,
            at_least=0.03,
            broken={"resilience": {"opinion": 3650.0}},
            unit="index",
        ),
        Fact(
            "F19.4",
            "the cause of the rift is kept from outside sellers",
            f19_4,
            at_most=-0.02,
            broken={"ladder": {"strength": 0.0}},
            unit="share",
        ),
    ),
)
