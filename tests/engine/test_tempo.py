"""Simulated waits follow the self-exciting process whose likelihood is fitted, exactly."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from blocs.engine.model import Tempo
from blocs.ground.keys import at, exponentials, root
from blocs.testing.stats import assert_law, assert_mean

from . import lab

SPANS = np.array([0.1, 20.0, 400.0])


def held(tempo: Tempo, decayed: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Acts expected in the next `days` if nobody acts: the integral of the rate."""
    fading = np.asarray(tempo.branching) * decayed
    return float(tempo.base) * days + (fading * (1.0 - 2.0 ** (-np.asarray(days)[:, None] / SPANS))).sum(axis=1)


@pytest.mark.parametrize("decayed", [(1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (6.0, 30.0, 200.0), (0.3, 0.0, 4.0)])
def test_waits_follow_the_integrated_rate(decayed):
    tempo = Tempo(jnp.float32(0.1), jnp.asarray([0.5, 0.2, 0.1], jnp.float32))
    draws = jax.vmap(lambda n: exponentials(at(root(4), n), jnp.arange(4, dtype=jnp.uint32)))(
        jnp.arange(4000, dtype=jnp.uint32)
    )
    waits = jax.vmap(lambda e: tempo.wait(jnp.asarray(decayed), jnp.asarray(SPANS, jnp.float32), e))(draws)
    assert_law(
        held(tempo, np.array(decayed), np.asarray(waits, np.float64)),
        stats.expon.cdf,
        "integrated rate at the next act",
    )


def test_a_process_without_branching_waits_exponentially_and_one_without_base_may_stop():
    calm = Tempo(jnp.float32(0.25), jnp.zeros(3))
    assert float(calm.wait(jnp.ones(3), jnp.asarray(SPANS), jnp.asarray([1.0, 9.0, 9.0, 9.0]))) == 4.0
    dying = Tempo(jnp.float32(0.0), jnp.asarray([0.5, 0.0, 0.0]))
    assert np.isinf(dying.wait(jnp.ones(3), jnp.asarray(SPANS), jnp.asarray([1.0, 0.51, 1.0, 1.0])))
    # half of the half act is due when 1 - 2**(-t/h) is a half: after one half-life
    assert float(dying.wait(jnp.ones(3), jnp.asarray(SPANS), jnp.asarray([1.0, 0.25, 1.0, 1.0]))) == pytest.approx(0.1)


def test_times_of_whole_simulations_are_a_unit_poisson_process_after_rescaling(parts, untouched):
    """Ogata 1988: between acts the integrated rate, recomputed slowly from all past acts, is standard exponential."""
    _, c, _ = parts
    gaps, whole = [], []
    end = lab.STEPS * 7.0
    for r in range(lab.RUNS):
        days = [d for d, _ in lab.history(untouched, r)]
        clock, past = 0.0, np.zeros(0)
        for n, day in enumerate([*days, end]):
            decayed = (2.0 ** (-(clock - past)[:, None] / SPANS)).sum(axis=0)
            gaps.append(held(c.tempo, decayed, np.array([day - clock]))[0])
            clock, past = day, np.array(days[: n + 1])
        whole.append(len(days) - sum(gaps[-len(days) - 1 :]))
        gaps.pop()  # the last gap ends with the simulation, not with an act
    assert len(gaps) > 200
    assert_law(np.array(gaps), stats.expon.cdf, "rescaled gap between acts")
    # acts less integrated rate is a martingale: its mean is zero
    assert abs(np.mean(whole)) < 5 * np.std(whole) / np.sqrt(len(whole))


def test_simulated_acts_are_as_many_as_the_branching_process_has(parts):
    """With one short half-life the process is stationary from the start: base / (1 - branching) acts a day."""
    m, c, s = parts
    tempo = Tempo(jnp.float32(0.3), jnp.asarray([0.4, 0.0, 0.0], jnp.float32))
    track = lab.run(m, type(c)(c.beta, c.tables, tempo), s)
    assert_mean(np.concatenate([_weeks(track, r) for r in range(lab.RUNS)]), 0.3 / 0.6 * 7.0, "acts in a week")


def _weeks(track, r: int) -> np.ndarray:
    days = [d for d, _ in lab.history(track, r)]
    return np.histogram(days, np.arange(0, lab.STEPS * 7.0 + 1, 7.0))[0]
