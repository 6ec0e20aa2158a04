"""Tables of any make, dates as bounds and in results, odd arguments, and what a fit says of itself."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

import blocs as bl
from blocs.ground.errors import InputError
from blocs.inference.events import Ties, dynam, rem
from blocs.inference.events.moments import moment, restored

RNG = np.random.default_rng(0)
LABELS = list("abcde")
PAIRS = [RNG.choice(5, 2, replace=False).tolist() for _ in range(40)]
ACTORS = pl.DataFrame({"label": LABELS, "x": [1.0, 2.0, 3.0, 4.0, 5.0], "g": list("pqpqp")})
EVENTS = pl.DataFrame(
    {"time": np.arange(40.0), "sender": [LABELS[i] for i, _ in PAIRS], "receiver": [LABELS[j] for _, j in PAIRS]}
)
DATED = EVENTS.with_columns((pl.lit(dt.date(2020, 1, 1)) + pl.duration(days=pl.col("time"))).alias("time"))


@pytest.mark.parametrize(
    "make",
    [
        lambda t: t.lazy(),
        lambda t: t.to_arrow(),
        lambda t: t.to_dict(as_series=False),
        lambda t: pytest.importorskip("pandas").DataFrame(t.to_dict(as_series=False)),
    ],
    ids=["lazy", "arrow", "dict", "pandas"],
)
def test_any_kind_of_table_gives_the_same_fit(make):
    terms = "inertia + alter(x) + same(g) + tie(f)"
    moved = pl.DataFrame({"time": [3.0], "node": ["a"], "replace": [9.0]})
    friends = pl.DataFrame({"time": [0.0, 1.0], "sender": ["a", "b"], "receiver": ["c", "d"]})
    want = dynam(EVENTS, ACTORS, terms, networks={"f": friends}, changes={"x": moved})
    got = dynam(make(EVENTS), make(ACTORS), terms, networks={"f": Ties(make(friends))}, changes={"x": make(moved)})
    np.testing.assert_allclose(got.coef, want.coef)


def test_files_are_read_by_the_public_functions(tmp_path):
    EVENTS.write_csv(tmp_path / "events.csv")
    ACTORS.with_columns(pl.Series("y", ["1", "NA", "3", "4", "5"])).write_csv(tmp_path / "actors.csv")
    DATED.write_parquet(tmp_path / "events.parquet")
    fit = bl.dynam(tmp_path / "events.csv", str(tmp_path / "actors.csv"), "inertia + alter(y)")
    assert fit.n_events == 40
    assert any("y: 1 missing" in note for note in fit.notes)
    tie = bl.rem(tmp_path / "events.parquet", ACTORS, "1 + inertia")
    assert tie.converged
    risk = EVENTS.select("sender", "receiver").unique()
    risk.write_csv(tmp_path / "risk.csv")
    for given in (risk, tmp_path / "risk.csv", "active"):
        assert bl.rem(EVENTS, ACTORS, "inertia", riskset=given).coef == pytest.approx(
            rem(EVENTS, ACTORS, "inertia", riskset="active").coef
        )
    friends = bl.dynam(EVENTS, ACTORS, "tie(f)", networks={"f": bl.Ties(tmp_path / "events.csv", directed=False)})
    assert friends.converged
    for given, said in ((tmp_path / "none.csv", "is not there"), ("calls.xlsx", "a .csv or .parquet file")):
        with pytest.raises(InputError, match=said):
            bl.dynam(given, ACTORS, "inertia")
    (tmp_path / "broken.parquet").write_text("no")
    with pytest.raises(InputError, match="cannot be read"):
        bl.dynam(tmp_path / "broken.parquet", ACTORS, "inertia")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("calls.csv", "`bl.dynam` and `bl.rem` read files"),
        (EVENTS.rows(), "events: table: is a list"),
        (None, "is a NoneType"),
        ({"time": [1, 2], "sender": ["a"]}, "cannot be read"),
    ],
)
def test_what_is_no_table_is_one_line(given, said):
    with pytest.raises(InputError, match=said) as caught:
        dynam(given, ACTORS, "inertia")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bound", [dt.date(2020, 1, 11), dt.datetime(2020, 1, 11), "2020-01-11", "2020-01-11T00:00:00"])
def test_bounds_are_dates_where_events_have_dates(bound):
    fit = dynam(DATED, ACTORS, "inertia", start=bound)
    assert fit.n_events == 30
    assert fit.residuals()["time"].dtype == pl.Date
    assert fit.residuals()["time"][0] == dt.date(2020, 1, 11)
    assert fit.simulate(1)["time"].to_list() == DATED["time"].to_list()[10:]


def test_drawn_times_of_dated_events_are_datetimes():
    fit = rem(DATED, ACTORS, "1 + inertia(window='1 week')")
    runs = fit.simulate(2, seed=1, until=dt.date(2020, 1, 20))
    assert runs["time"].dtype == pl.Datetime("us")
    assert runs["time"].max() < dt.datetime(2020, 1, 20)
    zoned = DATED.with_columns(pl.col("time").cast(pl.Datetime("us")).dt.replace_time_zone("Europe/Tirane"))
    local = rem(zoned, ACTORS, "1 + inertia")
    assert local.simulate(1)["time"].dtype == pl.Datetime("us", "Europe/Tirane")
    assert local.residuals()["time"][-1] == zoned["time"][-1]
    assert fit.influence()["time"].dtype == pl.Date


def test_moments_and_back():
    kind = pl.Date()
    assert restored(np.array([moment("1960-06-05", "x", "start", kind)]), kind)[0] == dt.date(1960, 6, 5)
    assert moment(3, "x", "start", pl.Float64()) == 3.0
    for value, kind in (
        ("soon", pl.Date()),
        (dt.date(2020, 1, 1), pl.Float64()),
        (True, pl.Float64()),
        ([1], pl.Date()),
    ):
        with pytest.raises(InputError):
            moment(value, "x", "start", kind)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: dynam(EVENTS, ACTORS, [3]), "a formula such as"),
        (lambda: dynam(EVENTS, ACTORS, 3), "a formula such as"),
        (lambda: rem(EVENTS, ACTORS, "1 + intercept + inertia"), "stands there twice"),
        (lambda: dynam(EVENTS, ACTORS, "1 + indeg(ignore_rep=True)", "rate"), "a model with receivers"),
        (lambda: dynam(EVENTS, ACTORS, "inertia", networks=[1]), "a dict from names to tables"),
        (lambda: dynam(EVENTS, ACTORS, "inertia", changes=[1]), "a dict from names to tables"),
        (lambda: dynam(EVENTS, ACTORS, "inertia", functions=[1]), "a dict from names to functions"),
        (lambda: dynam(EVENTS, ACTORS, "inertia", opportunities=3), "a list of lists of labels"),
        (lambda: dynam(EVENTS, ACTORS, "inertia", penalty="much"), "numbers"),
        (lambda: dynam(EVENTS, ACTORS, "inertia").gof(5, families=[]), "a list of"),
        (lambda: dynam(EVENTS, ACTORS, "inertia").gof(1), "at least 2"),
        (lambda: dynam(EVENTS, ACTORS, "inertia").simulate(1, seed=-1), "at least 0"),
        (lambda: dynam(EVENTS, ACTORS, "inertia").simulate(0), "at least 1"),
        (lambda: rem(EVENTS, ACTORS, "1 + inertia").simulate(1, until="2020-01-01"), "a number"),
        (lambda: rem(EVENTS, ACTORS, "1 + inertia", fading="slow"), "integrated or held"),
        (lambda: dynam(EVENTS, ACTORS, "tie(f)", networks={"f": DATED}), "times of one kind"),
        (lambda: dynam(EVENTS, ACTORS, "indeg(transform=f)", functions={"f": lambda x: x.sum()}), "a number for each"),
        (lambda: dynam(EVENTS, ACTORS, "indeg(transform=f)", functions={"f": lambda x: 1 / 0}), "fails: ZeroDivision"),
        (lambda: dynam(EVENTS, ACTORS, "indeg(transform=function(x) sqrt(x))"), "given in functions="),
        (lambda: dynam(EVENTS, ACTORS, "inertia - recip"), "terms joined by"),
    ],
)
def test_odd_arguments_are_one_line(call, said):
    with pytest.raises(InputError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_columns_that_no_term_reads_do_not_matter():
    odd = ACTORS.with_columns(
        pl.lit(None).alias("empty"),
        pl.Series("list", [[1]] * 5),
        pl.lit(dt.date(1960, 1, 1)).alias("born"),
        pl.Series("holes", ["x", None, "y", "y", "x"]),
        pl.Series("gaps", [1.0, float("nan"), float("inf"), 2.0, 3.0]),
    )
    np.testing.assert_allclose(
        dynam(EVENTS, odd, "inertia + alter(x)").coef, dynam(EVENTS, ACTORS, "inertia + alter(x)").coef
    )


def test_many_collinear_terms_are_named():
    dummies = {f"d{k}": [1.0 if q == k else 0.0 for q in range(5)] for k in range(5)}
    fit = dynam(
        EVENTS, ACTORS.with_columns(**{k: pl.Series(v) for k, v in dummies.items()}), [f"alter({k})" for k in dummies]
    )
    assert fit.message == "the data do not identify " + " + ".join(f"alter({k})" for k in dummies)
    rng = np.random.default_rng(2)
    n = 30
    names = [f"n{k}" for k in range(n)]
    pairs = [rng.choice(n, 2, replace=False) for _ in range(300)]
    many = pl.DataFrame(
        {"time": range(300), "sender": [names[i] for i, _ in pairs], "receiver": [names[j] for _, j in pairs]}
    )
    people = pl.DataFrame({"label": names, **{f"d{k}": np.eye(n)[k] for k in range(n)}})
    wide = dynam(many, people, [f"alter(d{k})" for k in range(n)])
    assert "alter(d0) + " in wide.message
    assert wide.message.endswith("+ 23 more")


def test_what_is_the_same_for_all_options_is_not_identified_by_their_order():
    day = {"day": pl.DataFrame({"time": [0.0, 20.0], "replace": [0.1, 0.3]})}
    for fit in (
        dynam(EVENTS, ACTORS, "ego(day) + indeg", "rate", changes=day),
        rem(EVENTS, ACTORS, "ego(day) + inertia", changes=day),
    ):
        assert fit.message == "the data do not identify ego(day)"
        assert np.isnan(fit.se[0])
        assert fit.se[1] < 1.0


def test_a_penalised_fit_says_so():
    fit = dynam(EVENTS, ACTORS, "inertia + recip", penalty=[1.0, 1.0])
    assert "note: penalised" in repr(fit)
    assert "penalised" not in repr(dynam(EVENTS, ACTORS, "inertia + recip"))


def test_what_was_not_fitted_warns_when_it_simulates():
    only = pl.DataFrame({"time": range(20), "sender": ["a"] * 20, "receiver": ["b"] * 20})
    fit = dynam(only, ACTORS, "inertia")
    assert not fit.converged
    with pytest.warns(UserWarning, match="a fit that is not one"):
        fit.simulate(1)
    with pytest.warns(UserWarning, match="a fit that is not one"):
        fit.gof(2)
