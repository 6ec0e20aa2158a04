"""Council, base and vessels: what is kept, when the council meets, how a dispute climbs, what a strait does (S16)."""

from __future__ import annotations

from typing import Any

import numpy as np

from blocs.facts.association import slope
from blocs.facts.base import Fact, Family, Floats, Measured, stat
from blocs.facts.lab import Act, Lab

FLEET = 10.0


def _base(**given: Any) -> dict[str, Any]:
    values = {
        "base_stage": 3.0,
        "vessels_total": 12.0,
        "vessels_delivered": 4.0,
        "vessels_held": 4.0,
        "crew_own": 1.0,
        "terrain_closable": 1.0,
        **given,
    }
    return {f"{name}[rim]": value for name, value in values.items()} | {"rung[hub,rim]": 20.0}


def _pressed(times: int) -> list[Act]:
    return [(3.0 + 7.0 * n, "hub", "rim", "threaten", "base") for n in range(times)]


def f16_1(lab: Lab) -> Measured:
    """Distance of the vessels that the owner holds in the end from those delivered to its own crews."""
    have, crew = lab.choice((2.0, 4.0, 6.0, 8.0, 10.0)), lab.uniform(0.1, 1.0)
    runs = lab.run(weeks=20, set=_base(vessels_delivered=have, vessels_held=have, crew_own=crew), acts=_pressed(12))
    return np.abs(runs["vessels_held[rim]"][:, -1] - have * crew)


def f16_2(lab: Lab) -> Measured:
    """Slope of meetings of the council in a year on the unrest inside a member."""
    stir = lab.uniform(0.0, 13.0)
    idle = lab.run(weeks=52, set={"unrest[plain]": stir, "believed_unrest[hub,plain]": stir})["council_idle"]
    return stat(slope, stir, (np.diff(idle, axis=1) < 0).sum(axis=1).astype(float))


def f16_3(lab: Lab) -> Measured:
    """Share of runs in which the dispute, as far as it goes, passes every stage in order and leaves none out."""
    held = lab.uniform(4.0, 22.0)
    runs = lab.run(weeks=20, set={**_base(), "rung[hub,rim]": held}, acts=_pressed(12))
    stage = runs["base_stage[rim]"]
    steps = np.diff(np.where(stage > FLEET, FLEET, stage), axis=1)
    return ((steps >= 0) & (steps <= 1)).all(axis=1) * (stage[:, -1] > 3.0)


def f16_4(lab: Lab) -> Measured:
    """Control of the base in the end where the owner can close the strait, less where it cannot."""

    def kept(closable: float) -> Floats:
        start = _base(terrain_closable=closable) | {"cohesion[rim]": lab.uniform(0.6, 1.0)}
        return lab.run(weeks=20, set=start, acts=_pressed(12))["base_control[rim]"][:, -1]

    return kept(1.0) - kept(0.0)


def f16_5(lab: Lab) -> Measured:
    """Different claims raised where the owner rebuts them, less where it does not."""
    calm = {**_base(base_stage=5.0), "rung[hub,rim]": lab.uniform(0.0, 4.0)}
    refusals: list[Act] = [(10.0, "rim", "hub", "refuse", "base"), (24.0, "rim", "hub", "refuse", "base")]
    rebutted = lab.run(weeks=8, set=calm, acts=refusals)["base_claims[rim]"][:, -1]
    return rebutted - lab.run(weeks=8, set=calm)["base_claims[rim]"][:, -1]


FAMILY = Family(
    system="S16",
    mechanisms=("bases",),
    facts=(
        Fact(
            "F16.1",
            "what is lost is what was not yet delivered; vessels follow their crews",
            f16_1,
            at_most=0.05,
            broken={"bases": {"follow": 0.0}},
            unit="vessels",
        ),
        Fact(
            "F16.2",
            "the council meets less when the patron has most reason to avoid control",
            f16_2,
            at_most=-0.02,
            broken={"bases": {"avoid": 0.0}},
            unit="meetings a rung",
        ),
        Fact(
            "F16.3",
            "a dispute over a base climbs in order: paper, supplies, vote, deputies, fleet, withdrawal",
            f16_3,
            at_least=0.95,
            broken={"bases": {"skip": 3.0}},
            unit="share of runs",
        ),
        Fact(
            "F16.4",
            "closing the strait reverses the ladder in one step",
            f16_4,
            at_least=0.9,
            broken={"bases": {"closing": 0.0}},
            unit="control",
        ),
        Fact(
            "F16.5",
            "pretexts multiply after a rebuttal",
            f16_5,
            at_least=0.5,
            broken={"bases": {"pretext": 0.0}},
            unit="claims",
        ),
    ),
)
