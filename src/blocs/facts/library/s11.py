"""S11 grain, food and reserves: low stocks invite refusal, a substitute defeats it, scarcity is announced in quarrels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
WEEKS = 104


def f11_1(lab: Lab) -> Measured:
    """Slope, on days of stock, of the withholdings and sanctions that a member under pressure meets in eight months."""
    stock = lab.uniform(0, 60, 500)
    runs = lab.run(
        runs=500,
        weeks=WEEKS,
        rate=0.9,
        set={"reserve_days[rim,grain]": stock, "rung[hub,rim]": 12.0, "hard_currency[rim]": 0.0},
    )
    met = runs.count(source="hub", target="rim", act=("withhold", "sanction"), until=240)

    return stat(slope, stock / 30.0, met)


def f11_2(lab: Lab) -> Measured:
    """Yielding caused by a grain stop where a seller and money are at hand, as a share of that where they are not.

    All of it (1) where a stop brings hardly any yielding: what a substitute is worth cannot be seen there.
    """

    def yielded(stop: float, sellers: float, money: float) -> Floats:
        start = {
            "withheld[hub,rim,grain]": stop,
            "outside_suppliers[rim]": sellers,
            "hard_currency[rim]": money,
            "reserve_days[rim,grain]": 30.0,
            "import_share[rim,grain]": 0.6,
        }
        runs = lab.run(weeks=WEEKS, rate=0.9, set=start)
        return runs.count(source="rim", target="hub", act=("agree", "align"), after=30, until=365)

    free, none, bought = yielded(0.0, 2.0, 100.0), yielded(1.0, 0.0, 0.0), yielded(1.0, 2.0, 100.0)

    def ratio(free: Floats, none: Floats, bought: Floats) -> float:
        caused = none.mean() - free.mean()
        return float((bought.mean() - free.mean()) / caused) if caused > 0.05 else 1.0

    return stat(ratio, free, none, bought)


def f11_3(lab: Lab) -> Measured:
    """Weeks from quarrels with half of the members being half open to the announcement of general scarcity."""
    runs = lab.run(weeks=WEEKS, rate=0.9, set={"openness": 0.0})
    open_ = np.mean([runs[f"openness[{m},hub]"] for m in ("rim", "plain", "ridge")], axis=0) / 6.0
    said = runs["scarcity[hub]"]
    ever = np.asarray((said > 0.3).any(axis=1))
    if ever.mean() < 0.5:
        return np.full(len(said), np.nan)
    quarrel = np.where((open_ > 0.3).any(axis=1), (open_ > 0.3).argmax(axis=1), WEEKS)
    return ((said > 0.3).argmax(axis=1) - quarrel)[ever].astype(float)


def f11_4(lab: Lab) -> Measured:
    """Chance that an unlimited promise is withdrawn: where relations are bad less good, less the same for low stocks."""
    warmth, crop = lab.uniform(-0.9, 0.9, 400), lab.uniform(0.7, 1.3, 400)
    runs = lab.run(
        runs=400,
        weeks=WEEKS,
        rate=0.2,
        set={"supply_promise[rim]": 0.3, "warmth[hub,rim]": warmth, "warmth[rim,hub]": warmth, "harvest[hub]": crop},
    )
    gone = (runs["supply_promise[rim]"][:, -1] < 0).astype(float)
    regard = runs["warmth[hub,rim]"].mean(axis=1)

    def gap(gone: Floats, regard: Floats, crop: Floats) -> float:
        by_ties = gone[regard < 0].mean() - gone[regard >= 0].mean()
        by_stock = gone[crop < 1].mean() - gone[crop >= 1].mean()
        return float(by_ties - abs(by_stock))

    return stat(gap, gone, regard, crop)


FAMILY = Family(
    system="S11",
    mechanisms=("warmth", "openness", "credit", "provision", "supply"),
    conduct={"act.short_asks": 3.0, "act.starve": 8.0, "act.capitulate": 4.0},
    facts=(
        Fact(
            "F11.1",
            "deliveries are refused when stocks are low",
            f11_1,
            at_most=-0.05,
            broken={"credit": {"ask": 0.0}},
            unit="refusals per 30 days of stock",
            note="the patron does not see the stock: it sees that the short ask",
        ),
        Fact(
            "F11.2",
            "with a seller and money at hand a stop does not bring yielding",
            f11_2,
            at_most=0.25,
            broken={"supply": {"alarm": 1.0}},
            unit="share",
        ),
        Fact(
            "F11.3",
            "general scarcity is announced after open quarrels, not only after bad harvests",
            f11_3,
            at_least=0.5,
            broken={"provision": {"quarrel": 0.0}},
            unit="weeks",
        ),
        Fact(
            "F11.4",
            "a promise of supply turns into its opposite with relations, not with stocks",
            f11_4,
            at_least=0.05,
            broken={"provision": {"strength": 0.0}},
            unit="chance",
        ),
    ),
)
