"""Outcomes as rows of a table, grouped by family: forecast, base rate, record, and which of the two came closer."""

from __future__ import annotations

from dataclasses import dataclass

from blocs.forecast.outcomes import OutcomeForecast, forecast_outcomes
from blocs.forecast.score import OutcomeScore
from blocs.jobs.result import RunResult
from blocs.report.words import NONE, Names, capital, dated, month, percent
from blocs.scenario.scenario import Scenario

NOT_KNOWN = "not known"
TIE = 0.005
"""Difference in probability below which forecast and base rate count as equally close to the record."""


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome; shares are 0..1 for the strip, texts are ready to print. `closer` is forecast, base rate or tie.

    `came_true` is `None` where nothing was scored, or where it is not known whether it came true.
    """

    id: str
    title: str
    probability: float
    lo: float
    hi: float
    baseline: float | None
    chance: str
    interval: str
    base: str
    median: str
    recorded: str
    came_true: bool | None
    closer: str


@dataclass(frozen=True)
class OutcomeGroup:
    """A family of outcomes, likeliest first."""

    title: str
    note: str
    rows: tuple[OutcomeRow, ...]


def title_of(scenario: Scenario, names: Names, key: str) -> str:
    """Return the title of an outcome with the actor's short name in place of its id."""
    return naming(names, key, scenario.outcomes[key].title) if key in scenario.outcomes else key


def naming(names: Names, key: str, text: str) -> str:
    """Return a text about an outcome with the id of its actor (the part after the point) replaced by the short name."""
    return names.plain(text, [key.split(".", 1)[1]] if "." in key else [])


def short_title(scenario: Scenario, names: Names, key: str) -> str:
    """Return a label for a picture: family and actor, or the id in words."""
    family, _, who = key.partition(".")
    head = capital(family.replace("_", " "))
    return f"{head}: {names.actor(who)}" if who else head


def outcome_groups(run: RunResult, names: Names) -> tuple[OutcomeGroup, ...]:
    """Return every outcome of a run, by family in the scenario's order, single outcomes together at the end."""
    rows = _rows(run, names)
    families: dict[str, list[OutcomeRow]] = {}
    for row in rows:
        families.setdefault(row.id.split(".")[0], []).append(row)
    many = [(key, found) for key, found in families.items() if len(found) > 1]
    single = [row for found in families.values() if len(found) == 1 for row in found]
    groups = [_group(run.scenario, key, found) for key, found in many]
    if single:
        groups.append(OutcomeGroup("Single outcomes" if groups else "Outcomes", "", _sorted(single)))
    return tuple(groups)


def _group(scenario: Scenario, family: str, rows: list[OutcomeRow]) -> OutcomeGroup:
    note = next((o.note for o in scenario.outcomes.values() if o.id.split(".")[0] == family and o.note), "")
    return OutcomeGroup(capital(family.replace("_", " ")), note, _sorted(rows))


def _sorted(rows: list[OutcomeRow]) -> tuple[OutcomeRow, ...]:
    return tuple(sorted(rows, key=lambda r: -r.probability))


def _rows(run: RunResult, names: Names) -> list[OutcomeRow]:
    if run.scores is None:
        return [_unscored(run.scenario, names, o) for o in forecast_outcomes(run.ensemble)]
    return [_scored(run.scenario, names, o) for o in run.scores.outcomes]


def _scored(scenario: Scenario, names: Names, o: OutcomeScore) -> OutcomeRow:
    recorded = _recorded(o)
    return OutcomeRow(
        o.id, title_of(scenario, names, o.id), o.probability, o.lo, o.hi, o.baseline, percent(o.probability),
        f"{percent(o.lo)} to {percent(o.hi)}", percent(o.baseline), month(o.median_date), recorded, o.recorded,
        closer(o.probability, o.baseline, o.recorded),
    )  # fmt: skip


def _unscored(scenario: Scenario, names: Names, o: OutcomeForecast) -> OutcomeRow:
    return OutcomeRow(
        o.id, title_of(scenario, names, o.id), o.probability, o.lo, o.hi, None, percent(o.probability),
        f"{percent(o.lo)} to {percent(o.hi)}", NONE, month(o.dates[1]), NONE, None, NONE,
    )  # fmt: skip


def said(recorded: bool | None) -> str:
    """Return what the record says of an outcome in a word or two."""
    return NOT_KNOWN if recorded is None else "yes" if recorded else "no"


def _recorded(o: OutcomeScore) -> str:
    if not o.recorded:
        return said(o.recorded)
    return f"yes, {dated(o.recorded_from, o.recorded_to)}" if o.recorded_from and o.recorded_to else "yes"


def closer(probability: float, baseline: float, recorded: bool | None) -> str:
    """Return which of forecast and base rate lies closer to what the record says; a dash where that is not known."""
    if recorded is None:
        return NONE
    gain = abs(baseline - recorded) - abs(probability - recorded)
    if abs(gain) < TIE:
        return "tie"
    return "forecast" if gain > 0 else "base rate"
