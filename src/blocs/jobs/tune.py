"""Choose priors and effects by rolling origin, inside the training period and nowhere else.

At each origin the model is fitted to acts whose whole date lies on or before it, and scored, one act ahead, on those
whose whole date lies after it and on or before the horizon (Tashman 2000, "Out-of-sample tests of forecasting
accuracy"). The last horizon is the end of training: what a forecast is later scored on is never looked at.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.conduct.base import LEVELS, Level, Specification
from blocs.conduct.catalogue import memory_only
from blocs.conduct.catalogue import without as leave_out
from blocs.ground.errors import bad_input
from blocs.inference.pooled import LevelData, fit_pooled, log_scores
from blocs.inference.prior import PriorSettings, build_prior, typical_step
from blocs.inference.sets import Recorded, record_sets, restrict
from blocs.jobs.pipeline import Progress
from blocs.scenario.build import Built, build, specification_of
from blocs.scenario.scenario import Scenario

Origin = tuple[date, date]
"""Last day of fitting, last day of scoring."""

ONE_AT_A_TIME: dict[str, tuple[float, ...]] = {
    "spread": (0.06, 0.25),
    "structure_spread": (0.025, 0.1),
    "lean": (0.0, 0.5),
    "table_scale": (0.3, 1.0),
    "least_step": (0.01, 0.2),
}
"""Other values tried for each setting, the rest at their defaults."""


@dataclass(frozen=True)
class Variant:
    """One model to try: settings of priors and effects, tables or families left out."""

    settings: PriorSettings
    without: tuple[str, ...] = ()

    def label(self, default: PriorSettings) -> str:
        """Return what sets it apart from the default settings."""
        mine, other = ({n: getattr(s, n) for n in ONE_AT_A_TIME} for s in (self.settings, default))
        changed = [f"{n} {mine[n]:g}" for n in ONE_AT_A_TIME if mine[n] != other[n]]
        return ", ".join([*changed, *(f"without {w}" for w in self.without)]) or "default"


def grid(without: Iterable[str] = (), settings: PriorSettings | None = None) -> tuple[Variant, ...]:
    """Return the default variant, each other value of each setting, and each name left out alone."""
    base = settings or PriorSettings()
    other = [Variant(replace(base, **{name: v})) for name, values in ONE_AT_A_TIME.items() for v in values]
    return (Variant(base), *other, *(Variant(base, (name,)) for name in without))


def default_origins(until: date) -> tuple[Origin, ...]:
    """Return three origins: the last two years of training in halves, the last year as one."""
    ends = [months_before(until, n) for n in (24, 18, 12, 0)]
    return tuple(itertools.pairwise(ends))


def usable_origins(scenario: Scenario) -> tuple[Origin, ...]:
    """Return the default origins that have recorded acts on both sides.

    Raises:
        InputError: none has: the training period is too short.
    """
    until, acts = scenario.spec.training.until, scenario.chronicle.dyadic()
    found = tuple(o for o in default_origins(until) if all(keep.any() for keep in split(acts, *o)))
    if not found:
        raise bad_input(
            scenario.id, "training", f"up to {until} leaves no origin with acts on both sides", "a year or more"
        )
    return found


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier; the last of a month stays the last of a month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_last else min(day.day, last))


def tune(
    scenario: Scenario,
    variants: Sequence[Variant] | None = None,
    origins: Sequence[Origin] | None = None,
    draws: int = 4,
    seed: int = 0,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Score every variant and the memory-only model with the same priors.

    Returns:
        A row for each variant and model: variant, model (`full`, `memory_only`), the mean log score an act by level and
        in total, in nats, over the acts of all origins, and `acts`, how many those are. Best total first.

    Raises:
        InputError: an origin out of order or past the training period, or with no act before or after it.
    """
    until = scenario.spec.training.until
    origins = tuple(origins) if origins is not None else usable_origins(scenario)
    _check(scenario, origins, until)
    variants = tuple(variants) if variants is not None else grid()
    built = build(scenario)
    parts = [leave_out(specification_of(scenario), v.without, "--without") if v.without else None for v in variants]
    recorded = record_sets(built, until, draws, seed)
    rows: list[dict[str, object]] = []
    for n, (variant, part) in enumerate(zip(variants, parts, strict=True)):
        if progress:
            progress("scoring variants", n, len(variants))
        rows += _variant_rows(built, recorded, variant, part, origins)
    return pl.DataFrame(rows).sort("model", "total", descending=[False, True], maintain_order=True)


def _variant_rows(
    built: Built, recorded: Recorded, variant: Variant, part: Specification | None, origins: Sequence[Origin]
) -> list[dict[str, object]]:
    whole = built.model.specification
    out: list[dict[str, object]] = []
    for model, specification in (("full", part or whole), ("memory_only", _common(memory_only(), whole))):
        cut = restrict(recorded, whole, specification, built.model.world)
        by_level = {level: rolled(cut, specification, level, variant.settings, origins) for level in LEVELS}
        means = {level: float(score.mean()) for level, score in by_level.items()}
        row: dict[str, object] = {"variant": variant.label(PriorSettings()), "model": model, **means}
        out.append({**row, "total": sum(means.values()), "acts": len(by_level["source"]) // recorded.draws})
    return out


def _common(part: Specification, whole: Specification) -> Specification:
    """The memory-only model less what the scenario leaves out."""
    return Specification(
        part.name,
        tuple(e for e in part.effects if e in whole.effects),
        tuple(t for t in part.tables if t in whole.tables),
    )


def rolled(
    recorded: Recorded, specification: Specification, level: Level, settings: PriorSettings, origins: Sequence[Origin]
) -> NDArray[np.float64]:
    """Return log scores of one level over the acts after every origin, in nats, chronologies stacked."""
    effects, tables = specification.at(level)
    found: list[NDArray[np.float64]] = []
    for origin, horizon in origins:
        before, after = split(recorded.acts, origin, horizon)
        train, test = rows_of(recorded.levels[level], before), rows_of(recorded.levels[level], after)
        step = dict(zip([e.name for e in effects], typical_step(train).tolist(), strict=True))
        prior = build_prior(train, effects, tables, settings, step)
        found.append(log_scores(test, fit_pooled(train, prior, settings.evidence_rounds)))
    return np.concatenate(found)


def split(acts: pl.DataFrame, origin: date, horizon: date) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows lie wholly on or before an origin, and which wholly after it and up to a horizon."""
    before = (acts["end"] <= origin).to_numpy()
    after = ((acts["start"] > origin) & (acts["end"] <= horizon)).to_numpy()
    return before, after


def rows_of(data: LevelData, keep: NDArray[np.bool_]) -> LevelData:
    """Return some of the choices of a level."""
    return replace(
        data, x=data.x[keep], rows=data.rows[keep], allowed=data.allowed[keep], chosen=data.chosen[keep],
        weight=data.weight[keep], scene=data.scene[keep], draw=data.draw[keep],
    )  # fmt: skip


def _check(scenario: Scenario, origins: Sequence[Origin], until: date) -> None:
    acts = scenario.chronicle.dyadic()
    if not origins:
        raise bad_input("--origin", "origin", "there is none", "one or more")
    for origin, horizon in origins:
        text = f"{origin}:{horizon}"
        if not origin < horizon <= until:
            raise bad_input("--origin", text, "is out of order or past training", f"two days in order up to {until}")
        for word, keep in zip(("before", "after"), split(acts, origin, horizon), strict=True):
            if not keep.any():
                raise bad_input("--origin", text, f"has no act {word} the origin", "days with acts on both sides")
