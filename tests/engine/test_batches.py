"""Batches of runs: bits depend neither on how many runs nor on how many cores; a cut batch runs again with more room."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from blocs.engine.control import nothing
from blocs.engine.loop import Track
from blocs.engine.watch import watch_width
from blocs.forecast import simulate as rooms
from blocs.ground.cast import cast_reals
from blocs.ground.errors import BlocsError

from . import lab


@pytest.fixture(scope="module")
def job(parts):
    m, c, s = parts
    starts = tuple(
        cast_reals(x, np.float32) for x in (s, s.replace(cohesion=s.cohesion * 0.5), lab.start(lab.world(), seed=3))
    )
    control = lab.light(nothing(lab.ACTORS, lab.ACTS))
    ends = float(s.clock) + m.step_days * (np.arange(4) + 1.0)
    return rooms.Job(m, c, control, lab.WATCH, ends, starts, date(2000, 1, 1), date(2000, 2, 1))


def batches(job, runs: int, seed: int, progress=None, cores: int = 1):
    """Return the acts of each run, as (day, code), and the watched numbers."""
    watched = np.full((runs, job.steps, watch_width(job.watch)), np.nan, np.float32)
    found = rooms._run_batches(job, watched, seed, progress, cores)
    counts = np.concatenate([b.acts for b in found])
    day, code = np.concatenate([b.day for b in found]), np.concatenate([b.code for b in found])
    assert len(counts) == runs
    assert len(day) == len(code) == counts.sum()
    ends = np.cumsum(counts)[:-1]
    return list(zip(np.split(day, ends), np.split(code, ends), strict=True)), watched


def same(one, other) -> bool:
    return all(np.array_equal(x, y) for a, b in zip(one, other, strict=True) for x, y in zip(a, b, strict=True))


def test_a_run_is_the_same_whatever_the_number_of_runs_and_cores(job, monkeypatch):
    monkeypatch.setattr(rooms, "SLOTS", 64)
    seen: list[tuple[int, int]] = []
    few, noted = batches(job, 50, 7)
    many, watched = batches(job, 130, 7, lambda done, of: seen.append((done, of)), 2)
    again, twice = batches(job, 130, 7)
    assert same(few, many[:50])
    assert same(many, again)
    assert np.array_equal(noted, watched[:50])
    assert np.array_equal(watched, twice)
    assert np.isfinite(watched).all()
    assert seen == [(50, 130), (100, 130), (130, 130)]
    # batches start from one chronology each, and every run has its own draws
    assert len({tuple(day) for day, _ in many}) == 130


def fake(needs: int, calls: list[int]):
    """A simulation whose longest run holds `needs` acts."""

    def simulate(model, coefficients, state, control, watch, keys, steps, slots, last):
        calls.append(slots)
        held = min(needs, slots + 1)
        runs = len(keys)
        nobody = np.zeros((runs, slots)), np.zeros((runs, slots, 4))
        return Track(*nobody, np.full(runs, held), np.zeros((runs, steps, watch_width(watch))))

    return simulate


def test_a_batch_that_is_cut_runs_again_with_twice_the_room(job, monkeypatch):
    calls: list[int] = []
    monkeypatch.setattr(rooms, "simulate", fake(rooms.SLOTS * 3, calls))
    runs, _ = batches(job, 50, 0)
    assert calls == [rooms.SLOTS, rooms.SLOTS * 2, rooms.SLOTS * 4]
    assert max(len(day) for day, _ in runs) == rooms.SLOTS * 3


def test_a_tempo_without_end_is_told(job, monkeypatch):
    monkeypatch.setattr(rooms, "simulate", fake(10**9, []))
    with pytest.raises(BlocsError, match="the fitted tempo is not stable"):
        batches(job, 50, 0)
