"""The ladder and resilience: rungs that are open, patience, followers, options, hardship and rally (S18, S19)."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import pytest

from blocs.mechanisms.library.ladder import Ladder
from blocs.mechanisms.library.resilience import Resilience

from .conftest import AID, BREAK, CLIENT, CRITICISE, HOLDOUT, HONOUR, OUTSIDER, PATRON, SNUB, WITHHOLD
from .lives import live, named


@pytest.fixture
def bloc(bloc):
    return named(bloc)


@pytest.fixture
def ready(bloc):
    """Every rung is open to the patron against the holdout."""
    return bloc.at(patience=0.0, openness=6.0, dependence={(HOLDOUT, PATRON): 1.0}, outside_option_perceived=0.0)


def rung(bloc, i=PATRON, j=HOLDOUT):
    return float(bloc.state.rung[i, j])


def test_the_ladder_is_climbed_rung_by_rung_and_by_the_stronger_alone(ready):
    m, now = Ladder.make({"step": 2.0, "shield": 0.0}), ready
    for expected in (2, 4, 6, 8, 8):
        now = now.after(m, ready.act(PATRON, HOLDOUT, CRITICISE))
        assert rung(now) == expected
    assert rung(now.after(m, ready.act(PATRON, HOLDOUT, WITHHOLD))) == 10
    weak = ready.after(m, ready.act(HOLDOUT, PATRON, CRITICISE))
    assert float(jnp.abs(weak.state.rung).max()) == 0
    assert rung(ready.after(m, ready.act(OUTSIDER, HOLDOUT, CRITICISE)), OUTSIDER) == 2


def test_rungs_that_are_not_open_are_not_climbed(ready):
    m = Ladder.make({"step": 22.0, "shield": 0.0})
    blow = ready.act(PATRON, HOLDOUT, WITHHOLD)
    assert rung(ready.after(m, blow)) == 10
    assert rung(ready.at(patience=1.0).after(m, blow)) == 3, "a patient patron lectures"
    assert rung(ready.at(dependence=0.0).after(m, blow)) == 9, "nothing to hold back"
    assert rung(ready.at(outside_option_perceived=0.95).after(m, blow)) == 9, "R18.6: taken to find substitutes"
    assert (
        rung(ready.at(patience=1.0).after(Ladder.make({"step": 22.0, "shield": 0.0, "precondition": 0.0}), blow)) == 10
    )


def test_another_ladder_gives_other_rungs(ready):
    open_all = dataclasses.replace(ready.world.ladder, needs_goods=jnp.zeros(23), max_patience=jnp.ones(23))
    easy = ready._replace(world=dataclasses.replace(ready.world, ladder=open_all)).at(patience=1.0, dependence=0.0)
    assert rung(easy.after(Ladder.make({"step": 22.0, "shield": 0.0}), easy.act(PATRON, HOLDOUT, WITHHOLD))) == 10


def test_refusals_wear_patience_and_giving_in_restores_it(bloc):
    """R18.2, F18.6: non-submission opens the higher rungs."""
    m = Ladder.make({"wear": 0.4})
    refused = bloc.after(m, bloc.act(HOLDOUT, PATRON, SNUB))
    worn = float(refused.state.patience[PATRON, HOLDOUT])
    assert worn == pytest.approx(1 - 0.4 * (1 + 0.3), abs=1e-5), "a refusal counts besides its tone"
    assert worn == pytest.approx(1 - 0.4 * (1 + 0.3), abs=1e-5), "a refusal counts besides its tone"
    assert float(refused.state.patience[HOLDOUT, PATRON]) == 1
    assert float(refused.after(m, bloc.act(HOLDOUT, PATRON, AID)).state.patience[PATRON, HOLDOUT]) > worn
    stubborn = live(bloc.at(resistance={HOLDOUT: 12.0}), 52, m).state.patience
    assert float(stubborn[PATRON, HOLDOUT]) < 0.8, "gentle methods that bring nothing use it up"
    assert float(stubborn[PATRON, CLIENT]) == 1


def test_who_is_costly_to_overrule_ends_lower(ready):
    """F18.5: the rung reached falls with bargaining weight; R18.11: carrots undo more of it."""
    m, ends = Ladder.make({"shield": 0.8}), []
    for weight in (0.0, 0.4, 0.8, 1.0):
        now = ready.at(bargaining_weight={HOLDOUT: weight})
        for kind in (CRITICISE, WITHHOLD, HONOUR, CRITICISE, WITHHOLD, WITHHOLD):
            now = now.after(m, ready.act(PATRON, HOLDOUT, kind))
        ends.append(rung(now))
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > 2 * ends[-1]


def test_allies_follow_after_a_lag_but_not_past_the_patron_and_not_against_themselves(bloc):
    """R18.3: where the patron sanctions its clients do; the lag is the rung's plus their own."""
    m = Ladder.make({"half_life": 7300.0, "follow": 1.0})
    now = bloc.at(dissent_cost={CLIENT: 1.0}, rung={(PATRON, HOLDOUT): 17.0}, cascade_lag=0.0)
    soon, later = (rung(live(now, weeks, m), CLIENT) for weeks in (3, 30))
    assert 0.4 * 0.9 * 17 < soon < 0.6 * 0.9 * 17, "half of it after the 21 days of the rung"
    assert 0.85 * 0.9 * 17 < later < 17
    slow = rung(live(now.at(cascade_lag=60.0), 3, m), CLIENT)
    assert slow < soon / 2
    end = live(now, 30, m)
    assert rung(end, HOLDOUT) == 0
    assert rung(end, OUTSIDER) == 0
    assert rung(live(now, 30, Ladder.make({"follow": 0.0})), CLIENT) == 0


def test_a_break_is_mutual_and_is_mended_by_cooperation(bloc):
    m = Ladder.make({"mend": 0.5})
    now = bloc.after(m, bloc.act(PATRON, HOLDOUT, BREAK))
    assert float(now.state.broken[PATRON, HOLDOUT]) == float(now.state.broken[HOLDOUT, PATRON]) == 1
    assert float(now.state.broken.sum()) == 2
    assert rung(now) == 22
    assert rung(live(now, 50, m)) == 22, "nothing is forgotten while broken"
    mended = now.after(m, bloc.act(HOLDOUT, PATRON, AID))
    assert float(mended.state.broken[PATRON, HOLDOUT]) == pytest.approx(1 - 0.5 * 0.6)
    weak = bloc.after(m, bloc.act(HOLDOUT, PATRON, BREAK))
    assert float(weak.state.broken[PATRON, HOLDOUT]) == 1
    assert rung(weak, HOLDOUT, PATRON) == 0, "the weaker breaks but does not coerce"


def test_pressure_halves_when_not_renewed_the_slower_the_less_it_can_be_undone(bloc):
    m = Ladder.make({"half_life": 70.0, "follow": 0.0})
    low, high = (rung(live(bloc.at(rung={(PATRON, HOLDOUT): r}), 10, m)) / r for r in (3.0, 21.0))
    assert low == pytest.approx(0.5, abs=1e-4)
    assert high > 0.6


def test_the_pressed_search_and_the_patron_learns_of_it_later(bloc):
    """R19.1, R19.5."""
    m = Resilience.make()
    now = live(
        bloc.at(rung={(PATRON, HOLDOUT): 17.0}, outside_option_true=0.2, outside_option_perceived=0.0), 26, m
    ).state
    assert 0.05 < float(now.outside_option_perceived[HOLDOUT]) < float(now.outside_option_true[HOLDOUT])
    assert float(now.outside_option_true[HOLDOUT]) > 0.35
    assert float(now.outside_option_true[CLIENT]) == pytest.approx(0.2), "who is left in peace does not search"
    shut = live(bloc.at(rung={(PATRON, HOLDOUT): 17.0}, outside_suppliers=0.0, hard_currency=0.0), 26, m).state
    assert float(shut.outside_option_true[HOLDOUT]) == pytest.approx(0.2)


def test_pressure_rallies_the_cohesive_and_turns_opinion_in_the_split(bloc):
    """F19.3, R19.4."""
    now = bloc.at(rung={(PATRON, HOLDOUT): 17.0, (PATRON, CLIENT): 17.0}, cohesion={HOLDOUT: 1.0, CLIENT: 0.0})
    rally = live(now, 26, Resilience.make()).state.rally
    assert float(rally[HOLDOUT]) > 0.1
    assert float(rally[CLIENT]) < -0.1
    assert float(rally[PATRON]) == 0


def test_hardship_is_what_cannot_be_found_elsewhere_and_help_eases_it(bloc):
    m = Resilience.make()
    now = bloc.at(
        rung={(PATRON, HOLDOUT): 17.0, (PATRON, CLIENT): 17.0}, outside_option_true={HOLDOUT: 0.9, CLIENT: 0.0}
    )
    after = live(now, 26, m)
    assert float(after.state.hardship[CLIENT]) > 3 * float(after.state.hardship[HOLDOUT]) > 0
    eased = after.after(m, bloc.act(OUTSIDER, CLIENT, AID)).state
    assert float(eased.hardship[CLIENT]) < float(after.state.hardship[CLIENT])
    assert float(eased.outside_option_true[CLIENT]) > float(after.state.outside_option_true[CLIENT])
    own = after.after(m, bloc.act(PATRON, CLIENT, AID)).state.outside_option_true
    assert float(own[CLIENT]) == float(after.state.outside_option_true[CLIENT]), (
        "the patron's help is no option elsewhere"
    )
