"""Does each mechanism earn its place? Refit without it, score what follows, and count the facts that fall.

Scores are those of a rolling origin inside the training period (`blocs.jobs.tune`): what a forecast is later scored on is
never looked at. A mechanism that does not help to predict stays only if it carries facts, and the table says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.conduct.base import LEVELS
from blocs.facts.base import Family
from blocs.facts.catalogue import families
from blocs.facts.measure import holds_under
from blocs.forecast.score import Interval, cluster_bootstrap
from blocs.ground.errors import bad_input
from blocs.inference.prior import PriorSettings
from blocs.inference.sets import Recorded, record_sets
from blocs.jobs.pipeline import Progress
from blocs.jobs.tune import Origin, rolled, rows_of, split, usable_origins
from blocs.mechanisms.catalogue import by_name
from blocs.scenario.build import build
from blocs.scenario.scenario import Scenario

COLUMNS = ("mechanism", "systems", "gain, nat an act", "95 % interval", "facts carried", "verdict")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ablation:
    """What a mechanism is worth.

    `gain` is the mean log score an act with the mechanism less without it, in nats, with a 95 % interval over scenes;
    `falls` the facts that hold with it and do not hold without it, of `facts` measured.
    """

    mechanism: str
    systems: tuple[str, ...]
    gain: Interval
    acts: int
    falls: tuple[str, ...]
    facts: int

    @property
    def verdict(self) -> str:
        """What follows: it helps to predict, it hurts, it carries facts, or it earns nothing."""
        if self.gain.lo > 0:
            return "helps to predict"
        if self.gain.hi < 0:
            return "predicts worse" + ("; stays for its facts" if self.falls else "")
        return "no clear change in prediction" + ("; stays for its facts" if self.falls else "; carries no fact")

    def row(self) -> dict[str, Any]:
        """Return the ablation as a program reads it."""
        return {
            "mechanism": self.mechanism,
            "systems": list(self.systems),
            "gain": self.gain.mean,
            "lo": self.gain.lo,
            "hi": self.gain.hi,
            "acts": self.acts,
            "falls": list(self.falls),
            "facts": self.facts,
            "verdict": self.verdict,
        }


def ablate(
    scenario: Scenario,
    mechanisms: Collection[str] = (),
    with_facts: bool = True,
    draws: int = 2,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Ablation, ...]:
    """Refit a scenario without each mechanism in turn and measure what is lost.

    Args:
        scenario: with a record.
        mechanisms: names; all but memory where none is given.
        with_facts: also measure the facts of every laboratory that the mechanism belongs to.
        draws: chronologies drawn.
        seed: of chronologies and of the bootstrap.
        progress: hears of every mechanism.

    Raises:
        InputError: no such mechanism, or memory, without which there is no model.
    """
    known = by_name()
    for name in mechanisms:
        if name not in known or name == "memory":
            options = ", ".join(n for n in known if n != "memory")
            raise bad_input("ablate", "mechanism", f"{name!r} cannot be left out", f"one of {options}")
    names = [n for n in known if n != "memory" and (not mechanisms or n in mechanisms)]
    tell = progress or (lambda stage, done, total: None)
    tell("leaving out", 0, len(names))
    origins = usable_origins(scenario)
    whole, scene = _held_out(scenario, None, origins, draws, seed)
    standing = _standing(names, tell) if with_facts else {}
    found: list[Ablation] = []
    for n, name in enumerate(names):
        tell("leaving out", n, len(names))
        without, _ = _held_out(scenario, name, origins, draws, seed)
        gain = cluster_bootstrap(whole - without, scene, np.random.default_rng(seed))
        asked = [(f, i) for f, i in standing.items() if name in f[1]]
        falls = [i for (system, _), ids in asked for i in ids if not holds_under(_family(system), i, _off(name))]
        measured = sum(len(ids) for _, ids in asked)
        found.append(Ablation(name, known[name].card.systems, gain, len(whole) // draws, tuple(falls), measured))
    return tuple(found)


def _held_out(
    scenario: Scenario, without: str | None, origins: Sequence[Origin], draws: int, seed: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Log score of every act after every origin, all levels together, and its scene; chronologies stacked."""
    built = build(scenario, mechanisms=_off(without) if without else None)
    recorded = record_sets(built, scenario.spec.training.until, draws, seed)
    part = built.model.specification
    scores = sum(rolled(recorded, part, level, PriorSettings(), origins) for level in LEVELS)
    return np.asarray(scores), _scenes(recorded, origins)


def _scenes(recorded: Recorded, origins: Sequence[Origin]) -> NDArray[np.int64]:
    after = [split(recorded.acts, *origin)[1] for origin in origins]
    return np.concatenate([rows_of(recorded.levels["source"], keep).scene for keep in after])


def _off(name: str) -> dict[str, dict[str, float]]:
    return {name: {"strength": 0.0}}


Standing = dict[tuple[str, tuple[str, ...]], list[str]]
"""Ids of the facts that hold, by system and the mechanisms of its laboratory."""


def _standing(names: Collection[str], tell: Progress) -> Standing:
    wanted = [f for f in families() if set(f.mechanisms) & set(names)]
    found: Standing = {}
    for n, family in enumerate(wanted):
        tell("facts as they are", n, len(wanted))
        found[family.system, family.mechanisms] = [f.id for f in family.facts if holds_under(family, f.id, {})]
    return found


def _family(system: str) -> Family:
    return next(f for f in families() if f.system == system)


def cells(one: Ablation) -> tuple[str, ...]:
    """Return an ablation as a row of `COLUMNS`."""
    g = one.gain
    carried = f"{len(one.falls)} of {one.facts}" + (f": {', '.join(one.falls)}" if one.falls else "")
    systems = ", ".join(one.systems)
    return one.mechanism, systems, f"{g.mean:+.4f}", f"{g.lo:+.4f} to {g.hi:+.4f}", carried, one.verdict


def markdown(found: Sequence[Ablation]) -> str:
    """Return the ablations as a table."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    return "\n".join([*lines, *("| " + " | ".join(cells(a)) + " |" for a in found)])
