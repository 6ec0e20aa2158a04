"""Facts of succession and portfolios (S02)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.bloc.inside import EXPELLED
from blocs.facts.association import correlation, slope
from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Lab

WEEKS = 156
SEATS = (1, 2, 3)
MANY = 1000
"""Runs for slopes and correlations that are small beside their spread."""
LOCKS = ("hold_force", "hold_security", "hold_committee")


def first_week(there: NDArray[np.bool_]) -> Floats:
    """Return the first week in which something is so, or the last week where it never is; axis run."""
    return np.where(there.any(axis=1), there.argmax(axis=1), there.shape[1] - 1).astype(float)


def head_share(claims: Floats) -> Floats:
    """Return what is left of a lock to the head; claims have axes run, week, seat."""
    return 1.0 - claims[..., 1:].sum(axis=-1) / np.maximum(claims.sum(axis=-1), 1.0)


def f02_1(lab: Lab) -> Measured:
    """Slope of the week in which the line turns on the week in which the head came to hold all three locks."""
    runs = lab.run(
        weeks=WEEKS,
        set={
            "private_position[hub,line]": -0.8,
            "line_phase[line]": 3.0,
            "hold_force[hub,1]": lab.uniform(0.0, 0.9),
            "hold_security[hub,2]": lab.uniform(0.0, 0.9),
            "hold_committee[hub,1]": lab.uniform(0.0, 0.9),
        },
    )
    least = np.minimum.reduce([head_share(runs[f"{lock}[hub]"]) for lock in LOCKS])
    locked = first_week(least >= 0.6)
    line = runs["line[line]"]
    turned = first_week(np.abs(line - line[:, :1]) > 0.5)
    inside = (locked < WEEKS - 26) & (locked > 0)
    return stat(lambda x, y, ok: slope(x[ok], y[ok]), locked, turned, inside)


def f02_2(lab: Lab) -> Measured:
    """Removals in the four months after a visible quarrel less those in the four months before, a quarrel."""
    claims = {f"{lock}[hub,{s}]": 0.2 for lock in LOCKS for s in SEATS}
    runs = lab.run(weeks=WEEKS, set={**claims, "cohesion[hub]": 0.4})
    rift, purges = runs["rift[hub]"], runs["purges[hub]"]
    lag = 17

    def lead(rift: Floats, purges: Floats) -> float:
        gained: list[float] = []
        jumps = np.diff(rift, axis=1) > 0.2
        for run, week in zip(*np.nonzero(jumps[:, lag : WEEKS - lag - 1]), strict=True):
            w = week + lag + 1
            after = purges[run, min(w + lag, WEEKS)] - purges[run, w]
            gained.append(float(after - (purges[run, w] - purges[run, w - lag])))
        return float(np.mean(gained)) if gained else float("nan")

    return stat(lead, rift, purges)


def f02_3(lab: Lab) -> Measured:
    """Slope of the removal of a helper within a year on how consolidated the head is."""
    rival = lab.uniform(0.1, 0.9, MANY)
    runs = lab.run(
        runs=MANY,
        set={"helper[hub,1]": 0.8, "hold_security[hub,2]": rival, "hold_force[hub,2]": rival, "cohesion[hub]": 0.8},
        rules={"succession.gather": 3650.0},
    )
    gone = (runs["person[hub,1]"] == EXPELLED).any(axis=1).astype(float)
    return stat(slope, 1.0 - rival, gone)


def f02_4(lab: Lab) -> Measured:
    """How much better lists foretell titles half a year on than titles foretell lists (difference of correlations)."""
    runs = lab.run(
        runs=MANY,
        weeks=52,
        set={
            "list_rank[hub,1]": lab.uniform(0.0, 1.0, MANY),
            "title[hub,1]": lab.uniform(0.0, 1.0, MANY),
            "hold_committee[hub,1]": lab.uniform(0.0, 0.9, MANY),
            "hold_security[hub,1]": lab.uniform(0.0, 0.9, MANY),
            "hold_bureau[hub,1]": lab.uniform(0.0, 0.5, MANY),
            "cohesion[hub]": 0.9,
        },
    )
    listed, title = runs["list_rank[hub,1]"], runs["title[hub,1]"]
    now, later = 6, 32

    def gap(l0: Floats, l1: Floats, t0: Floats, t1: Floats) -> float:
        return correlation(l0, t1) - correlation(t0, l1)

    return stat(gap, listed[:, now], listed[:, later], title[:, now], title[:, later])


FAMILY = Family(
    system="S02",
    mechanisms=("memory", "doctrine", "succession"),
    facts=(
        Fact(
            "F02.1",
            "The line is openly changed only after the head holds force, security and committee",
            f02_1,
            at_least=0.4,
            broken={"succession": {"all_locks": 0.0}},
            unit="weeks a week",
        ),
        Fact(
            "F02.2",
            "Quarrels that guests can see precede removals",
            f02_2,
            at_least=0.02,
            broken={"succession": {"sack": 0.0}},
            unit="removals a quarrel",
        ),
        Fact(
            "F02.3",
            "The next victim is often the previous helper: the hazard of helpers rises as the head consolidates",
            f02_3,
            at_least=0.0,
            broken={"succession": {"debt": 0.0}},
            unit="of helpers",
        ),
        Fact(
            "F02.4",
            "Titles lag the order of lists",
            f02_4,
            at_least=0.0,
            broken={"succession": {"titles": 36500.0}},
            unit="of correlation",
        ),
    ),
)
