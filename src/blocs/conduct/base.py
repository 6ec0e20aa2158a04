"""The contract of conduct: four choices, each log-linear in effects of what the actor sees.

The intensity of actor i doing act g toward j on issue k factors as `rate_i * P(j | i) * P(g | i, j) * P(k | i, j, g)`
(Stadtfeld & Block 2017; Butts 2008). Each factor is a softmax of `sum_e beta_e * stat_e + sum_t table_t[row_t]`.
An `Effect` has one coefficient; a `Table` is a set of partially pooled intercepts, one row of options a category.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

from blocs.bloc.observe import View
from blocs.bloc.world import World
from blocs.conduct.rules import Known, rules
from blocs.conduct.words import Words, words_of
from blocs.ground.axes import Index, Options

Level = Literal["source", "target", "act", "issue"]
LEVELS: tuple[Level, ...] = ("source", "target", "act", "issue")


class Chosen(NamedTuple):
    """What has been chosen before the present level: indices on the axes of `World`.

    At level "source" nothing; at "target" the source; at "act" source and target; at "issue" all three. Entries not
    yet chosen hold 0 and must not be read.
    """

    source: Index
    target: Index
    act: Index


@dataclass(frozen=True)
class Effect:
    """One effect with one coefficient.

    Attributes:
        name: unique within its level.
        level: the choice it belongs to; the option axis is actors, actors, acts or issues.
        family: file it lives in and group it is reported under.
        stat: `(view, chosen) -> Options`; its docstring holds equation and reference.
        memory: true when it reads nothing but decayed counts of past acts (the memory-only model keeps these alone).
        sign: sign that theory gives the coefficient, or 0.
        rule: the rule of SYSTEM.md it rests on, such as R18.1; its grade and episodes weigh the prior.
        grade: T told, I inferred or C generalised by coders, where SYSTEM.md tells it outside of a rule.
    """

    name: str
    level: Level
    family: str
    stat: Callable[[View, Chosen], Options]
    memory: bool = False
    sign: int = 0
    rule: str = ""
    grade: str = ""

    @property
    def known(self) -> Known:
        """How the specification knows the effect: the grade and the episodes of its rule, if it has one."""
        return rules()[self.rule] if self.rule else Known(self.grade)

    @property
    def words(self) -> Words:
        """Label and meaning in plain words."""
        return words_of(self.level, self.name)

    @property
    def about(self) -> str:
        """First line of the docstring of the statistic: why, equation, reference."""
        # the documentation of a partial is that of `functools.partial`, not of what it calls
        stat = self.stat.func if isinstance(self.stat, partial) else self.stat
        return (inspect.getdoc(stat) or "").split("\n", 1)[0]


@dataclass(frozen=True)
class Table:
    """Partially pooled intercepts: a coefficient for every (row, option), shrunk toward 0 with an estimated spread.

    `rows(world)` labels the rows; `row(view, chosen)` picks one. `spread` is the prior standard deviation at the start
    of estimation (log odds).
    """

    name: str
    level: Level
    family: str
    rows: Callable[[World], tuple[str, ...]]
    row: Callable[[View, Chosen], Index]
    memory: bool = False
    spread: float = 0.5

    @property
    def words(self) -> Words:
        """Label and meaning in plain words."""
        return words_of(self.level, self.name)

    @property
    def about(self) -> str:
        """First line of the docstring of the row function."""
        return (inspect.getdoc(self.row) or "").split("\n", 1)[0]


class Specification(NamedTuple):
    """Which effects and tables enter, in catalogue order."""

    name: str
    effects: tuple[Effect, ...]
    tables: tuple[Table, ...]

    def at(self, level: Level) -> tuple[tuple[Effect, ...], tuple[Table, ...]]:
        """Return the effects and tables of one level."""
        return tuple(e for e in self.effects if e.level == level), tuple(t for t in self.tables if t.level == level)


def option_names(world: World, level: Level) -> tuple[str, ...]:
    """Return the names on the option axis of a level."""
    return {"source": world.actors, "target": world.actors, "act": world.acts, "issue": world.issues}[level]
