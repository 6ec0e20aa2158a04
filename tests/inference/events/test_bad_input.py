"""Whatever a person gets wrong is said in one line that names the table, the line and the column."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.inference.events import Ties, dynam, rem

ACTORS = pl.DataFrame({"label": ["a", "b", "c", "d"], "size": [1.0, 2.0, 3.0, 4.0], "camp": ["x", "x", "y", "y"]})
EVENTS = pl.DataFrame({"time": [1, 2, 3], "sender": ["a", "b", "c"], "receiver": ["b", "a", "d"]})


def column(name, values):
    return EVENTS.with_columns(pl.Series(name, values, strict=False))


@pytest.mark.parametrize(
    ("events", "line"),
    [
        (EVENTS.drop("time"), "events: time: no such column"),
        (column("time", [1, 3, 2]), "events:4: time: is earlier than the row before"),
        (column("time", [1.0, float("nan"), 2.0]), "events:3: time: is missing or not finite"),
        (column("time", ["1", "2", "3"]), "events: time: is a String"),
        (column("sender", ["a", "zz", "c"]), "events:3: sender: zz is unknown"),
        (column("receiver", ["b", None, "d"]), "events:3: receiver: None is unknown"),
        (column("receiver", ["b", "a", "c"]), "events:4: receiver: c sends to itself"),
        (column("increment", [1.0, float("inf"), 1.0]), "events:3: increment: is missing or not finite"),
        (EVENTS.head(0), "events: time: no events"),
    ],
)
def test_events(events, line):
    with pytest.raises(InputError) as caught:
        dynam(events, ACTORS, "inertia")
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("terms", "word"),
    [
        ([], "no term given"),
        ("inertiaa", "unknown effect"),
        ("inertia(", "cannot be read"),
        ("inertia(calls, windw=3)", "unknown option windw"),
        ("inertia(calls, window=-3)", "a span above 0"),
        ("inertia(calls, window='3 fortnights')", "cannot read"),
        ("inertia(calls, weighted=3)", "True or False"),
        ("inertia(nets)", "unknown network nets"),
        ("alter(colour)", "unknown attribute colour"),
        ("alter(camp)", "camp is not a number"),
        ("alter(size, window=3)", "has no option window"),
        ("inertia + inertia", "stands there twice"),
        ("ego(size)", "no meaning in a choice model"),
        ("indeg(type=ego)", "type is ego in a choice model"),
        ("ego(size):ego(size)", "the same for all receivers"),
        ("indeg(type=both)", "ego or alter"),
        ("mixedTrans(calls)", "names 1 networks"),
        ("inertia(weighted=True, transform=cube)", "unknown transform cube"),
        ("inertia(transform=sqrt)", "transforms a yes or no"),
        ("inertia(halflife=3)", "has a halflife but no weights"),
        ("inertia(weighted=True, window=3, halflife=3)", "has a window and a halflife"),
        ("1 + inertia", "no meaning in a choice model"),
        ("pshift(ABCD)", "unknown participation shift"),
        ("tertius(calls, size, summary=mode)", "unknown summary mode"),
        ("inertia * 2", "cannot be read"),
    ],
)
def test_terms(terms, word):
    with pytest.raises(InputError, match=word) as caught:
        dynam(EVENTS, ACTORS, terms)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"submodel": "chance"}, "rate, choice or coordination"),
        (
            {"networks": {"n": EVENTS.with_columns(pl.lit("q").alias("receiver"))}, "terms": "tie(n)"},
            "n runs from a, b, ... to q and does not join",
        ),
        ({"networks": {"n": Ties(initial=np.ones((2, 2)))}, "terms": "tie(n)"}, "has shape"),
        ({"networks": {"n": Ties(initial=np.ones((4, 4)))}, "terms": "tie(n)"}, "tie to itself"),
        ({"networks": {"n": Ties(initial=np.triu(np.ones((4, 4)), 1), directed=False)}}, "not symmetric"),
        ({"changes": {"age": pl.DataFrame({"time": [1], "node": ["a"], "replace": [1]})}}, "no such attribute"),
        ({"changes": {"camp": pl.DataFrame({"time": [1], "node": ["a"], "replace": ["z"]})}}, "z is unknown"),
        ({"changes": {"present": pl.DataFrame({"time": [1], "node": ["b"], "replace": [False]})}}, "not present"),
        ({"opportunities": [["b"], ["a"]]}, "one for each event"),
        ({"opportunities": [["b"], ["c"], ["d"]]}, "chosen receiver is not in the set"),
        ({"start": 5.0, "end": 4.0}, "not before end"),
        ({"start": 50.0}, "no event between"),
        ({"sample": 50}, "no sample of so few receivers"),
        ({"actors": ACTORS.with_columns(pl.lit("a").alias("label"))}, "stands there twice"),
        (
            {"actors": ACTORS.with_columns(pl.Series("size", [1.0, float("nan"), 2.0, 3.0])), "terms": "alter(size)"},
            "actors:3: size",
        ),
        (
            {"actors": ACTORS.with_columns(pl.Series("camp", ["x", None, "y", "y"])), "terms": "same(camp)"},
            "actors:3: camp: is empty",
        ),
        ({"grid": 3.0}, "without exact time"),
        ({"penalty": [-1.0]}, "not a precision"),
    ],
)
def test_options(options, word):
    options = {"events": EVENTS, "actors": ACTORS, "terms": "inertia", **options}
    with pytest.raises(InputError, match=word) as caught:
        dynam(**options)
    assert "\n" not in str(caught.value)


def test_two_modes_refuse_what_needs_one():
    claims = pl.DataFrame({"label": ["k", "l"]})
    events = pl.DataFrame({"time": [1, 2], "sender": ["a", "b"], "receiver": ["k", "l"]})
    for term in ("recip", "trans", "cycle", "nodeTrans", "pshift(ABBA)"):
        with pytest.raises(InputError, match="needs one set of actors"):
            dynam(events, ACTORS, term, receivers=claims)
    with pytest.raises(InputError, match="does not join"):
        rem(events, ACTORS, "indeg(calls, type=ego)", receivers=claims)


def test_no_time_at_all():
    with pytest.raises(InputError, match="no time passes"):
        rem(EVENTS.with_columns(pl.lit(1).alias("time")), ACTORS, "1")


def test_dates_and_datetimes_count_seconds():
    dated = EVENTS.with_columns(pl.date(1960, 1, pl.col("time")).alias("time"))
    numbers = EVENTS.with_columns((pl.col("time") * 86400.0).alias("time"))
    fits = [dynam(t, ACTORS, "1 + indeg(window='1 day')", "rate") for t in (dated, numbers)]
    np.testing.assert_allclose(fits[0].coef, fits[1].coef)


def test_r_style_terms_mean_the_same():
    ours = dynam(EVENTS, ACTORS, ["inertia(calls, weighted=True, transform=log1p)", "same(camp)"], penalty=[1.0, 1.0])
    theirs = "calls ~ inertia(calls, weighted = TRUE, transformer_fn = log1p) + same(actors$camp)"
    np.testing.assert_allclose(dynam(EVENTS, ACTORS, theirs, penalty=[1.0, 1.0]).coef, ours.coef)
