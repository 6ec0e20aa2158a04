"""Joint texts: names, concessions, nights, notice and the missing signature (S07)."""

from __future__ import annotations

import numpy as np

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Lab
from blocs.facts.sessions import FIRST, session
from blocs.institutions.procedures.codes import ADOPTED

LONG = 56.0
"""Days of a drafting commission: eight rounds."""
DONE = FIRST + int(LONG) // 7


def f07_1(lab: Lab) -> Measured:
    """Slope of rounds of bargaining on the strength of the words of the first draft."""
    naming = lab.uniform(0.2, 3.0)
    runs = lab.run(weeks=20, set=session("text", ["line"], naming=naming, days=LONG))
    return stat(slope, naming, runs["clause_rounds[0,0]"][:, DONE])


def f07_2(lab: Lab) -> Measured:
    """Slope, on what critics won, of the share of its way to the text it signed that the convener goes in half a year."""
    start = {
        "bargaining_weight[ridge]": lab.uniform(0.0, 1.0),
        "public_position[ridge,line]": lab.uniform(-0.3, 0.5),
        "public_position[rim,line]": 0.5,
    }
    runs = lab.run(weeks=45, set={**session("text", ["line"], naming=2.5, days=LONG), **start})
    text, mine = runs["text_line[line]"][:, DONE], runs["public_position[hub,line]"]
    way = text - mine[:, DONE - 1]
    went = (mine[:, DONE + 26] - mine[:, DONE - 1]) / np.where(np.abs(way) > 0.02, way, np.inf)
    adopted = runs["clause_state"][:, DONE, 0] == ADOPTED
    won = (runs["clause_won"][:, DONE, 0] * adopted).sum(axis=1) / np.maximum(adopted.sum(axis=1), 1)
    signed = runs["session_sign[0,hub]"][:, DONE] >= 1.0
    return stat(lambda w, y, m: slope(w[m], y[m]), won, went, signed)


def f07_3(lab: Lab) -> Measured:
    """Chance that something won in session is taken back with a deputy in the chair, less with the head."""

    def reverted(rank: float) -> Floats:
        start = {**session("text", ["line"], naming=3.0, days=LONG), "plan_rank[0,hub]": rank}
        strength = lab.run(weeks=20, set=start)["clause_strength[0,0]"][:, FIRST : DONE + 1]
        return np.any(np.diff(strength, axis=1) > 1e-3, axis=1).astype(np.float64)

    return reverted(0.5) * 1.0 - reverted(1.0) * 1.0


def f07_4(lab: Lab) -> Measured:
    """Smaller of two slopes on days of notice, per month: of formal objections, and of trust left in the convener."""
    notice, others = lab.uniform(0.0, 28.0), {"public_position[ridge,line]": 0.6}
    runs = lab.run(weeks=24, set={**session("text", ["line"], naming=3.0, notice=notice, days=28.0), **others})
    filed, trust = runs["clause_rounds[0,0]"][:, -1], runs["trust[rim,hub]"]
    lost = trust[:, -1] - trust[:, 0]
    return stat(lambda n, f, t: 30.0 * min(slope(n, f), slope(n, t)), notice, filed, lost)


def f07_5(lab: Lab) -> Measured:
    """Cooling of the convener toward a member half a year after a text, where it would not sign less where it did.

    Runs in which the refusal stopped the text count 0.
    """
    held = {f"public_position[{a},line]": lab.uniform(0.4, 0.9) for a in ("plain", "ridge")}

    def after(view: float) -> tuple[Floats, Floats]:
        start = {**session("text", ["line"], naming=3.0), **held, "public_position[rim,line]": view}
        runs = lab.run(weeks=36, set=start)
        warm = runs["warmth[hub,rim]"]
        return warm[:, -1] - warm[:, 0], runs["text_force[line]"].max(axis=1) > 0.5

    (lone, adopted), (joined, _) = after(-1.0), after(0.6)
    return (joined - lone) * adopted


FAMILY = Family(
    system="S07",
    mechanisms=("calling", "texts", "assembly"),
    facts=(
        Fact(
            "F07.1",
            "names and adjectives are fought over: stronger words take more rounds",
            f07_1,
            at_least=0.2,
            broken={"texts": {"words": 0.0, "soften": 0.0}},
            unit="rounds a step",
        ),
        Fact(
            "F07.2",
            "the more a text gave to critics, the less its convener keeps it",
            f07_2,
            at_most=-0.005,
            broken={"texts": {"discount": 0.0}},
            unit="share of the way a step",
        ),
        Fact(
            "F07.3",
            "what is conceded in session is taken back next day when the top was absent",
            f07_3,
            at_least=0.1,
            broken={"texts": {"revert": 0.0}},
            unit="share of runs",
        ),
        Fact(
            "F07.4",
            "shorter notice brings fewer formal objections and more distrust afterwards",
            f07_4,
            at_least=0.002,
            broken={"texts": {"grievance": 0.0}},
            unit="per month of notice",
        ),
        Fact(
            "F07.5",
            "a missing signature does not stop a text but cools the convener for months",
            f07_5,
            at_least=0.05,
            broken={"texts": {"snub": 0.0}},
            unit="warmth",
        ),
    ),
)
