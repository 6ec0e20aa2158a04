"""Explain an act: what each effect added to its being chosen over the runner-up, and which acts made the state so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import jax.numpy as jnp
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import softmax

from blocs.bloc.state import State
from blocs.conduct.base import LEVELS, Effect, Level, Table, option_names
from blocs.conduct.words import words_of
from blocs.engine.replay import ACT, Sets, Tape
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.inside import look_inside
from blocs.ground.errors import bad_input, shown
from blocs.inference.fit import Fit
from blocs.inference.observation import Assumption
from blocs.inference.pooled import LevelData
from blocs.inference.sets import Recorded, choice_sets_of, record_sets

Floats = NDArray[np.float64]
BECAUSE = 6
COLUMN = {"source": "i", "target": "j", "act": "g", "issue": "k"}


@dataclass(frozen=True)
class LevelExplanation:
    """One choice: what was chosen, its probability, the best alternative, and where the difference comes from.

    `contributions` has the columns effect, label, meaning, family, about, contribution: log odds of the chosen option
    over the runner-up, summing to `log_odds`, largest first.
    """

    level: Level
    chosen: str
    probability: float
    runner_up: str
    runner_up_probability: float
    log_odds: float
    contributions: pl.DataFrame


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why an act, by level, and `because`: the earlier acts that weigh most in what the actor saw (with pages)."""

    title: str
    when: str
    levels: tuple[LevelExplanation, ...]
    because: pl.DataFrame

    def __repr__(self) -> str:
        lines = [f"{self.title} ({self.when})"]
        for x in self.levels:
            top = ", ".join(
                f"“{words_of(x.level, r['effect']).label}” {r['contribution']:+.2f}"
                for r in x.contributions.head(3).iter_rows(named=True)
            )
            lines.append(
                f"  {x.level}: {x.chosen} {x.probability:.0%} over {x.runner_up} {x.runner_up_probability:.0%}: {top}"
            )
        return "\n".join(lines)


def explain_recorded(fit: Fit, event_id: str, recorded: Recorded | None = None) -> Explanation:
    """Explain a recorded act by the fitted model, averaged over drawn chronologies.

    Args:
        fit: the model.
        event_id: id of the act.
        recorded: choice sets that hold the act, made before, to save a replay.

    Raises:
        InputError: no such event, or one that is no dated act of one actor toward another.
    """
    frame = fit.built.scenario.chronicle.events.filter(pl.col("id") == event_id)
    if frame.height == 0:
        raise bad_input(
            "explain",
            "event",
            f"no event {shown(event_id)} in {fit.built.scenario.id}",
            f"an id that `blocs show {fit.built.scenario.id}` lists",
        )
    event = frame.row(0, named=True)
    recorded = recorded or record_sets(fit.built, max(event["end"], fit.until), fit.draws, fit.seed)
    place = np.flatnonzero((recorded.acts["id"] == event_id).to_numpy())
    if len(place) == 0:
        raise bad_input(
            "explain", "event", f"{event_id} is not a dated act of one actor toward another",
            f"an event that `blocs show {fit.built.scenario.id} --dyadic` lists",
        )  # fmt: skip
    levels = tuple(_level(fit, level, recorded.levels[level], place) for level in LEVELS)
    title = f"{event_id}: {event['source']} to {event['target']}, {event['act']} on {event['issue']}"
    return Explanation(title, event["date"], levels, _because(fit, recorded.acts.row(int(place[0]), named=True)))


def explain_simulated(ensemble: Ensemble, run: int, number: int) -> Explanation:
    """Explain the act at position `number` of a simulated run, from the state that the run had then.

    The run is simulated once more with the whole state kept. What interventions forbade is weighed like the rest.

    Raises:
        InputError: no such run or act.
        BlocsError: the run holds more acts than there is room for.
    """
    fit, built = ensemble.fit, ensemble.fit.built
    mine = np.flatnonzero(ensemble.run == run)
    if not 0 <= run < ensemble.runs:
        raise bad_input("explain", "run", f"there is no run {run}", f"0 to {ensemble.runs - 1}")
    if not 0 <= number < len(mine):
        expected = f"0 to {len(mine) - 1}" if len(mine) else "another run: this one holds no act"
        raise bad_input("explain", "act", f"there is no act {number} in run {run}", expected)
    day, code = ensemble.day[mine].astype(float), ensemble.code[mine].astype(int)
    step = np.searchsorted(ensemble.step_ends, day, side="right")
    # acts of the same step that came before it, which the state at the close of the last step does not know
    held = np.flatnonzero((step == step[number]) & (np.arange(len(day)) <= number))
    state = _state_of(ensemble, run, int(step[number]))
    sets = choice_sets_of(built, state, _tape_of(float(state.clock), day[held], code[held]))
    place = np.array([len(held) - 1])
    levels = tuple(_level(fit, level, _one(fit, level, sets, code[held, n]), place) for n, level in enumerate(LEVELS))
    w = built.model.world
    i, j, g, k = code[number]
    title = f"run {run}, act {number}: {w.actors[i]} to {w.actors[j]}, {w.acts[g]} on {w.issues[k]}"
    when = built.epoch + timedelta(days=int(day[number]))
    acts = pl.DataFrame({"day": day[:number], "i": code[:number, 0], "j": code[:number, 1], "g": code[:number, 2]})
    return Explanation(title, str(when), levels, _because_simulated(fit, acts, int(i), int(j), float(day[number])))


def _state_of(ensemble: Ensemble, run: int, step: int) -> State:
    """Return the state with which a step of a run begins, in the precision of the fit."""
    fit = ensemble.fit
    (inside,) = look_inside(
        fit, [run], ensemble.start, ensemble.end, ensemble.seed, ensemble.do, Assumption(ensemble.about),
        within_training=ensemble.start <= fit.until,
    )  # fmt: skip
    like = vars(fit.built.state)
    return State(**{name: jnp.asarray(value[step], like[name].dtype) for name, value in inside.values.items()})


def _tape_of(start: float, day: Floats, code: NDArray[np.int64]) -> Tape:
    """Lay acts of one step on a tape."""
    index = [jnp.asarray(c, jnp.int32) for c in (np.full(len(day), ACT), *code.T)]
    real = jnp.zeros(len(day))
    kind, source, target, act, issue = index
    waits = jnp.asarray(np.diff(day, prepend=start))
    return Tape(kind, waits, source, target, act, issue, jnp.ones(len(day)), real, real)


def _one(fit: Fit, level: Level, sets: Sets, chosen: NDArray[np.int64]) -> LevelData:
    _, tables = fit.specification.at(level)
    n = len(chosen)
    return LevelData(
        x=np.asarray(sets.stats[level], np.float64), rows=np.asarray(sets.rows[level], np.int64),
        allowed=np.asarray(sets.allowed[level], bool), chosen=chosen, weight=np.ones(n),
        scene=np.zeros(n, np.int64), draw=np.zeros(n, np.int64),
        table_rows=tuple(len(t.rows(fit.built.model.world)) for t in tables),
    )  # fmt: skip


def _level(fit: Fit, level: Level, data: LevelData, place: NDArray[np.int64]) -> LevelExplanation:
    """Contributions of one level, averaged over the rows `place` (the same act in several chronologies)."""
    found = fit.levels[level]
    effects, tables = fit.specification.at(level)
    by_effect = np.einsum("nko,k->nko", data.x[place], found.beta).mean(axis=0)
    parts = [t[data.rows[place, n]].mean(axis=0) for n, t in enumerate(found.tables)]
    each = np.concatenate([by_effect, np.stack(parts)]) if parts else by_effect
    score = np.where(data.allowed[place[0]], each.sum(axis=0), -np.inf)
    chance = softmax(score)
    chosen = int(data.chosen[place[0]])
    others = score.copy()
    others[chosen] = -np.inf
    rival = int(np.argmax(others))
    names = option_names(fit.built.model.world, level)
    terms: Sequence[Effect | Table] = (*effects, *tables)
    table = pl.DataFrame(
        {
            "effect": [t.name for t in terms],
            "label": [t.words.label for t in terms],
            "meaning": [t.words.meaning for t in terms],
            "family": [t.family for t in terms],
            "about": [t.about for t in terms],
            "contribution": each[:, chosen] - each[:, rival],
        }
    ).sort(pl.col("contribution").abs(), descending=True)
    return LevelExplanation(
        level, names[chosen], float(chance[chosen]), names[rival], float(chance[rival]),
        float(score[chosen] - score[rival]), table,
    )  # fmt: skip


def _because(fit: Fit, act: dict[str, object]) -> pl.DataFrame:
    """Earlier recorded acts between the two, or by and toward the source, by what is left of them in memory."""
    built = fit.built
    names = built.model.world.actors
    i, j = names[int(act["i"])], names[int(act["j"])]  # type: ignore[call-overload]
    day: float = act["day"]  # type: ignore[assignment]
    known = built.scenario.chronicle.dyadic().filter(pl.col("start") >= built.epoch, pl.col("id") != act["id"])
    middle = (pl.col("start") - built.epoch).dt.total_days() * 0.5 + (pl.col("end") - built.epoch).dt.total_days() * 0.5
    return _weigh(fit, known.with_columns(middle.alias("day")), i, j, day).select(
        "id", "date", "source", "target", "act", "issue", "pages", "summary", "weight"
    )


def _weigh(fit: Fit, acts: pl.DataFrame, i: object, j: object, day: float) -> pl.DataFrame:
    half = float(fit.built.model.half_lives[1])
    pair = ((pl.col("source") == i) & (pl.col("target") == j)) | ((pl.col("source") == j) & (pl.col("target") == i))
    near = pl.when(pair).then(1.0).when((pl.col("source") == i) | (pl.col("target") == i)).then(0.25).otherwise(0.0)
    left = near * (2.0 ** (-(pl.lit(day) - pl.col("day")) / half))
    return (
        acts.filter(pl.col("day") <= day)
        .with_columns(left.alias("weight"))
        .sort("weight", descending=True)
        .head(BECAUSE)
    )


def _because_simulated(fit: Fit, acts: pl.DataFrame, i: int, j: int, day: float) -> pl.DataFrame:
    w = fit.built.model.world
    renamed = acts.rename({"i": "source", "j": "target"})
    best = _weigh(fit, renamed, i, j, day)
    epoch: date = fit.built.epoch
    return pl.DataFrame(
        {
            "date": [str(epoch + timedelta(days=int(d))) for d in best["day"]],
            "source": [w.actors[n] for n in best["source"]],
            "target": [w.actors[n] for n in best["target"]],
            "act": [w.acts[n] for n in best["g"]],
            "weight": best["weight"],
        }
    )
