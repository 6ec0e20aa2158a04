"""Who could act: risk sets of pairs, opportunity sets of events, entry and exit in exact time."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.inference.events import Ties, dynam, rem
from blocs.inference.events.recover import recover

from . import oracle

N = 6
LABELS = [f"a{k}" for k in range(N)]
Z = np.array([0.0, 1.0, 2.0, 0.5, -1.0, 1.5])
ACTORS = pl.DataFrame({"label": LABELS, "z": Z})
CUT = 15.0


@pytest.fixture(scope="module")
def record():
    """Events within half of the pairs; some pairs only from time 15 on."""
    rng = np.random.default_rng(4)
    early = (rng.random((N, N)) < 0.5) & ~np.eye(N, dtype=bool)
    late = early | ((rng.random((N, N)) < 0.3) & ~np.eye(N, dtype=bool))
    x, time, rows = np.zeros((N, N)), 0.0, []
    for _ in range(70):
        time += rng.exponential(0.5)
        w = np.exp(0.8 * (x > 0)) * (late if time >= CUT else early)
        i, j = divmod(int(rng.choice(N * N, p=w.ravel() / w.sum())), N)
        x[i, j] += 1
        rows.append((time, i, j))
    return rows, early, late


def frame(rows):
    return pl.DataFrame(
        [(t, LABELS[i], LABELS[j]) for t, i, j in rows], schema=["time", "sender", "receiver"], orient="row"
    )


def pairs(mask, time=None):
    i, j = np.nonzero(mask)
    table = pl.DataFrame({"sender": [LABELS[k] for k in i], "receiver": [LABELS[k] for k in j]})
    return table if time is None else table.with_columns(pl.lit(time).alias("time"), pl.lit(1).alias("replace"))


def changing(early, late):
    return Ties(pairs(late & ~early, CUT), initial=early.astype(float))


def test_the_order_of_events_among_pairs_at_risk(record):
    rows, early, late = record
    fit = rem(frame(rows), ACTORS, "inertia + alter(z)", riskset=changing(early, late))
    x, want = np.zeros((N, N)), 0.0
    for t, i, j in rows:
        u = fit.coef[0] * (x > 0) + fit.coef[1] * Z[None, :]
        want += u[i, j] - np.log(np.exp(u[late if t >= CUT else early]).sum())
        x[i, j] += 1
    assert fit.loglik == pytest.approx(want, abs=1e-9)


def test_exact_time_among_pairs_at_risk(record):
    rows, early, late = record
    fit = rem(frame(rows), ACTORS, "1 + inertia", riskset=changing(early, late))
    x, want, now = np.zeros((N, N)), 0.0, rows[0][0]
    for t, i, j in rows:
        rate = np.exp(fit.coef[0] + fit.coef[1] * (x > 0))
        before = max(0.0, min(t, CUT) - now)
        want += np.log(rate[i, j]) - before * rate[early].sum() - (t - now - before) * rate[late].sum()
        now = t
        x[i, j] += 1
    assert fit.loglik == pytest.approx(want, abs=1e-9)
    assert fit.nobs == len(rows) + 1  # the risk set changes within an interval


def test_active_pairs_and_simulation_within_the_risk_set(record):
    rows, early, late = record
    active = rem(frame(rows), ACTORS, "1 + inertia", riskset="active")
    seen = np.zeros((N, N), dtype=bool)
    seen[[i for _, i, _ in rows], [j for _, _, j in rows]] = True
    table = rem(frame(rows), ACTORS, "1 + inertia", riskset=pairs(seen))
    np.testing.assert_allclose(active.coef, table.coef)
    assert active.coef[0] > rem(frame(rows), ACTORS, "1 + inertia").coef[0]
    fit = rem(frame(rows), ACTORS, "1 + inertia", riskset=changing(early, late))
    runs = fit.simulate(20, seed=1)
    allowed = [(late if t >= CUT else early)[LABELS.index(i), LABELS.index(j)] for _, t, i, j, _ in runs.rows()]
    assert all(allowed)
    found = recover(fit, runs=20, seed=1)
    assert found["bias_z"].abs().max() < 4.5


def test_a_choice_and_a_coordination_within_the_risk_set(record):
    rows, early, late = record
    fit = dynam(frame(rows), ACTORS, "alter(z)", riskset=changing(early, late))
    want = 0.0
    for t, i, j in rows:
        u = fit.coef[0] * Z
        want += u[j] - np.log(np.exp(u[(late if t >= CUT else early)[i]]).sum())
    assert fit.loglik == pytest.approx(want, abs=1e-9)
    both = late | late.T
    pact = dynam(frame(rows), ACTORS, "alter(z) + diff(z)", "coordination", riskset=pairs(late))
    x = np.stack([np.tile(Z, (N, 1)), np.abs(Z[:, None] - Z)], axis=2)
    want = sum(pair_loglik(x, i, j, pact.coef, both) for _, i, j in rows)
    assert pact.loglik == pytest.approx(want, abs=1e-8)
    assert pact.simulate(2, seed=1).height == 2 * len(rows)


def pair_loglik(x, i, j, beta, at_risk):
    p = np.zeros((N, N))
    for a in range(N):
        w = np.where(at_risk[a], np.exp(x[a] @ beta), 0.0)
        p[a] = w / w.sum()
    return np.log(p[i, j] * p[j, i] / sum(p[a, b] * p[b, a] for a in range(N) for b in range(a)))


def test_opportunities_of_senders(record):
    rows, *_ = record
    rng = np.random.default_rng(0)
    sets = [sorted({i, *rng.choice(N, 3, replace=False).tolist()}) for _, i, _ in rows]
    named = [[LABELS[k] for k in s] for s in sets]
    order = dynam(frame(rows), ACTORS, "ego(z)", "rate", opportunities=named)
    u = order.coef[0] * Z
    want = sum(u[i] - np.log(np.exp(u[s]).sum()) for (_, i, _), s in zip(rows, sets, strict=True))
    assert order.loglik == pytest.approx(want, abs=1e-9)
    exact = dynam(frame(rows), ACTORS, "1 + ego(z)", "rate", opportunities=named)
    rate = np.exp(exact.coef[0] + exact.coef[1] * Z)
    want, now = 0.0, rows[0][0]
    for (t, i, _), s in zip(rows, sets, strict=True):
        want += np.log(rate[i]) - (t - now) * rate[s].sum()
        now = t
    assert exact.loglik == pytest.approx(want, abs=1e-9)
    times = np.array([t for t, _, _ in rows])
    for _, t, i, _, _ in exact.simulate(3, seed=1).rows():
        assert LABELS.index(i) in sets[int(np.searchsorted(times, t, side="left"))]
    assert recover(exact, runs=12, seed=2)["bias_z"].abs().max() < 4.5


def test_opportunities_of_pairs(record):
    rows, *_ = record
    rng = np.random.default_rng(1)
    sets = [sorted({i, j, *rng.choice(N, 2, replace=False).tolist()}) for _, i, j in rows]
    fit = dynam(frame(rows), ACTORS, "alter(z)", "coordination", opportunities=[[LABELS[k] for k in s] for s in sets])
    want = 0.0
    for (_, i, j), s in zip(rows, sets, strict=True):
        x = np.tile(Z[s], (len(s), 1))[:, :, None]
        want += oracle.pair_loglik(x, s.index(i), s.index(j), fit.coef)
    assert fit.loglik == pytest.approx(want, abs=1e-8)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda e, a: rem(e, a, "inertia", riskset="some"), "full, active, a table of pairs, or Ties"),
        (lambda e, a: rem(e, a, "inertia", riskset=pairs(np.eye(N, k=1) > 0)), "not in the risk set"),
        (lambda e, a: dynam(e, a, "1", "rate", riskset="active"), "opportunities, or actors"),
        (lambda e, a: dynam(e, a, "1", "rate", opportunities=[["a0"]]), "one for each event"),
        (lambda e, a: rem(e, a, "inertia", riskset=3), "riskset: is a int"),
    ],
)
def test_what_makes_no_sense_is_one_line(call, said, record):
    with pytest.raises(InputError, match=said) as caught:
        call(frame(record[0]), ACTORS)
    assert "\n" not in str(caught.value)


def test_who_is_absent_is_not_at_risk_and_goldfish_counts_otherwise(record):
    """By default exposure ends with an exit; without cuts a whole interval counts those present at its end."""
    rows, *_ = record
    away = (rows[20][0] + rows[21][0]) / 2.0
    back = next(t for t, i, j in rows[21:] if 5 in (i, j)) - 1e-6
    moves = pl.DataFrame({"time": [away, back], "node": ["a5", "a5"], "replace": [False, True]})
    kept = [r for r in rows if not (away < r[0] < back and 5 in r[1:])]
    assert kept == rows
    cut, whole = (
        dynam(frame(rows), ACTORS, "1", "rate", changes={"present": moves}, split_presence=s) for s in (True, False)
    )
    span = rows[-1][0] - rows[0][0]
    assert cut.coef[0] == pytest.approx(np.log(len(rows) / (N * span - (back - away))), abs=1e-9)
    exposure, now = 0.0, rows[0][0]
    for t, _, _ in rows:
        exposure += (t - now) * (N - (away <= t < back))
        now = t
    assert whole.coef[0] == pytest.approx(np.log(len(rows) / exposure), abs=1e-9)
    assert cut.nobs == whole.nobs + 2
    assert any("goldfish" in note for note in cut.notes)
    assert any("goldfish" in note for note in whole.notes)


def test_receivers_that_come_and_go_do_not_cut_the_waiting_of_senders():
    people, claims = pl.DataFrame({"label": ["p", "q"]}), pl.DataFrame({"label": ["k", "l"]})
    events = pl.DataFrame({"time": [1.0, 2.0, 4.0], "sender": ["p", "q", "p"], "receiver": ["k", "k", "l"]})
    entry = {"present": pl.DataFrame({"time": [1.5, 2.5], "node": ["l", "l"], "replace": [False, True]})}
    rate = dynam(events, people, "1", "rate", receivers=claims, receiver_changes=entry)
    tie = rem(events, people, "1", receivers=claims, receiver_changes=entry)
    assert (rate.nobs, tie.nobs) == (3, 5)
