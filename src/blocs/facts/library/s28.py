"""S28 archives: letters quoted, threats to publish, circles that only widen, print that differs from what was said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blocs.facts.association import correlation
from blocs.facts.base import Fact, Family, Measured, stat
from blocs.facts.lab import Lab

Floats = NDArray[np.float64]


def f28_1(lab: Lab) -> Measured:
    """Charge that papers take away in the exchange, less three times what they move the measures half a year later (paired)."""
    acts = [(float(d), "hub", "rim", "criticise", "line") for d in (3, 4, 5)] + [(6.0, "rim", "hub", "refuse", "line")]
    arms = [
        lab.run(runs=400, rate=0.4, acts=acts, set={"evidence[rim,hub]": papers, "evidence[hub,rim]": 0.9}, weeks=26)
        for papers in (0.0, 0.8)
    ]
    charge = [arm["charge[hub,rim]"][:, 1] for arm in arms]
    measures = [
        arm["rung[hub,rim]"][:, 26] / 44.0 + arm["withheld[hub,rim]"][:, 26].mean(axis=-1) / 2.0 for arm in arms
    ]

    def won(exchange: Floats, policy: Floats) -> float:
        return float(exchange.mean() - 3.0 * abs(policy.mean()))

    return stat(won, charge[0] - charge[1], measures[1] - measures[0])


def f28_2(lab: Lab) -> Measured:
    """Share of publications that come after the other has attacked in the open (ends of weeks)."""
    runs = lab.run(rate=1.6, set={"evidence": 0.6, "openness": 1.0})
    out, attacked = runs["release"] >= 2.5, np.swapaxes(runs["openness"], 2, 3) >= 5.0
    first = out.argmax(axis=1)
    seen = np.take_along_axis(attacked.cumsum(axis=1) > 0, first[:, None], axis=1)[:, 0]
    published = out.any(axis=1)
    axes = (1, 2)
    return stat(
        lambda s, p: float(s.sum() / max(p.sum(), 1.0)),
        (seen & published).sum(axis=axes).astype(float),
        published.sum(axis=axes).astype(float),
    )


def f28_3(lab: Lab) -> Measured:
    """Correlation of how far a quarrel went with how many were told, less ten times the share of weeks that narrow it."""
    blows = [(10.0 + 30 * n, "hub", "rim", "criticise", "line") for n in range(10)]
    replies = [(20.0 + 30 * n, "rim", "hub", "refuse", "line") for n in range(10)]
    runs = lab.run(rate=0.2, acts=blows + replies, rules={"openness.step": lab.uniform(0.0, 0.6)})
    narrowed = (np.diff(runs["circle"], axis=1) < -1e-6).any(axis=(2, 3)).mean(axis=1)
    return stat(
        lambda far, told, narrowed: correlation(far, told) - 10.0 * float(narrowed.mean()),
        runs["openness[hub,rim]"][:, -1],
        runs["circle[rim,line]"][:, -1],
        narrowed,
    )


def f28_4(lab: Lab) -> Measured:
    """Share of guests whose words are changed in print by the patron's editors, less the share at another member's."""
    acts = [(day, "rim", host, "declare", "line") for day in (5.0, 50.0, 100.0) for host in ("hub", "plain")]
    runs = lab.run(set={"public_position[rim,line]": lab.uniform(-1, 1)}, acts=acts)
    changed = [runs[f"edited[{host},rim]"][:, -1] >= 1.0 for host in ("hub", "plain")]
    return changed[0].astype(float) - changed[1]


FAMILY = Family(
    system="S28",
    mechanisms=("openness", "ladder", "supply", "press", "archives"),
    conduct={"act.openness_severity": 3.0, "act.documented": 3.0, "target.quarrel": 1.0, "target.grudge": 0.5},
    facts=(
        Fact(
            "F28.1",
            "Quoting the other's letters wins the exchange, not the decision",
            f28_1,
            at_least=0.2,
            broken={"archives": {"rebut": 0.0}},
            unit="of the charge",
        ),
        Fact(
            "F28.2",
            "Threats to publish are carried out only after an open attack",
            f28_2,
            at_least=0.9,
            broken={"archives": {"rash": 0.05}},
            unit="of publications",
        ),
        Fact(
            "F28.3",
            "The circle of those told widens with escalation and never shrinks",
            f28_3,
            at_least=0.2,
            broken={"archives": {"shrink": 0.02}},
            unit="correlation",
        ),
        Fact(
            "F28.4",
            "In print a guest's words differ from what was said under the patron's editors",
            f28_4,
            at_least=0.2,
            broken={"press": {"lenient": 1.0}},
            unit="of guests",
        ),
    ),
)
