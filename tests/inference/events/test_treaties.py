"""A record like the published treaties: ties that end, states that enter, attributes with gaps, repeated pacts blanked.

The likelihood is written out anew here from the definitions, state by state and event by event.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.inference.events import Ties, dynam
from blocs.inference.events.recover import recover

from . import oracle

N = 7
NAMES = [f"s{k}" for k in range(N)]
TERMS = [
    "inertia(pacts)",
    "indeg(pacts, ignoreRep = TRUE)",
    "trans(pacts, ignore_rep=True)",
    "tie(border)",
    "alter(states$regime)",
    "diff(regime)",
]


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(12)
    start = np.zeros((N, N))
    start[0, 1] = start[1, 0] = 2.0
    start[2, 3] = start[3, 2] = 1.0
    changes = []
    for t in range(1, 41):
        i, j = rng.choice(N - 1 if t < 15 else N, 2, replace=False)
        changes.append((float(t), int(i), int(j), -1.0 if t % 9 == 0 and start[i, j] else 1.0))
    regime = np.array([1.0, np.nan, 4.0, -2.0, 0.0, np.nan, 3.0])
    moves = [(3.0, 2, -1.0), (8.0, 0, np.nan), (8.0, 4, 2.0), (20.0, 1, 5.0)]
    border = [(0.0, 0, 2, 1.0), (10.0, 1, 4, 1.0), (12.0, 0, 2, 0.0)]
    return start, changes, regime, moves, border


def tables(world):
    start, changes, regime, moves, border = world
    pacts = pl.DataFrame(
        [(t, NAMES[i], NAMES[j], a) for t, i, j, a in changes],
        schema=["time", "sender", "receiver", "increment"],
        orient="row",
    )
    edges = pl.DataFrame(
        [(t, NAMES[i], NAMES[j], a) for t, i, j, a in border],
        schema=["time", "sender", "receiver", "replace"],
        orient="row",
    )
    states = pl.DataFrame(
        {
            "label": NAMES,
            "present": [True] * 6 + [False],
            "regime": [None if np.isnan(z) else z for z in regime],
        }
    )
    moved = pl.DataFrame(
        [(t, NAMES[k], None if np.isnan(v) else v) for t, k, v in moves],
        schema={"time": pl.Float64, "node": pl.String, "replace": pl.Float64},
        orient="row",
    )
    entry = pl.DataFrame({"time": [15.0], "node": [NAMES[6]], "replace": [True]})
    networks = {"pacts": Ties(pacts, initial=start, directed=False), "border": Ties(edges, directed=False)}
    return pacts.filter(pl.col("increment") > 0), states, networks, {"regime": moved, "present": entry}


def statistics(world, time):
    start, changes, regime, moves, border = world
    x = oracle.network(changes, N, time, initial=start, directed=False)
    y = np.zeros((N, N))
    for t, i, j, value in border:
        if t < time:
            y[i, j] = y[j, i] = value
    z = np.where(np.isnan(regime), np.nanmean(regime), regime)
    for t, k, v in moves:
        if t < time:
            z[k] = np.delete(z, k).mean() if np.isnan(v) else v
    new = x <= 0
    layers = [
        oracle.statistic("tie", x),
        oracle.statistic("indeg", x) * new,
        oracle.statistic("trans", x) * new,
        oracle.statistic("tie", y),
        np.tile(z, (N, 1)),
        np.abs(z[:, None] - z[None, :]),
    ]
    return np.stack(layers, axis=2)


@pytest.mark.parametrize("submodel", ["coordination", "choice"])
def test_likelihood_written_out(world, submodel):
    events, states, networks, changes = tables(world)
    fit = dynam(events, states, TERMS, submodel, networks=networks, changes=changes, name="pacts", penalty=[1.0] * 6)
    beta = np.array([0.5, 0.3, -0.2, 0.7, 0.1, -0.3])
    want = 0.0
    for t, i, j, amount in world[1]:
        if amount < 0:
            continue
        here = np.arange(N if t >= 15.0 else N - 1)
        X = statistics(world, t)[np.ix_(here, here)]
        if submodel == "coordination":
            want += oracle.pair_loglik(X, i, j, beta)
        else:
            open_ = np.arange(len(here)) != i
            want += X[i, j] @ beta - np.log(np.exp(X[i, open_] @ beta).sum())
    assert fit.likelihood.sums(beta)[0] == pytest.approx(want, abs=1e-9)
    assert fit.n_events == sum(a > 0 for *_, a in world[1])
    assert any("regime: 2 missing values became the mean" in note for note in fit.notes)


def test_receivers_of_the_second_mode_enter_too():
    people = pl.DataFrame({"label": ["p", "q"]})
    claims = pl.DataFrame({"label": ["k", "l", "m"], "present": [True, True, False], "weight": [0.0, 1.0, 2.0]})
    events = pl.DataFrame({"time": [1, 2, 3, 4], "sender": list("pqpq"), "receiver": list("lkml")})
    entry = {"present": pl.DataFrame({"time": [3], "node": ["m"], "replace": [True]})}
    fit = dynam(events, people, "alter(weight)", receivers=claims, receiver_changes=entry)
    assert fit.likelihood.mask.sum(axis=1).tolist() == [2, 2, 3, 3]


def test_functions_of_a_person_in_terms():
    people = pl.DataFrame({"label": list("abcd"), "z": [1.0, 2.0, 1.0, 5.0]})
    events = pl.DataFrame({"time": [1, 2, 3, 4], "sender": list("abda"), "receiver": list("cccd")})
    own = {"spread": lambda x: x.max() - x.min(), "cube": lambda x: x**3}
    fit = dynam(
        events, people, ["tertius(calls, z, summary=spread)", "indeg(transform=cube)"], functions=own, penalty=[1, 1]
    )
    X = fit.likelihood.X
    assert X[2, 2, 0] == 1.0
    assert X[3, 2, 0] == 4.0
    assert X[3, 2, 1] == 27.0


def test_the_published_kind_of_model_simulates_and_is_checked(world):
    """Initial ties, ties that end, entry, repeated pacts blanked: the fit gives histories, goodness of fit, recovery."""
    events, states, networks, changes = tables(world)
    fit = dynam(
        events,
        states,
        ["inertia(pacts)", "tie(border)"],
        "coordination",
        networks=networks,
        changes=changes,
        name="pacts",
    )
    runs = fit.simulate(5, seed=1)
    assert runs.height == 5 * events.height
    assert not set(runs.filter(pl.col("time") < 15.0)["sender"]) & {NAMES[6]}
    assert set(fit.gof(5, seed=1).levels) == {"degree", "repetition", "order", "triads"}
    assert recover(fit, runs=4, seed=1)["converged"].min() >= 2
