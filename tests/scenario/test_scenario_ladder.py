"""A scenario's own ladder: it replaces the package's, reaches the world, and its faults are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import jax.numpy as jnp
import pytest

from blocs.bloc.rungs import STAGES, TOP, between, default_rungs
from blocs.scenario.build import build_world
from blocs.scenario.folder import DATA
from blocs.scenario.load import check, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "tiny", tmp_path / "mine"))


def edit(folder: Path, old: str, new: str) -> list[tuple[str, int, str]]:
    path = folder / "ladder.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return [(Path(fault.where).name, fault.line, fault.field) for fault in check(folder).faults]


def test_the_packages_ladder_has_all_rungs_in_range() -> None:
    ladder = default_rungs()
    assert ladder.stage.shape == (TOP + 1,)
    assert float(ladder.min_openness.max()) <= 6, "every rung can be reached"
    shares = (ladder.max_patience, ladder.cost_source, ladder.cost_target, ladder.reversible, ladder.cascade)
    for share in shares:
        assert 0 <= float(share.min()) <= float(share.max()) <= 1
    assert float(ladder.max_patience[0]) == 1
    assert STAGES[int(ladder.stage[TOP])] == "rupture"


def test_a_scenario_with_a_ladder_uses_it_and_one_without_keeps_the_packages(folder: Path) -> None:
    own = build_world(load(folder)).ladder
    assert float(own.max_patience[10]) == pytest.approx(0.8)
    assert not bool(own.open_to(jnp.float32(6), jnp.float32(0), jnp.float32(1))[9]), "a rung left out is open to nobody"
    (folder / "ladder.csv").unlink()
    assert jnp.allclose(build_world(load(folder)).ladder.max_patience, default_rungs().max_patience)


def test_a_rung_is_open_when_the_quarrel_is_open_patience_short_and_goods_there() -> None:
    ladder = default_rungs()

    def is_open(openness: float, patience: float, goods: float, rung: int) -> bool:
        return bool(ladder.open_to(jnp.float32(openness), jnp.float32(patience), jnp.float32(goods))[rung])

    assert is_open(0, 0.5, 0.5, 10)
    assert not is_open(0, 0.5, 0.0, 10), "nothing to hold back"
    assert not is_open(0, 0.9, 0.5, 10), "too patient"
    assert not is_open(1, 0.0, 0.5, 22), "the quarrel is not open enough"
    assert is_open(5, 0.0, 0.0, 22)


def test_columns_are_read_between_whole_rungs() -> None:
    lag = default_rungs().lag_days
    assert float(between(lag, jnp.float32(11.5))) == pytest.approx(float(lag[11] + lag[12]) / 2)
    assert float(between(lag, jnp.float32(22.0))) == float(lag[22])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("8,blame", "7,blame", ("ladder.csv", 5, "rung")),
        ("8,blame,procedure", "8,blame,shouting", ("ladder.csv", 5, "stage")),
        ("10,grain withheld,goods,0,0.8", "10,grain withheld,goods,0,1.8", ("ladder.csv", 6, "max_patience")),
        ("22,rupture,rupture", "23,rupture,rupture", ("ladder.csv", 7, "rung")),
        ("10,grain", "11,grain", ("acts.csv", 10, "rung")),
    ],
)
def test_faults_are_told_with_their_line(folder: Path, old: str, new: str, fault: tuple[str, int, str]) -> None:
    assert fault in edit(folder, old, new)
