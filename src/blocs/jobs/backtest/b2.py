"""Lapse of defence pacts within one, three and five years."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.forecast.binary import Ranking, brier, log_loss
from blocs.forecast.lapse import CORE, MODEL, STRUCTURE, Pacts, base_rate, hazard, logit
from blocs.forecast.lapse.design import with_neighbourhood
from blocs.forecast.lapse.model import Logit
from blocs.ground.errors import bad_input
from blocs.jobs.backtest.base import Findings, Progress, Score, Table
from blocs.jobs.backtest.files import read_table

Floats = NDArray[np.floating[Any]]
NAME, LEARNING = "pact hazard", "pact hazard, learning on"
BASELINES = ("base_rate_train", "logit_core", "logit_plus_structure", "base_rate_rolling20", "logit_plus_rolling")
TRAIN_END, FIRST = 1989, 1990
HORIZONS = (1, 3, 5)
METRICS = ("log score", "Brier", "AUROC", "AUPRC")
LOWER = {"log score", "Brier"}
DRAWS = 500
_NUMBERS = (
    "pact_age", "unga_agree", "unga_agree_change3", "nonaggression", "cinc1", "cinc2", "polity1", "polity2", "shared_igos",
    "mid_hostility_5y", "contiguity", "mindist_km", "leader_change1", "leader_change2", "leader_irregular1",
    "leader_irregular2", "polity_change3_1", "polity_change3_2", "n_joint_pacts", "min_members", "max_members",
    "cinc_log_ratio",
)  # fmt: skip
KEYS = {"ccode1": pl.Int16, "ccode2": pl.Int16, "origin_year": pl.Int16}
FEATURES = {**KEYS, **dict.fromkeys(_NUMBERS, pl.Float64)}
LABELS = {
    **KEYS, "years_to_end": pl.Int16, "end_kind": pl.String,
    **{f"lapse_{h}y": pl.Float64 for h in HORIZONS}, **{f"split_{h}y": pl.String for h in HORIZONS},
}  # fmt: skip


def run(data: Path, seed: int, tell: Progress) -> Findings:
    """Train on windows that end by 1989, test on origins from 1990."""
    tell("reading", 0, 0)
    frame = read_pacts(data)
    scores: list[Score] = []
    tables: list[Table] = []
    for done, horizon in enumerate(HORIZONS):
        tell("horizons", done, len(HORIZONS))
        pacts = at_risk(frame, horizon)
        test = pacts.scored & (pacts.origin >= FIRST)
        if not test.any() or not (pacts.lapsed[test] == 1).any():
            raise bad_input(
                str(data), "b2_defection_labels", f"no lapse is known after {FIRST}", "labels of test years"
            )
        made, fitted = forecasts(pacts, at_risk(frame, 1))
        found, table = _scores({k: p[test] for k, p in made.items()}, pacts, test, horizon, seed)
        scores += found
        tables += [table, *([_weights(fitted)] if horizon == HORIZONS[0] else [])]
    tell("horizons", len(HORIZONS), len(HORIZONS))
    return Findings(NAME, (*BASELINES,), tuple(scores), tuple(tables), NOTES)


NOTES = (
    f"Training windows end by {TRAIN_END}; test origins from {FIRST}. `learning on`, `rolling` and `rolling20` also use "
    "outcomes known at each origin; the others keep what they learned by 1989.",
    "Drafts of the model were also read on the test years. What changed since (fewer terms, the chance of a year compounded, "
    "odds stretched to the lapses seen) was chosen by rolling origin on 1966-1988; the test years are not untouched.",
    "Intervals draw whole episodes again (year and hub state of a lapse; origin year and hub of pacts that held): pairs of "
    "one episode are one case. The test years hold few episodes, so an interval that spans zero is the rule, and no "
    "forecaster is called better on it.",
    "A window in which a state died or that passes the record's end is not scored.",
)


def read_pacts(data: Path) -> pl.DataFrame:
    """Read features and labels, one row a pair and origin.

    Raises:
        InputError: a file or a column is missing.
    """
    labels = read_table(data, "b2_defection_labels", LABELS, KEYS)
    frame = read_table(data, "b2_defection_features", FEATURES, KEYS).join(labels, on=list(KEYS), how="inner")
    frame = frame.with_columns(
        end_year=(pl.col("origin_year") + pl.col("years_to_end") - 1).cast(pl.Int16),
        lapses=pl.col("end_kind") == "lapse",
    )
    return with_neighbourhood(frame.sort("origin_year", "ccode1", "ccode2"))


def at_risk(frame: pl.DataFrame, horizon: int) -> Pacts:
    """Return the cases of one horizon."""
    lapsed = frame[f"lapse_{horizon}y"].to_numpy()
    return Pacts(frame, frame["origin_year"].to_numpy(), horizon, lapsed, frame["end_year"].to_numpy())


def forecasts(
    pacts: Pacts, yearly: Pacts, first: int = FIRST, last: int = TRAIN_END
) -> tuple[dict[str, Floats], Logit]:
    """Return probabilities by forecaster, NaN before the first origin, and the model's fit to the training years.

    `yearly` holds the same rows as `pacts` with the outcomes of one year.
    """
    model, fitted = hazard(yearly, pacts.horizon, MODEL, first, last)
    made = {
        NAME: model,
        LEARNING: hazard(yearly, pacts.horizon, MODEL, first, None)[0],
        "base_rate_train": base_rate(pacts, first, last),
        "logit_core": logit(pacts, CORE, first, last),
        "logit_plus_structure": logit(pacts, STRUCTURE, first, last),
        "base_rate_rolling20": base_rate(pacts, first, None, 20),
        "logit_plus_rolling": logit(pacts, STRUCTURE, first, None),
    }
    return made, fitted


def _scores(
    made: Mapping[str, Floats], pacts: Pacts, test: NDArray[np.bool_], horizon: int, seed: int
) -> tuple[list[Score], Table]:
    outcome = pacts.lapsed[test]
    group = np.unique(pacts.episodes()[test], return_inverse=True)[1]
    hit = np.unique(group[outcome == 1])
    sample = f"{horizon} year{'s' if horizon > 1 else ''} ahead"
    names = list(made)
    value = np.array([_four(made[n], outcome) for n in names])
    drawn = _draws(made, outcome, group, seed)
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    scores = [
        Score(
            n, m, value[i, j], low[i, j], high[i, j], len(outcome), sample, better="lower" if m in LOWER else "higher"
        )
        for i, n in enumerate(names)
        for j, m in enumerate(METRICS)
    ]
    for own in (NAME, LEARNING):
        for rival in BASELINES:
            a, b = names.index(own), names.index(rival)
            lo, hi = np.nanquantile(drawn[:, a] - drawn[:, b], [0.025, 0.975], axis=0)
            for j, m in enumerate(METRICS):
                gap = float(value[a, j] - value[b, j])
                better = "lower" if m in LOWER else "higher"
                scores.append(Score(own, m, gap, lo[j], hi[j], len(outcome), sample, rival, better))
    rows = tuple((n, *(float(v) for v in value[i]), float(made[n].mean())) for i, n in enumerate(names))
    table = Table(
        f"Horizon {horizon}: {len(outcome):,} pacts at risk, {int(outcome.sum())} lapses in {len(hit)} episodes",
        ("forecaster", *METRICS, "mean forecast"), (*rows, ("share that lapsed", None, None, None, None, outcome.mean())),
        f"Best on each score: {_best(names, value)}.", page=True,
    )  # fmt: skip
    return scores, table


def _best(names: list[str], value: Floats) -> str:
    pick = [names[int(c.argmin() if m in LOWER else c.argmax())] for m, c in zip(METRICS, value.T, strict=True)]
    return "; ".join(f"{m} {n}" for m, n in zip(METRICS, pick, strict=True))


def _four(probability: Floats, outcome: Floats) -> list[float]:
    losses = [float(f(probability, outcome).mean()) for f in (log_loss, brier)]
    return [*losses, *Ranking(probability, outcome).scores()]


def _draws(made: Mapping[str, Floats], outcome: Floats, group: NDArray[np.intp], seed: int) -> Floats:
    """Scores (draw, forecaster, metric) under episodes drawn again; all forecasters share the draws."""
    rng = np.random.default_rng(seed)
    number = int(group.max()) + 1
    found = np.full((DRAWS, len(made), len(METRICS)), np.nan)
    losses = {n: np.stack([log_loss(p, outcome), brier(p, outcome)], axis=1) for n, p in made.items()}
    ranks = {n: Ranking(p, outcome) for n, p in made.items()}
    for d in range(DRAWS):
        weight = rng.multinomial(number, np.full(number, 1.0 / number)).astype(np.float64)[group]
        for i, n in enumerate(made):
            found[d, i, :2] = weight @ losses[n] / weight.sum()
            found[d, i, 2:] = ranks[n].scores(weight)
    return found


def _weights(fitted: Logit) -> Table:
    meaning = {t.name: t.meaning for t in MODEL}
    rows = sorted(((n, meaning[n], w) for n, w in fitted.table().items()), key=lambda r: -abs(r[2]))
    return Table(
        "What the forecast rests on", ("term", "meaning", "log odds"), tuple(rows),
        "Change of the log odds of a lapse in a year for one standard deviation of a term, learned by 1989.",
    )  # fmt: skip
