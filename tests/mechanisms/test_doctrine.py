"""Doctrine and positions: the line in stages, what is shown and held, commitments, resistance in steps (S05)."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.mechanisms.library.doctrine import Doctrine
from blocs.mechanisms.library.positions import Positions

from .conftest import AID, BREAK, CLIENT, CRITICISE, DECLARE, HOLDOUT, HONOUR, OUTSIDER, PATRON
from .lives import live, named, path


@pytest.fixture
def bloc(bloc):
    return named(bloc)


def test_members_show_what_dissent_costs_them(bloc):
    """R05.2: public rests between the private view and the line; outsiders show their view, the patron its line."""
    m = Positions.make({"internalise": 36500.0})
    now = bloc.at(private_position={CLIENT: -0.8, HOLDOUT: -0.8, OUTSIDER: -0.8}, line=0.6, follow_lag=7.0)
    now = now.at(dissent_cost={CLIENT: 1.0, HOLDOUT: 0.25, OUTSIDER: 1.0})
    end = np.asarray(live(now, 10, m).state.public_position)[:, 0]
    assert end[CLIENT] == pytest.approx(0.6, abs=0.02)
    assert end[HOLDOUT] == pytest.approx(0.75 * -0.8 + 0.25 * 0.6, abs=0.02)
    assert end[OUTSIDER] == pytest.approx(-0.8, abs=0.02)
    assert end[PATRON] == pytest.approx(0.6, abs=0.02)


def test_a_change_of_the_line_is_prepared_then_proclaimed_then_followed(bloc):
    """F05.1: the phase rises first, the line moves from phase 4 on, members follow."""
    m = (Positions.make(), Doctrine.make({"stage": 70.0, "turn": 60.0, "flip": 0.0}))
    now = bloc.at(private_position={PATRON: 1.0}, dissent_cost=1.0, line=-0.5, public_position=-0.5, follow_lag=60.0)
    line = path(now, 100, "line", *m)[:, 0]
    shown = path(now, 100, "public_position", *m)[:, CLIENT, 0]
    crossed = [int(np.argmax(series > 0.3)) for series in (line, shown)]
    assert line[25] == pytest.approx(-0.5, abs=1e-5), "nothing is said in the first phases"
    assert 30 < crossed[0] < crossed[1]
    assert line[-1] > 0.9


def test_a_line_that_is_what_the_patron_thinks_is_not_touched(bloc):
    now = live(bloc.at(line=0.4, private_position={PATRON: 0.5}), 50, Doctrine.make()).state
    assert float(now.line[0]) == pytest.approx(0.4)
    assert float(now.line_phase.max()) == 0
    assert float(now.shock.max()) == 0


def test_only_open_attacks_on_the_patron_strain_the_line_and_a_strained_line_flips(bloc):
    """R05.5: the same spokesman says the opposite within months."""
    m = Doctrine.make({"flip": 0.1, "attack": 1.0, "turn": 30.0})
    attacked = bloc.at(line=0.8, bargaining_weight=1.0, private_position={PATRON: 0.8})
    quiet = attacked.after(m, bloc.act(OUTSIDER, PATRON, DECLARE), bloc.act(OUTSIDER, CLIENT, CRITICISE)).state
    assert float(quiet.line_strain.max()) == 0
    now = attacked.after(m, *[bloc.act(OUTSIDER, PATRON, BREAK)] * 2)
    assert float(now.state.line_strain[0]) == pytest.approx(1.0)
    end = live(now, 20, m).state
    assert float(end.line[0]) < -0.4
    assert float(end.private_position[PATRON, 0]) == pytest.approx(-0.8, abs=1e-5)
    assert float(end.private_position[CLIENT, 0]) == 0
    assert float(live(attacked, 20, m).state.line[0]) == pytest.approx(0.8), "without attack there is no flip"


def test_the_shock_is_what_the_line_moved_and_moving_back_recalls_it(bloc):
    m = Doctrine.make({"turn": 7.0, "echo": 3650.0})
    now = live(bloc.at(line=-0.5, private_position={PATRON: 0.5}, line_phase=4.0), 20, m)
    assert float(now.state.shock[0]) == pytest.approx(1.0, abs=0.1)
    back = live(now.at(private_position={PATRON: -0.5}, line_phase=4.0), 20, m)
    assert abs(float(back.state.shock[0])) < 0.1


def test_the_patron_takes_the_line_with_it_and_nobody_else_does(bloc):
    m = Doctrine.make({"lead": 0.5})
    now = bloc.at(public_position={PATRON: 0.8, CLIENT: -0.8})
    moved = now.after(m, bloc.act(PATRON, CLIENT, CRITICISE)).state
    assert float(moved.line[0]) == pytest.approx(0.4)
    assert float(moved.shock[0]) == pytest.approx(0.4)
    assert float(now.after(m, bloc.act(CLIENT, PATRON, CRITICISE)).state.line[0]) == 0
    assert float(now.after(m, bloc.act(PATRON, CLIENT, DECLARE)).state.line[0]) == 0


def test_acts_draw_together_or_apart_on_their_issue(bloc):
    m = Positions.make({"rate": 0.5, "bind": 0.0})
    now = bloc.at(public_position={(HOLDOUT, 1): -0.2, (PATRON, 1): 0.4})
    near = now.after(m, bloc.act(HOLDOUT, PATRON, HONOUR, issue=1)).state.public_position
    far = now.after(m, bloc.act(HOLDOUT, PATRON, CRITICISE, issue=1)).state.public_position
    assert float(near[HOLDOUT, 1]) == pytest.approx(-0.2 + 0.5 * 0.4 * 0.6)
    assert float(far[HOLDOUT, 1]) == pytest.approx(-0.2 - 0.5 * 0.5 * 0.8)
    for moved in (near, far):
        assert int((moved != now.state.public_position).sum()) == 1


def test_side_by_side_an_actor_is_driven_to_its_private_side(bloc):
    m, now = Positions.make({"rate": 0.5}), bloc.at(private_position={HOLDOUT: -0.7})
    assert float(now.after(m, bloc.act(HOLDOUT, PATRON, CRITICISE)).state.public_position[HOLDOUT, 0]) < 0


def test_what_was_said_in_the_open_is_dear_to_take_back(bloc):
    """Cost of reversal: the step back is shorter the more the actor is bound and the more reversal costs it."""
    m = Positions.make({"rate": 0.5, "bind": 1.0})
    now = bloc.at(public_position={(HOLDOUT, 0): -0.8, (PATRON, 0): 0.8}, reversal_cost={HOLDOUT: 0.75})
    bound = now.after(m, bloc.act(HOLDOUT, PATRON, BREAK))
    assert float(bound.state.commitment[HOLDOUT, 0]) == pytest.approx(1.0)
    free, held = (
        float(b.after(m, bloc.act(HOLDOUT, PATRON, HONOUR)).state.public_position[HOLDOUT, 0])
        - float(b.state.public_position[HOLDOUT, 0])
        for b in (now, bound.at(public_position=now.state.public_position))
    )
    assert held == pytest.approx(0.25 * free, rel=1e-4)


def test_resistance_climbs_by_steps_that_dissent_allows_and_makes_the_next_cheaper(bloc):
    """R05.8: one kind of dissent after another; with it the public stance nears the private one."""
    m = Positions.make({"stiffen": 2.0})
    now = bloc.at(dissent_cost={HOLDOUT: 0.5}, private_position={HOLDOUT: -1.0})
    rungs = [
        float((now := now.after(m, bloc.act(HOLDOUT, PATRON, CRITICISE))).state.resistance[HOLDOUT]) for _ in range(3)
    ]
    assert rungs == pytest.approx([1.0, 2.0, 3.0])
    shown = [
        float(live(bloc.at(dissent_cost=0.8, private_position=-1.0, follow_lag=7.0, resistance=r), 20, m)
              .state.public_position[HOLDOUT, 0])
        for r in (0.0, 6.0, 12.0)
    ]  # fmt: skip
    assert shown[0] > shown[1] > shown[2] == pytest.approx(-1.0, abs=1e-3)
    assert float(now.after(m, bloc.act(HOLDOUT, PATRON, HONOUR)).state.resistance[HOLDOUT]) == pytest.approx(1.0)
    assert float(now.after(m, bloc.act(HOLDOUT, CLIENT, AID)).state.resistance[HOLDOUT]) == pytest.approx(3.0)
    assert float(bloc.after(m, bloc.act(OUTSIDER, PATRON, CRITICISE)).state.resistance[OUTSIDER]) == 0


def test_private_views_drift_to_what_is_shown_unless_doctrine_weighs(bloc):
    m = Positions.make({"internalise": 30.0})
    now = bloc.at(private_position=-0.8, line=0.8, dissent_cost=1.0, follow_lag=7.0)
    now = now.at(doctrine_weight={HOLDOUT: 1.0, CLIENT: 0.0}, private_position={PATRON: 0.8})
    end = np.asarray(live(now, 40, m).state.private_position)[:, 0]
    assert end[HOLDOUT] == pytest.approx(-0.8)
    assert end[CLIENT] > 0.5
    assert end[PATRON] == pytest.approx(0.8)
