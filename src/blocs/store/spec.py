"""What a run folder holds: file names, kinds and versions (FORMAT.md says what is in each)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MANIFEST = "run.json"
EVENTS = "events.parquet"
STATES = "states.parquet"
FIT = "fit.json"
SCORES = "scores.json"
SCORED = "scored.parquet"
ANSWERS = "answers.json"
REPORT = "report.html"
VIEWS = "views.sql"

VERSIONS: Mapping[str, int] = MappingProxyType(
    {MANIFEST: 1, EVENTS: 1, STATES: 1, FIT: 1, SCORES: 2, SCORED: 1, ANSWERS: 1, VIEWS: 1}
)
"""Version of each file that Blocs writes now; raised when its shape changes, and older ones stay readable."""

KINDS: Mapping[str, str] = MappingProxyType({name: "blocs-" + name.partition(".")[0] for name in VERSIONS})
"""What `format` says in a JSON file and the key `blocs.format` in the metadata of a Parquet file."""

REQUIRED = (MANIFEST, EVENTS, STATES, FIT, SCORES, ANSWERS)
"""Files without which a folder is no run."""
