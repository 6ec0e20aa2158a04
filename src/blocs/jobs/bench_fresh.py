"""Timings of fresh processes, which start, read, compile and work: what a person waits for the first time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from blocs.ground.errors import BlocsError
from blocs.inference.fit import Fit
from blocs.jobs.bench_row import Clock, Row
from blocs.store.fits import write_fit

BYTECODE = "import blocs.api, blocs.jobs.bench, blocs.cli.main, typer.rich_utils, rich.panel, rich.table, rich.markdown"
PEAK = "import atexit, sys; from blocs.jobs.peak import peak_mb; atexit.register(lambda: print(peak_mb(), file=sys.stderr)); "
"""What a fresh process does first: promise to tell its peak memory as its last line."""
FORECAST = """
from pathlib import Path
from blocs.forecast.simulate import forecast
from blocs.jobs.pipeline import opened, opened_whole
from blocs.scenario.load import with_only
from blocs.store.fits import read_fit
scenario = with_only(opened_whole({name!r}), {only!r}) if {whole} else opened({name!r})
forecast(read_fit(Path({file!r}), scenario), runs={runs})
"""


def fresh(name: str, code: str, repeats: int) -> Row:
    """Time a fresh process that keeps no compiled programs; its peak memory is the largest of the repeats.

    Python keeps its own bytecode, as in an ordinary installation, even where this process was told not to write any.

    Raises:
        BlocsError: the process failed.
    """
    peaks: list[float] = []
    clock = Clock(children=True)
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "BLOCS_CACHE": "off", "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def run(code: str) -> str:
            command = [sys.executable, "-c", code]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise BlocsError(f"bench: {name}: exit {done.returncode}: {done.stderr.strip()[-200:]}")
            return done.stderr

        run(BYTECODE)
        for _ in range(repeats):
            clock(lambda: peaks.append(float(run(PEAK + code).split()[-1])))
    return replace(clock.row(name), peak_mb=max(peaks))


def fresh_forecast(name: str, fit: Fit, scenario: str, runs: int, whole: bool) -> Row:
    """Time a fresh process that reads a fit and forecasts: the memory of a forecast alone is in this row.

    Args:
        name: of the row.
        fit: what to forecast with; its file is written to a temporary folder.
        scenario: name or folder of the scenario of the fit.
        runs: number of histories.
        whole: the fit is of the whole scenario, with some or all of its mechanisms, rather than of the default.
    """
    only = sorted(m.card.name for m in fit.built.model.mechanisms)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fit.json"
        write_fit(file, fit)
        code = FORECAST.format(name=scenario, only=only, file=str(file), runs=runs, whole=whole)
        return fresh(f"{name}, fresh process", code, 1)


__all__ = ["BYTECODE", "fresh", "fresh_forecast"]
