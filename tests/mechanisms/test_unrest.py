"""Unrest: shocks, weakness, concession, force, neighbours, the point of no recall (S23)."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.mechanisms.library.unrest import Unrest

from .conftest import AID, CLIENT, CRITICISE, HOLDOUT, OUTSIDER, PATRON
from .lives import KINDS, live, named, path

QUIET = {"excite": 0.0, "contagion": 0.0, "shock": 0.0, "want": 0.0, "claim": 0.0, "burst": 0.0, "give": 0.0}


def only(**changes):
    return Unrest.make({**QUIET, **changes})


def test_unrest_dies_down_by_halves_when_nothing_feeds_it(bloc):
    assert path(bloc.at(unrest=4.0), 10, "unrest", only(half_life=70.0))[-1] == pytest.approx([2.0] * 4, abs=1e-4)


def test_a_shock_builds_over_months_where_weaknesses_coincide(bloc):
    """F23.1, R23.4, R23.6: split, shaky and susceptible; F23.5: the cohesive stay calm; R23.5: what is not heard passes by."""
    m = Unrest.make({"burst": 0.0})
    now = bloc.at(shock=0.9, cohesion={CLIENT: 0.2, HOLDOUT: 0.95}, leader_standing={CLIENT: 0.2}, susceptibility=0.9)
    found = path(now, 20, "unrest", m)
    assert found[-1, CLIENT] > 5 * found[-1, HOLDOUT]
    assert found[-1, HOLDOUT] < 3
    assert found[-1, CLIENT] > 2 * found[3, CLIENT]
    assert found[0, [PATRON, OUTSIDER]].max() == 0, "who is not bound by the line is shaken only by its neighbours"
    for better in ({"susceptibility": 0.1}, {"news_access": 0.0}, {"leader_standing": 1.0}):
        assert path(now.at(**better), 20, "unrest", m)[-1, CLIENT] < 0.8 * found[-1, CLIENT]


def test_bursts_keep_the_mean(bloc):
    now = bloc.at(shock=0.5, cohesion=0.2)
    smooth = path(now, 10, "unrest", Unrest.make({"burst": 0.0}))[-1, CLIENT]
    rough = [path(now, 10, "unrest", Unrest.make({"burst": 1.0}), seed=100 * n)[-1, CLIENT] for n in range(60)]
    assert np.std(rough) > 0.02
    assert np.mean(rough) == pytest.approx(smooth, abs=4 * np.std(rough) / np.sqrt(60))


def test_unrest_spreads_to_neighbours(bloc):
    found = path(bloc.at(unrest={HOLDOUT: 12.0}, cohesion=0.2), 8, "unrest", only(contagion=0.01, surge=0.0))
    assert found[-1, CLIENT] > found[-1, PATRON] > 0 == found[-1, OUTSIDER], "border and camp, camp alone, neither"


def test_above_the_release_unrest_feeds_itself(bloc):
    m = only(excite=0.002, surge=10.0, release=8.0)
    low, high = (
        live(bloc.at(unrest=u, cohesion=0.1, leader_standing=0.4), 26, m).state.unrest[CLIENT] for u in (6.0, 9.5)
    )
    assert float(high) > 7 > 4.5 > float(low)


def test_who_needs_the_frontier_and_is_of_one_mind_stops_short(bloc):
    """R23.7: autonomy, not exit."""
    m = only(want=1.0)
    now = bloc.at(hardship=1.0, border_insecurity={CLIENT: 1.0, HOLDOUT: 0.0}, cohesion=0.5)
    end = live(now, 60, m).state.unrest
    assert float(end[CLIENT]) < 9 < float(end[HOLDOUT])


def test_giving_way_feeds_the_claim_and_split_leaders_give_way(bloc):
    """R23.2."""
    m = only(claim=0.1)
    gave, kept = (float(live(bloc.at(concession=c), 8, m).state.unrest[CLIENT]) for c in (0.8, 0.0))
    assert gave > kept == 0
    split = live(bloc.at(unrest=8.0, cohesion={CLIENT: 0.0, HOLDOUT: 1.0}), 8, only(give=0.01)).state.concession
    assert float(split[CLIENT]) > 0.1 > float(split[HOLDOUT]) == 0


def test_full_force_ends_it_and_half_hearted_force_leaves_a_grievance(bloc):
    """R23.3."""
    world = named(bloc, ("coerce", *KINDS[1:])).at(unrest={HOLDOUT: 8.0})
    m, blow = Unrest.make(), world.act(PATRON, HOLDOUT, 0)
    half, full = (world.at(rung={(PATRON, HOLDOUT): r}).after(m, blow).state for r in (0.0, 18.0))
    assert float(half.unrest[HOLDOUT]) == pytest.approx(4.0, abs=1e-4)
    assert float(full.unrest[HOLDOUT]) == pytest.approx(0.0, abs=1e-4)
    assert float(half.concession[HOLDOUT]) == pytest.approx(0.5)
    assert float(full.concession[HOLDOUT]) == 0


def test_clearing_a_person_is_a_concession_at_home(bloc):
    world = named(bloc, ("rehabilitate", *KINDS[1:]))
    assert float(world.after(Unrest.make(), world.act(CLIENT, OUTSIDER, 0)).state.concession[CLIENT]) == pytest.approx(
        0.5
    )
    assert float(world.after(Unrest.make(), world.act(CLIENT, OUTSIDER, AID)).state.concession.max()) == 0


def test_want_shakes_the_split_more_than_the_cohesive(bloc):
    """F19.3: sanctions do not shake a cohesive leadership."""
    now = bloc.at(reserve_days=0.0, import_share=0.5, cohesion={CLIENT: 0.1, HOLDOUT: 1.0})
    end = live(now, 10, only(want=0.1)).state.unrest
    assert float(end[CLIENT]) > 0.5
    assert float(end[HOLDOUT]) == 0


def test_hostile_acts_stir_the_target_alone(bloc):
    m = Unrest.make({"hostility": 1.0})
    now = named(bloc).at(cohesion=0.0).after(m, bloc.act(PATRON, HOLDOUT, CRITICISE)).state.unrest
    assert float(now[HOLDOUT]) == pytest.approx(0.5, abs=1e-5)
    assert int((now != 0).sum()) == 1
    assert float(named(bloc).after(m, bloc.act(PATRON, HOLDOUT, AID)).state.unrest.max()) == 0
