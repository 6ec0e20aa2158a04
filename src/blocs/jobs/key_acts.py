"""Which recorded acts a run explains: the gravest of the forecast period."""

from __future__ import annotations

from datetime import date

import polars as pl

from blocs.inference.tape import usable_acts
from blocs.scenario.build import Built


def key_acts(built: Built, start: date, end: date, count: int = 3) -> tuple[str, ...]:
    """Return ids of the gravest recorded acts of a period, one for each pair of actors.

    Gravest is highest on the ladder of coercion, then most hostile by the coder's score, then most certain; ties go to
    the earlier entry of the record. Where the period holds no act, those before it are taken.
    """
    acts = usable_acts(built)
    inside = acts.filter((pl.col("start") >= start) & (pl.col("end") <= end))
    acts = inside if inside.height else acts.filter(pl.col("end") < start)
    rung = {a.id: float(a.rung or 0) for a in built.scenario.acts.values()}
    ranked = acts.with_columns(
        pl.col("act").replace_strict(rung, default=0.0, return_dtype=pl.Float64).alias("rung")
    ).sort(
        "rung", "cooperation", "confidence", "number", descending=[True, False, True, False], nulls_last=True
    )  # fmt: skip
    chosen = ranked.unique(["source", "target"], keep="first", maintain_order=True).head(count)
    return tuple(chosen["id"].to_list())
