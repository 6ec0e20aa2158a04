"""What an intervention can reach: traced dependence against changed states, and what a question sets by itself."""

from __future__ import annotations

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.observe import observe
from blocs.bloc.state import INTEGER
from blocs.bloc.vocabulary import vocabulary
from blocs.conduct.base import Chosen, Effect
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.forecast.reach import by_construction, changes, felt, reads, unreached
from blocs.ground.errors import InputError
from blocs.scenario.build import Built, build
from blocs.scenario.load import load
from blocs.testing.states import make_state, make_world

MEMORY = {"memory_age", "recent", "turn"}
"""What every view reads to bring memory up to date."""


@pytest.fixture(scope="module")
def light() -> Built:
    return build(load("camp"))


@pytest.fixture(scope="module")
def whole() -> Built:
    return build(load("camp+all"))


@pytest.mark.parametrize("part", [*EFFECTS[::6], *TABLES[::5]], ids=lambda p: f"{p.level}.{p.name}")
def test_what_a_statistic_does_not_read_may_be_anything(part, light):
    """Slow oracle: in a drawn state every quantity that is not found to be read gets another value; nothing moves."""
    world, rng = make_world(3, 5), np.random.default_rng(3)
    state = make_state(world, 3, 0.9)
    found = reads(part, light)
    other = {}
    for name, q in vocabulary().items():
        now = np.asarray(getattr(state, name))
        if name not in found and name not in INTEGER and name not in ("clock", "age"):
            other[name] = jnp.asarray(rng.uniform(q.lo, q.lo + 1.0 if q.hi is None else q.hi, now.shape), now.dtype)
    assert len(other) > 50

    def value(now):
        view = observe(world, now, jnp.array([0.1, 20.0, 400.0]))
        chosen = Chosen(jnp.int32(0), jnp.int32(1), jnp.int32(2))
        return np.asarray(part.stat(view, chosen) if isinstance(part, Effect) else part.row(view, chosen))

    np.testing.assert_array_equal(value(state), value(state.replace(**other)))


def test_reads_are_those_of_the_formula(light):
    by = {(e.level, e.name): e for e in EFFECTS}
    expected = {
        ("target", "warmth"): {"warmth"},
        ("act", "dependence_tone"): {"dependence"},
        ("act", "doctrine_tone"): {"public_position", "salience", "doctrine_weight"},
        ("target", "contiguous"): set(),
        ("act", "generous"): {"hold_force", "hold_security", "hold_committee"},
    }
    assert {key: reads(by[key], light) - MEMORY for key in expected} == expected


def test_nothing_follows_from_what_no_choice_outcome_or_mechanism_reads(light, whole):
    asked = [o for o in light.scenario.outcomes.values() if o.id.startswith("break.")]
    assert felt(light, asked) <= felt(light, light.scenario.outcomes.values())
    assert "terrain_closable" in felt(whole, asked) - felt(light, asked)
    choices = replace(light.model, mechanisms=())
    alone = felt(replace(light, model=choices), asked)
    assert "warmth" in alone
    assert "reserve_days" not in alone
    assert "reserve_days" in felt(light, asked)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("set presence[hungary]=1", "moves what the question sets (presence)"),
        ("rule resilience.learn=7", "rule the question changes (resilience)"),
        ("set terrain_closable[narrator]=0", "follows from what the question sets (terrain closable)"),
        ("set reserve_days[narrator,grain]=90", ""),
        ("set doctrine_weight[narrator]=0.2", ""),
        ("forbid sanction from ally to narrator", ""),
    ],
)
def test_a_model_says_what_it_cannot_answer(line, told, light, whole):
    asked = list(light.scenario.outcomes.values())
    found = unreached(light, [line], asked)
    assert told in found
    assert bool(found) == bool(told)
    assert not unreached(whole, [line], asked)


def test_what_cannot_be_read_is_refused(light):
    with pytest.raises(InputError, match="presense"):
        unreached(light, ["set presense[hungary]=1"], [])


@pytest.mark.parametrize(
    ("line", "settled"),
    [
        ("set warmth[patron,breakaway]=0.5 from 1958", {"breakaway_reconciled"}),
        ("scale warmth[breakaway,any]*2 from 1958", {"breakaway_reconciled"}),
        ("set warmth[narrator,breakaway]=0.5 from 1958", set()),
        ("forbid sanction|withhold from ally to narrator", {"allied_sanctions"}),
        ("forbid sanction from narrator to ally", set()),
        ("forbid any from patron to narrator", {"break.albania", "intervention.albania"}),
        ("force break from narrator to patron on 1960-06-01", {"break.albania"}),
        ("force coerce from patron to poland on 1960-06-01", {"intervention.poland"}),
        ("force align from patron to breakaway on 1960-06-01", {"breakaway_reconciled"}),
        ("set presence[hungary]=1 from 1958", {"troops_enter.hungary"}),
        ("set leader_standing[any]=0.1 from 1958", set()),
        ("rule resilience.learn=7", set()),
    ],
)
def test_outcomes_that_a_question_sets_itself_are_found(line, settled, whole):
    made = changes(whole, [line])
    assert {o.id for o in whole.scenario.outcomes.values() if by_construction(made, o)} == settled
