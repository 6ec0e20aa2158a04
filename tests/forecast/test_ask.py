"""How far an intervention reaches: pairs of histories whose acts differ, against a walk over every run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blocs.forecast.ask import _inside, pairs_that_differ

ACT = st.tuples(st.integers(0, 2), st.integers(0, 1))
HISTORIES = st.lists(st.lists(ACT, max_size=3), min_size=1, max_size=6)


def ensemble(histories: list[list[tuple[int, int]]]) -> Any:
    acts = [(run, day, act) for run, history in enumerate(histories) for day, act in history]
    run, day, act = (np.array(x, np.int32) for x in zip(*acts, strict=True)) if acts else np.zeros((3, 0), np.int32)
    code = np.repeat(act[:, None], 4, axis=1)
    return SimpleNamespace(runs=len(histories), run=run, day=day.astype(np.float32), code=code)


@given(HISTORIES, st.data())
def test_pairs_differ_where_any_act_does(one, data):
    other = [data.draw(st.one_of(st.just(history), st.lists(ACT, max_size=3))) for history in one]
    found = pairs_that_differ(ensemble(one), ensemble(other))
    assert found.tolist() == [a != b for a, b in zip(one, other, strict=True)]


def test_a_name_keeps_its_capital_inside_a_sentence() -> None:
    assert _inside("Qatar leaves", ("Qatar", "Iran")) == "Qatar leaves"
    assert _inside("The patron leaves", ("Qatar", "Iran")) == "the patron leaves"
