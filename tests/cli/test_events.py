"""`blocs events` on files: table, JSON, goodness of fit, exit codes."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from blocs.cli.main import app
from blocs.ground.errors import InputError
from blocs.inference.events import rem


@pytest.fixture
def files(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    pairs = [rng.choice(5, 2, replace=False) for _ in range(50)]
    events = pl.DataFrame(
        {"time": np.arange(50.0), "sender": ["abcde"[i] for i, _ in pairs], "receiver": ["abcde"[j] for _, j in pairs]}
    )
    events.write_csv(tmp_path / "calls.csv")
    pl.DataFrame({"label": list("abcde"), "size": [1, 2, 3, 4, 5]}).write_csv(tmp_path / "actors.csv")
    monkeypatch.chdir(tmp_path)
    return events


def call(*words: str):
    return CliRunner().invoke(app, ["events", *words])


def test_the_table_and_the_same_as_json(files):
    words = (
        "calls.csv",
        "--actors",
        "actors.csv",
        "--model",
        "rem",
        "--terms",
        "1 + inertia + CovSnd(size)",
        "--start",
        "5",
    )
    plain, coded = call(*words), json.loads(call(*words, "--json", "--gof", "3").stdout)
    assert plain.exit_code == 0, plain.output
    fit = rem(files, pl.read_csv("actors.csv"), "1 + inertia + CovSnd(size)", start=5.0)
    assert [t["estimate"] for t in coded["terms"]] == pytest.approx(fit.coef.tolist())
    assert coded["n_events"] == 45
    assert {row["family"] for row in coded["gof"]} >= {"order", "waiting"}
    assert "REM, exact time: 45 events" in plain.output


def test_a_fit_that_does_not_converge_is_exit_code_1_and_still_json(files):
    found = call("calls.csv", "-a", "actors.csv", "-t", "inertia + inertia(calls)", "--json")
    assert found.exit_code == 1
    assert json.loads(found.output)["terms"][0]["se"] is None


def test_networks_and_the_list_of_effects(files):
    found = call("calls.csv", "-a", "actors.csv", "-t", "tie(other) + alter(size)", "--network", "other=calls.csv")
    assert found.exit_code == 0, found.output
    assert "tie(other)" in found.output
    assert {e["effect"] for e in json.loads(call("--effects", "--json").output)} >= {"inertia", "otp", "custom"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "is missing"),
        (("calls.csv", "-a", "actors.csv", "-t", "inertia("), "cannot be read"),
        (("calls.csv", "-a", "actors.csv", "-t", "inertia", "-m", "poisson"), "choice, rate, coordination, rem"),
        (("none.csv", "-a", "actors.csv", "-t", "inertia"), "is not there"),
        (("calls.csv", "-a", "actors.csv", "-t", "inertia", "--network", "other"), "has no name or no file"),
        (("calls.csv", "-a", "actors.csv", "-t", "inertia", "--undirected"), "rem (pairs)"),
        (("calls.csv", "-a", "actors.csv", "-t", "inertia", "--start", "2020-01-01"), "a number"),
    ],
)
def test_bad_input_is_an_input_error(files, words, said):
    found = call(*words)
    assert isinstance(found.exception, InputError)
    assert said in str(found.exception)
