"""Does each mechanism earn its place? Refit without it, score what follows, and count the facts that fall.

Scores are those of a rolling origin inside the training period (`blocs.jobs.tune`): what a forecast is later scored on is
never looked at. A mechanism that does not help to predict stays only if it carries facts, and the table says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.conduct.base import LEVELS
from blocs.facts.carried import Carried, facts_carried
from blocs.forecast.score import Interval, cluster_bootstrap
from blocs.ground.errors import bad_input
from blocs.inference.prior import PriorSettings
from blocs.inference.sets import Recorded, record_sets
from blocs.jobs.pipeline import Progress
from blocs.jobs.tune import Origin, rolled, rows_of, split, usable_origins
from blocs.scenario.build import build
from blocs.scenario.scenario import Scenario
from blocs.store.cache import use_cache

COLUMNS = ("mechanism", "systems", "gain, nat an act", "95% interval", "facts carried", "verdict")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ablation:
    """What a mechanism is worth.

    `gain` is the mean log score an act with the mechanism less without it, in nats, with a 95% interval over scenes;
    `carried` the stylised facts that hold with it and not without it, `None` where they were not counted.
    """

    mechanism: str
    systems: tuple[str, ...]
    gain: Interval
    acts: int
    carried: Carried | None

    @property
    def verdict(self) -> str:
        """What follows: it helps to predict, it hurts, it carries facts, or it earns nothing."""
        if self.gain.sign > 0:
            return "helps to predict"
        told = "predicts worse" if self.gain.sign < 0 else "no clear change in prediction"
        if not self.gain.enough:
            told = f"too few scenes ({self.gain.scenes}) to tell of prediction"
        if self.carried is None:
            return told
        return f"{told}; {'stays for its facts' if self.carried.falls else 'carries no fact'}"

    def row(self) -> dict[str, Any]:
        """Return the ablation as a program reads it."""
        return {
            "mechanism": self.mechanism,
            "systems": list(self.systems),
            "gain": self.gain.mean,
            "lo": self.gain.lo if self.gain.bounded else None,
            "hi": self.gain.hi if self.gain.bounded else None,
            "acts": self.acts,
            "falls": None if self.carried is None else list(self.carried.falls),
            "facts": None if self.carried is None else self.carried.facts,
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
        mechanisms: names; all that the scenario has, but memory, where none is given.
        with_facts: also measure the facts of every laboratory that the mechanism belongs to.
        draws: chronologies drawn.
        seed: of chronologies and of the bootstrap.
        progress: hears of every mechanism.

    Raises:
        InputError: the scenario has no such mechanism, or it is memory, without which there is no model.
    """
    known = {m.card.name: m.card for m in build(scenario).model.mechanisms if m.card.name != "memory"}
    for name in mechanisms:
        if name not in known:
            raise bad_input(
                "ablate", "mechanism", f"{name!r} cannot be left out of {scenario.id}", f"one of {', '.join(known)}"
            )
    names = [name for name in known if not mechanisms or name in mechanisms]
    tell = progress or (lambda stage, done, total: None)
    tell("leaving out", 0, len(names))
    origins = usable_origins(scenario)
    whole, scene = _held_out(scenario, None, origins, draws, seed)
    found: list[Ablation] = []
    for n, name in enumerate(names):
        tell("leaving out", n, len(names))
        without, _ = _held_out(scenario, name, origins, draws, seed)
        gain = cluster_bootstrap(whole - without, scene, np.random.default_rng(seed))
        found.append(Ablation(name, known[name].systems, gain, len(whole) // draws, None))
    if not with_facts:
        return tuple(found)
    carried = facts_carried(names, None, partial(tell, "facts that fall"), use_cache)
    return tuple(replace(one, carried=carried[one.mechanism]) for one in found)


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


def cells(one: Ablation) -> tuple[str, ...]:
    """Return an ablation as a row of `COLUMNS`."""
    g = one.gain
    carried = "not counted"
    if one.carried is not None:
        falls = one.carried.falls
        carried = f"{len(falls)} of {one.carried.facts}" + (f": {', '.join(falls)}" if falls else "")
    systems = ", ".join(one.systems)
    bounds = f"{g.lo:+.4f} to {g.hi:+.4f}" if g.bounded else "–"
    return one.mechanism, systems, f"{g.mean:+.4f}", bounds, carried, one.verdict


def markdown(found: Sequence[Ablation]) -> str:
    """Return the ablations as a table."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    return "\n".join([*lines, *("| " + " | ".join(cells(a)) + " |" for a in found)])
