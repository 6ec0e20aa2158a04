"""Posterior of event models: the same likelihood, the same answer as Newton, actors' effects, calibration."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.inference.events import dynam, rem
from blocs.inference.events.bayes import (
    MORE,
    BayesFit,
    Prior,
    _sides,
    inference_data,
    likelihood_sets,
    log_likelihood,
)
from blocs.inference.events.calibrate import Calibration, calibrate
from blocs.inference.events.pointwise import by_observation

numpyro = pytest.importorskip("numpyro", reason="the extra bayes is not installed")
pytest.importorskip("arviz", reason="the extra bayes is not installed")

NAMES = [f"a{k}" for k in range(8)]


def invented(events: int = 150, star: float = 0.0, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Messages that repeat and are answered; `a0` is chosen more than its statistics say."""
    rng = np.random.default_rng(seed)
    past, now, rows = np.zeros((8, 8)), 0.0, []
    for _ in range(events):
        now += rng.exponential()
        w = np.exp(0.8 * (past > 0) + 0.6 * (past.T > 0))
        w[:, 0] *= np.exp(star)
        np.fill_diagonal(w, 0)
        i, j = divmod(int(rng.choice(64, p=(w / w.sum()).ravel())), 8)
        past[i, j] += 1
        rows.append((now, NAMES[i], NAMES[j]))
    actors = pl.DataFrame({"label": NAMES, "size": [float(k % 3) for k in range(8)]})
    return pl.DataFrame(rows, schema=["time", "sender", "receiver"], orient="row"), actors


TERMS = ["inertia", "recip", "alter(size)"]


@pytest.mark.parametrize(
    "fit",
    [
        lambda e, a: dynam(e, a, TERMS),
        lambda e, a: dynam(e, a, "1 + outdeg(calls) + ego(size)", "rate"),
        lambda e, a: rem(e, a, "1 + inertia + recip"),
        lambda e, a: rem(e, a, "inertia + recip"),
        lambda e, a: dynam(e, a, TERMS, sample=4),
        lambda e, a: rem(e, a, "1 + inertia(weighted=True, halflife=3)"),
        lambda e, a: dynam(e, a, ["inertia", "alter(size)"], "coordination"),
        lambda e, a: dynam(e, a, ["alter(size)"], "coordination", riskset="active"),
    ],
    ids=[
        "choice",
        "rate",
        "tie exact",
        "tie order",
        "sampled choice",
        "fading",
        "coordination",
        "coordination at risk",
    ],
)
def test_the_likelihood_is_that_of_the_fit(fit):
    found = fit(*invented())
    sets = likelihood_sets(found)
    for beta in (found.coef, found.coef + 0.3):
        assert float(log_likelihood(sets, beta, {}).sum()) == pytest.approx(found.likelihood.sums(beta)[0], rel=1e-9)


def test_effects_of_actors_add_to_their_options():
    found = rem(*invented(), "1 + inertia")
    sets = likelihood_sets(found, ["sender", "receiver"])
    level = {s: np.full(8, 0.2) for s in ("sender", "receiver")}
    moved = found.coef + np.array([0.4, 0.0])
    assert float(log_likelihood(sets, found.coef, level).sum()) == pytest.approx(found.likelihood.sums(moved)[0])
    order = likelihood_sets(rem(*invented(), "inertia"), ["sender", "receiver"])
    one = {"sender": np.eye(8)[2], "receiver": np.zeros(8)}
    base = log_likelihood(order, np.zeros(1), {"sender": np.zeros(8), "receiver": np.zeros(8)})
    share = float(np.exp(log_likelihood(order, np.zeros(1), one) - base).max())
    assert share == pytest.approx(np.e * 56 / (49 + 7 * np.e))


def test_draws_become_named_inference_data():
    found = dynam(*invented(40), ["inertia", "recip"])
    sets = likelihood_sets(found, ["receiver"])
    rng = np.random.default_rng(0)
    beta = found.coef + 0.1 * rng.normal(size=(2, 50, 2))
    effect = rng.normal(size=(2, 50, 8)) + np.where(np.arange(8) == 3, 3.0, 0.0)
    drawn = {"beta": beta, "sd_receiver": rng.random((2, 50)), "effect_receiver": effect}
    fields = ("diverging", "potential_energy", "num_steps", "accept_prob")
    extra = {k: np.zeros((2, 50)) for k in fields}
    idata = inference_data({"posterior": drawn, "extra": extra}, found.names, sets, {"receiver": NAMES})
    made = BayesFit(found.names, idata, ("receiver",))
    assert made.to_polars()["term"].to_list() == [*found.names, "sd of receivers"]
    assert made.to_polars()["mean"][0] == pytest.approx(beta[:, :, 0].mean())
    assert made.actors("receiver")["actor"][0] == "a3"
    assert made.actors("receiver")["positive"][0] > 0.97
    assert made.divergences == 0
    assert not made.converged  # a hundred draws are too few
    assert "do not read" in repr(made)
    pointwise = idata.log_likelihood["events"].values
    assert pointwise.shape == (2, 50, 40)
    assert pointwise[1, 7] == pytest.approx(np.asarray(log_likelihood(sets, beta[1, 7], {"receiver": effect[1, 7]})))
    with pytest.raises(InputError, match="'sender' has no effects"):
        made.actors("sender")


@pytest.mark.slow
def test_posterior_agrees_with_the_maximum_and_finds_the_star():
    """The star of the record is found among the actors, and coefficients stay near the maximum."""
    found = dynam(*invented(star=1.5), ["inertia", "recip"])
    made = found.bayes(["receiver"], draws=250, warmup=250, chains=2, seed=1, prior=Prior(scale=5.0))
    table = made.to_polars()
    assert table["term"].to_list() == [*found.names, "sd of receivers"]
    assert made.actors("receiver")["actor"][0] == "a0"
    assert made.actors("receiver")["positive"][0] > 0.97
    assert (table["rhat"] < 1.1).all()
    assert made.idata.posterior["effect_receiver"].sizes["receiver"] == 8
    assert made.idata.log_likelihood["events"].shape == (2, 250, 150)
    assert "a0" in made.idata.posterior["receiver"].values
    assert "divergences" in repr(made)
    # the star takes up what inertia had to explain: the posterior lies below the maximum, within its reach
    assert abs(table["mean"][1] - found.coef[1]) < 4 * found.se[1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda e, a: dynam(e, a, ["inertia"]).bayes(["sender"]), "'sender' means nothing in a choice model"),
        (lambda e, a: dynam(e, a, ["inertia"], "coordination").bayes(["sender"]), "nothing in a coordination model"),
        (lambda e, a: dynam(e, a, ["inertia"]).bayes("receiver"), "a list such as"),
        (lambda e, a: dynam(e, a, ["inertia"], sample=4).bayes(["receiver"]), "given to a choice on a sample"),
    ],
)
def test_what_makes_no_sense_is_one_line(call, said):
    with pytest.raises(InputError, match=said) as caught:
        call(*invented(40))
    assert len(caught.value.faults) == 1


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "numpyro", None)
    with pytest.raises(InputError) as caught:
        dynam(*invented(40), ["inertia"]).bayes(draws=1, warmup=1, chains=1)
    assert MORE in str(caught.value)


def test_a_calibration_tells_flat_ranks_from_others():
    rng = np.random.default_rng(0)
    flat = rng.integers(0, 32, (400, 2))
    assert Calibration(("a", "b"), flat, 32).passes()
    edges = np.where(rng.random((400, 1)) < 0.2, 0, flat[:, :1])
    assert not Calibration(("a", "b"), np.concatenate([edges, flat[:, 1:]], axis=1), 32).passes()
    assert Calibration(("a",), flat[:, :1], 32).to_polars()["mean_rank"][0] == pytest.approx(0.5, abs=0.05)


def test_pointwise_likelihood_of_exact_time_is_that_of_the_observations():
    """By observation it sums to the whole, is that of the residuals without effects, and moves with an actor's own."""
    for terms in ("1 + inertia", "1 + inertia(weighted=True, halflife=3)"):
        found = rem(*invented(60), terms)
        beta = np.stack([found.coef, found.coef + 0.2])[None]
        sets = likelihood_sets(found, ["sender", "receiver"])
        rng = np.random.default_rng(0)
        effect = {f"effect_{s}": rng.normal(size=(1, 2, 8)) for s in ("sender", "receiver")}
        drawn = {"beta": beta, **{k: 0.0 * v for k, v in effect.items()}}
        got = by_observation(found.likelihood, drawn, lambda o, n=sets.size: _sides(o, n, "tie"))
        np.testing.assert_allclose(got[0, 0], found.residuals()["loglik"], atol=1e-8)
        got = by_observation(found.likelihood, {"beta": beta, **effect}, lambda o, n=sets.size: _sides(o, n, "tie"))
        level = {s: effect[f"effect_{s}"][0, 1] for s in ("sender", "receiver")}
        assert got[0, 1].sum() == pytest.approx(float(log_likelihood(sets, beta[0, 1], level).sum()), rel=1e-6)


def test_drawn_data_have_the_probabilities_of_the_model():
    """Choices, pairs and counts drawn at known parameters: mean scores within four standard errors of 0."""
    import jax

    fits = [
        dynam(*invented(80), ["recip", "alter(size)"]),
        dynam(*invented(80), ["inertia", "alter(size)"], "coordination"),
        rem(*invented(80), "1 + recip"),
    ]
    for found in fits:
        sets = likelihood_sets(found)
        known = sets.at_points() if sets.exact else sets
        beta, rng = found.coef, np.random.default_rng(3)
        score = jax.jit(jax.grad(lambda b, d, known=known: log_likelihood(known.with_data(d), b, {}).sum()))
        scores = np.array([score(beta, jax.numpy.asarray(known.draw(beta, {}, rng))) for _ in range(60)])
        z = scores.mean(axis=0) / (scores.std(axis=0, ddof=1) / np.sqrt(60))
        assert np.abs(z).max() < 4.0


def test_few_effective_draws_are_not_called_disagreement():
    found = dynam(*invented(40), ["inertia"])
    rng = np.random.default_rng(0)
    drawn = {"beta": rng.normal(size=(4, 60, 1))}
    extra = {k: np.zeros((4, 60)) for k in ("diverging", "potential_energy", "num_steps", "accept_prob")}
    sets = likelihood_sets(found)
    made = BayesFit(found.names, inference_data({"posterior": drawn, "extra": extra}, found.names, sets, {}), ())
    assert "draw more" in made.state
    assert not made.converged
    apart = {"beta": rng.normal(size=(4, 60, 1)) + np.arange(4)[:, None, None]}
    away = BayesFit(found.names, inference_data({"posterior": apart, "extra": extra}, found.names, sets, {}), ())
    assert "do not agree" in repr(away)


def counted_twice(sets, beta, effect):
    """A planted error: every event counted twice."""
    return 2.0 * log_likelihood(sets, beta, effect)


def too_weak(sets, beta, effect):
    """A planted error: coefficients that count six tenths."""
    return log_likelihood(sets, 0.6 * beta, effect)


def wrong_actors(sets, beta, effect):
    """A planted error: each actor has the effect of its neighbour."""
    import jax.numpy as jnp

    return log_likelihood(sets, beta, {s: jnp.roll(v, 1) for s, v in effect.items()})


def no_mask(sets, beta, effect):
    """A planted error: whoever could not be chosen counts as if."""
    from dataclasses import replace

    return log_likelihood(replace(sets, mask=np.ones_like(sets.mask)), beta, effect)


@pytest.mark.slow
def test_simulation_based_calibration_passes_and_catches_planted_errors():
    """Ranks are uniform under the true likelihood and not under one with every event counted twice, or too weak."""
    found = dynam(*invented(60), ["recip", "alter(size)"])
    belief = Prior(scale=1.0, spread=0.7)
    plain = likelihood_sets(found)
    assert calibrate(plain, belief, runs=100, seed=3).passes()
    assert not calibrate(plain, belief, runs=100, seed=3, likelihood=counted_twice).passes()
    assert not calibrate(plain, belief, runs=100, seed=3, likelihood=too_weak).passes()


@pytest.mark.slow
def test_calibration_of_actors_effects_passes_and_catches_planted_errors():
    """With effects of actors: given to the wrong actor, counted twice, and a mask ignored are all caught."""
    sets = likelihood_sets(dynam(*invented(60), ["recip", "alter(size)"]), ["receiver"])
    belief = Prior(scale=1.0, spread=0.7)
    assert calibrate(sets, belief, runs=100, seed=3).passes()
    for planted in (wrong_actors, counted_twice, no_mask):
        assert not calibrate(sets, belief, runs=64, seed=3, likelihood=planted).passes(), planted.__name__


@pytest.mark.slow
@pytest.mark.parametrize("model", ["exact", "fading", "coordination"])
def test_calibration_of_the_other_likelihoods(model):
    if model == "coordination":
        sets = likelihood_sets(dynam(*invented(40), ["inertia", "alter(size)"], "coordination"), ["receiver"])
    else:
        terms = "1 + recip" if model == "exact" else "1 + inertia(weighted=True, halflife=3)"
        sets = likelihood_sets(rem(*invented(40), terms), ["sender"])
    belief = Prior(scale=0.7, level=0.5, spread=0.5)
    assert calibrate(sets, belief, runs=100, seed=5).passes()
    planted = wrong_actors if model == "coordination" else counted_twice
    assert not calibrate(sets, belief, runs=64, seed=5, likelihood=planted).passes()


@pytest.mark.slow
def test_exact_time_gives_leave_one_out_and_coordination_a_posterior():
    import arviz as az

    made = rem(*invented(60), "1 + inertia").bayes(["sender"], draws=200, warmup=200, chains=2, seed=1)
    assert made.idata.log_likelihood["events"].shape == (2, 200, 60)
    assert np.isfinite(az.loo(made.idata).elpd_loo)
    pact = dynam(*invented(60), ["inertia", "alter(size)"], "coordination")
    drawn = pact.bayes(draws=300, warmup=300, chains=2, seed=1, prior=Prior(scale=10.0)).to_polars()
    assert (np.abs(drawn["mean"].to_numpy() - pact.coef) < pact.se).all()
