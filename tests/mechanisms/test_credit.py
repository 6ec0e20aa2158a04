"""Credit and contracts: nothing is made or lost, and each rule moves what it should."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.bloc.world import Act
from blocs.ground.keys import root
from blocs.mechanisms.catalogue import MECHANISMS
from blocs.mechanisms.economy import half_rule
from blocs.mechanisms.library.contracts import Contracts, contracted
from blocs.mechanisms.library.credit import Credit, held_by
from blocs.testing.states import NAMES, make_state, make_world, mechanisms

from .conftest import CLIENT, HOLDOUT, OUTSIDER, PATRON
from .market import market

SEEDS = st.integers(0, 2**32 - 1)
ACTS = 40
QUICK = settings(deadline=None, max_examples=12)


@pytest.fixture
def town(bloc):
    return market(bloc).at(dependence={(CLIENT, PATRON): 0.6, (HOLDOUT, PATRON): 0.8})


def random_scenario(seed):
    """A random world with the same kinds of acts in the same places (one compilation), and a random state of it."""
    world = dataclasses.replace(make_world(seed), act_kinds=NAMES)
    return world, make_state(world, seed, 1.0)


@eqx.filter_jit
def live(m, world, state, acts):
    return jax.lax.scan(lambda s, a: (m.after(world, s, a), None), state, acts)[0]


def many_acts(seed, n=4):
    rng = np.random.default_rng(seed)
    i = rng.integers(0, n, ACTS)
    j = (i + rng.integers(1, n, ACTS)) % n
    columns = (i, j, rng.integers(0, 8, ACTS), rng.integers(0, 3, ACTS))
    return Act(*(jnp.asarray(c, jnp.int32) for c in columns), jnp.asarray(rng.uniform(0, 1, ACTS), jnp.float32))


@given(seed=SEEDS, data=st.data())
@QUICK
def test_acts_move_credit_and_neither_make_nor_lose_it(seed, data):
    world, state = random_scenario(seed)
    new = live(data.draw(mechanisms(Credit)), world, state, many_acts(seed))
    np.testing.assert_allclose(held_by(new), held_by(state), rtol=2e-4, atol=1e-2)
    assert float(new.credit_fund.min()) >= 0
    assert float(new.credit_line.min()) >= 0


@given(seed=SEEDS, data=st.data(), days=st.sampled_from((1.0, 7.0, 30.0)))
@QUICK
def test_time_adds_the_budget_and_nothing_else(seed, data, days):
    world, state = random_scenario(seed)
    m = data.draw(mechanisms(Credit))
    new = m.tick(root(0), world, state, jnp.float32(days))
    room = np.maximum(0.0, float(m.budget) * np.asarray(world.capability) - np.asarray(state.credit_fund))
    inflow = room * (1.0 - 2.0 ** (-days * float(m.strength) / 365.0))
    np.testing.assert_allclose(held_by(new), held_by(state) + inflow, rtol=2e-4, atol=1e-2)


@given(seed=SEEDS, data=st.data(), days=st.sampled_from((1.0, 7.0, 30.0)))
@QUICK
def test_goods_are_pending_delivered_or_cancelled(seed, data, days):
    world, state = random_scenario(seed)
    m = data.draw(mechanisms(Contracts))
    new = m.tick(root(0), world, state, jnp.float32(days))
    np.testing.assert_allclose(contracted(new), contracted(state), rtol=2e-4, atol=1e-2)
    signed = live(m, world, state, many_acts(seed))
    grown = np.asarray(contracted(signed) - contracted(state))
    assert (grown >= -1e-2).all(), "an act lost goods under contract"
    assert grown.sum() <= ACTS * 2 * float(m.size) * float(m.strength) + 1e-2


def test_the_ledger_has_one_keeper():
    """What is conserved mechanism by mechanism is conserved by all together: nobody else writes it."""
    ledger = {"debt", "credit_line", "credit_fund", "forgiven", "struck"}
    goods = {"pending", "delivered", "cancelled", "on_order"}
    writers = {name: [m.card.name for m in MECHANISMS if name in m.card.writes] for name in ledger | goods}
    assert all(len(w) == 1 for w in writers.values()), writers


@pytest.mark.parametrize(("conduct", "share"), [(0.0, 0.5), (0.3, 0.5), (0.55, 0.75), (0.8, 1.0), (1.0, 1.0)])
def test_the_half_rule(conduct, share):
    found = half_rule(*(jnp.float32(x) for x in (conduct, 0.5, 0.3, 0.8)))
    assert float(found) == pytest.approx(share, abs=1e-6)


def test_a_round_cuts_grants_and_restores_after_a_protest(town):
    """R10.1, R10.7, F10.1, F12.2."""
    m = Credit.make({"cut": 0.5, "settle": 1.0, "restore": 0.5, "slice": 1.0, "poor": 0.0, "good": 0.1})
    asked = town.do(m, ("demand", CLIENT, PATRON))
    cut = asked.do(m, ("refuse", PATRON, CLIENT))
    granted = cut.do(m, ("agree", PATRON, CLIENT))
    assert [t.read("request", CLIENT, PATRON) for t in (asked, cut, granted)] == pytest.approx([1.0, 0.5, 0.0])
    assert cut.read("struck", CLIENT, PATRON) == pytest.approx(0.5)
    assert granted.read("credit_line", CLIENT, PATRON) == pytest.approx(0.5)
    assert granted.read("credit_fund", PATRON) == pytest.approx(4.5)
    protest = cut.at(last_act={(CLIENT, PATRON): town.world.acts.index("refuse")}).do(m, ("agree", PATRON, CLIENT))
    assert protest.read("credit_line", CLIENT, PATRON) == pytest.approx(0.5 + 0.5 * 0.5)


def test_aid_is_drawn_as_debt_by_conduct_and_never_beyond_the_fund(town):
    """R10.1: half for poor conduct."""
    m = Credit.make({"unit_aid": 2.0})
    good = town.at(conduct=1.0).do(m, ("aid", PATRON, CLIENT))
    poor = town.at(conduct=0.0).do(m, ("aid", PATRON, CLIENT))
    assert good.read("debt", CLIENT, PATRON) == pytest.approx(1.2)
    assert poor.read("debt", CLIENT, PATRON) == pytest.approx(0.6)
    empty = town.at(credit_fund=0.2).do(m, ("aid", PATRON, CLIENT))
    assert empty.read("debt", CLIENT, PATRON) == pytest.approx(0.2)
    assert empty.read("credit_fund", PATRON) == pytest.approx(0.0, abs=1e-6)


def test_debt_is_forgiven_when_the_last_word_was_hostile_and_fresh(town):
    """R10.6."""
    m = Credit.make({"forgive": 0.5, "unit_aid": 0.0})
    owing = town.at(debt={(HOLDOUT, PATRON): 4.0})
    angry = owing.at(last_act={(HOLDOUT, PATRON): 5}, recent={(1, HOLDOUT, PATRON): 1.0})
    stale = angry.at(recent={(1, HOLDOUT, PATRON): 0.0})
    left = [t.do(m, ("aid", PATRON, HOLDOUT)).read("debt", HOLDOUT, PATRON) for t in (owing, angry, stale)]
    assert left == pytest.approx([4.0, 2.0, 4.0])
    assert angry.do(m, ("aid", PATRON, HOLDOUT)).read("forgiven", PATRON) == pytest.approx(2.0)


def test_lines_are_annulled_and_reopened(town):
    """R10.5, R10.6."""
    m = Credit.make({"reopen": 0.5})
    on = town.at(credit_line={(HOLDOUT, PATRON): 2.0})
    off = on.do(m, ("sanction", PATRON, HOLDOUT))
    assert off.read("credit_line", HOLDOUT, PATRON) == 0
    assert off.read("credit_fund", PATRON) == pytest.approx(7.0)
    back = off.do(m, ("align", HOLDOUT, PATRON))
    assert back.read("credit_line", HOLDOUT, PATRON) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("entries", "more"),
    [
        ({"frontline_exposure": {HOLDOUT: 1.0}}, True),
        ({"bargaining_weight": {HOLDOUT: 1.0}, "believed_unrest": {(PATRON, HOLDOUT): 8.0}}, True),
        ({"conduct": {HOLDOUT: 0.0}}, False),
        ({"dependence": {(PATRON, OUTSIDER, 1): 0.9}}, False),
    ],
)
def test_allotments_follow_exposure_weight_conduct_and_the_lenders_own_debts(town, entries, more):
    """R10.1, R10.3, R10.4, F10.2."""
    m, places = Credit.make(), (jnp.int32(PATRON), jnp.int32(HOLDOUT))
    before = float(m.allotment(town.world, town.state, *places))
    after = float(m.allotment(town.world, town.at(**entries).state, *places))
    assert (after > before * 1.05) if more else (after < before * 0.95)


def test_help_buys_the_public_view_of_those_who_weigh_goods(town):
    """R10.8."""
    m = Credit.make({"sway": 0.5, "doctrine": 1.1})
    now = town.at(public_position={PATRON: 1.0, HOLDOUT: -1.0, CLIENT: -1.0})
    now = now.at(doctrine_weight={HOLDOUT: 0.95, CLIENT: 0.0})
    moved = now.do(m, ("promise", PATRON, HOLDOUT), ("promise", PATRON, CLIENT))
    assert moved.read("public_position", HOLDOUT, 0) == -1.0
    assert moved.read("public_position", CLIENT, 0) == pytest.approx(-1.0 + 0.5 * 0.4 * 2.0)


def test_contracts_go_through_every_state_and_allies_follow(town):
    """F12.1, R12.2, R12.3."""
    m = Contracts.make({"haste": 1.0, "lag": 7.0})
    signed = town.do(m, ("agree", PATRON, HOLDOUT))
    assert signed.read("pending", PATRON, HOLDOUT) == pytest.approx(1.0)
    cold = signed.do(m, ("refuse", PATRON, HOLDOUT), ("refuse", PATRON, HOLDOUT))
    assert cold.read("stall", PATRON, HOLDOUT) == pytest.approx(1.0), "words make a delegation wait, no more"
    stopped = cold.do(m, *[("sanction", PATRON, HOLDOUT)] * 3)
    assert stopped.read("stall", PATRON, HOLDOUT) == pytest.approx(4.0)
    held = stopped.at(rung={(PATRON, HOLDOUT): 17.0}, dissent_cost={CLIENT: 1.0})
    later = held.wait(m, 14.0, 3)
    assert later.read("pending", PATRON, HOLDOUT) == pytest.approx(0.125, rel=1e-3)
    assert later.read("cancelled", PATRON) == pytest.approx(0.875, rel=1e-3)
    assert later.read("stall", CLIENT, HOLDOUT) > 3.5
    assert later.read("stall", OUTSIDER, HOLDOUT) == 0


def test_deliveries_are_in_proportion_to_conduct(town):
    """R12.1, F12.3."""
    m = Contracts.make({"half": 0.5, "poor": 0.0, "good": 1.0})
    sent = [
        town.at(pending={(PATRON, HOLDOUT): 4.0}, conduct=c).wait(m, 30.0).read("delivered", PATRON, HOLDOUT)
        for c in (0.0, 0.5, 1.0)
    ]
    assert sent[0] == pytest.approx(sent[2] / 2, rel=1e-4)
    assert sent[1] == pytest.approx(sent[2] * 0.75, rel=1e-4)
