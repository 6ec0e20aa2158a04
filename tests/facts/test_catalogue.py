"""Every stylised fact of the specification is measured, each with a variant that must break it."""

from __future__ import annotations

import pytest

from blocs.facts.catalogue import facts, families
from blocs.facts.measure import measure
from blocs.mechanisms.catalogue import by_name
from blocs.report.systems import systems


def test_every_fact_of_every_system_is_measured():
    expected = [f"F{s.id[1:]}.{n}" for s in systems() for n in range(1, s.facts + 1)]
    assert sorted(facts()) == sorted(expected)
    assert len(expected) == 124


@pytest.mark.parametrize("family", families(), ids=lambda f: f.system)
def test_broken_variants_name_mechanisms_of_their_laboratory(family):
    for fact in family.facts:
        assert set(fact.broken) <= {*family.mechanisms, "memory"}, fact.id
        for name, changes in fact.broken.items():
            by_name()[name].make(changes)
        assert len(fact.says) > 20


@pytest.mark.slow
@pytest.mark.parametrize("family", families(), ids=lambda f: f.system)
def test_facts_hold_and_broken_variants_do_not(family):
    found = [measure(family, fact, broken=True) for fact in family.facts]
    # a fact that does not hold says so in its note
    assert [f.fact.id for f in found if not f.holds and not f.fact.note] == []
    assert [f.fact.id for f in found if f.holds and not f.caught] == []
