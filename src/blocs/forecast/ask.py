"""Ask what would have changed an outcome: paired runs with and without an intervention, and under other assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.outcomes import OutcomeForecast, forecast_outcomes
from blocs.forecast.reach import by_construction, changes
from blocs.forecast.simulate import Progress, forecast
from blocs.ground.errors import bad_input
from blocs.inference.fit import Fit
from blocs.inference.observation import Assumption
from blocs.scenario.outcomes import Outcome
from blocs.scenario.scenario import Scenario
from blocs.scenario.spec import Days

Z = 1.96

SENSITIVITY: Mapping[str, Any] = MappingProxyType(
    {
        "assumption": pl.String,
        "share": pl.Float64,
        "outcome": pl.String,
        "probability": pl.Float64,
        "rank": pl.Int32,
    }
)
"""Columns of the table of assumptions about what the source could see."""


@dataclass(frozen=True)
class Answer:
    """What an intervention does to one outcome.

    `untouched` and `changed` are probabilities of the outcome; `difference` their paired difference with a 95% interval
    `lo`, `hi` over runs that share every random draw. `other_acts` is the share of pairs in which any act differs: 0 where
    what the intervention sets was so already or does not reach conduct, `None` in answers stored before it was counted.
    `by_construction` tells that the intervention itself sets what the outcome is told by: the answer is then no finding.
    """

    id: str
    text: str
    do: tuple[str, ...]
    outcome: str
    untouched: float
    changed: float
    difference: float
    lo: float
    hi: float
    sentence: str
    other_acts: float | None = None
    by_construction: bool = False

    @property
    def clear(self) -> bool:
        """Whether this is a finding: the interval leaves out no change, and the question did not make it so itself."""
        return not self.by_construction and not self.lo <= 0 <= self.hi

    @property
    def nothing(self) -> bool:
        """Whether nothing at all differs between the two sides, in acts or in this outcome."""
        return self.other_acts == 0 and self.difference == 0

    @property
    def reach(self) -> str:
        """How far the intervention went, in a sentence; empty where it was not counted."""
        if self.other_acts is None:
            return ""
        if self.other_acts == 0:
            return "No act differs in any pair of histories: what this sets was so already, or does not reach conduct."
        return f"Some act differs in {self.other_acts:.0%} of the pairs of histories."


def ask(
    fit: Fit,
    question: str,
    runs: int = 2000,
    seed: int = 0,
    baseline: Ensemble | None = None,
    progress: Progress | None = None,
) -> tuple[Answer, ...]:
    """Answer a question of the scenario.

    Args:
        fit: a model fitted before the forecast.
        question: id of a question of the scenario that has interventions.
        runs: paired histories.
        seed: of the random streams, shared by both sides.
        baseline: an untouched ensemble of these runs, seed and dates, to save simulating it; another is not used.
        progress: called with (runs done, runs in all).

    Raises:
        InputError: no such question, or one that says nothing the model could change.
    """
    questions = fit.built.scenario.questions
    if question not in questions:
        raise bad_input("ask", "question", f"no question {question!r}", f"one of {', '.join(questions)}")
    asked = questions[question]
    if not asked.do:
        raise bad_input(
            "ask", "question", f"{question} changes nothing that this model has", "a question with interventions"
        )
    untouched, changed = paired(fit, asked.do, runs, seed, baseline, progress, asked.window)
    wanted = set(asked.outcomes) or set(fit.built.scenario.outcomes)
    return compare(question, asked.text, untouched, changed, wanted)


def paired(
    fit: Fit,
    do: Sequence[str],
    runs: int,
    seed: int,
    baseline: Ensemble | None = None,
    progress: Progress | None = None,
    window: Days | None = None,
) -> tuple[Ensemble, Ensemble]:
    """Return an untouched ensemble and one with interventions, on common random numbers.

    `window` is the time of both; by default that of the baseline, or the scenario's own.
    """
    if baseline is not None and not fits(baseline, runs, seed, window):
        baseline = None
    if baseline is None:
        start, end = (window.start, window.end) if window else (None, None)
        baseline = forecast(fit, start, end, runs, seed, progress=progress, inside=window is not None)
    changed = forecast(fit, baseline.start, baseline.end, runs, seed, do, progress=progress, inside=window is not None)
    return baseline, changed


def fits(baseline: Ensemble, runs: int, seed: int, window: Days | None) -> bool:
    """Return whether an untouched ensemble can be one side of a pair of these runs, seed and time."""
    same = baseline.runs == runs and baseline.seed == seed and not baseline.do
    return same and (window is None or (window.start, window.end) == (baseline.start, baseline.end))


def compare(id_: str, text: str, untouched: Ensemble, changed: Ensemble, wanted: set[str]) -> tuple[Answer, ...]:
    """Compare two paired ensembles on outcomes whose id or family (the part before the point) is wanted."""
    before = {o.id: o for o in forecast_outcomes(untouched)}
    after = {o.id: o for o in forecast_outcomes(changed)}
    other = float(pairs_that_differ(untouched, changed).mean())
    built = changed.fit.built
    made = changes(built, changed.do)
    names = tuple(actor.short for actor in built.scenario.actors.values())
    return tuple(
        _answer(id_, text, changed.do, before[key], after[key], other, by_construction(made, outcome), names)
        for key, outcome in wanted_outcomes(built.scenario, wanted).items()
        if key in before
    )


def wanted_outcomes(scenario: Scenario, wanted: set[str]) -> dict[str, Outcome]:
    """Return the outcomes whose id or family (the part before the point) is wanted, by id."""
    return {k: o for k, o in scenario.outcomes.items() if k in wanted or k.split(".")[0] in wanted}


def pairs_that_differ(untouched: Ensemble, changed: Ensemble) -> NDArray[np.bool_]:
    """Return for each pair of runs whether any act, or its day, differs."""
    runs = untouched.runs
    one, other = (np.bincount(e.run, minlength=runs) for e in (untouched, changed))
    differs = one != other
    mine, theirs = ~differs[untouched.run], ~differs[changed.run]
    moved = (untouched.day[mine] != changed.day[theirs]) | (untouched.code[mine] != changed.code[theirs]).any(axis=1)
    differs[untouched.run[mine][moved]] = True
    return differs


def _answer(
    id_: str, text: str, do: tuple[str, ...], before: OutcomeForecast, after: OutcomeForecast, other_acts: float,
    construction: bool, names: tuple[str, ...],
) -> Answer:  # fmt: skip
    difference, lo, hi = paired_difference(np.isfinite(before.first), np.isfinite(after.first))
    title = _inside(before.title, names)
    sentence = (
        _set_by_itself(title, before, after) if construction else _sentence(title, before, after, difference, lo, hi)
    )
    return Answer(
        id_, text, do, before.id, before.probability, after.probability, difference, lo, hi, sentence, other_acts,
        construction,
    )  # fmt: skip


def paired_difference(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the mean paired difference of two 0/1 samples with its 95% interval.

    The interval is Agresti & Min's (2005) adjusted Wald interval for matched pairs: half a pair is added to each of the
    four cells, so that it does not close up when no pair differs.
    """
    n = len(before) + 2
    up, down = float((after & ~before).sum()) + 0.5, float((before & ~after).sum()) + 0.5
    centre = (up - down) / n
    spread = Z * np.sqrt(max(up + down - (up - down) ** 2 / n, 0.0)) / n
    return float(after.mean() - before.mean()), max(-1.0, centre - spread), min(1.0, centre + spread)


def _inside(title: str, names: tuple[str, ...]) -> str:
    """Return a title as it stands inside a sentence: a name keeps its capital letter."""
    return title if title.startswith(names) else title[0].lower() + title[1:]


def _set_by_itself(title: str, before: OutcomeForecast, after: OutcomeForecast) -> str:
    return (
        f"Whether {title} is set by the question itself: {before.probability:.1%} untouched, {after.probability:.1%} "
        "changed, by construction."
    )


def _sentence(
    title: str, before: OutcomeForecast, after: OutcomeForecast, difference: float, lo: float, hi: float
) -> str:
    if lo > 0 or hi < 0:
        word = "more" if difference > 0 else "less"
        return (
            f"That {title} becomes {word} likely: {before.probability:.1%} untouched, {after.probability:.1%} changed "
            f"({100 * difference:+.1f} points, 95% interval {100 * lo:+.1f} to {100 * hi:+.1f})."
        )
    return (
        f"No clear change in whether {title}: {before.probability:.1%} untouched, {after.probability:.1%} changed "
        f"(95% interval of the difference {100 * lo:+.1f} to {100 * hi:+.1f} points)."
    )


def sensitivity(
    fit: Fit,
    runs: int = 500,
    seed: int = 0,
    progress: Progress | None = None,
    start: date | None = None,
    end: date | None = None,
) -> pl.DataFrame:
    """Return outcomes under each assumption about what the source could see, from `start` to `end` of a forecast.

    Columns: assumption, share (of the narrator's prominence taken for visibility), outcome, probability, rank within the
    outcome's family (1 = most probable). Without rows where the scenario has no narrator: nothing is assumed then.
    """
    if not fit.built.scenario.roles.get("narrator"):
        return pl.DataFrame(schema=SENSITIVITY)
    rows: list[dict[str, str | float]] = []
    for assumption in Assumption:
        ensemble = forecast(fit, start, end, runs, seed, assumption=assumption, progress=progress)
        rows += [
            {
                "assumption": assumption.value,
                "share": assumption.visibility,
                "outcome": o.id,
                "probability": o.probability,
            }
            for o in forecast_outcomes(ensemble)
        ]
    family = pl.col("outcome").str.split(".").list.first()
    rank = pl.col("probability").rank("min", descending=True).over("assumption", family).cast(pl.Int32).alias("rank")
    return pl.DataFrame(rows).with_columns(rank).select(list(SENSITIVITY))
