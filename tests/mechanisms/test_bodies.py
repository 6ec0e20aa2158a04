"""Bodies, succession, leaders, verdicts, force and plots: each moves in the direction that its rule says."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.inside import AGAIN, CLEARED, CRITICISED, EXPELLED, JAILED, consolidation, held, kept
from blocs.ground.keys import root
from blocs.mechanisms.library.blame import Blame
from blocs.mechanisms.library.clearing import Clearing
from blocs.mechanisms.library.force import Force
from blocs.mechanisms.library.leadership import Leadership
from blocs.mechanisms.library.mandates import Mandates
from blocs.mechanisms.library.rulings import Rulings
from blocs.mechanisms.library.subversion import Subversion
from blocs.mechanisms.library.succession import Succession

from .conftest import CLIENT, HOLDOUT, OUTSIDER, PATRON

COERCE, AGREE, REMOVE, DEMAND, CLEAR, VISIT, REFUSE, SUBVERT = range(8)
NAMES = ("coerce", "agree", "remove", "demand", "rehabilitate", "visit", "refuse", "subvert")


@pytest.fixture
def party(bloc):
    """The bloc with acts that these mechanisms know by their kind."""
    return bloc._replace(world=dataclasses.replace(bloc.world, act_kinds=tuple((n,) for n in NAMES)))


def week(mechanism, key, world, state):
    return mechanism.tick(key, world, state, jnp.float32(7.0))


compiled = eqx.filter_jit(week)


def ticked(mechanism, bloc, steps=1, seed=1):
    """The bloc after some weeks; a few weeks are quicker without a compiler."""
    move, state = (week if steps < 6 else compiled), bloc.state
    for n in range(steps):
        state = move(mechanism, root(seed * 1000 + n), bloc.world, state)
    return bloc._replace(state=state)


def test_what_nobody_claims_is_the_heads(party):
    claims = jnp.asarray([[0.0, 0, 0, 0], [0, 0.25, 0.25, 0], [0, 1, 1, 0], [0.2, 0.8, 0, 0]])
    expected = [[1, 0, 0, 0], [0.5, 0.25, 0.25, 0], [0, 0.5, 0.5, 0], [0.2, 0.8, 0, 0]]
    np.testing.assert_allclose(held(claims), expected, atol=1e-6)
    now = party.at(hold_force={(PATRON, 1): 0.3}, hold_committee={(PATRON, 2): 0.6})
    assert float(consolidation(now.state)[PATRON]) == pytest.approx(0.4)


@pytest.mark.parametrize("lock", [None, "hold_force", "hold_transport", "hold_committee"])
def test_an_outvoted_head_stays_only_with_all_three_locks(party, lock):
    now = party.at(hold_bureau={(PATRON, 1): 0.8}, pliant={(PATRON, 1): 0.7})
    if lock:
        now = now.at(**{lock: {(PATRON, 1): 0.8}})
    m = Succession.make({"vote": 1.0, "mercy": 0.0, "gather": 3650.0, "refill": 0.0})
    state = ticked(m, now, 2).state
    assert float(state.leader_changes[PATRON]) == (0 if lock is None else 1)
    if lock is None:
        assert float(state.person[PATRON, 1]) == EXPELLED
        assert float(state.purges[PATRON]) == 1
    else:
        assert float(state.pliant[PATRON, 0]) == pytest.approx(0.7)
        assert float(state.person[PATRON, 1]) == EXPELLED
    assert float(state.leader_changes[CLIENT]) == 0


def test_a_merciful_head_only_criticises_and_the_rivals_stay(party):
    now = party.at(hold_bureau={(PATRON, 1): 0.8})
    state = ticked(Succession.make({"vote": 1.0, "mercy": 1.0, "gather": 3650.0}), now).state
    assert float(state.person[PATRON, 1]) == CRITICISED
    assert float(state.purges[PATRON]) == 0
    assert 0 < float(state.hold_bureau[PATRON, 1]) < 0.5


def test_a_change_of_the_line_waits_for_all_locks(party):
    m = Succession.make({"all_locks": 0.6})
    early = party.at(line_phase={(0,): 3.7}, hold_security={(PATRON, 2): 0.9})
    assert float(ticked(m, early).state.line_phase[0]) == pytest.approx(3.0)
    assert float(ticked(m, party.at(line_phase={(0,): 3.7})).state.line_phase[0]) == pytest.approx(3.7)


def test_conceding_a_demand_costs_a_split_body_confidence_and_its_head_standing(party):
    asked = party.at(last_act={(PATRON, CLIENT): DEMAND}, cohesion={CLIENT: 0.2, HOLDOUT: 1.0})
    m = Mandates.make()
    split = asked.after(m, asked.act(CLIENT, PATRON, AGREE)).state.cc_confidence
    assert float(split[CLIENT]) == pytest.approx(0.7 * (1 - 0.5 * 0.8))
    unasked = party.at(cohesion={CLIENT: 0.2}).after(m, party.act(CLIENT, PATRON, AGREE)).state.cc_confidence
    assert float(unasked[CLIENT]) == pytest.approx(0.7)
    head = asked.after(Leadership.make(), asked.act(CLIENT, PATRON, AGREE)).state.leader_standing
    assert float(head[CLIENT]) < float(asked.state.leader_standing[CLIENT]) - 0.1


def test_bodies_rule_in_order_and_mandates_expire(party):
    busy = party.at(agenda={(CLIENT, 0): 50.0}, salience={(CLIENT, 0): 0.9}, cohesion={CLIENT: 1.0})
    m = Mandates.make({"sit": 1.0, "endorse": 1.0, "expire": 0.0})
    mandates = [float(ticked(m, busy, n).state.mandate[CLIENT, 0]) for n in (1, 2)]
    assert mandates == [1.0, 2.0]
    congress = busy.at(mandate={(CLIENT, 0): 2.0}, congress_due={CLIENT: 3.0})
    settled = ticked(m, congress).state
    assert float(settled.mandate[CLIENT, 0]) == 3.0
    assert float(settled.congress_due[CLIENT]) == pytest.approx(1460.0)
    idle = congress.at(agenda={(CLIENT, 0): 0.0})
    assert float(ticked(Mandates.make({"expire": 0.1}), idle, 40).state.mandate[CLIENT, 0]) == 0.0


def test_annulment_takes_notice_spreads_along_the_graph_and_costs_those_who_judged(party):
    now = party.at(
        ruling={(0,): 1.0, (1,): 1.0, (2,): 1.0},
        rests_on={(1, 0): 1.0},
        judged={(CLIENT, 1): 1.0, (HOLDOUT, 2): 1.0},
        verdict={(CLIENT, 1): 1.0, (HOLDOUT, 2): 1.0},
    )
    m = Rulings.make({"notice": 10.0, "spread": 30.0})
    told = now.after(m, now.act(PATRON, OUTSIDER, CLEAR, 0))
    assert float(told.state.annulment_due[0]) == pytest.approx(10.0)
    assert float(told.state.rift[PATRON]) > 0
    assert float(ticked(m, told, 1).state.ruling[0]) == 1.0
    later = ticked(m, told, 60).state
    assert float(later.ruling[0]) == 0.0
    assert float(later.ruling[1]) < 0.05
    assert float(later.ruling[2]) == 1.0
    assert float(later.verdict[CLIENT, 1]) < 0.7
    assert float(later.verdict[HOLDOUT, 2]) == pytest.approx(1.0)
    assert float(later.legitimacy[CLIENT]) < float(later.legitimacy[HOLDOUT])
    members_word = now.after(m, now.act(CLIENT, PATRON, CLEAR, 1)).state
    assert float(members_word.annulment_due[1]) == 0.0
    assert float(kept(members_word)[CLIENT]) == pytest.approx(0.3)


def test_the_condemned_come_back_only_where_a_verdict_is_lost_or_peers_clear(party):
    m = Clearing.make({"free": 0.1, "advance": 0.1})
    jailed = party.at(person={(CLIENT, 3): JAILED}, judged={(CLIENT, 0): 1.0}, verdict={(CLIENT, 0): 1.0})
    assert float(ticked(m, jailed, 40).state.person[CLIENT, 3]) == JAILED
    lost = jailed.at(verdict={(CLIENT, 0): 0.0})
    back = ticked(m, lost, 40).state
    assert float(back.person[CLIENT, 3]) == AGAIN
    assert float(back.hold_committee[CLIENT, 3]) == pytest.approx(0.3)
    peers = jailed.at(cleared={PATRON: 20.0})
    assert float(ticked(m, peers, 40).state.person[CLIENT, 3]) > JAILED
    cleared = jailed.after(m, jailed.act(CLIENT, PATRON, CLEAR, 0)).state
    assert float(cleared.person[CLIENT, 3]) == CLEARED
    assert float(cleared.cleared[CLIENT]) == 1.0


def test_blame_climbs_by_single_steps_and_waits_before_it_is_named_in_public(party):
    m = Blame.make({"climb": 1.0})
    guilty = party.at(scapegoat={PATRON: 1.0})
    assert [float(ticked(m, guilty, n).state.blame[PATRON]) for n in (1, 2, 5, 9)] == [1.0, 2.0, 5.0, 5.0]
    weak = guilty.at(hold_force={(PATRON, 1): 1.0})
    assert float(ticked(m, weak, 20).state.blame[PATRON]) == 3.0


def test_a_refused_demand_weighs_on_its_author_alone(party):
    m = Blame.make()
    asked = party.at(last_act={(PATRON, HOLDOUT): DEMAND})
    assert asked.after(m, asked.act(HOLDOUT, PATRON, REFUSE)).state.rebuff.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert float(party.after(m, party.act(HOLDOUT, PATRON, REFUSE)).state.rebuff[PATRON]) == 0.0


def test_force_is_a_show_in_calm_half_an_entry_in_crisis_and_whole_after_an_exit(party):
    m = Force.make()
    strike = party.act(PATRON, CLIENT, COERCE)
    show = party.at(cohesion={CLIENT: 0.8}).after(m, strike).state
    assert float(show.presence[CLIENT]) == 0.0
    assert float(show.closed[CLIENT]) == pytest.approx(0.8)
    stirred = {"unrest": {CLIENT: 10.0}, "believed_unrest": {(PATRON, CLIENT): 10.0}}
    half = party.at(**stirred).after(m, strike).state
    assert float(half.presence[CLIENT]) == pytest.approx(0.4)
    unknown = party.at(unrest={CLIENT: 10.0}, cohesion={CLIENT: 0.8}).after(m, strike).state
    assert float(unknown.presence[CLIENT]) == 0.0, "the patron acts on what it believes"
    assert float(unknown.closed[CLIENT]) == pytest.approx(0.8)
    whole = party.at(unrest={CLIENT: 10.0}, treaty_exit={CLIENT: 1.0}).after(m, strike).state
    assert float(whole.presence[CLIENT]) == pytest.approx(1.0)
    assert float(whole.leader_standing[CLIENT]) < 0.1
    other = party.at(**stirred).after(m, party.act(OUTSIDER, CLIENT, COERCE)).state
    assert float(other.presence[CLIENT]) == 0.0


def test_half_an_entry_is_withdrawn_and_stirs_a_whole_one_quells(party):
    m = Force.make({"leave": 1.0, "secede": 0.0})
    half = party.at(unrest={CLIENT: 10.0}, presence={CLIENT: 0.4})
    gone = ticked(m, half, 1).state
    assert float(gone.withdrawn[CLIENT]) == 1.0
    assert float(gone.presence[CLIENT]) == 0.0
    assert float(gone.unrest[CLIENT]) > 10.2
    whole = party.at(unrest={CLIENT: 10.0}, presence={CLIENT: 1.0}, treaty_exit={CLIENT: 1.0})
    calm = ticked(m, whole, 4).state
    assert float(calm.unrest[CLIENT]) < 5.0
    assert float(calm.treaty_exit[CLIENT]) == 0.0


def test_those_who_can_act_are_asked(party):
    weighty = party.at(bargaining_weight={HOLDOUT: 0.9, CLIENT: 0.0})
    m = Force.make({"ask": 0.5, "near": 0.0})
    asked = weighty.after(m, weighty.act(PATRON, CLIENT, COERCE)).state.consulted
    assert asked.tolist() == [0.0, 0.0, 1.0, 0.0]
    light = party.at(bargaining_weight={HOLDOUT: 0.1})
    assert float(light.after(m, light.act(PATRON, CLIENT, COERCE)).state.consulted.sum()) == 0.0


def test_approaches_win_those_alone_abroad_and_unity_keeps_the_rest(party):
    m = Subversion.make()
    away = party.after(m, party.act(CLIENT, PATRON, VISIT))
    assert float(away.state.abroad[CLIENT]) == pytest.approx(0.5)
    strike = party.act(PATRON, CLIENT, SUBVERT)
    at_home, abroad = (float(b.after(m, strike).state.agents[CLIENT]) for b in (party, away))
    assert abroad > 3 * at_home > 0
    firm = away.at(cohesion={CLIENT: 1.0})
    assert float(firm.after(m, strike).state.agents[CLIENT]) < 0.3 * abroad
    teacher = party.after(m, strike).state
    organiser = party.after(m, party.act(OUTSIDER, CLIENT, SUBVERT)).state
    assert float(teacher.theses[CLIENT]) > 0 == float(teacher.cells[CLIENT])
    assert float(organiser.cells[CLIENT]) > 0 == float(organiser.theses[CLIENT])


def test_a_plot_found_out_closes_the_ranks_and_one_that_strikes_opens_them(party):
    plot = party.at(agents={CLIENT: 0.8}, cohesion={CLIENT: 0.5})
    found = ticked(Subversion.make({"detect": 1.0, "attempt": 0.0, "purge": 1.0}), plot, 3).state
    assert float(found.plots_exposed[CLIENT]) == 1.0
    assert float(found.cohesion[CLIENT]) > 0.6
    struck = ticked(Subversion.make({"detect": 0.0, "attempt": 1.0}), plot, 1).state
    assert float(struck.cohesion[CLIENT]) < 0.5
    assert float(struck.leader_standing[CLIENT]) < 0.7


def test_a_calm_body_passes_the_favourite_over_and_a_crisis_lets_him_in(party):
    """R03.2 and R03.3: who is passed over is planted one step below."""
    m = Leadership.make({"resent": 20.0, "foist": 20.0, "hazard": 0.01, "slope": 12.0, "shield": 0.0})
    ready = party.at(leader_standing={CLIENT: 0.0}, pliant={(CLIENT, 1): 1.0}, cohesion={CLIENT: 0.0})
    calm = ticked(m, ready, 1).state
    assert float(calm.leader_changes[CLIENT]) == 1.0
    assert float(calm.pliant[CLIENT, 0]) == 0.0
    assert float(calm.hold_committee[CLIENT, 1]) == pytest.approx(0.3)
    assert float(calm.fallen_status[CLIENT]) == 1.0
    crisis = ticked(m, ready.at(unrest={CLIENT: 13.0}), 1).state
    assert float(crisis.pliant[CLIENT, 0]) == 1.0
    assert float(crisis.legitimacy[CLIENT]) < 0.7
