"""Open a run folder: the manifest, tables, fit, scores and findings, and DuckDB over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.exceptions import PolarsError

from blocs.forecast.score import Scores
from blocs.ground.errors import bad_input
from blocs.inference.fit import Fit
from blocs.scenario.scenario import Scenario
from blocs.store.answers import Findings, findings_from_dict
from blocs.store.fits import read_fit
from blocs.store.jsonfile import read_json
from blocs.store.scores import scores_from_dict
from blocs.store.spec import ANSWERS, EVENTS, FIT, KINDS, MANIFEST, REQUIRED, SCORED, SCORES, STATES, VERSIONS
from blocs.store.write import sha256

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, repr=False)
class StoredRun:
    """A run on disk. `manifest` is `run.json`; everything else is read when asked for."""

    path: Path
    manifest: Mapping[str, Any]

    def events(self) -> pl.DataFrame:
        """Return the simulated acts: run, date, source, target, act, issue."""
        return read_table(self.path / EVENTS)

    def states(self) -> pl.DataFrame:
        """Return quantiles of watched quantities by date: date, quantity, actor, toward, mean, q05 ... q95."""
        return read_table(self.path / STATES)

    def scores(self) -> Scores | None:
        """Return the scores, `None` where nothing recorded followed the forecast start."""
        data = read_json(self.path / SCORES)
        acts = read_table(self.path / SCORED) if data.get("scored") else pl.DataFrame()
        return scores_from_dict(data, acts, str(self.path / SCORES))

    def findings(self) -> Findings:
        """Return explanations, answers and sensitivity."""
        return findings_from_dict(read_json(self.path / ANSWERS), str(self.path / ANSWERS))

    def fit(self, scenario: Scenario) -> Fit:
        """Return the fit, ready to forecast with; `scenario` must be the one it was fitted to."""
        return read_fit(self.path / FIT, scenario)

    def sql(self, query: str) -> pl.DataFrame:
        """Run one DuckDB query over the views events, states, outcomes and answers."""
        with self.connect() as connection:
            return connection.sql(query).pl()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return an in-memory DuckDB connection with views events, states, outcomes and answers on the files."""
        import duckdb

        connection = duckdb.connect()
        for view, source in (("events", EVENTS), ("states", STATES)):
            connection.execute(f"CREATE VIEW {view} AS FROM {_quoted(self.path / source)}")
        for view, source in (("outcomes", SCORES), ("answers", ANSWERS)):
            rows = f"SELECT unnest({view}, max_depth := 2) FROM {_quoted(self.path / source)}"
            connection.execute(f"CREATE VIEW {view} AS {rows}")
        return connection

    def damaged(self) -> list[str]:
        """Return the files whose bytes are not those that were written."""
        files = self.manifest["files"]
        return [name for name, facts in files.items() if sha256(self.path / name) != facts["sha256"]]

    def __repr__(self) -> str:
        m = self.manifest
        cast, fit = m["forecast"], m["fit"]
        return (
            f"StoredRun({str(self.path)!r}: {m['scenario']['id']} fitted to {fit['until']}, {cast['start']}.."
            f"{cast['end']}, {cast['runs']} runs, seed {cast['seed']}, blocs {m['versions']['blocs']})"
        )


def open_run(path: str | Path) -> StoredRun:
    """Open a run folder.

    Raises:
        InputError: no folder, no run, a file is missing or cut short, or a later version wrote it.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise bad_input(str(folder), "folder", "does not exist", "a run folder, as `blocs run` writes it")
    manifest = read_json(folder / MANIFEST)
    entries = manifest.get("files")
    if not isinstance(entries, dict) or any(key not in manifest for key in ("scenario", "fit", "forecast", "versions")):
        raise bad_input(str(folder / MANIFEST), "file", "lacks entries", "a file as Blocs wrote it")
    for name in {**dict.fromkeys(REQUIRED[1:]), **entries}:
        _complete(folder / name, entries.get(name, {}))
    return StoredRun(folder, manifest)


def is_run(path: Path) -> bool:
    """Return whether a folder holds a run (whole or damaged): it has the manifest of one."""
    return (path / MANIFEST).is_file()


def read_table(path: Path, name: str | None = None) -> pl.DataFrame:
    """Read a Parquet file of a known kind; `InputError` where it is missing, broken or of a later version."""
    key = name or path.name
    try:
        meta = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path)
    except (OSError, PolarsError) as error:
        problem = "is missing" if isinstance(error, FileNotFoundError) else "is no whole Parquet file"
        raise bad_input(str(path), "file", problem, f"a {KINDS[key]} file") from None
    version = meta.get("blocs.version", "")
    if meta.get("blocs.format") != KINDS[key] or not version.isdigit() or int(version) > VERSIONS[key]:
        found = f"{meta.get('blocs.format')} {version}".strip()
        raise bad_input(str(path), "format", f"is {found}", f"{KINDS[key]} up to {VERSIONS[key]}")
    return frame


def _complete(path: Path, facts: Mapping[str, Any]) -> None:
    if not path.is_file():
        raise bad_input(str(path), "file", "is missing", "a whole run folder")
    size = path.stat().st_size
    if size != facts.get("bytes"):
        raise bad_input(str(path), "file", f"has {size} bytes", f"{facts.get('bytes')}: the run folder is damaged")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
