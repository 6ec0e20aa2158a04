"""S27 press: openness step by step, an ally names first, organs that disagree around a turn, edits, instant replies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
OTHERS = ("plain", "ridge", "strand")
HARSH = ("criticise", "threaten", "sanction", "coerce")


def f27_1(lab: Lab) -> Measured:
    """Rise of openness of all pairs less what is taken back or skipped (more than one step a week), as a share of the rise."""
    runs = lab.run(rate=1.5)
    move = np.diff(runs["openness"], axis=1)
    rise, fall = np.maximum(move, 0), np.maximum(-move, 0)
    skipped = np.maximum(rise - 1.0, 0)
    axes = (1, 2, 3)
    return stat(
        lambda r, f, s: float(1.0 - (f.sum() + s.sum()) / r.sum()),
        rise.sum(axis=axes),
        fall.sum(axis=axes),
        skipped.sum(axis=axes),
    )


def f27_2(lab: Lab) -> Measured:
    """1 where an ally names the target before the patron does; patron and ally differ in how close they are."""
    acts = [(5.0 + 12 * n, "hub", "rim", HARSH[n % len(HARSH)], "line") for n in range(29)]
    runs = lab.run(
        set={"warmth[plain,hub]": lab.uniform(0.4, 0.9), "warmth[plain,rim]": lab.uniform(-0.6, 0.2)}, acts=acts
    )
    ally, patron = runs["openness[plain,rim]"] >= 4.0, runs["openness[hub,rim]"] >= 4.99
    named = ally.any(axis=1) & patron.any(axis=1)
    return (ally.argmax(axis=1) < patron.argmax(axis=1))[named].astype(float)


def f27_3(lab: Lab) -> Measured:
    """Spread between the centre's organs in the half year after a turn, less that in the last month (share of the turn)."""
    turn = lab.uniform(-0.8, 0.2)
    runs = lab.run(set={"line[line]": turn})
    spread = np.abs(runs["printed_line[line]"] - runs["journal_line[line]"]) / np.abs(turn - 0.6)[:, None]
    return spread[:, 4:27].mean(axis=1) - np.maximum(spread[:, -4:].mean(axis=1), spread[:, 0])


def f27_4(lab: Lab) -> Measured:
    """1 where a guest's words go from whole to adjectives to clauses to deletion, none skipped and none taken back."""
    acts = [(day, "rim", "hub", "declare", "line") for day in (5.0, 40.0, 90.0, 130.0)]
    runs = lab.run(set={"public_position[rim,line]": lab.uniform(-1.0, -0.6)}, acts=acts)
    path = runs["edited[hub,rim]"]
    move = np.diff(path, axis=1)
    stepwise = (move <= 1.001).all(axis=1) & (move >= -1e-6).all(axis=1)
    return (stepwise & (path[:, -1] > 2.9)).astype(float)


def f27_5(lab: Lab) -> Measured:
    """Days until the target of a public attack acts, as a share of the days until another actor does."""
    acts = [(30.0, "hub", "rim", "threaten", "line"), (30.1, "hub", "rim", "criticise", "line")]
    runs = lab.run(rate=0.4, set={"openness[hub,rim]": 5.0}, acts=acts)

    def lag(who: str) -> Floats:
        return np.nan_to_num(runs.first(source=who, after=30.2), nan=364.0) - 30.2

    target, others = lag("rim"), np.mean([lag(who) for who in OTHERS], axis=0)
    return stat(lambda t, o: float(t.mean() / o.mean()), target, others)


FAMILY = Family(
    system="S27",
    mechanisms=("warmth", "openness", "press"),
    conduct={"act.openness_severity": 1.5, "target.quarrel": 1.5, "source.attacked_openly": 5.0},
    facts=(
        Fact(
            "F27.1",
            "Openness moves one step at a time, with few reversals",
            f27_1,
            at_least=0.8,
            broken={"openness": {"step": 6.0, "jump": 6.0}},
            unit="of the rise",
        ),
        Fact(
            "F27.2",
            "Naming comes last, and an ally names before the patron does",
            f27_2,
            at_least=0.9,
            broken={"openness": {"wait": 0.0}},
            unit="of quarrels",
        ),
        Fact(
            "F27.3",
            "While the line is unsettled the centre's organs contradict one another",
            f27_3,
            at_least=0.05,
            broken={"press": {"slow": 60.0}},
            unit="of the turn",
        ),
        Fact(
            "F27.4",
            "Edits go from adjective to deletion",
            f27_4,
            at_least=0.9,
            broken={"press": {"stroke": 3.0}},
            unit="of guests",
        ),
        Fact(
            "F27.5",
            "The target of a public attack answers at once, others late",
            f27_5,
            at_most=0.5,
            broken={"memory": {"strength": 0.0}},
            unit="of others' delay",
        ),
    ),
)
