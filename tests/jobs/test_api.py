"""`import blocs as bl`: light to import, thin to call, and the objects print, export and plot."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import blocs as bl
from blocs.ground.errors import InputError


def test_importing_blocs_imports_nothing_heavy_and_sets_the_precision() -> None:
    code = (
        "import sys, blocs\n"
        "assert not {'jax', 'polars', 'numpy', 'blocs.api'} & set(sys.modules)\n"
        "import jax.numpy as jnp\n"
        "assert jnp.asarray(1.0).dtype == 'float64'\n"
        "import blocs.forecast as room\n"
        "assert callable(blocs.forecast) and blocs.forecast is room\n"
        "assert set(blocs.__all__) <= set(dir(blocs))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_everything_that_is_promised_is_there() -> None:
    for name in bl.__all__:
        assert callable(getattr(bl, name)), name
    with pytest.raises(AttributeError, match="luck"):
        bl.luck  # noqa: B018
    assert "tiny" in bl.available()


def test_the_three_lines_of_the_readme(tiny_run) -> None:
    tiny = bl.load("tiny")
    fit = bl.fit(tiny, until="2002-12-31", draws=1)
    ensemble = bl.forecast(tiny, fit, start="2003-01-01", end="2003-12-31", runs=20)
    scores = ensemble.score(tiny)
    assert repr(fit) == repr(tiny_run[0].fit)
    assert ensemble.to_polars().equals(tiny_run[0].ensemble.to_polars())
    assert repr(scores) == repr(tiny_run[0].scores)


def test_graphs_count_acts_a_run(tiny_run) -> None:
    ensemble = tiny_run[0].ensemble
    graph = ensemble.to_networkx()
    assert set(graph) == set(ensemble.fit.built.model.world.actors)
    assert sum(d["acts"] for *_, d in graph.edges(data=True)) == pytest.approx(len(ensemble.run) / ensemble.runs)
    assert all(-1 <= d["cooperation"] <= 1 for *_, d in graph.edges(data=True))
    acts = ensemble.to_polars()
    i, j, mean = next(iter(graph.edges(data="acts")))
    assert mean * 20 == acts.filter((acts["source"] == i) & (acts["target"] == j)).height


def test_arrays_have_named_axes(tiny_run) -> None:
    ensemble = tiny_run[0].ensemble
    data = ensemble.to_xarray()
    assert data["warmth"].dims == ("run", "date", "pair")
    assert data["unrest"].dims == ("run", "date", "actor")
    assert data["reserve_days"].dims == ("run", "date", "actor", "lever")
    picked = {
        "warmth": data["warmth"].sel(pair=("west_shore", "north")),
        "unrest": data["unrest"].sel(actor="east"),
        "reserve_days": data["reserve_days"].sel(actor="east", lever="grain"),
    }
    names = {"warmth": ("west_shore", "north"), "unrest": ("east",), "reserve_days": ("east", "grain")}
    for quantity, array in picked.items():
        np.testing.assert_array_equal(array.to_numpy(), ensemble.column(quantity, *names[quantity]))
    assert data["date"].to_numpy()[-1] == np.datetime64(ensemble.dates()[-1])
    filled = sum(int(np.isfinite(v.isel(run=0, date=0)).sum()) for v in data.data_vars.values())
    assert filled == len(ensemble.labels)


def test_a_fit_as_arrays_is_its_table_and_its_pooled_tables(tiny_run) -> None:
    fit = tiny_run[0].fit
    data = fit.to_xarray()
    for r in fit.to_polars().iter_rows(named=True):
        cell = data.sel(choice=r["choice"], effect=r["effect"])
        assert [float(cell[n]) for n in ("estimate", "lo", "informed")] == [r["estimate"], r["lo"], r["informed"]]
    assert int(np.isfinite(data["estimate"]).sum()) == fit.to_polars().height
    table = data["table.act.act_by_roles"]
    assert table.dims == ("rows.act.act_by_roles", "act")
    long = fit.table_of("act", "act_by_roles")
    r = long.row(17, named=True)
    assert float(table.sel({"rows.act.act_by_roles": r["row"], "act": r["option"]})) == r["value"]


def test_scores_as_tables_hold_what_the_objects_hold(tiny_run) -> None:
    scores = tiny_run[0].scores
    table = scores.to_polars()
    whole = {r["model"]: r for r in table.filter(table["choice"] == "all").iter_rows(named=True)}
    assert {m: r["log_score"] for m, r in whole.items()} == dict(scores.log_score)
    gain = scores.versus["memory_only"]
    assert [whole["memory_only"][k] for k in ("gain", "lo", "hi", "scenes")] == [
        gain.mean,
        gain.lo,
        gain.hi,
        gain.scenes,
    ]
    assert whole["model"]["gain"] is None
    assert table.height == 4 * 5
    outcomes = scores.outcomes_to_polars()
    assert outcomes["id"].to_list() == [o.id for o in scores.outcomes]
    assert outcomes["recorded"].to_list() == [o.recorded for o in scores.outcomes]


def test_plots_hang_on_the_objects(tiny_run) -> None:
    result = tiny_run[0]
    figures = (
        result.fit.plot.effects(),
        result.ensemble.plot.fan("warmth", "west_shore", "north"),
        result.scores.plot.calibration(),
        result.scores.plot.outcomes(),
        result.scores.plot.counts(),
        result.fit.plot.table("act", "act_by_roles"),
        result.ensemble.plot.forecast_map(),
        result.explanations[0].plot.contributions(),
        result.plot.answers(),
    )
    assert all(type(f).__name__ == "Figure" and f.data for f in figures)
    assert dir(result.fit.plot) == ["effects", "table"]
    with pytest.raises(AttributeError, match="no plot 'luck', expected one of effects, table"):
        result.fit.plot.luck()


def test_questions_and_explanations(tiny_run) -> None:
    result = tiny_run[0]
    mine = bl.ask(result.fit, ["set reserve_days[narrator,grain]=90 from 2003-01-01"], 20, baseline=result.ensemble)
    theirs = {a.outcome: a.difference for a in result.answers}
    assert {a.outcome: a.difference for a in mine if a.outcome in theirs} == theirs
    id_ = result.explanations[0].title.partition(":")[0]
    assert bl.explain(result.fit, id_).title == result.explanations[0].title
    assert bl.explain(result.ensemble, (0, 0)).title.startswith("run 0, act 0: ")


def test_bad_input_is_an_input_error(tiny_run) -> None:
    fit = tiny_run[0].fit
    with pytest.raises(InputError, match="until: date: 'soon'"):
        bl.fit("tiny", until="soon")
    with pytest.raises(InputError, match="was fitted to tiny"):
        bl.forecast("camp", fit)
    with pytest.raises(InputError, match="scenario: is camp"):
        bl.score(tiny_run[0].ensemble, bl.load("camp"))
    with pytest.raises(InputError, match="0 is not a number of histories"):
        bl.ask(fit, "q1", runs=0)
    with pytest.raises(InputError, match="no question 'q99'"):
        bl.ask(fit, "q99", runs=20)
    with pytest.raises(InputError, match="is no id of a recorded act"):
        bl.explain(fit, (0, 0))
    with pytest.raises(InputError, match="already holds a run"):
        bl.run("tiny", out=tiny_run[1])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda fit: bl.load(None), "scenario: None: is no scenario"),
        (lambda fit: bl.load(7), "scenario: 7: is no scenario"),
        (lambda fit: bl.fit("tiny", until=2002), "until: date: is 2002"),
        (lambda fit: bl.fit("tiny", draws=1.5), "1.5 is not a number of chronologies"),
        (lambda fit: bl.fit("tiny", seed=True), "True is no seed"),
        (lambda fit: bl.fit("tiny", priors=["weak"]), "is no strength of priors"),
        (lambda fit: bl.fit("tiny", without="luck"), "no effect, table or family named 'luck'"),
        (lambda fit: bl.fit("tiny", without=7), "without: is 7"),
        (lambda fit: bl.forecast("tiny", fit, runs=2.5), "2.5 is not a number of histories"),
        (lambda fit: bl.forecast("tiny", fit, runs=10**9), "expected 1 to 100000"),
        (lambda fit: bl.forecast("tiny", fit, do=7), "do: is 7"),
        (lambda fit: bl.forecast("tiny", fit, about=7), "7 is no assumption"),
        (lambda fit: bl.ask(fit, [7], runs=20), "question: is 7"),
        (lambda fit: bl.ask(fit, "q1", runs=2.5), "2.5 is not a number of histories"),
    ],
)
def test_a_wrong_value_is_an_input_error(tiny_run, call, told: str) -> None:
    with pytest.raises(InputError, match=told):
        call(tiny_run[0].fit)
