"""A run folder back in memory: what was stored is read, what was not is simulated again and compared."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl

from blocs.forecast.ensemble import Ensemble
from blocs.ground.errors import BlocsError, bad_input
from blocs.inference.observation import Assumption
from blocs.jobs.meetings import meetings_held
from blocs.jobs.pipeline import Progress, opened, simulated
from blocs.jobs.result import RunResult
from blocs.store.read import StoredRun, open_run
from blocs.store.spec import MANIFEST


def rebuild(path: str | Path, progress: Progress | None = None) -> RunResult:
    """Return a stored run as an object to report on.

    The states of single runs are not stored; the forecast is made again from the stored fit and seed, and its acts must
    equal those stored, act by act.

    Raises:
        InputError: no whole run folder, or the scenario is gone or no longer the one that was run.
        BlocsError: this machine or version simulates other acts from the same fit and seed.
    """
    stored = open_run(path)
    for name in stored.damaged():
        raise bad_input(str(stored.path / name), "file", "is not what was written", "a file that nobody changed since")
    where = str(stored.path / MANIFEST)
    try:
        facts, started = stored.manifest["forecast"], datetime.fromisoformat(stored.manifest["started"])
        window = date.fromisoformat(facts["start"]), date.fromisoformat(facts["end"])
        plan = int(facts["runs"]), int(facts["seed"]), tuple(facts["do"]), Assumption(facts["about"])
        home, line = str(stored.manifest["scenario"]["where"]), str(stored.manifest["command"])
    except (KeyError, TypeError, ValueError) as error:
        raise bad_input(where, "file", f"is not what Blocs wrote ({error})", "a file as Blocs wrote it") from None
    scenario = opened(home)
    if progress:
        progress("reading the fit", 0, 0)
    fit = stored.fit(scenario)
    runs, seed, do, about = plan
    ensemble = simulated(fit, *window, runs, seed, do, about, progress)
    _same_acts(stored, ensemble)
    found = stored.findings()
    return RunResult(
        scenario, fit, ensemble, stored.scores(), found.explanations, found.answers, found.sensitivity, line, started,
        dict(stored.manifest["seconds"]), meetings_held(ensemble, progress),
    )  # fmt: skip


def _same_acts(stored: StoredRun, ensemble: Ensemble) -> None:
    names = ("source", "target", "act", "issue")
    before, now = stored.events(), ensemble.to_polars()
    as_text = [pl.col(n).cast(pl.String) for n in names]
    if not before.with_columns(as_text).equals(now.with_columns(as_text)):
        made = stored.manifest["versions"]
        raise BlocsError(
            f"{stored.path}: the same fit and seed give other acts here than those stored, which blocs {made['blocs']} "
            f"made on {made['system']} with jax {made['jax']}; use those versions, or run again"
        )
