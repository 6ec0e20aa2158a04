"""The one list of effects and tables, and the specifications built from it."""

from __future__ import annotations

from collections.abc import Iterable

from blocs.conduct.base import Effect, Specification, Table
from blocs.conduct.effects import (
    bodies,
    camps,
    economy,
    information,
    issues,
    memory,
    observation,
    pressure,
    protocol,
    relations,
    roles,
    sessions,
    tables,
    turns,
)
from blocs.ground.errors import bad_input

EFFECTS: tuple[Effect, ...] = (
    *memory.EFFECTS,
    *turns.EFFECTS,
    *roles.EFFECTS,
    *relations.EFFECTS,
    *issues.EFFECTS,
    *information.EFFECTS,
    *economy.EFFECTS,
    *protocol.EFFECTS,
    *pressure.EFFECTS,
    *camps.EFFECTS,
    *bodies.EFFECTS,
    *sessions.EFFECTS,
    *observation.EFFECTS,
)
TABLES: tuple[Table, ...] = tables.TABLES


def full() -> Specification:
    """Return the specification with every effect and table of the catalogue."""
    return Specification("full", EFFECTS, TABLES)


def memory_only() -> Specification:
    """Return the memory-only relational event model: decayed counts of past acts and base rates, nothing else."""
    return Specification("memory-only", tuple(e for e in EFFECTS if e.memory), tuple(t for t in TABLES if t.memory))


def without(specification: Specification, names: Iterable[str], where: str = "model") -> Specification:
    """Return a specification less some effects, tables or families; `InputError` for a name that matches nothing."""
    drop = set(names)
    known = {x.name for x in (*EFFECTS, *TABLES)} | {x.family for x in (*EFFECTS, *TABLES)}
    for name in sorted(drop - known):
        raise bad_input(
            where, "without", f"no effect, table or family named {name!r}", "a name printed by `blocs effects`"
        )

    def keep(x: Effect | Table) -> bool:
        return x.name not in drop and x.family not in drop

    return Specification(
        f"{specification.name} without {', '.join(sorted(drop))}",
        tuple(e for e in specification.effects if keep(e)),
        tuple(t for t in specification.tables if keep(t)),
    )
