"""Forest of effects: the factor by which one typical step of each effect changes the odds of a choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from blocs.conduct.base import LEVELS, Level
from blocs.inference.fit import Fit
from blocs.report.figures.style import COLD, NEUTRAL, WARM, blank, folded, hover, whiskers

COLOURS = {"raises": WARM, "lowers": COLD}
ROW = 34
"""Pixels of one effect: two lines of its label."""
WIDEST = 3.5
"""Log odds at which intervals are cut off in the picture: a factor of 33."""


def effects(fit: Fit, level: Level | None = None, clear: bool = False) -> Any:
    """Return the forest of effects, one row an effect, on a logarithmic axis of factors.

    Args:
        fit: a fitted model.
        level: one choice (source, target, act, issue); all by default.
        clear: only effects whose interval leaves out "no change".
    """
    label = pl.col("label") if level is not None else pl.concat_str(pl.col("choice"), pl.lit(": "), pl.col("label"))
    table = fit.to_polars().filter(pl.col("step") > 0).with_columns(label.alias("label"))
    if level is not None:
        table = table.filter(pl.col("choice") == level)
    if clear:
        table = table.filter(pl.col("verdict").is_in(["raises", "lowers"]))
    order = {name: n for n, name in enumerate(LEVELS)}
    table = table.with_columns(pl.col("choice").replace_strict(order, return_dtype=pl.Int32).alias("n"))
    table = table.sort(pl.col("n"), pl.col("per_step"), descending=[True, False])
    table = table.with_columns(pl.Series("row", [folded(label) for label in table["label"]], dtype=pl.String))
    fig = blank(height=104 + ROW * max(table.height, 1))
    for verdict, kind in (("raises", "raises"), ("lowers", "lowers"), (None, "not clear, or resting on its prior")):
        chosen = pl.col("verdict") == verdict if verdict else ~pl.col("verdict").is_in(["raises", "lowers"])
        _points(fig, table.filter(chosen), kind, COLOURS.get(verdict or "", NEUTRAL))
    fig.add_vline(x=1.0, line={"color": "#1f2328", "width": 1})
    low, high = _range(table)
    fig.update_xaxes(type="log", range=[low, high], title_text="odds multiplied by", **_ticks())
    fig.update_yaxes(
        categoryorder="array", categoryarray=table["row"].to_list(), dtick=1, range=[-0.7, table.height - 0.3]
    )
    return fig


def _range(table: pl.DataFrame) -> tuple[float, float]:
    ends = np.concatenate(
        [(table["lo"] * table["step"]).to_numpy(), (table["hi"] * table["step"]).to_numpy(), [-0.7, 0.7]]
    )
    cut = np.clip(ends, -WIDEST, WIDEST) / np.log(10)
    return float(cut.min()) - 0.03, float(cut.max()) + 0.03


def _ticks() -> dict[str, Any]:
    values = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
    return {"tickvals": values, "ticktext": [f"×{v:g}" for v in values]}


def _points(fig: Any, table: pl.DataFrame, name: str, colour: str) -> None:
    rows = list(table.iter_rows(named=True))
    centre = [float(np.exp(np.clip(r["per_step"], -WIDEST, WIDEST))) for r in rows]
    ends = [[float(np.exp(np.clip(r[c] * r["step"], -WIDEST, WIDEST))) for r in rows] for c in ("lo", "hi")]
    fig.add_scatter(
        x=[round(c, 4) for c in centre], y=[r["row"] for r in rows], mode="markers", name=name,
        marker={"color": colour, "size": 8},
        error_x=whiskers(centre, list(zip(*ends, strict=True)), colour),
        text=[_tip(r) for r in rows], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _tip(row: dict[str, Any]) -> str:
    step = row["step"]
    factor, lo, hi = (float(np.exp(np.clip(row[c] * step, -20, 20))) for c in ("estimate", "lo", "hi"))
    return hover(
        [row["label"], row["meaning"], f"factor {factor:.2g}, 90% interval {lo:.2g} to {hi:.2g}: {row['verdict']}"]
    )
