"""Counterfactual questions of a scenario, answered one after another; those about the same time share an untouched side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blocs.forecast.ask import Answer, ask, fits, wanted_outcomes
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.reach import unreached
from blocs.forecast.simulate import forecast
from blocs.inference.fit import Fit
from blocs.jobs.pipeline import Progress, counter, simulated
from blocs.scenario.build import Built, build
from blocs.scenario.scenario import Scenario

COLUMNS = ("question", "other acts", "outcome", "untouched", "changed", "points", "95% interval", "reading")


def answerable(scenario: Scenario) -> list[str]:
    """Return the ids of questions whose answer the model can tell: see `unanswerable`."""
    gone = unanswerable(build(scenario))
    return [id_ for id_ in scenario.questions if id_ not in gone]


def unanswerable(built: Built) -> dict[str, str]:
    """Return why a model cannot answer a question of its scenario, by id.

    Nothing is changed by the question, or what it changes is not moved by any mechanism of the model though by one of the
    catalogue, or nothing follows from it for a choice or for an outcome that was asked about.
    """
    found: dict[str, str] = {}
    for q in built.scenario.questions.values():
        asked = wanted_outcomes(built.scenario, set(q.outcomes) or set(built.scenario.outcomes)).values()
        why = unreached(built, q.do, asked) if q.do else "it changes nothing that a model holds"
        if why:
            found[q.id] = why
    return found


def left_out(built: Built, answers: Sequence[Answer]) -> dict[str, str]:
    """Return why questions of a scenario have no answer among some, by id: not asked, or without any difference at all."""
    found = unanswerable(built)
    for id_ in dict.fromkeys(a.id for a in answers):
        mine = [a for a in answers if a.id == id_]
        found.pop(id_, None)
        if all(a.nothing for a in mine):
            found[id_] = (
                "in it no act differs in any pair of histories: what it sets was so already, or goes no further"
            )
    return {id_: found[id_] for id_ in built.scenario.questions if id_ in found}


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
    moved = "more likely" if answer.lo > 0 else "less likely"
    reading = "by construction" if answer.by_construction else moved if answer.clear else "no clear change"
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
    """Return the answers that are findings (`Answer.clear`)."""
    return [a for a in answers if a.clear]


def telling(answers: Sequence[Answer]) -> list[Answer]:
    """Return of each question what clearly changes or, where nothing does, the outcome that moves most.

    What the question itself sets follows where it differs.
    """
    kept: list[Answer] = []
    for id_ in dict.fromkeys(a.id for a in answers):
        mine = [a for a in answers if a.id == id_]
        free = [a for a in mine if not a.by_construction]
        kept += clear(free) or sorted(free, key=lambda a: -abs(a.difference))[:1]
        kept += [a for a in mine if a.by_construction and a.difference != 0]
    return kept


def markdown(answers: Sequence[Answer], fit: Fit, runs: int, seed: int) -> str:
    """Return what each question changes, and a table of what it moves (`telling`)."""
    asked = {a.id: a for a in answers}
    told = [f"- {a.id}: {a.text} `{'; '.join(a.do)}`" for a in asked.values()]
    head = (
        f"{len(asked)} questions, {len(answers)} answers, {len(clear(answers))} of them clear, without those that hold by "
        f"construction because the question itself sets what the outcome is told by; {runs} pairs of histories "
        f"each, seed {seed}, {len(fit.built.model.mechanisms)} mechanisms, fitted up to {fit.until}. Of each question the "
        "table has what clearly changes or, where nothing does, the outcome that moves most; `other acts` is the share of "
        "pairs in which any act differs."
    )
    rows = ["| " + " | ".join(cells(a)) + " |" for a in telling(answers)]
    table = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS), *rows]
    return "\n".join([head, "", *told, "", *table])
