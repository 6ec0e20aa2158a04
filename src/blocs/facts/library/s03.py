"""Facts of leader selection and substitution in members (S03)."""

from __future__ import annotations

import numpy as np

from blocs.bloc.inside import AGAIN, JAILED
from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Lab

JUDGED = {"judged[plain,breakaway]": 1.0, "signed[plain,breakaway]": 1.0, "ruling[breakaway]": 1.0}
REMOVALS = [(7.0 * n, "hub", "plain", "remove", "headship") for n in (1, 3, 5, 7)]
FAVOURITE = 0.8


def f03_1(lab: Lab) -> Measured:
    """Share of incumbents removed on the patron's wish less the share of those vacancies that its first choice took."""
    runs = lab.run(
        set={
            "pliant[plain,1]": FAVOURITE,
            "pliant[plain,2]": 0.0,
            "pliant[plain,3]": -0.3,
            "unrest[plain]": 1.0,
            "cohesion[plain]": 0.3,
        },
        acts=REMOVALS,
    )
    changes, head = runs["leader_changes[plain]"], runs["pliant[plain,0]"]
    gone = changes[:, -1] > 0
    week = np.where(gone, (changes > 0).argmax(axis=1), 0)
    chosen = np.isclose(head[np.arange(len(head)), week], FAVOURITE) & gone
    return stat(lambda g, c: float(g.mean() - c.sum() / max(g.sum(), 1)), gone, chosen)


def f03_2(lab: Lab) -> Measured:
    """Share of prisoners back in office within a year: with a liberal turn of the patron less without."""
    start = {**JUDGED, "verdict[plain,breakaway]": 1.0, "person[plain,3]": JAILED, "unrest[plain]": 1.0}

    def back(acts: list[tuple[float, str, str, str, str]]) -> Floats:
        person = lab.run(set=start, acts=acts)["person[plain]"]
        return (person == AGAIN).any(axis=(1, 2)).astype(float)

    return back([(30.0, "hub", "strand", "align", "breakaway")]) - back([])


def f03_3(lab: Lab) -> Measured:
    """Correlation of a head's survival over three years with unity times the share of verdicts kept."""
    unity, kept = lab.uniform(0.1, 1.0), lab.uniform(0.0, 1.0)
    pressure = [(28.0 * n, "hub", "plain", "criticise", "headship") for n in range(1, 38)]
    runs = lab.run(
        weeks=156,
        set={**JUDGED, "cohesion[plain]": unity, "verdict[plain,breakaway]": kept},
        acts=pressure,
    )
    survived = (runs["leader_changes[plain]"][:, -1] == 0).astype(float)
    return stat(correlation, unity * kept, survived)


def f03_4(lab: Lab) -> Measured:
    """Share of deposed heads spoken of worse and worse, step by step, down to criminal, and better only after a new line."""
    acts = [*REMOVALS, (660.0, "plain", "hub", "rehabilitate", "headship")]
    runs = lab.run(weeks=104, set={"cohesion[plain]": 0.3, "unrest[plain]": 3.0}, acts=acts)
    status, changes = runs["fallen_status[plain]"], runs["leader_changes[plain]"]
    line = 94
    values: list[float] = []
    for path, fell in zip(status, changes, strict=True):
        if fell[30] == 1 and fell[-1] == 1:
            steps = np.diff(path[:line])
            down = bool(((steps == 0) | (steps == 1)).all()) and path[line - 1] == 3
            values.append(float(down and path[line + 1] < 3))
    return np.asarray(values)


FAMILY = Family(
    system="S03",
    mechanisms=("memory", "rulings", "clearing", "leadership"),
    facts=(
        Fact(
            "F03.1",
            "The patron controls exits better than entries",
            f03_1,
            at_least=0.15,
            broken={"leadership": {"oust": 0.0, "wound": 0.0}},
            unit="of heads",
        ),
        Fact(
            "F03.2",
            "Former prisoners are back at the top within months of a liberal line",
            f03_2,
            at_least=0.2,
            broken={"clearing": {"free": 0.0}},
            unit="of prisoners",
        ),
        Fact(
            "F03.3",
            "The leadership that is never changed is of one mind and keeps its verdicts",
            f03_3,
            at_least=0.25,
            broken={"leadership": {"shield": 0.0, "ground": 0.0}},
            unit="of correlation",
        ),
        Fact(
            "F03.4",
            "A deposed head is praised, then faulted, then called criminal, and spoken of better only after a new line",
            f03_4,
            at_least=0.7,
            broken={"leadership": {"fault": 0.0}},
            unit="of deposed heads",
        ),
    ),
)
