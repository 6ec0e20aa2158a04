"""A choice is the allowed option of the greatest height, whatever the heights are."""

from __future__ import annotations

import blocs  # noqa: F401  (sets precision before JAX is used)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blocs.engine.choose import pick

OPTIONS = 13
heights = st.lists(
    st.floats(-1e6, 1e6, width=32, allow_subnormal=False) | st.sampled_from([0.0, -0.0, 3.5]),
    min_size=OPTIONS,
    max_size=OPTIONS,
)
drawn = jax.jit(pick)


@given(heights, st.lists(st.booleans(), min_size=OPTIONS, max_size=OPTIONS))
def test_the_highest_allowed_option_is_chosen(score, allowed):
    x, free = np.asarray(score, np.float32), np.asarray(allowed)
    got = int(drawn(jnp.asarray(x), jnp.asarray(free), jnp.zeros(OPTIONS, jnp.float32)))
    assert 0 <= got < OPTIONS
    if free.any():
        assert free[got]
        assert x[got] == x[free].max()


def test_draws_follow_the_softmax_of_the_scores():
    score = jnp.asarray([0.5, -1.0, 2.0, -30.0])
    gumbel = jax.random.gumbel(jax.random.key(3), (20000, 4))
    free = jnp.asarray([True, True, False, True])
    got = np.asarray(jax.vmap(lambda g: pick(score, free, g))(gumbel))
    expected = np.exp([0.5, -1.0]) / np.exp([0.5, -1.0]).sum()
    share = np.bincount(got, minlength=4) / len(got)
    assert share[2] == 0
    np.testing.assert_allclose(share[:2], expected, atol=4 * np.sqrt(0.25 / len(got)))
