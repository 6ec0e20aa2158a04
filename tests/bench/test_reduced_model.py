"""The reduced model in Blocs, Mesa and C: three programs, one law."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

FOLDER = Path(__file__).parents[2] / "benchmarks"
SIGMAS = 5.0
"""Two-sided: a correct program fails one comparison in 1.7 million; there are some two hundred here."""


@pytest.fixture(scope="module")
def programs():
    """Return a function that imports a program of the benchmarks folder, or skips with the reason."""
    sys.path.insert(0, str(FOLDER))

    def program(name: str):
        if name == "mesa_model":
            pytest.importorskip("mesa", reason="the extra `bench` brings Mesa")
        found = importlib.import_module(name)
        if name == "c_model" and found.compiler() is None:
            pytest.skip("no C compiler (cc, gcc or clang) is installed")
        return found

    yield program
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def small(programs):
    """A bloc small, quick and quarrelsome enough that every rule moves a run: third actors must be cold to someone."""
    given = programs("reduced").Input(actors=6, steps=52, rate=0.3, camp=0.5, warmth_half_life=200.0)
    return replace(given, cooperation=(-0.9, -0.8, -0.6, -0.4, -0.2, 0.0, 0.3, 0.6))


@pytest.fixture(scope="module")
def ours(programs, small):
    return programs("reduced").run(small, 1500, seed=1)


def numbers(outcome, small):
    """Numbers of each run, axes (run, number), by name: between them every rule of the model moves one."""
    kinds, pairs = outcome.kinds(small), outcome.pairs(small)
    sources, targets, back = pairs.sum(axis=2), pairs.sum(axis=1), pairs.transpose(0, 2, 1)
    flat = pairs.reshape(len(pairs), -1)
    parts = {
        "acts": outcome.acts()[:, None],
        "acts by kind": kinds,
        "acts by source": sources,
        "acts by target": targets,
        "acts of pairs": np.stack([(flat**2).sum(axis=1), flat.max(axis=1)], axis=1),
        "acts returned": np.minimum(pairs, back).sum(axis=(1, 2))[:, None],
        "acts sent and received by one actor": (sources * targets).sum(axis=1)[:, None],
        "acts of the busiest": np.sort(sources, axis=1),
        "tone": kinds @ np.asarray(small.cooperation)[:, None],
        "warmth": outcome.warmth,
    }
    return {name: np.concatenate([x, x**2], axis=1) for name, x in parts.items()}


def assert_same_law(a, b, small):
    first, second = numbers(a, small), numbers(b, small)
    for name in first:
        x, y = first[name], second[name]
        error = np.sqrt(x.var(axis=0, ddof=1) / len(x) + y.var(axis=0, ddof=1) / len(y))
        off = np.abs(x.mean(axis=0) - y.mean(axis=0)) / error
        assert off.max() < SIGMAS, f"{name}: {x.mean(axis=0)} against {y.mean(axis=0)}, off {off} standard errors"
    for column in range(a.warmth.shape[1]):
        gap = stats.ks_2samp(a.warmth[:, column], b.warmth[:, column])
        assert gap.pvalue > 1e-6, f"warmth of pair {small.watched()[column]}: {gap}"


def test_mesa_and_blocs_agree(programs, small, ours):
    assert_same_law(ours, programs("mesa_model").run(small, 200, seed=2), small)


def test_c_and_blocs_agree(programs, small, ours):
    assert_same_law(ours, programs("c_model").run(small, 4_000, seed=3), small)


@pytest.mark.parametrize(
    "change",
    [
        {"activity": 0.6},
        {"popularity": 0.8},
        {"inertia": 1.0},
        {"reciprocity": 0.9},
        {"warmth": 1.0},
        {"warmth_tone": 1.3},
        {"warmth_back_tone": 1.0},
        {"rate": 0.25},
        {"echo": 0.8},
        {"mirror": 1.0},
        {"camp": 0.4},
        {"warmth_half_life": 300.0},
        {"branching": 0.55},
        {"half_life": 26.0},
        {"base": 0.22},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_comparison_sees_a_wrong_rule(programs, small, ours, change):
    """The same check fails where one number of the other program is off: it would see a rule that is."""
    other = programs("c_model").run(replace(small, **change), 4_000, seed=3)
    with pytest.raises(AssertionError, match=r"standard errors|warmth of pair"):
        assert_same_law(ours, other, small)


def test_cores_change_nothing(programs, small):
    reduced = programs("reduced")
    one, two = reduced.run(small, 20, seed=4), reduced.run(small, 20, seed=4, cores=2)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_tempo_is_that_of_the_process(programs, small, ours):
    """A Hawkes process of rate `base` and branching n holds base / (1 - n) acts a day once it has warmed up."""
    long = replace(small, steps=520)
    found = programs("c_model").run(long, 400, seed=5).acts()
    limit = small.base / (1 - small.branching) * 7.0
    # the first weeks are slower: less than one memory's worth of acts is missing in all
    expected = limit * 520 - limit / 7.0 * small.half_life / np.log(2) * small.branching / (1 - small.branching)
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert abs(found.mean() - expected) < SIGMAS * error
    assert ours.acts().mean() < limit * small.steps
