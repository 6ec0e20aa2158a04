"""From a built scenario to choice sets: draw chronologies, replay each, stack what the four choices were made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
from jaxtyping import Array
from numpy.typing import NDArray

from blocs.bloc.state import State
from blocs.bloc.world import World
from blocs.conduct.base import LEVELS, Level, Specification
from blocs.engine.compiler import BRIEF
from blocs.engine.model import Model
from blocs.engine.replay import CLOSE, PASS, SKIP, Sets, Tape, recorded_sets, replay, walk
from blocs.engine.watch import Watch
from blocs.ground.keys import root
from blocs.inference.pooled import LevelData
from blocs.inference.tape import Chronology, acts_between, draw_chronology, usable_acts
from blocs.inference.tempo import TempoData
from blocs.scenario.build import Built

PIECE = 256
"""Operations of a tape walked at once: records of every length share one compiled program."""


@dataclass(frozen=True)
class Recorded:
    """Recorded acts as choice sets over several drawn chronologies.

    `levels` stacks all draws; `acts` has the rows of the stack (with `draw`); `ends` is the state at the end of each
    chronology's tape; `tempo` the timing of each.
    """

    levels: dict[Level, LevelData]
    acts: pl.DataFrame
    ends: tuple[State, ...]
    tempo: tuple[TempoData, ...]

    @property
    def draws(self) -> int:
        """Number of chronologies."""
        return len(self.ends)


@partial(jax.jit, compiler_options=BRIEF)
def _replayed(model: Model, state: State, tape: Tape, first: Array) -> tuple[State, Array, Sets]:
    return replay(model, state, tape, root(0), (), first)


@partial(jax.jit, static_argnames=("watch",), compiler_options=BRIEF)
def _walked(model: Model, state: State, tape: Tape, first: Array, watch: Watch) -> tuple[State, Array]:
    return walk(model, state, tape, root(0), watch, first)


def record_sets(
    built: Built, until: date, draws: int, seed: int = 0, since: date | None = None, positions_until: date | None = None
) -> Recorded:
    """Replay the record up to a day and return what its acts were chosen from.

    Args:
        built: the scenario as arrays, float64.
        until: acts count if their whole date lies on or before this day.
        draws: number of drawn chronologies, at least 1.
        seed: of the first draw; draw d uses seed + d.
        since: acts before it are left out of the choice sets but still move the state.
        positions_until: stated positions known by this day count; `until` by default.
    """
    frame = usable_acts(built, until=until)
    chronologies = [draw_chronology(built, frame, seed + d, until, positions_until or until) for d in range(draws)]
    ends: list[State] = []
    parts: list[Sets] = []
    for chronology in chronologies:
        end, sets = _sets_of(built.model, built.state, chronology.tape)
        ends.append(end)
        parts.append(sets)
    keep = [_from(c, since) for c in chronologies]
    kept = zip(chronologies, keep, strict=True)
    acts = pl.concat([c.acts.filter(k).with_columns(pl.lit(d).alias("draw")) for d, (c, k) in enumerate(kept)])
    begin, end_day = built.day(since or built.epoch), built.day(until) + 1.0
    tempo = tuple(
        TempoData(c.acts["day"].to_numpy()[k], np.asarray(p.decayed)[k], begin, end_day)
        for c, p, k in zip(chronologies, parts, keep, strict=True)
    )
    levels: dict[Level, LevelData] = {level: _stack(built, level, parts, keep, acts, draws) for level in LEVELS}
    return Recorded(levels, acts, tuple(ends), tempo)


def choice_sets_of(built: Built, state: State, tape: Tape) -> Sets:
    """Return what the acts of any tape were chosen from, starting from a given state."""
    return _sets_of(built.model, state, tape)[1]


def states_on(built: Built, day: date, draws: int, seed: int = 0) -> tuple[State, ...]:
    """Return the state at the end of a day in each drawn chronology of what the record holds by then, be it nothing."""
    frame = acts_between(built, until=day)
    tapes = [draw_chronology(built, frame, seed + d, day, day).tape for d in range(draws)]
    return tuple(_walk(built, tape, ())[0] for tape in tapes)


def watch_record(built: Built, chronology: Chronology, watch: Watch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the replayed record at the end of each step: when it ends (axis step), watched numbers (step, watch).

    The last step ends with the tape, be it inside a step; days count from the epoch.
    """
    kind, days = np.asarray(chronology.tape.kind), np.cumsum(np.asarray(chronology.tape.days))
    watched = _walk(built, chronology.tape, watch)[1]
    ends = np.flatnonzero((kind == CLOSE) | (kind == PASS))
    # a tape that ends with a step passes no further time
    ends = ends[np.append(np.diff(days[ends]) > 0, True)] if len(ends) else ends
    return days[ends], watched[ends]


def _sets_of(model: Model, state: State, tape: Tape) -> tuple[State, Sets]:
    """Return the last state and the choice sets of the acts of a tape."""
    parts: list[Sets] = []
    for first, piece in _pieces(tape):
        state, _, sets = _replayed(model, state, piece, first)
        parts.append(recorded_sets(piece, sets))
    return state, jax.tree.map(lambda *xs: np.concatenate(xs), *parts)


def _walk(built: Built, tape: Tape, watch: Watch) -> tuple[State, NDArray[np.float64]]:
    state, watched = built.state, list[NDArray[np.float64]]()
    for first, piece in _pieces(tape):
        state, seen = _walked(built.model, state, piece, first, watch)
        watched.append(np.asarray(seen))
    return state, np.concatenate(watched)


def _pieces(tape: Tape) -> Iterator[tuple[Array, Tape]]:
    """Cut a tape into pieces of one length, the last one filled up; at least one, each with the operations before it."""
    whole: Tape = jax.tree.map(np.asarray, tape)
    for first in range(0, max(len(whole.kind), 1), PIECE):
        part: Tape = jax.tree.map(lambda x: x[first : first + PIECE], whole)  # noqa: B023
        spare = PIECE - len(part.kind)
        filled: Tape = jax.tree.map(lambda x: np.pad(x, (0, spare)), part)  # noqa: B023
        kind = np.pad(part.kind, (0, spare), constant_values=SKIP)
        yield jnp.uint32(first), jax.tree.map(jnp.asarray, filled._replace(kind=kind))


def _from(chronology: Chronology, since: date | None) -> NDArray[np.bool_]:
    if since is None:
        return np.ones(chronology.acts.height, bool)
    return (chronology.acts["start"] >= since).to_numpy()


def _stack(
    built: Built, level: Level, parts: list[Sets], keep: list[NDArray[np.bool_]], acts: pl.DataFrame, draws: int
) -> LevelData:
    _, tables = built.model.specification.at(level)
    column = {"source": "i", "target": "j", "act": "g", "issue": "k"}[level]
    return LevelData(
        x=np.concatenate([np.asarray(p.stats[level], np.float64)[k] for p, k in zip(parts, keep, strict=True)]),
        rows=np.concatenate([np.asarray(p.rows[level], np.int64)[k] for p, k in zip(parts, keep, strict=True)]),
        allowed=np.concatenate([np.asarray(p.allowed[level])[k] for p, k in zip(parts, keep, strict=True)]),
        chosen=acts[column].to_numpy().astype(np.int64),
        weight=acts["confidence"].fill_null(1.0).to_numpy() / draws,
        scene=acts["scene"].to_numpy().astype(np.int64),
        draw=acts["draw"].to_numpy().astype(np.int64),
        table_rows=tuple(len(t.rows(built.model.world)) for t in tables),
    )


def restrict(recorded: Recorded, whole: Specification, part: Specification, world: World) -> Recorded:
    """Return the choice sets of a smaller specification, cut from those of a larger one.

    Raises:
        KeyError: `part` has an effect or table that `whole` lacks.
    """
    levels: dict[Level, LevelData] = {}
    for level, data in recorded.levels.items():
        all_effects, all_tables = ([x.name for x in xs] for xs in whole.at(level))
        effects, tables = part.at(level)
        missing = ({e.name for e in effects} - set(all_effects)) | ({t.name for t in tables} - set(all_tables))
        if missing:
            raise KeyError(f"not in {whole.name}: {', '.join(sorted(missing))}")
        levels[level] = replace(
            data,
            x=data.x[:, [all_effects.index(e.name) for e in effects]],
            rows=data.rows[:, [all_tables.index(t.name) for t in tables]],
            table_rows=tuple(len(t.rows(world)) for t in tables),
        )
    return replace(recorded, levels=levels)


__all__ = ["Recorded", "choice_sets_of", "record_sets", "restrict", "watch_record"]
