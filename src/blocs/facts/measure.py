"""Measure facts: one by one, their broken variants, or all in several processes."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from blocs.facts.base import Fact, Family, Finding, judge
from blocs.facts.catalogue import families
from blocs.facts.lab import Lab
from blocs.ground.errors import bad_input

Told = Callable[[Finding], None]
T = TypeVar("T")


def measure(family: Family, fact: Fact, broken: bool = False, together: bool = False) -> Finding:
    """Return what comes out of one fact.

    Args:
        family: the fact's laboratory.
        fact: what to measure.
        broken: also measure the broken variant, in which the fact must not hold.
        together: with every mechanism switched on, and not the family's alone.
    """
    value, lo, hi, holds = judge(fact, fact.measure(Lab(family, together=together)))
    caught = None
    if broken:
        caught = not holds_under(family, fact.id, fact.broken, together)
    return Finding(fact, family.system, value, lo, hi, holds, caught)


def holds_under(family: Family, id_: str, rules: Mapping[str, Mapping[str, float]], together: bool = False) -> bool:
    """Return whether a fact of a family holds with other parameters of mechanisms."""
    fact = next(f for f in family.facts if f.id == id_)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing, shares of nothing: `judge` looks for them
        measured = fact.measure(Lab(family, rules, together))
        try:
            return judge(fact, measured)[3]
        except ValueError:  # nothing left to measure is a fact that does not hold
            return False


def chosen(systems: Collection[str] = (), ids: Collection[str] = ()) -> tuple[Family, ...]:
    """Return the families with the facts of some systems, or some facts; all of them where none is named.

    Raises:
        InputError: a system or a fact that does not exist.
    """
    known = {family.system: family for family in families()}
    every = {fact.id for family in known.values() for fact in family.facts}
    for kind, name, names in [("system", s, set(known)) for s in systems] + [("fact", i, every) for i in ids]:
        if name not in names:
            raise bad_input("facts", kind, f"no {kind} {name!r} with facts", f"one of {', '.join(sorted(names))}")
    if not systems and not ids:
        return tuple(known.values())
    picked: list[Family] = []
    for family in known.values():
        kept = tuple(f for f in family.facts if family.system in systems or f.id in ids)
        if kept:
            picked.append(Family(family.system, family.mechanisms, kept, family.conduct))
    return tuple(picked)


def measure_all(
    families: tuple[Family, ...],
    broken: bool,
    together: bool,
    workers: int | None,
    told: Told,
    prepare: Callable[[], None],
) -> list[Finding]:
    """Measure facts, some families at a time in processes of their own; `told` hears of each finding as it comes.

    `prepare` is called first in every process. The result is in the order of the facts, whatever the number of workers.
    """
    # elsewhere a family is told of when it is done, here each fact at once
    alone = min(workers or os.cpu_count() or 1, len(families)) <= 1
    here = told if alone else None
    work = {f.system: partial(_rows, f.system, tuple(x.id for x in f.facts), broken, together, here) for f in families}
    done: dict[str, list[Finding]] = {}
    for system, rows in in_processes(work, workers, prepare):
        done[system] = [_finding(system, row) for row in rows]
        for finding in () if alone else done[system]:
            told(finding)
    return [finding for family in families for finding in done[family.system]]


def in_processes(
    work: Mapping[str, Callable[[], T]], workers: int | None, prepare: Callable[[], None]
) -> Iterator[tuple[str, T]]:
    """Do pieces of work in processes of their own, `prepare` first in each; yield key and result as they come.

    With one worker (or one piece) everything is done here, in order.
    """
    workers = min(workers or os.cpu_count() or 1, len(work))
    if workers <= 1:
        prepare()
        yield from ((key, one()) for key, one in work.items())
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=prepare) as pool:
        futures = {pool.submit(one): key for key, one in work.items()}
        for future in as_completed(futures):
            yield futures[future], future.result()


Row = tuple[str, float, float, float, bool, bool | None]


def _rows(system: str, ids: tuple[str, ...], broken: bool, together: bool, told: Told | None) -> list[Row]:
    """Measure some facts of a family: a fact holds functions and does not travel between processes, its numbers do."""
    family = family_of(system)
    found: list[Finding] = []
    for fact in family.facts:
        if fact.id in ids:
            found.append(measure(family, fact, broken, together))
            if told is not None:
                told(found[-1])
    return [(f.fact.id, f.simulated, f.lo, f.hi, f.holds, f.caught) for f in found]


def _finding(system: str, row: Row) -> Finding:
    family = family_of(system)
    fact = next(f for f in family.facts if f.id == row[0])
    return Finding(fact, system, *row[1:])


def family_of(system: str) -> Family:
    """Return the facts of a system and their laboratory."""
    return next(f for f in families() if f.system == system)


def share_holding(findings: Collection[Finding]) -> float:
    """Return the share of facts that hold, 0..1; NaN where there are none."""
    return sum(f.holds for f in findings) / len(findings) if findings else math.nan
