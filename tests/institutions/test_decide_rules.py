"""What every rule promises: laws on its card with search, published values, and limits known in closed form."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import blocs.institutions.library as library
from blocs.ground.errors import InputError
from blocs.institutions.base import AbstractRule
from blocs.institutions.catalogue import BASELINE, RULES, by_name, rule_named
from blocs.institutions.library.mean import WeightedMean
from blocs.institutions.library.median import median_of
from blocs.institutions.library.winset import Vote
from blocs.institutions.table import IssueTable

QUICK = {"spatial": {"turns": 3}, "exchange": {"rounds": 2}, "challenge-as-coded": {"rounds": 2}}


def make(name: str) -> AbstractRule:
    return rule_named(name, QUICK.get(name, {}))


def having(law: str) -> list[str]:
    return [r.card.name for r in RULES if law in r.card.laws]


def table_of(position, salience, capability, low=0.0, high=100.0) -> IssueTable:
    position, salience = np.asarray(position, float), np.asarray(salience, float)
    capability = np.asarray(capability, float)
    if position.ndim == 1:
        position, salience, capability = position[:, None], salience[:, None], capability[:, None]
    n, k = position.shape
    ends = np.full(k, low), np.full(k, high)
    names = tuple(f"a{i}" for i in range(n))
    return IssueTable(names, tuple(f"k{i}" for i in range(k)), position, salience, capability, *ends)


@st.composite
def tables(draw, issues=2):
    n = draw(st.integers(3, 6))
    # Distinct numbers, so that no result hangs on how a tie is broken.
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    capability = np.repeat(rng.uniform(0.1, 5.0, (n, 1)), issues, axis=1)
    return table_of(rng.uniform(0, 100, (n, issues)), rng.uniform(0.1, 1.0, (n, issues)) / issues, capability)


def first_gain(table):
    """Gain of the best exchange. Later ones, and the outcome, hang on near-ties that any rounding turns over."""
    made = make("exchange").decide(table).details["rounds"][0]["exchanges"]
    return made[0]["gain"] if made else 0.0


search = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", having("order-blind"))
@search
@given(tables(), st.randoms(use_true_random=False))
def test_order_of_actors_does_not_matter(name, table, random):
    order = list(range(len(table.actors)))
    random.shuffle(order)
    moved = dataclasses.replace(
        table,
        actors=tuple(table.actors[i] for i in order),
        position=table.position[order],
        salience=table.salience[order],
        capability=table.capability[order],
    )
    assert make(name).decide(moved).outcome == pytest.approx(make(name).decide(table).outcome, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", having("in-hull"))
@search
@given(tables())
def test_outcome_lies_between_the_extremes(name, table):
    out = make(name).decide(table).outcome
    assert (out >= table.position.min(axis=0) - 1e-6).all()
    assert (out <= table.position.max(axis=0) + 1e-6).all()


@pytest.mark.parametrize("name", having("scale-free"))
@search
@given(tables(), st.floats(-50, 50), st.floats(0.1, 10))
def test_outcome_moves_with_the_scale(name, table, shift, stretch):
    moved = dataclasses.replace(
        table,
        position=table.position * stretch + shift,
        lower=table.lower * stretch + shift,
        upper=table.upper * stretch + shift,
    )
    if name == "exchange":
        assert first_gain(moved) == pytest.approx(first_gain(table), rel=1e-6)
        return
    expected = make(name).decide(table).outcome * stretch + shift
    assert make(name).decide(moved).outcome == pytest.approx(expected, abs=1e-4, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", having("monotone"))
@search
@given(tables(issues=1), st.integers(0, 5), st.floats(0, 40))
def test_no_actor_pushes_the_outcome_the_other_way(name, table, who, step):
    assume(who < len(table.actors))
    position = table.position.copy()
    position[who] = np.minimum(position[who] + step, 100.0)
    after = make(name).decide(dataclasses.replace(table, position=position)).outcome
    assert after[0] >= make(name).decide(table).outcome[0] - 1e-9


@pytest.mark.parametrize("name", list(by_name()))
@search
@given(tables(), st.floats(0.05, 20))
def test_unit_of_capability_does_not_matter(name, table, unit):
    moved = dataclasses.replace(table, capability=table.capability * unit)
    if name == "exchange":
        assert first_gain(moved) == pytest.approx(first_gain(table), rel=1e-6)
        return
    a, b = make(name).decide(table).outcome, make(name).decide(moved).outcome
    # The spatial model adds a fixed trifle to coalitions, so its unit shows in the last digits.
    assert b == pytest.approx(a, abs=0.5 if name == "spatial" else 1e-4, nan_ok=True)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.card.name)
def test_card_says_what_the_rule_is(rule):
    card = rule.card
    fields = {f.name for f in dataclasses.fields(rule)}
    assert {p.name for p in card.params} == fields
    assert card.reference
    assert card.equation
    assert card.used_when
    default = rule()
    for param in card.params:
        value = getattr(default, param.name)
        if param.choices:
            assert value in param.choices
        if isinstance(value, (int, float)) and not isinstance(value, bool) and param.low is not None:
            assert param.low <= value <= (np.inf if param.high is None else param.high)
    with pytest.raises(dataclasses.FrozenInstanceError):
        default.extra = 1


def concrete(cls: type) -> list[type]:
    subs = [s for child in cls.__subclasses__() for s in [child, *concrete(child)]]
    return [s for s in subs if not getattr(s, "__abstractmethods__", None) and s.__module__.startswith("blocs.")]


def test_catalogue_is_complete_and_final():
    for path in Path(library.__file__).parent.glob("*.py"):
        __import__(f"blocs.institutions.library.{path.stem}")
    assert set(concrete(AbstractRule)) == set(RULES)
    assert all(not rule.__subclasses__() for rule in RULES)
    assert by_name()[BASELINE] is WeightedMean


def test_two_rules_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="weighted-mean"):
        by_name((WeightedMean, WeightedMean))


def test_unknown_names_list_near_ones():
    with pytest.raises(
        InputError, match=r"'challenge-codd' is not a decision rule, expected one of .*challenge-as-coded"
    ):
        rule_named("challenge-codd")
    with pytest.raises(InputError, match=r"nash has no such parameter"):
        rule_named("nash", {"rounds": 3})
    with pytest.raises(InputError, match=r"quota: 0.3 is out of range, expected a number from 0.5 to 1"):
        rule_named("qualified-majority", {"quota": "0.3"})


@pytest.mark.parametrize(
    ("x", "w", "median"),
    [([1, 2, 3], [1, 1, 1], 2), ([1, 2, 3, 4], [1, 1, 1, 1], 2.5), ([5, 1], [3, 1], 5), ([0, 9], [0, 1], 9)],
)
def test_weighted_median(x, w, median):
    assert median_of(np.array(x, float), np.array(w, float)) == median


def test_pivotal_politics_in_numbers():
    """Five voters at 0, 25, 50, 75, 100: with two thirds (4 of 5) the pivots are the second and the fourth."""
    table = table_of([0, 25, 50, 75, 100], [1] * 5, [1] * 5)

    def outcome(name, **params):
        return float(rule_named(name, params).decide(table).outcome[0])

    assert outcome("majority", reversion=90.0) == 50  # median is free to move all the way
    assert outcome("qualified-majority", quota=0.8, reversion=90.0) == pytest.approx(60)  # 75 is as near as 90
    assert outcome("qualified-majority", quota=0.8, reversion=10.0) == pytest.approx(40)
    assert outcome("qualified-majority", quota=0.8, reversion=60.0) == 60  # inside the gridlock interval
    assert outcome("unanimity", reversion=60.0) == 60
    assert outcome("agenda-setter", setter="a0", reversion=90.0) == pytest.approx(10)  # 2 * 50 - 90
    assert outcome("agenda-setter", setter="a0", reversion=90.0, veto=("a3",)) == pytest.approx(60)
    assert outcome("majority", reversion=90.0, veto=("a4",)) == 90


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=6),
    st.floats(0, 100),
    st.floats(0.5, 1.0),
    st.floats(0, 100),
    st.data(),
)
def test_win_set_is_what_a_head_count_says(x, reversion, quota, y, data):
    votes = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(x), max_size=len(x))), float)
    must = np.array(data.draw(st.lists(st.booleans(), min_size=len(x), max_size=len(x))))
    vote = Vote(np.array(x), votes, must, quota)
    low, high = vote.win_set(reversion)
    assume(min(abs(y - low), abs(y - high), abs(y - reversion)) > 1e-6)
    nearer = np.abs(np.array(x) - y) < np.abs(np.array(x) - reversion)
    assume((np.abs(np.abs(np.array(x) - y) - np.abs(np.array(x) - reversion)) > 1e-9).all())
    assert vote.passes(nearer) == (low < y < high)


def test_nash_tends_to_the_weighted_mean_as_failure_grows_costly():
    table = table_of([0, 40, 100], [0.9, 0.5, 0.4], [1, 2, 1])
    mean = WeightedMean().decide(table).outcome[0]
    gaps = [abs(float(rule_named("nash", {"worth": w}).decide(table).outcome[0]) - mean) for w in (1.0, 10.0, 100.0)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.1


def test_bargains_of_two_known_in_closed_form():
    """Two equal actors at 0 and 100 meet half-way; with salience 1 and 1/4 both solutions can be written down."""
    even = table_of([0, 100], [1, 1], [1, 1])
    for name in ("nash", "kalai-smorodinsky"):
        assert rule_named(name).decide(even).outcome[0] == pytest.approx(50, abs=1e-6)
    table = table_of([0, 100], [1, 0.25], [1, 1])
    grid = np.linspace(0, 1, 200_001)
    gains = np.stack([1 - grid**2, 1 - 0.25 * (1 - grid) ** 2])
    assert rule_named("nash").decide(table).outcome[0] == pytest.approx(
        100 * grid[gains.prod(axis=0).argmax()], abs=1e-3
    )
    # Equal shares: 1 - y^2 = 1 - (1 - y)^2 / 4, so y = 1/3.
    assert rule_named("kalai-smorodinsky").decide(table).outcome[0] == pytest.approx(100 / 3, abs=1e-6)


@search
@given(tables(), st.floats(0, 100))
def test_bargains_leave_nobody_worse_off_than_the_reversion_point(table, reversion):
    for name in ("nash", "kalai-smorodinsky"):
        out = rule_named(name, {"reversion": reversion}).decide(table).outcome
        loss = (table.salience * (table.position - out) ** 2).sum(axis=1)
        standing = (table.salience * (table.position - reversion) ** 2).sum(axis=1)
        assert (loss <= standing + 1e-4).all()


def test_consensus_counts_reservations():
    table = table_of([0, 50, 60, 100], [1.0, 0.5, 0.5, 0.2], [1, 1, 1, 1])
    decision = rule_named("consensus", {"tolerance": 0.3}).decide(table)
    text = decision.details["k0"]["text"]
    assert decision.details["k0"]["reservations"] == ["a0"]
    assert decision.outcome[0] == pytest.approx(text)
    stopped = rule_named("consensus", {"tolerance": 0.3, "limit": 0.2}).decide(table)
    assert np.isnan(stopped.outcome[0])
    fallback = rule_named("consensus", {"tolerance": 0.3, "limit": 0.2, "reversion": 42.0}).decide(table)
    assert fallback.outcome[0] == 42.0


def test_power_weighs_the_procedural_compromise():
    """EEC of 1958: the member with 1 vote of 17 has no power, so its position does not count."""
    x = np.array([10, 20, 30, 40, 50, 100.0])
    table = table_of(x, np.ones(6), [4, 4, 4, 2, 2, 1])
    rule = rule_named("procedural-compromise", {"quota": 12 / 17})
    phi = np.array([14, 14, 14, 9, 9, 0]) / 60
    assert rule.decide(table).outcome[0] == pytest.approx(phi @ x)
