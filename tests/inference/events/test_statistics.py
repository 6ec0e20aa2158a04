"""Statistics kept up to date change by change equal those summed anew, on random histories."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.inference.events.design import choice_sets
from blocs.inference.events.history import Ties, read_history
from blocs.inference.events.replay import Replay
from blocs.inference.events.terms import parse_terms

from . import oracle

N = 5
LABELS = [f"a{k}" for k in range(N)]
CLOSURE = ["trans", "cycle", "commonSender", "commonReceiver", "four", "nodeTrans", "indeg", "outdeg"]
MIXED = ["mixedTrans", "mixedCycle", "mixedCommonSender", "mixedCommonReceiver"]


@st.composite
def rows(draw, size, amounts):
    """Changes in order of time (times collide), between different actors."""
    steps = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    pairs = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda p: p[0] != p[1])
    return [(float(t), *draw(pairs), draw(amounts)) for t in np.cumsum(steps)]


def frame(changes, column="increment"):
    time, i, j, value = zip(*changes, strict=True) if changes else ((), (), (), ())
    data = {"time": time, "sender": [LABELS[k] for k in i], "receiver": [LABELS[k] for k in j], column: value}
    schema = {"time": pl.Float64, "sender": pl.String, "receiver": pl.String, column: pl.Float64}
    return pl.DataFrame(data, schema=schema)


def sets_of(terms, events, **tables):
    actors = tables.pop("actors", pl.DataFrame({"label": LABELS}))
    history = read_history(frame(events), actors, **tables)
    return choice_sets(Replay(history, parse_terms(terms), {}, "choice"), -np.inf, np.inf)


def compare(got, events, want_of):
    for e, (time, i, _, _) in enumerate(events):
        want = want_of(time)[i]
        keep = np.arange(N) != i
        np.testing.assert_allclose(got[e][keep], want[keep], atol=1e-9)
    return len(got) == len(events)


@settings(max_examples=25, deadline=None)
@given(rows(14, st.just(1.0)), rows(8, st.sampled_from([1.0, 1.0, 2.0, -1.0])))
def test_dyadic_and_closure_statistics(events, other):
    names = ["tie", "recip", *CLOSURE]
    sets = sets_of([f"{n}(y)" for n in names], events, networks={"y": frame(other)})
    for p, name in enumerate(names):
        assert compare(sets.X[:, :, p], events, lambda t, n=name: oracle.statistic(n, oracle.network(other, N, t)))


@settings(max_examples=20, deadline=None)
@given(rows(12, st.just(1.0)), rows(8, st.just(1.0)))
def test_mixed_statistics_with_the_events_themselves(events, other):
    sets = sets_of([f"{n}(calls, y)" for n in MIXED], events, networks={"y": frame(other)})
    for p, name in enumerate(MIXED):

        def want(t, n=name):
            return oracle.statistic(n, oracle.network(events, N, t), oracle.network(other, N, t))

        assert compare(sets.X[:, :, p], events, want)


@settings(max_examples=20, deadline=None)
@given(rows(14, st.sampled_from([1.0, 2.5])), st.sampled_from([1.0, 2.0, 5.0]))
def test_windows_and_weights(events, span):
    terms = [f"inertia(window={span}, weighted=True)", f"trans(calls, window={span})", "indeg(weighted=True)"]
    sets = sets_of(terms, events)
    assert compare(sets.X[:, :, 0], events, lambda t: oracle.network(events, N, t, span))
    assert compare(sets.X[:, :, 1], events, lambda t: oracle.statistic("trans", oracle.network(events, N, t, span)))
    assert compare(sets.X[:, :, 2], events, lambda t: np.tile(oracle.network(events, N, t).sum(axis=0), (N, 1)))


@settings(max_examples=20, deadline=None)
@given(rows(14, st.sampled_from([1.0, 2.0])), st.sampled_from([0.01, 0.7, 4.0]))
def test_decay(events, halflife):
    terms = [
        f"inertia(halflife={halflife}, weighted=True)",
        f"recip(halflife={halflife}, weighted=True)",
        f"indeg(halflife={halflife}, weighted=True, transform=log1p)",
    ]
    sets = sets_of(terms, events)
    assert compare(sets.X[:, :, 0], events, lambda t: oracle.decayed(events, N, t, halflife))
    assert compare(sets.X[:, :, 1], events, lambda t: oracle.decayed(events, N, t, halflife).T)
    assert compare(
        sets.X[:, :, 2], events, lambda t: np.tile(np.log1p(oracle.decayed(events, N, t, halflife).sum(axis=0)), (N, 1))
    )


@settings(max_examples=15, deadline=None)
@given(rows(12, st.just(1.0)), rows(6, st.sampled_from([0.0, 1.0, 3.0])), st.integers(0, 2**20))
def test_transforms_initial_states_and_undirected_networks(events, other, seed):
    start = np.triu(np.random.default_rng(seed).integers(0, 2, (N, N)), 1).astype(float)
    start += start.T
    ties = Ties(frame(other, "replace"), initial=start, directed=False)
    terms = ["trans(y, transform=sqrt)", "four(y)", "tie(y, weighted=True, transform=log1p)", "nodeTrans(y)"]
    sets = sets_of(terms, events, networks={"y": ties})

    def state(t):
        x = start.copy()
        for time, i, j, value in other:
            if time < t:
                x[i, j] = x[j, i] = value
        return x

    assert compare(sets.X[:, :, 0], events, lambda t: np.sqrt(oracle.statistic("trans", state(t))))
    assert compare(sets.X[:, :, 1], events, lambda t: oracle.statistic("four", state(t)))
    assert compare(sets.X[:, :, 2], events, lambda t: np.log1p(state(t)))
    assert compare(sets.X[:, :, 3], events, lambda t: oracle.statistic("nodeTrans", state(t)))


@settings(max_examples=15, deadline=None)
@given(rows(12, st.just(1.0)))
def test_ignore_rep_blanks_repeated_pairs(events):
    sets = sets_of(["indeg(calls, ignore_rep=True)", "trans(calls, ignore_rep=True)"], events)
    for p, name in enumerate(("indeg", "trans")):

        def want(t, n=name):
            x = oracle.network(events, N, t)
            return np.where(x > 0, 0.0, oracle.statistic(n, x))

        assert compare(sets.X[:, :, p], events, want)


@settings(max_examples=20, deadline=None)
@given(
    rows(12, st.just(1.0)), st.lists(st.tuples(st.integers(0, 6), st.integers(0, N - 1), st.integers(0, 3)), max_size=6)
)
def test_attributes_that_change(events, moves):
    moves = sorted(moves, key=lambda m: m[0])
    actors = pl.DataFrame({"label": LABELS, "z": [1.0, 2.0, 2.0, 0.0, 5.0]})
    schema = {"time": pl.Float64, "node": pl.String, "replace": pl.Float64}
    change = pl.DataFrame([(float(t), LABELS[k], float(v)) for t, k, v in moves], schema=schema, orient="row")
    terms = ["alter(z)", "same(z)", "diff(z)", "sim(z)", "egoAlterInt(z)", "diff(z, transform=square)"]
    sets = sets_of(terms, events, actors=actors, changes={"z": change})

    def z(t):
        value = actors["z"].to_numpy().copy()
        for time, k, v in moves:
            if time < t:
                value[k] = v
        return value

    gap = [
        lambda a, b: b + 0 * a,
        lambda a, b: (a == b) * 1.0,
        lambda a, b: abs(a - b),
        lambda a, b: -abs(a - b),
        lambda a, b: a * b,
        lambda a, b: (a - b) ** 2,
    ]
    for p, rule in enumerate(gap):
        assert compare(sets.X[:, :, p], events, lambda t, r=rule: r(z(t)[:, None], z(t)[None, :]))


@settings(max_examples=20, deadline=None)
@given(rows(12, st.just(1.0)), rows(8, st.sampled_from([0.0, 1.0])), st.integers(0, 2**20))
def test_tertius_over_a_network_that_starts_with_ties(events, other, seed):
    start = np.random.default_rng(seed).integers(0, 2, (N, N)).astype(float)
    np.fill_diagonal(start, 0)
    start[0, 1] = 1.0
    z = np.array([1.0, 2.0, 2.5, 0.5, 5.0])
    actors = pl.DataFrame({"label": LABELS, "z": z})
    ties = Ties(frame(other, "replace"), initial=start)
    sets = sets_of(["tertius(y, z)", "tertiusDiff(y, z)"], events, actors=actors, networks={"y": ties})

    def pooled(t):
        x = start.copy()
        for time, i, j, value in other:
            if time < t:
                x[i, j] = value
        return np.array([z[x[:, j] > 0].mean() if (x[:, j] > 0).any() else np.nan for j in range(N)])

    def mean_of(t):
        p = pooled(t)
        return np.tile(np.where(np.isnan(p), np.nanmean(p) if not np.isnan(p).all() else 0.0, p), (N, 1))

    def gap_of(t):
        gap = abs(z[:, None] - pooled(t)[None, :])
        off = gap[~np.eye(N, dtype=bool)]
        return np.where(np.isnan(gap), np.nanmean(off) if not np.isnan(off).all() else 0.0, gap)

    assert compare(sets.X[:, :, 0], events, mean_of)
    assert compare(sets.X[:, :, 1], events, gap_of)


def test_tertius_over_a_network_that_starts_empty_counts_nobody_as_zero():
    actors = pl.DataFrame({"label": LABELS, "z": [1.0, 2.0, 3.0, 4.0, 5.0]})
    events = [(0.0, 0, 1, 1.0), (1.0, 2, 1, 1.0), (2.0, 0, 3, 1.0)]
    X = sets_of(["tertius(calls, z)"], events, actors=actors).X[:, :, 0]
    assert X.tolist() == [[0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 2, 0, 0, 0]]


@pytest.mark.parametrize(
    ("shift", "pairs"),
    [
        ("ABBA", {(1, 0)}),
        ("ABBY", {(1, 2), (1, 3), (1, 4)}),
        ("ABAY", {(0, 2), (0, 3), (0, 4)}),
        ("ABXA", {(2, 0), (3, 0), (4, 0)}),
        ("ABXB", {(2, 1), (3, 1), (4, 1)}),
        ("ABXY", {(i, j) for i in (2, 3, 4) for j in (2, 3, 4) if i != j}),
    ],
)
def test_participation_shifts(shift, pairs):
    for i in range(N):
        j = (i + 1) % N
        X = sets_of([f"pshift({shift})"], [(0.0, 0, 1, 1.0), (1.0, i, j, 1.0)]).X[1, :, 0]
        assert {(i, int(k)) for k in np.flatnonzero(X) if k != i} == {p for p in pairs if p[0] == i}


def test_recency_ranks_by_last_act():
    events = [(0.0, 0, 1, 1.0), (1.0, 0, 2, 1.0), (2.0, 0, 3, 1.0), (3.0, 0, 1, 1.0), (4.0, 0, 4, 1.0)]
    X = sets_of(['recency(type="ego")'], events).X[4, :, 0]
    np.testing.assert_allclose(X, [0, 1, 1 / 3, 1 / 2, 0])
