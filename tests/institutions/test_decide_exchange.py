"""Exchange of positions: every exchange of another program's runs, a slow oracle, and what must always hold."""

from __future__ import annotations

import time

import numpy as np
import pytest
from exchange_slow import world_of
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.institutions.formats import read_table
from blocs.institutions.library.exchange import Exchange


@pytest.mark.parametrize("name", ["sample_data.txt", "cop21.csv"])
def test_every_exchange_in_order_and_every_mean(golden, name):
    table = golden(name)
    known = golden(name.split(".")[0] + "_exchanges.json.gz")
    start = time.process_time()
    decision = Exchange(rounds=10).decide(table)
    assert time.process_time() - start < 3.0  # 0.7 s when nothing else runs
    for t, (mine, theirs) in enumerate(zip(decision.details["rounds"], known["rounds"], strict=True)):
        assert len(mine["exchanges"]) == len(theirs["exchanges"])
        assert mine["removed"] == theirs["removed"]
        for a, b in zip(mine["exchanges"], theirs["exchanges"], strict=True):
            row = [a["gain"]]
            for side in (a["i"], a["j"]):
                row += [side["actor"], side["supply_issue"], side["from"], side["to"], side["mean_before"]]
            assert [v for v in row if isinstance(v, str)] == [v for v in b if isinstance(v, str)]
            numbers = [v for v in row if not isinstance(v, str)]
            assert numbers == pytest.approx([v for v in b if not isinstance(v, str)], abs=1e-9)
        assert decision.path[t + 1] == pytest.approx([theirs["voted"][k] for k in table.issues], abs=1e-9)


def test_published_head_numbers(golden):
    path = Exchange(rounds=10).decide(golden("cop21.csv")).path[:, -1]
    assert path[[0, 1, 10]] == pytest.approx([57.1005, 18.5111, 17.4924], abs=5e-5)
    decision = Exchange(rounds=10).decide(golden("sample_data.txt"))
    assert decision.path[[0, 1, 10], 0] == pytest.approx([49.3532, 67.1779, 75.8168], abs=5e-5)
    assert decision.details["rounds"][0]["exchanges"][0]["gain"] == pytest.approx(1.97368, abs=5e-6)


def test_json_and_text_are_the_same_table(golden):
    for name, other in (("cop21.csv", "cop21.json"), ("sample_data.txt", "sample_data.json")):
        a, b = golden(name), golden(other)
        assert (a.actors, a.issues) == (b.actors, b.issues)
        for field in ("position", "salience", "capability", "lower", "upper"):
            assert np.array_equal(getattr(a, field), getattr(b, field), equal_nan=True)


tenths = st.integers(1, 10).map(lambda n: n / 10)
entries = st.tuples(st.integers(0, 10).map(lambda n: n * 10), tenths, tenths)
tables = st.integers(3, 5).flatmap(
    lambda actors: st.integers(2, 3).flatmap(
        lambda issues: st.lists(entries, min_size=actors * issues, max_size=actors * issues).map(
            lambda cells: [(f"a{n % actors}", f"k{n // actors}", *map(str, cell)) for n, cell in enumerate(cells)]
        )
    )
)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_slow_oracle_agrees_ties_and_all(rows):
    rows = sorted(rows, key=lambda r: r[0])
    text = "\n".join(["actor,issue,position,salience,capability,lower,upper", *(",".join(r) + ",0,100" for r in rows)])
    table = read_table(text, "drawn")
    world = world_of(rows, dict.fromkeys(table.issues, (0.0, 100.0)))
    decision = Exchange(rounds=2).decide(table)
    for t in range(2):
        made = world.play()
        mine = decision.details["rounds"][t]["exchanges"]
        assert [(e["i"]["actor"], e["i"]["supply_issue"], e["j"]["actor"]) for e in mine] == [
            (k.i.who, k.i.supply, k.j.who) for k in made
        ]
        voted = world.settle(made)
        for k, issue in enumerate(table.issues):
            assert decision.positions[t + 1, :, k] == pytest.approx([voted[issue][a] for a in table.actors], abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(tables)
def test_both_sides_gain_the_same_and_stay_on_the_scale(rows):
    text = "\n".join(["actor,issue,position,salience,capability,lower,upper", *(",".join(r) + ",0,100" for r in rows)])
    decision = Exchange(rounds=3).decide(read_table(text, "drawn"))
    assert (decision.positions >= -1e-9).all()
    assert (decision.positions <= 100 + 1e-9).all()
    for row in decision.details["rounds"]:
        gains = [e["gain"] for e in row["exchanges"]]
        assert all(g > 0 for g in gains)
        for e in row["exchanges"]:
            assert e["i"]["supply_issue"] == e["j"]["demand_issue"]
            assert e["i"]["actor"] != e["j"]["actor"]


def test_ties_matter_and_are_reported(golden):
    rule = Exchange(rounds=10, tie_draws=6, seed=3)
    table = golden("sample_data.txt")
    ranges = rule.tie_sensitivity(table)
    assert ranges == Exchange(rounds=10, tie_draws=6, seed=3).tie_sensitivity(table)
    width = {k: (r["high"] - r["low"]) / (7 - 0.5 if k == "tol-hoogte" else 100) for k, r in ranges.items()}
    assert max(width.values()) > 0.01
    assert all(r["low"] <= r["mean"] <= r["high"] for r in ranges.values())
    drawn = Exchange(rounds=10, ties="random", seed=1)
    assert np.array_equal(drawn.decide(table).outcome, drawn.decide(table).outcome)


def test_one_issue_leaves_nothing_to_trade(golden):
    decision = Exchange().decide(golden("ExampleActors.csv"))
    assert decision.outcome[0] == pytest.approx(7.389955686853767)
