"""Figures show what they are given: traces, order, numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocs.conduct.words import words_of
from blocs.ground.errors import InputError
from blocs.report import plots
from blocs.report.figures.bloc_map import distance, shade
from blocs.report.figures.style import folded
from blocs.report.history import Snapshot
from blocs.report.words import Names


def traces(fig):
    return {t.name: t for t in fig.data}


def test_forest_has_one_row_for_each_effect_that_varies(result):
    fig = plots.effects(result.fit)
    shown = [y for t in fig.data for y in t.y]
    table = result.fit.to_polars().filter(pl.col("step") > 0)
    assert len(shown) == table.height
    assert len(set(shown)) == table.height
    factors = {y: x for t in fig.data for x, y in zip(t.x, t.y, strict=True)}
    for r in table.filter(pl.col("per_step").abs() < 3).iter_rows(named=True):
        label = words_of(r["choice"], r["effect"]).label
        assert factors[folded(f"{r['choice']}: {label}")] == pytest.approx(np.exp(r["per_step"]), abs=1e-3)


def test_forest_of_one_choice_leaves_out_the_others(result):
    acts = plots.effects(result.fit, "act")
    count = result.fit.to_polars().filter((pl.col("choice") == "act") & (pl.col("step") > 0)).height
    assert sum(len(t.y) for t in acts.data) == count
    assert not any(":" in y for t in acts.data for y in t.y)


def test_fan_holds_quantiles_of_the_runs(result):
    ens = result.ensemble
    fig = plots.fan(ens, "warmth", "west_shore", "north")
    found = traces(fig)
    assert set(found) == {"9 of 10 runs", "half of the runs", "median of the forecast"}
    median = np.quantile(ens.column("warmth", "west_shore", "north"), 0.5, axis=0)[::4]
    assert np.asarray(found["median of the forecast"].y) == pytest.approx(median, abs=1e-3)
    low, high = (np.array(t.y) for t in fig.data[:2])
    assert np.all(low <= high)


def test_fan_with_a_record_draws_its_path(result):
    from blocs.report.history import replay_record

    past = replay_record(result.ensemble, result.scores.end)
    fig = plots.fan(result.ensemble, "warmth", "west_shore", "north", recorded=past)
    path = traces(fig)["replayed record"]
    assert np.asarray(path.y) == pytest.approx(past.values["warmth", ("west_shore", "north")][::4], abs=1e-3)


def test_fan_of_something_not_watched_is_an_input_error(result):
    with pytest.raises(InputError, match=r"warmth\[east,south\] was not watched"):
        plots.fan(result.ensemble, "warmth", "east", "south")


def test_outcomes_have_forecast_base_rate_and_truth(result):
    found = traces(plots.outcomes(result.scores))
    forecast = dict(
        zip(found["forecast (95% Monte Carlo interval)"].y, found["forecast (95% Monte Carlo interval)"].x, strict=True)
    )
    assert forecast == pytest.approx({o.id: 100 * o.probability for o in result.scores.outcomes})
    assert set(found["came true in the record"].y) == {o.id for o in result.scores.outcomes if o.recorded}
    base = dict(zip(found["base rate"].y, found["base rate"].x, strict=True))
    assert base == pytest.approx({o.id: 100 * o.baseline for o in result.scores.outcomes})


def test_outcomes_can_be_chosen_and_renamed(result):
    one = result.scores.outcomes[0]
    fig = plots.outcomes(result.scores, lambda o: o.id.upper(), [one.id])
    assert list(fig.data[0].y) == [one.id.upper()]


def test_calibration_has_a_line_and_four_choices(result):
    found = traces(plots.calibration(result.scores))
    assert set(found) == {"perfect", "source", "target", "act", "issue"}
    for level in ("source", "act"):
        table = result.scores.calibration.filter((pl.col("level") == level) & (pl.col("chance") >= 1e-3))
        assert np.asarray(found[level].x) == pytest.approx(table["chance"].to_numpy(), abs=1e-4)


def test_counts_are_those_scored(result):
    found = traces(plots.counts(result.scores))
    assert np.asarray(found["recorded"].y) == pytest.approx(result.scores.counts["recorded"].to_numpy(), abs=0.06)
    assert found["mean of the forecast"].y[:-1] == pytest.approx(result.scores.counts["mean"].to_list(), abs=0.06)


NAMES = Names({"p": "Patron", "a": "Alpha", "b": "Beta", "c": "Gamma"}, {}, {}, {})


def shot(**warmth):
    acts = {("a", "p"): (4.0, 0.5), ("b", "c"): (9.0, -0.5), ("a", "c"): (0.2, 0.0)}
    return Snapshot("x", None, {**warmth, "p": 1.0}, acts)


def test_map_puts_the_patron_in_the_middle_and_cold_sides_far_away():
    now, later = shot(a=0.9, b=0.0, c=-0.8), shot(a=-0.5, b=0.0, c=-0.8)
    directions = plots.angles([now, later], "p")
    assert set(directions) == {"a", "b", "c"}
    far = []
    for snapshot in (now, later):
        nodes = plots.bloc_map(snapshot, directions, "p", NAMES, {"p": 0.9}).data[-1]
        radius = np.hypot(nodes.x, nodes.y)
        assert nodes.text[0] == "<b>Patron</b>"
        assert radius[0] == 0
        far.append(radius[1])
        assert np.arctan2(nodes.y[2], nodes.x[2]) == pytest.approx(np.angle(np.exp(1j * directions["b"])), abs=1e-2)
    assert far[0] < far[1]


def test_map_draws_pairs_that_dealt_with_each_other_thicker_for_more():
    snapshot = shot(a=0.9, b=0.0, c=-0.8)
    fig = plots.bloc_map(snapshot, plots.angles([snapshot], "p"), "p", NAMES, {})
    lines = [t for t in fig.data if t.mode == "lines"]
    assert len(lines) == 2
    assert lines[0].line.width < lines[1].line.width
    assert len(fig.data[-2].text) == 2


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_distance_falls_with_warmth(a, b):
    assert (distance(a) > distance(b)) == (a < b) or abs(a - b) < 1e-12


@given(st.floats(-5, 5, allow_nan=False))
def test_shades_are_colours(value):
    assert len(shade(value)) == 7
    int(shade(value)[1:], 16)


def test_angles_of_nobody_are_none():
    assert plots.angles([Snapshot("x", None, {"p": 1.0}, {})], "p") == {}


def test_timeline_holds_every_act_of_its_lanes_with_its_pages(result):
    from blocs.report.history import quarter_table, replay_record

    past = replay_record(result.ensemble, result.scores.end)
    scenario = result.scenario
    polarity = {a.id: a.polarity for a in scenario.acts.values()}
    lanes = ["north", "west_shore"]
    quarters = quarter_table(result.ensemble, past)
    fig = plots.timeline(past.acts, quarters, result.ensemble.start, polarity, Names.of(scenario), lanes)
    dots = [t for t in fig.data if t.type == "scatter" and t.mode == "markers"]
    inside = past.acts
    assert sum(len(t.x) for t in dots) == inside.height
    labels = "".join(label for t in dots for label in t.text)
    for row in inside.iter_rows(named=True):
        assert f"{row['id']}, p" in labels
    assert fig.layout.yaxis.ticktext == ("Northland", "West Shore", "others")
    bars = [t for t in fig.data if t.type == "bar"]
    assert [t.name for t in bars] == ["recorded, cooperative", "recorded, conflictual"]


def test_contributions_are_those_that_weigh_most(result):
    explanation = result.explanations[0]
    (bars,) = plots.contributions(explanation, "act", shown=3).data
    act = next(x for x in explanation.levels if x.level == "act")
    top = act.contributions.head(3)
    assert list(bars.x) == pytest.approx(top["contribution"].to_list(), abs=1e-4)
    assert list(bars.y) == [folded(words_of("act", e).label) for e in top["effect"]]
    assert len(plots.contributions(explanation, shown=2).data[0].x) == 8


def test_answers_keep_what_a_question_sets_itself_apart(result):
    found = traces(plots.answers(result, "q2"))
    apart = {"set by the question itself": True, "moved by the question": False}
    for name, construction in apart.items():
        mine = [a for a in result.answers if a.id == "q2" and a.by_construction == construction]
        assert list(found[name].y) == [f"q2: {a.outcome}" for a in mine]
        assert list(found[name].x) == pytest.approx([100 * a.difference for a in mine])
        assert all(w >= 0 for w in (*found[name].error_x.array, *found[name].error_x.arrayminus))


def test_a_table_is_drawn_row_by_row(result):
    fit = result.fit
    (heat,) = plots.table(fit, "act", "act_by_roles").data
    long = fit.table_of("act", "act_by_roles").row(40, named=True)
    assert heat.z[list(heat.y).index(long["row"])][list(heat.x).index(long["option"])] == pytest.approx(
        long["value"], abs=1e-3
    )
    with pytest.raises(InputError, match="no table 'luck'"):
        plots.table(fit, "act", "luck")


@given(st.text(alphabet="abc de", min_size=1, max_size=64).filter(str.strip))
def test_labels_are_folded_without_losing_a_word(label):
    lines = folded(label).split("<br>")
    assert " ".join(lines).split() == label.split()
    assert all(len(line) <= 32 for line in lines) or any(len(w) > 32 for w in label.split())
