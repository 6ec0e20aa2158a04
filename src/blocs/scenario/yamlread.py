"""YAML to plain values with the line of every entry; no objects, no anchors, no surprises in deep or hostile files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import yaml

from blocs.scenario.faults import Faults, shown
from blocs.scenario.reading import Model, Row, validated, whole

DEEPEST = 32
"""Levels of nesting allowed; libyaml itself is read event by event, which does not recurse."""

Path_ = tuple[Any, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_KEEP_AS_TEXT = {_TAG + "timestamp", _TAG + "str", _TAG + "merge", _TAG + "value", "!"}
_RESOLVER: Any = yaml.SafeLoader("")


class _TooDeep(yaml.MarkedYAMLError):
    """Raised past `DEEPEST`: the only fault after which reading cannot go on."""


class Marked:
    """A value and the line on which each of its parts begins; dates stay text."""

    def __init__(self, value: Any, lines: dict[Path_, int]) -> None:
        self.value = value
        self.lines = lines

    def line(self, loc: Path_) -> int:
        """Return the line of a location, or of the nearest part around it; steps that are no part are passed over."""
        at: Path_ = ()
        for step in loc:
            if (*at, step) in self.lines:
                at = (*at, step)
        return self.lines.get(at, 1)


def read_yaml(path: Path, faults: Faults) -> Marked | None:
    """Return the single document of a YAML file; `None` with a fault where it is not one."""
    text = whole(path, faults)
    if text is None:
        return None
    reader = _Reader(faults)
    try:
        events = _significant(text)
        first = next(events, None)
        if first is None:
            faults.lose(1, "file", "is empty", "a YAML document, [] for an empty list")
            return None
        value = reader.value(first, events, ())
        extra = next(events, None)
        if extra is not None:
            faults.lose(extra.start_mark.line + 1, "file", "holds more than one document", "one YAML document")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.lose(mark.line + 1 if mark else 1, "line", f"is not YAML: {error.problem or error.context}", "YAML")
        return None
    except yaml.YAMLError as error:
        faults.lose(text[: getattr(error, "position", 0)].count("\n") + 1, "file", f"is not YAML: {error}", "YAML")
        return None
    return Marked(value, reader.lines)


def read_models(path: Path, model: type[Model], faults: Faults) -> list[Row[Model]]:
    """Return the entries of a file that is a list of entries (an empty list is `[]`)."""
    marked = read_yaml(path, faults)
    if marked is None:
        return []
    entries = cast("list[Any]", marked.value)
    if not isinstance(entries, list):  # pyright: ignore[reportUnnecessaryIsInstance]
        faults.lose(1, "file", f"is {shown(entries)}", "a list of entries, each begun by '- '")
        return []
    return [
        validated(entry, model, faults, marked.line((n,)), partial(_line_in, marked, n))
        for n, entry in enumerate(entries)
    ]


def _line_in(marked: Marked, number: int, loc: Path_) -> int:
    return marked.line((number, *loc))


def _significant(text: str) -> Iterator[Any]:
    skipped = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
    events = cast("Iterator[Any]", yaml.parse(text, Loader=_LOADER))  # pyright: ignore[reportUnknownMemberType]
    return (event for event in events if not isinstance(event, skipped))


class _Reader:
    """Turns events into values; `lines` has the line of every part by its path."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.lines: dict[Path_, int] = {}

    def value(self, event: Any, events: Iterator[Any], path: Path_) -> Any:
        line = event.start_mark.line + 1
        self.lines[path] = line
        if len(path) > DEEPEST:
            raise _TooDeep(problem=f"nested more than {DEEPEST} levels deep", problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.faults.add(line, "entry", "uses an anchor or alias (& or *)", "every entry written out")
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag and not isinstance(event, yaml.ScalarEvent):
            self.faults.add(line, "entry", f"has the tag {shown(event.tag)}", "plain values without tags")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        return self.mapping(events, path)

    def sequence(self, events: Iterator[Any], path: Path_) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.value(event, events, (*path, len(found))))
        return found

    def mapping(self, events: Iterator[Any], path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = event.start_mark.line + 1
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                self.faults.add(line, "entry", "has a key that is not a word", "field: value")
                self.value(event, events, (*path, ""))
            elif key in found:
                self.faults.add(line, str(key), "is given twice", "each field once")
            value = self.value(next(events), events, (*path, key or ""))
            if key is not None:
                found[key] = value
                self.lines[(*path, key)] = line
        return found

    def scalar(self, event: Any, line: int) -> Any:
        tag: str = event.tag or _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == _TAG + "null":
            return None
        if tag == _TAG + "bool":
            # Only true and false are logical values: `no` is a word (and a country).
            return {"true": True, "false": False}.get(event.value.lower(), event.value)
        if tag in (_TAG + "int", _TAG + "float"):
            return _number(event.value, tag)
        if tag not in _KEEP_AS_TEXT:
            self.faults.add(line, "entry", f"has the tag {shown(tag)}", "plain values without tags")
        return event.value


def _number(text: str, tag: str) -> Any:
    """What Python calls a number: YAML 1.1 would read 1:30 as 90 and 0123 as 83; such words stay text."""
    try:
        return int(text) if tag.endswith("int") else float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
