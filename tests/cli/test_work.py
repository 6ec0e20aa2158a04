"""The commands that work: run, fit, forecast, score, explain, ask, tune, report; and what they say of bad input."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from blocs.cli.main import COMMANDS, app, main
from blocs.conduct.words import words_of
from blocs.scenario.folder import DATA

LEVELS = ("source", "target", "act", "issue")


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


@pytest.fixture(scope="module")
def fit_file(tiny_run) -> Path:
    return tiny_run[1] / "fit.json"


@pytest.mark.slow
def test_a_run_of_ones_own_folder(blocs, tmp_path: Path) -> None:
    home = Path(shutil.copytree(DATA / "tiny", tmp_path / "mine"))
    out = tmp_path / "out"
    words = ("run", home, "--out", out, "--runs", 20, "--draws", 1)
    code, text, _ = blocs(*words)
    assert code == 0
    assert text.rstrip().endswith(str(out / "report.html"))
    assert "<html" in (out / "report.html").read_text()[:500].lower()
    assert json.loads((out / "run.json").read_text())["scenario"]["where"] == str(home.resolve())
    code, text, err = blocs(*words)
    assert (code, text) == (2, "")
    assert "already holds a run, expected --force" in err
    before = (out / "events.parquet").read_bytes()
    code, text, _ = blocs(*words, "--force", "--json")
    assert code == 0
    assert json.loads(text)["format"] == "blocs-scores"
    assert pl.read_parquet(before).equals(pl.read_parquet(out / "events.parquet"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "out"]


def test_report_draws_a_stored_run_again(blocs, tiny_run, tmp_path: Path) -> None:
    code, text, _ = blocs("report", tiny_run[1], "--out", tmp_path / "again.html")
    assert code == 0
    assert text.strip() == str(tmp_path / "again.html")
    assert len((tmp_path / "again.html").read_text()) > 10_000
    assert blocs("report", tmp_path)[0] == 2


def test_fit_prints_effects_and_writes_the_fit(blocs, tiny_run, tmp_path: Path) -> None:
    out = tmp_path / "fit.json"
    code, text, _ = blocs("fit", "tiny", "--draws", 1, "--out", out, "--json")
    assert code == 0
    rows = json.loads(text)
    assert {r["choice"] for r in rows} == set(LEVELS)
    steps = [abs(r["per_step"]) for r in rows if r["choice"] == "target"]
    assert steps == sorted(steps, reverse=True)
    assert json.loads(out.read_text())["levels"] == json.loads((tiny_run[1] / "fit.json").read_text())["levels"]


def test_wider_priors_are_informed_more_by_the_record(blocs, tiny_run) -> None:
    code, text, _ = blocs("fit", "tiny", "--draws", 1, "--priors", "weak", "--level", "target", "--json")
    assert code == 0
    weak = {r["effect"]: r["informed"] for r in json.loads(text)}
    pooled = {r["effect"]: r["informed"] for r in tiny_run[0].fit.to_polars().to_dicts() if r["choice"] == "target"}
    assert weak.keys() == pooled.keys()
    assert all(weak[e] >= pooled[e] - 1e-9 for e in weak)
    assert sum(weak.values()) > 2 * sum(pooled.values())


def test_forecast_from_a_stored_fit_equals_the_run(blocs, tiny_run, fit_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.parquet"
    code, text, _ = blocs("forecast", "tiny", "--fit", fit_file, "--runs", 20, "--out", out, "--json")
    assert code == 0
    found = json.loads(text)
    assert {o["id"]: o["probability"] for o in found["outcomes"]} == {
        o.id: o.probability for o in tiny_run[0].scores.outcomes
    }
    assert found["differences"] == []
    assert pl.read_parquet(out).equals(pl.read_parquet(tiny_run[1] / "events.parquet"))


def test_an_intervention_prints_paired_differences(blocs, fit_file: Path) -> None:
    do = "set reserve_days[narrator,grain]=90 from 2003-01-01"
    code, text, _ = blocs("forecast", "tiny", "--fit", fit_file, "--runs", 20, "--do", do, "--json")
    assert code == 0
    found = json.loads(text)
    assert found["do"] == [do]
    for d in found["differences"]:
        assert d["difference"] == pytest.approx(d["changed"] - d["untouched"])
        assert d["lo"] <= d["difference"] <= d["hi"]
    code, asked, _ = blocs("ask", "tiny", "q1", "--fit", fit_file, "--runs", 20, "--json")
    assert code == 0
    answers = {a["outcome"]: a for a in json.loads(asked)}
    assert set(next(iter(answers.values()))) == {
        "id", "outcome", "untouched", "changed", "difference", "lo", "hi", "sentence", "other_acts",
        "by_construction",
    }  # fmt: skip
    same = {d["outcome"]: d["difference"] for d in found["differences"] if d["outcome"] in answers}
    assert same == {k: a["difference"] for k, a in answers.items()}


def test_several_questions_make_one_table(blocs, fit_file: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- questions:begin -->\n<!-- questions:end -->\nafter\n")
    code, text, _ = blocs("ask", "tiny", "--all", "--fit", fit_file, "--runs", 20, "--markdown", page)
    assert code == 0
    code, plain, _ = blocs("ask", "tiny", "--all", "--fit", fit_file, "--runs", 20, "--json")
    answers = json.loads(plain)
    assert len({a["id"] for a in answers}) > 1
    rows = [line.split(" | ") for line in page.read_text().splitlines() if re.match(r"\| q\d", line)]
    assert {r[0].removeprefix("| ") for r in rows} == {a["id"] for a in answers}
    by = {(a["id"], a["outcome"]): a for a in answers}
    told = [by[r[0].removeprefix("| "), r[2]] for r in rows]
    for row, a in zip(rows, told, strict=True):
        assert row[1] == f"{a['other_acts']:.0%}"
        assert float(row[5]) == pytest.approx(100 * a["difference"], abs=0.06)
        reading = "by construction" if a["by_construction"] else "no clear change"
        assert row[7].startswith(reading) == (a["by_construction"] or a["lo"] <= 0 <= a["hi"])
    assert any(a["by_construction"] for a in answers), "q2 forbids the acts by which its outcome is told"
    for id_ in {a["id"] for a in answers}:
        free = [a for a in answers if a["id"] == id_ and not a["by_construction"]]
        moved = [a for a in free if not a["lo"] <= 0 <= a["hi"]]
        shown = [a for a in told if a["id"] == id_ and not a["by_construction"]]
        most = max(abs(a["difference"]) for a in free)
        assert shown == moved or (not moved and [abs(a["difference"]) for a in shown] == [most])
    clear = sum(not a["by_construction"] and not a["lo"] <= 0 <= a["hi"] for a in answers)
    assert f"{clear} of {len(answers)} outcomes clearly change" in text


def test_score_and_explain(blocs, tiny_run, fit_file: Path) -> None:
    code, text, _ = blocs("score", "tiny", "--fit", fit_file, "--runs", 20, "--json")
    assert code == 0
    assert json.loads(text)["log_score"]["model"] == pytest.approx(tiny_run[0].scores.log_score["model"])
    id_ = tiny_run[0].explanations[0].title.partition(":")[0]
    code, text, _ = blocs("explain", "tiny", id_, "--fit", fit_file, "--json")
    assert code == 0
    for level in json.loads(text)["levels"]:
        assert sum(c["contribution"] for c in level["contributions"]) == pytest.approx(level["log_odds"])
    for c in json.loads(text)["levels"][0]["contributions"]:
        assert [c["label"], c["meaning"]] == list(words_of("source", c["effect"]))
    code, plain, _ = blocs("explain", "tiny", id_, "--fit", fit_file)
    assert code == 0
    assert "Who acts: " in plain
    assert "log(" not in plain
    top = [x["contributions"][0] for x in json.loads(text)["levels"]]
    words = set(plain.split())
    assert all(set(c["label"].split()) <= words for c in top)
    assert not {c["effect"] for c in top if "_" in c["effect"]} & words
    code, text, _ = blocs("explain", "tiny", "--run", 3, "--act", 2, "--fit", fit_file, "--json")
    assert code == 0
    acts = tiny_run[0].ensemble.to_polars().filter(pl.col("run") == 3)
    source, target, act, issue = acts.row(2)[2:]
    assert json.loads(text)["title"] == f"run 3, act 2: {source} to {target}, {act} on {issue}"
    assert [x["chosen"] for x in json.loads(text)["levels"]] == [source, target, act, issue]


def test_tune_prints_a_row_a_variant_and_model(blocs) -> None:
    words = ("tune", "tiny", "--draws", 1, "--default-only", "--without", "warmth", "--origin", "2002-06:2002")
    code, text, _ = blocs(*words, "--json")
    assert code == 0
    rows = json.loads(text)
    assert [(r["model"], r["acts"] > 0) for r in rows] == [("full", True)] * 2 + [("memory_only", True)] * 2
    assert {r["variant"] for r in rows} == {"default", "without warmth"}


BAD = [
    (("run", "atlantis"), "is no scenario"),
    (("run", "tiny", "--runs", "0"), "--runs: runs: 0 is not a number of histories"),
    (("run", "tiny", "--runs", "999999999999"), "is not a number of histories, expected 1 to 100000"),
    (("run", "tiny", "--draws", "1000000000"), "is not a number of chronologies, expected 1 to 1000"),
    (("tune", "tiny", "--draws", "1000000000"), "expected 1 to 1000"),
    (("ablate", "tiny", "--draws", "0"), "expected 1 to 1000"),
    (("explain", "tiny", "--run", "999999999999", "--act", "0"), "--run: run: 999999999999 is no run"),
    (("trace", "tiny", "--run", "-1"), "--run: run: -1 is no run"),
    (("backtest", "keds", "--data", ".", "--seed", "-1"), "--seed: seed: -1 is no seed"),
    (("run", "tiny", "--until", "soon"), "--until: date: 'soon' is not an EDTF date"),
    (("run", "tiny", "--until", "2001-01-01"), "no dated act of one actor toward another"),
    (("forecast", "tiny", "--start", "2000"), "--start: date: 2000-01-01 is before the record"),
    (("forecast", "tiny", "--start", "2002"), "--start: date: 2002-01-01 lies inside the training period"),
    (("forecast", "tiny", "--end", "2050"), "lies outside the scenario"),
    (("forecast", "tiny", "--about", "truth"), "--about: about: 'truth' is no assumption"),
    (("forecast", "tiny", "--do", "forbid dance from north to south"), "dance"),
    (("forecast", "tiny", "--do", "set warmth[north,mars]=0"), "mars"),
    (("forecast", "tiny", "--do", "set warmth[north,south]=nan"), "nan"),
    (("forecast", "tiny", "--do", "force demand from north to south about weather on 2003"), "weather"),
    (("forecast", "tiny", "--do", "rule luck.strength=1"), "luck"),
    (("forecast", "tiny", "--do", "please"), "please"),
    (("forecast", "tiny", "--fit", "nowhere.json"), "nowhere.json: file: is missing"),
    (("forecast", "tiny", "--out", "no/such/folder/x.parquet"), "cannot be written"),
    (("score", "tiny", "--fit", "pyproject.toml"), "pyproject.toml:"),
    (("fit", "tiny", "--level", "luck"), "--level: level: 'luck' is no choice"),
    (("fit", "tiny", "--without", "luck"), "no effect, table or family named 'luck'"),
    (("fit", "tiny", "--priors", "luck"), "'luck' is no strength of priors"),
    (("fit", "tiny", "--out", "src"), "is a folder, expected a file name"),
    (("explain", "tiny", "E9999"), "is no event of tiny"),
    (("explain", "tiny"), "an EVENT_ID, or --run N --act K"),
    (("explain", "tiny", "--run", "-1", "--act", "0"), "each 0 or more"),
    (("ask", "tiny"), "question: is missing"),
    (("ask", "tiny", "q99"), "is no question of tiny"),
    (("ask", "tiny", "q1", "--all"), "QUESTION: q1: is named beside --all"),
    (("ask", "tiny", "q1", "--until", "2003"), "--until: date: 2003-12-31 is not before the forecast, which starts on"),
    (("forecast", "tiny", "--start", "2004-06"), "--start: date: 2004-06-01 is after the end 2003-12-31"),
    (("forecast", "tiny", "--do", "set cohesion[east]=0.1 until 2002"), "is over on 2002-12-31"),
    (("forecast", "tiny", "--end", "2003-06", "--do", "set cohesion[east]=0.1 from 2003-07"), "begins on 2003-07-01"),
    (("forecast", "tiny", "--do", "rule camps.rate=1"), "has an unknown parameter of camps"),
    (("show", "tiny", "--from", "2003", "--to", "2002"), "--to: date: 2002-12-31 is before --from 2003-01-01"),
    (("show", "tiny", "--from", "soon"), "--from: date: 'soon' is not an EDTF date"),
    (("tune", "tiny", "--origin", "2002"), "is not two days"),
    (("tune", "tiny", "--origin", "2002:2003"), "past training"),
    (("report", "nowhere"), "folder: does not exist"),
    (("effects", "--family", "luck"), "'luck' is no family"),
    (("cite", "atlantis"), "is no scenario"),
]


@pytest.mark.parametrize(("words", "says"), BAD, ids=lambda x: " ".join(x) if isinstance(x, tuple) else "")
def test_bad_input_is_one_line_on_standard_error_and_exit_code_2(blocs, words, says: str) -> None:
    code, out, err = blocs(*words)
    assert code == 2, err
    assert out == ""
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("blocs: ")
    assert says in lines[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "tiny", "--runs", "many"), "blocs: run: Invalid value for '--runs'"),
        (("run",), "blocs: run: Missing argument"),
        (("run", "tiny", "--speed"), "blocs: run: No such option: --speed"),
        (("show", "camp", "--limit"), "blocs: show: Option '--limit' requires an argument"),
        (("show", "camp", "events", "more"), "blocs: show: Got unexpected extra argument"),
        (("frecast",), "blocs: No such command 'frecast'. Did you mean 'forecast'?"),
        (("--speed",), "blocs: No such option: --speed"),
    ],
)
def test_bad_words_are_one_line_with_a_hint_to_the_help(blocs, words: tuple[str, ...], says: str) -> None:
    code, out, err = blocs(*words)
    assert (code, out) == (2, "")
    assert err.startswith(says)
    command = " ".join(["blocs", *words[:1]]) if words[0] in ("run", "show") else "blocs"
    assert err.endswith(f", see `{command} --help`\n")
    assert err.count("\n") == 1


def test_no_words_are_answered_by_the_help(blocs) -> None:
    code, out, err = blocs()
    assert (code, err) == (2, "")
    assert "blocs [OPTIONS] COMMAND" in out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
@pytest.mark.parametrize("words", [["list"], ["list", "--json"], ["--help"]])
def test_output_that_cannot_be_written_is_one_line(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "blocs", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "blocs: output: file: cannot be read or written (No space left on device)\n"


def test_an_unwritable_folder_is_found_before_the_work(blocs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, _, err = blocs("run", "tiny", "--out", tmp_path / "file" / "run")
    assert code == 2
    assert "cannot be written" in err
    code, _, err = blocs("run", "tiny", "--out", tmp_path / "file", "--force")
    assert code == 2
    assert "exists and is no folder" in err


def test_effects_and_mechanisms_list_what_the_model_has(blocs) -> None:
    from blocs.conduct.catalogue import EFFECTS, TABLES
    from blocs.mechanisms.catalogue import MECHANISMS

    rows = json.loads(blocs("effects", "--json")[1])
    assert len(rows) == len(EFFECTS) + len(TABLES)
    kept = json.loads(blocs("effects", "--level", "act", "--family", "memory", "--json")[1])
    assert {(r["level"], r["family"]) for r in kept} == {("act", "memory")}
    assert [m["name"] for m in json.loads(blocs("mechanisms", "--json")[1])] == [m.card.name for m in MECHANISMS]
    assert json.loads(blocs("cite", "camp", "--json")[1])[0]["kind"] == "scenario"
    assert all([r["label"], r["meaning"]] == list(words_of(r["level"], r["name"])) for r in rows)
    assert "log(" not in blocs("effects")[1]
    for words in (("effects",), ("mechanisms",), ("cite", "tiny")):
        code, text, _ = blocs(*words)
        assert code == 0
        assert len(text.splitlines()) > 5


def test_every_command_shows_an_example() -> None:
    import typer

    group = typer.main.get_command(app)
    assert len(COMMANDS) > 10
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        shown = f"{command.help} {command.epilog or ''}"
        assert f"blocs {name}" in shown, name


def test_help_imports_no_heavy_library() -> None:
    heavy = ("jax", "polars", "scipy", "numpy", "plotly", "duckdb", "pydantic", "networkx", "xarray")
    code = f"import sys, blocs.cli.main; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_interventions_of_the_help_are_interventions() -> None:
    from blocs.cli.options import DO_HELP
    from blocs.scenario.interventions import parse_do, variables
    from blocs.scenario.load import load

    lines = re.findall(r"'(.+?)'", DO_HELP.replace("\\[", "["))
    assert [line.split()[0] for line in lines] == ["set", "scale", "forbid", "force", "rule"]
    for line in lines:
        parse_do(line, load("camp"), variables())


def test_the_help_of_show_names_every_subject(blocs) -> None:
    from blocs.cli.show import SUBJECTS

    text = " ".join(re.sub("[^a-z, ]", " ", blocs("show", "--help")[1]).split())
    assert ", ".join(list(SUBJECTS)[:2]) in text
    assert all(f"{name}," in text or f"or {name}" in text or f"{name} or" in text for name in SUBJECTS)


def test_the_version_is_that_of_the_package(blocs) -> None:
    import blocs as package

    assert blocs("--version")[:2] == (0, f"blocs {package.__version__}\n")
    assert set(dir(package)) == {*package.__all__, "__version__"}
