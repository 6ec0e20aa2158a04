"""Facts of decision bodies and mandates (S01)."""

from __future__ import annotations

import numpy as np

from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Lab

TALKS = 20
"""Weeks of talks that are looked at."""


def f01_1(lab: Lab) -> Measured:
    """Concessions on the mandated point and what offers add to them, as a share of those without a mandate.

    The greater of two shares: of a mandate given before the talks, and of one that bodies
    which sit daily give while offers come in, from the sixth week on.
    """
    offers = [(7.0 * n + d, "hub", "rim", "promise", "line") for n in range(1, TALKS) for d in (1.0, 4.0)]

    def conceded(
        mandate: float,
        acts: list[tuple[float, str, str, str, str]],
        salience: float = 0.4,
        sit: float | None = None,
        after: float = 0.0,
    ) -> Floats:
        runs = lab.run(
            runs=500,
            rate=1.6,
            weeks=TALKS,
            set={"mandate[rim,line]": mandate, "salience[rim]": 0.4, "salience[rim,line]": salience},
            rules={} if sit is None else {"mandates.sit": sit, "mandates.endorse": sit},
            acts=acts,
        )
        return runs.count(source="rim", target="hub", act="agree", issue="line", after=after)

    given = conceded(3.0, []), conceded(3.0, offers), conceded(0.0, offers)
    cardinal = {"salience": 0.8, "after": 35.0}
    ruled = conceded(0.0, offers, sit=1.0, **cardinal), conceded(0.0, offers, sit=0.0, **cardinal)

    def share(quiet: Floats, offered: Floats, free: Floats, ruled: Floats, unruled: Floats) -> float:
        before = (offered.mean() + abs(offered.mean() - quiet.mean())) / max(free.mean(), 1e-6)
        return float(max(before, ruled.mean() / max(unruled.mean(), 1e-6)))

    return stat(share, *given, *ruled)


def f01_2(lab: Lab) -> Measured:
    """Survival of an outvoted head with all three locks, less the best survival with one of them in a rival's hands."""
    outvoted = {"hold_bureau[hub,1]": 0.7, "cohesion[hub]": 0.6}
    week = 30

    def survived(lock: str | None) -> Floats:
        lost = {} if lock is None else {f"{lock}[hub,1]": 0.7}
        return 1.0 - np.minimum(lab.run(set={**outvoted, **lost})["leader_changes[hub]"][:, week], 1.0)

    whole = survived(None)
    robbed = [survived(lock) for lock in ("hold_force", "hold_transport", "hold_committee")]
    return stat(lambda a, *b: float(a.mean() - max(x.mean() for x in b)), whole, *robbed)


def f01_3(lab: Lab) -> Measured:
    """Share of what explains a grant that falls to objections beside the allotment fixed beforehand (both standardised)."""
    funds = lab.uniform(2.0, 12.0)
    grants: list[Floats] = []
    for objections in (0, 1, 2, 4):
        acts = [(7.0, "plain", "hub", "propose", "line"), (14.0, "hub", "plain", "refuse", "line")]
        acts += [(14.5, "plain", "hub", "consult", "line")]
        acts += [(15.0 + n, "plain", "hub", "refuse", "line") for n in range(objections)]
        acts += [(25.0, "hub", "plain", "agree", "line")]
        runs = lab.run(weeks=8, set={"credit_fund[hub]": funds}, acts=acts, rules={"credit.ask": 4.0})
        grants.append(runs["credit_line[plain,hub]"][:, 4] + runs["debt[plain,hub]"][:, 4])

    def share(fund: Floats, *granted: Floats) -> float:
        y = np.concatenate(granted)
        x = np.tile(fund, len(granted))
        n = np.repeat([0.0, 1.0, 2.0, 4.0], len(fund))
        x, n = (x - x.mean()) / x.std(), (n - n.mean()) / n.std()
        b = np.linalg.lstsq(np.column_stack([np.ones_like(y), x, n]), y, rcond=None)[0]
        return float(abs(b[2]) / max(abs(b[1]) + abs(b[2]), 1e-9))

    return stat(share, funds, *grants)


def f01_4(lab: Lab) -> Measured:
    """The lesser gap, of heads lost and of those who conceded, between split leaderships and those of one mind."""
    unity = lab.uniform(0.05, 0.95)
    demands = [(7.0 * n + 1.0, "hub", "plain", "demand", "headship") for n in range(1, 27)]
    runs = lab.run(rate=1.6, weeks=40, set={"cohesion[plain]": unity, "leader_standing[plain]": 0.5}, acts=demands)
    fell = runs["leader_changes[plain]"][:, 30] > 0
    conceded = runs.count(source="plain", target="hub", act="agree", until=210.0) > 0

    def gap(u: Floats, y: Floats) -> float:
        return float(y[u < 0.35].mean() - y[u > 0.65].mean())

    return stat(lambda u, a, b: min(gap(u, a), gap(u, b)), unity, fell.astype(float), conceded.astype(float))


FAMILY = Family(
    system="S01",
    mechanisms=("memory", "credit", "mandates", "succession", "leadership"),
    conduct={
        "act.balance_back_tone": 2.0,
        "act.split_yields": 4.0,
        "issue.issue_reciprocity": 3.0,
        "issue.mandate_holds": 8.0,
    },
    facts=(
        Fact(
            "F01.1",
            "Under a mandate of the large body nothing is conceded on the mandated point, whatever is offered",
            f01_1,
            at_most=0.15,
            broken={"mandates": {"expire": 0.1}},
            unit="of concessions without a mandate",
        ),
        Fact(
            "F01.2",
            "A head outvoted in the small body survives only with force, transport and the large body, all three",
            f01_2,
            at_least=0.5,
            broken={"succession": {"vote": 0.0}},
            unit="of heads",
        ),
        Fact(
            "F01.3",
            "Grants are set before the audience: objections move them little",
            f01_3,
            at_most=0.25,
            broken={"credit": {"slice": 0.01, "restore": 1.0}},
            unit="of what explains the grant",
            note="The review that a protest brings about (R10.7) restores a part at once, so the first objection counts.",
        ),
        Fact(
            "F01.4",
            "Split leaderships concede and lose their head within months; those of one mind survive equal pressure",
            f01_4,
            at_least=0.2,
            broken={"leadership": {"shield": 0.0, "yield_cost": 0.0}, "mandates": {"concede": 0.0}},
            unit="of heads",
        ),
    ),
)
