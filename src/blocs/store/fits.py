"""Fits on disk: coefficients by name, so that a file outlives the order of a catalogue."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blocs.conduct.base import LEVELS, Effect, Level, Specification, Table, option_names
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.ground.errors import Fault, InputError, bad_input
from blocs.inference.fit import Fit
from blocs.inference.pooled import PooledFit
from blocs.inference.prior import PriorSettings
from blocs.inference.sets import states_on
from blocs.inference.tempo import TempoFit
from blocs.scenario.build import build
from blocs.scenario.scenario import Scenario
from blocs.store.jsonfile import plain, read_json, write_json
from blocs.store.spec import FIT

Floats = NDArray[np.float64]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class EffectEntry(_Part):
    """One coefficient: estimate, curvature and robust errors, share informed by the record, typical step."""

    name: str
    family: str
    beta: float
    se: float | None
    robust_se: float | None
    informed: float
    step: float


class TableEntry(_Part):
    """One pooled table: `values` has axes row, option; `spread` is its prior standard deviation, null for none."""

    name: str
    spread: float | None
    rows: list[str]
    options: list[str]
    values: list[list[float]]


class LevelEntry(_Part):
    """The estimates of one choice; `covariance` is in the order of `effects`."""

    effects: list[EffectEntry]
    covariance: list[list[float | None]]
    together: list[list[str]] = []
    tables: list[TableEntry]
    loglik: float
    gradient_norm: float
    iterations: int
    converged: bool


class TempoEntry(_Part):
    """Acts a day: base rate and branching ratios by half-life (days) with errors."""

    base: float
    se_base: float
    half_lives: list[float]
    branching: list[float]
    se_branching: list[float]
    loglik: float
    converged: bool


class ScenarioEntry(_Part):
    """Which scenario was fitted: id and SHA-256 of its files."""

    id: str
    hash: str


class FitFile(_Part):
    """Everything in `fit.json` after its format and version."""

    blocs: str
    scenario: ScenarioEntry
    specification: str
    settings: dict[str, Any]
    until: date
    draws: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    acts: int
    levels: dict[Level, LevelEntry]
    tempo: TempoEntry


def fit_to_dict(fit: Fit) -> dict[str, Any]:
    """Return a fit as JSON takes it (see FORMAT.md, fit.json)."""
    from blocs.store.versions import blocs_version

    scenario, tempo = fit.built.scenario, fit.tempo
    return plain(
        {
            "blocs": blocs_version(),
            "scenario": {"id": scenario.id, "hash": scenario.hash},
            "specification": fit.specification.name,
            "settings": asdict(fit.settings),
            "until": fit.until,
            "draws": fit.draws,
            "seed": fit.seed,
            "acts": fit.acts,
            "levels": {level: _level_to_dict(fit, level) for level in LEVELS},
            "tempo": {**asdict(tempo), "half_lives": np.asarray(fit.built.model.half_lives)},
        }
    )


def _level_to_dict(fit: Fit, level: Level) -> dict[str, Any]:
    found, world = fit.levels[level], fit.built.model.world
    effects, tables = fit.specification.at(level)
    return {
        "effects": [
            {
                "name": e.name, "family": e.family, "beta": found.beta[n], "se": found.se[n],
                "robust_se": found.robust_se[n], "informed": found.informed[n], "step": fit.steps[level][e.name],
            }
            for n, e in enumerate(effects)
        ],
        "covariance": found.covariance,
        "together": [[effects[n].name for n in group] for group in found.together],
        "tables": [
            {
                "name": t.name, "spread": found.table_spread[n], "rows": t.rows(world),
                "options": option_names(world, level), "values": found.tables[n],
            }
            for n, t in enumerate(tables)
        ],
        "loglik": found.loglik,
        "gradient_norm": found.gradient_norm,
        "iterations": found.iterations,
        "converged": found.converged,
    }  # fmt: skip


def fit_from_dict(data: dict[str, Any], scenario: Scenario, where: str = FIT) -> Fit:
    """Rebuild a fit; the states from which forecasts start are recomputed by replaying the record.

    Args:
        data: what `fit_to_dict` returned.
        scenario: the scenario that was fitted, unchanged.
        where: name of the file, for messages.

    Raises:
        InputError: the content is not that of a fit, names what this version does not know, or the scenario differs.
    """
    try:
        file = FitFile.model_validate(data)
    except ValidationError as error:
        raise InputError(_fault(where, e) for e in error.errors()) from None
    if file.scenario.hash != scenario.hash:
        raise bad_input(
            where, "scenario.hash", f"was fitted to {file.scenario.id} {file.scenario.hash[:12]}",
            f"{scenario.id} {scenario.hash[:12]}: fit again, or use the scenario as it was",
        )  # fmt: skip
    specification = _specification(file, where)
    built = build(scenario, specification)
    levels: dict[Level, PooledFit] = {
        level: _level(built.model.world, specification, level, file, where) for level in LEVELS
    }
    half_lives = np.asarray(built.model.half_lives)
    if not np.allclose(half_lives, _vector(file.tempo.half_lives, len(half_lives), where, "tempo.half_lives")):
        raise bad_input(where, "tempo.half_lives", "are not those of the scenario", f"{half_lives.tolist()}")
    return Fit(
        built=built, specification=specification, settings=_settings(file, where), until=file.until, draws=file.draws,
        seed=file.seed, acts=file.acts, levels=levels,
        steps={level: {e.name: e.step for e in file.levels[level].effects} for level in LEVELS},
        tempo=_tempo(file.tempo, len(half_lives), where),
        ends=states_on(built, file.until, file.draws, file.seed),
    )  # fmt: skip


def write_fit(path: Path, fit: Fit) -> None:
    """Write `fit.json`."""
    write_json(path, fit_to_dict(fit), FIT)


def read_fit(path: Path, scenario: Scenario) -> Fit:
    """Read `fit.json`; `InputError` as `fit_from_dict` and for a missing or broken file."""
    return fit_from_dict(read_json(path, FIT), scenario, str(path))


def _fault(where: str, error: Any) -> Fault:
    field = ".".join(str(part) for part in error["loc"]) or "file"
    return Fault(where, 0, field, str(error["msg"]).partition("\n")[0].lower())


def _specification(file: FitFile, where: str) -> Specification:
    """The effects and tables that the file names, in catalogue order."""
    missing = sorted(set(LEVELS) - set(file.levels))
    if missing:
        raise bad_input(where, "levels", f"lacks {', '.join(missing)}", f"all of {', '.join(LEVELS)}")
    effects = {(level, e.name) for level, entry in file.levels.items() for e in entry.effects}
    tables = {(level, t.name) for level, entry in file.levels.items() for t in entry.tables}
    unknown = (effects - {(e.level, e.name) for e in EFFECTS}) | (tables - {(t.level, t.name) for t in TABLES})
    for level, name in sorted(unknown):
        raise bad_input(
            where, f"levels.{level}", f"names {name!r}, which this version does not have", "`blocs effects`"
        )
    return Specification(
        file.specification,
        tuple(e for e in EFFECTS if (e.level, e.name) in effects),
        tuple(t for t in TABLES if (t.level, t.name) in tables),
    )


def _level(world: Any, specification: Specification, level: Level, file: FitFile, where: str) -> PooledFit:
    effects, tables = specification.at(level)
    entry = file.levels[level]
    order = _order(entry, effects, where, level)
    by_name = {t.name: t for t in entry.tables}
    chosen = [entry.effects[n] for n in order]
    names = [e.name for e in effects]
    covariance = _matrix(entry.covariance, len(order), len(order), where, f"levels.{level}.covariance")
    return PooledFit(
        beta=np.array([e.beta for e in chosen], np.float64),
        tables=tuple(_table(world, t, by_name[t.name], where) for t in tables),
        se=_reals([e.se for e in chosen]),
        robust_se=_reals([e.robust_se for e in chosen]),
        covariance=covariance[np.ix_(order, order)],
        informed=np.array([e.informed for e in chosen], np.float64),
        table_spread=np.array([np.inf if (s := by_name[t.name].spread) is None else s for t in tables], np.float64),
        loglik=entry.loglik, gradient_norm=entry.gradient_norm, iterations=entry.iterations, converged=entry.converged,
        together=tuple(tuple(names.index(name) for name in group) for group in entry.together),
    )  # fmt: skip


def _order(entry: LevelEntry, effects: tuple[Effect, ...], where: str, level: str) -> list[int]:
    names = [e.name for e in entry.effects]
    if len(set(names)) < len(names):
        raise bad_input(where, f"levels.{level}.effects", "names an effect twice", "each once")
    return [names.index(e.name) for e in effects]


def _table(world: Any, table: Table, entry: TableEntry, where: str) -> Floats:
    rows, options = table.rows(world), option_names(world, table.level)
    field = f"levels.{table.level}.tables.{table.name}"
    if sorted(entry.rows) != sorted(rows) or sorted(entry.options) != sorted(options):
        raise bad_input(where, field, "has other rows or options than the scenario", "those it was fitted with")
    values = _matrix(entry.values, len(rows), len(options), where, field)
    return values[np.ix_([entry.rows.index(r) for r in rows], [entry.options.index(o) for o in options])]


def _matrix(values: Any, height: int, width: int, where: str, field: str) -> Floats:
    if len(values) != height or any(len(row) != width for row in values):
        raise bad_input(where, field, "has another shape", f"{height} rows of {width}")
    return np.array([[np.nan if v is None else v for v in row] for row in values], np.float64).reshape(height, width)


def _vector(values: list[float], length: int, where: str, field: str) -> Floats:
    if len(values) != length:
        raise bad_input(where, field, f"has {len(values)} entries", str(length))
    return np.array(values, np.float64)


def _reals(values: list[float | None]) -> Floats:
    return np.array([np.nan if v is None else v for v in values], np.float64)


def _tempo(entry: TempoEntry, length: int, where: str) -> TempoFit:
    return TempoFit(
        entry.base, _vector(entry.branching, length, where, "tempo.branching"), entry.se_base,
        _vector(entry.se_branching, length, where, "tempo.se_branching"), entry.loglik, entry.converged,
    )  # fmt: skip


def _settings(file: FitFile, where: str) -> PriorSettings:
    # fits stored before there was a least step had none
    given: dict[str, Any] = {"least_step": 0.0, **file.settings}
    if "free_families" in given:
        given["free_families"] = tuple(given["free_families"])
    try:
        return PriorSettings(**given)
    except TypeError as error:
        raise bad_input(where, "settings", str(error), "the settings of priors") from None
