"""Effects in words: which way each pulls, by which factor for one typical step, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from blocs.conduct.base import LEVELS, Level
from blocs.inference.fit import Fit
from blocs.report.words import times

QUESTIONS: dict[Level, str] = {
    "source": "Who acts",
    "target": "Toward whom",
    "act": "With which act",
    "issue": "About what",
}
CLEAR = ("raises", "lowers")


@dataclass(frozen=True)
class EffectRow:
    """One effect: label, what it measures, sentence, factor with interval, and whether the interval leaves out 1.

    `name` is what the command line and Python call it.
    """

    name: str
    label: str
    meaning: str
    sentence: str
    factor: str
    interval: str
    verdict: str
    clear: bool


@dataclass(frozen=True)
class EffectGroup:
    """The effects of one choice, strongest first; `clear` of them have an interval that leaves out "no change"."""

    level: Level
    title: str
    rows: tuple[EffectRow, ...]

    @property
    def clear(self) -> tuple[EffectRow, ...]:
        """Rows with a clear direction."""
        return tuple(r for r in self.rows if r.clear)


def effect_groups(fit: Fit) -> tuple[EffectGroup, ...]:
    """Return the effects by choice."""
    table = fit.to_polars()
    found: list[EffectGroup] = []
    for level in LEVELS:
        rows = [r for r in table.iter_rows(named=True) if r["choice"] == level]
        rows.sort(key=lambda r: (r["verdict"] not in CLEAR, -abs(r["per_step"])))
        found.append(EffectGroup(level, QUESTIONS[level], tuple(_row(r) for r in rows)))
    return tuple(found)


def _row(r: dict[str, Any]) -> EffectRow:
    step = r["step"]
    interval = f"{times(r['lo'] * step)} to {times(r['hi'] * step)}"
    varies = step > 0
    return EffectRow(
        r["effect"], r["label"], r["meaning"], _sentence(r, interval),
        times(r["per_step"]) if varies else "", interval if varies else "",
        r["verdict"] if varies else "never varies in the record", varies and r["verdict"] in CLEAR,
    )  # fmt: skip


def _sentence(r: dict[str, Any], interval: str) -> str:
    if r["step"] <= 0:
        return "never varies in the record used for fitting, so nothing can be said"
    factor = times(r["per_step"])
    if r["verdict"] in CLEAR:
        return f"{r['verdict']} the odds: times {factor} ({interval}) for one typical step"
    if r["verdict"] == "unclear":
        return f"direction not clear: a factor of {factor} ({interval}) for one typical step"
    return f"rests on its prior: the record says next to nothing (factor {factor}, {interval})"
