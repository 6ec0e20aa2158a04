"""Statistics that fade in exact time: integrals against slow numerical ones, simulation against its own likelihood."""

from __future__ import annotations

import pickle

import numpy as np
import polars as pl
import pytest
from scipy.integrate import quad_vec
from scipy.optimize import minimize

from blocs.inference.events import dynam, rem
from blocs.inference.events.quadrature import points
from blocs.inference.events.recover import recover, with_events
from blocs.inference.events.simulate import Event, draw_run

N = 5
NAMES = [f"a{k}" for k in range(N)]
AWAY = ~np.eye(N, dtype=bool)


@pytest.fixture(scope="module")
def record():
    """Events of two weights at uneven times: bursts, and gaps of many half-lives."""
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.exponential(1.0, 40) * rng.choice([0.05, 1.0, 12.0], 40))
    pairs = [rng.choice(N, 2, replace=False).tolist() for _ in times]
    weights = rng.choice([1.0, 2.0], 40)
    rows = [(t, NAMES[i], NAMES[j], w) for t, (i, j), w in zip(times.tolist(), pairs, weights, strict=True)]
    return pl.DataFrame(rows, schema=["time", "sender", "receiver", "increment"], orient="row")


ACTORS = pl.DataFrame({"label": NAMES, "size": [0.0, 1.0, 2.0, 1.0, 0.0]})


def acts(events):
    places = {x: k for k, x in enumerate(NAMES)}
    return [
        (t, places[i], places[j], w) for t, i, j, w in events.select("time", "sender", "receiver", "increment").rows()
    ]


def faded(history, now, halflife):
    x = np.zeros((N, N))
    for t, i, j, w in history:
        x[i, j] += w * 0.5 ** ((now - t) / halflife)
    return x


def since(history, now, unit=1.0):
    x = np.zeros((N, N))
    for t, i, j, _ in history:
        x[i, j] = 1.0 / (1.0 + (now - t) / unit)
    return x


SIZE = ACTORS["size"].to_numpy()
CASES = {
    "two half-lives": (
        "1 + inertia(weighted=True, halflife=0.7) + recip(weighted=True, halflife=5, transform=log1p)",
        lambda h, t: [faded(h, t, 0.7), np.log1p(faded(h, t, 5.0).T)],
    ),
    "degree and recency": (
        "1 + indeg(weighted=True, halflife=2, type=alter, transform=sqrt) + recencyContinue(unit=0.5)",
        lambda h, t: [np.tile(np.sqrt(faded(h, t, 2.0).sum(axis=0)), (N, 1)), since(h, t, 0.5)],
    ),
    "product": (
        "1 + ego(size) + inertia(weighted=True, halflife=2):alter(size)",
        lambda h, t: [np.tile(SIZE[:, None], (1, N)), faded(h, t, 2.0) * SIZE[None, :]],
    ),
    "two-paths": (
        "1 + otp(halflife=4)",
        lambda h, t: [minima(faded(h, t, 4.0))],
    ),
}


def minima(x):
    return np.array(
        [[sum(min(x[i, k], x[k, j]) for k in range(N) if k not in (i, j)) for j in range(N)] for i in range(N)]
    )


def integrated(history, statistics, beta):
    """Log-likelihood and score by the definition: adaptive integration between events, statistics from all events."""

    def at(past, t):
        return np.stack([np.ones((N, N)), *statistics(past, t)], axis=2)[AWAY]

    def rate(past, t):
        x = at(past, t)
        w = np.exp(x @ beta)
        return np.concatenate(([w.sum()], w @ x))

    loglik, score = 0.0, np.zeros(beta.size)
    begin = history[0][0]
    for k, (t, i, j, _) in enumerate(history):
        past = history[:k]
        if t > begin:
            area = quad_vec(lambda u, past=past: rate(past, u), begin, t, epsrel=1e-10, epsabs=1e-12)[0]
            loglik -= area[0]
            score -= area[1:]
        x = np.stack([np.ones((N, N)), *statistics(past, t)], axis=2)[i, j]
        loglik += x @ beta
        score += x
        begin = t
    return loglik, score


@pytest.mark.parametrize("case", CASES)
def test_estimates_are_those_of_numerical_integration(case, record):
    terms, statistics = CASES[case]
    fit = rem(record, ACTORS, terms)
    history = acts(record)
    assert fit.converged
    assert not fit.notes
    want, score = integrated(history, statistics, fit.coef)
    assert fit.loglik == pytest.approx(want, abs=1e-6)
    # one Newton step from the estimate with the exact score: how far the estimate is from the exact one
    assert np.abs(fit.vcov @ score).max() < 1e-5
    by = fit.likelihood.by_decision(fit.coef)
    assert by[0].sum() == pytest.approx(want, abs=1e-6)
    np.testing.assert_allclose(by[1].sum(axis=0), 0.0, atol=1e-4)


def test_estimates_by_an_independent_search(record):
    terms, statistics = CASES["degree and recency"]
    history = acts(record)
    fit = rem(record, ACTORS, terms)

    def value(beta):
        loglik, score = integrated(history, statistics, beta)
        return -loglik, -score

    found = minimize(value, fit.coef + 0.1, jac=True, method="BFGS", options={"gtol": 1e-7})
    np.testing.assert_allclose(fit.coef, found.x, atol=1e-4)


def test_a_rate_of_senders_fades_too(record):
    fit = dynam(record, ACTORS, "1 + outdeg(weighted=True, halflife=1)", "rate")
    history = acts(record)

    def rate(past, t):
        return np.exp(fit.coef[0] + fit.coef[1] * faded(past, t, 1.0).sum(axis=1))

    want = 0.0
    for k in range(1, len(history)):
        want -= quad_vec(lambda u, k=k: rate(history[:k], u).sum(), history[k - 1][0], history[k][0], epsrel=1e-10)[0]
    want += sum(np.log(rate(history[:k], t)[i]) for k, (t, i, _, _) in enumerate(history))
    assert fit.loglik == pytest.approx(want, abs=1e-6)


def test_pairs_products_and_blanks_fade_too(record):
    """A tie model of pairs whose statistics fade on one or both sides, multiplied, or blanked for repeated pairs."""
    plain = "degree(weighted=True, halflife=3)"
    terms = (
        f"1 + inertia(weighted=True, halflife=2):{plain} + {plain} + indeg(weighted=True, halflife=1, ignore_rep=True)"
    )
    fit = rem(record, ACTORS, terms, directed=False, penalty=[0.0, 0.1, 0.1, 0.1])
    triangle = np.triu_indices(N, 1)
    history = acts(record)

    def statistics(past, t):
        x, y, z = (faded(past, t, h) + faded(past, t, h).T for h in (2.0, 3.0, 1.0))
        both = y.sum(axis=0)[:, None] + y.sum(axis=0)[None, :]
        met = faded(past, t, 1e9) + faded(past, t, 1e9).T > 0
        late = z.sum(axis=0)
        layers = [np.ones((N, N)), x * both, both, np.where(met, 0.0, late[:, None] + late[None, :])]
        return np.stack(layers, axis=2)

    def rate(past, t):
        return np.exp(statistics(past, t)[triangle] @ fit.coef).sum()

    want = 0.0
    for k, (t, i, j, _) in enumerate(history):
        want += statistics(history[:k], t)[i, j] @ fit.coef
        if k:
            want -= quad_vec(lambda u, k=k: rate(history[:k], u), history[k - 1][0], t, epsrel=1e-9)[0]
    assert fit.loglik == pytest.approx(want, abs=1e-5)
    assert fit.simulate(2, seed=1).height > 0


def test_points_and_grids_are_no_observations(record):
    terms = "1 + inertia(weighted=True, halflife=2)"
    fit, cut = rem(record, ACTORS, terms), rem(record, ACTORS, terms, grid=0.5)
    assert fit.nobs == cut.nobs == record.height
    np.testing.assert_allclose(cut.coef, fit.coef, atol=1e-6)
    assert cut.bic == pytest.approx(fit.bic, abs=1e-5)
    np.testing.assert_allclose(cut.residuals()["loglik"], fit.residuals()["loglik"], atol=1e-4)


def test_held_statistics_are_those_of_the_end_of_the_interval(record):
    fit = rem(record, ACTORS, "1 + inertia(weighted=True, halflife=2)", fading="held")
    history, want = acts(record), 0.0
    for k, (t, i, j, _) in enumerate(history):
        u = fit.coef[0] + fit.coef[1] * faded(history[:k], t, 2.0)
        want += u[i, j] - (np.exp(u[AWAY]).sum() * (t - history[k - 1][0]) if k else 0.0)
    assert fit.loglik == pytest.approx(want, abs=1e-8)
    assert any("held" in note for note in fit.notes)


def test_a_fit_with_fading_ties_can_be_stored(record):
    terms = "1 + recip(weighted=True, halflife=5, transform=log1p) + tertius(calls, size, type=ego)"
    fit = rem(record, ACTORS, terms)
    again = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(again.residuals()["loglik"], fit.residuals()["loglik"])
    assert again.simulate(1, seed=3).equals(fit.simulate(1, seed=3))


@pytest.mark.parametrize("length", [1e-3, 0.3, 7.0, 4000.0])
def test_points_weigh_the_length_and_integrate_what_fades(length):
    for level, tolerance in ((0, 1e-5), (2, 1e-10)):
        row, at, weight = points(np.array([length, 2.0]), 1.0, level)
        assert np.bincount(row, weight) == pytest.approx([length, 2.0])
        first = row == 0
        got = weight[first] @ np.exp(1.5 * 0.5 ** at[first])
        want = quad_vec(lambda u: np.exp(1.5 * 0.5**u), 0.0, length, epsrel=1e-12, points=[min(1.0, length / 2)])[0]
        assert got == pytest.approx(want, rel=tolerance)


@pytest.mark.parametrize("terms", ["1 + inertia(weighted=True, halflife=2) + ego(size)", "1 + recencyContinue(unit=2)"])
def test_simulated_histories_have_a_score_of_zero_mean(terms, record):
    """Under the model's own parameters the score has mean 0, by the slow likelihood; four standard errors allowed."""
    fit = rem(record.head(20), ACTORS, terms, end=30.0)
    object.__setattr__(fit.estimate, "coef", np.array([-3.2, 0.6, 0.2][: len(fit.coef)]))

    def statistics(past, t):
        if "recency" in terms:
            return [since(past, t, 2.0)]
        return [faded(past, t, 2.0), np.tile(SIZE[:, None], (1, N))]

    def score(events):
        total, now = np.zeros(len(fit.coef)), float(record["time"][0])
        for k, (t, i, j) in enumerate([*((e.time, e.i, e.j) for e in events), (30.0, -1, -1)]):
            past = [e[:4] for e in events[:k]]
            edges = np.linspace(now, t, int((t - now) / 0.25) + 2)
            for u, span in zip((edges[1:] + edges[:-1]) / 2.0, np.diff(edges), strict=True):
                x = np.stack([np.ones((N, N)), *statistics(past, u)], axis=2)[AWAY]
                total -= span * np.exp(x @ fit.coef) @ x
            if i >= 0:
                total += np.stack([np.ones((N, N)), *statistics(past, t)], axis=2)[i, j]
            now = t
        return total

    scores = [score(list(draw_run(fit, None, np.random.default_rng((5, run))))) for run in range(50)]
    z = np.mean(scores, axis=0) / (np.std(scores, axis=0, ddof=1) / np.sqrt(len(scores)))
    assert np.abs(z).max() < 4.0


def test_a_refitted_simulation_sees_the_same_clock(record):
    fit = rem(record, ACTORS, "1 + inertia(weighted=True, halflife=2)")
    places = {x: k for k, x in enumerate(NAMES)}
    same = [Event(t, places[i], places[j], w) for t, i, j, w in record.rows()]
    from blocs.inference.events.estimate import fit_problem

    again = fit_problem(with_events(fit.problem, same, float(fit.times[-1])))
    np.testing.assert_allclose(again.coef, fit.coef, atol=1e-8)


@pytest.mark.slow
def test_fading_effects_are_recovered():
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.exponential(1.0, 150))
    pairs = [rng.choice(N, 2, replace=False).tolist() for _ in times]
    seed = pl.DataFrame(
        {"time": times, "sender": [NAMES[i] for i, _ in pairs], "receiver": [NAMES[j] for _, j in pairs]}
    )
    fit = rem(seed, ACTORS, "1 + inertia(weighted=True, halflife=2)")
    object.__setattr__(fit.estimate, "coef", np.array([-3.6, 0.5]))
    found = recover(fit, runs=100, seed=4)
    assert found["bias_z"].abs().max() < 4.0
    assert found["coverage"].min() > 0.87
