"""Every question that comes with a scenario can be put to it, in its own time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import equinox as eqx
import pytest

from blocs.forecast.ask import Answer
from blocs.jobs.questions import answerable, cells, clear, left_out, telling
from blocs.jobs.run import Plan, _check
from blocs.scenario.build import build
from blocs.scenario.load import load
from blocs.scenario.vary import control_for


@pytest.mark.parametrize("name", ["camp", "camp+all", "cartel", "school", "tiny"])
def test_every_question_of_a_scenario_can_be_put_to_it(name):
    scenario = load(name)
    _check(scenario, Plan().dated())
    built = build(scenario)
    ids = answerable(scenario)
    assert ids
    for id_ in ids:
        asked = scenario.questions[id_]
        start = asked.window.start if asked.window else scenario.spec.forecast.start
        assert not eqx.tree_equal(control_for(built, asked.do, start), control_for(built, (), start))


def test_the_whole_camp_answers_all_its_questions_and_the_light_one_those_it_can():
    whole, light = load("camp+all"), load("camp")
    assert answerable(whole) == list(whole.questions)
    assert {"q01", "q02", "q06", "q17"} <= set(answerable(light)) < set(whole.questions)
    # the light default has no mechanism of troops, treaty exits, dossiers or vessels
    assert not {"q10", "q10_none", "q11", "q14", "q15", "q15_none"} & set(answerable(light))


def answer(id_: str, outcome: str, **changed: Any) -> Answer:
    plain = Answer(id_, "What if?", ("do",), outcome, 0.5, 0.5, 0.0, -0.01, 0.01, "No clear change.", 0.0)
    return replace(plain, **changed)


def test_a_question_that_changes_no_act_is_left_out_with_the_reason():
    """What the light default answers without any difference is no answer; what it was not asked has its own reason."""
    built = build(load("camp"))
    still = [answer("q02", "break.albania"), answer("q02", "break.poland")]
    moved = [answer("q01", "break.albania", other_acts=0.05), answer("q06", "breakaway_reconciled", difference=0.8)]
    gone = left_out(built, [*still, *moved])
    assert "no act differs in any pair" in gone["q02"]
    assert "presence" in gone["q10_none"]
    assert not {"q01", "q06"} & set(gone)
    assert list(gone) == [q for q in built.scenario.questions if q in gone]
    assert not left_out(build(load("tiny")), [])


def test_what_holds_by_construction_is_no_finding():
    sets_itself = answer("q", "a", lo=0.7, hi=0.9, difference=0.8, by_construction=True)
    found, quiet = answer("q", "b", lo=0.1, hi=0.3, difference=0.2), answer("q", "c", difference=0.004)
    assert [a.clear for a in (sets_itself, found, quiet)] == [False, True, False]
    assert clear([sets_itself, found, quiet]) == [found]
    assert telling([sets_itself, found, quiet]) == [found, sets_itself]
    assert telling([sets_itself, quiet]) == [quiet, sets_itself]
    assert [cells(a)[-1] for a in (sets_itself, found, quiet)] == ["by construction", "more likely", "no clear change"]
