"""S05 doctrine and positions: private leads public, gaps close, a holdout's view stays, pairs mirror, lines flip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation, slope
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
ATTACKS = [(float(d), "strand", "hub", "threaten", "line") for d in (30, 33, 36, 40)]
PHASES = [
    (7.0 + 5 * n, "hub", "strand", "honour" if (n // 10) % 2 == 0 else "criticise", "breakaway") for n in range(60)
]
LAGS = range(-20, 21)


def f05_1(lab: Lab) -> Measured:
    """Lag (weeks) at which the patron's public position follows its private one best, in runs where both moved."""
    runs = lab.run(acts=ATTACKS, rate=0.1, set={"follow_lag[hub]": 7.0})
    private, public = runs["private_position[hub,line]"], runs["public_position[hub,line]"]
    moved = np.flatnonzero((np.ptp(private, axis=1) > 0.3) & (np.ptp(public, axis=1) > 0.3))
    return np.array([_best_lag(private[n], public[n]) for n in moved])


def _best_lag(first: Floats, second: Floats) -> float:
    """Return the lag of the second series at which the changes of both correlate most (a three-week mean)."""
    smooth = np.ones(3) / 3
    a, b = (np.convolve(np.diff(x), smooth, "same") for x in (first, second))
    score = [float(np.sum(a[max(0, -k) : len(a) - max(0, k)] * b[max(0, k) : len(b) - max(0, -k)])) for k in LAGS]
    return float(LAGS[int(np.argmax(score))])


def f05_2(lab: Lab) -> Measured:
    """Slope of the fall of a member's gap between public and private on how far the line moved toward its view."""
    private = lab.uniform(-1, 1)
    runs = lab.run(
        rate=0.1,
        set={
            "private_position[plain,line]": private,
            "public_position[plain,line]": 0.2 * private + 0.8 * 0.6,
            "private_position[hub,line]": -0.6,
            "line_phase[line]": 4.0,
        },
    )
    gap = np.abs(runs["public_position[plain,line]"] - runs["private_position[plain,line]"])
    nearer = np.abs(private - runs["line[line]"][:, 0]) - np.abs(private - runs["line[line]"][:, -1])

    return stat(slope, nearer, gap[:, 0] - gap[:, -1])


def f05_3(lab: Lab) -> Measured:
    """Variance over the year of the holdout's private view, as a share of that of its public one."""
    acts = [(30.0 + 25 * n, "rim", "hub", "criticise", "line") for n in range(12)]
    runs = lab.run(
        rate=0.2,
        acts=acts,
        set={"private_position[rim,line]": -0.9, "public_position[rim,line]": 0.0, "dissent_cost[rim]": 0.6},
    )
    private, public = (np.var(runs[f"{side}_position[rim,line]"], axis=1) for side in ("private", "public"))

    def ratio(private: Floats, public: Floats) -> float:
        return float(private.mean() / public.mean())

    return stat(ratio, private, public)


def f05_4(lab: Lab) -> Measured:
    """Correlation over weeks of the patron's warmth to the holdout with that to the breakaway."""
    runs = lab.run(rate=0.2, acts=PHASES)
    holdout, breakaway = runs["warmth[hub,rim]"], runs["warmth[hub,strand]"]
    return np.array([correlation(a, b) for a, b in zip(holdout, breakaway, strict=True)])


def f05_5(lab: Lab) -> Measured:
    """Chance that the line has changed sides 60 to 120 days after open attacks on it, less that without them."""
    flipped: list[Floats] = []
    for acts in (ATTACKS, []):
        line = lab.run(acts=acts, rate=0.05)["line[line]"]
        before, after = line[:, 6], line[:, 13:23]
        flipped.append((np.sign(after) != np.sign(before)[:, None]).any(axis=1).astype(float))
    return flipped[0] - flipped[1]


FAMILY = Family(
    system="S05",
    mechanisms=("warmth", "positions", "doctrine"),
    conduct={"act.warmth_tone": 1.0},
    facts=(
        Fact(
            "F05.1",
            "private statements lead public ones",
            f05_1,
            at_least=2.5,
            broken={"doctrine": {"turn": 7.0}},
            unit="weeks",
        ),
        Fact(
            "F05.2",
            "members' gaps close when the line moves toward their private view",
            f05_2,
            at_least=0.1,
            broken={"positions": {"strength": 0.0}},
            unit="stance a stance",
        ),
        Fact(
            "F05.3",
            "the holdout's private view is constant while its public stance moves",
            f05_3,
            at_most=0.1,
            broken={"positions": {"internalise": 30.0}},
            unit="ratio of variances",
        ),
        Fact(
            "F05.4",
            "the patron's warmth to the holdout mirrors that to the breakaway",
            f05_4,
            at_most=-0.1,
            broken={"warmth": {"mirror": 0.0}},
            unit="correlation",
        ),
        Fact(
            "F05.5",
            "the line on a contested event flips in 2-4 months after an open attack",
            f05_5,
            at_least=0.1,
            broken={"doctrine": {"flip": 0.0}},
            unit="chance",
        ),
    ),
)
