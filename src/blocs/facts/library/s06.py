"""Multilateral meetings: what the convener adds, who joins in, what follows a failure (S06)."""

from __future__ import annotations

import numpy as np

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Lab
from blocs.facts.sessions import FIRST, OPENS, session

ISSUES = ("line", "breakaway", "headship", "specialisation", "force", "base")
GUESTS = ("rim", "plain", "ridge")
HOSTILE = ("criticise", "demand", "refuse", "slight", "threaten", "distance")
HARD = ("withhold", "sanction", "spy", "subvert", "remove", "coerce")


def f06_1(lab: Lab) -> Measured:
    """Covariance over issues, run by run, of what was added to the agenda and what the convener minds most."""
    care = {k: lab.uniform(0.0, 1.0) for k in ISSUES}
    held = {(a, k): lab.uniform(-1.0, 1.0) for a in GUESTS for k in ISSUES}
    start = {f"salience[hub,{k}]": x for k, x in care.items()}
    start |= {f"public_position[{a},{k}]": x for (a, k), x in held.items()}
    runs = lab.run(weeks=12, set={**session("meeting", ["specialisation"]), **start})
    drift = np.stack([runs[f"session_agenda[0,{k}]"] - runs[f"session_declared[0,{k}]"] for k in ISSUES])[..., FIRST]
    minded = np.stack([care[k] * np.mean([np.abs(held[a, k] - 0.7) for a in GUESTS], axis=0) for k in ISSUES])
    return ((drift - drift.mean(axis=0)) * (minded - minded.mean(axis=0))).sum(axis=0)


def f06_2(lab: Lab) -> Measured:
    """Slope, on what dissent would cost two members, of their attacks after the first speech of a third less before."""
    cost = lab.uniform(0.0, 1.0)
    runs = lab.run(
        weeks=14,
        rate=1.5,
        set={
            **session("meeting", ["line"], days=28.0),
            "dissent_cost[plain]": cost,
            "dissent_cost[ridge]": cost,
        },
        acts=[(OPENS + 10, "rim", "hub", "criticise", "line")],
    )
    who = {"source": ("plain", "ridge"), "target": "rim", "act": HOSTILE}
    speech = OPENS + 10
    burst = runs.count(**who, after=speech, until=speech + 10) - runs.count(**who, after=speech - 10, until=speech)
    return stat(slope, cost, burst)


def f06_3(lab: Lab) -> Measured:
    """Hard acts of the convener against the holdout in the 60 days after the meeting, less in the 60 days before."""
    opposed = {"public_position[rim,line]": -1.0}
    runs = lab.run(weeks=24, rate=1.0, set={**session("text", ["line"], naming=3.0, days=7.0), **opposed})
    who = {"source": "hub", "target": "rim", "act": HARD}
    closed = OPENS + 7.0
    return runs.count(**who, after=closed, until=closed + 60) - runs.count(**who, after=closed - 60, until=closed)


def f06_4(lab: Lab) -> Measured:
    """Support of the convener's clause with a measured dossier, less the larger support with none or a severe one."""
    held = {f"public_position[{a},line]": lab.uniform(-1.0, 1.0) for a in GUESTS}

    def support(severity: float) -> Floats:
        start = session("text", ["line"], dossier=severity, notice=7.0, lead=7.0, days=7.0)
        return lab.run(weeks=10, set={**start, **held})["clause_share[0,0]"][:, FIRST]

    none, some, much = support(0.0), support(0.35), support(1.0)
    return stat(lambda a, b, c: b.mean() - max(a.mean(), c.mean()), none, some, much)


def f06_5(lab: Lab) -> Measured:
    """Chance that the breakaway comes without signing where a text binds little, less where it binds much."""
    apart = {"public_position[strand,headship]": lab.uniform(-1.0, -0.7)}

    def comes(rule: float) -> Floats:
        ring = session("text", ["headship"], seats=("hub", "plain", "strand"), rule=rule, naming=3.0, days=7.0)
        runs = lab.run(weeks=14, set={**ring, **apart})
        there = runs["session_seat[0,strand]"][:, FIRST] > 0
        return there & (runs["session_sign[0,strand]"].max(axis=1) <= 0.0)

    return comes(2.0) * 1.0 - comes(0.0) * 1.0


FAMILY = Family(
    system="S06",
    mechanisms=("calling", "texts", "assembly"),
    conduct={"target.singled_out": 6.0, "act.chorus": 4.0, "act.defied": 5.0},
    facts=(
        Fact(
            "F06.1",
            "what is added to an agenda is what the convener wants condemned",
            f06_1,
            at_least=0.02,
            broken={"calling": {"widen": 0.0}},
        ),
        Fact(
            "F06.2",
            "denunciations of an isolated member burst after its first speech, the more the dearer dissent",
            f06_2,
            at_least=0.2,
            broken={"assembly": {"mark": 0.0}},
            unit="acts per unit of dissent cost",
        ),
        Fact(
            "F06.3",
            "a meeting that fails to bind the holdout is followed within weeks by material pressure",
            f06_3,
            at_least=0.1,
            broken={"assembly": {"sting": 0.0}},
            unit="acts",
        ),
        Fact(
            "F06.4",
            "an over-strong dossier loses support",
            f06_4,
            at_least=0.0,
            broken={"texts": {"recoil": 0.0}},
            unit="share of weight",
        ),
        Fact(
            "F06.5",
            "the breakaway is absent from the narrow ring, present and unsigned in the wide one",
            f06_5,
            at_least=0.1,
            broken={"calling": {"stay_away": 1.0}},
            unit="share of runs",
        ),
    ),
)
