"""`blocs ablate` on the small scenario: what a mechanism adds to the held-out score, and what is said of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from blocs.cli.main import app
from blocs.facts.carried import Carried
from blocs.forecast.score import Interval
from blocs.ground.errors import InputError
from blocs.jobs import ablate as job
from blocs.scenario.load import load


@pytest.fixture(scope="module")
def found():
    return job.ablate(load("tiny"), ("warmth", "talks"), with_facts=False, draws=1)


def test_a_gain_is_measured_where_conduct_reads_what_the_mechanism_writes(found):
    gains = {one.mechanism: one.gain for one in found}
    assert gains["warmth"].lo <= gains["warmth"].mean <= gains["warmth"].hi
    assert gains["warmth"].mean != 0.0
    assert all(one.acts > 0 and one.carried is None for one in found)


@pytest.mark.parametrize(
    ("gain", "carried", "verdict"),
    [
        (Interval(0.02, 0.01, 0.03), Carried((), 4), "helps to predict"),
        (Interval(-0.02, -0.03, -0.01), Carried(("F10.1",), 4), "predicts worse; stays for its facts"),
        (Interval(0.0, -0.01, 0.01), Carried((), 4), "no clear change in prediction; carries no fact"),
        (Interval(0.0, -0.01, 0.01), None, "no clear change in prediction"),
        (Interval(0.02, 0.01, 0.03, 3), None, "too few scenes (3) to tell of prediction"),
        (Interval(0.02, math.nan, math.nan, 1), None, "too few scenes (1) to tell of prediction"),
    ],
)
def test_the_verdict_follows_from_interval_and_facts(found, gain, carried, verdict):
    one = replace(found[0], gain=gain, carried=carried)
    assert one.verdict == verdict
    json.dumps(one.row(), allow_nan=False)
    assert "nan" not in job.markdown([one])
    assert one.row()["falls"] == (None if carried is None else list(carried.falls))
    assert ("not counted" in job.markdown([one])) == (carried is None)


def test_facts_that_fall_are_added_to_each(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(job, "facts_carried", lambda names, *_: {name: Carried((f"F of {name}",), 3) for name in names})
    told = []
    (one,) = job.ablate(load("tiny"), ("warmth",), draws=1, progress=lambda *x: told.append(x))
    assert one.carried == Carried(("F of warmth",), 3)
    assert told[0] == ("leaving out", 0, 1)


def test_the_command_prints_json_and_fills_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- ablation:begin -->\n<!-- ablation:end -->\nb\n", encoding="utf-8")
    given = ["ablate", "tiny", "--mechanism", "warmth", "--no-facts", "--draws", "1", "--json", "--markdown", str(page)]
    shown = CliRunner().invoke(app, given, catch_exceptions=False)
    (row,) = json.loads(shown.stdout)
    assert (row["mechanism"], row["facts"]) == ("warmth", None)
    assert row["lo"] <= row["gain"] <= row["hi"]
    assert "| warmth | " in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["memory", "wramth", "credit"])
def test_memory_and_what_a_scenario_lacks_cannot_be_left_out(name):
    with pytest.raises(InputError, match="cannot be left out"):
        job.ablate(load("tiny"), (name,))
