"""Fit a model of conduct to the record: four conditional logits and a tempo, on shared chronologies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import norm

from blocs.bloc.state import State
from blocs.conduct.base import LEVELS, Effect, Level, Specification, Table, option_names
from blocs.engine.model import Coefficients, Tempo
from blocs.ground.errors import bad_input
from blocs.inference.pooled import LevelData, PooledFit, fit_pooled
from blocs.inference.prior import PriorSettings, build_prior, typical_step
from blocs.inference.sets import Recorded, record_sets
from blocs.inference.tape import acts_between
from blocs.inference.tempo import TempoFit, fit_tempo
from blocs.scenario.build import Built

if TYPE_CHECKING:
    import xarray as xr

DRAWS = 8
ESTIMATES = ("estimate", "se", "robust_se", "lo", "hi", "step", "per_step", "informed")
FEWEST_SCENES = 10
"""Below so many scenes no interval over scenes carries a verdict: resampling a few of anything says little of the rest."""
UNIDENTIFIED = 0.05
"""Below this share of its precision from the record, a coefficient is reported as resting on its prior."""


@dataclass(frozen=True, repr=False)
class Fit:
    """A fitted model of conduct.

    `levels` holds the estimates of each choice; `steps` the typical step of each effect's statistic, for reading sizes;
    `ends` the state at the end of each drawn chronology, from which forecasts start; `acts` how many recorded acts
    were used (once, not once a draw).
    """

    built: Built
    specification: Specification
    settings: PriorSettings
    until: date
    draws: int
    seed: int
    acts: int
    levels: Mapping[Level, PooledFit]
    steps: Mapping[Level, Mapping[str, float]]
    tempo: TempoFit
    ends: tuple[State, ...]

    @property
    def converged(self) -> bool:
        """Whether every level and the tempo reached a maximum."""
        return self.tempo.converged and all(f.converged for f in self.levels.values())

    @property
    def scenes(self) -> int:
        """Number of scenes from which the acts used come."""
        return acts_between(self.built, until=self.until)["scene"].n_unique()

    def coefficients(self) -> Coefficients:
        """Return the point estimates as the engine takes them, in float64."""
        return Coefficients(
            {level: jnp.asarray(self.levels[level].beta) for level in LEVELS},
            {level: tuple(jnp.asarray(t) for t in self.levels[level].tables) for level in LEVELS},
            Tempo(jnp.asarray(self.tempo.base), jnp.asarray(self.tempo.branching)),
        )

    def to_polars(self, level: float = 0.9) -> pl.DataFrame:
        """Return one row an effect: estimate, errors, interval at `level`, size of one typical step, how far informed.

        Columns: choice, effect, label, meaning, family, estimate, se, robust_se, lo, hi, step, per_step, informed,
        verdict (`too few scenes` below `FEWEST_SCENES`), about. `label` and `meaning` say in plain words what is measured,
        `about` as a formula with its source.
        """
        z = float(norm.ppf(0.5 + level / 2))
        enough = self.scenes >= FEWEST_SCENES
        out: list[dict[str, object]] = []
        for choice in LEVELS:
            effects, _ = self.specification.at(choice)
            found = self.levels[choice]
            for n, e in enumerate(effects):
                b, se, r = float(found.beta[n]), float(found.se[n]), float(found.robust_se[n])
                step = self.steps[choice][e.name]
                lo, hi = b - z * r, b + z * r
                verdict = _verdict(lo, hi, float(found.informed[n])) if enough else "too few scenes"
                out.append(
                    {
                        "choice": choice, "effect": e.name, "label": e.words.label, "meaning": e.words.meaning,
                        "family": e.family, "estimate": b, "se": se, "robust_se": r, "lo": lo, "hi": hi, "step": step,
                        "per_step": b * step, "informed": float(found.informed[n]), "verdict": verdict, "about": e.about,
                    }
                )  # fmt: skip
        return pl.DataFrame(out)

    def to_xarray(self, level: float = 0.9) -> xr.Dataset:
        """Return estimates with axes choice and effect, and every pooled table with its own rows and options.

        Variables: estimate, se, robust_se, lo, hi (at `level`), step, per_step, informed, NaN where a choice has no such
        effect; and `table.CHOICE.NAME` with axes `rows.CHOICE.NAME` and the options of that choice, by id.
        """
        import xarray as xr

        long = self.to_polars(level)
        effects = long["effect"].unique(maintain_order=True).to_list()
        place = (
            [LEVELS.index(choice) for choice in long["choice"].to_list()],
            [effects.index(effect) for effect in long["effect"].to_list()],
        )
        data: dict[str, tuple[tuple[str, str], NDArray[np.float64]]] = {}
        for name in ESTIMATES:
            value = np.full((len(LEVELS), len(effects)), np.nan)
            value[place] = long[name].to_numpy()
            data[name] = (("choice", "effect"), value)
        world = self.built.model.world
        coords: dict[str, list[str]] = {"choice": list(LEVELS), "effect": effects}
        for choice in LEVELS:
            for table, value in zip(self.specification.at(choice)[1], self.levels[choice].tables, strict=True):
                rows = f"rows.{choice}.{table.name}"
                data[f"table.{choice}.{table.name}"] = ((rows, choice), np.asarray(value, np.float64))
                coords |= {rows: list(table.rows(world)), choice: list(option_names(world, choice))}
        attrs = {"scenario": self.built.scenario.id, "until": str(self.until), "level": level}
        return xr.Dataset(data, coords=coords, attrs=attrs)

    def unidentified(self) -> list[str]:
        """Return the effects about which the record says next to nothing: their estimates are their priors.

        Effects that it informs only together, and cannot tell apart, follow as `choice.one + choice.other`.
        """
        table = self.to_polars().filter(pl.col("informed") < UNIDENTIFIED)
        alone = [f"{r['choice']}.{r['effect']}" for r in table.iter_rows(named=True)]
        names = {level: [f"{level}.{e.name}" for e in self.specification.at(level)[0]] for level in LEVELS}
        groups = [[names[level][n] for n in group] for level in LEVELS for group in self.levels[level].together]
        return alone + [" + ".join(group) for group in groups if not set(group) & set(alone)]

    def table_of(self, level: Level, name: str) -> pl.DataFrame:
        """Return one pooled table in long form: row, option, value (log odds against the average option)."""
        world = self.built.model.world
        _, tables = self.specification.at(level)
        names = [t.name for t in tables]
        if name not in names:
            raise bad_input("table_of", "name", f"no table {name!r} at level {level}", f"one of {', '.join(names)}")
        n = names.index(name)
        labels, options = tables[n].rows(world), option_names(world, level)
        value = self.levels[level].tables[n]
        return pl.DataFrame(
            {
                "row": np.repeat(labels, len(options)),
                "option": np.tile(options, len(labels)),
                "value": value.ravel(),
            }
        )

    def __repr__(self) -> str:
        found = ", ".join(f"{level} {f.loglik:.1f}" for level, f in self.levels.items())
        state = "converged" if self.converged else "NOT converged"
        weak = self.to_polars().filter(pl.col("informed") < UNIDENTIFIED).height
        return (
            f"Fit({self.built.scenario.id!r} to {self.until}: {self.acts} acts, {self.draws} chronologies, "
            f"{self.specification.name}; log-likelihood {found}; {state}; effects resting on their priors: {weak})"
        )


def _verdict(lo: float, hi: float, informed: float) -> str:
    if informed < UNIDENTIFIED:
        return "rests on its prior"
    if lo > 0:
        return "raises"
    return "lowers" if hi < 0 else "unclear"


def fit_record(
    built: Built,
    until: date | None = None,
    settings: PriorSettings | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    recorded: Recorded | None = None,
) -> Fit:
    """Fit conduct and tempo to the record up to a day.

    Args:
        built: the scenario as arrays (float64).
        until: last day of the training period; the scenario's own by default.
        settings: strength of the priors.
        draws: number of drawn chronologies.
        seed: of the first chronology.
        recorded: choice sets made before, to save a replay.

    Raises:
        InputError: the training period holds no act.
    """
    until = until or built.scenario.spec.training.until
    settings = settings or PriorSettings()
    recorded = recorded or record_sets(built, until, draws, seed)
    levels: dict[Level, PooledFit] = {}
    steps: dict[Level, Mapping[str, float]] = {}
    for level in LEVELS:
        effects, tables = built.model.specification.at(level)
        levels[level], steps[level] = _fit_level(recorded.levels[level], effects, tables, settings)
    return Fit(
        built=built,
        specification=built.model.specification,
        settings=settings,
        until=until,
        draws=recorded.draws,
        seed=seed,
        acts=recorded.acts.height // recorded.draws,
        levels=levels,
        steps=steps,
        tempo=fit_tempo(recorded.tempo, np.asarray(built.model.half_lives, np.float64)),
        ends=recorded.ends,
    )


def _fit_level(
    data: LevelData, effects: tuple[Effect, ...], tables: tuple[Table, ...], settings: PriorSettings
) -> tuple[PooledFit, Mapping[str, float]]:
    step = dict(zip([e.name for e in effects], typical_step(data).tolist(), strict=True))
    prior = build_prior(data, effects, tables, settings, step)
    return fit_pooled(data, prior, settings.evidence_rounds), step
