"""`decide` from file to comparison, and the command line around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from blocs.cli.main import main
from blocs.ground.errors import InputError
from blocs.institutions.bodies import body_of
from blocs.institutions.catalogue import by_name
from blocs.jobs import decide as job

GOLDEN = Path(__file__).parent.parent / "golden" / "decide"
EC = str(GOLDEN / "ExampleActors.csv")


@dataclass
class Run:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def blocs(monkeypatch, capsys):
    """Return a function that runs the command line in this process, errors and exit code as a person meets them."""

    def run(*args: str) -> Run:
        monkeypatch.setattr("sys.argv", ["blocs", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Run(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "example.csv"
    path.write_text(job.example_text(), encoding="utf-8")
    return path


def test_all_rules_side_by_side(example):
    found = job.decide(example)
    assert [d.rule for d in found.decisions] == list(by_name())
    frame = found.to_polars()
    assert frame.shape == (28, 3)
    assert found["weighted-mean"].outcome[0] == pytest.approx(66.058, abs=1e-3)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["issues"]["trade quota"] == {
        "lower": 0,
        "upper": 100,
    }
    assert "weighted-mean" in repr(found)
    with pytest.raises(KeyError, match="among"):
        found["none"]


def test_weighted_mean_is_always_beside_the_others():
    assert [d.rule for d in job.decide(EC, "nash").decisions] == ["weighted-mean", "nash"]


def test_rules_that_cannot_use_a_table_are_skipped_unless_asked_for():
    table = GOLDEN / "cop21.csv"
    found = job.decide(table, params={"exchange": {"rounds": 1}, "rounds": 1, "worth": 2.0})
    assert list(found.skipped) == ["spatial"]
    with pytest.raises(InputError, match="ALBA has none on amb2050"):
        job.decide(table, "spatial")


def test_parameters_reach_the_rules_they_are_for():
    path = job.decide(
        EC, ["challenge-as-coded", "challenge-printed"], params={"challenge-as-coded.rounds": "3", "q": 0.5}
    )
    assert len(path["challenge-as-coded"].path) == 4
    assert len(path["challenge-printed"].path) == 9
    with pytest.raises(InputError, match="no rule asked for takes it"):
        job.decide(EC, "nash", params={"rounds": 3})


def test_bands_and_sensitivity_of_uncertain_entries(example):
    found = job.decide(example, "weighted-median", draws=300, seed=5)
    again = job.decide(example, "weighted-median", draws=300, seed=5)
    assert found.spread == again.spread
    band = found.spread["weighted-mean"]["trade quota"]
    assert band["q05"] < band["mean"] < band["q95"]
    with pytest.raises(InputError, match="nothing is uncertain"):
        job.decide(EC, "nash", draws=10)


def test_sobol_finds_the_only_entry_that_counts(example):
    pytest.importorskip("SALib")
    found = job.decide(example, "weighted-mean", sensitivity=64)
    entries = found.sensitivity["weighted-mean"]["trade quota"]
    assert entries["position of Borealia on trade quota"]["total"] == pytest.approx(1.0, abs=0.05)
    assert sum(e["total"] for e in entries.values()) == pytest.approx(1.0, abs=0.05)
    with pytest.raises(InputError, match="not a power of two"):
        job.decide(example, "weighted-mean", sensitivity=100)


def test_every_dated_body_reads_and_its_rules_exist():
    for body, day, rule in (
        ("security-council", date(1970, 1, 1), "qualified-majority"),
        ("eu-council", date(1990, 1, 1), "qualified-majority"),
        ("warsaw-treaty", date(1960, 1, 1), "unanimity"),
        ("comecon", date(1962, 1, 1), "unanimity"),
    ):
        found = job.body_rule(body, day)
        assert found.rule == rule
        assert found.rule in by_name()
    with pytest.raises(InputError, match="'x' is not known, expected one of comecon"):
        job.body_rule("x", date(1970, 1, 1))
    assert body_of  # the loader of user files is the same


def test_quotas_of_the_data_are_the_votes_their_notes_say():
    for year, need, total in ((1960, 12, 17), (1975, 41, 58), (1983, 45, 63), (1990, 54, 76), (1996, 62, 87)):
        rule = job.body_rule("eu-council", date(year, 1, 1))
        assert sum(rule.votes.values()) == total
        assert rule.quota == pytest.approx(need / total)
        assert f"{need} of {total}" in rule.note


def test_command_prints_json_and_writes_a_picture(tmp_path, example, blocs):
    out = tmp_path / "p.html"
    run = blocs("decide", str(example), "--rule", "challenge-as-coded", "--json", "--plot", str(out))
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert [d["rule"] for d in found["decisions"]] == ["weighted-mean", "challenge-as-coded"]
    assert "plotly" in out.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("nofile.csv",), "blocs: nofile.csv: file: not found"),
        ((EC, "--rule", "nsh"), "blocs: --rule: rule: 'nsh' is not a decision rule, expected one of nash"),
        ((EC, "--param", "rounds"), "blocs: --param: rounds: is not a setting"),
        ((EC, "--rule", "exchange", "--param", "rounds=0"), "blocs: --param: rounds: 0 is out of range"),
        ((EC, "--scale", "10:0"), "blocs: --scale: scale: 10 to 0 does not rise"),
        ((EC, "--scale", "5:20"), "blocs: ExampleActors.csv:2: position: 4 for Netherlands is off the scale"),
        ((EC, "--power", "0.2"), "blocs: --power: quota: 0.2 is out of range"),
        (("--body", "eu-council", "--on", "soon"), "blocs: --on: date: 'soon' cannot be read"),
        ((), "blocs: FILE: file: is missing"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(args, line, blocs):
    run = blocs("decide", *args)
    assert run.returncode == 2
    assert run.stderr.startswith(line), run.stderr
    assert "Traceback" not in run.stderr
