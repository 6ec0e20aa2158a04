"""Which facts a mechanism carries, and measuring them in several processes."""

from __future__ import annotations

from functools import partial

import pytest

from blocs.facts import carried, measure
from blocs.facts.base import Finding
from blocs.facts.measure import family_of, in_processes


def test_work_in_processes_gives_what_work_here_gives():
    work = {str(n): partial(pow, n, 2) for n in range(5)}
    for workers in (1, 2):
        found = dict(in_processes(work, workers, prepare=list))
        assert found == {str(n): n**2 for n in range(5)}


def test_what_fails_in_a_process_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        list(in_processes({"a": partial(divmod, 1, 0), "b": partial(divmod, 1, 1)}, 2, prepare=list))


def test_a_fact_is_carried_where_it_holds_with_the_mechanism_alone(monkeypatch: pytest.MonkeyPatch):
    """With made-up answers: facts that do not hold as things are cannot fall, and each laboratory counts once."""
    family = family_of("S24")
    first, second, never, *rest = [fact.id for fact in family.facts]

    def holds(family, id_, rules, together=False):
        return id_ != never and not (id_ == first and "press" in rules) and not (id_ == second and "channels" in rules)

    monkeypatch.setattr(carried, "holds_under", holds)
    monkeypatch.setattr(carried, "families", lambda: (family,))
    steps = []
    found = carried.facts_carried(("press", "channels", "supply"), 1, lambda *x: steps.append(x), lambda: None)
    assert found["press"] == carried.Carried((first,), 2 + len(rest))
    assert found["channels"] == carried.Carried((second,), 2 + len(rest))
    assert found["supply"] == carried.Carried((), 0)
    assert steps == [(0, 1), (1, 1)]


def test_one_family_tells_of_each_fact_at_once(monkeypatch: pytest.MonkeyPatch):
    """A single laboratory runs here: its progress is by the fact, and nothing is told twice."""
    family = family_of("S24")
    done: list[str] = []
    monkeypatch.setattr(measure, "measure", lambda family, fact, *_: Finding(fact, family.system, 1.0, 0.0, 2.0, True))
    told: list[tuple[str, int]] = []

    def hear(finding: Finding) -> None:
        told.append((finding.fact.id, len(done)))
        done.append(finding.fact.id)

    found = measure.measure_all((family,), False, False, None, hear, lambda: None)
    assert [f.fact.id for f in found] == [f.id for f in family.facts] == done
    assert [n for _, n in told] == list(range(len(family.facts)))
