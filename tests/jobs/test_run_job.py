"""The main job and what it is made of: checks before work, key acts, rebuilding a stored run, tuning, citing."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import BlocsError, InputError
from blocs.inference.pooled import fit_pooled, log_scores
from blocs.inference.prior import PriorSettings, build_prior, typical_step
from blocs.inference.sets import record_sets
from blocs.jobs.cite import citations, papers_in
from blocs.jobs.key_acts import key_acts
from blocs.jobs.pipeline import built_without, covered, day, made_fit
from blocs.jobs.rebuild import rebuild
from blocs.jobs.run import Plan, run
from blocs.jobs.tune import ONE_AT_A_TIME, Variant, default_origins, grid, months_before, rows_of, split, tune
from blocs.scenario.build import build
from blocs.scenario.folder import DATA
from blocs.scenario.load import load


def test_a_run_holds_all_its_parts(tiny_run) -> None:
    result, folder = tiny_run
    assert result.fit.until < result.ensemble.start
    assert result.scores is not None
    assert len(result.explanations) == 3
    assert {a.id for a in result.answers} == {"q1", "q2"}
    assert result.sensitivity["assumption"].n_unique() == 3
    assert (folder / "report.html").read_text() == "<p>tiny</p>"
    assert set(result.sensitivity.columns) >= {"assumption", "outcome", "probability", "rank"}


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(runs=0), "--runs: runs: 0 is not a number of histories, expected 1 to 100000"),
        (Plan(draws=0), "--draws: draws: 0 is not a number of chronologies"),
        (Plan(seed=-1), "--seed: seed: -1 is no seed"),
        (Plan(until="2002-13"), "--until: date: '2002-13' is not a day, month or season"),
        (Plan(until="yesterday"), "--until: date: 'yesterday' is not an EDTF date"),
        (Plan(until="1990"), "--until: date: 1990-12-31 lies outside the scenario, expected 2001-01-01 to 2003-12-31"),
        (Plan(until="2001-01-01"), "no dated act of one actor toward another in 2001-01-01..2001-01-01"),
        (Plan(until="../2002", start=".."), "--start: date: "),
        (Plan(start="2000"), "--start: date: 2000-01-01 is before the record"),
        (Plan(start="2002-06"), "--start: date: 2002-06-01 lies inside the training period"),
        (Plan(start="2003-06", end="2003-05"), "--end: date: 2003-05-31 is before the start 2003-06-01"),
        (Plan(end="2040"), "--end: date: 2040-12-31 lies outside the scenario, expected a day up to 2003-12-31"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(plan: Plan, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run("tiny", plan, out=tmp_path / "out", render=lambda r: "")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_full_folder_is_refused_before_any_work(tiny_run) -> None:
    with pytest.raises(InputError, match="already holds a run"):
        run("tiny", Plan(runs=20, draws=1), out=tiny_run[1], render=lambda r: pytest.fail("worked"))


def test_a_broken_report_leaves_no_folder(tiny_run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blocs.jobs.run._compute", lambda *_: tiny_run[0])

    def broken(_: object) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run("tiny", Plan(runs=20, draws=1), out=tmp_path / "out", render=broken)
    assert list(tmp_path.iterdir()) == []


def test_dates_are_read_as_days() -> None:
    plan = Plan(until="1957", start="1958", end="1961-06").dated()
    assert plan.days() == (date(1957, 12, 31), date(1958, 1, 1), date(1961, 6, 30))
    assert day(None, "--until", last=True) is None
    with pytest.raises(InputError, match="has an open end"):
        day("1958/..", "--end", last=True)


def test_key_acts_are_the_gravest_one_a_pair() -> None:
    built = build(load("tiny"))
    ids = key_acts(built, date(2003, 1, 1), date(2003, 12, 31), count=5)
    acts = built.scenario.chronicle.dyadic()
    rung = {a.id: a.rung or 0 for a in built.scenario.acts.values()}
    chosen = [acts.row(by_predicate=pl.col("id") == i, named=True) for i in ids]
    assert len({(a["source"], a["target"]) for a in chosen}) == len(ids) == 5
    assert all(a["start"] >= date(2003, 1, 1) for a in chosen)
    period = acts.filter(pl.col("start") >= date(2003, 1, 1))
    assert rung[chosen[0]["act"]] == max(rung[a] for a in period["act"])
    assert [rung[a["act"]] for a in chosen] == sorted((rung[a["act"]] for a in chosen), reverse=True)


def test_key_acts_fall_back_to_those_before() -> None:
    built = build(load("tiny"))
    ids = key_acts(built, date(2003, 12, 31), date(2003, 12, 31))
    acts = built.scenario.chronicle.dyadic().filter(pl.col("id").is_in(ids))
    assert len(ids) == 3
    assert (acts["end"] < date(2003, 12, 31)).all()


def test_a_forecast_past_the_record_is_not_scored(tiny_run) -> None:
    ensemble = tiny_run[0].ensemble
    assert covered(ensemble)
    assert not covered(dataclasses.replace(ensemble, end=date(2004, 1, 31)))
    assert not covered(dataclasses.replace(ensemble, start=date(2003, 12, 30), end=date(2003, 12, 31)))


def test_a_stored_run_comes_back_whole(tiny_run) -> None:
    result, folder = tiny_run
    again = rebuild(folder)
    assert again.ensemble.to_polars().equals(result.ensemble.to_polars())
    np.testing.assert_array_equal(again.ensemble.watched, result.ensemble.watched)
    assert (again.answers, again.command, again.started) == (result.answers, result.command, result.started)
    assert repr(again) == repr(result)


def test_a_run_that_gives_other_acts_is_not_reported(tiny_run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_run[1], tmp_path / "run"))
    text = (folder / "run.json").read_text()
    facts = json.loads(text)
    facts["forecast"]["seed"] = 5
    (folder / "run.json").write_text(json.dumps(facts))
    with pytest.raises(BlocsError, match="give other acts here than those stored"):
        rebuild(folder)
    (folder / "run.json").write_text(text.replace('"about": "the record"', '"about": "luck"'))
    with pytest.raises(InputError, match=r"run\.json: file: is not what Blocs wrote"):
        rebuild(folder)


def test_a_number_changed_in_place_is_not_reported(tiny_run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_run[1], tmp_path / "run"))
    text = (folder / "scores.json").read_text()
    place = next(n for n, c in enumerate(text) if c in "12345678")
    (folder / "scores.json").write_text(text[:place] + "9" + text[place + 1 :])
    with pytest.raises(InputError, match=r"scores\.json: file: is not what was written"):
        rebuild(folder)


def test_a_scenario_that_changed_is_refused(tiny_run, tmp_path: Path) -> None:
    home = Path(shutil.copytree(DATA / "tiny", tmp_path / "mine"))
    (home / "levers.csv").write_text(
        (home / "levers.csv").read_text().replace("\n", " \n", 1).replace(" \n", "\n\n", 1)
    )
    folder = Path(shutil.copytree(tiny_run[1], tmp_path / "run"))
    facts = json.loads((folder / "run.json").read_text())
    facts["scenario"]["where"] = str(home)
    (folder / "run.json").write_text(json.dumps(facts))
    with pytest.raises(InputError, match=r"fit\.json: scenario\.hash: was fitted to tiny"):
        rebuild(folder)
    facts["scenario"]["where"] = str(tmp_path / "gone")
    (folder / "run.json").write_text(json.dumps(facts))
    with pytest.raises(InputError, match="is no scenario"):
        rebuild(folder)


def test_unknown_effects_and_priors_are_refused() -> None:
    tiny = load("tiny")
    with pytest.raises(InputError, match="--without: without: no effect, table or family named 'luck'"):
        made_fit(tiny, draws=1, without=["luck"])
    with pytest.raises(InputError, match="--priors: priors: 'strong' is no strength of priors"):
        made_fit(tiny, draws=1, priors="strong")


def test_effects_are_left_out_by_name_or_family() -> None:
    whole = build(load("tiny")).model.specification
    part = built_without(load("tiny"), ["warmth", "turns"]).model.specification
    gone = {e.name for e in whole.effects} - {e.name for e in part.effects}
    assert gone == {e.name for e in whole.effects if e.name == "warmth" or e.family == "turns"}
    assert part.tables == whole.tables


def test_origins_are_the_last_two_years_of_training() -> None:
    assert default_origins(date(1957, 12, 31)) == (
        (date(1955, 12, 31), date(1956, 6, 30)),
        (date(1956, 6, 30), date(1956, 12, 31)),
        (date(1956, 12, 31), date(1957, 12, 31)),
    )
    assert months_before(date(2004, 2, 29), 12) == date(2003, 2, 28)
    assert months_before(date(2003, 2, 28), -12) == date(2004, 2, 29)
    assert months_before(date(2003, 3, 15), 27) == date(2000, 12, 15)


def test_the_grid_changes_one_thing_at_a_time() -> None:
    default, *rest = grid(["warmth"])
    assert default == Variant(PriorSettings())
    names = tuple(ONE_AT_A_TIME)
    for variant in rest[:-1]:
        assert sum(getattr(variant.settings, n) != getattr(default.settings, n) for n in names) == 1
    assert rest[-1] == Variant(PriorSettings(), ("warmth",))
    assert rest[-1].label(PriorSettings()) == "without warmth"
    assert rest[0].label(PriorSettings()) == "spread 0.06"


def test_tuning_scores_what_follows_each_origin_and_looks_no_further(tiny_run) -> None:
    """The table against fits of the rows cut by hand; the record after training must not matter at all."""
    tiny = tiny_run[0].scenario
    origin = (date(2002, 6, 30), date(2002, 12, 31))
    table = tune(tiny, [Variant(PriorSettings())], [origin], draws=1)
    row = table.row(by_predicate=pl.col("model") == "full", named=True)
    built = build(tiny)
    recorded = record_sets(built, date(2002, 12, 31), 1)
    acts = recorded.acts
    before = np.array([e <= origin[0] for e in acts["end"]])
    after = np.array([s > origin[0] and e <= origin[1] for s, e in zip(acts["start"], acts["end"], strict=True)])
    assert row["acts"] == after.sum()
    assert acts["end"].max() <= date(2002, 12, 31)
    data = recorded.levels["act"]
    effects, tables = built.model.specification.at("act")
    train = rows_of(data, before)
    step = dict(zip([e.name for e in effects], typical_step(train).tolist(), strict=True))
    found = fit_pooled(train, build_prior(train, effects, tables, PriorSettings(), step))
    assert row["act"] == pytest.approx(log_scores(rows_of(data, after), found).mean(), abs=1e-12)
    assert row["total"] == pytest.approx(sum(row[level] for level in ("source", "target", "act", "issue")))


def test_acts_that_straddle_an_origin_are_in_neither_part() -> None:
    acts = pl.DataFrame(
        {
            "start": [date(2001, 1, 1), date(2001, 6, 1), date(2001, 7, 1), date(2001, 12, 1)],
            "end": [date(2001, 6, 30), date(2001, 7, 31), date(2001, 12, 31), date(2002, 1, 1)],
        }
    )
    before, after = split(acts, date(2001, 6, 30), date(2001, 12, 31))
    assert before.tolist() == [True, False, False, False]
    assert after.tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ((date(2002, 6, 30), date(2003, 1, 1)), "is out of order or past training"),
        ((date(2002, 6, 30), date(2002, 6, 30)), "is out of order or past training"),
        ((date(2000, 6, 30), date(2002, 6, 30)), "has no act before the origin"),
    ],
)
def test_origins_past_training_are_refused(origin: tuple[date, date], says: str) -> None:
    with pytest.raises(InputError, match=says):
        tune(load("tiny"), origins=[origin], draws=1)


def test_citations_name_sources_and_papers() -> None:
    found = citations(load("tiny"))
    assert found[0].kind == "scenario"
    by_text = {c.text: c for c in found}
    assert "Butts 2008" in by_text
    assert "reciprocity_recent" in by_text["Butts 2008"].used_by
    assert any(c.kind == "mechanism" and "memory" in c.used_by for c in found)
    assert papers_in("Tone: +1. Brandes et al. 2009 (by type); SYSTEM S08.") == ["Brandes et al. 2009"]
    assert papers_in("A. Singer, Bremer & Stuckey 1972.") == ["Singer, Bremer & Stuckey 1972"]
    assert papers_in("A year like 1957-12 in S10-S13.") == []
