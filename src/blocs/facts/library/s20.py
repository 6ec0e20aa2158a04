"""S20 camps: third parties pay for a thaw, the backed answer late, parties part before states, followers and holdouts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.base import Fact, Family, Measured
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
MEMBERS = ("rim", "plain", "ridge")
PROPOSALS = (120.0, 180.0, 240.0, 300.0)
QUARREL = [
    (20.0 + 8 * n, *(("rim", "hub") if n % 2 else ("hub", "rim")), "criticise" if n % 3 else "threaten", "line")
    for n in range(40)
]


def f20_1(lab: Lab) -> Measured:
    """Demands of the patron on members in the three months after a thaw with the breakaway, less without it."""
    thaw = [(100.0 + n, "hub", "strand", act, "breakaway") for n, act in enumerate(("honour", "agree", "visit", "aid"))]
    demands = [
        lab.run(rate=1.5, acts=acts, set={"openness[rim,strand]": 5.0}).count(
            source="hub", target=MEMBERS, act="demand", after=104, until=194
        )
        for acts in (thaw, [])
    ]
    return demands[0] - demands[1]


def f20_2(lab: Lab) -> Measured:
    """Days that the breakaway takes to answer the patron's proposals when another power courts it, less otherwise."""
    asked = [(day, "hub", "strand", "propose", "breakaway") for day in PROPOSALS]
    suitor = [(10.0 + 9 * n, "ridge", "strand", "aid", "breakaway") for n in range(10)]
    waits = [_wait(lab, asked + others) for others in (suitor, [])]
    return waits[0] - waits[1]


def _wait(lab: Lab, acts: list[tuple[float, str, str, str, str]]) -> Floats:
    runs = lab.run(rate=1.0, acts=acts, set={"outside_option_true[strand]": 0.1, "outside_suppliers[strand]": 0.0,
                                             "hard_currency[strand]": 0.0})  # fmt: skip
    answered = [runs.first(source="strand", target="hub", after=day, until=day + 60) - day for day in PROPOSALS]
    return np.nan_to_num(np.stack(answered, axis=1), nan=60.0).mean(axis=1)


def f20_3(lab: Lab) -> Measured:
    """Sign of the weeks by which state ties of patron and holdout outlast their party tie (ends: half is gone)."""
    runs = lab.run(rate=1.0, acts=QUARREL, set={"patience[hub,rim]": 0.2})
    party = _first_week(runs["party_tie[hub,rim]"] < 0.5)
    state = _first_week(runs["broken[hub,rim]"] > 0.5)
    return np.sign(state - party)


def _first_week(hit: NDArray[np.bool_]) -> Floats:
    return np.where(hit.any(axis=1), hit.argmax(axis=1), hit.shape[1]).astype(float)


def f20_4(lab: Lab) -> Measured:
    """1 where a follower takes up a new line within four weeks of it, a hedger later, and the holdout not in the year."""
    runs = lab.run(
        rate=0.1,
        set={
            "private_position[hub,line]": -0.9,
            "line_phase[line]": 4.0,
            "follow_lag[plain]": 5.0,
            "follow_lag[ridge]": 150.0,
            "public_position[plain,line]": 0.6,
            "public_position[ridge,line]": 0.6,
            "public_position[rim,line]": 0.6,
            "private_position[plain,line]": 0.6,
            "private_position[ridge,line]": 0.6,
            "private_position[rim,line]": 0.8,
            "dissent_cost[plain]": 1.0,
            "dissent_cost[ridge]": 0.8,
        },
    )
    led = _first_week(runs["line[line]"] < 0.0)
    lag = {who: _first_week(runs[f"public_position[{who},line]"] < 0.0) - led for who in MEMBERS}
    never = _first_week(runs["public_position[rim,line]"] < 0.0) > 52
    return ((lag["plain"] <= 4) & (lag["ridge"] > lag["plain"] + 2) & never).astype(float)


def f20_5(lab: Lab) -> Measured:
    """Fall of the small critic's public stance on the patron's issue, less five times the move of its view on the rival's."""
    acts = [(20.0 + 15 * n, "ridge", "hub", "criticise", "headship") for n in range(8)]
    acts += [(25.0 + 15 * n, "rim", "ridge", "defend", "headship") for n in range(8)]
    acts += [(30.0 + 20 * n, "rim", "hub", "criticise", "line") for n in range(12)]
    runs = lab.run(rate=0.3, acts=acts, set={"public_position[rim,line]": 0.0, "private_position[rim,headship]": 0.1})
    shown, held = runs["public_position[rim,line]"], runs["private_position[rim,headship]"]
    return shown[:, 0] - shown[:, -1] - 5 * np.abs(held[:, -1] - held[:, 0])


FAMILY = Family(
    system="S20",
    mechanisms=("warmth", "openness", "camps", "ladder", "positions", "doctrine", "resilience"),
    conduct={
        "target.price_of_thaw": 4.0,
        "target.aloof": 5.0,
        "act.price_demanded": 5.0,
        "act.principle": 2.0,
        "act.rung_severity": 6.0,
        "act.rupture_ready": 5.0,
    },
    facts=(
        Fact(
            "F20.1",
            "a thaw of patron and breakaway is followed by demands on members",
            f20_1,
            at_least=0.2,
            broken={"camps": {"warm": 0.0}},
            unit="demands",
        ),
        Fact(
            "F20.2",
            "a breakaway with two suitors answers late",
            f20_2,
            at_least=1.0,
            broken={"resilience": {"offer": 0.0}},
            unit="days",
        ),
        Fact(
            "F20.3",
            "a party tie ends before state ties",
            f20_3,
            at_least=0.3,
            broken={"camps": {"split": 0.0}},
            unit="mean sign",
        ),
        Fact(
            "F20.4",
            "followers follow at once, hedgers late, the holdout not",
            f20_4,
            at_least=0.8,
            broken={"positions": {"strength": 0.0}},
            unit="share",
        ),
        Fact(
            "F20.5",
            "the small critic turns from the patron's line and keeps its own view of the rival's",
            f20_5,
            at_least=0.1,
            broken={"positions": {"internalise": 30.0}},
            unit="stance",
        ),
    ),
)
