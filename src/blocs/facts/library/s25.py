"""S25 surveillance: readers and leaks, unsourced charges, listeners noticed and misled, good news only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation, rank_correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
FIFTH = 5
"""An act or two may be chance; five are a reaction."""
CHARGES = [(float(d), "hub", "rim", "criticise", "line") for d in (5, 6, 7, 8)]


def f25_1(lab: Lab) -> Measured:
    """Rank correlation of the circle for which a text is written with the weeks until it is public (a year if never)."""
    circle = lab.choice((0.0, 1.0, 2.0, 3.0, 4.0))
    acts = [(1.0 + n, "hub", who, "inform", "line") for n, who in enumerate(("rim", "plain", "ridge"))]
    runs = lab.run(set={"circle[hub,line]": circle, "discretion": 0.3}, acts=acts)
    out = runs["leaked[line]"] > 0.5
    weeks = np.where(out.any(axis=1), out.argmax(axis=1), 52).astype(float)
    return stat(rank_correlation, circle, weeks)


def f25_2(lab: Lab) -> Measured:
    """Concessions in two months that a charge brings once its source has been asked for, as a share of those unasked."""
    asked = [(9.0, "rim", "hub", "refuse", "line")]

    def concessions(acts: list[tuple[float, str, str, str, str]]) -> Floats:
        runs = lab.run(runs=400, weeks=10, rate=1.2, acts=acts)
        return runs.count(source="rim", target="hub", act="agree", after=10, until=70)

    none, challenged, standing = concessions([]), concessions(CHARGES + asked), concessions(CHARGES)
    return stat(
        lambda n, c, s: float((c.mean() - n.mean()) / max(s.mean() - n.mean(), 1e-3)), none, challenged, standing
    )


def f25_3(lab: Lab) -> Measured:
    """The weaker of two correlations: expected hostility with detection, detection with the listener's error afterwards."""
    warmth = lab.uniform(-0.9, 0.9)
    acts = [(day, "rim", "hub", "visit", "line") for day in (5.0, 40.0, 75.0)]
    runs = lab.run(
        set={"warmth[rim,hub]": warmth, "private_position[rim]": lab.uniform(-1, 1), "public_position[rim]": 0.0},
        acts=acts,
        rules={"surveillance.mood": 0.0},
    )
    private = np.abs(runs["private_position[rim]"][:, -1, :]).mean(axis=1) / 2.0
    sure = runs["tap_known[rim,hub]"][:, -1]
    error = np.abs(runs["doubt[hub,rim]"][:, -1] - private) / np.maximum(private, 0.05)
    return stat(lambda h, s, e: min(correlation(h, s), correlation(s, e)), -warmth, sure, error)


def f25_4(lab: Lab) -> Measured:
    """Rank correlation of the bias of reports to the centre with the days until its fifth act toward a member in trouble."""
    bias = lab.uniform(0.0, 0.97, runs=400)
    runs = lab.run(runs=400, rate=0.6, set={"report_bias[hub]": bias, "unrest[rim]": 10.0})
    fifth = np.cumsum(runs.matching(source="hub", target="rim"), axis=1) >= FIFTH
    days = np.where(fifth.any(axis=1), runs.day[np.arange(len(bias)), fifth.argmax(axis=1)], 364.0)
    return stat(rank_correlation, bias, days.astype(float))


FAMILY = Family(
    system="S25",
    mechanisms=("channels", "surveillance", "archives"),
    conduct={"act.charged": 6.0, "target.troubled": 6.0},
    facts=(
        Fact(
            "F25.1",
            "The larger the circulation of a secret text, the sooner it is public",
            f25_1,
            at_most=-0.4,
            broken={"channels": {"spread": 0.0}},
            unit="rank correlation",
        ),
        Fact(
            "F25.2",
            "Unsourced charges fail once the source is asked for",
            f25_2,
            at_most=0.3,
            broken={"archives": {"ask": 0.0}},
            unit="of concessions to a charge not challenged",
        ),
        Fact(
            "F25.3",
            "Guests who expect hostility notice the listeners and then mislead them",
            f25_3,
            at_least=0.4,
            broken={"surveillance": {"plant": 0.0}},
            unit="correlation",
        ),
        Fact(
            "F25.4",
            "A centre that sees only favourable reports reacts late",
            f25_4,
            at_least=0.2,
            broken={"surveillance": {"strength": 0.0}},
            unit="rank correlation",
        ),
    ),
)
