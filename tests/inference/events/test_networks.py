"""The network of the events with a start and changes of its own, and networks that run to other nodes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.inference.events import Ties, dynam, rem
from blocs.inference.events.recover import recover
from blocs.inference.events.simulate import draw_run

from .test_likelihoods import invented

NAMES = [f"a{k}" for k in range(8)]


@pytest.fixture(scope="module")
def table():
    events, actors, _ = invented(E=100)
    return events, actors.drop("present")


@pytest.fixture(scope="module")
def start():
    matrix = (np.random.default_rng(7).random((8, 8)) < 0.3).astype(float)
    np.fill_diagonal(matrix, 0.0)
    return matrix


def ends(rows):
    return pl.DataFrame(rows, schema=["time", "sender", "receiver", "increment"], orient="row")


def state(start, events, foreign, time):
    x = start.copy()
    for t, i, j, w in sorted([*((t, i, j, 1.0) for t, i, j in events), *foreign]):
        if t < time:
            x[NAMES.index(i), NAMES.index(j)] += w
    return x


def pairs_of(x):
    return [(NAMES[i], NAMES[j]) for i, j in zip(*np.nonzero(x), strict=True)]


def test_events_add_to_an_initial_state_and_to_foreign_changes(table, start):
    """Statistics of each event are those of start, earlier events and foreign changes, summed anew."""
    events, actors = table
    foreign = [(20.5, *pairs_of(start)[0], -1.0), (40.5, *pairs_of(start)[3], -1.0), (50.5, "a1", "a0", 1.0)]
    for given in (Ties(initial=start), Ties(ends(foreign), initial=start, events="add")):
        fit = dynam(events, actors, "inertia(weighted=True) + recip", networks={"calls": given})
        assert any("the events add to it" in note for note in fit.notes)
        assert any(f"starts with {int(start.sum())} ties" in note for note in fit.notes)
        for e, (t, i, _) in enumerate(events.rows()):
            x = state(start, events.rows(), foreign if given.changes is not None else [], t)
            at = NAMES.index(i)
            keep = np.arange(8) != at
            np.testing.assert_array_equal(fit.likelihood.X[e, keep, 0], x[at, keep])
            np.testing.assert_array_equal(fit.likelihood.X[e, keep, 1], (x[keep, at] > 0).astype(float))


def test_a_table_with_the_events_fits_as_its_parts_do_and_simulates(table, start):
    """The published way, one table of everything, and its parts apart give one fit and one simulation."""
    events, actors = table
    foreign = [(20.5, *pairs_of(start)[0], -1.0), (60.5, *pairs_of(start)[1], -1.0)]
    every = ends(sorted([*((t, i, j, 1.0) for t, i, j in events.rows()), *foreign]))
    whole = {"calls": Ties(every, initial=start)}
    parts = {"calls": Ties(ends(foreign), initial=start, events="add")}
    for make in (
        lambda nets: dynam(events, actors, "inertia + trans", networks=nets),
        lambda nets: rem(events, actors, "1 + inertia + recip", networks=nets),
    ):
        one, other = make(whole), make(parts)
        np.testing.assert_allclose(one.coef, other.coef, atol=1e-9)
        assert one.loglik == pytest.approx(other.loglik)
        assert one.simulate(2, seed=4).equals(other.simulate(2, seed=4))
        assert any("the table stands for the network" in note for note in one.notes)
    assert one.gof(3, seed=1).fit().height == 6


def test_simulation_starts_from_the_initial_state(table, start):
    """With a strong pull to ties of the start, first events repeat them far more often than chance would."""
    events, actors = table
    fit = dynam(events, actors, "inertia", networks={"calls": Ties(initial=start)})
    object.__setattr__(fit.estimate, "coef", np.array([5.0]))
    first = [next(draw_run(fit, None, np.random.default_rng((1, r)))) for r in range(40)]
    assert np.mean([start[e.i, e.j] for e in first]) > 0.9


def test_a_foreign_end_of_a_tie_that_a_run_does_not_have_changes_nothing(table):
    events, actors = table
    sent = events.row(3)
    every = ends(sorted([*((t, i, j, 1.0) for t, i, j in events.rows()), (sent[0] + 1e-3, sent[1], sent[2], -1.0)]))
    fit = dynam(events, actors, "inertia(weighted=True)", networks={"calls": Ties(every)})
    assert fit.problem.history.freed().networks["calls"].floor
    assert fit.simulate(5, seed=2).height == 5 * events.height
    signed = Ties(ends([(5.0, "a0", "a1", -3.0)]), initial=-np.ones((8, 8)) + np.eye(8), events="add")
    hostile = dynam(events, actors, "inertia(weighted=True)", networks={"calls": signed})
    assert not hostile.problem.history.networks["calls"].floor
    assert hostile.likelihood.X.min() < -2


@pytest.mark.parametrize("model", ["choice", "coordination", "rem", "rem order"])
def test_models_with_a_start_recover_themselves(model, table, start):
    events, actors, _ = invented(E=100, undirected=model == "coordination")
    actors = actors.drop("present")
    both = start + start.T if model == "coordination" else start
    gone = [(30.5, *pairs_of(both)[0], -1.0)]
    nets = {"calls": Ties(ends(gone), initial=both, events="add", directed=model != "coordination")}
    if model.startswith("rem"):
        fit = rem(events, actors, "inertia" if "order" in model else "1 + inertia", networks=nets)
    else:
        fit = dynam(events, actors, "inertia + same(camp)", model, networks=nets)
    found = recover(fit, runs=16, seed=3)
    assert found["bias_z"].abs().max() < 4.5
    assert found["coverage"].min() > 0.7


def test_what_is_ambiguous_is_said(table, start):
    events, actors = table
    undirected = {"calls": Ties(initial=start)}
    with pytest.raises(InputError, match="directed=False"):
        dynam(events, actors, "inertia", "coordination", networks=undirected)
    with pytest.raises(InputError, match="add or apart"):
        dynam(events, actors, "inertia", networks={"calls": Ties(initial=start, events="both")})
    with pytest.raises(InputError, match="holds none of the events"):
        dynam(events, actors, "inertia", networks={"calls": ends([(1.0, "a0", "a1", 1.0)])})
    with pytest.raises(InputError, match="a table of changes, a matrix, or Ties"):
        dynam(events, actors, "inertia", networks={"x": "friends"})


def test_common_clubs_and_paths_over_two_modes(table):
    """Statistics over a club network are sums over clubs; clubs need no list of their own."""
    events, actors = table
    rng = np.random.default_rng(2)
    joined = [
        (float(t), NAMES[rng.integers(8)], f"k{rng.integers(3)}", float(rng.integers(0, 3) > 0))
        for t in range(0, 90, 4)
    ]
    schema = ["time", "sender", "receiver", "replace"]
    clubs = pl.DataFrame(joined, schema=schema, orient="row")
    hosts = [(float(t), f"k{rng.integers(3)}", NAMES[rng.integers(8)], 1.0) for t in range(2, 90, 9)]
    invite = Ties(pl.DataFrame(hosts, schema=schema, orient="row"), rows=["k0", "k1", "k2"], columns="actors")
    terms = ["commonReceiver(club)", "mixedTrans(club, host)", "commonSender(host)", "mixedCommonReceiver(club, club)"]
    fit = dynam(events, actors, terms, networks={"club": clubs, "host": invite}, penalty=[1.0] * 4)

    def at(rows, time, flip=False):
        x = np.zeros((3, 8) if flip else (8, 3))
        for t, a, b, w in rows:
            if t < time:
                x[(int(a[1]), NAMES.index(b)) if flip else (NAMES.index(a), int(b[1]))] = w
        return x

    for e, (t, i, _) in enumerate(events.rows()):
        c, h, k = at(joined, t), at(hosts, t, flip=True), NAMES.index(i)
        want = np.stack([c @ c.T, c @ h, h.T @ h, 2 * c @ c.T], axis=2)[k]
        keep = np.arange(8) != k
        np.testing.assert_array_equal(fit.likelihood.X[e][keep], want[keep])
    rate = dynam(events, actors, "1 + outdeg(club)", "rate", networks={"club": clubs})
    assert rate.converged
    with pytest.raises(InputError, match="does not join"):
        dynam(events, actors, "trans(club)", networks={"club": clubs})
    mixed = pl.concat([clubs, clubs.head(1).with_columns(pl.lit("a1").alias("receiver"), time=pl.lit(99.0))])
    with pytest.raises(InputError, match="is unknown"):
        dynam(events, actors, "commonReceiver(club)", networks={"club": mixed})
