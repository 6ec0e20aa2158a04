"""Warmth and openness: what acts and time do to a pair."""

from __future__ import annotations

import itertools

import jax.numpy as jnp
import numpy as np
import pytest

from blocs.ground.errors import InputError
from blocs.ground.keys import root
from blocs.mechanisms.library.ladder import Ladder
from blocs.mechanisms.library.openness import Openness
from blocs.mechanisms.library.warmth import Warmth

from .conftest import AID, BREAK, CLIENT, CRITICISE, DECLARE, HOLDOUT, HONOUR, OUTSIDER, PATRON, WITHHOLD

KEY = root(1)


def ticks(mechanism, bloc, steps, days=7.0):
    state = bloc.state
    for _ in range(steps):
        state = mechanism.tick(KEY, bloc.world, state, jnp.asarray(days, jnp.float32))
    return bloc._replace(state=state)


def test_warmth_moves_by_its_equation(bloc):
    m = Warmth.make({"rate": 0.1, "echo": 0.5, "mirror": 0.0})
    new = bloc.at(warmth={(0, 1): 0.2, (1, 0): -0.4}).after(m, bloc.act(0, 1, AID, weight=0.5)).state.warmth
    by = 0.1 * 0.5 * 0.6
    assert float(new[0, 1]) == pytest.approx(0.2 + by * (1 - 0.2), abs=1e-6)
    assert float(new[1, 0]) == pytest.approx(-0.4 + 0.5 * by * (1 + 0.4), abs=1e-6)
    assert int((new != 0).sum()) == 2


def test_the_patrons_warmth_to_the_breakaway_mirrors_that_to_the_holdout(bloc):
    """F05.4 (R20.1): the two series are negatively correlated."""
    m = Warmth.make({"rate": 0.2, "mirror": 0.8})
    now = bloc.at(warmth={(HOLDOUT, OUTSIDER): -0.9, (CLIENT, OUTSIDER): 0.5})
    path = [now.state.warmth]
    for kind in [HONOUR] * 4 + [CRITICISE] * 6 + [AID] * 3:
        now = now.after(m, bloc.act(PATRON, OUTSIDER, kind))
        path.append(now.state.warmth)
    to = {other: [float(w[PATRON, other]) for w in path] for other in (OUTSIDER, HOLDOUT, CLIENT)}
    assert np.corrcoef(to[OUTSIDER], to[HOLDOUT])[0, 1] < -0.9
    assert len(set(to[CLIENT])) == 1, "who is not cold to the breakaway is not touched"


def test_warmth_returns_to_what_camps_expect(bloc):
    m = Warmth.make({"camp": 0.3, "half_life": 70.0})
    now = ticks(m, bloc.at(warmth={(0, 1): -0.7, (0, 3): 0.8}), 10).state.warmth
    assert float(now[0, 1]) == pytest.approx(0.3 - 1.0 / 2, abs=1e-5)
    assert float(now[0, 3]) == pytest.approx(0.4, abs=1e-5)


def test_one_long_step_is_many_short_ones(bloc):
    for m, field in ((Warmth.make(), "warmth"), (Ladder.make(), "rung")):
        start = bloc.at(**{field: {(0, 1): 0.9}})
        long, short = (getattr(ticks(m, start, n, 28 / n).state, field) for n in (1, 4))
        np.testing.assert_allclose(long, short, rtol=1e-5)


def test_openness_moves_one_step_at_a_time_and_never_back_in_a_quarrel(bloc):
    """F27.1: monotone path with few reversals."""
    m, now, path = Openness.make({"step": 1.0}), bloc.at(warmth=-0.5), []
    for kind, _ in itertools.product([CRITICISE, HONOUR, DECLARE, WITHHOLD, BREAK], range(2)):
        now = ticks(m, now.after(m, bloc.act(HOLDOUT, PATRON, kind)), 1)
        path.append(float(now.state.openness[HOLDOUT, PATRON]))
    steps = np.diff([0.0, *path])
    assert steps.min() >= 0
    assert steps.max() <= 1
    assert path == [1, 2, 2, 2, 2, 2, 2, 2, 3, 4]
    assert float(now.state.openness[PATRON, HOLDOUT]) == 0


def test_openness_fades_with_reconciliation_alone(bloc):
    m = Openness.make({"half_life": 30.0})
    now = ticks(m, bloc.at(openness=4.0, warmth={(0, 1): 1.0, (1, 0): -1.0}), 10, 3.0).state.openness
    assert float(now[0, 1]) == pytest.approx(2.0, abs=1e-4)
    assert float(now[1, 0]) == 4.0


def test_a_parameter_out_of_range_is_one_clear_line():
    with pytest.raises(InputError, match=r"^mechanisms: warmth.rate: 2 is outside its range, expected 0\.\.1 "):
        Warmth.make({"rate": 2.0})
