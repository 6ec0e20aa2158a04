"""The run on one screen: what was asked, what is likeliest, what the record says, what won against what."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from blocs.forecast.score import Scores
from blocs.jobs.result import RunResult
from blocs.report.views.about import limits
from blocs.report.views.outcomes import OutcomeRow, outcome_groups, said, short_title
from blocs.report.views.questions import questions
from blocs.report.views.scores import MODEL_WORDS, interval, sentences, short_verdict
from blocs.report.words import Names, long_date

PLAIN = str.maketrans({"−": "-", "–": "-", "“": '"', "”": '"', "…": "..."})
WIDE = 100
"""Columns from which outcomes are given their full titles."""
MOST = 7
"""Outcomes shown: those that came true first, then the likeliest."""
QUESTIONS_SHOWN = 4


def print_summary(run: RunResult, console: Console | None = None) -> None:
    """Print a run in under 40 lines of 80 columns, without markup from the scenario's text.

    Args:
        run: what `blocs run` leaves in memory.
        console: where to print; standard output by default. Colours and line signs follow what it can do.
    """
    out = console or Console()
    names = Names.of(run.scenario)
    shown, hidden = _chosen(run, names)

    def title(row: OutcomeRow) -> str:
        return row.title if out.width >= WIDE else short_title(run.scenario, names, row.id)

    _lines(out, [*_head(run), ""])
    if run.scores is None:
        _lines(out, ["The record holds nothing after the forecast start: nothing to score.", ""])
    else:
        out.print(_score_table(run.scores, out))
        _lines(out, [*_other_scores(run.scores), ""])
    out.print(_outcome_table(shown, run.scores is not None, out, title))
    _lines(out, [f"{hidden} less likely outcomes are in the report."] if hidden else [])
    _lines(out, [*_answers(run, names), limits(run)[2]])


def _lines(out: Console, lines: list[str]) -> None:
    for line in lines:
        out.print(_text(line, out), highlight=False)


def _text(words: str, out: Console) -> Text:
    """Return words that no console reads as markup and that its encoding can hold."""
    if not out.encoding.lower().startswith("utf"):
        words = words.translate(PLAIN).encode(out.encoding, "replace").decode(out.encoding)
    return Text(words)


def _head(run: RunResult) -> list[str]:
    fit, ens = run.fit, run.ensemble
    changed = [f"changed: {'; '.join(ens.do)}"] if ens.do else []
    return [
        run.scenario.spec.title,
        f"fitted on {fit.acts} acts to {long_date(fit.until)}{'' if fit.converged else ', NOT converged'}",
        f"forecast {long_date(ens.start)} to {long_date(ens.end)}: {ens.runs} runs, seed {ens.seed}",
        *changed,
    ]


def _score_table(scores: Scores, out: Console) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("one step ahead, against", "gain, nats an act", "verdict"):
        table.add_column(name, overflow="fold")
    for rival, gain in scores.versus.items():
        table.add_row(MODEL_WORDS[rival], _text(interval(gain), out), short_verdict(gain))
    return table


def _other_scores(scores: Scores) -> list[str]:
    return [text.replace(" (Brier score, lower is better)", ", Brier score").replace(
        " (CRPS, lower is better)", ", CRPS") for text in sentences(scores)[-2:]]  # fmt: skip


def _chosen(run: RunResult, names: Names) -> tuple[list[OutcomeRow], int]:
    rows = [row for group in outcome_groups(run, names) for row in group.rows]
    rows.sort(key=lambda r: (not r.came_true, -r.probability))
    return sorted(rows[:MOST], key=lambda r: -r.probability), max(0, len(rows) - MOST)


def _outcome_table(rows: list[OutcomeRow], scored: bool, out: Console, title: Callable[[OutcomeRow], str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("outcome", overflow="fold", ratio=1)
    for name in ("chance", "95% interval", *(("base rate", "recorded") if scored else ())):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for row in rows:
        cells = [row.chance, row.interval, *([row.base, said(row.came_true)] if scored else [])]
        table.add_row(_text(title(row), out), *(_text(cell, out) for cell in cells))
    return table


def _answers(run: RunResult, names: Names) -> list[str]:
    out: list[str] = []
    for q in questions(run, names)[:QUESTIONS_SHOWN]:
        clear = q.clear
        moved = f"{clear[0].moved} points, {clear[0].title}" if clear else "no outcome moves clearly"
        out.append(f"{q.id}: {moved}")
    return ["", "What would have changed it:", *out, ""] if out else [""]
