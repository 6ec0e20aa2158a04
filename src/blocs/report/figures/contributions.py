"""What each effect added to an act being chosen over the likeliest other option, choice by choice."""

from __future__ import annotations

from typing import Any

from blocs.conduct.base import Level
from blocs.conduct.words import words_of
from blocs.forecast.explain import Explanation
from blocs.report.figures.style import COLD, WARM, blank, folded, hover

SHOWN = 6
"""Effects of each choice, those that weigh most."""
ROW = 34


def contributions(explanation: Explanation, level: Level | None = None, shown: int = SHOWN) -> Any:
    """Return bars in log odds: to the right what speaks for the option chosen, to the left what speaks against it.

    Args:
        explanation: of an act, recorded or simulated.
        level: one choice (source, target, act, issue); all by default.
        shown: effects of each choice, the weightiest first.
    """
    rows: list[tuple[str, float, str]] = []
    for x in explanation.levels:
        if level not in (None, x.level):
            continue
        for r in x.contributions.head(shown).iter_rows(named=True):
            label, meaning = words_of(x.level, r["effect"])
            named = label if level is not None else f"{x.level}: {label}"
            rows.append((folded(named), float(r["contribution"]), hover([named, meaning, f"{r['contribution']:+.2f}"])))
    fig = blank(height=70 + ROW * max(len(rows), 1), legend=False)
    fig.add_bar(
        x=[round(value, 4) for _, value, _ in rows], y=[label for label, _, _ in rows], orientation="h",
        marker={"color": [WARM if value > 0 else COLD for _, value, _ in rows]},
        text=[tip for *_, tip in rows], textposition="none", hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    fig.update_xaxes(title_text="log odds over the likeliest other option")
    fig.update_yaxes(categoryorder="array", categoryarray=[label for label, *_ in reversed(rows)], dtick=1)
    return fig
