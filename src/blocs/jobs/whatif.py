"""A forecast with and without interventions, on common random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from blocs.forecast.ask import Answer, compare
from blocs.forecast.ensemble import Ensemble
from blocs.inference.fit import Fit
from blocs.jobs.pipeline import Progress, check_do, simulated


@dataclass(frozen=True)
class WhatIf:
    """A forecast; with interventions also its untouched twin and the paired difference of every outcome."""

    ensemble: Ensemble
    untouched: Ensemble | None = None
    differences: tuple[Answer, ...] = ()


def what_if(
    fit: Fit,
    start: date | None = None,
    end: date | None = None,
    runs: int = 2000,
    seed: int = 0,
    do: Sequence[str] = (),
    about: str = "record",
    progress: Progress | None = None,
) -> WhatIf:
    """Forecast, and where there are interventions compare with the same forecast untouched.

    Raises:
        InputError: as `pipeline.simulated`.
    """
    check_do(fit.built, do, start, end)
    if not do:
        return WhatIf(simulated(fit, start, end, runs, seed, (), about, progress))
    untouched = simulated(fit, start, end, runs, seed, (), about, progress, "simulating untouched")
    changed = simulated(fit, start, end, runs, seed, do, about, progress, "simulating changed")
    text = "; ".join(do)
    return WhatIf(changed, untouched, compare("do", text, untouched, changed, set(fit.built.scenario.outcomes)))
