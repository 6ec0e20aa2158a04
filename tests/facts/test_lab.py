"""The laboratory of facts: what is forced happens, what is set holds, arms share their random numbers, bad names are told."""

from __future__ import annotations

import numpy as np
import pytest

from blocs.facts.base import Fact, Family, judge, stat
from blocs.facts.lab import Lab
from blocs.facts.measure import measure

CONDUCT = {"source.activity_recent": 0.5, "target.warmth": 0.5, "act.warmth_tone": 1.0}


def climbs(lab):
    runs = lab.run(weeks=20, acts=[(10, "hub", "rim", "threaten", "line"), (20, "hub", "rim", "sanction", "line")])
    return runs["rung[hub,rim]"][:, 4]


FACT = Fact("F18.0", "Pressure raises the rung", climbs, at_least=1.0, broken={"ladder": {"step": 0.0}})
FAMILY = Family("S18", ("warmth", "ladder"), (FACT,), CONDUCT)


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(FAMILY)


def test_a_forced_act_happens_on_its_day_and_no_other_act_does(lab):
    runs = lab.run(runs=30, weeks=20, acts=[(10, "hub", "rim", "threaten", "line")])
    assert runs.first(source="hub", target="rim", act="threaten").tolist() == [10.0] * 30
    assert (runs.count() == 1).all()
    assert np.isnan(runs.first(act="aid")).all()
    assert (runs["rung[hub,rim]"][:, 0] == 0).all()
    assert (runs["rung[hub,rim]"][:, 2] > 0).all()


def test_starting_values_and_parameters_may_differ_by_run(lab):
    warm = lab.uniform(-1, 1, runs=40)
    runs = lab.run(runs=40, weeks=5, set={"warmth[rim,hub]": warm}, rules={"ladder.step": np.linspace(0, 4, 40)},
                   acts=[(3, "hub", "rim", "threaten", "line")])  # fmt: skip
    assert np.allclose(runs["warmth[rim,hub]"][:, 0], warm, atol=1e-6)
    assert np.all(np.diff(runs["rung[hub,rim]"][:, 1]) >= 0)
    assert runs["warmth"].shape == (40, 6, 5, 5)


def test_two_arms_share_their_random_numbers(lab):
    one, same = (lab.run(runs=30, weeks=10, rate=0.5) for _ in range(2))
    assert (one.act == same.act).all()
    assert 20 < one.count().mean() < 50
    other = lab.run(runs=30, weeks=10, rate=0.5, conduct={"act.warmth_tone": -3.0})
    assert (one.act[:, 0, 0] == other.act[:, 0, 0]).all(), "who acts first does not depend on the tone of acts"
    assert (one.act != other.act).any()


def test_a_fact_holds_and_its_broken_variant_is_caught():
    found = measure(FAMILY, FACT, broken=True)
    assert found.holds
    assert found.caught
    assert found.lo <= found.simulated <= found.hi


def test_bad_names_are_told(lab):
    with pytest.raises(KeyError, match="vocabulary"):
        lab.run(set={"nothing[rim]": 1})
    with pytest.raises(KeyError, match="no actor"):
        lab.run(set={"warmth[rim,nobody]": 1})
    with pytest.raises(KeyError, match="no parameter"):
        lab.run(rules={"ladder.nothing": 1})
    with pytest.raises(KeyError, match="no effect"):
        lab.run(conduct={"act.rung_severity": 1})
    with pytest.raises(ValueError, match="3 values for 200 runs"):
        lab.run(set={"cohesion[rim]": np.ones(3)})


def test_intervals_decide_and_are_honest():
    noise = np.random.default_rng(1).normal(0.1, 1.0, 300)
    weak = Fact("F1.1", "", climbs, at_least=0.0, broken={"a": {}})
    assert not judge(weak, noise)[3], "0.1 +- 0.06 is not clearly above 0"
    assert judge(weak, noise + 1.0)[3]
    value, lo, hi, _ = judge(weak, np.zeros(200))
    assert (value, lo) == (0.0, 0.0)
    assert 0.0 < hi < 0.05, "no success in 200 runs is not proof of 0"
    x = np.arange(100.0)
    assert judge(weak, stat(lambda a, b: float(np.polyfit(a, b, 1)[0]), x, 2 * x))[0] == pytest.approx(2.0)
    with pytest.raises(ValueError, match="no finite number"):
        judge(weak, np.full(50, np.nan))
    with pytest.raises(ValueError, match="expected at least 20"):
        judge(weak, np.ones(5))
    with pytest.raises(ValueError, match="no bound"):
        Fact("F1.1", "", climbs, broken={"a": {}})
    with pytest.raises(ValueError, match="nothing that breaks"):
        Fact("F1.1", "", climbs, at_least=0.0)
