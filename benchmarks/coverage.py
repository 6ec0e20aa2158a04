"""Do 90 % intervals hold the truth nine times in ten? Records simulated with known coefficients are fitted again.

    python benchmarks/coverage.py                # 300 records of 300 acts: a table by effect
    python benchmarks/coverage.py --records 100 --acts 600 --json
    python benchmarks/coverage.py --markdown docs/benchmarks.md

A record is simulated by the engine from a memory-only specification (maximum likelihood, no priors), its acts are
replayed on the tape that fits use, and each level is fitted. Two intervals are judged: from the curvature, and the
robust one that `blocs fit` prints.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
from scipy.stats import norm

from blocs.bloc.state import blank_state
from blocs.bloc.world import World
from blocs.cli.pages import place
from blocs.conduct.base import LEVELS, Level, Specification
from blocs.conduct.catalogue import EFFECTS
from blocs.engine.control import nothing
from blocs.engine.loop import Track, simulate
from blocs.engine.model import Coefficients, Model, Tempo
from blocs.engine.replay import ACT, CLOSE, Sets, Tape, replay
from blocs.ground.cast import cast_reals
from blocs.ground.keys import at, named, root
from blocs.inference.pooled import LevelData, Prior, fit_pooled
from blocs.mechanisms.library.memory import Memory
from blocs.testing.states import make_world

TRUTH: dict[Level, dict[str, float]] = {
    "source": {"activity_recent": 0.5, "popularity_recent": 0.3},
    "target": {"inertia_recent": 0.5, "reciprocity_recent": 0.6, "popularity_past": -0.3},
    "act": {"act_repertoire": 0.4, "act_inertia": 0.6, "act_reciprocity": 0.8},
    "issue": {"agenda_source": 0.3, "agenda_target": 0.3, "issue_inertia": 0.5, "issue_reciprocity": 0.7},
}
SIZES = {"actors": 6, "issues": 4, "levers": 1, "acts": 6}
STEP = 7.0
TEMPO = (0.4, (0.2, 0.1, 0.1))
LEVEL = 0.9


@dataclass(frozen=True)
class Laboratory:
    """The model in 64 bits and the coefficients that records are simulated from."""

    model: Model
    coefficients: Coefficients


def laboratory() -> Laboratory:
    drawn = make_world(5, **SIZES)
    world = World(**vars(drawn) | {"present": jnp.asarray([[-1e6, 1e6]] * SIZES["actors"])})
    effects = tuple(e for level in LEVELS for e in EFFECTS if e.level == level and e.name in TRUTH[level])
    memory = Memory.make()
    model = Model(
        cast_reals(world, jnp.float64), (memory,), memory.half_lives(), Specification("coverage", effects, ()), STEP
    )
    beta: dict[str, jax.Array] = {
        level: jnp.asarray([TRUTH[level][e.name] for e in effects if e.level == level]) for level in LEVELS
    }
    tempo = Tempo(jnp.asarray(TEMPO[0]), jnp.asarray(TEMPO[1]))
    return Laboratory(model, Coefficients(beta, dict.fromkeys(LEVELS, ()), tempo))


def simulated(lab: Laboratory, records: int, acts: int, seed: int) -> Track:
    """Simulate until every record holds enough acts."""
    light, c = cast_reals(lab.model, jnp.float32), lab.coefficients.astype(jnp.float32)
    state = blank_state(lab.model.world, 3, jnp.float32)
    keys = jax.vmap(lambda n: at(named(root(seed), "coverage"), n))(jnp.arange(records, dtype=jnp.uint32))
    control = cast_reals(nothing(SIZES["actors"], SIZES["acts"]), jnp.float32)
    steps = int(1.2 * acts / TEMPO[0] / STEP) + 8
    while True:
        track = simulate(light, c, state, control, (), keys, steps, acts)
        if int(track.acts.min()) >= acts:
            return jax.tree.map(np.asarray, track)
        steps *= 2


def tape_of(day: np.ndarray, code: np.ndarray, steps: int) -> Tape:
    """The acts of one record and `steps` closes, those after the last act included, in order of day."""
    ends = STEP * (1 + np.arange(steps))
    when = np.concatenate([day.astype(np.float64), ends])
    kind = np.concatenate([np.full(len(day), ACT), np.full(steps, CLOSE)])
    columns = np.concatenate([code.astype(np.int32), np.zeros((steps, 4), np.int32)])
    order = np.argsort(when, kind="stable")
    one = np.ones(len(when))
    return Tape(kind[order].astype(np.int32), np.diff(when[order], prepend=0.0), *columns[order].T, one, 0 * one, -one)


def choice_sets(lab: Laboratory, track: Track, acts: int, batch: int = 50) -> Iterator[dict[Level, LevelData]]:
    """Replay each record and give what its choices were made from."""
    steps = int(np.ceil(track.day[:, :acts].max() / STEP)) + 1
    tapes = [tape_of(track.day[r, :acts], track.act[r, :acts], steps) for r in range(len(track.acts))]
    state = blank_state(lab.model.world, 3, jnp.float64)
    replayed = jax.jit(jax.vmap(lambda t: replay(lab.model, state, t, root(0))[2]))
    batch = min(batch, len(tapes))
    for first in range(0, len(tapes), batch):
        first = min(first, len(tapes) - batch) if first + batch > len(tapes) else first
        several = jax.tree.map(lambda *x: jnp.stack([jnp.asarray(v) for v in x]), *tapes[first : first + batch])
        sets: Sets = jax.tree.map(np.asarray, replayed(several))
        for n in range(batch):
            keep = np.flatnonzero(np.asarray(several.kind[n]) == ACT)
            yield {level: _level(sets, level, n, keep, track.act[first + n, :acts]) for level in LEVELS}


def _level(sets: Sets, level: Level, n: int, keep: np.ndarray, code: np.ndarray) -> LevelData:
    count = len(keep)
    return LevelData(
        x=sets.stats[level][n, keep],
        rows=np.zeros((count, 0), np.int64),
        allowed=sets.allowed[level][n, keep],
        chosen=code[:, LEVELS.index(level)].astype(np.int64),
        weight=np.ones(count),
        scene=np.arange(count),
        draw=np.zeros(count, np.int64),
        table_rows=(),
    )


def estimates(records: int, acts: int, seed: int) -> pl.DataFrame:
    """Return one row a record and effect: truth, estimate, se, robust_se."""
    if records > 50 and records % 50:
        raise ValueError("a number of records above 50 must be a multiple of 50")
    lab = laboratory()
    rows: list[dict[str, object]] = []
    for r, levels in enumerate(choice_sets(lab, simulated(lab, records, acts, seed), acts)):
        for level, data in levels.items():
            k = len(TRUTH[level])
            found = fit_pooled(data, Prior(np.zeros(k), np.full(k, np.inf), np.zeros(0)))
            names = [e.name for e in lab.model.specification.at(level)[0]]
            for n, name in enumerate(names):
                rows.append(
                    {
                        "record": r, "level": level, "effect": name, "truth": TRUTH[level][name],
                        "estimate": float(found.beta[n]), "se": float(found.se[n]),
                        "robust_se": float(found.robust_se[n]), "converged": found.converged,
                    }
                )  # fmt: skip
    return pl.DataFrame(rows)


def coverage(found: pl.DataFrame) -> pl.DataFrame:
    """Return by effect: truth, mean estimate, spread of estimates, mean errors, and the share of intervals that hold it."""
    z = float(norm.ppf(0.5 + LEVEL / 2))
    off = (pl.col("estimate") - pl.col("truth")).abs()
    return found.group_by("level", "effect", maintain_order=True).agg(
        pl.col("truth").first(),
        pl.col("estimate").mean().alias("mean"),
        pl.col("estimate").std().alias("spread"),
        pl.col("se").mean(),
        pl.col("robust_se").mean(),
        (off <= z * pl.col("se")).mean().alias("holds"),
        (off <= z * pl.col("robust_se")).mean().alias("robust_holds"),
    )


def sentence(table: pl.DataFrame, records: int, acts: int, seconds: float) -> str:
    """Return the result in one line."""
    return (
        f"{records} records of {acts} acts, {LEVEL:.0%} intervals: {table['holds'].mean():.1%} hold the truth "
        f"(curvature), {table['robust_holds'].mean():.1%} (robust); {seconds:.0f} s"
    )


def markdown(table: pl.DataFrame) -> str:
    """Return the table in Markdown."""
    head = ("choice", "effect", "truth", "mean estimate", "spread", "mean error", "holds", "robust holds")
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(['---'] * 2 + ['---:'] * 6)} |"]
    for r in table.iter_rows(named=True):
        numbers = [f"{r[c]:.2f}" for c in ("truth", "mean", "spread", "se")]
        shares = [f"{r[c]:.1%}" for c in ("holds", "robust_holds")]
        lines.append(f"| {' | '.join([r['level'], '`' + r['effect'] + '`', *numbers, *shares])} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=300, help="simulated records (50 or fewer, or a multiple of 50)")
    parser.add_argument("--acts", type=int, default=300, help="acts a record")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--markdown", type=Path, metavar="PAGE", help="write the table between the marks of this page")
    args = parser.parse_args()
    where = place(args.markdown, "coverage") if args.markdown else None
    begin = time.perf_counter()
    table = coverage(estimates(args.records, args.acts, args.seed))
    seconds = time.perf_counter() - begin
    if args.json:
        print(json.dumps({"records": args.records, "acts": args.acts, "seconds": seconds, "effects": table.to_dicts()}))
        return
    if where:
        where.fill(f"{markdown(table)}\n\n{sentence(table, args.records, args.acts, seconds)}")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, float_precision=3, tbl_hide_dataframe_shape=True):
        print(table)
    print("\n" + sentence(table, args.records, args.acts, seconds))


if __name__ == "__main__":
    main()
