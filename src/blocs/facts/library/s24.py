"""S24 channels: notice by rank, letters held back, envoys around objections, briefings before print, lost orders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab, Runs

Floats = NDArray[np.float64]
TOLD = ("rim", "plain", "ridge", "strand")
MEMBERS = ("rim", "plain", "ridge")
ENVOYS = ("visit", "meet", "lobby", "consult")
PROTEST = ("refuse", "criticise", "demand", "threaten", "distance", "slight")


def crossing(path: Floats, start: float, end: float) -> Floats:
    """Return the days until a path (run, week) is half way from `start` to `end`; its last day where it never is."""
    way = (path - start) / (end - start)
    reached = way >= 0.5
    week = np.where(reached.any(axis=1), reached.argmax(axis=1), path.shape[1] - 1)
    rows = np.arange(len(path))
    here, before = way[rows, week], way[rows, np.maximum(week - 1, 0)]
    part = np.clip((0.5 - before) / np.maximum(here - before, 1e-9), 0.0, 1.0)
    return 7.0 * np.where(week > 0, week - 1 + part, 0.0)


def _heard(runs: Runs, who: str, start: float, end: float) -> Floats:
    return crossing(runs[f"known_line[{who},line]"], start, end)


def f24_1(lab: Lab) -> Measured:
    """Rank correlation over four recipients of the delay of a notice with the warmth shown to them."""
    warmth = {who: lab.uniform(-0.9, 0.9) for who in TOLD}
    start: dict[str, object] = {f"warmth[hub,{who}]": w for who, w in warmth.items()}
    start |= {f"public_position[{who},line]": lab.uniform(-1, 1) for who in TOLD}
    runs = lab.run(set={**start, "line[line]": -0.6})
    lag = np.stack([_heard(runs, who, 0.6, -0.6) for who in TOLD], axis=1)
    ranks = [np.argsort(np.argsort(x, axis=1), axis=1) - 1.5 for x in (lag, np.stack(list(warmth.values()), axis=1))]
    return (ranks[0] * ranks[1]).sum(axis=1) / 5.0


def f24_2(lab: Lab) -> Measured:
    """Correlation of the days between a member's notice and the print with its protests in the half year after the turn."""
    notice = np.exp(lab.uniform(np.log(1.0), np.log(150.0)))
    runs = lab.run(
        weeks=26,
        rate=1.0,
        set={"line[line]": 1.0, "private_position[rim,line]": -0.9, "public_position[rim,line]": 0.6},
        rules={"channels.notice": notice},
    )
    ahead = crossing(runs["printed_line[line]"], 0.6, 1.0) - _heard(runs, "rim", 0.6, 1.0)
    protests = runs.count(source="rim", target="hub", act=PROTEST, issue="line")
    return stat(correlation, ahead, protests)


def f24_3(lab: Lab) -> Measured:
    """Envoys to the objector a month: in the month after an objection, less the larger of the month before and the fourth."""
    acts = [(60.0, "rim", "hub", "refuse", "line"), (61.0, "rim", "hub", "criticise", "line")]
    runs = lab.run(rate=0.5, acts=acts)

    def envoys(after: float) -> Floats:
        return runs.count(source="hub", target="rim", act=ENVOYS, after=after, until=after + 30)

    before, during, later = envoys(30), envoys(61), envoys(151)
    return stat(lambda b, d, n: float(d.mean() - max(b.mean(), n.mean())), before, during, later)


def f24_4(lab: Lab) -> Measured:
    """Days by which the members know of a new line before the daily has half of it."""
    warmth = {f"warmth[hub,{who}]": lab.uniform(0, 0.8) for who in MEMBERS}
    runs = lab.run(set={**warmth, "line[line]": -0.6})
    briefed = np.mean([_heard(runs, who, 0.6, -0.6) for who in MEMBERS], axis=0)
    return crossing(runs["printed_line[line]"], 0.6, -0.6) - briefed


def f24_5(lab: Lab) -> Measured:
    """Days for which an undelivered order stays undiscovered, as a share of the days until the two meet."""
    shares: list[Floats] = []
    for day in (62.0, 153.0, 251.0):
        acts = [(2.0, "hub", "rim", "demand", "line"), (day, "rim", "hub", "visit", "line")]
        runs = lab.run(set={"envoy_reliability[hub]": 0.5}, acts=acts)
        apart = 7.0 * (runs["unheard[hub,rim]"] > 0.5).sum(axis=1)
        # lost or not is the run's own luck, the same in all three calls; noted at the ends of weeks
        lost = runs["unheard[hub,rim]"][:, 3] > 0.5
        shares.append(apart[lost] / (day - 7.0))
    return np.concatenate(shares)


FAMILY = Family(
    system="S24",
    mechanisms=("channels", "press"),
    conduct={
        "source.forewarned": 6.0,
        "act.forewarned_tone": 5.0,
        "issue.forewarned_issue": 8.0,
        "target.objector": 3.0,
        "act.envoy": 4.0,
    },
    facts=(
        Fact(
            "F24.1",
            "Notice is a signal of rank: those in favour hear first, critics last",
            f24_1,
            at_most=-0.4,
            broken={"channels": {"courtesy": 0.0}},
            unit="rank correlation",
        ),
        Fact(
            "F24.2",
            "Protest grows with the days of notice: what is told late cannot be stopped",
            f24_2,
            at_least=0.2,
            broken={"press": {"embargo": 1.0}},
            unit="correlation",
        ),
        Fact(
            "F24.3",
            "Envoys rise sharply when a holdout objects, then fall",
            f24_3,
            at_least=0.3,
            broken={"memory": {"strength": 0.0}},
            unit="envoys a month",
        ),
        Fact(
            "F24.4",
            "Restricted briefings precede a public line by one to four months",
            f24_4,
            at_least=30.0,
            at_most=122.0,
            broken={"press": {"embargo": 7.0}},
            unit="days",
        ),
        Fact(
            "F24.5",
            "An undelivered order is discovered only face to face",
            f24_5,
            at_least=0.9,
            at_most=1.1,
            broken={"channels": {"clear": 0.0}},
            unit="of the days until they meet",
        ),
    ),
)
