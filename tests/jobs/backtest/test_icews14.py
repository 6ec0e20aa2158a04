"""`blocs backtest icews14`: reading, bad input, an invented set whole, and the real set where it is."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blocs.forecast.typed.baselines import recurrency
from blocs.forecast.typed.rolling import Plan, roll
from blocs.ground.errors import InputError
from blocs.jobs.backtest import backtest, icews14
from blocs.jobs.backtest.icews14 import read_record
from blocs.testing.typed_events import typed_events, write_typed_events

DATA = Path(os.environ.get("BLOCS_DATA", "absent")) / "icews14"
real = pytest.mark.skipif(not (DATA / "train.parquet").is_file(), reason="BLOCS_DATA names no folder with icews14/")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_typed_events(typed_events(actors=40, relations=4, days=30, a_day=12), tmp_path / "set")
    return tmp_path / "set"


def test_a_set_is_read_as_it_was_written(folder: Path) -> None:
    want, got = typed_events(actors=40, relations=4, days=30, a_day=12), read_record(folder)
    for name in ("subject", "relation", "object", "day"):
        assert (getattr(got, name) == getattr(want, name)).all()
    assert (got.names, got.acts, got.valid, got.test) == (want.names, want.acts, want.valid, want.test)
    (folder / "entities.parquet").unlink()
    assert read_record(folder).names is None


def test_days_may_be_counted_in_hours(folder: Path) -> None:
    want = read_record(folder)
    for name in ("train", "valid", "test"):
        table = pl.read_parquet(folder / f"{name}.parquet").with_columns(pl.col("day") * 24)
        table.write_parquet(folder / f"{name}.parquet")
    got = read_record(folder)
    assert (got.day == want.day).all()
    assert (got.valid, got.test) == (want.valid, want.test)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("test", lambda t: t.rename({"object": "target"}), "object: column is missing"),
        ("test", lambda t: t.with_columns(pl.col("day") - 12), "begins before"),
        ("train", lambda t: t.with_columns(pl.col("subject") + 30), r"train: subject: holds the id \d+"),
        (
            "test",
            lambda t: t.with_columns(pl.col("object") - 50),
            r"test: object: holds the id -\d+, expected ids from 0",
        ),
        ("valid", lambda t: t.clear(), "are none"),
        ("relations", lambda t: t.with_columns(pl.col("id") + 1), "is not 0, 1, 2"),
    ],
)
def test_bad_files_are_one_line(folder: Path, name: str, change, words: str) -> None:
    path = folder / f"{name}.parquet"
    change(pl.read_parquet(path)).write_parquet(path)
    with pytest.raises(InputError, match=words) as caught:
        read_record(folder)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_file_is_one_line(folder: Path) -> None:
    (folder / "valid.parquet").unlink()
    with pytest.raises(InputError, match=r"valid\.parquet: is missing"):
        read_record(folder)


@pytest.mark.slow
def test_the_command_on_an_invented_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Plan(candidates=20, batch=64, guess_days=2, train_days=5, train_questions=200, valid_days=2)
    monkeypatch.setattr(icews14, "roll", lambda record, **given: roll(record, small, **given))
    result = backtest("icews14", folder, seed=1)
    scores = {(s.of, s.metric, s.sample): s for s in result.scores if not s.against}
    model = scores["typed logit", "MRR, %", "test"]
    assert model.lo is not None
    assert model.lo < model.value < (model.hi or 0)
    assert model.value > scores["recurrency, strict", "MRR, %", "test"].value > 5
    assert {s.against for s in result.scores} >= {"recurrency", "typed logit, without names"}
    shown = {t.title: t for t in result.tables}
    assert "popularity" not in shown["Which effect moves which kind of act"].columns, "themes are told in words"
    assert shown["Checks"].rows[0][1] < 1e-5
    assert all(len(row) == len(t.columns) for t in result.tables for row in t.rows)


@real
def test_the_evaluator_gives_the_published_strict_recurrency() -> None:
    """Published 36.0 / 47.9 (MRR / Hits@10, %)."""
    base = recurrency(read_record(DATA), lambda stage, done, total: None)
    assert 35.9 < 100 * (1 / base.strict).mean() < 36.5
    assert 100 * np.mean(base.strict <= 10) == pytest.approx(47.9, abs=0.5)


@real
@pytest.mark.slow
def test_the_model_beats_every_published_result_with_code() -> None:
    assert roll(read_record(DATA), frozen=False).test.mrr > 0.44
