"""Supply against a slow bookkeeper that follows each delivery, and the facts it has to show."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.ground.keys import root
from blocs.mechanisms.library.supply import Supply
from blocs.testing.states import make_state, make_world, mechanisms

from .conftest import AID, BREAK, CLIENT, CRITICISE, HOLDOUT, OUTSIDER, PATRON, WITHHOLD

KEY = root(1)


def book(m, state, days):
    """One step by hand: every supplier's delivery to every actor, then stocks, purchases and money, one by one."""
    p = {name: float(getattr(m, name)) for name in ("strength", "alarm", "target", "restock")}
    days *= p["strength"]
    n, levers = state.reserve_days.shape
    stocks = np.zeros((n, levers))
    money = np.asarray(state.hard_currency, float).copy()
    for a in range(n):
        wants = []
        for lever in range(levers):
            imports = float(state.import_share[a, lever])
            shares = [float(state.dependence[a, b, lever]) for b in range(n)]
            offered = [shares[b] * (1.0 - float(state.withheld[b, a, lever])) for b in range(n)]
            elsewhere = max(0.0, 1.0 - sum(shares))
            delivered = min(1.0, sum(offered) + elsewhere) * imports * days
            used, produced = days, (1.0 - imports) * days
            came_in = produced + delivered
            stock = float(state.reserve_days[a, lever])
            short = used - came_in
            gap = max(0.0, p["target"] - stock)
            rebuilt = gap * (1.0 - 2.0 ** (-days / p["restock"])) * (1.0 - (short / (imports * days) if imports else 0))
            buys = stock < p["alarm"] and float(state.outside_suppliers[a]) > 0
            wants.append(short if buys else 0.0)
            stocks[a, lever] = stock - used + came_in + rebuilt
        price = sum(wants) / 30.0
        share = min(1.0, money[a] / price) if price > 0 else 0.0
        money[a] -= price * share
        stocks[a] += [w * share for w in wants]
    return np.maximum(stocks, 0.0), money


@given(seed=st.integers(0, 2**32 - 1), data=st.data(), days=st.sampled_from((7.0, 1.0, 30.0)))
@settings(max_examples=15, deadline=None)
def test_a_step_balances_the_books(seed, data, days):
    world = make_world(seed)
    state = make_state(world, seed, 1.0)
    m = data.draw(mechanisms(Supply).filter(lambda m: float(m.strength) > 0.01))
    state = state.replace(import_share=jnp.maximum(state.import_share, 0.01))
    stocks, money = book(m, state, days)
    new = m.tick(KEY, world, state, jnp.float32(days))
    np.testing.assert_allclose(new.reserve_days, stocks, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(new.hard_currency, money, rtol=1e-3, atol=2e-3)


def squeezed(bloc, **more):
    """A client with 30 days of grain, all imports from the patron, a fifth of its use imported."""
    return bloc.at(
        reserve_days={HOLDOUT: 30.0},
        import_share={HOLDOUT: 0.2},
        dependence={(HOLDOUT, PATRON): 1.0},
        withheld={(PATRON, HOLDOUT): 1.0},
        **more,
    )


def days_until(bloc, m, below, limit=400):
    state = bloc.state
    for day in range(limit):
        if float(state.reserve_days[HOLDOUT].min()) < below:
            return day
        state = m.tick(KEY, bloc.world, state, jnp.float32(1.0))
    return math.inf


def test_stocks_are_a_clock_when_imports_stop(bloc):
    """15 days of grain below the mark are 75 days where a fifth of use is imported and none comes."""
    m = Supply.make({"target": 0.0})
    alone = squeezed(bloc, outside_suppliers={HOLDOUT: 0.0})
    assert days_until(alone, m, 15.0) == pytest.approx(75, abs=1)


def test_a_substitute_in_hand_makes_withholding_fail_until_the_money_ends(bloc):
    """F11.2, R11.3, R11.4: a seller outside and hard currency hold the stock; either alone does not."""
    m = Supply.make({"target": 0.0, "alarm": 21.0})
    both = squeezed(bloc, outside_suppliers={HOLDOUT: 1.0}, hard_currency={HOLDOUT: 100.0})
    assert days_until(both, m, 20.5) == math.inf
    for missing in ({"outside_suppliers": {HOLDOUT: 0.0}}, {"hard_currency": {HOLDOUT: 0.0}}):
        assert days_until(both.at(**missing), m, 20.5) < 60
    # one purchase is 30 days of one good: with two goods at a fifth each it lasts 75 days longer
    short = squeezed(bloc, outside_suppliers={HOLDOUT: 1.0}, hard_currency={HOLDOUT: 1.0})
    assert days_until(short, m, 20.5) == pytest.approx(45 + 75 + 3, abs=3)


def test_undisturbed_stocks_rebuild_to_the_target_and_stay(bloc):
    m = Supply.make({"target": 60.0, "restock": 30.0})
    now = bloc.at(reserve_days={HOLDOUT: 20.0})
    state = m.tick(KEY, now.world, now.state, jnp.float32(30.0))
    assert float(state.reserve_days[HOLDOUT, 0]) == pytest.approx(40.0, abs=1e-3)
    assert float(state.reserve_days[CLIENT, 0]) == 60.0


def test_sanctions_stop_only_what_the_target_gets_from_the_source(bloc):
    m = Supply.make({"cut": 1.0, "level": 10.0})
    now = bloc.at(dependence={(HOLDOUT, PATRON, 0): 0.5})
    held = now.after(m, bloc.act(PATRON, HOLDOUT, WITHHOLD)).state.withheld
    assert float(held[PATRON, HOLDOUT, 0]) == pytest.approx(0.5)
    assert float(held.sum()) == pytest.approx(0.5)
    assert float(now.after(m, bloc.act(PATRON, HOLDOUT, CRITICISE)).state.withheld.sum()) == 0, "words stop no goods"
    assert float(now.after(Supply.make({"level": 11.0}), bloc.act(PATRON, HOLDOUT, WITHHOLD)).state.withheld.sum()) == 0


def test_rupture_ends_all_deliveries_both_ways(bloc):
    held = bloc.after(Supply.make(), bloc.act(PATRON, HOLDOUT, BREAK)).state.withheld
    assert float(held[PATRON, HOLDOUT].min()) == float(held[HOLDOUT, PATRON].min()) == 1
    assert float(held.sum()) == 2 * held.shape[-1]


def test_aid_resumes_deliveries_and_is_drawn_as_credit_half_when_relations_are_cold(bloc):
    """R10.1, R12.1."""
    m = Supply.make({"resume": 1.0, "credit": 2.0, "poor": 0.5})
    now = bloc.at(withheld=0.8, warmth={(PATRON, HOLDOUT): -0.1})
    warm = now.after(m, bloc.act(PATRON, CLIENT, AID)).state
    cold = now.after(m, bloc.act(PATRON, HOLDOUT, AID)).state
    assert float(warm.debt[CLIENT, PATRON]) == pytest.approx(1.2)
    assert float(cold.debt[HOLDOUT, PATRON]) == pytest.approx(0.6)
    assert float(warm.withheld[PATRON, CLIENT, 0]) == pytest.approx(0.8 * 0.4)
    assert float(cold.withheld[PATRON, HOLDOUT, 0]) == pytest.approx(0.8 * 0.7)
    assert float(warm.withheld[OUTSIDER, CLIENT, 0]) == pytest.approx(0.8)
