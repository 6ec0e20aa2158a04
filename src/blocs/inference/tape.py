"""Chronologies: the record's imprecise dates drawn inside their bounds, and laid on the engine's tape.

Only one act in nine has a day. A date known to lie in [start, end] is drawn uniformly there, several times over
(multiple imputation, Rubin 1987): acts of one scene stay together, a quarter of an hour apart, in the order of telling,
and scenes with equal bounds keep the order of telling. Estimates average over the draws and their spread enters the
standard errors, so no conclusion rests on a day that the source does not give.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import jax.numpy as jnp
import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.engine.replay import ACT, CLOSE, PASS, POSITION, Tape
from blocs.ground.errors import bad_input
from blocs.scenario.build import Built

WITHIN_SCENE = 0.01
"""Days between two acts of a sitting."""

NEXT_PAGE = 1
"""Pages between two acts of a sitting at most; none where numbers are entries of a bibliography."""


@dataclass(frozen=True)
class Chronology:
    """One drawn chronology.

    `tape` is what the engine replays; `acts` holds, in tape order, a row for each act: `id`, `scene`, `day`, `start`,
    `end`, `confidence` and the four indices.
    """

    tape: Tape
    acts: pl.DataFrame


def usable_acts(built: Built, since: date | None = None, until: date | None = None) -> pl.DataFrame:
    """Return the acts of `acts_between`.

    Raises:
        InputError: there is none.
    """
    frame, period = acts_between(built, since, until), built.scenario.spec.period
    if frame.height == 0:
        raise bad_input(
            str(built.scenario.path), "events.jsonl",
            f"no dated act of one actor toward another in {since or period.start}..{until or period.end}",
            f"dates inside {period.start}..{period.end} with acts in them",
        )  # fmt: skip
    return frame


def acts_between(built: Built, since: date | None = None, until: date | None = None) -> pl.DataFrame:
    """Return the dated, addressed acts whose whole date lies in the scenario's period and in [`since`, `until`]."""
    period = built.scenario.spec.period
    first, last = since or period.start, until or period.end
    frame = built.scenario.chronicle.dyadic()
    world = built.model.world
    return frame.filter(
        (pl.col("start") >= max(first, period.start)) & (pl.col("end") <= min(last, period.end)),
        pl.col("source").is_in(world.actors) & pl.col("target").is_in(world.actors) & pl.col("act").is_in(world.acts),
        pl.col("source") != pl.col("target"),
    )


def draw_chronology(built: Built, acts: pl.DataFrame, seed: int, until: date, positions_until: date) -> Chronology:
    """Draw a day for every act and lay acts, stated positions and step ends on a tape up to `until`.

    Args:
        built: the scenario as arrays.
        acts: rows of `usable_acts`.
        seed: which draw; equal seeds give equal chronologies.
        until: last day of the tape, inside a step or at its close.
        positions_until: stated positions count only if their whole date lies before this day.
    """
    day = _draw_days(built, acts, np.random.default_rng(seed))
    order = np.argsort(day, kind="stable")
    world = built.model.world
    named = acts.with_columns(
        pl.Series("day", day),
        _index(acts["source"], world.actors).alias("i"),
        _index(acts["target"], world.actors).alias("j"),
        _index(acts["act"], world.acts).alias("g"),
        _index(acts["issue"], world.issues).alias("k"),
    )[order].select("id", "scene", "day", "start", "end", "confidence", "i", "j", "g", "k")
    return Chronology(_tape(built, named, _positions(built, positions_until), built.day(until) + 1.0), named)


def _index(column: pl.Series, names: tuple[str, ...]) -> pl.Series:
    return column.replace_strict(dict(zip(names, range(len(names)), strict=True)), return_dtype=pl.Int32)


def sittings(acts: pl.DataFrame, apart: int = NEXT_PAGE) -> NDArray[np.int64]:
    """Return a number for each act: acts with equal date bounds told at most `apart` pages apart share a sitting."""
    new = (
        (pl.col("start") != pl.col("start").shift(1))
        | (pl.col("end") != pl.col("end").shift(1))
        | ((pl.col("first_page") - pl.col("first_page").shift(1)).abs() > apart)
    )
    return acts.select(new.fill_null(True).cum_sum()).to_series().to_numpy().astype(np.int64)


def _draw_days(built: Built, acts: pl.DataFrame, rng: np.random.Generator) -> NDArray[np.float64]:
    """A day for each row: scenes drawn in order inside equal bounds, acts of a scene in sequence after its start."""
    if acts.height == 0:
        return np.zeros(0)
    cited = built.scenario.spec.pages
    scene = sittings(acts, 0 if cited and cited.kind == "entries" else NEXT_PAGE)
    _, first, rank = np.unique(scene, return_index=True, return_inverse=True)
    epoch = np.datetime64(built.epoch)
    lo = (acts["start"].to_numpy()[first] - epoch).astype("timedelta64[D]").astype(float)
    hi = (acts["end"].to_numpy()[first] - epoch).astype("timedelta64[D]").astype(float) + 1.0
    drawn = lo + rng.random(len(lo)) * (hi - lo)
    bounds = np.stack([lo, hi], axis=1)
    for pair in np.unique(bounds, axis=0):
        same = np.flatnonzero((bounds == pair).all(axis=1))
        drawn[same] = np.sort(drawn[same])  # np.unique keeps scenes in the order of telling
    within = np.arange(len(scene)) - first[rank]
    return np.minimum(drawn[rank] + WITHIN_SCENE * within, hi[rank] - 1e-6 * (1.0 + within.max() - within))


def _positions(built: Built, until: date) -> pl.DataFrame:
    """Stated positions known by a day, each noted on its last possible day."""
    world = built.model.world
    frame = built.scenario.chronicle.positions.filter(
        pl.col("stance_axis").is_not_null() & pl.col("actor").is_in(world.actors) & pl.col("issue").is_in(world.issues),
        (pl.col("end") <= until) & (pl.col("end") >= built.epoch),
    ).sort("end", "id")
    days = (pl.col("end") - pl.lit(built.epoch)).dt.total_days().cast(pl.Float64) + 1.0
    side = pl.col("public_or_private").replace_strict({"public": 0, "private": 1}, default=2, return_dtype=pl.Int32)
    return frame.select(
        days.alias("day"), side.alias("side"), pl.col("stance_axis").alias("value"),
        pl.col("salience").fill_null(-1.0), _index(frame["actor"], world.actors).alias("i"),
        _index(frame["issue"], world.issues).alias("k"),
    )  # fmt: skip


def _tape(built: Built, acts: pl.DataFrame, positions: pl.DataFrame, last: float) -> Tape:
    """Lay acts, positions and closes on a tape up to `last`, in days since the epoch; 0 where nothing has passed yet."""
    length = built.model.step_days
    closes = (np.arange(int(max(last, 0.0) // length)) + 1.0) * length
    ends = pl.DataFrame({"day": np.append(closes, max(last, 0.0)), "kind": [*[CLOSE] * len(closes), PASS]})
    columns = ("day", "kind", "i", "j", "g", "k", "weight", "value", "salience")
    blank = {**dict.fromkeys(("i", "j", "g", "k"), 0), **dict.fromkeys(("weight", "value", "salience"), 0.0)}
    done = acts.with_columns(kind=pl.lit(ACT), weight=pl.lit(1.0), value=pl.lit(0.0), salience=pl.lit(0.0))
    held = positions.with_columns(kind=pl.lit(POSITION), j=pl.lit(0), g=pl.col("side"), weight=pl.lit(0.0))
    closed = ends.with_columns(**{name: pl.lit(value) for name, value in blank.items()})
    parts = [part.select(columns) for part in (done, held, closed)]
    table = pl.concat(parts, how="vertical_relaxed").filter(pl.col("day") <= last)
    # a position noted at the moment a step closes belongs to the next step
    table = table.sort(
        "day", pl.col("kind").replace_strict({CLOSE: 1, ACT: 0, POSITION: 2, PASS: 3}), maintain_order=True
    )
    day = table["day"].to_numpy()
    waits = np.diff(day, prepend=0.0)
    columns_as = {c: jnp.asarray(table[c].cast(pl.Int32).to_numpy()) for c in ("kind", "i", "j", "g", "k")}
    reals = {c: jnp.asarray(table[c].to_numpy()) for c in ("weight", "value", "salience")}
    return Tape(
        columns_as["kind"], jnp.asarray(waits), columns_as["i"], columns_as["j"], columns_as["g"], columns_as["k"],
        reals["weight"], reals["value"], reals["salience"],
    )  # fmt: skip
