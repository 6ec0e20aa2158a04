"""Camps and brokers: trust, party ties, centres, thaws; who is sent, what it moves, how it turns (S20, S21)."""

from __future__ import annotations

import pytest

from blocs.mechanisms.library.camps import Camps
from blocs.mechanisms.library.mediation import Mediation

from .conftest import AID, BREAK, CLIENT, CRITICISE, HOLDOUT, HONOUR, LOBBY, OUTSIDER, PATRON, SNUB
from .lives import live, named


@pytest.fixture
def bloc(bloc):
    return named(bloc)


def test_attacks_cost_trust_faster_than_kindness_builds_it_and_most_on_what_matters(bloc):
    m = Camps.make()
    attacked = bloc.after(m, bloc.act(PATRON, HOLDOUT, CRITICISE)).state.trust
    helped = bloc.after(m, bloc.act(PATRON, HOLDOUT, AID)).state.trust
    assert 0.5 - float(attacked[HOLDOUT, PATRON]) > float(helped[HOLDOUT, PATRON]) - 0.5 > 0
    assert int((attacked != bloc.state.trust).sum()) == 1
    vital = bloc.at(salience=1.0).after(m, bloc.act(PATRON, HOLDOUT, CRITICISE)).state.trust
    assert float(vital[HOLDOUT, PATRON]) < float(attacked[HOLDOUT, PATRON])


def test_hedging_with_those_the_patron_is_cold_to_costs_its_trust(bloc):
    """R19.3."""
    m, deal = Camps.make(), bloc.act(CLIENT, OUTSIDER, AID)
    cold = bloc.at(warmth={(PATRON, OUTSIDER): -0.8}).after(m, deal).state.trust
    warm = bloc.at(warmth={(PATRON, OUTSIDER): 0.8}).after(m, deal).state.trust
    assert float(cold[PATRON, CLIENT]) < 0.5 == float(warm[PATRON, CLIENT])


def test_party_ties_end_by_open_attacks_and_come_back_by_amends_of_the_attacker(bloc):
    """R20.7, R20.11."""
    m = Camps.make()
    now = bloc.at(openness={(PATRON, HOLDOUT): 5.0})
    for _ in range(6):
        now = now.after(m, bloc.act(PATRON, HOLDOUT, BREAK))
    gone = float(now.state.party_tie[HOLDOUT, PATRON])
    assert gone == float(now.state.party_tie[PATRON, HOLDOUT]) < 0.2
    assert float(now.after(m, bloc.act(PATRON, HOLDOUT, AID)).state.party_tie[PATRON, HOLDOUT]) == pytest.approx(gone)
    assert float(now.after(m, bloc.act(HOLDOUT, PATRON, HONOUR)).state.party_tie[PATRON, HOLDOUT]) == pytest.approx(
        gone
    )
    assert float(now.after(m, bloc.act(PATRON, HOLDOUT, HONOUR)).state.party_tie[PATRON, HOLDOUT]) > gone


def test_open_dissent_of_the_weighty_makes_a_centre_and_followers_add_to_it(bloc):
    """R20.10."""
    m = Camps.make()
    heavy, light = (bloc.at(bargaining_weight=b).after(m, bloc.act(CLIENT, PATRON, CRITICISE)) for b in (1.0, 0.1))
    assert float(heavy.state.rival_centre[CLIENT]) > 5 * float(light.state.rival_centre[CLIENT]) > 0
    joined = heavy.after(m, bloc.act(HOLDOUT, CLIENT, AID)).state.rival_centre
    assert float(joined[CLIENT]) > float(heavy.state.rival_centre[CLIENT])
    assert float(bloc.after(m, bloc.act(PATRON, CLIENT, CRITICISE)).state.rival_centre.max()) == 0


def test_a_thaw_is_between_the_patron_and_an_outsider_and_passes(bloc):
    m = Camps.make({"season": 70.0})
    for act in (bloc.act(PATRON, OUTSIDER, AID), bloc.act(OUTSIDER, PATRON, AID)):
        thaw = bloc.after(m, act)
        assert float(thaw.state.thaw[OUTSIDER]) > 0.3
        assert float(thaw.state.thaw.sum()) == float(thaw.state.thaw[OUTSIDER])
    assert float(live(thaw, 10, m).state.thaw[OUTSIDER]) == pytest.approx(
        float(thaw.state.thaw[OUTSIDER]) / 2, rel=1e-3
    )
    ended = thaw.after(m, bloc.act(PATRON, OUTSIDER, BREAK)).state.thaw
    assert float(ended[OUTSIDER]) < float(thaw.state.thaw[OUTSIDER])
    assert float(bloc.after(m, bloc.act(PATRON, CLIENT, AID)).state.thaw.max()) == 0


@pytest.fixture
def sent(bloc):
    """The holdout, which trusts the client, has refused the patron."""
    ready = bloc.at(trust={(HOLDOUT, CLIENT): 0.9}, warmth={(CLIENT, PATRON): 0.8, (OUTSIDER, PATRON): -0.5}, line=0.8)
    return ready.after(Mediation.make(), bloc.act(HOLDOUT, PATRON, SNUB))


def test_a_deadlock_sends_whom_the_target_trusts_and_the_patron_is_dear_to(sent):
    """R21.1, F21.4."""
    assert float(sent.state.mission[CLIENT, HOLDOUT]) > 0.5
    assert float(sent.state.mission.sum()) == float(sent.state.mission[CLIENT, HOLDOUT])
    half = live(sent, 3, Mediation.make({"half_life": 21.0})).state.mission
    assert float(half[CLIENT, HOLDOUT]) == pytest.approx(float(sent.state.mission[CLIENT, HOLDOUT]) / 2, rel=1e-3)


def test_a_broker_moves_the_pliable_and_not_those_for_whom_doctrine_weighs_all(sent):
    """F21.1."""
    m, word = Mediation.make({"sway": 1.0}), sent.act(CLIENT, HOLDOUT, LOBBY)
    soft, firm = (
        float(sent.at(doctrine_weight={HOLDOUT: d}).after(m, word).state.public_position[HOLDOUT, 0])
        for d in (0.0, 1.0)
    )
    assert soft > 0.2
    assert firm == 0
    assert float(sent.after(m, word).state.mission[CLIENT, HOLDOUT]) < float(sent.state.mission[CLIENT, HOLDOUT])


def test_voices_that_come_together_betray_who_sent_them(sent):
    """R21.7."""
    m, word = Mediation.make(), sent.act(CLIENT, HOLDOUT, LOBBY)
    alone = sent.after(m, word).state
    joined = sent.at(mission={(OUTSIDER, HOLDOUT): 0.8}).after(m, word).state
    assert float(alone.trust[HOLDOUT, PATRON]) == 0.5 > float(joined.trust[HOLDOUT, PATRON])
    assert float(joined.resistance[HOLDOUT]) > float(alone.resistance[HOLDOUT]) == 0


def test_rebuffed_proxies_give_up_and_turn_the_more_they_depend(sent):
    """R21.6."""
    m, no = Mediation.make(), sent.act(HOLDOUT, CLIENT, SNUB)
    free = sent.after(m, no).state
    bound = sent.at(dependence={(CLIENT, PATRON): 1.0}, trust={(HOLDOUT, CLIENT): 0.2}).after(m, no).state
    assert float(free.mission[CLIENT, HOLDOUT]) == 0
    assert float(bound.warmth[CLIENT, HOLDOUT]) < -0.2 < float(free.warmth[CLIENT, HOLDOUT]) == 0
