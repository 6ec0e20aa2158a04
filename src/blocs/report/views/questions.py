"""Counterfactual questions, and how outcomes move under other assumptions about what the source could see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from blocs.forecast.ask import Answer
from blocs.jobs.questions import left_out
from blocs.jobs.result import RunResult
from blocs.report.views.outcomes import naming, short_title, title_of
from blocs.report.words import Names, ordinal, percent, points
from blocs.scenario.load import ALL


@dataclass(frozen=True)
class AnswerRow:
    """One outcome of a question; `lo`, `hi`, `difference` in shares, texts ready to print.

    `clear` answers are findings; `settled` ones hold by construction, because the question sets what they are told by.
    """

    id: str
    title: str
    untouched: str
    changed: str
    difference: float
    lo: float
    hi: float
    moved: str
    interval: str
    sentence: str
    clear: bool
    settled: bool


@dataclass(frozen=True)
class QuestionView:
    """One question: text, interventions as given, pages, and its answers, clear ones first, those by construction last."""

    id: str
    text: str
    do: tuple[str, ...]
    pages: str
    reach: str
    rows: tuple[AnswerRow, ...]

    @property
    def clear(self) -> tuple[AnswerRow, ...]:
        """Answers that are findings: the interval leaves out "no change", and the question did not make it so."""
        return tuple(r for r in self.rows if r.clear)

    @property
    def settled(self) -> tuple[AnswerRow, ...]:
        """Answers that hold by construction."""
        return tuple(r for r in self.rows if r.settled)


@dataclass(frozen=True)
class LeftOut:
    """A question of the scenario to which the model of a run has no answer, and why."""

    id: str
    text: str
    why: str


@dataclass(frozen=True)
class LeftOutView:
    """Questions without an answer, and the command that puts them to a model with every mechanism, if there is one."""

    rows: tuple[LeftOut, ...]
    command: str


def unanswered(run: RunResult) -> LeftOutView:
    """Return the questions to which the model of a run has no answer."""
    scenario = run.scenario
    gone = left_out(run.fit.built, run.answers)
    rows = tuple(LeftOut(id_, scenario.questions[id_].text, why) for id_, why in gone.items())
    return LeftOutView(rows, f"blocs ask {scenario.id}{ALL} {rows[0].id}" if rows and scenario.lightened else "")


def questions(run: RunResult, names: Names) -> tuple[QuestionView, ...]:
    """Return the questions to which a run has an answer, in order."""
    gone = left_out(run.fit.built, run.answers)
    grouped: dict[str, list[Answer]] = {}
    for answer in run.answers:
        if answer.id not in gone:
            grouped.setdefault(answer.id, []).append(answer)
    return tuple(_question(run, names, key, found) for key, found in grouped.items())


def _question(run: RunResult, names: Names, key: str, answers: list[Answer]) -> QuestionView:
    known = run.scenario.questions.get(key)
    rows = sorted((_row(run, names, a) for a in answers), key=lambda r: (not r.clear, r.settled, -abs(r.difference)))
    pages = names.pages(known.pages if known else ())
    return QuestionView(key, answers[0].text, answers[0].do, pages, answers[0].reach, tuple(rows))


def _row(run: RunResult, names: Names, a: Answer) -> AnswerRow:
    return AnswerRow(
        a.outcome, title_of(run.scenario, names, a.outcome), percent(a.untouched), percent(a.changed), a.difference,
        a.lo, a.hi, points(a.difference), f"{points(a.lo)} to {points(a.hi)}", naming(names, a.outcome, a.sentence),
        a.clear, a.by_construction,
    )  # fmt: skip


@dataclass(frozen=True)
class SensitivityRow:
    """One outcome: its probability and place in its family under each assumption, and the span between them."""

    id: str
    title: str
    cells: tuple[tuple[str, str], ...]
    span: float


@dataclass(frozen=True)
class SensitivityView:
    """The table of assumptions, widest span first, with sentences on what changes."""

    assumptions: tuple[str, ...]
    rows: tuple[SensitivityRow, ...]
    sentences: tuple[str, ...]


def sensitivity_view(run: RunResult, names: Names) -> SensitivityView:
    """Return how outcomes move under the assumptions about what the source could see."""
    table = run.sensitivity
    assumptions = tuple(table["assumption"].unique(maintain_order=True).to_list()) if table.height else ()
    family = pl.col("outcome").str.split(".").list.first()
    sizes = dict(table.group_by(family.alias("family")).agg(pl.col("outcome").n_unique()).iter_rows())
    rows = [
        _sensitivity_row(run, names, str(key[0]), part, assumptions, sizes[str(key[0]).split(".")[0]])
        for key, part in table.group_by("outcome", maintain_order=True)
    ]
    rows.sort(key=lambda r: -r.span)
    return SensitivityView(assumptions, tuple(rows), tuple(_sentences(run, names, table, rows)))


def _sensitivity_row(
    run: RunResult, names: Names, key: str, part: pl.DataFrame, assumptions: Iterable[str], family: int
) -> SensitivityRow:
    by = {r["assumption"]: r for r in part.iter_rows(named=True)}
    cells = tuple((percent(by[a]["probability"]), _place(by[a], family)) for a in assumptions)
    chance = [float(r["probability"]) for r in by.values()]
    return SensitivityRow(key, title_of(run.scenario, names, key), cells, max(chance) - min(chance))


def _place(row: dict[str, Any], family: int) -> str:
    """The place of an outcome in its family; nothing for an only child and for what never comes about."""
    return f"{ordinal(row['rank'])} of {family}" if family > 1 and row["probability"] > 0 else ""


def _sentences(run: RunResult, names: Names, table: pl.DataFrame, rows: list[SensitivityRow]) -> Iterable[str]:
    if not rows:
        return
    widest = rows[0]
    yield (
        f"The outcome that moves most is “{widest.title}”: {100 * widest.span:.0f} percentage points between the "
        f"assumptions."
    )
    families = table.with_columns(pl.col("outcome").str.split(".").list.first().alias("family"))
    for key, part in families.group_by("family", maintain_order=True):
        if part["outcome"].n_unique() < 2:
            continue
        first = part.filter(pl.col("rank") == 1).group_by("assumption", maintain_order=True).agg(pl.col("outcome"))
        leaders = [tuple(sorted(found)) for found in first["outcome"].to_list()]
        who = [" and ".join(short_title(run.scenario, names, o).split(": ")[-1] for o in lead[:3]) for lead in leaders]
        title = str(key[0]).replace("_", " ")
        if len(set(leaders)) == 1:
            yield f"“{title}”: the likeliest is {_many(who[0], leaders[0])} under every assumption."
        else:
            yield f"“{title}”: the likeliest depends on the assumption ({'; '.join(dict.fromkeys(who))})."


def _many(who: str, lead: tuple[str, ...]) -> str:
    return who if len(lead) <= 3 else f"no single one ({len(lead)} tie)"
