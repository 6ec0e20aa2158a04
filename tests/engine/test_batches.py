"""Batches of runs: bits depend neither on how many runs nor on how many cores; a cut batch runs again with more room."""

from __future__ import annotations

from datetime import date

import jax
import numpy as np
import pytest

from blocs.engine.control import nothing
from blocs.engine.loop import Track
from blocs.forecast import simulate as rooms
from blocs.ground.errors import BlocsError

from . import lab


@pytest.fixture(scope="module")
def job(parts):
    m, c, s = parts
    starts = tuple(
        jax.tree.map(rooms._single, x)
        for x in (s, s.replace(cohesion=s.cohesion * 0.5), lab.start(lab.world(), seed=3))
    )
    control = lab.light(nothing(lab.ACTORS, lab.ACTS))
    return rooms.Job(m, c, control, lab.WATCH, 4, starts, date(2000, 1, 1), date(2000, 2, 1))


def bits(tracks: list[Track], runs: int) -> list[np.ndarray]:
    return [np.concatenate([getattr(t, name) for t in tracks])[:runs] for name in Track._fields]


def test_a_run_is_the_same_whatever_the_number_of_runs_and_cores(job, monkeypatch):
    monkeypatch.setattr(rooms, "SLOTS", 64)
    seen: list[tuple[int, int]] = []
    few = bits(rooms._run_batches(job, 50, 7, None, 1), 50)
    many = bits(rooms._run_batches(job, 130, 7, lambda done, of: seen.append((done, of)), 2), 130)
    again = bits(rooms._run_batches(job, 130, 7, None, 1), 130)
    for a, b, c in zip(few, many, again, strict=True):
        assert np.array_equal(a, b[:50])
        assert np.array_equal(b, c)
    assert seen == [(50, 130), (100, 130), (130, 130)]
    # batches start from one chronology each, and every run has its own draws
    assert len({tuple(day) for day in many[0]}) == 130


def fake(needs: int, calls: list[int]):
    """A simulation whose longest run holds `needs` acts."""

    def simulate(model, coefficients, state, control, watch, keys, steps, slots):
        calls.append(slots)
        held = min(needs, slots + 1)
        runs = len(keys)
        nobody = np.zeros((runs, slots)), np.zeros((runs, slots, 4))
        return Track(*nobody, np.full(runs, held), np.zeros((runs, steps, 0)))

    return simulate


def test_a_batch_that_is_cut_runs_again_with_twice_the_room(job, monkeypatch):
    calls: list[int] = []
    monkeypatch.setattr(rooms, "simulate", fake(rooms.SLOTS * 3, calls))
    (track,) = rooms._run_batches(job, 50, 0, None, 1)
    assert calls == [rooms.SLOTS, rooms.SLOTS * 2, rooms.SLOTS * 4]
    assert track.acts.max() == rooms.SLOTS * 3


def test_a_tempo_without_end_is_told(job, monkeypatch):
    monkeypatch.setattr(rooms, "simulate", fake(10**9, []))
    with pytest.raises(BlocsError, match="the fitted tempo is not stable"):
        rooms._run_batches(job, 50, 0, None, 1)
