"""Counts of past acts are exact however long a step is: months hold hundreds of half-lives of a sitting."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.bloc.observe import observe
from blocs.bloc.state import blank_state
from blocs.bloc.world import Act
from blocs.engine.phases import wait
from blocs.mechanisms.catalogue import by_name
from blocs.testing.states import make_world

WORLD = make_world(3, 4)
MEMORY = by_name()["memory"].make({})
HALF = np.asarray(MEMORY.half_lives(), float)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.0, 366.0), min_size=1, max_size=6), st.floats(0.0, 1.0))
def test_counts_in_float32_equal_the_sum_over_acts(days: list[float], rest: float) -> None:
    days = sorted(days)
    state = blank_state(WORLD, len(HALF))
    for n, day in enumerate(days):
        state = wait(state, jnp.float32(day - (days[n - 1] if n else 0.0)))
        state = MEMORY.after(WORLD, state, Act(*(jnp.int32(x) for x in (0, 1, 0, 0)), jnp.float32(1.0)))
    state = wait(state, jnp.float32(rest))
    view = observe(WORLD, state, MEMORY.half_lives())
    counted = np.asarray(state.recent[:, 0, 1] * view.fade)
    expected = (0.5 ** ((days[-1] + rest - np.asarray(days))[:, None] / HALF)).sum(axis=0)
    # the clock is in float32: a difference of days is known to about 1e-4 of a day, a thousandth of the shortest half-life
    np.testing.assert_allclose(counted, expected, rtol=3e-3, atol=1e-6)
    for name in ("recent", "sent", "received", "agenda", "repertoire"):
        assert np.isfinite(np.asarray(getattr(state, name))).all()
