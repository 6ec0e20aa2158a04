"""Explained acts: what was chosen over what, which effects made the difference, and the acts behind them with pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from blocs.conduct.base import Level
from blocs.conduct.words import words_of
from blocs.forecast.explain import Explanation, LevelExplanation
from blocs.record import dates
from blocs.report.views.effects import QUESTIONS
from blocs.report.words import Names, capital, dated, percent, signed, times
from blocs.scenario.scenario import Scenario

SHOWN = 5
"""Contributions shown of each choice."""


@dataclass(frozen=True)
class Bar:
    """One contribution in log odds: label, what is measured, text, and width in percent of the largest one shown."""

    label: str
    meaning: str
    text: str
    factor: str
    width: float
    positive: bool


@dataclass(frozen=True)
class Choice:
    """One of the four choices of an act."""

    title: str
    chosen: str
    chance: str
    rival: str
    rival_chance: str
    odds: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Behind:
    """An earlier act that weighs in what the actor saw."""

    when: str
    who: str
    what: str
    pages: str
    summary: str


@dataclass(frozen=True)
class ExplainedAct:
    """One act: heading, date, pages and summary as coded, its four choices, and the earlier acts behind it."""

    id: str
    title: str
    when: str
    pages: str
    summary: str
    choices: tuple[Choice, ...]
    because: tuple[Behind, ...]

    @property
    def glossary(self) -> tuple[tuple[str, str], ...]:
        """Label and meaning of every effect shown, each once, in order of the choices."""
        return tuple(dict.fromkeys((b.label, b.meaning) for c in self.choices for b in c.bars))


def explained(scenario: Scenario, names: Names, explanation: Explanation) -> ExplainedAct:
    """Return an explanation as the report shows it; an act that was simulated has neither pages nor summary."""
    key = explanation.title.split(":", 1)[0]
    found = scenario.chronicle.events.filter(pl.col("id") == key)
    choices = tuple(_choice(names, level) for level in explanation.levels)
    because = tuple(_behind(names, row) for row in explanation.because.iter_rows(named=True))
    if found.height == 0:
        return ExplainedAct(key, explanation.title, explanation.when, "", "", choices, because)
    row = found.row(0, named=True)
    act = f"{names.actor(row['source'])} to {names.actor(row['target'])}: {names.act(row['act'])}"
    title = f"{act}, on {names.issue(row['issue'])}"
    when = capital(dated(row["start"], row["end"]))
    return ExplainedAct(key, title, when, names.pages(row["pages"]), row["summary"], choices, because)


def _option(names: Names, level: Level, key: str) -> str:
    if level == "act":
        return names.act(key)
    return names.issue(key) if level == "issue" else names.actor(key)


def _choice(names: Names, x: LevelExplanation) -> Choice:
    top = [r for r in x.contributions.head(SHOWN).iter_rows(named=True) if round(r["contribution"], 2) != 0.0]
    widest = max((abs(r["contribution"]) for r in top), default=1.0)
    bars = tuple(_bar(x.level, r, widest) for r in top)
    return Choice(
        QUESTIONS[x.level], _option(names, x.level, x.chosen), percent(x.probability),
        _option(names, x.level, x.runner_up), percent(x.runner_up_probability), _odds(x.log_odds), bars,
    )  # fmt: skip


def _odds(log_odds: float) -> str:
    if not math.isfinite(log_odds):
        return "no other option was open"
    return f"odds of {times(log_odds)} to 1 over it" if log_odds >= 0 else f"odds of 1 to {times(-log_odds)} against it"


def _bar(level: Level, r: dict[str, Any], widest: float) -> Bar:
    value = float(r["contribution"])
    width = round(100.0 * abs(value) / widest, 1)
    return Bar(*words_of(level, r["effect"]), signed(value), times(value), width, value > 0)


def _when(text: str) -> str:
    """An EDTF date in words; one that is open on a side stays as it is coded."""
    found = dates.bounds(text)
    return text if found.start is None or found.end is None else dated(found.start, found.end)


def _behind(names: Names, r: dict[str, Any]) -> Behind:
    who = f"{names.actor(r['source'])} to {names.actor(r['target'])}"
    what = names.act(r["act"]) + (f", {names.issue(r['issue'])}" if r.get("issue") else "")
    return Behind(_when(str(r["date"])), who, what, names.pages(r.get("pages")), r.get("summary") or "")
