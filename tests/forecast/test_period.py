"""A forecast covers the days that were asked for, wherever they lie in the grid of steps."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import numpy as np
import pytest

from blocs.forecast.explain import explain_simulated
from blocs.forecast.inside import look_inside
from blocs.forecast.simulate import forecast

RUNS = 40
PERIODS = (
    (date(2003, 1, 1), date(2003, 12, 31)),
    (date(2003, 1, 3), date(2003, 2, 1)),
    (date(2003, 3, 4), date(2003, 3, 4)),
    (date(2003, 3, 5), date(2003, 3, 6)),
)


@pytest.fixture(scope="module", params=PERIODS, ids=str)
def ensemble(request, tiny_fit):
    return forecast(tiny_fit, start=request.param[0], end=request.param[1], runs=RUNS, seed=1)


def test_every_act_lies_on_a_day_of_the_forecast(ensemble) -> None:
    epoch = ensemble.fit.built.epoch
    first, last = ((d - epoch).days for d in (ensemble.start, ensemble.end))
    assert (ensemble.day >= first).all()
    assert (ensemble.day < last + 1).all()


def test_the_last_step_ends_with_the_last_day_and_the_others_with_the_grid(ensemble) -> None:
    days, step = ensemble.dates(), int(ensemble.fit.built.model.step_days)
    assert days[-1] == ensemble.end
    assert days[0] >= ensemble.start
    assert days[0] < ensemble.start + timedelta(days=step)
    assert all((b - a).days == step for a, b in itertools.pairwise(days[:-1]))
    closes = [(d - ensemble.fit.built.epoch).days + 1 for d in days[:-1]]
    assert all(c % step == 0 for c in closes)


def test_a_forced_act_falls_on_its_day(tiny_fit) -> None:
    on = date(2003, 3, 5)
    world = tiny_fit.built.model.world
    source, target = world.actors[0], world.actors[1]
    line = f"force {world.acts[0]} from {source} to {target} on {on}"
    for start, end in ((on, on), (date(2003, 3, 1), on), (on, date(2003, 4, 1))):
        done = forecast(tiny_fit, start=start, end=end, runs=5, seed=0, do=[line])
        acts = done.to_polars().filter(date=on, source=source, target=target, act=world.acts[0])
        assert acts["run"].n_unique() == 5


def test_a_longer_forecast_begins_as_a_shorter_one(tiny_fit) -> None:
    """Up to the last close before the shorter one ends, the acts are the same bit for bit."""
    short, long = (
        forecast(tiny_fit, start=date(2003, 1, 3), end=end, runs=RUNS, seed=2)
        for end in (date(2003, 3, 6), date(2003, 5, 20))
    )
    until = short.step_ends[-2]
    for name in ("run", "day", "code"):
        a, b = (getattr(x, name)[x.day < until] for x in (short, long))
        np.testing.assert_array_equal(a, b)


def test_a_look_inside_sees_the_same_days_and_explains_the_last_act(tiny_fit) -> None:
    ensemble = forecast(tiny_fit, start=date(2003, 1, 3), end=date(2003, 2, 1), runs=RUNS, seed=1)
    run = int(np.argmax(np.bincount(ensemble.run)))
    mine = ensemble.day[ensemble.run == run]
    (inside,) = look_inside(tiny_fit, [run], ensemble.start, ensemble.end, ensemble.seed)
    assert [inside.when(s + 1) for s in range(len(ensemble.step_ends))] == ensemble.dates()
    told = explain_simulated(ensemble, run, len(mine) - 1)
    assert told.when == str(tiny_fit.built.epoch + timedelta(days=int(mine[-1])))
