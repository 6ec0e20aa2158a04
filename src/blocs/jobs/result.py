"""What a whole run leaves in memory: the fit, the forecast, its scores, explanations and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from blocs.forecast.ask import Answer
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.explain import Explanation
from blocs.forecast.score import Scores
from blocs.inference.fit import Fit
from blocs.jobs.meetings import MeetingHeld
from blocs.scenario.scenario import Scenario


@dataclass(frozen=True, repr=False)
class RunResult:
    """One run of a scenario: fitted on what precedes the forecast, forecast, scored on what follows.

    `scores` is `None` where the record holds nothing after the forecast start. `explanations` are of key recorded acts,
    `answers` of the scenario's counterfactual questions. `sensitivity` has the columns assumption, outcome, probability
    and rank. `command` and `started` (UTC) say what was asked and when, `seconds` how long each stage took. `meetings` are the
    great meetings of the period, held in some runs.
    """

    scenario: Scenario
    fit: Fit
    ensemble: Ensemble
    scores: Scores | None
    explanations: tuple[Explanation, ...]
    answers: tuple[Answer, ...]
    sensitivity: pl.DataFrame
    command: str
    started: datetime
    seconds: Mapping[str, float]
    meetings: tuple[MeetingHeld, ...] = ()

    def __repr__(self) -> str:
        scored = repr(self.scores) if self.scores else "nothing recorded to score on"
        return f"RunResult({self.scenario.id!r}: {self.fit!r}; {self.ensemble!r}; {scored})"
