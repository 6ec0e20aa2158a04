"""Bytes to entries with line numbers, whatever the bytes: text lines, JSON lines, CSV rows. Nothing here raises."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from blocs.scenario.faults import Faults, shown

LONGEST_LINE = 1_000_000
"""Bytes a line may have; longer lines are skipped, never held in memory."""

BOM = b"\xef\xbb\xbf"
"""What some editors write before UTF-8 text; it belongs to no entry."""

LARGEST_YAML = 8_000_000
"""Bytes a YAML file may have."""

Model = TypeVar("Model", bound=BaseModel)
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Row(Generic[Model]):
    """One entry and the line on which it begins.

    Where `whole` is false the entry had faults: fields that could not be read hold their default or `None`, the others
    are there, so that a check of references can still find what else is wrong.
    """

    line: int
    value: Model
    whole: bool = True
    parts: Callable[[tuple[Any, ...]], int] | None = field(default=None, compare=False, repr=False)

    def line_of(self, part: tuple[Any, ...]) -> int:
        """Return the line of a part of the entry, named from the outside in (`("when", "event", "act")`)."""
        return self.parts(part) if self.parts else self.line


OPTIONAL_COLUMNS = frozenset({"kinds"})
"""Columns that a table may leave out; all cells are then empty."""


def lines(path: Path, faults: Faults) -> Iterator[tuple[int, str]]:
    """Yield (line number, text without its end); too long a line is a fault and left out."""
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(LONGEST_LINE + 1):
                number += 1
                raw = raw.removeprefix(BOM) if number == 1 else raw
                if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
                    length = len(raw) + _skip_line(stream)
                    faults.lose(number, "line", f"is {length} bytes long and was not read", f"at most {LONGEST_LINE}")
                    continue
                yield number, _decoded(raw, number, faults).rstrip("\r\n")
    except OSError as error:
        faults.lose(0, "file", f"cannot be read ({error.strerror or error})", "a readable file")


def whole(path: Path, faults: Faults) -> str | None:
    """Return the text of a file of at most `LARGEST_YAML` bytes; `None` with a fault where it cannot be read."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_YAML + 1)
    except OSError as error:
        faults.lose(0, "file", f"cannot be read ({error.strerror or error})", "a readable file")
        return None
    if len(raw) > LARGEST_YAML:
        faults.lose(0, "file", "is too large and was not read", f"at most {LARGEST_YAML} bytes")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.lose(raw[: error.start].count(b"\n") + 1, "line", "is not UTF-8", "UTF-8 text")
        return None


def fingerprint(files: Iterable[tuple[str, Path]]) -> str:
    """Return the SHA-256 of names and bytes of files, in the order given, read block by block."""
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(f"{name}:{path.stat().st_size}:".encode())
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def read_jsonl(path: Path, model: type[Model], faults: Faults) -> list[Row[Model]]:
    """Return the valid entries of a JSON Lines file; blank lines are skipped, every other line must be one object."""
    rows: list[Row[Model]] = []
    for number, text in lines(path, faults):
        if not text.strip():
            continue
        try:
            entry = json.loads(text, object_pairs_hook=_no_repeats)
            rows.append(validated(entry, model, faults, number, lambda _, at=number: at))
        except json.JSONDecodeError as error:
            why = error.msg.removesuffix(" starting at")
            faults.lose(number, "line", f"is not JSON at character {error.colno}: {why}", "one JSON object")
        except (ValueError, RecursionError) as error:
            faults.lose(number, "line", _reason(error), "one JSON object")
    return rows


def read_csv(path: Path, model: type[Model], faults: Faults) -> list[Row[Model]]:
    """Return the entries of a CSV file whose header names the fields of `model`, in any order."""
    table = csv.reader(_csv_lines(path, faults), strict=True)
    rows: list[Row[Model]] = []
    header: list[str] | None = None
    begins = 1
    while True:
        try:
            cells = next(table, None)
        except csv.Error as error:
            faults.lose(begins, "line", f"is not CSV: {error}", "cells parted by commas, quotes closed")
            begins = table.line_num + 1
            continue
        if cells is None:
            break
        if header is None:
            header = _header(cells, model, faults)
        elif cells:
            rows.append(_row(begins, cells, header, model, faults))
        begins = table.line_num + 1
    if header is None and not faults.found:
        faults.lose(1, "columns", "are missing: the file is empty", ",".join(_columns(model)))
    return rows


def validated(
    entry: Any, model: type[Model], faults: Faults, line: int, line_of: Callable[[tuple[Any, ...]], int]
) -> Row[Model]:
    """Return an entry as a row; with faults, as much of it as can be read."""
    try:
        return Row(line, model.model_validate(entry), parts=line_of)
    except ValidationError as error:
        faults.add_validation(error, line_of)
        return Row(line, _salvaged(entry, model), whole=False, parts=line_of)


def _salvaged(entry: Any, model: type[Model]) -> Model:
    given: Mapping[str, Any] = cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else {}
    values: dict[str, Any] = {}
    for name, (key, adapter) in _adapters(model).items():
        try:
            values[name] = adapter.validate_python(given[key])
        except (KeyError, ValidationError):
            if model.model_fields[name].is_required():
                values[name] = _nothing(adapter)
    return model.model_construct(**values)


def _nothing(adapter: TypeAdapter[Any]) -> tuple[Any, ...] | None:
    """An empty list for a field that is a list, else `None`."""
    try:
        adapter.validate_python(())
    except ValidationError:
        return None
    return ()


@cache
def _adapters(model: type[BaseModel]) -> Mapping[str, tuple[str, TypeAdapter[Any]]]:
    """Key in the file and validator of each field, as strict as the model itself."""
    config = ConfigDict(strict=model.model_config.get("strict", False), allow_inf_nan=False)
    found: dict[str, tuple[str, TypeAdapter[Any]]] = {}
    annotated: Any = Annotated
    for name, info in model.model_fields.items():
        plain: Any = info.annotation
        kind: Any = annotated[(plain, *info.metadata)] if info.metadata else plain
        found[name] = (info.alias or name, TypeAdapter(kind, config=None if _is_model(plain) else config))
    return found


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _csv_lines(path: Path, faults: Faults) -> Iterator[str]:
    """Lines for the CSV reader; a line that was left out stays as an empty one, so that numbers keep their place."""
    expected = 1
    for number, text in lines(path, faults):
        yield from ("\n" for _ in range(expected, number))
        yield text + "\n"
        expected = number + 1


def _header(cells: Sequence[str], model: type[BaseModel], faults: Faults) -> list[str]:
    known = _columns(model)
    names = [cell.strip() for cell in cells]
    problems = [f"lack {name!r}" for name in known if name not in names and name not in OPTIONAL_COLUMNS]
    problems += [f"have an unknown {shown(name)}" for name in dict.fromkeys(names) if name not in known]
    problems += [f"repeat {name!r}" for name in dict.fromkeys(names) if names.count(name) > 1]
    if not set(known) & set(names):
        problems = ["are not named on the first line"]
    for problem in problems:
        faults.add(1, "columns", problem, ",".join(known))
    return names


def _row(line: int, cells: Sequence[str], header: Sequence[str], model: type[Model], faults: Faults) -> Row[Model]:
    known = _columns(model)
    filled = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip() and name in known}
    if len(cells) != len(header):
        faults.add(line, "row", f"has {len(cells)} cells", f"{len(header)} as in the header")
    elif set(known) - OPTIONAL_COLUMNS <= set(header) <= set(known):
        return validated(filled, model, faults, line, lambda _: line)
    # Cells of a broken row or table may stand under the wrong name: only the id is trusted.
    return Row(line, _salvaged({key: filled[key] for key in ("id",) if key in filled}, model), whole=False)


def _columns(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _skip_line(stream: BinaryIO) -> int:
    """Read to the end of the line without keeping it; return the number of bytes."""
    skipped = 0
    while block := stream.readline(_BLOCK):
        skipped += len(block.rstrip(b"\n"))
        if block.endswith(b"\n"):
            break
    return skipped


def _decoded(raw: bytes, number: int, faults: Faults) -> str:
    """Text of a line; what is not UTF-8 is a fault and read on with a mark in its place."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.add(number, "line", f"is not UTF-8 at byte {error.start + 1}", "UTF-8 text")
        return raw.decode("utf-8", errors="replace")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"gives {shown(twice)} twice")
    return entry


def _reason(error: Exception) -> str:
    return "is nested too deeply" if isinstance(error, RecursionError) else str(error)
