"""The files of a scenario folder, read in one pass into validated entries with their lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from blocs.ground.errors import Fault, bad_input, shown
from blocs.record.event import Event, Position
from blocs.scenario.faults import Faults, near
from blocs.scenario.outcomes import Outcome
from blocs.scenario.reading import Row, fingerprint, read_csv, read_jsonl, validated
from blocs.scenario.spec import Institution, Meeting, Question, Source, Spec, StateEntry
from blocs.scenario.tables import ActCode, Actor, Alias, Issue, Lever, Number, Rung, Tie
from blocs.scenario.yamlread import Marked, read_models, read_yaml

DATA = Path(__file__).parent / "data"
"""Scenarios that come with Blocs, one folder each."""

SPEC = "scenario.yaml"
ENTRIES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "actors.csv": Actor,
        "aliases.csv": Alias,
        "issues.csv": Issue,
        "acts.csv": ActCode,
        "levers.csv": Lever,
        "ladder.csv": Rung,
        "institutions.yaml": Institution,
        "sources.yaml": Source,
        "events.jsonl": Event,
        "positions.jsonl": Position,
        "schedule.yaml": Meeting,
        "outcomes.yaml": Outcome,
        "ties.csv": Tie,
        "state.yaml": StateEntry,
        "questions.yaml": Question,
        "numbers.csv": Number,
    }
)
"""The kind of entry that each file holds; `scenario.yaml` is one document of kind `Spec`."""

OPTIONAL = frozenset({"aliases.csv", "ladder.csv", "numbers.csv", "questions.yaml"})
"""Files that a folder may lack."""

_READERS: Mapping[str, Callable[[Path, Any, Faults], list[Row[Any]]]] = {
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".yaml": read_models,
}


@dataclass(frozen=True)
class Folder:
    """Everything in a folder that is valid by itself; references between entries are not yet checked.

    `spec` is `None` where `scenario.yaml` cannot be read, `spec_lines` has its lines. `entries` has the rows of every
    file by file name. `lost` names files of which entries could not be read at all: their ids are not known, so
    references into them are not judged.
    """

    path: Path
    spec: Row[Spec] | None
    spec_lines: Marked
    entries: Mapping[str, list[Row[Any]]]
    lost: frozenset[str]

    def values(self, name: str) -> list[Any]:
        """Return the entries of a file without their lines."""
        return [row.value for row in self.entries[name]]


def available() -> tuple[str, ...]:
    """Return the names of the scenarios that come with Blocs."""
    return tuple(sorted(entry.name for entry in DATA.iterdir() if (entry / SPEC).is_file()))


def locate(name_or_path: str | Path) -> Path:
    """Return the folder of a scenario: one that comes with Blocs by name, any other by path.

    Raises:
        InputError: there is neither such a name nor such a folder.
    """
    known = available()
    if not isinstance(name_or_path, str | Path):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("scenario", shown(name_or_path), "is no scenario", f"one of {', '.join(known)} or a folder")
    text = str(name_or_path)
    if text in known:
        return DATA / text
    path = Path(name_or_path)
    try:
        found = bool(text.strip()) and path.is_dir()
    except (OSError, ValueError):
        found = False
    if not found:
        raise bad_input("scenario", text, "is no scenario", f"one of {', '.join(known)} or a folder{near(text, known)}")
    return path


def read_folder(path: Path) -> tuple[Folder, list[Fault]]:
    """Return what is valid in a folder, and every fault of a single file or entry."""
    all_faults = {name: Faults(str(path / name)) for name in (SPEC, *ENTRIES)}
    present = {name: _present(path, name, found) for name, found in all_faults.items()}
    marked = read_yaml(path / SPEC, all_faults[SPEC]) if present[SPEC] else None
    spec = _spec(marked, all_faults[SPEC])
    entries = {
        name: _READERS[Path(name).suffix](path / name, model, all_faults[name]) if present[name] else []
        for name, model in ENTRIES.items()
    }
    lost = frozenset(name for name, found in all_faults.items() if found.lost) | _without_ids(entries)
    folder = Folder(path, spec, marked or Marked(None, {}), entries, lost)
    return folder, [fault for found in all_faults.values() for fault in found.all()]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of the names and bytes of a folder's scenario files, as hexadecimal digits."""
    return fingerprint((name, path / name) for name in sorted((SPEC, *ENTRIES)) if (path / name).is_file())


def _without_ids(entries: Mapping[str, list[Row[Any]]]) -> frozenset[str]:
    return frozenset(
        name for name, rows in entries.items() if any(getattr(row.value, "id", "") is None for row in rows)
    )


def _present(path: Path, name: str, faults: Faults) -> bool:
    try:
        if (path / name).is_file():
            return True
        if not (path / name).exists():
            if name not in OPTIONAL:
                faults.lose(0, "file", "is missing", "a file of this name in the folder")
            return False
    except OSError as error:
        faults.lose(0, "file", f"cannot be read ({error.strerror or error})", "a readable file")
        return False
    faults.lose(0, "file", "is not a regular file", "a file of this name in the folder")
    return False


def _spec(marked: Marked | None, faults: Faults) -> Row[Spec] | None:
    return None if marked is None else validated(marked.value, Spec, faults, 1, marked.line)
