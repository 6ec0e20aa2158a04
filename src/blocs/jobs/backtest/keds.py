"""Events between pairs of actors by month, one month ahead, by region."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.forecast.dyads import (
    MEMORY,
    SIGNS,
    Cases,
    Months,
    build_cases,
    cooperation_forecasts,
    count_forecasts,
    count_months,
    nb_crps,
    nb_log_loss,
)
from blocs.forecast.dyads.counts import plain_forecasts
from blocs.forecast.dyads.features import MOODS, OWN_MOODS
from blocs.forecast.quantiles import pinball_crps
from blocs.ground.errors import bad_input
from blocs.jobs.backtest.base import Cell, Findings, Progress, Score, Table
from blocs.jobs.backtest.bootstrap import cluster_means
from blocs.jobs.backtest.files import read_table

Floats = NDArray[np.floating[Any]]
MODEL = "pairs and partners"
BASELINES = ("persistence", "base rate", "memory only")
FIRST_YEAR = 1995
COLUMNS = {
    "date": pl.Datetime("ms"), "region": pl.String, "source": pl.String, "target": pl.String, "goldstein": pl.Float64,
}  # fmt: skip


def run(data: Path, seed: int, tell: Progress) -> Findings:
    """Forecast every month from 1995 on from the months before it, refitting each January."""
    tell("reading", 0, 0)
    panels = read_months(data)
    if not panels:
        raise bad_input(str(data), "events_keds", "holds no event", "one and more with date, region, source and target")
    held = [p for p in panels if len(p.source)]
    if not held:
        raise bad_input(str(data), "events_keds", "holds no pair of five events", "one and more")
    cases = build_cases(held)
    first = FIRST_YEAR * 12
    test = cases.month >= first
    if not test.any() or test.all():
        raise bad_input(str(data), "events_keds", f"holds no pair of five events before and after {FIRST_YEAR}", "both")
    losses, weights = _count_losses(cases, first, test, tell)
    tell("cooperation", 0, 0)
    moods, scored = _mood_losses(cases, first, test)
    block = np.array([f"{r} {m // 3}" for r, m in zip(cases.region, cases.month, strict=True)])
    scores = [
        *_scores(losses, ("CRPS, events", "log score, counts", "MAE, events"), block[test], cases.region[test], seed),
        *_scores(moods, ("CRPS, cooperation", "MAE, cooperation"), block[scored], cases.region[scored], seed),
    ]
    tables = (
        _by_region(losses, moods, cases.region[test], cases.region[scored]),
        _weights(weights),
    )
    return Findings(MODEL, BASELINES, tuple(scores), tables, NOTES)


NOTES = (
    f"Every month from January {FIRST_YEAR} on is forecast from the months before it; weights are refitted each January. "
    "A pair is under watch while it had five events in the two years before; regions enter after two years.",
    "Counts: a negative binomial; persistence is last month's count and base rate the pair's mean so far, each with a "
    "learned floor and spread. Cooperation is the mean value of a month's events where there are some; base rate is the "
    "region's mean, memory only the pair's own past.",
    "Intervals draw quarters of a region again, with all their pairs.",
)


def read_months(data: Path) -> list[Months]:
    """Read the events and count them by region, pair and month.

    Raises:
        InputError: the file or a column is missing.
    """
    events = read_table(data, "events_keds", COLUMNS)
    month = pl.col("date").dt.year().cast(pl.Int32) * 12 + pl.col("date").dt.month() - 1
    events = events.drop_nulls(["date", "region", "source", "target"]).with_columns(month=month)
    return [
        count_months(
            region, part["month"].to_numpy(), part["source"].to_numpy().astype(str), part["target"].to_numpy().astype(str),
            part["goldstein"].fill_null(float("nan")).to_numpy(),
        )
        for (region,), part in sorted(events.group_by("region"), key=lambda p: str(p[0]))
        for region in [str(region)]
    ]  # fmt: skip


def _count_losses(
    cases: Cases, first: int, test: NDArray[np.bool_], tell: Progress
) -> tuple[dict[str, Floats], dict[str, float]]:
    mean, shape, weights = count_forecasts(cases, first, tuple(SIGNS), tell)
    made = {MODEL: (mean, shape)}
    for kind in ("persistence", "base rate"):
        tell(f"counts, {kind}", 0, 0)
        made[kind] = plain_forecasts(cases, first, kind)
    made["memory only"] = count_forecasts(cases, first, MEMORY)[:2]
    count = cases.count[test].astype(np.float64)
    found: dict[str, Floats] = {}
    for name, (m, s) in made.items():
        m, s = m[test], s[test]
        found[name] = np.stack([nb_crps(m, s, count), nb_log_loss(m, s, count), np.abs(count - _median(m, s))], axis=1)
    return found, weights


def _median(mean: Floats, shape: Floats) -> Floats:
    from scipy.stats import nbinom

    return nbinom.ppf(0.5, shape, shape / (shape + mean))


def _mood_losses(cases: Cases, first: int, test: NDArray[np.bool_]) -> tuple[dict[str, Floats], NDArray[np.bool_]]:
    scored = test & (cases.scaled > 0)
    made = {
        MODEL: cooperation_forecasts(cases, first, "regression", tuple(MOODS)),
        "persistence": cooperation_forecasts(cases, first, "persistence"),
        "base rate": cooperation_forecasts(cases, first, "base rate"),
        "memory only": cooperation_forecasts(cases, first, "regression", OWN_MOODS),
    }
    truth = cases.cooperation[scored]
    return {
        name: np.stack([pinball_crps(q[scored], truth), np.abs(truth - median[scored])], axis=1)
        for name, (median, q) in made.items()
    }, scored


def _scores(
    losses: Mapping[str, Floats], metrics: tuple[str, ...], block: NDArray[Any], region: NDArray[Any], seed: int
) -> list[Score]:
    del region
    number = len(block)
    found: list[Score] = []
    for name, loss in losses.items():
        for metric, interval in zip(metrics, cluster_means(loss, block, seed=seed), strict=True):
            found.append(Score(name, metric, *interval, n=number, better="lower"))
    for rival in BASELINES:
        for metric, interval in zip(
            metrics, cluster_means(losses[MODEL] - losses[rival], block, seed=seed), strict=True
        ):
            found.append(Score(MODEL, metric, *interval, n=number, against=rival, better="lower"))
    return found


def _by_region(
    losses: Mapping[str, Floats], moods: Mapping[str, Floats], region: NDArray[Any], scored: NDArray[Any]
) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in np.unique(region).tolist():
        for of, loss in losses.items():
            count, mood = loss[region == name].mean(axis=0), moods[of][scored == name].mean(axis=0)
            cells = (float(count[0]), float(count[1]), float(mood[0]), float(mood[1]))
            rows.append((name, of, int((region == name).sum()), *cells))
    columns = (
        "region",
        "forecaster",
        "pair months",
        "CRPS, events",
        "log score, counts",
        "CRPS, cooperation",
        "MAE, cooperation",
    )
    return Table("By region", columns, tuple(rows), "Lower is better throughout.", page=True)


def _weights(weights: Mapping[str, float]) -> Table:
    rows = sorted(((n, SIGNS[n], w) for n, w in weights.items()), key=lambda r: -abs(r[2]))
    return Table(
        "What moves the number of events", ("sign", "meaning", "log mean"), tuple(rows),
        "Change of the log of the mean for one standard deviation of a sign, others held; signs of one pair move together.",
        page=True,
    )  # fmt: skip
