"""Counterfactual questions of a scenario, answered one after another; those about the same time share an untouched side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from blocs.forecast.ask import Answer, ask, fits
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.simulate import forecast
from blocs.inference.fit import Fit
from blocs.jobs.pipeline import Progress, counter, simulated
from blocs.scenario.build import build
from blocs.scenario.scenario import Scenario

COLUMNS = ("question", "other acts", "outcome", "untouched", "changed", "points", "95 % interval", "reading")


def answerable(scenario: Scenario) -> list[str]:
    """Return the ids of questions that change something the model has, and which some mechanism of it moves or reads."""
    built = build(scenario)
    cards = [m.card for m in built.model.mechanisms]
    used = frozenset().union(*(c.reads | c.writes for c in cards))
    names = {c.name for c in cards}

    def moves(line: str) -> bool:
        verb, _, rest = line.strip().partition(" ")
        if verb in ("set", "scale"):
            return re.split(r"[\[\s=*]", rest.strip(), maxsplit=1)[0] in used
        return verb != "rule" or rest.strip().split(".")[0] in names

    return [q.id for q in scenario.questions.values() if q.do and all(moves(line) for line in q.do)]


def answered(
    fit: Fit,
    ids: Iterable[str],
    runs: int,
    seed: int = 0,
    baseline: Ensemble | None = None,
    progress: Progress | None = None,
) -> tuple[Answer, ...]:
    """Answer questions of the scenario, in the order given.

    Args:
        fit: a model fitted before the forecast.
        ids: questions that change something (`answerable`).
        runs: paired histories of each.
        seed: of the random streams, shared by all sides.
        baseline: an untouched forecast of these runs and seed, to save simulating it.
        progress: hears of every question.

    Raises:
        InputError: no such question, or one that says nothing the model could change.
    """
    ids = list(dict.fromkeys(ids))
    questions = fit.built.scenario.questions
    windows = {q.id: q.window for q in questions.values()}
    found: dict[str, tuple[Answer, ...]] = {}
    untouched = baseline
    # questions about one time follow each other: only one untouched side is held in memory
    for id_ in sorted(ids, key=lambda i: str(windows.get(i) or "")):
        window = windows.get(id_)
        if window is None:
            baseline = untouched = baseline or simulated(fit, runs=runs, seed=seed, progress=progress)
        elif untouched is None or not fits(untouched, runs, seed, window):
            told = counter(progress, f"simulating {window.start} to {window.end}")
            untouched = forecast(fit, window.start, window.end, runs, seed, progress=told, inside=True)
        found[id_] = ask(fit, id_, runs, seed, untouched, counter(progress, f"asking {id_}"))
    return tuple(answer for id_ in ids for answer in found[id_])


def cells(answer: Answer) -> tuple[str, ...]:
    """Return an answer as a row of `COLUMNS`; differences in percentage points, `other acts` in shares of pairs."""
    reading = "no clear change" if answer.lo <= 0 <= answer.hi else "more likely" if answer.lo > 0 else "less likely"
    return (
        answer.id,
        "–" if answer.other_acts is None else f"{answer.other_acts:.0%}",
        answer.outcome,
        f"{answer.untouched:.1%}",
        f"{answer.changed:.1%}",
        f"{100 * answer.difference:+.1f}",
        f"{100 * answer.lo:+.1f} to {100 * answer.hi:+.1f}",
        reading,
    )


def clear(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers whose interval leaves out no change at all."""
    return [a for a in answers if not a.lo <= 0 <= a.hi]


def telling(answers: Sequence[Answer]) -> list[Answer]:
    """Return of each question what clearly changes or, where nothing does, the outcome that moves most."""
    kept: list[Answer] = []
    for id_ in dict.fromkeys(a.id for a in answers):
        mine = [a for a in answers if a.id == id_]
        kept += clear(mine) or [max(mine, key=lambda a: abs(a.difference))]
    return kept


def markdown(answers: Sequence[Answer], fit: Fit, runs: int, seed: int) -> str:
    """Return what each question changes, and a table of what it moves (`telling`)."""
    asked = {a.id: a for a in answers}
    told = [f"- {a.id}: {a.text} `{'; '.join(a.do)}`" for a in asked.values()]
    head = (
        f"{len(asked)} questions, {len(answers)} answers, {len(clear(answers))} of them clear; {runs} pairs of histories "
        f"each, seed {seed}, {len(fit.built.model.mechanisms)} mechanisms, fitted up to {fit.until}. Of each question the "
        "table has what clearly changes or, where nothing does, the outcome that moves most; `other acts` is the share of "
        "pairs in which any act differs."
    )
    rows = ["| " + " | ".join(cells(a)) + " |" for a in telling(answers)]
    table = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS), *rows]
    return "\n".join([head, "", *told, "", *table])
