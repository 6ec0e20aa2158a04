"""Every question that comes with a scenario can be put to it, in its own time."""

from __future__ import annotations

import equinox as eqx
import pytest

from blocs.jobs.questions import answerable
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
    assert {"q01", "q02", "q17"} <= set(answerable(light)) < set(whole.questions)
