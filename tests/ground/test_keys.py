"""Random streams: the generator is the published one, draws are uniform, and nobody's draw depends on who else draws."""

from __future__ import annotations

import jax
import jax.extend.random as jax_random
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from blocs.ground import keys
from blocs.testing.stats import assert_law, assert_mean

WORD = st.integers(0, 2**32 - 1)
IDS = jnp.arange(20_000, dtype=jnp.uint32)


@given(key=st.tuples(WORD, WORD), counters=st.lists(st.tuples(WORD, WORD), min_size=8, max_size=8))
@settings(deadline=None, max_examples=30)
def test_threefry_is_that_of_jax_bit_for_bit(key, counters):
    k = jnp.asarray(np.array(key, np.uint32))
    x = np.array(counters, np.uint32)
    ours = jnp.concatenate(keys.threefry(k, jnp.asarray(x[:, 0]), jnp.asarray(x[:, 1])))
    theirs = jax_random.threefry_2x32(k, jnp.asarray(x.T.ravel()))
    assert np.array_equal(ours, theirs)


def test_threefry_gives_the_published_known_answers():
    """Known-answer vectors of Threefry-2x32, 20 rounds, in the Random123 distribution (Salmon et al. 2011)."""
    full = 0xFFFFFFFF
    known = [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((full, full), (full, full), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for key, counter, expected in known:
        a, b = keys.threefry(jnp.asarray(np.array(key, np.uint32)), *(jnp.uint32(c) for c in counter))
        assert (int(a), int(b)) == expected


def test_uniforms_lie_strictly_inside_and_follow_their_law():
    u = np.asarray(keys.uniforms(keys.root(7), IDS), np.float64)
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert_law(u, stats.uniform.cdf, "uniforms")
    # neighbours in id or in key are unrelated
    v = np.asarray(keys.uniforms(keys.at(keys.root(7), jnp.uint32(1)), IDS), np.float64)
    assert_mean((u[1:] - 0.5) * (u[:-1] - 0.5), 0.0, "covariance of neighbouring ids", sd=1 / 12)
    assert_mean((u - 0.5) * (v - 0.5), 0.0, "covariance of neighbouring keys", sd=1 / 12)


def test_the_extreme_bits_give_no_zero_and_no_one():
    bits = jnp.asarray(np.array([0, 2**32 - 1], np.uint32))
    u = np.asarray((bits >> np.uint32(9)).astype(jnp.float32) * np.float32(2**-23) + np.float32(2**-24))
    assert 0.0 < u[0] < u[1] < 1.0


def test_exponentials_and_gumbels_follow_their_laws():
    assert_law(keys.exponentials(keys.root(3), IDS), stats.expon.cdf, "exponentials")
    assert_law(keys.gumbels(keys.root(3), IDS), stats.gumbel_r.cdf, "gumbels")
    logits = np.log([0.1, 0.2, 0.7])
    many = jax.vmap(lambda n: keys.gumbels(keys.at(keys.root(5), n), jnp.arange(3, dtype=jnp.uint32)))(IDS)
    picked = np.argmax(logits + np.asarray(many), axis=1)
    for option, share in enumerate((0.1, 0.2, 0.7)):
        assert_mean(picked == option, share, f"share of option {option}", sd=np.sqrt(share * (1 - share)))


@given(ids=st.lists(WORD, min_size=6, max_size=6, unique=True), seed=st.integers(0, 2**64 - 1))
@settings(deadline=None, max_examples=30)
def test_a_draw_does_not_depend_on_who_else_draws(ids, seed):
    key = keys.root(seed)
    among = np.asarray(keys.uniforms(key, jnp.asarray(np.array(ids, np.uint32))))
    alone = [float(keys.uniforms(key, jnp.asarray(np.array([i], np.uint32)))[0]) for i in ids]
    turned = np.asarray(keys.uniforms(key, jnp.asarray(np.array(ids[::-1], np.uint32))))[::-1]
    assert np.array_equal(among, np.array(alone, np.float32))
    assert np.array_equal(among, turned)


def test_named_streams_indices_and_levels_are_apart():
    key, by_index = keys.root(0), jax.jit(jax.vmap(keys.at, (None, 0)))
    children = [
        np.asarray(key),
        *(keys.named(key, n) for n in ("memory", "warmth", "ladder", "forecast")),
        *np.asarray(by_index(key, jnp.arange(200))),
        *np.concatenate(jax.vmap(by_index, (0, None))(by_index(key, jnp.arange(20)), jnp.arange(20))),
        # an index that equals the id of a name is still another stream
        keys.at(key, jnp.uint32(keys.stable_id("memory"))),
    ]
    seen = {tuple(np.asarray(c).tolist()) for c in children}
    assert len(seen) == len(children)
    levels = [keys.uniforms(key, IDS[:1000], level) for level in (2, 10, 11, 12, 13, 14)]
    assert len({float(u[0]) for u in levels}) == len(levels)
    assert abs(np.corrcoef(np.stack(levels)) - np.eye(len(levels))).max() < 5 / np.sqrt(1000)


def test_seeds_beyond_32_bits_differ():
    seeds = (0, 1, 2**32, 2**32 + 1, 2**64 - 1)
    assert len({tuple(np.asarray(keys.root(s)).tolist()) for s in seeds}) == len(seeds)


def test_ids_are_crc_32_and_collisions_are_told():
    assert keys.stable_id("123456789") == 0xCBF43926  # the check value of CRC-32
    assert keys.stable_ids(("a", "b")).dtype == jnp.uint32
    with pytest.raises(ValueError, match="rename one of: a"):
        keys.stable_ids(("a", "b", "a"))
    # two different words with one CRC-32
    assert keys.stable_id("plumless") == keys.stable_id("buckeroo")
    with pytest.raises(ValueError, match="buckeroo, plumless"):
        keys.stable_ids(("plumless", "buckeroo"))
