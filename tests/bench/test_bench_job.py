"""What `blocs bench` makes of its timings."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from typer.testing import CliRunner

from blocs.cli.main import app
from blocs.engine.model import zero_coefficients
from blocs.ground.errors import BlocsError, InputError
from blocs.inference.pooled import log_scores
from blocs.inference.sets import record_sets
from blocs.jobs import bench as job
from blocs.jobs import bench_fresh, bench_whole
from blocs.jobs.peak import peak_mb
from blocs.scenario.build import Built, build
from blocs.scenario.load import load

KEYS = {"name", "seconds", "spread", "peak_mb", "ratio", "against"}


def test_a_clock_gives_median_and_spread_of_a_share():
    clock = job.Clock()
    for pause in (0.02, 0.06, 0.04):
        clock(lambda pause=pause: time.sleep(pause))
    row = clock.row("naps", share=0.5, ratio=2.0, against="no nap")
    assert row.seconds == pytest.approx(0.02, abs=0.01)
    assert row.spread is not None
    assert row.spread[0] <= row.seconds <= row.spread[1]
    assert row.spread[1] > 1.5 * row.spread[0]
    assert row.cpu_seconds is not None
    assert row.cpu_seconds < 0.01, "sleep uses no processor"
    assert set(row.to_dict()) >= KEYS
    assert json.loads(json.dumps(row.to_dict()))["ratio"] == 2.0


def test_peak_memory_is_that_of_the_process_alone():
    code = "from blocs.jobs.peak import peak_mb; x = bytearray(b'1') * (200 << 20); print(peak_mb())"
    big = np.ones(60_000_000)  # 458 MB here must not show there
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 200 < float(done.stdout) < 400
    assert peak_mb() > big.nbytes / 2**20


def test_a_fresh_process_that_fails_is_reported(monkeypatch):
    monkeypatch.setattr(bench_fresh, "BYTECODE", "pass")
    with pytest.raises(BlocsError, match=r"bench: wrong: exit 3"):
        bench_fresh.fresh("wrong", "sys.exit(3)", 1)


def fake(seconds: float):
    """A program that takes so long for each run."""

    class Input(SimpleNamespace):
        pass

    return SimpleNamespace(Input=Input, run=lambda given, runs, cores=1: time.sleep(seconds * runs))


def test_ratios_are_by_the_run(monkeypatch):
    programs = {"reduced": fake(0.001), "mesa_model": fake(0.02), "c_model": fake(0.0005)}
    monkeypatch.setattr(job, "_program", programs.__getitem__)
    rows = {r.against: r for r in job.compare(50, runs=20, turns=3) if r.against}
    assert rows["Mesa"].ratio == pytest.approx(20.0, rel=0.3)
    assert rows["C loop, one core"].ratio == pytest.approx(0.5, rel=0.3)
    assert rows["Mesa"].seconds == pytest.approx(0.001, rel=0.3)


def test_missing_programs_are_rows_with_a_reason(monkeypatch):
    def program(name: str):
        if name == "reduced":
            return fake(0.0)
        raise ImportError(f"no {name} here")

    monkeypatch.setattr(job, "_program", program)
    rows = job.compare(10, 1, 1)
    assert [r.note for r in rows] == ["not compared: no mesa_model here", "not compared: no c_model here"]
    assert all(r.seconds is None and r.ratio is None for r in rows)


def test_without_the_benchmarks_folder_the_comparison_is_left_out(monkeypatch, tmp_path):
    installed = tmp_path / "site-packages/blocs/jobs/bench.py"
    monkeypatch.setattr(job, "__file__", str(installed))
    (row,) = job.compare(10, 1, 1)
    assert row.seconds is None
    assert "benchmarks folder" in row.note
    assert "benchmarks folder" in job.markdown([row])


def test_the_likelihood_timed_is_that_of_the_fit():
    built = build(load("tiny"))
    recorded = record_sets(built, built.scenario.spec.period.end, 1)
    keys = iter(jax.random.split(jax.random.key(0), 200))
    start = jax.tree.map(lambda x: 0.3 * jax.random.normal(next(keys), x.shape), zero_coefficients(built.model))
    expected = 0.0
    for level, data in recorded.levels.items():
        fit = SimpleNamespace(
            beta=np.asarray(start.beta[level]), tables=tuple(np.asarray(t) for t in start.tables[level])
        )
        expected += float(data.weight @ log_scores(data, fit))
    value, slope = jax.jit(jax.value_and_grad(lambda c: job.log_likelihood(c, recorded)))(start)
    assert float(value) == pytest.approx(expected, rel=1e-9)
    assert all(np.isfinite(np.asarray(x)).all() for x in jax.tree.leaves(slope))


def test_the_table_goes_between_the_marks_and_nowhere_else(monkeypatch, tmp_path):
    rows = [
        job.Row("fit", 1.5, (1.0, 2.0), 300.0, 3.0, "Mesa", 1.4),
        job.Row("C", None, None, None, note="no compiler"),
    ]
    monkeypatch.setattr(job, "bench", lambda *_: rows)
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- speed:begin -->\nold\n<!-- speed:end -->\nafter\n", encoding="utf-8")
    shown = CliRunner().invoke(app, ["bench", "--json", "--markdown", str(page)])
    assert shown.exit_code == 0
    assert [r["name"] for r in json.loads(shown.stdout)] == ["fit", "C"]
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- speed:begin -->\nMeasured by")
    assert text.endswith("<!-- speed:end -->\nafter\n")
    assert "| fit | 1.5 | 1 to 2 | 1.4 | 300 | 3 times as fast as Mesa |" in text
    assert "| C | no compiler |" in text
    assert "old" not in text
    assert "fit" in CliRunner().invoke(app, ["bench"]).stdout


def test_a_page_without_marks_is_refused_before_anything_is_timed(monkeypatch, tmp_path):
    monkeypatch.setattr(job, "bench", lambda *_: pytest.fail("timed"))
    for page in (tmp_path / "none.md", tmp_path / "bare.md"):
        if page.name == "bare.md":
            page.write_text("no marks", encoding="utf-8")
        shown = CliRunner().invoke(app, ["bench", "--markdown", str(page)])
        assert isinstance(shown.exception, InputError)
        assert "speed:begin" in str(shown.exception)


def rows_of_whole(runs: int) -> tuple[job.Row, job.Row, list[job.Row], list[str]]:
    together, alone, *each = bench_whole.whole("tiny", runs, 1, lambda stage, done, total: None, alone=True)
    return together, alone, each, [m.card.name for m in build(load("tiny")).model.mechanisms]


def test_there_is_a_row_for_all_mechanisms_one_in_a_fresh_process_and_one_without_each(monkeypatch) -> None:
    """Without simulating: which models are fitted and forecast, and what the rows say of them."""
    seen: list[tuple[int, set[str]]] = []

    def forecast(fit, runs: int) -> None:
        seen.append((runs, {m.card.name for m in fit.built.model.mechanisms if float(m.strength) == 0.0}))

    monkeypatch.setattr(bench_whole, "fit_record", lambda built, draws: FakeFit(built))
    monkeypatch.setattr(bench_whole, "forecast", forecast)
    monkeypatch.setattr(
        bench_whole, "fresh_forecast", lambda name, *_, whole: job.Row(f"{name}, fresh", 1.0, None, 2.0)
    )
    together, alone, each, names = rows_of_whole(7)
    assert [row.name.rpartition(" without ")[2] for row in each] == names
    assert all(row.ratio and row.against == "all of them" for row in each)
    assert together.ratio is None
    assert alone.name == f"{together.name}, fresh"
    # compiled, timed, then each mechanism in turn: all of them, and without it
    paired = [(bench_whole.EACH, off) for name in names for off in (set(), {name})]
    assert seen == [(50, set()), (7, set()), *paired]


@dataclass(frozen=True)
class FakeFit:
    built: Built


@pytest.mark.slow
def test_whole_scenarios_are_timed_in_fresh_processes_too(monkeypatch) -> None:
    monkeypatch.setattr(bench_whole, "EACH", 2)
    _, alone, each, names = rows_of_whole(2)
    assert alone.peak_mb
    assert all(row.seconds and row.ratio for row in each)
    assert len(each) == len(names)
