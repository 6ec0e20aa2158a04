"""A run seen from within is the run of the forecast; its sessions and messages can be told."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.forecast.inside import look_inside
from blocs.ground.errors import InputError
from blocs.jobs.messages import letters
from blocs.jobs.trace import KINDS, sittings, told, trace
from blocs.report.story import heading, letter_story, story
from blocs.report.words import Names

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ensemble(tiny_run):
    return tiny_run[0].ensemble


@pytest.fixture(scope="module")
def insides(ensemble):
    """The first three runs from within."""
    window = ensemble.start, ensemble.end, ensemble.seed, ensemble.do
    return list(look_inside(ensemble.fit, range(3), *window))


def test_the_acts_are_those_of_the_forecast(ensemble, insides):
    for n, inside in enumerate(insides):
        mine = ensemble.run == n
        assert np.array_equal(inside.code, ensemble.code[mine])
        assert np.allclose(inside.day, ensemble.day[mine], atol=0.01)
        assert len(inside.values["clock"]) == ensemble.watched.shape[1] + 1


def test_sessions_do_not_overlap_in_a_slot_and_all_are_told(ensemble, insides):
    names = Names.of(ensemble.fit.built.scenario)
    count = 0
    for inside in insides:
        last = dict.fromkeys(range(6), -1)
        for s in sittings(inside):
            assert s.first >= last[s.slot]
            last[s.slot] = s.last
            assert s.form in ("meeting", "text", "requests", "demands")
            events = told(inside, s)
            assert events
            count += 1
        for letter in letters(inside):
            assert letter_story(letter, names)
    assert count > 0


def test_one_session_is_told_and_another_kind_or_name_is_refused(ensemble, insides):
    (first, *_) = [s for s in sittings(insides[0]) if s.form in ("requests", "demands")]
    fit, window = ensemble.fit, (ensemble.start, ensemble.end, ensemble.seed, ensemble.do)
    found = trace(fit, 0, "talk", first.id, *window)
    names = Names.of(fit.built.scenario)
    assert first.id in heading(found, names)
    assert story(found, names)[0].sentences
    with pytest.raises(InputError, match="--talk"):
        trace(fit, 0, "meeting", first.id, *window)
    with pytest.raises(InputError, match="did not take place"):
        trace(fit, 0, "text", "nothing", *window)
    assert set(KINDS) == {"meeting", "text", "talk"}
