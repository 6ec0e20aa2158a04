"""Run folders: what is written can be read, with Blocs and without, and damage is noticed."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.store.read import is_run, open_run, read_table
from blocs.store.scores import scores_from_dict, scores_to_dict
from blocs.store.spec import KINDS, VERSIONS

ARCHIVES = Path(__file__).parents[1] / "archives"


@pytest.fixture
def copy(tiny_run, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_run[1], tmp_path / "copy"))


def test_every_file_is_there_with_its_kind_and_version(tiny_run) -> None:
    folder = tiny_run[1]
    assert {p.name for p in folder.iterdir()} == {*VERSIONS, "report.html"}
    for name, version in VERSIONS.items():
        if name.endswith(".json"):
            found = json.loads((folder / name).read_text())
            assert (found["format"], found["version"]) == (KINDS[name], version)
        elif name.endswith(".parquet"):
            meta = pl.read_parquet_metadata(folder / name)
            assert (meta["blocs.format"], meta["blocs.version"]) == (KINDS[name], str(version))
        else:
            assert f"{KINDS[name]} {version}" in (folder / name).read_text().splitlines()[0]


def test_the_format_page_names_every_file_and_column(tiny_run) -> None:
    import blocs.store

    page = (Path(blocs.store.__file__).parent / "FORMAT.md").read_text()
    for name, version in VERSIONS.items():
        assert re.search(rf"\| `{re.escape(name)}` \| `{KINDS[name]}` \| {version} \|", page), name
    run = open_run(tiny_run[1])
    keys = [*run.events().columns, *run.states().columns]
    for name in ("run.json", "fit.json", "scores.json", "answers.json"):
        keys += [k for k in json.loads((tiny_run[1] / name).read_text()) if k not in ("format", "version")]
    missing = [k for k in keys if f"`{k}`" not in page]
    assert not missing


def test_what_comes_back_is_what_went_in(tiny_run) -> None:
    result, folder = tiny_run
    run = open_run(folder)
    assert run.damaged() == []
    assert run.events().equals(result.ensemble.to_polars())
    assert run.states().equals(result.ensemble.states_to_polars())
    scores, found = run.scores(), run.findings()
    assert scores is not None
    assert scores.acts.equals(result.scores.acts)
    assert scores.outcomes == result.scores.outcomes
    assert (scores.log_score, scores.versus) == (result.scores.log_score, result.scores.versus)
    assert scores.versus_by_level == result.scores.versus_by_level
    assert scores.calibration.equals(result.scores.calibration)
    assert scores.counts.equals(result.scores.counts)
    assert repr(scores) == repr(result.scores)
    assert found.answers == result.answers
    assert [repr(x) for x in found.explanations] == [repr(x) for x in result.explanations]
    assert (
        found.explanations[0]
        .because.select("id", "weight")
        .equals(result.explanations[0].because.select("id", "weight"))
    )
    assert found.sensitivity.equals(result.sensitivity, null_equal=True)


def test_scores_have_the_shape_that_was_promised(tiny_run) -> None:
    found = json.loads((tiny_run[1] / "scores.json").read_text())
    gain = found["log_score"]["vs_memory_only"]
    assert set(gain) == {"mean", "lo", "hi", "scenes"}
    assert gain["lo"] <= gain["mean"] <= gain["hi"]
    assert gain["mean"] == pytest.approx(found["log_score"]["model"] - found["log_score"]["memory_only"])
    acts = read_table(tiny_run[1] / "scored.parquet")
    for model in ("model", "memory_only", "base_rate", "no_change"):
        assert found["log_score"][model] == pytest.approx(acts[model].mean())
        parts = sum(acts[f"{model}_{level}"] for level in ("source", "target", "act", "issue"))
        assert float((parts - acts[model]).abs().max()) < 1e-9
    for outcome in found["outcomes"]:
        assert 0 <= outcome["lo"] <= outcome["probability"] <= outcome["hi"] <= 1
        assert isinstance(outcome["recorded"], bool)


def test_outcomes_that_are_not_known_are_null(tiny_run) -> None:
    scores = tiny_run[0].scores
    for known in (0, 1):
        outcomes = tuple(replace(o, recorded=None) if n >= known else o for n, o in enumerate(scores.outcomes))
        brier = float("nan") if known == 0 else 0.25
        told = scores_to_dict(replace(scores, outcomes=outcomes, brier=brier, brier_baseline=brier))
        text = json.dumps(told, allow_nan=False)
        assert [o["recorded"] for o in told["outcomes"]].count(None) == len(outcomes) - known
        back = scores_from_dict(json.loads(text), scores.acts)
        assert back.outcomes == outcomes
        assert back.brier == pytest.approx(brier, nan_ok=True)


def test_one_query_reads_it_with_duckdb_alone(tiny_run, monkeypatch: pytest.MonkeyPatch) -> None:
    result, folder = tiny_run
    query = "SELECT source, target, count(*) / 20 AS acts FROM '{}' GROUP BY ALL ORDER BY acts DESC, source, target"
    counts = duckdb.sql(query.format(folder / "events.parquet")).pl()
    graph = result.ensemble.to_networkx()
    assert {(s, t): pytest.approx(a) for s, t, a in counts.iter_rows()} == {
        (i, j): d["acts"] for i, j, d in graph.edges(data=True)
    }
    monkeypatch.chdir(folder)
    with duckdb.connect() as connection:
        connection.execute((folder / "views.sql").read_text())
        rows = connection.sql("SELECT id, probability, recorded FROM outcomes").fetchall()
    assert rows == [(o.id, o.probability, o.recorded) for o in result.scores.outcomes]


def test_sql_over_the_views(tiny_run) -> None:
    run = open_run(tiny_run[1])
    assert run.sql("SELECT count(*) AS n FROM events")["n"].item() == len(tiny_run[0].ensemble.run)
    assert run.sql("FROM answers")["sentence"].to_list() == [a.sentence for a in tiny_run[0].answers]
    assert "q50" in run.sql("FROM states LIMIT 1").columns


def test_the_manifest_says_what_was_run(tiny_run) -> None:
    result, folder = tiny_run
    found = json.loads((folder / "run.json").read_text())
    assert found["scenario"] == {"id": "tiny", "hash": result.scenario.hash, "where": "tiny"}
    assert found["command"].startswith("blocs run tiny --runs 20 --seed 0 --draws 1 --out ")
    assert {"fit", "forecast", "score", "explain", "ask", "sensitivity", "meetings"} == set(found["seconds"])
    assert {"blocs", "python", "jax", "numpy"} <= set(found["versions"])
    assert set(found["files"]) == set(VERSIONS) - {"run.json"}


@pytest.mark.parametrize(
    "name", ["run.json", "events.parquet", "states.parquet", "fit.json", "scores.json", "answers.json"]
)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(InputError, match=rf"{name}: file: is missing"):
        open_run(copy)


def test_a_file_cut_short_or_changed_is_noticed(copy: Path) -> None:
    events = copy / "events.parquet"
    whole = events.read_bytes()
    events.write_bytes(whole[:-1])
    with pytest.raises(InputError, match="the run folder is damaged"):
        open_run(copy)
    events.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    run = open_run(copy)
    assert run.damaged() == ["events.parquet"]
    with pytest.raises(InputError, match="is no whole Parquet file"):
        run.events()


def test_later_and_foreign_files_are_refused(copy: Path, tmp_path: Path) -> None:
    later = tmp_path / "events.parquet"
    pl.DataFrame({"run": [1]}).write_parquet(later, metadata={"blocs.format": "blocs-events", "blocs.version": "99"})
    with pytest.raises(InputError, match="is blocs-events 99, expected blocs-events up to 1"):
        read_table(later)
    pl.DataFrame({"run": [1]}).write_parquet(later)
    with pytest.raises(InputError, match="is None, expected blocs-events"):
        read_table(later)
    text = (copy / "run.json").read_text()
    (copy / "run.json").write_text(text.replace('"files"', '"flies"'))
    with pytest.raises(InputError, match=r"run\.json: file: lacks entries"):
        open_run(copy)
    with pytest.raises(InputError, match="folder: does not exist"):
        open_run(tmp_path / "nowhere")
    (tmp_path / "none").mkdir()
    assert not is_run(tmp_path / "none")
    assert is_run(copy)


@pytest.mark.parametrize("folder", sorted(ARCHIVES.glob("v*/*")), ids=lambda p: f"{p.parent.name}-{p.name}")
def test_archives_of_every_release_stay_readable(folder: Path) -> None:
    from blocs.store.fits import FitFile
    from blocs.store.jsonfile import read_json

    run = open_run(folder)
    assert run.damaged() == []
    assert run.events().columns == ["run", "date", "source", "target", "act", "issue"]
    assert run.events()["run"].n_unique() == run.manifest["forecast"]["runs"]
    assert run.states()["quantity"].n_unique() > 3
    scores = run.scores()
    assert scores is not None
    assert scores.acts.height > 0
    found = run.findings()
    assert found.answers
    assert len(found.explanations) == 3
    assert run.sql("SELECT max(probability) AS p FROM outcomes")["p"].item() <= 1
    assert FitFile.model_validate(read_json(folder / "fit.json")).levels.keys() == {"source", "target", "act", "issue"}


def test_there_is_an_archive() -> None:
    assert list(ARCHIVES.glob("v0.1/*/run.json"))
