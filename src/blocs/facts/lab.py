"""A small laboratory: the teaching scenario, a few mechanisms, forced acts, many runs, the whole state every week.

One program is compiled for a family and serves all its facts: what differs between calls (starting values, forced acts,
parameters, coefficients) are arrays. Calls share their random numbers run by run, so that two calls are two arms of one
paired experiment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import World
from blocs.conduct.base import LEVELS, Specification
from blocs.conduct.catalogue import EFFECTS
from blocs.engine.control import Control, Forced, forced_of, nothing
from blocs.engine.history import History, histories
from blocs.engine.model import Coefficients, Model, Tempo, with_half_lives
from blocs.facts.base import Family
from blocs.ground.keys import at, root
from blocs.mechanisms.catalogue import by_name
from blocs.scenario.build import Built, build, cast
from blocs.scenario.load import load

SCHOOL = "school"
RUNS = 200
BATCH = 100
YEAR = 52
SLOTS = 768
FORCED = 64
Act = tuple[float, str, str, str, str]
"""Day, source, target, act, issue."""


class Lab:
    """The teaching scenario with a family's mechanisms and conduct; `run` simulates it."""

    def __init__(
        self,
        family: Family,
        rules: Mapping[str, Mapping[str, float]] | None = None,
        together: bool = False,
        seed: int = 0,
    ) -> None:
        """Build the laboratory.

        Args:
            family: its mechanisms and conduct.
            rules: parameters of mechanisms other than their defaults, as for a broken variant.
            together: switch on every mechanism of the catalogue, and not the family's alone.
            seed: of all random numbers.

        Raises:
            InputError: an unknown mechanism or parameter, or one out of its range.
            KeyError: an unknown effect.
        """
        wanted = set(by_name()) if together else {"memory", *family.mechanisms}
        unknown = wanted - set(by_name())
        if unknown:
            raise KeyError(f"{family.system}: no mechanism named {min(unknown)!r}")
        self.family = family
        self.seed = seed
        self.built = _built(tuple(sorted(family.conduct)), frozenset(wanted))
        self._model = _with_rules(self.built.model, rules or {})
        self._rng = np.random.default_rng(seed)

    @property
    def world(self) -> World:
        """Constants of the laboratory."""
        return self.built.model.world

    def uniform(self, lo: float, hi: float, runs: int = RUNS) -> NDArray[np.float64]:
        """Return one value a run, drawn evenly between two bounds."""
        return self._rng.uniform(lo, hi, runs)

    def choice(self, values: Sequence[float], runs: int = RUNS) -> NDArray[np.float64]:
        """Return one value a run, drawn from some values."""
        return self._rng.choice(np.asarray(values, float), runs)

    def run(
        self,
        runs: int = RUNS,
        weeks: int = 52,
        rate: float = 0.0,
        set: Mapping[str, Any] | None = None,
        acts: Iterable[Act] = (),
        conduct: Mapping[str, float] | None = None,
        rules: Mapping[str, Any] | None = None,
    ) -> Runs:
        """Simulate `runs` histories of some weeks.

        Args:
            runs: number of runs.
            weeks: length of a run.
            rate: free acts a day by all actors together; 0 leaves forced acts alone.
            set: starting values other than the scenario's, by `quantity[names]`; a number or one value a run. Fewer
                names than axes set all entries of the last ones.
            acts: forced acts: day, source, target, act, issue.
            conduct: coefficients other than the family's, by `level.name`.
            rules: parameters of mechanisms, by `mechanism.parameter`; a number or one value a run.

        Raises:
            KeyError: a name that does not exist.
            ValueError: a value a run that has another number of values than there are runs, or more acts than slots.
        """
        states = self._states(runs, set or {})
        control = _forced(self.world, sorted(acts))
        coefficients = self._coefficients(rate, conduct or {})
        each = self._each(runs, rules or {})
        keys = jax.vmap(lambda n: at(root(self.seed), n))(jnp.arange(runs, dtype=jnp.uint32))
        steps = -(-weeks // YEAR) * YEAR
        parts = [
            _batch(self._model, coefficients, states, control, keys, each, first, steps)
            for first in range(0, runs, BATCH)
        ]
        track = jax.tree.map(lambda *x: np.concatenate(x)[:runs], *(p.track for p in parts))
        inside = jax.tree.map(lambda *x: np.concatenate(x)[:runs, :weeks], *(p.states for p in parts))
        if (track.acts > SLOTS).any():
            raise ValueError(f"{self.family.system}: a run had more than {SLOTS} acts; lower the rate or the weeks")
        return Runs(self.world, jax.tree.map(np.asarray, states), inside, track.day, track.act, weeks)

    def _states(self, runs: int, changes: Mapping[str, Any]) -> State:
        values = {name: np.array(value) for name, value in vars(self.built.state).items()}
        values = {name: np.repeat(value[None], runs, axis=0) for name, value in values.items()}
        for text, value in changes.items():
            name, place = _place(self.world, text)
            given = np.asarray(value, values[name].dtype)
            if given.ndim and given.shape[0] != runs:
                raise ValueError(f"{text}: {given.shape[0]} values for {runs} runs")
            cell = values[name][(slice(None), *place)]
            cell[...] = given.reshape(given.shape + (1,) * (cell.ndim - given.ndim)) if given.ndim else given
        return State(**{name: jnp.asarray(value) for name, value in values.items()})

    def _coefficients(self, rate: float, conduct: Mapping[str, float]) -> Coefficients:
        given = {**self.family.conduct, **conduct}
        unknown = given.keys() - self.family.conduct.keys()
        if unknown:
            raise KeyError(f"{self.family.system}: its conduct has no effect {min(unknown)!r}")
        specification = self._model.specification
        beta = {
            level: jnp.asarray([given[f"{level}.{e.name}"] for e in specification.at(level)[0]], jnp.float32)
            for level in LEVELS
        }
        tempo = Tempo(jnp.float32(max(rate, 1e-9)), jnp.zeros(len(self._model.half_lives), jnp.float32))
        return Coefficients(beta, dict.fromkeys(LEVELS, ()), tempo)

    def _each(self, runs: int, rules: Mapping[str, Any]) -> Model:
        """Return the model's mechanisms with a leading axis run, other arrays of the model left to the shared one."""
        model = self._model
        parts = {m.card.name: m for m in model.mechanisms}
        values = {
            name: {p.name: np.repeat(np.asarray(getattr(m, p.name), np.float32), runs) for p in m.card.params}
            for name, m in parts.items()
        }
        for text, value in rules.items():
            name, _, parameter = text.partition(".")
            if parameter not in values.get(name, {}):
                raise KeyError(f"{self.family.system}: no parameter {text!r} in its laboratory")
            values[name][parameter] = np.broadcast_to(np.asarray(value, np.float32), (runs,))
        mechanisms = tuple(
            type(m)(**{n: jnp.asarray(v) for n, v in values[m.card.name].items()}) for m in model.mechanisms
        )
        empty = jax.tree.map(lambda _: None, model)
        return eqx.tree_at(lambda m: m.mechanisms, empty, mechanisms, is_leaf=lambda x: x is None)


@dataclass(frozen=True)
class Runs:
    """Simulated histories: the state at the start and after every week, and all acts.

    `day` and `act` have axes (run, slot) and (run, slot, 4): source, target, act, issue, -1 where there is none.
    """

    world: World
    start: State
    states: State
    day: NDArray[np.float32]
    act: NDArray[np.int16]
    weeks: int

    def __getitem__(self, text: str) -> NDArray[np.float64]:
        """Return a quantity, or some entries of it (`debt[rim,hub]`): leading axes run and week; week 0 is the start."""
        name, place = _place(self.world, text)
        before, after = np.asarray(getattr(self.start, name)), np.asarray(getattr(self.states, name))
        whole = np.concatenate([before[:, None], after], axis=1).astype(np.float64)
        return whole[(slice(None), slice(None), *place)]

    def matching(
        self,
        source: str | Sequence[str] | None = None,
        target: str | Sequence[str] | None = None,
        act: str | Sequence[str] | None = None,
        issue: str | Sequence[str] | None = None,
        after: float = -np.inf,
        until: float = np.inf,
    ) -> NDArray[np.bool_]:
        """Return which acts match, axes (run, slot): by names, after a day and until a day (days since the start)."""
        found = self.act[..., 0] >= 0
        for n, (axis, wanted) in enumerate((("actor", source), ("actor", target), ("act", act), ("issue", issue))):
            if wanted is not None:
                names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
                found &= np.isin(self.act[..., n], [self.world.index(axis, name) for name in names])
        return found & (self.day > after) & (self.day <= min(until, self.weeks * 7.0))

    def count(self, **which: Any) -> NDArray[np.float64]:
        """Return how many acts match in each run; arguments as for `matching`."""
        return self.matching(**which).sum(axis=1).astype(float)

    def first(self, **which: Any) -> NDArray[np.float64]:
        """Return the day of the first matching act of each run, NaN where there is none; arguments as for `matching`."""
        day = np.where(self.matching(**which), self.day, np.inf).min(axis=1)
        return np.where(np.isfinite(day), day, np.nan)

    def days(self, run: int, **which: Any) -> NDArray[np.float64]:
        """Return the days of all matching acts of one run, in order."""
        return self.day[run][self.matching(**which)[run]].astype(float)


def _batch(
    model: Model,
    coefficients: Coefficients,
    states: State,
    control: Control,
    keys: Any,
    each: Model,
    first: int,
    steps: int,
) -> History:
    """Run one batch; the last one is filled up, so that one compiled program serves all."""
    rows = np.minimum(np.arange(first, first + BATCH), len(keys) - 1)

    def some(tree: Any) -> Any:
        return jax.tree.map(lambda x: jnp.asarray(x)[rows] if eqx.is_array(x) else x, tree)

    shared = jax.tree.map(lambda x: jnp.repeat(jnp.asarray(x)[None], BATCH, axis=0), control)
    done = histories(model, coefficients, some(states), shared, keys[rows], steps, SLOTS, some(each))
    return jax.tree.map(np.asarray, done)


def _forced(world: World, acts: Sequence[Act]) -> Control:
    axes = ("actor", "actor", "act", "issue")
    rows = [
        Forced(day, *(world.index(axis, name) for axis, name in zip(axes, names, strict=True))) for day, *names in acts
    ]
    # room in steps: histories with about as many acts share one compiled program
    room = max(1, -(-len(acts) // FORCED)) * FORCED
    queue = forced_of(rows, np.float32, room)
    return eqx.tree_at(
        lambda c: (c.forced, c.forced_day, c.forced_count), nothing(len(world.actors), len(world.acts)), queue
    )


@cache
def _built(effects: tuple[str, ...], mechanisms: frozenset[str]) -> Built:
    """Return the teaching scenario with some effects of conduct and some mechanisms, in float32."""
    chosen = tuple(e for e in EFFECTS if f"{e.level}.{e.name}" in effects)
    unknown = set(effects) - {f"{e.level}.{e.name}" for e in chosen}
    if unknown:
        raise KeyError(f"no effect named {min(unknown)!r}")
    off = frozenset(by_name()) - mechanisms - {"memory"}
    built = build(load(SCHOOL), Specification("laboratory", chosen, ()), without=off)
    return cast(built, np.float32)


def _with_rules(model: Model, rules: Mapping[str, Mapping[str, float]]) -> Model:
    names = [m.card.name for m in model.mechanisms]
    for name in rules:
        if name not in names:
            raise KeyError(f"no mechanism named {name!r} in the laboratory")
    parts = tuple(
        jax.tree.map(lambda x: x.astype(jnp.float32), type(m).make({**_values(m), **rules.get(m.card.name, {})}))
        for m in model.mechanisms
    )
    return with_half_lives(eqx.tree_at(lambda m: m.mechanisms, model, parts))


def _values(mechanism: Any) -> dict[str, float]:
    """Return the parameters as they are, inside their ranges: float32 may have rounded one past its bound."""
    found = {p.name: float(getattr(mechanism, p.name)) for p in mechanism.card.params}
    return {p.name: min(max(found[p.name], p.lo), p.hi) for p in mechanism.card.params}


def _place(world: World, text: str) -> tuple[str, tuple[int, ...]]:
    match = re.fullmatch(r"(\w+)(?:\[([^\]]*)\])?", text.strip())
    if match is None or match[1] not in vocabulary():
        raise KeyError(f"{text!r} is not quantity[names], with a quantity of the vocabulary")
    names = [name.strip() for name in match[2].split(",")] if match[2] else []
    axes = vocabulary()[match[1]].axes
    if len(names) > len(axes):
        raise KeyError(f"{text!r} has {len(names)} names, expected at most {len(axes)}: {', '.join(axes)}")
    return match[1], tuple(world.index(axis, name) for axis, name in zip(axes, names, strict=False))


__all__ = ["Lab", "Runs"]
