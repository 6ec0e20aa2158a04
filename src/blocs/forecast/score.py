"""Score a forecast on what followed: log score an act, Brier and CRPS, calibration, against named baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.conduct.base import LEVELS, Level
from blocs.conduct.catalogue import memory_only
from blocs.forecast.baselines import (
    base_rate_scores,
    base_rates,
    fit_no_change,
    no_change_scores,
    poisson_probability,
)
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.outcomes import OutcomeForecast, forecast_outcomes, recorded_outcomes
from blocs.inference.fit import FEWEST_SCENES, Fit, fit_record
from blocs.inference.pooled import log_scores
from blocs.inference.sets import Recorded, record_sets, restrict
from blocs.inference.tape import usable_acts

Floats = NDArray[np.float64]
MODELS = ("model", "memory_only", "base_rate", "no_change")
BOOTSTRAP = 2000
QUARTER = 91.3125
GAIN = ("gain", "lo", "hi", "scenes")


@dataclass(frozen=True)
class Interval:
    """A mean with its 95% interval from a bootstrap over `scenes` scenes; without bounds (NaN) where there is one alone.

    `scenes` is `None` in scores stored before it was counted.
    """

    mean: float
    lo: float
    hi: float
    scenes: int | None = None

    def __str__(self) -> str:
        bounds = f"[{self.lo:+.3f}, {self.hi:+.3f}]" if self.bounded else "without interval"
        return f"{self.mean:+.3f} {bounds}" + ("" if self.enough else f", {self.scenes} scenes: no verdict")

    @property
    def bounded(self) -> bool:
        """Whether there is an interval at all."""
        return bool(np.isfinite(self.lo) and np.isfinite(self.hi))

    @property
    def enough(self) -> bool:
        """Whether there are scenes enough for a verdict."""
        return self.scenes is None or self.scenes >= FEWEST_SCENES

    @property
    def sign(self) -> int:
        """Which side of zero the mean lies on: 1 or -1 where the interval, from scenes enough, leaves out zero; else 0."""
        return 0 if not self.enough else int(self.lo > 0) - int(self.hi < 0)


@dataclass(frozen=True)
class OutcomeScore:
    """One outcome: forecast probability with Monte Carlo interval, base-rate forecast, what the record says.

    `recorded` is `None` where the scenario says that it is not known: no score counts such an outcome. `recorded_from`,
    `recorded_to` bound the day on which it came true in the record; `None` where nothing bounds it.
    """

    id: str
    title: str
    probability: float
    lo: float
    hi: float
    baseline: float
    recorded: bool | None
    recorded_from: date | None
    recorded_to: date | None
    median_date: date | None


@dataclass(frozen=True, repr=False)
class Scores:
    """Scores of a forecast period.

    `acts` has a row for each recorded act: id, scene, start, and for each model and level the log probability in nats,
    averaged over drawn chronologies. `log_score` is the mean of the four levels' sum, by model; `by_level` the mean of
    each level; `versus` the paired gain of the model over each baseline. `counts` compares quarterly counts of acts.
    `brier` and `brier_baseline` are means over the outcomes of which it is known whether they came true; NaN without any.
    """

    start: date
    end: date
    acts: pl.DataFrame
    log_score: Mapping[str, float]
    by_level: Mapping[str, Mapping[Level, float]]
    versus: Mapping[str, Interval]
    versus_by_level: Mapping[Level, Interval]
    outcomes: tuple[OutcomeScore, ...]
    brier: float
    brier_baseline: float
    crps_counts: float
    crps_baseline: float
    counts: pl.DataFrame
    calibration: pl.DataFrame

    def to_polars(self) -> pl.DataFrame:
        """Return one row a model and choice: its mean log score an act, and what the full model gains over it.

        Columns: model, choice (`all` or one of the four), log_score, gain, lo, hi, scenes. Gains by choice are over the
        memory-only model; null where none was taken.
        """
        rows: list[dict[str, object]] = []
        for model in MODELS:
            rows.append(_score_row(model, "all", self.log_score[model], self.versus.get(model)))
            for level, mean in self.by_level[model].items():
                gain = self.versus_by_level.get(level) if model == "memory_only" else None
                rows.append(_score_row(model, level, mean, gain))
        return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("lo", "hi").fill_nan(None))

    def outcomes_to_polars(self) -> pl.DataFrame:
        """Return one row an outcome: the fields of `OutcomeScore`, `recorded` null where it is not known."""
        return pl.DataFrame([asdict(o) for o in self.outcomes], infer_schema_length=None)

    def ranking(self, prefix: str) -> list[OutcomeScore]:
        """Return the outcomes of one family (`break.`), most probable first."""
        return sorted((o for o in self.outcomes if o.id.startswith(prefix)), key=lambda o: -o.probability)

    def __repr__(self) -> str:
        return (
            f"Scores({self.start}..{self.end}, {self.acts.height} acts: {self.log_score['model']:.3f} nats an act; "
            f"over memory-only {self.versus['memory_only']}; Brier {self.brier:.4f} against {self.brier_baseline:.4f})"
        )


def _score_row(model: str, choice: str, mean: float, gain: Interval | None) -> dict[str, object]:
    found = (None, None, None, None) if gain is None else (gain.mean, gain.lo, gain.hi, gain.scenes)
    return {"model": model, "choice": choice, "log_score": mean, **dict(zip(GAIN, found, strict=True))}


def score(ensemble: Ensemble, until: date | None = None, seed: int = 0) -> Scores:
    """Score an ensemble and its fit on the record of its own period, and on nothing else.

    Acts are scored one step ahead: parameters are those fitted up to the training date, the state moves with the
    recorded acts. Outcomes and counts are scored from the ensemble, which saw nothing after the training date.

    Raises:
        InputError: the record holds no act in the period.
    """
    fit, built = ensemble.fit, ensemble.fit.built
    start, end = ensemble.start, until or ensemble.end
    usable_acts(built, since=start, until=end)
    later = record_sets(built, end, fit.draws, fit.seed, since=start)
    table = act_table(fit, record_sets(built, fit.until, fit.draws, fit.seed), later)
    rng = np.random.default_rng(seed)
    totals = {m: table[m].to_numpy() for m in MODELS}
    scene = table["scene"].to_numpy()
    outcomes = _outcome_scores(ensemble, start, end)
    counts, crps, crps_base = _counts(ensemble, later, start, end)
    return Scores(
        start=start, end=end, acts=table,
        log_score={m: float(v.mean()) for m, v in totals.items()},
        by_level={m: {level: float(table[f"{m}_{level}"].mean() or 0.0) for level in LEVELS} for m in MODELS},  # type: ignore[arg-type]
        versus={m: cluster_bootstrap(totals["model"] - totals[m], scene, rng) for m in MODELS[1:]},
        versus_by_level={
            level: cluster_bootstrap(
                table[f"model_{level}"].to_numpy() - table[f"memory_only_{level}"].to_numpy(), scene, rng
            )
            for level in LEVELS
        },
        outcomes=tuple(outcomes),
        brier=_brier(outcomes, [o.probability for o in outcomes]),
        brier_baseline=_brier(outcomes, [o.baseline for o in outcomes]),
        crps_counts=crps, crps_baseline=crps_base, counts=counts,
        calibration=_calibration(fit, later),
    )  # fmt: skip


def _brier(outcomes: Sequence[OutcomeScore], chance: Sequence[float]) -> float:
    """Mean squared error of probabilities over the outcomes whose truth is known; NaN without any."""
    errors = [(p - o.recorded) ** 2 for o, p in zip(outcomes, chance, strict=True) if o.recorded is not None]
    return float(np.mean(errors)) if errors else float("nan")


def memory_fit(fit: Fit, recorded: Recorded | None = None) -> Fit:
    """Fit the memory-only model on the same acts and chronologies as `fit`, with the same priors."""
    recorded = recorded or record_sets(fit.built, fit.until, fit.draws, fit.seed)
    part = restrict(recorded, fit.specification, memory_only(), fit.built.model.world)
    return _refit(fit, part)


def _refit(fit: Fit, part: Recorded) -> Fit:
    built = fit.built
    small = replace(built, model=replace(built.model, specification=memory_only()))
    return fit_record(small, fit.until, fit.settings, fit.draws, fit.seed, part)


def act_table(fit: Fit, trained: Recorded, later: Recorded) -> pl.DataFrame:
    """Return log probabilities of later acts under the model and the baselines, averaged over drawn chronologies."""
    world = fit.built.model.world
    memory = memory_fit(fit, trained)
    small = restrict(later, fit.specification, memory_only(), world)
    rates = base_rates(fit.built, trained.acts)
    by_model: dict[str, Mapping[Level, Floats]] = {
        "model": {level: log_scores(later.levels[level], fit.levels[level]) for level in LEVELS},
        "memory_only": {level: log_scores(small.levels[level], memory.levels[level]) for level in LEVELS},
        "base_rate": base_rate_scores(rates, later.acts),
        "no_change": no_change_scores(fit_no_change(rates, trained.acts), later.acts),
    }
    rows = later.acts.select("id", "scene", "start", "end").with_columns(
        *(pl.Series(f"{m}_{level}", v[level]) for m, v in by_model.items() for level in LEVELS),
        *(pl.Series(m, sum(v[level] for level in LEVELS)) for m, v in by_model.items()),  # type: ignore[arg-type]
    )
    return rows.group_by("id", maintain_order=True).agg(
        pl.col("scene", "start", "end").first(), pl.col("^(model|memory_only|base_rate|no_change).*$").mean()
    )


def cluster_bootstrap(difference: Floats, cluster: NDArray[np.int64], rng: np.random.Generator) -> Interval:
    """Return the mean of paired differences with a 95% percentile interval, whole clusters resampled.

    One cluster alone has no interval: drawn again it is always itself.
    """
    _, code = np.unique(cluster, return_inverse=True)
    size = np.bincount(code)
    total = np.bincount(code, difference)
    pick = rng.integers(0, len(size), (BOOTSTRAP, len(size)))
    means = total[pick].sum(axis=1) / size[pick].sum(axis=1)
    lo, hi = np.quantile(means, [0.025, 0.975])
    if len(size) == 1:
        lo = hi = np.nan
    return Interval(float(difference.mean()), float(lo), float(hi), len(size))


def _outcome_scores(ensemble: Ensemble, start: date, end: date) -> list[OutcomeScore]:
    built = ensemble.fit.built
    truth = recorded_outcomes(built, start, end)
    before = recorded_outcomes(built, built.scenario.spec.period.start, ensemble.fit.until)
    years = (ensemble.fit.until - built.scenario.spec.period.start).days / 365.25
    horizon = (end - start).days / 365.25
    found = forecast_outcomes(ensemble)
    families = {o.id: o.id.split(".")[0] for o in found}

    def baseline(o: OutcomeForecast) -> float:
        coded = built.scenario.outcomes[o.id].before
        if coded:
            return poisson_probability(coded.times, coded.among * years, horizon)
        came = [before[i].value for i, f in families.items() if f == families[o.id]]
        known = [value for value in came if value is not None]
        return poisson_probability(sum(known), len(known) * years, horizon)

    return [
        OutcomeScore(o.id, o.title, o.probability, o.lo, o.hi, baseline(o), *truth[o.id], o.dates[1]) for o in found
    ]


def _counts(ensemble: Ensemble, later: Recorded, start: date, end: date) -> tuple[pl.DataFrame, float, float]:
    """Acts a quarter, recorded (dates drawn) and simulated, with the CRPS of the ensemble and of a Poisson base rate."""
    built = ensemble.fit.built
    first = built.day(start)
    quarters = max(1, int((built.day(end) + 1 - first) // QUARTER))
    edges = first + QUARTER * np.arange(quarters + 1)
    place = np.searchsorted(edges, ensemble.day, side="right") - 1
    inside = (place >= 0) & (place < quarters)
    simulated = np.zeros((ensemble.runs, quarters))
    np.add.at(simulated, (ensemble.run[inside], place[inside]), 1.0)
    drawn = np.stack([np.histogram(t.day, edges)[0] for t in later.tempo]).mean(axis=0)
    spec = built.scenario.spec
    trained = usable_acts(built, until=ensemble.fit.until).height
    rate = trained / ((ensemble.fit.until - spec.period.start).days + 1) * QUARTER
    base = np.random.default_rng(0).poisson(rate, (ensemble.runs, quarters)).astype(float)
    frame = pl.DataFrame(
        {
            "quarter": np.arange(quarters), "recorded": drawn, "mean": simulated.mean(axis=0),
            "q05": np.quantile(simulated, 0.05, axis=0), "q95": np.quantile(simulated, 0.95, axis=0),
            "crps": crps(simulated, drawn), "crps_baseline": crps(base, drawn),
        }
    )  # fmt: skip
    return frame, float(crps(simulated, drawn).mean()), float(crps(base, drawn).mean())


def crps(sample: Floats, observed: Floats) -> Floats:
    """Return the continuous ranked probability score of samples (run, item) for observed [item]; lower is better.

    `E|X - y| - E|X - X'| / 2` in its sorted form (Gneiting & Raftery 2007, equation 21).
    """
    ordered = np.sort(sample, axis=0)
    n = len(ordered)
    weight = (2 * np.arange(1, n + 1) - n - 1)[:, None]
    return np.abs(sample - observed).mean(axis=0) - (weight * ordered).sum(axis=0) / n**2


def _calibration(fit: Fit, later: Recorded, bins: int = 10) -> pl.DataFrame:
    """Forecast probability of every option of every choice against how often it was taken, by bin of probability."""
    out: list[pl.DataFrame] = []
    for level in LEVELS:
        chance, taken = option_chances(later, fit, level)
        edge = np.quantile(chance, np.linspace(0, 1, bins + 1)[1:-1])
        code = np.searchsorted(edge, chance)
        frame = pl.DataFrame({"level": level, "bin": code, "chance": chance, "taken": taken})
        out.append(frame.group_by("level", "bin").agg(pl.col("chance").mean(), pl.col("taken").mean(), pl.len()))
    return pl.concat(out).sort("level", "bin")


def option_chances(recorded: Recorded, fit: Fit, level: Level) -> tuple[Floats, Floats]:
    """Return the probability of every allowed option and whether it was taken, flat."""
    from scipy.special import softmax

    data, found = recorded.levels[level], fit.levels[level]
    u = np.einsum("nko,k->no", data.x, found.beta)
    for t, table in enumerate(found.tables):
        u = u + table[data.rows[:, t]]
    p = softmax(np.where(data.allowed, u, -np.inf), axis=1)
    taken = np.zeros_like(p)
    taken[np.arange(len(p)), data.chosen] = 1.0
    return p[data.allowed], taken[data.allowed]


__all__ = ["MODELS", "Interval", "OutcomeScore", "Scores", "cluster_bootstrap", "crps", "memory_fit", "score"]
