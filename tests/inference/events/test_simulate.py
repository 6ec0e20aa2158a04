"""Simulation, goodness of fit, recovery, residuals: what a fitted model says beyond its table."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.inference.events import dynam, rem
from blocs.inference.events.gof import gof
from blocs.inference.events.recover import recover, with_events
from blocs.inference.events.simulate import Event, draw_run, simulate

from .test_likelihoods import invented


@pytest.fixture(scope="module")
def table():
    events, actors, _ = invented(E=120)
    return events, actors.drop("present")


def test_a_run_depends_on_its_seed_and_number_only(table):
    fit = dynam(*table, "inertia + recip")
    three = fit.simulate(runs=3, seed=7)
    assert three.filter(pl.col("run") == 1).equals(fit.simulate(runs=2, seed=7).filter(pl.col("run") == 1))
    assert not three.filter(pl.col("run") == 1)["receiver"].equals(three.filter(pl.col("run") == 2)["receiver"])
    assert three.filter(pl.col("run") == 0)["sender"].to_list() == table[0]["sender"].to_list()


def test_simulated_choices_have_the_probabilities_of_the_model(table):
    events, actors = table
    fit = dynam(events, actors, "same(camp)")
    runs = (
        fit.simulate(runs=60, seed=1)
        .join(actors, left_on="sender", right_on="label")
        .join(actors, left_on="receiver", right_on="label", suffix="_r")
    )
    share = (runs["camp"] == runs["camp_r"]).mean()
    b = fit.coef[0]
    want = 3 * np.exp(b) / (3 * np.exp(b) + 4)
    assert share == pytest.approx(want, abs=4 * np.sqrt(want * (1 - want) / len(runs)))


def test_exact_time_runs_at_the_fitted_rate(table):
    fit = dynam(*table, ["1"], "rate")
    runs = simulate(fit, runs=40, seed=3)
    counts = runs.group_by("run").len()["len"].to_numpy()
    expected = np.exp(fit.coef[0]) * 8 * (fit.times[-1] - table[0]["time"][0])
    assert counts.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 40))
    assert (runs["time"] <= fit.times[-1]).all()
    assert (runs["sender"] != runs["receiver"]).all()


def test_nobody_acts_before_entry():
    events, actors, changes = invented()
    for fit in (rem(events, actors, "1 + inertia", changes=changes), dynam(events, actors, "inertia", changes=changes)):
        runs = fit.simulate(runs=5, seed=2)
        early = runs.filter(pl.col("time") < 20.0)
        assert early.height
        assert not {"a7"} & ({*early["sender"]} | {*early["receiver"]})


def test_windows_expire_in_simulation(table):
    fit = rem(*table, "1 + inertia(calls, window=3)")
    events = list(draw_run(fit, None, np.random.default_rng(0)))
    assert [e.time for e in events] == sorted(e.time for e in events)
    assert with_events(fit.problem, events, fit.times[-1]).history.time.size == len(events)


def test_a_run_away_stops_with_a_warning(table):
    fit = rem(*table, "1 + inertia(calls, weighted=True)")
    object.__setattr__(fit.estimate, "coef", np.array([0.0, 3.0]))
    with pytest.warns(UserWarning, match="runs away"):
        assert len(list(draw_run(fit, None, np.random.default_rng(0)))) == 20 * 120 + 100


@pytest.mark.parametrize(
    ("model", "terms"),
    [
        ("choice", "inertia + same(camp)"),
        ("rate", "1 + indeg(calls, window=5)"),
        ("rem", "inertia + recip"),
        ("coordination", "inertia"),
    ],
)
def test_recovery_and_coverage(model, terms):
    events, actors, _ = invented(E=100, undirected=model == "coordination")
    args = (events, actors.drop("present"), terms)
    fit = rem(*args) if model == "rem" else dynam(*args, model)
    found = recover(fit, runs=20, seed=11)
    assert found["converged"].min() >= 19
    # bias within 4.5 of its standard errors (t, 19 degrees), coverage of 95 % intervals not below 80 % (p < 0.01)
    assert found["bias_z"].abs().max() < 4.5
    assert found["coverage"].min() >= 0.8
    assert (found["sd"] / found["se"]).is_between(0.5, 2.0).all()


def test_goodness_of_fit_finds_what_is_missing_and_accepts_what_is_true():
    events, actors, _ = invented(seed=8, E=250)
    actors = actors.drop("present")
    plain = dynam(events, actors, "same(camp)").gof(runs=40, seed=1, families=["order"])
    right = dynam(events, actors, "inertia + recip").gof(runs=40, seed=1, families=["order"])
    missing = plain.to_polars().filter(pl.col("level") == "inertia")
    assert missing["observed"][0] > missing["upper"][0]
    assert missing["p"][0] <= 2 / 41 + 1e-9
    assert plain.fit()["p"][0] <= 1 / 41 + 1e-9
    assert right.fit()["p"][0] > 0.02
    assert "order" in repr(right)


def test_gof_plot_and_families(table):
    fit = dynam(*table, "1 + indeg", "rate")
    result = gof(fit, runs=4, choice=dynam(*table, "inertia"))
    assert set(result.levels) == {"indegree", "outdegree", "repetition", "order", "triads", "waiting"}
    figure = result.plot()
    assert len(figure.data) == sum(len(v) for v in result.levels.values()) + len(result.levels)
    assert result.to_polars().height == sum(len(v) for v in result.levels.values())
    with pytest.raises(InputError, match="unknown"):
        gof(fit, runs=4, families=["colours"])
    with pytest.raises(InputError, match="at least 2"):
        gof(fit, runs=1)
    with pytest.raises(InputError, match="a rate and a choice model"):
        simulate(fit, rate=fit)


@pytest.mark.parametrize("model", ["choice", "rate", "exact", "rem", "coordination"])
def test_scores_sum_to_zero_and_influence_points_the_right_way(model):
    events, actors, _ = invented(seed=2, E=60, undirected=model == "coordination")
    actors = actors.drop("present")
    if model == "rem":
        fit = rem(events, actors, "inertia + recip")
    elif model == "exact":
        fit = dynam(events, actors, "1 + indeg", "rate")
    else:
        fit = dynam(events, actors, "indeg" if model == "rate" else "inertia + same(camp)", model)
    rows = fit.residuals()
    assert rows.height == fit.nobs
    assert rows["loglik"].sum() == pytest.approx(fit.loglik)
    for name in fit.names:
        assert rows[f"score {name}"].sum() == pytest.approx(0.0, abs=1e-3)
    assert fit.influence()["distance"].is_sorted(descending=True)


def test_influence_approximates_leaving_an_event_out(table):
    from blocs.inference.choice import fit_choice

    fit = dynam(*table, "inertia + same(camp)")
    design = fit.likelihood
    first = fit.influence().row(0, named=True)
    at = int(np.flatnonzero(fit.times == first["time"])[0])
    keep = np.arange(fit.nobs) != at
    without = fit_choice(design.X[keep], design.chosen[keep], design.mask[keep])
    moved = np.array([first[f"change {n}"] for n in fit.names])
    np.testing.assert_allclose(without.coef - fit.coef, moved, atol=0.3 * np.abs(moved).max())


def test_tables_and_text(table):
    fit = dynam(*table, "inertia + recip")
    frame = fit.to_polars()
    assert frame.columns == ["term", "estimate", "se", "z", "p", "lower", "upper"]
    assert frame["lower"][0] < frame["estimate"][0] < frame["upper"][0]
    assert fit.glance()["bic"][0] == pytest.approx(2 * np.log(120) - 2 * fit.loglik)
    assert fit.aicc > fit.aic
    text = repr(fit)
    assert "DyNAM choice: 120 events" in text
    assert "inertia" in text
    assert "converged after" in text


def test_a_model_the_data_do_not_identify_says_so(table):
    fit = dynam(*table, ["inertia", "tie(copy)"], networks={"copy": table[0]})
    assert not fit.converged
    assert "inertia + tie(copy)" in fit.message
    assert "not converged" in repr(fit)


def test_with_events_keeps_the_clock(table):
    fit = rem(*table, "1 + inertia")
    record = [
        Event(t, int(i), int(j), 1.0)
        for t, i, j in zip(table[0]["time"], fit.problem.history.sender, fit.problem.history.receiver, strict=True)
    ]
    from blocs.inference.events.estimate import fit_problem

    again = fit_problem(with_events(fit.problem, record, float(fit.times[-1])))
    np.testing.assert_allclose(again.coef, fit.coef, atol=1e-8)


def test_a_table_without_the_events_cannot_give_them_up_to_simulation(table):
    fit = dynam(*table, "inertia(ties)", name="ties", networks={"ties": table[0].head(100)})
    assert any("lacks 20 of them" in note for note in fit.notes)
    with pytest.raises(InputError, match="lacks 20 of 120 events"):
        fit.simulate()
    late = table[0].with_columns(pl.col("time") + 0.5)
    with pytest.raises(InputError, match="holds none of the events"):
        dynam(*table, "inertia(ties)", name="ties", networks={"ties": late})


@pytest.mark.parametrize(
    ("model", "terms"),
    [
        ("rem", "1 + inertia(weighted=True, halflife=2) + recip"),
        ("rem", "inertia(weighted=True, halflife=2) + recip"),
        ("rate", "1 + indeg(weighted=True, halflife=2)"),
        ("rate", "indeg(weighted=True, halflife=2, transform=log1p)"),
        ("choice", "inertia(weighted=True, halflife=2)"),
    ],
)
def test_models_with_a_halflife_simulate_and_recover(model, terms):
    events, actors, _ = invented(E=60)
    args = (events, actors.drop("present"), terms)
    fit = rem(*args) if model == "rem" else dynam(*args, model)
    assert fit.simulate(runs=2, seed=1)["run"].n_unique() == 2
    assert fit.gof(runs=3, seed=1).fit()["p"].is_between(0.0, 1.0).all()
    assert recover(fit, runs=3, seed=2)["coverage"].is_between(0.0, 1.0).all()


def test_goodness_of_fit_of_pairs_does_not_know_their_sides():
    """Exchanging sender and receiver of recorded events at random changes nothing, and the true model is accepted."""
    actors = pl.DataFrame({"label": [f"s{k}" for k in range(9)], "size": np.random.default_rng(5).normal(size=9)})
    rng = np.random.default_rng(1)
    pairs = [sorted(rng.choice(9, 2, replace=False).tolist()) for _ in range(80)]
    seed = pl.DataFrame(
        {"time": np.arange(80.0), "sender": [f"s{i}" for i, _ in pairs], "receiver": [f"s{j}" for _, j in pairs]}
    )
    terms = "inertia + alter(size)"
    true = dynam(seed, actors, terms, "coordination").simulate(1, seed=9).select("time", "sender", "receiver")
    flip = pl.Series(rng.random(true.height) < 0.5)
    turned = true.with_columns(
        pl.when(flip).then("receiver").otherwise("sender").alias("sender"),
        pl.when(flip).then("sender").otherwise("receiver").alias("receiver"),
    )
    one, other = (dynam(e, actors, terms, "coordination").gof(19, seed=1) for e in (true, turned))
    assert set(one.levels) == {"degree", "repetition", "order", "triads"}
    for family, seen in one.observed.items():
        np.testing.assert_array_equal(seen, other.observed[family])
        np.testing.assert_allclose(one.simulated[family], other.simulated[family])
    assert one.fit()["p"].min() > 0.05


def test_triads_without_direction_count_all_triples():
    from itertools import combinations

    from blocs.inference.events.gof_statistics import _triads_of_pairs

    rng = np.random.default_rng(3)
    i, j = rng.integers(0, 7, 12), rng.integers(0, 7, 12)
    i, j = i[i != j], j[i != j]
    tie = {frozenset(p) for p in zip(i.tolist(), j.tolist(), strict=True)}
    sides = [sum(frozenset(p) in tie for p in combinations(three, 2)) for three in combinations(range(7), 3)]
    assert list(_triads_of_pairs(i, j, 7).values()) == [sides.count(k) for k in (1, 2, 3)]


def test_a_rate_model_alone_is_judged_by_what_it_models(table):
    fit = dynam(*table, "1 + indeg", "rate")
    assert set(fit.gof(3).levels) == {"activity", "turns", "waiting"}
    with pytest.raises(InputError, match="rate model alone"):
        fit.gof(3, families=["indegree"])
    with pytest.raises(InputError, match="families"):
        fit.gof(3, families=[])


@pytest.mark.parametrize("model", ["rem", "rem order", "rate", "choice", "choice + rate"])
def test_simulated_events_have_recorded_increments(model, table):
    rng = np.random.default_rng(0)
    events = table[0].with_columns(pl.Series("increment", rng.choice([10.0, 20.0, 40.0], 120, p=[0.6, 0.3, 0.1])))
    kept = events.filter(pl.col("time") >= 30.0).with_columns(pl.lit(7.0).alias("increment"))
    for record, known in ((events, {10.0, 20.0, 40.0}), (kept, {7.0})):
        args = (record, table[1])
        rate = dynam(*args, "1", "rate") if "rate" in model else None
        if model.startswith("rem"):
            runs = rem(*args, "recip" if "order" in model else "1 + recip").simulate(20, seed=1)
        else:
            runs = (
                rate.simulate(20, seed=1) if model == "rate" else dynam(*args, "recip").simulate(20, seed=1, rate=rate)
            )
        assert set(runs["increment"]) == known
        if known == {10.0, 20.0, 40.0}:
            share, want = (runs["increment"] == 10.0).mean(), (events["increment"] == 10.0).mean()
            assert share == pytest.approx(want, abs=4 * np.sqrt(want * (1 - want) / runs.height))
