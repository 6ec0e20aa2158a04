"""Which stylised facts a mechanism carries: those that hold with it and fall when it is switched off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from blocs.facts.catalogue import families
from blocs.facts.measure import family_of, holds_under, in_processes


@dataclass(frozen=True)
class Carried:
    """`falls` are ids of the facts that hold with a mechanism and not without it, of `facts` that were measured."""

    falls: tuple[str, ...]
    facts: int


def facts_carried(
    mechanisms: Collection[str],
    workers: int | None,
    told: Callable[[int, int], None],
    prepare: Callable[[], None],
) -> Mapping[str, Carried]:
    """Measure the facts of every laboratory that holds one of the mechanisms, as they are and with each switched off.

    Args:
        mechanisms: names.
        workers: processes; the number of processors by default.
        told: called with (laboratories done, laboratories in all).
        prepare: called first in every process.
    """
    work = {
        f.system: partial(_of_family, f.system, mechanisms) for f in families() if set(f.mechanisms) & set(mechanisms)
    }
    told(0, len(work))
    by_system: dict[str, Mapping[str, Carried]] = {}
    for system, found in in_processes(work, workers, prepare):
        by_system[system] = found
        told(len(by_system), len(work))
    return {name: _together([by_system[s][name] for s in work if name in by_system[s]]) for name in mechanisms}


def _of_family(system: str, mechanisms: Collection[str]) -> dict[str, Carried]:
    """What falls in one laboratory, by mechanism of it; a fact that does not hold as things are cannot fall."""
    family = family_of(system)
    standing = [fact.id for fact in family.facts if holds_under(family, fact.id, {})]
    return {
        name: Carried(
            tuple(i for i in standing if not holds_under(family, i, {name: {"strength": 0.0}})), len(standing)
        )
        for name in family.mechanisms
        if name in mechanisms
    }


def _together(parts: Collection[Carried]) -> Carried:
    return Carried(tuple(i for part in parts for i in part.falls), sum(part.facts for part in parts))


__all__ = ["Carried", "facts_carried"]
