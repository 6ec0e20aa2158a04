"""From a built scenario to choice sets: draw chronologies, replay each, stack what the four choices were made from."""

from __future__ import annotations

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
from blocs.engine.model import Model
from blocs.engine.replay import CLOSE, SKIP, Sets, Tape, recorded_sets, replay
from blocs.engine.watch import Watch
from blocs.ground.keys import root
from blocs.inference.pooled import LevelData
from blocs.inference.tape import Chronology, acts_between, draw_chronology, usable_acts
from blocs.inference.tempo import TempoData
from blocs.scenario.build import Built

SHORTEST = 256
"""Least length of a filled tape."""


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


@partial(jax.jit, static_argnames=("watch",))
def _replayed(model: Model, state: State, tape: Tape, watch: Watch = ()) -> tuple[State, Array, Sets]:
    return replay(model, state, tape, root(0), watch)


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
        filled = _filled(chronology.tape)
        end, _, sets = _replayed(built.model, built.state, filled)
        ends.append(end)
        parts.append(jax.tree.map(np.asarray, recorded_sets(filled, sets)))
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
    filled = _filled(tape)
    return recorded_sets(filled, _replayed(built.model, state, filled)[2])


def states_on(built: Built, day: date, draws: int, seed: int = 0) -> tuple[State, ...]:
    """Return the state at the end of a day in each drawn chronology of what the record holds by then, be it nothing."""
    frame = acts_between(built, until=day)
    tapes = [draw_chronology(built, frame, seed + d, day, day).tape for d in range(draws)]
    return tuple(_replayed(built.model, built.state, _filled(tape))[0] for tape in tapes)


def _filled(tape: Tape) -> Tape:
    """Return a tape filled up to a power of two, so that one compiled program serves records of other lengths."""
    size = len(tape.kind)
    spare = max(SHORTEST, 1 << (size - 1).bit_length()) - size
    longer = jax.tree.map(lambda x: jnp.pad(x, (0, spare)), tape)
    return longer._replace(kind=jnp.pad(tape.kind, (0, spare), constant_values=SKIP))


def watch_record(built: Built, chronology: Chronology, watch: Watch) -> NDArray[np.float64]:
    """Return watched numbers of the replayed record at the end of each step, axes (step, watch)."""
    filled = _filled(chronology.tape)
    watched = np.asarray(_replayed(built.model, built.state, filled, watch)[1])
    return watched[np.flatnonzero(np.asarray(filled.kind) == CLOSE)]


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
