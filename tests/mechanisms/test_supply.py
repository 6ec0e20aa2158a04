"""Supply against a slow bookkeeper that follows each delivery and order, and the facts it has to show."""

from __future__ import annotations

import dataclasses
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


def book(m, world, state, days):
    """One step by hand: every supplier's delivery to every actor, then orders, stocks and money, one by one."""
    p = {name: float(getattr(m, name)) for name in ("strength", "alarm", "target", "restock", "premium", "lead")}
    days *= p["strength"]
    n, levers = state.reserve_days.shape
    stocks, orders = np.zeros((n, levers)), np.zeros((n, levers))
    money = np.asarray(state.hard_currency, float).copy()
    for a in range(n):
        wants, sellers = [], float(state.outside_suppliers[a])
        for lever in range(levers):
            imports = float(state.import_share[a, lever])
            shares = [float(state.dependence[a, b, lever]) for b in range(n)]
            offered = [shares[b] * (1.0 - float(state.withheld[b, a, lever])) for b in range(n)]
            elsewhere = max(0.0, 1.0 - sum(shares))
            delivered = min(1.0, sum(offered) + elsewhere) * imports * days
            crop = min(1.0, float(state.harvest[a])) if world.levers[lever] == "grain" else 1.0
            used, produced = days, (1.0 - imports) * crop * days
            stock, due = float(state.reserve_days[a, lever]), float(state.on_order[a, lever])
            short = used - produced - delivered
            missing = 1.0 - delivered / (imports * days) if imports else 0.0
            rebuilt = max(0.0, p["target"] - stock) * (1.0 - 2.0 ** (-days / p["restock"])) * (1.0 - missing)
            wants.append(short if stock + due < p["alarm"] and sellers > 0 else 0.0)
            stocks[a, lever] = stock - short + rebuilt
        price = sum(wants) / 30.0 * (1.0 + p["premium"] / max(sellers, 1.0))
        share = min(1.0, money[a] / price) if price > 0 else 0.0
        money[a] -= price * share
        for lever in range(levers):
            due = float(state.on_order[a, lever]) + wants[lever] * share
            landed = due * (1.0 - 2.0 ** (-days / p["lead"]))
            orders[a, lever] = due - landed
            stocks[a, lever] += landed
    return np.maximum(stocks, 0.0), money, orders


@given(seed=st.integers(0, 2**32 - 1), data=st.data(), days=st.sampled_from((7.0, 1.0, 30.0)))
@settings(max_examples=15, deadline=None)
def test_a_step_balances_the_books(seed, data, days):
    world = dataclasses.replace(make_world(seed), levers=("grain", "credit"))
    state = make_state(world, seed, 1.0)
    m = data.draw(mechanisms(Supply).filter(lambda m: float(m.strength) > 0.01))
    state = state.replace(import_share=jnp.maximum(state.import_share, 0.01))
    stocks, money, orders = book(m, world, state, days)
    new = m.tick(KEY, world, state, jnp.float32(days))
    np.testing.assert_allclose(new.reserve_days, stocks, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(new.hard_currency, money, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(new.on_order, orders, rtol=1e-3, atol=2e-3)


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
    m = Supply.make({"target": 0.0, "alarm": 21.0, "premium": 0.0, "lead": 0.5})
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


def test_aid_resumes_deliveries_by_half_when_conduct_is_poor(bloc):
    """R12.1."""
    m = Supply.make({"resume": 1.0, "half": 0.5})
    now = bloc.at(withheld=0.8, conduct={CLIENT: 1.0, HOLDOUT: 0.0})
    good = now.after(m, bloc.act(PATRON, CLIENT, AID)).state
    poor = now.after(m, bloc.act(PATRON, HOLDOUT, AID)).state
    assert float(good.withheld[PATRON, CLIENT, 0]) == pytest.approx(0.8 * 0.4)
    assert float(poor.withheld[PATRON, HOLDOUT, 0]) == pytest.approx(0.8 * 0.7)
    assert float(poor.withheld[OUTSIDER, CLIENT, 0]) == pytest.approx(0.8)


def test_substitutes_cost_more_with_few_sellers_and_arrive_late(bloc):
    """R11.3: price, lead time and hard currency."""
    m = Supply.make({"target": 0.0, "alarm": 40.0, "premium": 0.5, "lead": 30.0})
    few = squeezed(bloc, outside_suppliers={HOLDOUT: 1.0}, hard_currency={HOLDOUT: 10.0})
    one = m.tick(KEY, few.world, few.state, jnp.float32(30.0))
    two = m.tick(KEY, few.world, few.at(outside_suppliers={HOLDOUT: 2.0}).state, jnp.float32(30.0))
    # 2 goods, a fifth of 30 days each: 0.4 purchases at 1.5 or 1.25 times the price; half has arrived after 30 days
    assert 10.0 - float(one.hard_currency[HOLDOUT]) == pytest.approx(0.6, rel=1e-4)
    assert 10.0 - float(two.hard_currency[HOLDOUT]) == pytest.approx(0.5, rel=1e-4)
    assert float(one.on_order[HOLDOUT, 0]) == pytest.approx(3.0, rel=1e-4)
    assert float(one.reserve_days[HOLDOUT, 0]) == pytest.approx(30.0 - 6.0 + 3.0, rel=1e-4)


def test_a_failed_crop_empties_the_stock_of_the_staple_alone(bloc):
    world = dataclasses.replace(bloc.world, levers=("grain", "credit"))
    now = bloc.at(import_share=0.2, harvest=0.5)
    new = Supply.make({"target": 0.0, "alarm": 1.0}).tick(KEY, world, now.state, jnp.float32(10.0))
    assert float(new.reserve_days[CLIENT, 0]) == pytest.approx(60.0 - 0.8 * 0.5 * 10.0)
    assert float(new.reserve_days[CLIENT, 1]) == 60.0
