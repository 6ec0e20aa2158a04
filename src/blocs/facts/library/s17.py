"""Facts of intervention and show of force (S17)."""

from __future__ import annotations

import numpy as np

from blocs.bloc.inside import AGAIN, CLEARED
from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Act, Lab

ENTRY: list[Act] = [(15.0, "hub", "plain", "coerce", "force")]
CRISIS = {"unrest[plain]": 9.0, "believed_unrest[hub,plain]": 9.0, "cohesion[plain]": 0.3}


def f17_1(lab: Lab) -> Measured:
    """Share of entries followed by a second within half a year: where the first was withdrawn less where it was not."""

    def second(leave: float) -> Floats:
        runs = lab.run(rate=1.0, set=CRISIS, acts=ENTRY, rules={"force.leave": leave})
        return (runs.count(source="hub", target="plain", act="coerce", after=22.0, until=200.0) > 0).astype(float)

    return second(1.0) - second(0.0)


def f17_2(lab: Lab) -> Measured:
    """Interventions a week in a member that fights in its streets: after it declared its exit less before."""
    runs = lab.run(
        rate=1.0,
        set={"unrest[plain]": 13.0, "believed_unrest[hub,plain]": 13.0, "cohesion[plain]": 0.2},
        rules={"force.embolden": 0.0, "force.partial": 0.0},
    )
    exits, rung = runs["treaty_exit[plain]"][:, :-1], runs["unrest[plain]"][:, :-1]
    weeks = exits.shape[1]
    acted = np.stack(
        [
            runs.count(source="hub", target="plain", act="coerce", after=7.0 * w, until=7.0 * (w + 1))
            for w in range(weeks)
        ],
        axis=1,
    )
    fighting = rung >= 9.0
    counted = [(acted * fighting * (exits > 0.5)).sum(axis=1), (fighting * (exits > 0.5)).sum(axis=1)]
    counted += [(acted * fighting * (exits <= 0.5)).sum(axis=1), (fighting * (exits <= 0.5)).sum(axis=1)]

    def jump(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
        return float(a.sum() / b.sum() - c.sum() / d.sum()) if b.sum() and d.sum() else float("nan")

    return stat(jump, *counted)


def f17_3(lab: Lab) -> Measured:
    """Interaction of unity and an insecure frontier in help less force in the half year after a show of force."""
    unity, frontier = lab.uniform(0.0, 1.0), lab.uniform(0.0, 1.0)
    runs = lab.run(
        rate=1.6,
        weeks=30,
        set={"unrest[plain]": 6.0, "cohesion[plain]": unity, "border_insecurity[plain]": frontier},
        acts=ENTRY,
    )
    help_ = runs.count(source="hub", target="plain", act="aid", after=16.0, until=200.0)
    force = runs.count(source="hub", target="plain", act="coerce", after=16.0, until=200.0)

    def interaction(c: Floats, b: Floats, y: Floats) -> float:
        return float(np.linalg.lstsq(np.column_stack([np.ones_like(c), c, b, c * b]), y, rcond=None)[0][3])

    return stat(interaction, unity, frontier, help_ - force)


def f17_4(lab: Lab) -> Measured:
    """Share of members consulted before an entry: the weighty less the slight."""
    weight = lab.uniform(0.0, 1.0)
    runs = lab.run(weeks=8, set={**CRISIS, "bargaining_weight[rim]": weight}, acts=ENTRY)
    asked = runs["consulted[rim]"][:, 4]
    return stat(lambda w, y: float(y[w > 0.5].mean() - y[w <= 0.5].mean()), weight, asked)


def f17_5(lab: Lab) -> Measured:
    """Share of heads brought in by a full entry who were once condemned, where one contender in three was."""
    runs = lab.run(
        set={
            "unrest[plain]": 12.0,
            "believed_unrest[hub,plain]": 12.0,
            "treaty_exit[plain]": 1.0,
            "cohesion[plain]": 0.2,
            "person[plain,3]": CLEARED,
            "pliant[plain,1]": 0.5,
            "pliant[plain,3]": 0.3,
        },
        acts=ENTRY,
    )
    changes, person = runs["leader_changes[plain]"], runs["person[plain,0]"]
    changed = (changes[:, 2] == 0) & (changes[:, 30] > 0)
    week = (changes > 0).argmax(axis=1)
    return (person[np.arange(len(week)), week] == AGAIN)[changed].astype(float)


FAMILY = Family(
    system="S17",
    mechanisms=("memory", "leadership", "force"),
    conduct={"target.alarm": 2.0, "act.armed_answer": 4.0, "act.paid_not_forced": 4.0, "act.armour_or_credit": 1.0},
    facts=(
        Fact(
            "F17.1",
            "A half-hearted entry is followed by a larger one",
            f17_1,
            at_least=0.1,
            broken={"force": {"partial": 0.0}},
            unit="of entries",
        ),
        Fact(
            "F17.2",
            "A declared exit from the treaty, not fighting in the streets, is the last trigger",
            f17_2,
            at_least=0.05,
            broken={"force": {"secede": 0.0}},
            unit="interventions a week",
        ),
        Fact(
            "F17.3",
            "A member that keeps its large body closed and its frontier is insecure gets payment in place of troops",
            f17_3,
            at_least=0.5,
            broken={"force": {"strength": 0.0}},
            unit="acts",
        ),
        Fact(
            "F17.4",
            "Those are consulted who could act, not all members",
            f17_4,
            at_least=0.5,
            broken={"force": {"ask": 0.0}},
            unit="of members",
        ),
        Fact(
            "F17.5",
            "The new leader is found among former rebels",
            f17_5,
            at_least=0.45,
            broken={"leadership": {"rebel": 0.0}},
            unit="of new heads",
        ),
    ),
)
