"""One log-likelihood, two ways: stacked choice sets, and the differentiable path; and what may enter it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest

from blocs.conduct.base import LEVELS, option_names
from blocs.engine.model import Coefficients, Tempo
from blocs.ground.errors import InputError
from blocs.inference.fit import fit_record
from blocs.inference.path import path_loglik
from blocs.inference.sets import record_sets, states_on
from blocs.inference.tape import draw_chronology, usable_acts

from .conftest import UNTIL

MEMORY = {"memory.scene": 0.1, "memory.recent": 20.0, "memory.past": 400.0}


@pytest.fixture(scope="module")
def coefficients(built):
    rng, beta, tables = np.random.default_rng(0), {}, {}
    for level in LEVELS:
        effects, pooled = built.model.specification.at(level)
        width = len(option_names(built.model.world, level))
        beta[level] = jnp.asarray(rng.normal(0, 0.5, len(effects)))
        tables[level] = tuple(jnp.asarray(rng.normal(0, 0.5, (len(t.rows(built.model.world)), width))) for t in pooled)
    return Coefficients(beta, tables, Tempo(jnp.asarray(0.1), jnp.zeros(3)))


@pytest.fixture(scope="module")
def chronology(built):
    return draw_chronology(built, usable_acts(built, until=UNTIL), 0, UNTIL, UNTIL)


@pytest.fixture(scope="module")
def both(built, chronology, coefficients):
    """Value and gradient by effect coefficients and by parameters of mechanisms, compiled once."""

    def value(beta, parameters):
        c = Coefficients(beta, coefficients.tables, coefficients.tempo)
        return path_loglik(built, chronology, c, parameters)

    return jax.jit(jax.value_and_grad(value, argnums=(0, 1)))


@pytest.fixture(scope="module")
def half_lives():
    return {name: jnp.asarray(value) for name, value in MEMORY.items()}


def stacked(recorded, c: Coefficients, draw: int) -> float:
    total = 0.0
    for level, data in recorded.levels.items():
        u = np.einsum("nko,k->no", data.x, c.beta[level])
        for t, table in enumerate(c.tables[level]):
            u = u + np.asarray(table)[data.rows[:, t]]
        u = np.where(data.allowed, u, -np.inf)
        logp = (u - np.log(np.exp(u).sum(axis=1, keepdims=True)))[np.arange(len(u)), data.chosen]
        total += float((data.weight * 2 * logp)[data.draw == draw].sum())  # weights are shared between two draws
    return total


def test_the_path_has_the_likelihood_of_the_choice_sets(recorded, coefficients, both, half_lives):
    assert float(both(coefficients.beta, half_lives)[0]) == pytest.approx(stacked(recorded, coefficients, 0), rel=1e-9)


def test_the_gradient_goes_through_the_recorded_path(both, coefficients, half_lives):
    gradient = both(coefficients.beta, half_lives)[1][1]
    for name, value in half_lives.items():
        step = 1e-4 * value
        up, down = (both(coefficients.beta, {**half_lives, name: value + s})[0] for s in (step, -step))
        slope = float(up - down) / (2 * float(step))
        assert float(gradient[name]) == pytest.approx(slope, rel=1e-5, abs=1e-8), name
        assert abs(slope) > 1e-6, name


def test_the_gradient_by_coefficients_is_that_of_finite_differences(both, coefficients, half_lives):
    beta = coefficients.beta
    gradient = both(beta, half_lives)[1][0]
    for level in LEVELS:
        for n in range(len(beta[level])):
            up, down = (both({**beta, level: beta[level].at[n].add(s)}, half_lives)[0] for s in (1e-5, -1e-5))
            assert float(gradient[level][n]) == pytest.approx(float(up - down) / 2e-5, rel=1e-5, abs=1e-6)


def test_an_unknown_parameter_is_told(built, chronology, coefficients):
    with pytest.raises(InputError, match=r"memory\.recant: no such parameter"):
        path_loglik(built, chronology, coefficients, {"memory.recant": jnp.asarray(1.0)})


def test_words_about_the_absent_and_hindsight_never_enter(built):
    """Mark acts as said of an absent target or told with hindsight: they leave choice sets and tape."""
    events = built.scenario.chronicle.events
    ids = usable_acts(built, until=UNTIL)["id"].to_list()
    gone, late = ids[3], ids[7]
    reason = events.schema["not_dyadic_reason"]
    told_late = pl.when(pl.col("id") == late).then(pl.lit("hindsight", reason))
    marked = events.with_columns(
        target_absent=pl.col("target_absent") | (pl.col("id") == gone),
        is_dyadic=pl.col("is_dyadic") & (pl.col("id") != late),
        not_dyadic_reason=told_late.otherwise(pl.col("not_dyadic_reason")),
    )
    chronicle = replace(built.scenario.chronicle, events=marked.select(events.columns))
    other = replace(built, scenario=replace(built.scenario, chronicle=chronicle))
    left = usable_acts(other, until=UNTIL)["id"].to_list()
    assert [i for i in ids if i not in left] == [gone, late]
    chronology = draw_chronology(other, usable_acts(other, until=UNTIL), 0, UNTIL, UNTIL)
    assert {gone, late}.isdisjoint(chronology.acts["id"])
    assert int((chronology.tape.kind == 1).sum()) == len(left)


def test_confidence_is_the_weight_of_an_act(built, recorded):
    frame = usable_acts(built, until=UNTIL)
    expected = dict(zip(frame["id"], frame["confidence"].fill_null(1.0), strict=True))
    for data in recorded.levels.values():
        got = dict(zip(recorded.acts["id"], 2 * data.weight, strict=True))
        assert got == pytest.approx(expected)


def test_nothing_after_the_training_period_moves_the_fit(built):
    """Take all events and positions after the last day out of the record: the fit is the same, bit for bit."""
    whole = built.scenario.chronicle
    early = replace(
        whole,
        events=whole.events.filter(pl.col("end") <= UNTIL),
        positions=whole.positions.filter(pl.col("end") <= UNTIL),
    )
    short = replace(built, scenario=replace(built.scenario, chronicle=early))
    a, b = (record_sets(x, UNTIL, draws=2) for x in (built, short))
    assert a.acts["end"].max() <= UNTIL
    for level in LEVELS:
        assert np.array_equal(a.levels[level].x, b.levels[level].x)
        assert np.array_equal(a.levels[level].chosen, b.levels[level].chosen)


def test_a_fit_converges_and_says_what_rests_on_priors(built, recorded):
    fit = fit_record(built, UNTIL, draws=2, recorded=recorded)
    assert fit.converged
    table = fit.to_polars()
    assert table.height == sum(len(fit.levels[level].beta) for level in LEVELS)
    assert ((table["lo"] < table["estimate"]) & (table["estimate"] < table["hi"])).all()
    assert {name for name in fit.unidentified() if " + " not in name} == {
        f"{r['choice']}.{r['effect']}" for r in table.filter(pl.col("informed") < 0.05).iter_rows(named=True)
    }
    with pytest.raises(InputError):
        record_sets(built, date(1999, 1, 1), draws=1)


def test_the_state_of_a_day_is_that_of_the_choice_sets_and_needs_no_act(built, recorded):
    ends = states_on(built, UNTIL, draws=2)
    for a, b in zip(ends, recorded.ends, strict=True):
        assert all(np.array_equal(getattr(a, name), getattr(b, name)) for name in vars(a))
    early = built.scenario.chronicle.dyadic()["end"].min() - timedelta(days=1)
    (before,) = states_on(built, early, draws=1)
    assert float(before.clock) >= built.day(early)
    assert float(before.recent.sum()) == 0
