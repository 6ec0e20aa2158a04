"""Counterfactual answers: how much each outcome moves, with its interval, and what the question set by itself."""

from __future__ import annotations

from typing import Any

from blocs.jobs.questions import telling
from blocs.jobs.result import RunResult
from blocs.report.figures.style import FORECAST, NEUTRAL, blank, hover, whiskers


def answers(result: RunResult, question: str | None = None) -> Any:
    """Return a dot plot of the differences in percentage points, those by construction apart.

    Args:
        result: a run that asked questions.
        question: id of one question, with all its outcomes; by default what each question moves clearly or most.
    """
    mine = [a for a in result.answers if question in (None, a.id)]
    found = telling(mine) if question is None else mine
    fig = blank(height=90 + 26 * max(len(found), 1))
    kinds = (("moved by the question", False, FORECAST), ("set by the question itself", True, NEUTRAL))
    for name, construction, colour in kinds:
        part = [a for a in found if a.by_construction == construction]
        fig.add_scatter(
            x=[100 * a.difference for a in part], y=[f"{a.id}: {a.outcome}" for a in part], mode="markers", name=name,
            marker={"color": colour, "size": 9},
            error_x=whiskers([100 * a.difference for a in part], [(100 * a.lo, 100 * a.hi) for a in part], colour),
            text=[hover([f"{a.id}: {a.text}", a.sentence]) for a in part], hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    fig.add_vline(x=0.0, line={"color": "#1f2328", "width": 1})
    fig.update_xaxes(title_text="difference, percentage points (95% interval)")
    rows = [f"{a.id}: {a.outcome}" for a in reversed(found)]
    fig.update_yaxes(categoryorder="array", categoryarray=rows, dtick=1)
    return fig
