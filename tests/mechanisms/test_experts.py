"""Ceremony, provision, experts, cadres and coordination move the way their rules say."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from blocs.mechanisms.library.cadres import Cadres
from blocs.mechanisms.library.ceremony import Ceremony
from blocs.mechanisms.library.coordination import Coordination
from blocs.mechanisms.library.provision import Provision
from blocs.mechanisms.library.specialists import Specialists

from .conftest import CLIENT, HOLDOUT, OUTSIDER, PATRON
from .market import market


@pytest.fixture
def town(bloc):
    return market(bloc).at(dependence={(CLIENT, PATRON): 0.6, (HOLDOUT, PATRON): 0.8})


def test_ceremony_follows_need_and_not_only_warmth(town):
    """R09.1, F09.1."""
    m, visit = Ceremony.make(), ("visit", HOLDOUT, PATRON)
    plain = town.do(m, visit).read("honour_level", PATRON, HOLDOUT)
    asked = town.at(request={(PATRON, HOLDOUT): 3.0}).do(m, visit).read("honour_level", PATRON, HOLDOUT)
    foes = town.at(warmth={(PATRON, OUTSIDER): -0.9, (HOLDOUT, OUTSIDER): -0.9}).do(m, visit)
    warm = town.at(warmth={(PATRON, HOLDOUT): 0.9}).do(m, visit).read("honour_level", PATRON, HOLDOUT)
    assert plain < warm < foes.read("honour_level", PATRON, HOLDOUT) < asked


def test_open_hosts_are_trusted_and_slights_lower_standing(town):
    """R09.4, R09.8, F09.4."""
    m = Ceremony.make()
    guest = [town.at(access=a).do(m, ("visit", CLIENT, PATRON)).read("warmth", CLIENT, PATRON) for a in (0.0, 0.5, 1.0)]
    assert guest[0] < guest[1] == 0.0 < guest[2]
    standing = [town.do(m, (act, PATRON, CLIENT)).read("prestige", CLIENT) for act in ("slight", "inform", "honour")]
    assert standing[0] < standing[1] == 0.5 < standing[2]


def test_the_label_falls_at_its_rung_and_returns(town):
    """R09.7."""
    m = Ceremony.make()
    off = town.at(rung={(PATRON, HOLDOUT): 15.0}).wait(m, 60.0)
    assert off.read("listed", HOLDOUT) == pytest.approx(0.5)
    assert off.read("listed", CLIENT) == 1.0
    assert off.at(rung={(PATRON, HOLDOUT): 3.0}).wait(m, 60.0).read("listed", HOLDOUT) == pytest.approx(0.75)


def test_a_promise_makes_a_client_give_up_its_own_crop_to_the_patron(town):
    """R11.1, R11.5, R15.6."""
    m = Provision.make({"half_life": 3650.0, "lure": 0.2})
    start = town.at(supply_promise=1.0, import_share=0.2, doctrine_weight={CLIENT: 0.0, HOLDOUT: 0.95})
    year = start.wait(m, 7.0, 52)
    assert year.read("import_share", CLIENT, 0) > 0.3
    assert year.read("import_share", HOLDOUT, 0) < 0.22
    assert year.read("dependence", CLIENT, PATRON, 0) > 0.6, "what is given up comes from the one who promised"
    taken = start.at(supply_promise=-1.0).wait(m, 7.0, 52)
    assert taken.read("import_share", CLIENT, 0) < 0.2


def test_quarrels_make_scarcity_and_unmake_promises(town):
    """R11.2, F11.4."""
    m = Provision.make({"noise": 0.0})
    open_ = town.at(openness={(CLIENT, PATRON): 6.0, (HOLDOUT, PATRON): 6.0}).wait(m, 7.0, 26)
    assert open_.read("scarcity", PATRON) > 0.9
    assert town.wait(m, 7.0, 26).read("scarcity", PATRON) == 0.0
    assert open_.read("supply_promise", CLIENT) < 0


def test_work_sours_reports_fork_and_the_truth_is_found_later(town):
    """R13.1, R13.2, F13.3."""
    m = Specialists.make()
    there = town.at(pool={HOLDOUT: 0.8}, resource_true=0.8, local_capacity=0.6)
    loyal = there.at(warmth={(PATRON, HOLDOUT): 0.6}).wait(m, 7.0, 104)
    sour = there.at(warmth={(PATRON, HOLDOUT): -0.6}).wait(m, 7.0, 104)
    assert loyal.read("pool_quality", HOLDOUT) > 0.95
    assert sour.read("pool_quality", HOLDOUT) < 0.3
    assert loyal.read("resource_report", HOLDOUT) > loyal.read("resource_centre", HOLDOUT)
    assert sour.read("resource_report", HOLDOUT) < 0.5
    gone = sour.at(pool=0.0, broken=1.0).wait(m, 7.0, 104)
    assert gone.read("resource_report", HOLDOUT) > sour.read("resource_report", HOLDOUT) + 0.1


@pytest.mark.parametrize(("own", "left"), [(0.0, 0.2), (0.4, 0.6), (0.8, 1.0)])
def test_withdrawal_costs_what_was_not_trained(town, own, left):
    """R13.5, F13.4."""
    m = Specialists.make({"recall": 1.0, "enough": 0.8, "learn": 0.0, "move": 3650.0})
    now = town.at(pool={HOLDOUT: 0.2}, local_capacity={HOLDOUT: own}, warmth=0.5)
    gone = now.do(m, ("sanction", PATRON, HOLDOUT))
    assert gone.read("pool", HOLDOUT) == 0.0
    kept = now.wait(m, 7.0, 20).read("technical_work", HOLDOUT)
    assert kept == pytest.approx(left, abs=0.03)


def test_exposed_agents_leave(town):
    """R13.4."""
    m = Specialists.make()
    now = town.at(pool=0.5, last_act={(PATRON, HOLDOUT): town.world.acts.index("subvert")})
    assert now.do(m, ("criticise", HOLDOUT, PATRON)).read("pool", HOLDOUT) == pytest.approx(0.4)
    assert now.do(m, ("criticise", HOLDOUT, CLIENT)).read("pool", HOLDOUT) == pytest.approx(0.5)


def test_nobody_is_lost_between_school_and_home(town):
    """S14: students come back as trained, and only sending adds to them."""
    m = Cadres.make({"send": 0.0})
    now = town.at(students=0.4, trained=0.1)
    year = now.wait(m, 7.0, 52)
    both = [np.asarray(t.state.students + t.state.trained) for t in (now, year)]
    np.testing.assert_allclose(both[1], both[0], rtol=1e-4)
    assert year.read("trained", CLIENT) > 0.15


def test_a_united_party_keeps_its_cadres_and_the_patron_hopes_in_vain(town):
    """R14.1, R14.2, F14.1."""
    m = Cadres.make()
    now = town.at(trained=0.4, cohesion={CLIENT: 0.1, HOLDOUT: 0.95}, student_loyalty=0.0, rung={PATRON: 12.0})
    later = now.wait(m, 7.0, 104)
    assert later.read("student_loyalty", CLIENT) < -0.2 < 0.4 < later.read("student_loyalty", HOLDOUT)
    assert later.read("faction_expectation", HOLDOUT) > 0.2
    tried = later.do(m, ("subvert", PATRON, HOLDOUT))
    assert tried.read("faction_expectation", HOLDOUT) < later.read("faction_expectation", HOLDOUT)
    assert later.read("cohesion", CLIENT) < 0.1
    assert later.read("cohesion", HOLDOUT) > 0.94


def test_quotas_beyond_what_a_member_bears_are_not_carried_out(town):
    """R15.1, R15.2, F15.1, F15.3."""
    m = Coordination.make()
    calm = town.at(quota={CLIENT: 0.5}).wait(m, 7.0, 52)
    hard = town.at(quota={CLIENT: 0.5}, unrest={CLIENT: 9.0}).wait(m, 7.0, 52)
    assert calm.read("compliance", CLIENT) > 0.7
    assert hard.read("compliance", CLIENT) < 0.2
    assert calm.read("compliance", HOLDOUT) == 1.0, "no quota, nothing to default on"


def test_claims_brought_to_a_forum_are_referred_to_the_patron(town):
    """R15.4: the sum of requests stays."""
    m = Coordination.make({"refer": 0.5})
    forum = town._replace(world=dataclasses.replace(town.world, collective=jnp.array([0.0, 0, 0, 1])))
    asked = forum.at(request={(CLIENT, OUTSIDER): 2.0}).do(m, ("demand", CLIENT, OUTSIDER))
    assert asked.read("request", CLIENT, OUTSIDER) == pytest.approx(1.0)
    assert asked.read("request", CLIENT, PATRON) == pytest.approx(1.0)


def test_advice_goes_toward_what_the_patron_buys_and_sells(town):
    """R15.3, R15.6, F15.2."""
    m = Coordination.make()
    now = town.at(
        import_share={(PATRON, 0): 0.0, (PATRON, 1): 1.0},
        dependence={(CLIENT, PATRON): jnp.array([0.9, 0.0], jnp.float32)},
    )
    year = now.wait(m, 7.0, 52)
    assert year.read("advice", CLIENT, 0) < -0.3
    assert year.read("advice", CLIENT, 1) > 0.3


def test_an_offer_on_territory_cools_a_member(town):
    """R15.5, F15.4."""
    year = town.at(integration_offer={CLIENT: 1.0}).wait(Coordination.make(), 7.0, 52)
    assert year.read("warmth", CLIENT, PATRON) < -0.3
    assert year.read("dissent_cost", CLIENT) < 0.35
    assert year.read("dissent_cost", HOLDOUT) == pytest.approx(0.5)
