"""The table of rules is whole, and priors lean more where more is known."""

from __future__ import annotations

import itertools
import re

from blocs.conduct.rules import Known, rules
from blocs.inference.prior import strength
from blocs.mechanisms.catalogue import MECHANISMS
from blocs.report.systems import systems


def test_every_rule_of_every_system_is_in_the_table():
    assert list(rules()) == [f"R{s.id[1:]}.{n}" for s in systems() for n in range(1, s.rules + 1)]
    assert all(k.grade in ("T", "I", "C") and k.n >= 1 for k in rules().values())


def test_parameters_rest_on_rules_that_there_are():
    named = {r for m in MECHANISMS for p in m.card.params for r in re.findall(r"R\d\d\.\d+", p.source)}
    assert len(named) > 100
    assert named <= set(rules())


def test_priors_lean_more_on_what_is_told_and_seen_more_often():
    grades = [strength(Known(grade, 2)) for grade in ("I", "T")]
    episodes = [strength(Known("T", n)) for n in range(1, 30)]
    assert all(a < b for a, b in itertools.pairwise([*grades, 2.0]))
    assert all(a < b < 2.0 for a, b in itertools.pairwise(episodes))
    assert strength(Known("T", 1)) == 1.0
