"""Bilateral talks: strikes, gifts after anger, descending demands, amounts and recognition, learning (S08)."""

from __future__ import annotations

from typing import Any

import numpy as np

from blocs.facts.base import Fact, Family, Floats, Measured
from blocs.facts.lab import Lab
from blocs.facts.sessions import FIRST, OPENS, session

PAIR = ("hub", "plain")
ISSUES = ("line", "breakaway", "headship", "specialisation", "force", "base")
STRUCK = 4.0
LONG = 28.0
DONE = FIRST + 4


def _requests(place: int = 0, **given: Any) -> dict[str, Any]:
    asked = session("requests", ["specialisation"], seats=PAIR, drafter="plain", place=place, days=LONG, **given)
    return {**asked, "divisible[specialisation]": 1.0}


def f08_1(lab: Lab) -> Measured:
    """Chance that an item struck in a session comes back in it, or is paid for."""
    runs = lab.run(weeks=16, set={**_requests(), "warmth[hub,plain]": lab.uniform(-0.6, 0.6)})
    state, share = runs["clause_state"][:, FIRST : DONE + 1, 0], runs["clause_share"][:, FIRST : DONE + 1, 0]
    struck = np.maximum.accumulate(state == STRUCK, axis=1)
    return (struck & ((state != STRUCK) | (share > 0))).any(axis=(1, 2)) * 1.0


def f08_2(lab: Lab) -> Measured:
    """Help that the host gives in a talk after an outburst, less in the same talk without one."""

    def helped(acts: list[tuple[float, str, str, str, str]]) -> Floats:
        runs = lab.run(weeks=14, rate=1.2, set=_requests(), acts=acts)
        return runs.count(source="hub", target="plain", act="aid", after=OPENS + 1, until=OPENS + LONG)

    outburst = (OPENS + 1, "hub", "plain", "threaten", "specialisation")
    return helped([outburst, outburst]) - helped([])


def f08_3(lab: Lab) -> Measured:
    """Third parties' part in what the last demand of a refused series is worth, less in what the first is worth."""
    held = {(a, k): lab.uniform(-1.0, 1.0) for a in ("hub", "rim", "ridge") for k in ISSUES}
    care = {k: lab.uniform(0.2, 1.0) for k in ISSUES}
    start = {f"public_position[{a},{k}]": x for (a, k), x in held.items()}
    start |= {f"salience[hub,{k}]": x for k, x in care.items()} | {f"salience[ridge,{k}]": 0.6 for k in ISSUES}
    start |= {"warmth[hub,ridge]": 0.8, "warmth[hub,plain]": 0.0, "warmth[hub,strand]": 0.0, "dissent_cost[rim]": 0.0}
    talk = session("demands", ["line"], seats=("hub", "rim"), days=42.0)
    runs = lab.run(weeks=18, set={**talk, **start})
    own = np.stack([care[k] * np.abs(held["hub", k] - held["rim", k]) for k in ISSUES], axis=1)
    third = np.stack([0.6 * np.abs(held["ridge", k] - held["rim", k]) for k in ISSUES], axis=1)
    part = third / np.maximum(own + third, 1e-9)
    asked, state = runs["clause_issue"][:, -1, 0].astype(int), runs["clause_state"][:, -1, 0]
    refused = state == 6
    last = np.where(refused, np.arange(asked.shape[1]), -1).max(axis=1)
    rows = np.arange(len(asked))
    kept = (last > 0) & refused.any(axis=1)
    return np.where(kept, part[rows, asked[rows, np.maximum(last, 0)]] - part[rows, asked[:, 0]], 0.0)


def f08_4(lab: Lab) -> Measured:
    """Share of the list that is granted where it is about amounts, less where it is about recognition."""
    apart = {"public_position[plain,specialisation]": lab.uniform(-0.8, 0.2)}

    def granted(divisible: float) -> Floats:
        runs = lab.run(weeks=16, set={**_requests(), **apart, "divisible[specialisation]": divisible})
        return runs["clause_share"][:, DONE + 1, 0].mean(axis=1)

    return granted(1.0) - granted(0.0)


def f08_5(lab: Lab) -> Measured:
    """Rise over four talks of the share of its case that the guest puts in writing (what it says falls as much)."""
    start: dict[str, float] = {}
    for place in range(4):
        start |= _requests(place, day=OPENS + 70.0 * place)
    runs = lab.run(weeks=52, set={**start, "warmth[hub,plain]": lab.uniform(-0.5, 0.5)})
    return runs["written_case[plain]"][:, -1] - runs["written_case[plain]"][:, 0]


FAMILY = Family(
    system="S08",
    mechanisms=("calling", "talks", "assembly"),
    conduct={"act.amends": 8.0},
    facts=(
        Fact(
            "F08.1",
            "an item struck in a session does not come back in it, and nothing is given for it",
            f08_1,
            at_most=0.05,
            broken={"talks": {"reopen": 0.5}},
            unit="share of runs",
        ),
        Fact(
            "F08.2",
            "anger, then a gift, inside one trip",
            f08_2,
            at_least=0.1,
            broken={"talks": {"heat": 0.0}},
            unit="acts",
        ),
        Fact(
            "F08.3",
            "descending demands end at what concerns a third party",
            f08_3,
            at_least=0.05,
            broken={"talks": {"descend": 0.0}},
            unit="share of worth",
        ),
        Fact(
            "F08.4",
            "amounts settle at a part of the request, recognition does not settle",
            f08_4,
            at_least=0.2,
            at_most=0.9,
            broken={"talks": {"near": 1.0}},
            unit="share granted",
        ),
        Fact(
            "F08.5",
            "across talks statements get shorter and letters longer",
            f08_5,
            at_least=0.1,
            broken={"talks": {"learn": 0.0}},
            unit="share of the case",
        ),
    ),
)
