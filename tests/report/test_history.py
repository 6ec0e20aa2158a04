"""Shares of uncertain dates, acts a quarter and snapshots, against slow counting."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocs.report.history import (
    forecast_snapshot,
    overlap,
    quarter_table,
    recorded_snapshot,
    replay_record,
    sides,
)

DAYS = st.dates(date(1950, 1, 1), date(1952, 12, 31))


@pytest.fixture(scope="module")
def past(result):
    return replay_record(result.ensemble, result.scores.end)


@given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 400))
def test_overlap_is_the_share_of_days_inside(start, length, first, width):
    end, last = start + timedelta(days=length), first + timedelta(days=width)
    days = [start + timedelta(days=n) for n in range(length + 1)]
    expected = sum(first <= d <= last for d in days) / len(days)
    found = overlap(pl.DataFrame({"start": [start], "end": [end]}), first, last)
    assert found[0] == pytest.approx(expected)


def test_quarters_cover_period_and_forecast_without_gap(result, past):
    table = quarter_table(result.ensemble, past).filter(pl.col("tone") == "cooperative")
    assert table["first"][0] == result.scenario.spec.period.start
    assert table["last"][-1] == result.ensemble.end
    assert all(b == a + timedelta(days=1) for a, b in zip(table["last"][:-1], table["first"][1:], strict=True))
    assert result.ensemble.start in table["first"].to_list()


def test_quarters_hold_every_act_once(result, past):
    table = quarter_table(result.ensemble, past)
    polarity = {a.id: a.polarity for a in result.scenario.acts.values()}
    for tone in ("cooperative", "conflictual"):
        acts = past.acts.filter(pl.col("act").replace_strict(polarity) == tone)
        assert table.filter(pl.col("tone") == tone)["recorded"].sum() == pytest.approx(acts.height)


def test_ribbons_count_simulated_acts(result, past):
    ens = result.ensemble
    table = quarter_table(ens, past).filter((pl.col("tone") == "conflictual") & pl.col("q50").is_not_null())
    hostile = {a.id for a in result.scenario.acts.values() if a.polarity == "conflictual"}
    frame = ens.to_polars()
    for row in table.iter_rows(named=True):
        inside = frame.filter(
            pl.col("act").cast(str).is_in(list(hostile)) & pl.col("date").is_between(row["first"], row["last"])
        )
        counts = [inside.filter(pl.col("run") == r).height for r in range(ens.runs)]
        assert row["q50"] == pytest.approx(np.quantile(counts, 0.5))
        assert row["q95"] == pytest.approx(np.quantile(counts, 0.95))
        assert row["q05"] <= row["q25"] <= row["q50"] <= row["q75"] <= row["q95"]


def test_recorded_snapshot_counts_the_year(result, past):
    built = result.fit.built
    day = date(2002, 12, 31)
    shot = recorded_snapshot("x", built, past, day)
    inside = past.acts.filter((pl.col("start") >= date(2002, 1, 1)) & (pl.col("end") <= day))
    pairs = {frozenset((r["source"], r["target"])) for r in inside.iter_rows(named=True)}
    assert {frozenset(p) for p in shot.acts} >= pairs
    assert sum(n for n, _ in shot.acts.values()) >= inside.height - 1e-9
    assert all(-1 <= tone <= 1 for _, tone in shot.acts.values())
    assert set(shot.warmth) == set(sides(built)) - {"north"}
    assert all(-1 <= w <= 1 for w in shot.warmth.values())


def test_forecast_snapshot_is_the_mean_over_runs(result):
    ens = result.ensemble
    shot = forecast_snapshot("x", ens)
    ends = [ens.column("warmth", *pair)[:, -1].mean() for pair in (("north", "east"), ("east", "north"))]
    assert shot.warmth["east"] == pytest.approx(np.mean(ends), abs=1e-6)
    frame = ens.to_polars().filter(pl.col("date") > ens.end - timedelta(days=365))
    both = frame.filter(
        ((pl.col("source") == "north") & (pl.col("target") == "east"))
        | ((pl.col("source") == "east") & (pl.col("target") == "north"))
    )
    assert shot.acts["east", "north"][0] == pytest.approx(both.height / ens.runs)


def test_a_path_is_read_at_its_last_step(past):
    values = past.values["warmth", ("west_shore", "north")]
    assert past.at("warmth", ("west_shore", "north"), past.dates[5]) == pytest.approx(float(values[5]))
    assert past.at("warmth", ("west_shore", "north"), past.dates[5] + timedelta(days=3)) == pytest.approx(
        float(values[5])
    )
    assert past.at("warmth", ("west_shore", "north"), date(1900, 1, 1)) == pytest.approx(float(values[0]))
    assert past.at("warmth", ("nobody", "north"), past.dates[5]) is None
