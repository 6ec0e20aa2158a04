"""The spatial model against the other program's runs: positions, risks, probabilities, when it stops."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.ground.errors import InputError
from blocs.institutions.formats import read_table
from blocs.institutions.library import spatial_core as core
from blocs.institutions.library.spatial import Spatial
from blocs.institutions.table import IssueTable


@pytest.mark.parametrize("name", ["SOE-Pol-Comp", "SOE-Policy"])
def test_run_of_the_other_program(golden, name):
    table, known = golden(f"{name}.csv"), golden(f"{name}.json.gz")
    decision = Spatial().decide(table)
    assert len(decision.positions) == known["states"]
    assert decision.positions == pytest.approx(np.array(known["positions"]), abs=1e-6)
    mine = [list(row.values()) for row in decision.details["probability"]]
    theirs = np.array(list(known["probability"].values())).T
    assert np.abs(np.array(mine) - theirs).max() < 1e-4  # printed to 4 decimals
    assert list(decision.details["risk"][0].values()) == pytest.approx(known["risk"], abs=6e-4)
    assert decision.details["shift_to_first"] == pytest.approx(known["shift"], abs=6e-5)
    see = core.view(table.position / 100, table.salience, table.capability[:, 0], core.Choices())
    assert see.own == pytest.approx(np.array(known["utility"]), abs=6e-5)


def crowd(n: int, dims: int, seed: int) -> IssueTable:
    rng = np.random.default_rng(seed)
    names = tuple(f"a{i}" for i in range(n))
    capability = np.repeat(rng.uniform(5, 100, (n, 1)), dims, axis=1)
    salience = rng.uniform(0.1, 0.9, (n, dims)) / dims
    position = rng.uniform(0, 100, (n, dims))
    issues = tuple(f"k{i}" for i in range(dims))
    return IssueTable(names, issues, position, salience, capability, np.zeros(dims), np.full(dims, 100.0))


def test_eighty_actors_in_seconds():
    start = time.process_time()
    decision = Spatial().decide(crowd(80, 2, 0))
    assert time.process_time() - start < 10.0  # 2 to 4 s when nothing else runs
    assert len(decision.positions) > 3


def test_stochastic_version_follows_its_seed():
    table = crowd(9, 2, 1)
    a, b, c = (Spatial(stochastic=True, seed=s, turns=6).decide(table).positions for s in (4, 4, 5))
    assert np.array_equal(a, b)
    assert a.shape != c.shape or not np.allclose(a, c)


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 7), st.integers(1, 3), st.integers(0, 10_000), st.sampled_from(["linear", "square", "binary"]))
def test_positions_stay_in_the_hull_and_probabilities_add_up(n, dims, seed, victory):
    table = crowd(n, dims, seed)
    decision = Spatial(turns=5, victory=victory).decide(table)
    low, high = table.position.min(axis=0), table.position.max(axis=0)
    assert (decision.positions >= low - 0.02).all()  # bargains are rounded to 1e-4 of the scale
    assert (decision.positions <= high + 0.02).all()
    x = table.position / 100
    see = core.view(x, table.salience, table.capability[:, 0], core.Choices())
    assert core.position_probabilities(x, see, table.capability[:, 0], core.Choices()).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("conditional", ["conditional", "markov-uniform", "markov-incentive"])
def test_win_probabilities_favour_the_strong(conditional):
    utility = np.array([[1.0, 0.2], [0.3, 1.0], [0.9, 0.4]])
    p = core.win_probability(core.Choices(conditional=conditional), np.array([5.0, 1.0, 2.0]), utility)
    assert p.sum() == pytest.approx(1.0, abs=1e-5)
    assert p[0] > 0.8
    # Two options: i wins with its share of the votes, here 5 * .8 + 2 * .5 against 1 * .7.
    assert p[0] == pytest.approx(5.0 / 5.7, abs=2e-2 if conditional == "markov-incentive" else 1e-5)


def test_what_it_cannot_use_is_said():
    text = "actor,issue,position,salience,capability\na,k,0,.5,1\nb,k,10,.5,1\na,m,1,.5,1\nb,m,2,.5,1\nc,k,3,.5,1\n"
    with pytest.raises(InputError, match="c has none on m"):
        Spatial().decide(read_table(text, "t.csv"))
