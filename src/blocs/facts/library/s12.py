"""S12 trade, deliveries and contracts: delay before denial, a review restores a part, supply by conduct, allies follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Act, Lab

Floats = NDArray[np.float64]


def f12_1(lab: Lab) -> Measured:
    """Weeks between each state of a stopped contract and the next, the shortest of the three: 0 where one is skipped."""
    hard: list[Act] = [(20.0, "hub", "rim", "refuse", "line")]
    hard += [(60.0 + 35 * n, "hub", "rim", act, "line") for n, act in enumerate(("withhold", *("sanction",) * 5))]
    runs = lab.run(rate=0.3, set={"pending[hub,rim]": 4.0}, acts=hard)
    stall = runs["stall[hub,rim]"]
    reached = [np.where((stall >= s).any(axis=1), (stall >= s).argmax(axis=1), -1) for s in (0.8, 1.7, 2.6, 3.5)]
    done = np.stack(reached, axis=1)
    done = done[(done >= 0).all(axis=1)]
    return np.diff(done, axis=1).min(axis=1).astype(float)


def f12_2(lab: Lab) -> Measured:
    """Credit restored by a second review after a cleared audit: with a protest in between, less without (share asked)."""
    fund = lab.uniform(2, 8)
    script: list[Act] = [(float(d), "rim", "hub", "demand", "line") for d in (1, 2)]
    script += [(float(d), "hub", "rim", "criticise", "line") for d in (8, 9, 10)]
    script += [(15.0, "rim", "hub", "inform", "line"), (22.0, "hub", "rim", "agree", "line")]
    script += [(43.0, "hub", "rim", "agree", "line")]
    protest: list[Act] = [(36.0, "rim", "hub", "refuse", "line")]
    got: list[Floats] = []
    for acts in (script, script + protest):
        runs = lab.run(set={"credit_fund[hub]": fund}, acts=acts)
        got.append((runs["credit_line[rim,hub]"] + runs["debt[rim,hub]"])[:, 8] / 2.0)
    if (got[0] > 0.9).any():
        return np.full(len(fund), np.nan)
    return got[1] - got[0]


def f12_3(lab: Lab) -> Measured:
    """Slope of the share delivered in half a year on conduct in the patron's eyes."""
    conduct = lab.uniform(0, 1)
    runs = lab.run(rate=0.2, set={"conduct[rim]": conduct, "pending[hub,rim]": 4.0})
    got, due = runs["delivered[hub,rim]"][:, 26], runs["pending[hub,rim]"][:, 26]

    return stat(slope, conduct, got / (got + due))


def f12_4(lab: Lab) -> Measured:
    """Days from the patron's stop to its dependents': mean over two members, a year where one does not stop."""
    acts: list[Act] = [(30.0 + 5 * n, "hub", "rim", "sanction", "line") for n in range(5)]
    runs = lab.run(
        rate=0.2,
        set={
            "dissent_cost[plain]": lab.uniform(0.6, 1),
            "dissent_cost[ridge]": lab.uniform(0.6, 1),
            "pending[plain,rim]": 2.0,
            "pending[ridge,rim]": 2.0,
        },
        acts=acts,
    )

    def stopped(supplier: str) -> Floats:
        level = runs[f"stall[{supplier},rim]"]
        return np.where((level >= 2.0).any(axis=1), (level >= 2.0).argmax(axis=1) * 7.0, 400.0)

    return (stopped("plain") + stopped("ridge")) / 2 - stopped("hub")


FAMILY = Family(
    system="S12",
    mechanisms=("warmth", "ladder", "credit", "contracts"),
    facts=(
        Fact(
            "F12.1",
            "delay comes before denial: waiting, re-examination, suspension, annulment",
            f12_1,
            at_least=0.5,
            broken={"contracts": {"haste": 4.0}},
            unit="weeks",
        ),
        Fact(
            "F12.2",
            "an audit that clears restores nothing at once, a later review restores a part",
            f12_2,
            at_least=0.05,
            at_most=0.8,
            broken={"credit": {"restore": 0.0}},
            unit="share asked",
        ),
        Fact(
            "F12.3",
            "supply is in proportion to conduct",
            f12_3,
            at_least=0.05,
            broken={"contracts": {"half": 1.0}},
            unit="share per unit of conduct",
        ),
        Fact(
            "F12.4",
            "stops spread to allies in days or weeks",
            f12_4,
            at_most=45.0,
            broken={"contracts": {"follow": 0.0}},
            unit="days",
        ),
    ),
)
