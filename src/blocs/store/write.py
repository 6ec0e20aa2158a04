"""Write the files of a run into a folder that is not yet visible; `folder.draft_folder` makes it so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.score import Scores
from blocs.inference.fit import Fit
from blocs.scenario.load import where
from blocs.store.answers import Findings, findings_to_dict
from blocs.store.file import write_parquet
from blocs.store.fits import write_fit
from blocs.store.jsonfile import write_json
from blocs.store.scores import scores_to_dict, unscored_to_dict
from blocs.store.spec import ANSWERS, EVENTS, FIT, KINDS, MANIFEST, SCORED, SCORES, STATES, VERSIONS, VIEWS
from blocs.store.versions import versions

VIEWS_SQL = f"""-- {KINDS[VIEWS]} {VERSIONS[VIEWS]}. In this folder: duckdb -init {VIEWS}
CREATE OR REPLACE VIEW events AS FROM '{EVENTS}';
CREATE OR REPLACE VIEW states AS FROM '{STATES}';
CREATE OR REPLACE VIEW outcomes AS SELECT unnest(outcomes, max_depth := 2) FROM '{SCORES}';
CREATE OR REPLACE VIEW answers AS SELECT unnest(answers, max_depth := 2) FROM '{ANSWERS}';
"""


def write_parts(folder: Path, fit: Fit, ensemble: Ensemble, scores: Scores | None, findings: Findings) -> None:
    """Write everything but the report and the manifest."""
    write_fit(folder / FIT, fit)
    write_table(folder / EVENTS, ensemble.to_polars())
    write_table(folder / STATES, ensemble.states_to_polars())
    write_json(folder / SCORES, scores_to_dict(scores) if scores else unscored_to_dict(ensemble))
    if scores:
        write_table(folder / SCORED, scores.acts)
    write_json(folder / ANSWERS, findings_to_dict(findings))
    (folder / VIEWS).write_text(VIEWS_SQL, encoding="utf-8")


def write_table(path: Path, frame: pl.DataFrame, name: str | None = None) -> None:
    """Write a Parquet file with its kind and version in the metadata."""
    key = name or path.name
    meta = {"blocs.format": KINDS[key], "blocs.version": str(VERSIONS[key])}
    write_parquet(path, frame, meta)


def write_manifest(folder: Path, ensemble: Ensemble, facts: Mapping[str, Any]) -> None:
    """Write `run.json`, last: what was run with which versions and seeds, and a hash of every file of data.

    Args:
        folder: with all other files in it.
        ensemble: the forecast.
        facts: what the job knows: command, started, seconds.
    """
    fit, scenario = ensemble.fit, ensemble.fit.built.scenario
    write_json(
        folder / MANIFEST,
        {
            "command": facts["command"],
            "started": facts["started"],
            "seconds": facts["seconds"],
            "versions": versions(),
            "scenario": {"id": scenario.id, "hash": scenario.hash, "where": where(scenario)},
            "fit": {"until": fit.until, "draws": fit.draws, "seed": fit.seed},
            "forecast": {
                "start": ensemble.start, "end": ensemble.end, "runs": ensemble.runs, "seed": ensemble.seed,
                "do": ensemble.do, "about": ensemble.about,
            },
            "files": {p.name: _facts(p) for p in sorted(folder.iterdir()) if p.name in VERSIONS},
        },
    )  # fmt: skip


def _facts(path: Path) -> dict[str, Any]:
    return {"version": VERSIONS[path.name], "bytes": path.stat().st_size, "sha256": sha256(path)}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
