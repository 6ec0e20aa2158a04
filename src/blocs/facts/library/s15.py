"""S15 economic coordination: few allocations, advice toward what the patron trades, default at risk, territory hedges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
WEEKS = 104


def f15_1(lab: Lab) -> Measured:
    """Share of output that contested quotas really move after a year: quota times what is carried out."""
    start = {f"quota[{m}]": lab.uniform(0.6, 1.0) for m in ("rim", "plain", "ridge")}
    start |= {f"unrest[{m}]": lab.uniform(3, 8) for m in ("rim", "plain", "ridge")}
    runs = lab.run(weeks=WEEKS, rate=0.3, set=start)
    moved = [(runs[f"quota[{m}]"] * runs[f"compliance[{m}]"])[:, 52] for m in ("rim", "plain", "ridge")]
    return np.mean(moved, axis=0)


def f15_2(lab: Lab) -> Measured:
    """Slope of the advice to a member, by good, on what the patron buys less what it sells to the member."""
    goods = ("grain", "trade", "arms", "specialists")
    buys, sells = ({g: lab.uniform(0, 1) for g in goods} for _ in range(2))
    start = {f"import_share[hub,{g}]": v for g, v in buys.items()}
    start |= {f"dependence[plain,hub,{g}]": v for g, v in sells.items()}
    runs = lab.run(weeks=WEEKS, rate=0.2, set=start)
    advice = np.stack([runs[f"advice[plain,{g}]"][:, -1] for g in goods], axis=1)

    return stat(slope, np.stack([buys[g] - sells[g] for g in goods], axis=1), advice)


def f15_3(lab: Lab) -> Measured:
    """Open refusals of the patron in two years by a member with a quota: at high risk of strikes less at low risk."""
    risk = lab.choice((0.0, 3.0, 8.0, 13.0))
    runs = lab.run(weeks=WEEKS, rate=0.9, set={"quota[plain]": 0.5, "unrest[plain]": risk})
    refused = runs.count(source="plain", target="hub", act="refuse")

    def gap(refused: Floats, risk: Floats) -> float:
        high, middle, low = (refused[risk == r].mean() for r in (13.0, 3.0, 0.0))
        return float((high - low) - 2.0 * abs(middle - low))

    return stat(gap, refused, risk)


def f15_4(lab: Lab) -> Measured:
    """How much further a loyal member's public stance is from the patron's line with an offer on its territory."""
    moved: list[Floats] = []
    private = lab.uniform(-0.5, 0.1)
    for offer in (0.8, 0.0):
        runs = lab.run(
            weeks=WEEKS,
            rate=0.3,
            set={"integration_offer[plain]": offer, "private_position[plain,headship]": private},
        )
        gap = np.abs(runs["public_position[plain,headship]"] - runs["line[headship]"])
        moved.append(gap[:, -1])
    return moved[0] - moved[1]


FAMILY = Family(
    system="S15",
    mechanisms=("warmth", "coordination", "positions"),
    conduct={"act.default_quota": 4.0, "target.hedge": 1.0},
    facts=(
        Fact(
            "F15.1",
            "coordination allocates little of what is contested",
            f15_1,
            at_most=0.15,
            broken={"coordination": {"tolerance": 1.0}},
            unit="share of output",
            note="measured on quotas; claims brought to a forum are referred (R15.4), which the unit tests show",
        ),
        Fact(
            "F15.2",
            "advice to specialise goes toward what the patron buys and supplies",
            f15_2,
            at_least=0.3,
            broken={"coordination": {"advise": 3650.0}},
            unit="advice per unit",
        ),
        Fact(
            "F15.3",
            "members default openly only when the risk at home is high",
            f15_3,
            at_least=0.1,
            broken={"coordination": {"strength": 0.0}},
            unit="refusals",
        ),
        Fact(
            "F15.4",
            "an offer on territory turns a loyal member into a hedger",
            f15_4,
            at_least=0.05,
            broken={"coordination": {"resent": 0.0}},
            unit="stance",
        ),
    ),
)
