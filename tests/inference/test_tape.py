"""Drawn dates stay inside what the record gives, sittings keep their order, and the tape holds what it should."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.engine.replay import ACT, CLOSE, POSITION
from blocs.ground.errors import InputError
from blocs.inference.tape import draw_chronology, sittings, usable_acts
from blocs.testing.stats import assert_law

from .conftest import UNTIL


def record(built, seed: int, count: int) -> pl.DataFrame:
    """Acts with bounds of a day to a year, told in sittings of one to five, sittings with equal bounds among them."""
    rng = np.random.default_rng(seed)
    frame = usable_acts(built, until=UNTIL)
    rows: list[dict[str, object]] = []
    page, kinds = 1, [(int(rng.integers(0, 500)), int(rng.choice([0, 0, 6, 30, 300]))) for _ in range(4)]
    while len(rows) < count:
        first, width = kinds[int(rng.integers(4))]
        page += int(rng.integers(0, 4))
        start = built.epoch + timedelta(days=first)
        end = min(start + timedelta(days=width), UNTIL)
        for _ in range(int(rng.integers(1, 6))):
            rows.append({"start": min(start, end), "end": end, "first_page": page})
    pick = frame[rng.integers(0, frame.height, count).tolist()]
    bounds = pl.DataFrame(rows[:count])
    changed = [bounds[c].cast(frame.schema[c]) for c in ("start", "end", "first_page")]
    return pick.with_columns(*changed, id=pl.Series([f"N{n}" for n in range(count)]))


@given(record_seed=st.integers(0, 2**32 - 1), seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60))
@settings(deadline=None, max_examples=40)
def test_days_stay_inside_their_bounds_and_sittings_keep_their_order(built, record_seed, seed, count):
    told = record(built, record_seed, count)
    chronology = draw_chronology(built, told, seed, UNTIL, UNTIL)
    acts = chronology.acts
    assert sorted(acts["id"]) == sorted(told["id"])
    assert acts["day"].is_sorted()
    lo = (acts["start"] - built.epoch).dt.total_days()
    hi = (acts["end"] - built.epoch).dt.total_days() + 1
    assert ((acts["day"] >= lo) & (acts["day"] < hi)).all()

    day = dict(zip(acts["id"], acts["day"], strict=True))
    place = dict(zip(acts["id"], range(count), strict=True))
    sitting = sittings(told)
    starts: dict[tuple[object, object], float] = {}
    for n in range(count):
        a = told["id"][n]
        if n and sitting[n] == sitting[n - 1]:
            before = told["id"][n - 1]
            assert place[a] > place[before]
            assert day[a] > day[before]
            assert day[a] - day[before] <= 0.01 + 1e-9
        elif n == 0 or sitting[n] != sitting[n - 1]:
            # sittings with equal bounds begin in the order of telling
            bounds = (told["start"][n], told["end"][n])
            assert day[a] >= starts.get(bounds, -1.0)
            starts[bounds] = day[a]


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=10)
def test_the_tape_holds_each_act_once_at_its_day_and_closes_every_step(built, seed):
    acts = usable_acts(built, until=UNTIL)
    chronology = draw_chronology(built, acts, seed, UNTIL, UNTIL)
    tape = chronology.tape
    kind, clock = np.asarray(tape.kind), np.cumsum(np.asarray(tape.days))
    step = built.model.step_days
    assert (np.asarray(tape.days) >= 0).all()
    np.testing.assert_allclose(clock[kind == ACT], chronology.acts["day"], atol=1e-6)
    for column in "ijgk":
        on_tape = {"i": tape.source, "j": tape.target, "g": tape.act, "k": tape.issue}[column]
        assert np.array_equal(np.asarray(on_tape)[kind == ACT], chronology.acts[column])
    closes = clock[kind == CLOSE]
    np.testing.assert_allclose(closes, step * (1 + np.arange(len(closes))), atol=1e-6)
    assert closes[-1] >= built.day(UNTIL) + 1 > closes[-1] - step
    # a stated position counts from the day after its last possible day, and only if that is known by then
    noted = built.scenario.chronicle.positions.filter(
        pl.col("stance_axis").is_not_null() & (pl.col("end") <= UNTIL) & (pl.col("end") >= built.epoch)
    )
    assert (kind == POSITION).sum() == noted.height
    days = sorted(float(d) for d in (noted["end"] - built.epoch).dt.total_days() + 1)
    np.testing.assert_allclose(clock[kind == POSITION], days, atol=1e-6)


def test_equal_seeds_give_equal_chronologies(built):
    acts = usable_acts(built, until=UNTIL)
    a, b, c = (draw_chronology(built, acts, seed, UNTIL, UNTIL).acts for seed in (1, 1, 2))
    assert a.equals(b)
    assert not a["day"].equals(c["day"])


def test_a_day_known_to_lie_in_a_month_is_uniform_there(built):
    acts = usable_acts(built, until=UNTIL)
    lone = acts.filter((pl.col("end") - pl.col("start")).dt.total_days() > 20)[:1]
    lo, hi = ((lone[c][0] - built.epoch).days for c in ("start", "end"))
    days = [draw_chronology(built, lone, seed, UNTIL, UNTIL).acts["day"][0] for seed in range(150)]
    assert_law((np.array(days) - lo) / (hi + 1 - lo), lambda u: np.clip(u, 0, 1), "day within its month")


def test_a_window_without_acts_is_told(built):
    with pytest.raises(InputError, match=r"events\.jsonl: no dated act"):
        usable_acts(built, until=built.epoch)
