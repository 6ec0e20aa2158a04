"""The whole walk on invented events: no leak, better than recurrency, the same by the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blocs.forecast.typed.baselines import recurrency
from blocs.forecast.typed.leak import leak, shuffled
from blocs.forecast.typed.record import TypedRecord
from blocs.forecast.typed.rolling import FORMS, Plan, Rolled, roll
from blocs.testing.typed_events import typed_events

PLAN = Plan(candidates=30, batch=64, guess_days=3, train_days=12, train_questions=600, valid_days=4)


@pytest.fixture(scope="module")
def record() -> TypedRecord:
    return typed_events(actors=80, relations=6, days=50, a_day=25)


@pytest.fixture(scope="module")
def rolled(record: TypedRecord) -> Rolled:
    return roll(record, PLAN, FORMS[:2])


def test_the_future_does_not_move_the_present(record: TypedRecord) -> None:
    later = shuffled(record, record.test)
    early = record.day < record.test
    assert (later.object[early] == record.object[early]).all()
    assert (later.object[~early] != record.object[~early]).mean() > 0.5
    assert leak(record, record.test, plan=PLAN) < 1e-5
    assert leak(record, record.test, named=False, plan=PLAN) < 1e-5


def test_the_leak_test_can_fail(record: TypedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk whose tables were learned from the day itself is caught."""
    from blocs.forecast.typed import leak as module

    class Peeking(module.Walk):
        def observe(self, first: int, last: int) -> None:
            super().observe(first, last)
            self.learner.observe(last)

    monkeypatch.setattr(module, "Walk", Peeking)
    assert leak(record, record.test, plan=PLAN) > 1e-3


def test_future_ranks_depend_on_no_later_fact(record: TypedRecord, rolled: Rolled) -> None:
    """Ranks of the first test day stay when all days after it are shuffled."""
    again = roll(shuffled(record, record.test + 1), PLAN, FORMS[:2], frozen=False)
    first = rolled.test.day == record.test
    same = again.test.day == record.test
    assert first.sum() == same.sum() > 10
    assert rolled.test.rank[first] == pytest.approx(again.test.rank[same], abs=1.0)
    assert np.mean(rolled.test.rank[first] == again.test.rank[same]) > 0.9


def test_the_model_beats_recurrency_and_its_first_guess(record: TypedRecord, rolled: Rolled) -> None:
    base = recurrency(record, lambda stage, done, total: None)
    assert (base.day == rolled.test.day).all()
    new = rolled.test.new.astype(bool)
    assert (1 / base.strict)[new].max() < 0.1, "a pair without history cannot repeat itself: answers are in one order"
    assert (1 / base.strict)[~new].mean() > 0.2
    assert (1 / base.strict).mean() > 0.1
    assert rolled.test.mrr > (1 / base.strict).mean() + 0.02
    assert rolled.test.mrr > rolled.guessed.mrr
    assert rolled.frozen is not None
    assert abs(rolled.frozen.mrr - rolled.test.mrr) < 0.05
    known = ~rolled.test.new.astype(bool)
    assert (1 / rolled.test.rank[known]).mean() > (1 / rolled.test.rank[~known]).mean()


def test_strict_recurrency_on_a_record_that_repeats_itself() -> None:
    """Each day the same three facts: every answer is first, and the model learns it too."""
    days = np.repeat(np.arange(40), 3)
    facts = np.tile([[0, 0, 1], [2, 1, 3], [4, 0, 5]], (40, 1))
    same = TypedRecord(*facts.T, days, 8, 2, None, ("a", "b"), 30, 35)
    base = recurrency(same, lambda stage, done, total: None)
    assert base.strict.tolist() == [1.0] * 30
    assert base.relaxed.tolist() == [1.0] * 30
    assert roll(same, replace(PLAN, candidates=5), FORMS[:1], named=False, frozen=False).test.mrr == 1.0


def test_equal_seeds_give_equal_ranks(record: TypedRecord, rolled: Rolled) -> None:
    again = roll(record, PLAN, FORMS[:2])
    assert (again.test.rank == rolled.test.rank).all()
    assert rolled.tried == again.tried
    assert set(rolled.tried) == {f.name for f in FORMS[:2]}
    assert rolled.lift.shape == (rolled.groups.max() + 1, len(set(rolled.themes)))
    assert rolled.lifted.sum() == rolled.test.found.sum()
