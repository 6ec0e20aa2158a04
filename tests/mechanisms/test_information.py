"""Channels, surveillance, press, archives and the order of naming: who knows, believes, prints and keeps what."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from blocs.ground.keys import at, root
from blocs.mechanisms.library.archives import Archives
from blocs.mechanisms.library.channels import SLOTS, Channels
from blocs.mechanisms.library.openness import Openness
from blocs.mechanisms.library.press import Press
from blocs.mechanisms.library.surveillance import Surveillance
from blocs.testing.stats import assert_share

from .conftest import CLIENT, HOLDOUT, OUTSIDER, PATRON

KEY = root(7)
NAMES = ("inform", "demand", "criticise", "refuse", "visit", "agree", "declare", "spy")
INFORM, DEMAND, BLAME, REFUSE, VISIT, AGREE, SPEAK, SPY = range(8)


@pytest.fixture
def house(bloc):
    """The bloc of four with one act of each kind these mechanisms tell apart."""
    world = dataclasses.replace(
        bloc.world,
        act_kinds=tuple((name,) for name in NAMES),
        polarity=jnp.asarray([1.0, -1, -1, -1, 1, 1, 0, -1]),
        act_openness=jnp.asarray([0.0, 3, 5, 3, 0, 0, 1, 0]),
    )
    return bloc._replace(world=world)


def ticks(mechanism, house, steps=1, days=7.0):
    """The state after some steps in which nobody acts."""
    move = jax.jit(lambda key, state: mechanism.tick(key, house.world, state, jnp.float32(days)))
    state = house.state
    for n in range(steps):
        state = move(at(KEY, jnp.uint32(n)), state)
    return state


def test_the_favoured_hear_first_and_an_unwelcome_line_is_told_late(house):
    now = house.at(line=1.0, warmth={(PATRON, CLIENT): 0.8, (PATRON, HOLDOUT): -0.8})
    now = now.at(public_position={CLIENT: 1.0, HOLDOUT: 1.0, OUTSIDER: 1.0})
    known = ticks(Channels.make({"read": 60.0}), now).known_line[:, 0]
    assert float(known[PATRON]) == 1.0, "the patron knows its line"
    assert float(known[CLIENT]) == pytest.approx(1 - 2 ** (-7 / (7 * 2 ** (-1.6))), abs=1e-4)
    assert float(known[HOLDOUT]) == pytest.approx(1 - 2 ** (-7 / (7 * 2**1.6)), abs=1e-4)
    assert float(known[OUTSIDER]) == 0, "who is not courted is not told"
    against = now.at(public_position={HOLDOUT: -1.0})
    assert float(ticks(Channels.make(), against).known_line[HOLDOUT, 0]) < float(known[HOLDOUT]) / 3


def test_what_a_member_learns_from_print_cools_it_and_old_news_does_not_undo_what_it_knows(house):
    now = house.at(line=1.0, printed_line=0.6, known_line={HOLDOUT: 0.9, OUTSIDER: 0.0}, salience=1.0)
    m = Channels.make({"notice": 365.0})
    end = ticks(m, now)
    assert float(end.known_line[HOLDOUT, 0]) >= 0.9, "print is behind what it knows"
    assert 0.3 < float(end.known_line[OUTSIDER, 0]) < 0.6
    assert float(end.warmth[CLIENT, PATRON]) < 0, "it learnt from print what it should have been told"
    assert float(end.warmth[OUTSIDER, PATRON]) == 0


def test_a_letter_takes_its_days_and_brings_half_the_way(house):
    now = house.at(line=0.8, known_line={CLIENT: 0.8}, printed_line=0.0)
    m = Channels.make({"letter": 10.0, "notice": 365.0, "hold": 0.0})
    sent = now.after(m, house.act(CLIENT, OUTSIDER, INFORM))
    state = sent.state
    assert state.message_state.tolist() == [1.0] + [0.0] * (SLOTS - 1)
    assert (int(state.message_source[0]), int(state.message_target[0])) == (CLIENT, OUTSIDER)
    assert float(state.message_days[0]) == pytest.approx(10.0)
    one, two = ticks(m, sent), ticks(m, sent, 2)
    assert float(one.known_line[OUTSIDER, 0]) == 0, "not yet"
    assert float(two.known_line[OUTSIDER, 0]) == pytest.approx(0.4, abs=1e-3)
    assert float(two.circle[OUTSIDER, 0]) == 1, "its bureau is told"
    assert float(ticks(m, sent, 8).message_state[0]) == 0, "returned"


def test_the_thirteenth_message_takes_the_place_of_the_oldest(house):
    m, acts = Channels.make(), [house.act(PATRON, CLIENT, INFORM) for _ in range(SLOTS)]
    full = house.at(circle={CLIENT: 2.0}).after(m, *acts)
    full = full.at(message_days={3: 0.5})
    more = full.after(m, house.act(HOLDOUT, CLIENT, INFORM)).state
    assert [int(x) for x in more.message_source] == [HOLDOUT if n == 3 else PATRON for n in range(SLOTS)]


def test_orders_are_lost_at_the_declared_chance_and_discovered_face_to_face(house):
    m = Channels.make()
    now = house.at(envoy_reliability=0.7).after(m, house.act(PATRON, HOLDOUT, DEMAND))
    keys = jax.vmap(lambda n: at(KEY, n))(jnp.arange(2000, dtype=jnp.uint32))
    lost = jax.jit(jax.vmap(lambda k: m.tick(k, now.world, now.state, jnp.float32(7.0)).unheard))(keys)
    assert_share(np.asarray(lost)[:, PATRON, HOLDOUT], 0.3, "orders that were not conveyed")
    assert float(np.delete(np.asarray(lost).reshape(2000, -1), PATRON * 4 + HOLDOUT, axis=1).max()) == 0
    apart = house.at(unheard={(PATRON, HOLDOUT): 1.0})
    assert float(ticks(m, apart, 20).unheard[PATRON, HOLDOUT]) == 1.0
    assert float(apart.after(m, house.act(HOLDOUT, PATRON, VISIT)).state.unheard.max()) == 0
    assert float(apart.after(m, house.act(HOLDOUT, PATRON, INFORM)).state.unheard.max()) == 1


def test_what_many_may_read_leaks_sooner(house):
    m = Channels.make({"letter": 100.0})
    keys = jax.vmap(lambda n: at(KEY, n))(jnp.arange(3000, dtype=jnp.uint32))

    def share(circle):
        now = house.at(circle=circle, discretion=0.5).after(m, house.act(PATRON, CLIENT, INFORM, issue=1))
        out = jax.jit(jax.vmap(lambda k: m.tick(k, now.world, now.state, jnp.float32(7.0)).leaked))(keys)
        assert float(out[:, [0, 2]].max()) == 0
        return np.asarray(out)[:, 1]

    for level in (2.0, 4.0):
        rate = 0.0002 * 10 ** (0.75 * level) * 0.5
        assert_share(share(level), 1 - np.exp(-7 * rate), f"leaks at class {level}")


def test_a_guest_is_overheard_notices_if_it_expects_hostility_and_then_misleads(house):
    m = Surveillance.make({"mood": 0.0, "worn": 3650.0, "forget": 3650.0})
    now = house.at(
        private_position={HOLDOUT: -0.8, CLIENT: -0.8}, warmth={(HOLDOUT, PATRON): -0.9, (CLIENT, PATRON): 0.9}
    )
    heard = now.after(m, house.act(HOLDOUT, PATRON, VISIT), house.act(CLIENT, PATRON, VISIT))
    assert float(heard.state.tapped[PATRON, HOLDOUT]) == pytest.approx(0.5)
    assert int((heard.state.tapped > 0).sum()) == 2, "a guest of a weaker host is not overheard, hosts are not"
    end = ticks(m, heard, 52)
    assert float(end.tap_known[HOLDOUT, PATRON]) > 0.9 > 0.4 > float(end.tap_known[CLIENT, PATRON])
    assert float(end.doubt[PATRON, CLIENT]) > 2 * float(end.doubt[PATRON, HOLDOUT])
    deaf = ticks(Surveillance.make({"mood": 0.0, "spot": 0.0}), heard, 52).doubt
    assert float(deaf[PATRON, HOLDOUT]) == pytest.approx(0.4, abs=0.12), "unnoticed, it hears the truth"


def test_bad_news_is_held_back_and_good_news_is_not(house):
    m = Surveillance.make({"news": 7.0})
    now = house.at(report_bias={PATRON: 0.75}, unrest={HOLDOUT: 8.0}, believed_unrest={(PATRON, CLIENT): 8.0})
    end = ticks(m, now).believed_unrest
    assert float(end[PATRON, HOLDOUT]) == pytest.approx(8 * (1 - 2**-0.25), rel=1e-4)
    assert float(end[PATRON, CLIENT]) == pytest.approx(4.0, rel=1e-4)
    assert float(end[HOLDOUT, HOLDOUT]) == 8.0, "everybody knows its own"


def test_organs_lag_behind_one_another_and_an_accuser_makes_them_print(house):
    m = Press.make({"embargo": 70.0, "slow": 140.0})
    now = house.at(line=1.0, known_line={HOLDOUT: 1.0})
    end = ticks(m, now, 10)
    assert float(end.printed_line[0]) == pytest.approx(0.5, abs=1e-4)
    assert float(end.journal_line[0]) == pytest.approx(1 - 2**-0.5, abs=1e-4)
    assert float(ticks(m, now.at(leaked=1.0), 1).printed_line[0]) == pytest.approx(0.5, abs=1e-4)
    printed = now.after(m, house.act(HOLDOUT, PATRON, BLAME)).state.printed_line
    assert printed.tolist() == pytest.approx([0.5, 0, 0])
    assert float(now.after(m, house.act(HOLDOUT, CLIENT, BLAME)).state.printed_line.max()) == 0


def test_a_guests_words_are_edited_stroke_by_stroke_by_the_patron(house):
    m, now = Press.make(), house.at(public_position={HOLDOUT: -0.9}, printed_line=0.9)
    said = [house.act(HOLDOUT, PATRON, SPEAK)] * 4
    path = [float(now.after(m, *said[:n]).state.edited[PATRON, HOLDOUT]) for n in range(5)]
    assert path == pytest.approx([0, 1, 2, 3, 3])
    at_member = now.after(m, *(house.act(HOLDOUT, CLIENT, SPEAK) for _ in range(4))).state.edited
    assert float(at_member[CLIENT, HOLDOUT]) == pytest.approx(0.9)


def test_an_unsourced_charge_falls_when_its_source_is_asked_for_and_a_sourced_one_does_not(house):
    m, now = Archives.make({"rebut": 0.0}), house.at(charge={(PATRON, HOLDOUT): 0.8})
    answer = house.act(HOLDOUT, PATRON, REFUSE)
    assert float(now.after(m, answer).state.charge[PATRON, HOLDOUT]) == pytest.approx(0.08)
    shown = now.at(evidence={(PATRON, HOLDOUT): 1.0}).after(m, answer).state.charge
    assert float(shown[PATRON, HOLDOUT]) == pytest.approx(0.8)


def test_papers_answer_a_charge_and_leave_measures_alone(house):
    m = Archives.make({"ask": 0.0})
    now = house.at(charge={(PATRON, HOLDOUT): 0.8}, evidence={(HOLDOUT, PATRON): 0.5}, rung={(PATRON, HOLDOUT): 9.0})
    done = now.after(m, house.act(HOLDOUT, PATRON, REFUSE)).state
    assert float(done.charge[PATRON, HOLDOUT]) == pytest.approx(0.8 * (1 - 0.8 * 0.5))
    assert float(done.release[HOLDOUT, PATRON]) == 1.0, "quoted"
    assert float(done.rung[PATRON, HOLDOUT]) == 9.0


def test_publication_is_threatened_when_the_other_persists_and_carried_out_after_an_open_attack(house):
    m = Archives.make({"print": 0.5})
    now = house.at(evidence={(HOLDOUT, PATRON): 0.6})
    quoted = now.after(m, house.act(HOLDOUT, PATRON, REFUSE))
    threat = quoted.after(m, house.act(PATRON, HOLDOUT, BLAME))
    assert float(threat.state.release[HOLDOUT, PATRON]) == 2.0
    assert float(now.after(m, house.act(PATRON, HOLDOUT, BLAME)).state.release.max()) == 0, "nothing was quoted"
    assert float(ticks(m, threat, 20).release[HOLDOUT, PATRON]) == 2.0, "threats are kept back"
    attacked = threat.at(openness={(PATRON, HOLDOUT): 5.0})
    assert float(ticks(m, attacked, 8).release[HOLDOUT, PATRON]) > 2.9


def test_the_circle_widens_a_step_at_a_time_with_the_quarrel_and_never_narrows(house):
    m = Archives.make()
    now = house.at(openness={(PATRON, HOLDOUT): 5.0}, circle={HOLDOUT: 3.0})
    path = [now.after(m, *[house.act(PATRON, HOLDOUT, BLAME, issue=1)] * n).state.circle[:, 1] for n in range(4)]
    assert [float(x[PATRON]) for x in path] == [0, 1, 2, 3]
    assert [float(x[HOLDOUT]) for x in path] == [3, 4, 5, 5]
    assert [float(x[CLIENT]) for x in path] == [0, 0, 0, 0]
    calm = now.at(openness=0.0).after(m, house.act(PATRON, HOLDOUT, BLAME, issue=1))
    assert float(ticks(m, calm, 30).circle[HOLDOUT, 1]) == 3.0


def test_a_patron_names_after_an_ally_and_allies_follow_its_quarrel(house):
    m = Openness.make({"step": 6.0, "jump": 6.0})
    attack = house.act(PATRON, HOLDOUT, BLAME)
    assert float(house.after(m, attack).state.openness[PATRON, HOLDOUT]) == 4.0
    named = house.at(openness={(CLIENT, HOLDOUT): 4.0}).after(m, attack)
    assert float(named.state.openness[PATRON, HOLDOUT]) == 5.0
    quarrel = house.at(openness={(PATRON, HOLDOUT): 4.0}, warmth={(CLIENT, PATRON): 0.8, (CLIENT, HOLDOUT): -0.5})
    end = ticks(m, quarrel, 20).openness
    assert float(end[CLIENT, HOLDOUT]) > 4.0 > 0.0 == float(end[OUTSIDER, HOLDOUT])
    assert float(end[HOLDOUT, HOLDOUT]) == 0


@pytest.mark.parametrize("printed", [0.5, -0.5])
@pytest.mark.parametrize("by_letter", [False, True])
def test_who_is_told_nothing_cannot_tell_two_lines_apart(house, printed, by_letter):
    """Two worlds that differ in the hidden line alone: an outsider reads and believes the same in both."""
    m = Channels.make()

    def believes(line):
        now = house.at(
            line=line, known_line={OUTSIDER: 0.0, CLIENT: 0.8}, printed_line=printed, warmth={(PATRON, OUTSIDER): -1.0}
        )
        if by_letter:
            now = now.after(m, house.act(CLIENT, OUTSIDER, INFORM))
        return [float(ticks(m, now, steps).known_line[OUTSIDER, 0]) for steps in (1, 3)]

    assert believes(0.9) == believes(-0.9)
    assert abs(believes(0.9)[0]) > 0.2


def test_a_letter_behind_the_print_does_not_undo_what_its_reader_knows(house):
    """R24.5: versions are dated by the organs, of which one lags behind the other."""
    m = Channels.make({"notice": 365.0, "read": 60.0})
    now = house.at(line=1.0, printed_line=0.5, journal_line=0.2, known_line={OUTSIDER: 0.9, HOLDOUT: 0.1, CLIENT: 1.0})
    old = now.after(m, house.act(HOLDOUT, OUTSIDER, INFORM))
    new = now.after(m, house.act(CLIENT, OUTSIDER, INFORM))
    assert float(ticks(m, old, 4).known_line[OUTSIDER, 0]) == pytest.approx(0.9)
    assert float(ticks(m, new, 4).known_line[OUTSIDER, 0]) > 0.92
