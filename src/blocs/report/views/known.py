"""How the source knew of the acts that the model learns from: what the record itself shows about visibility."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from blocs.inference.observation import how_known
from blocs.jobs.result import RunResult
from blocs.report.words import NONE, percent

SIDES = ("side", "present", "absent")
"""Where the narrator stood, in the order of the columns."""


@dataclass(frozen=True)
class KnownView:
    """Dated acts by how the source knew of them.

    `sentence` sums them up; `acts` holds how many there are with the narrator's side as a party, with it in the room, and
    without it; each of `tables` a heading and rows, of which each has the shares (texts) in the same order.
    """

    sentence: str
    acts: tuple[int, ...]
    tables: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]


def known_view(run: RunResult) -> KnownView | None:
    """Return how the source knew of dated acts; `None` where the scenario has no narrator or no such acts."""
    table = how_known(run.fit.built)
    if not run.scenario.roles.get("narrator") or table.is_empty():
        return None
    total = {side: int(table.filter(pl.col("narrator") == side)["acts"].sum()) for side in SIDES}
    acts, absent = sum(total.values()), total["absent"]
    seen = int(table.filter((pl.col("narrator") == "absent") & (pl.col("channel") == "public"))["acts"].sum())
    sentence = (
        f"Of {acts} dated acts, {total['side']} ({percent(total['side'] / acts)}) have the narrator's side as a party, and it "
        f"was in the room at {total['present']} more."
    )
    if absent:
        sentence += f" Of the {absent} others, {percent(seen / absent)} were done in public."
    tables = tuple(
        (title, _shares(table, by, total)) for title, by in (("Known through", "basis"), ("Done", "channel"))
    )
    return KnownView(sentence, tuple(total.values()), tables)


def _shares(table: pl.DataFrame, by: str, total: dict[str, int]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each value of a column with its share of the acts of every side, the commonest first."""
    counts = table.group_by(by).agg(
        pl.col("acts").sum().alias("all"),
        *(pl.col("acts").filter(pl.col("narrator") == side).sum().alias(side) for side in SIDES),
    )
    return tuple(
        (str(row[by]).replace("_", " "), tuple(percent(row[s] / total[s]) if total[s] else NONE for s in SIDES))
        for row in counts.sort(["all", by], descending=[True, False]).iter_rows(named=True)
    )
