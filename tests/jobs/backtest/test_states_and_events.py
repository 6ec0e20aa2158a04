"""Benchmarks `b1`, `b2` and `keds` from files to findings, on invented data, and their readers on published data."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.jobs.backtest import b1, b2, keds
from blocs.jobs.backtest.base import backtest

DATA = Path(os.environ.get("BLOCS_DATA", ""))
published = pytest.mark.skipif(
    not (os.environ.get("BLOCS_DATA") and (DATA / "b1_alignment_labels.parquet").is_file()),
    reason="BLOCS_DATA names no folder with the published data",
)


def quiet(stage: str, done: int, total: int) -> None:
    return None


def alignment(folder: Path, first: int = 1968, last: int = 1995, states: int = 12) -> None:
    rng = np.random.default_rng(0)
    place, lines = rng.normal(size=(states, 2)), rng.normal(size=(20, 3))
    votes, calls, labels, pairs = [], [], [], []
    for year in range(first, last + 1):
        place = place + 0.1 * rng.normal(size=place.shape)
        cast = []
        for k, s in enumerate(rng.integers(0, 20, 40)):
            pull = place @ lines[s, :2] + lines[s, 2] + 0.5 * rng.normal(size=states)
            vote = np.where(pull > 0.3, 1, np.where(pull < -0.3, -1, 0))
            calls.append((year * 100 + k, year, f"SUBJECT {chr(65 + s)}"))
            votes += [(year * 100 + k, 10 + i, int(v)) for i, v in enumerate(vote)]
            cast.append(vote)
        equal = np.mean([c[:, None] == c for c in cast], axis=0)
        for i in range(states):
            for j in range(i + 1, states):
                labels.append((10 + i, 10 + j, year, equal[i, j]))
                pairs.append((10 + i, 10 + j, year, (i + j) % 5, 100 * abs(i - j)))
    ends = ["ccode1", "ccode2"]
    for name, rows, columns in (
        ("un_votes", votes, ["rcid", "ccode", "vote"]), ("un_roll_calls", calls, ["rcid", "year", "short"]),
        ("b1_alignment_labels", labels, [*ends, "year", "agreement"]),
        ("b1_alignment_features", pairs, [*ends, "origin_year", "shared_igos", "mindist_km"]),
    ):  # fmt: skip
        pl.DataFrame(rows, schema=columns, orient="row").write_parquet(folder / f"{name}.parquet")


def pacts(folder: Path) -> None:
    rng = np.random.default_rng(1)
    rows = []
    for k in range(150):
        members, begin = int(rng.integers(2, 9)), int(rng.integers(1950, 1985))
        end = next((y for y in range(begin, 1999) if rng.random() < 0.1 / members), 9999)
        for year in range(begin, min(end, 1998) + 1):
            lapse = [float(end < year + h) if year + h <= 1999 else None for h in (1, 3, 5)]
            known = (
                1 + k % 20,
                30 + k,
                year,
                end - year + 1 if end < 9999 else 60,
                "lapse" if end < 9999 else "censored",
            )
            rows.append((*known, *lapse, members, year - begin))
    names = ["ccode1", "ccode2", "origin_year", "years_to_end", "end_kind", "lapse_1y", "lapse_3y", "lapse_5y"]
    frame = pl.DataFrame(rows, schema=[*names, "min_members", "pact_age"], orient="row", infer_schema_length=None)
    splits = [pl.lit("test").alias(f"split_{h}y") for h in (1, 3, 5)]
    frame.select(names).with_columns(splits).write_parquet(folder / "b2_defection_labels.parquet")
    noise = {
        c: rng.normal(size=frame.height)
        for c in b2.FEATURES
        if c not in (*frame.columns, "max_members", "n_joint_pacts")
    }
    frame.select("ccode1", "ccode2", "origin_year", "min_members", "pact_age").with_columns(
        max_members=pl.col("min_members"), n_joint_pacts=pl.lit(1), **{k: pl.Series(v) for k, v in noise.items()}
    ).write_parquet(folder / "b2_defection_features.parquet")


def events(folder: Path) -> None:
    rng = np.random.default_rng(2)
    rows = []
    for region in ("north", "south"):
        last = np.ones((6, 6))
        for t in range(72):
            now = rng.poisson(np.minimum(0.3 + 0.6 * last.T, 10))
            np.fill_diagonal(now, 0)
            for i, j in zip(*np.nonzero(now), strict=True):
                day = date(1991 + t // 12, 1 + t % 12, int(rng.integers(1, 28)))
                rows += [(day, region, f"{region}{i}", f"{region}{j}", float(rng.normal() + i - j))] * int(now[i, j])
            last = now
    columns = ["date", "region", "source", "target", "goldstein"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(folder / "events_keds.parquet")


def check(found, name: str) -> None:
    assert found.name == name
    metrics = {(s.of, s.metric, s.sample) for s in found.scores if not s.against}
    for baseline in found.baselines:
        assert any(of == baseline for of, *_ in metrics), baseline
    assert all(np.isfinite(s.value) for s in found.scores)
    assert all(s.lo is None or s.hi is None or s.lo <= s.value <= s.hi for s in found.scores if not s.against)
    assert any(s.against for s in found.scores)
    assert set(found.to_json()) >= {"name", "model", "baselines", "scores", "seconds", "peak_mb"}


def test_alignment_from_files(tmp_path):
    alignment(tmp_path)
    found = backtest("b1", tmp_path)
    check(found, "b1")
    crps = {s.of: s.value for s in found.scores if s.metric == "CRPS" and s.sample == "1 year ahead"}
    assert crps[b1.LEARNING] < crps["persistence"] < crps["climatology"]
    again = backtest("b1", tmp_path)
    assert again.scores == found.scores


def test_lapses_from_files(tmp_path):
    pacts(tmp_path)
    found = backtest("b2", tmp_path)
    check(found, "b2")
    area = {
        s.of: s.value for s in found.scores if s.metric == "AUROC" and s.sample == "3 years ahead" and not s.against
    }
    assert area[b2.NAME] > 0.6 > 0.5 == area["base_rate_train"]
    assert "Best on each score" in found.tables[0].note


def test_events_from_files(tmp_path):
    events(tmp_path)
    found = backtest("keds", tmp_path)
    check(found, "keds")
    loss = {s.of: s.value for s in found.scores if s.metric == "log score, counts" and not s.against}
    assert loss[keds.MODEL] < loss["memory only"]
    assert {r[0] for r in found.tables[0].rows} == {"north", "south"}


def test_regions_without_a_pair_of_five_events_are_left_out(tmp_path):
    lone = [(date(1990 + n, 1, 1), "west", "a", "b", -3.0) for n in range(2)]
    columns = ["date", "region", "source", "target", "goldstein"]
    alone = pl.DataFrame(lone, schema=columns, orient="row")
    alone.write_parquet(tmp_path / "events_keds.parquet")
    with pytest.raises(InputError, match="holds no pair of five events"):
        backtest("keds", tmp_path)
    events(tmp_path)
    many = pl.read_parquet(tmp_path / "events_keds.parquet")
    pl.concat([many, alone.cast(many.schema)]).write_parquet(tmp_path / "events_keds.parquet")
    assert {p.region for p in keds.read_months(tmp_path)} == {"north", "south", "west"}
    assert {r[0] for r in backtest("keds", tmp_path).tables[0].rows} == {"north", "south"}


@pytest.mark.parametrize("name", ["b1", "b2", "keds"])
def test_a_missing_file_is_one_line(tmp_path, name):
    with pytest.raises(InputError) as caught:
        backtest(name, tmp_path)
    assert "is missing" in str(caught.value)
    assert len(caught.value.faults) == 1


def test_test_years_must_be_there(tmp_path):
    alignment(tmp_path, last=1985)
    with pytest.raises(InputError, match="ends before 1990"):
        backtest("b1", tmp_path)


@published
def test_published_votes_are_read():
    panel = b1.read_panel(DATA)
    assert panel.first_year == 1946
    label = panel.of_year(1946)[np.searchsorted(panel.states, 2), np.searchsorted(panel.states, 20)]
    assert label == pytest.approx(0.833333, abs=1e-6)
    assert np.isnan(panel.of_year(1951)).all()


@published
def test_published_pacts_are_read():
    pacts_at_risk = b2.at_risk(b2.read_pacts(DATA), 1)
    train = (pacts_at_risk.origin <= 1988) & pacts_at_risk.scored
    assert pacts_at_risk.lapsed[train].sum() == 201
    many = (pacts_at_risk.origin == 1963) & (pacts_at_risk.lapsed == 1)
    episodes = np.unique(pacts_at_risk.episodes()[many])
    assert many.sum() == 90
    assert len(episodes) < 30


@published
def test_published_events_are_counted():
    panels = {p.region: p for p in keds.read_months(DATA)}
    assert set(panels) == {"balkans", "central_asia", "gulf", "levant", "turkey"}
    assert panels["gulf"].first == 1979 * 12 + 3
    assert panels["gulf"].counts.sum() > 40_000
