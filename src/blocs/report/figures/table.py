"""A pooled table of a fit as a heat map: which options each row makes likelier."""

from __future__ import annotations

from typing import Any

import numpy as np

from blocs.conduct.base import Level, option_names
from blocs.conduct.words import words_of
from blocs.inference.fit import Fit
from blocs.report.figures.style import DIVERGING, blank


def table(fit: Fit, level: Level, name: str) -> Any:
    """Return the heat map of one table, log odds against the average option.

    Args:
        fit: a fitted model.
        level: its choice (source, target, act, issue).
        name: of the table, as `blocs effects` lists it.

    Raises:
        InputError: no such table.
    """
    long = fit.table_of(level, name)
    options = list(option_names(fit.built.model.world, level))
    rows = long["row"].unique(maintain_order=True).to_list()
    value = long["value"].to_numpy().reshape(len(rows), len(options))
    most = max(float(np.abs(value).max()), 1e-6)
    fig = blank(height=130 + 18 * len(rows), legend=False)
    fig.add_heatmap(
        z=np.round(value, 3).tolist(), x=options, y=rows, zmin=-most, zmax=most,
        colorscale=[[at, colour] for at, colour in DIVERGING], colorbar={"title": {"text": "log odds"}},
        hovertemplate="%{y}, %{x}: %{z:+.2f}<extra></extra>",
    )  # fmt: skip
    fig.update_yaxes(autorange="reversed", dtick=1)
    fig.update_xaxes(title_text=words_of(level, name).label)
    return fig
