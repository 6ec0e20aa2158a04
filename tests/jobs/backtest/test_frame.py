"""The frame of benchmarks: what a run leaves, what it says of bad input, what an interrupted run leaves."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from blocs.cli.main import main
from blocs.ground.errors import InputError
from blocs.jobs.backtest import BACKTESTS, Findings, Score, Table, base
from blocs.jobs.backtest.bootstrap import cluster_means
from blocs.jobs.backtest.files import read_table


def findings(value: float = 0.5) -> Findings:
    return Findings(
        "ours",
        ("last value",),
        (
            Score("ours", "MRR", value, value - 0.1, value + 0.1, 10),
            Score("last value", "MRR", 0.6, None, None, 10),
            Score("ours", "MRR", float("nan"), against="last value"),
        ),
        (Table("What moves <what>", ("effect", "weight"), (("memory", 1.25), ("fear | hope", None)), "A note.", True),),
        ("Trained on <early> years.",),
    )


@pytest.fixture
def blocs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs a command line in this process: (exit code, output, errors)."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["blocs", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        return int(left.value.code or 0), out.out, out.err

    return call


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    """Put a benchmark `fake` into the list; what it returns or does may be set."""
    holder = SimpleNamespace(run=lambda data, seed, tell: findings())
    monkeypatch.setitem(BACKTESTS, "fake", lambda: holder.run)
    return holder


def test_json_has_the_promised_keys_and_no_nan(blocs, fake, tmp_path: Path) -> None:
    code, text, _ = blocs("backtest", "fake", "--data", tmp_path, "--json", "--seed", 3)
    found = json.loads(text)
    assert code == 0
    assert set(found) >= {"name", "model", "baselines", "scores", "seconds", "peak_mb"}
    assert (found["name"], found["model"], found["baselines"], found["seed"]) == ("fake", "ours", ["last value"], 3)
    assert found["scores"][0]["value"] == 0.5
    assert found["scores"][2]["value"] is None
    assert found["peak_mb"] > 10


def test_the_folder_is_whole_and_replaced_only_by_force(blocs, fake, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert blocs("backtest", "fake", "--data", tmp_path, "--out", out)[0] == 0
    page = (out / "report.html").read_text()
    assert "What moves &lt;what&gt;" in page
    assert "What moves <what>" not in page
    assert "http-equiv" not in page
    assert "src=" not in page.split("<script>")[0]
    assert json.loads((out / "scores.json").read_text())["format"] == "blocs-backtest"
    fake.run = lambda data, seed, tell: findings(0.7)
    code, _, err = blocs("backtest", "fake", "--data", tmp_path, "--out", out)
    assert (code, "--force" in err) == (2, True)
    assert blocs("backtest", "fake", "--data", tmp_path, "--out", out, "--force")[0] == 0
    assert json.loads((out / "scores.json").read_text())["scores"][0]["value"] == 0.7
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    code, _, err = blocs("backtest", "fake", "--data", tmp_path, "--out", other, "--force")
    assert (code, "something other" in err) == (2, True)
    assert (other / "letter.txt").read_text() == "dear"


def test_an_interrupted_run_leaves_nothing(blocs, fake, tmp_path: Path) -> None:
    def interrupted(data: Path, seed: int, tell: object) -> Findings:
        raise KeyboardInterrupt

    fake.run = interrupted
    assert blocs("backtest", "fake", "--data", tmp_path, "--out", tmp_path / "out")[0] == 130
    assert list(tmp_path.iterdir()) == []


def test_a_page_gets_its_tables_between_its_marks(blocs, fake, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- backtest-fake:begin -->\nold\n<!-- backtest-fake:end -->\nafter\n")
    assert blocs("backtest", "fake", "--data", tmp_path, "--markdown", page)[0] == 0
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| ours | MRR | test | 0.5 (0.4 to 0.6) | 10 |" in text
    assert "fear / hope" in text
    fake.run = None  # a wrong page is told before the work
    page.write_text("nothing here")
    code, _, err = blocs("backtest", "fake", "--data", tmp_path, "--markdown", page)
    assert (code, "has no place" in err) == (2, True)


@pytest.mark.parametrize(("name", "words"), [("nonesuch", "is none"), ("fake", "is no folder")])
def test_bad_words_are_one_line(blocs, fake, tmp_path: Path, name: str, words: str) -> None:
    code, text, err = blocs("backtest", name, "--data", tmp_path / "absent")
    assert (code, text, err.count("\n")) == (2, "", 1)
    assert words in err


def test_help_imports_no_benchmark() -> None:
    assert set(BACKTESTS) >= {"icews14", "b1", "b2", "keds"}
    assert not hasattr(base, "np")


def test_tables_are_read_with_one_line_errors(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}).write_csv(tmp_path / "t.csv")
    assert read_table(tmp_path, "t", {"a": pl.Int32, "b": pl.String}).schema == {"a": pl.Int32, "b": pl.String}
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    for name, columns, words in [
        ("u", {"a": pl.Int32}, "is missing"),
        ("t", {"c": pl.Int32}, "column is missing"),
        ("t", {"b": pl.Int32}, "expected Int32"),
        ("broken", {"a": pl.Int32}, "cannot be read"),
    ]:
        with pytest.raises(InputError, match=words) as caught:
            read_table(tmp_path, name, columns)
        assert len(str(caught.value).splitlines()) == 1


def test_keys_are_whole_and_dates_may_be_text(tmp_path: Path) -> None:
    text = pl.DataFrame({"a": [1, None, 3], "when": ["1990-01-02", "1990-01-03T00:00:00", "1991-12-31"]})
    text.write_csv(tmp_path / "t.csv")
    text.write_parquet(tmp_path / "u.parquet")
    with pytest.raises(InputError, match="a: is empty in row 2, expected a value in every row"):
        read_table(tmp_path, "t", {"a": pl.Int32}, ["a"])
    for name in ("t", "u"):
        read = read_table(tmp_path, name, {"when": pl.Datetime("ms")})["when"]
        assert read.dt.date().cast(pl.String).to_list() == ["1990-01-02", "1990-01-03", "1991-12-31"]


@pytest.mark.parametrize(("name", "says"), [("keds", "holds no event"), ("b1", "too few years")])
def test_a_benchmark_without_rows_is_refused_in_one_line(blocs, tmp_path: Path, name: str, says: str) -> None:
    from blocs.jobs.backtest import b1, keds

    tables = {
        "keds": {"events_keds": keds.COLUMNS},
        "b1": {
            "b1_alignment_labels": b1.LABELS, "b1_alignment_features": b1.PAIRS, "un_roll_calls": b1.CALLS,
            "un_votes": b1.VOTES,
        },
    }  # fmt: skip
    for file, columns in tables[name].items():
        pl.DataFrame(schema=columns).write_parquet(tmp_path / f"{file}.parquet")
    code, out, err = blocs("backtest", name, "--data", tmp_path, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_the_bootstrap_draws_clusters_not_cases() -> None:
    """Copies of a case within its cluster add nothing: the interval is that of the cluster means."""
    rng = np.random.default_rng(0)
    means = rng.normal(size=40)
    once = cluster_means(means, np.arange(40), draws=4000)[0]
    copied = cluster_means(np.repeat(means, 25), np.repeat(np.arange(40), 25), draws=4000)[0]
    assert copied == pytest.approx(once)
    wide = 1.96 * means.std() / np.sqrt(40)
    assert (once.hi - once.lo) / 2 == pytest.approx(wide, rel=0.1)
    assert cluster_means(np.c_[means, means + 1.0], np.arange(40))[1].lo == pytest.approx(
        cluster_means(means, np.arange(40))[0].lo + 1.0
    )
