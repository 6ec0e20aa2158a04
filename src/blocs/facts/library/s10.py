"""S10 credits and debt: cut first, restored last; weight paid; debt forgiven in failed talks; recognition not for sale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]
GRANTS = ("agree", "promise", "aid")
CUTS = ("refuse", "criticise")
ASKING = [(1.0, "rim", "hub", "demand", "line"), (2.0, "rim", "hub", "demand", "line")]


def f10_1(lab: Lab) -> Measured:
    """1 where the last answer of a round grants, less 1 where the first does: rounds of free answers to two asks."""
    runs = lab.run(rate=1.5, acts=ASKING)
    grants = runs.matching(source="hub", target="rim", act=GRANTS, after=2, until=250)
    answers = grants | runs.matching(source="hub", target="rim", act=CUTS, after=2, until=250)
    rows = np.flatnonzero(answers.sum(axis=1) >= 2)
    first = answers[rows].argmax(axis=1)
    last = answers.shape[1] - 1 - answers[rows][:, ::-1].argmax(axis=1)
    return grants[rows, last].astype(float) - grants[rows, first]


def f10_2(lab: Lab) -> Measured:
    """Credit after a round: what a weighty member in crisis gets, less what a loyal small one gets (index units)."""
    weight, crisis = lab.uniform(0, 1), lab.choice((0.0, 8.0))
    asks = [(float(d), "plain", "hub", "demand", "line") for d in (1, 2, 3)]
    grants = [(float(d), "hub", "plain", "agree", "line") for d in (9, 16)]
    runs = lab.run(
        rate=0.3,
        set={
            "bargaining_weight[plain]": weight,
            "unrest[plain]": crisis,
            "believed_unrest[hub,plain]": crisis,
            "conduct[plain]": np.where(crisis > 0, 0.4, 0.9),
        },
        acts=asks + grants,
    )
    credit = (runs["credit_line[plain,hub]"] + runs["debt[plain,hub]"])[:, 6]

    def gap(credit: Floats, weight: Floats, crisis: Floats) -> float:
        resisters, loyal = (weight > 0.6) & (crisis > 0), (weight < 0.4) & (crisis == 0)
        return float(credit[resisters].mean() - credit[loyal].mean())

    return stat(gap, credit, weight, crisis)


def f10_3(lab: Lab) -> Measured:
    """Share of write-offs within a fortnight of a member's refusal or reproach, less the share of all weeks that are."""
    runs = lab.run(rate=0.6, set={"debt[rim,hub]": 3.0, "debt[plain,hub]": 3.0, "debt[ridge,hub]": 3.0})
    members = ("rim", "plain", "ridge")
    sour = ("refuse", "criticise", "demand", "slight", "distance", "threaten")
    week = np.clip(np.floor(runs.day / 7.0).astype(int), 0, 51)
    failed = np.zeros((len(week), 52), bool)
    hits = runs.matching(source=members, target="hub", act=sour)
    for run, slot in zip(*np.nonzero(hits), strict=True):
        failed[run, week[run, slot]] = True
    near = failed.copy()
    near[:, 1:] |= failed[:, :-1]
    off = np.diff(runs["forgiven[hub]"], axis=1)
    off = np.where(off > 0.02, off, 0.0)

    def excess(off: Floats, near: Floats) -> float:
        return float((off * near).sum() / off.sum() - near.mean()) if off.sum() > 0 else np.nan

    return stat(excess, off, near.astype(float))


def f10_4(lab: Lab) -> Measured:
    """Move of the small member's public view of who was right, for each of 0, 6 or 12 promises of help (stance an offer)."""
    moved: list[Floats] = []
    offers = (0, 6, 12)
    for count in offers:
        acts = [(5.0 + 25 * n, "hub", "rim", "promise", "breakaway") for n in range(count)]
        runs = lab.run(rate=0.5, acts=acts)
        shown = runs["public_position[rim,breakaway]"]
        moved.append(shown[:, -1] - shown[:, 0])
    return ((moved[2] - moved[0]) * 1.0 + (moved[1] - moved[0]) * 0.5) / (1.25 * offers[2])


def f10_5(lab: Lab) -> Measured:
    """Correlation of the days a request waits for a grant with the warmth of the one who is asked."""
    warmth = lab.uniform(-0.95, 0.95, 400)
    runs = lab.run(runs=400, rate=1.0, set={"warmth[hub,rim]": warmth}, acts=ASKING)
    wait = np.nan_to_num(runs.first(source="hub", target="rim", act=GRANTS, after=2), nan=364.0)

    return stat(correlation, wait, warmth)


FAMILY = Family(
    system="S10",
    mechanisms=("warmth", "credit", "positions"),
    conduct={
        "target.petitioner": 3.0,
        "act.answer_request": 1.5,
        "act.cut_first": 4.0,
        "act.restore_last": 2.5,
        "act.refuse_price": 2.0,
        "act.gift": 2.5,
    },
    facts=(
        Fact(
            "F10.1",
            "first answers cut, last sessions restore a part",
            f10_1,
            at_least=0.1,
            broken={"credit": {"ask": 0.0}},
            unit="chance of a grant",
        ),
        Fact(
            "F10.2",
            "resisters with weight are paid more than loyal small members",
            f10_2,
            at_least=0.05,
            broken={"credit": {"weight": 0.0}},
            unit="index",
        ),
        Fact(
            "F10.3",
            "debts are forgiven when the same talks fail politically",
            f10_3,
            at_least=0.1,
            broken={"credit": {"forgive": 0.0}},
            unit="share",
        ),
        Fact(
            "F10.4",
            "offers of help do not move issues of recognition",
            f10_4,
            at_least=-0.005,
            at_most=0.005,
            broken={"credit": {"doctrine": 0.0}},
            unit="stance an offer",
        ),
        Fact(
            "F10.5",
            "those in favour wait less for an answer",
            f10_5,
            at_most=-0.1,
            broken={"credit": {"ask": 0.0}},
            unit="correlation",
        ),
    ),
)
