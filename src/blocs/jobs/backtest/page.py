"""A benchmark as Markdown, for the page of benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

from blocs.jobs.backtest.base import Backtest, Table, cell_text, score_text
from blocs.jobs.bench import machine

COLUMNS = ("forecaster", "metric", "sample", "value (95% interval)", "cases")


def rows(result: Backtest) -> list[tuple[str, ...]]:
    """Return every score as text: forecaster, metric, sample, value with interval, cases."""
    return [
        (
            f"{s.of} - {s.against}" if s.against else s.of,
            s.metric,
            s.sample,
            score_text(s),
            "" if s.n is None else f"{s.n:,}",
        )
        for s in result.scores
    ]


def markdown(result: Backtest) -> str:
    """Return scores, the tables meant for the page, and notes, with what was measured where."""
    parts = [
        f"Measured by `blocs backtest {result.name}` on {machine()}: {result.seconds:.0f} seconds of wall-clock time "
        f"({result.cpu_seconds:.0f} processor seconds), peak memory {result.peak_mb:.0f} MB, seed {result.seed}.",
        _table(COLUMNS, rows(result)),
        *(_titled(t) for t in result.tables if t.page),
        *(f"- {note}" for note in result.notes),
    ]
    return "\n\n".join(parts).replace("\n\n- ", "\n- ").replace("\n- ", "\n\n- ", 1)


def _titled(table: Table) -> str:
    note = f"\n\n{table.note}" if table.note else ""
    return f"**{table.title}**{note}\n\n{_table(table.columns, [[cell_text(c) for c in r] for r in table.rows])}"


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    return "\n".join(lines + [f"| {' | '.join(c.replace('|', '/') for c in row)} |" for row in cells])
