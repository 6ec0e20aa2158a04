"""Errors a person can act on: where, what is wrong, what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_SHOWN = 60
_LONGEST = 800


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in something a person wrote.

    `where` is a file name, a command-line option or another place a person can open; `line` is 1-based, or 0 when
    lines make no sense there; `field` names the entry at fault.
    """

    where: str
    line: int
    field: str
    problem: str
    expected: str = ""

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        tail = f", expected {_cut(self.expected)}" if self.expected else ""
        # whatever a person or a file gave stays one line that can be read
        return one_line(f"{place}: {_cut(self.field)}: {_cut(self.problem)}{tail}")


def shown(value: Any) -> str:
    """Return a short, one-line form of a value that a person wrote."""
    text = repr(value[: _SHOWN + 1]) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def one_line(text: str) -> str:
    """Return text on one line, with the codes of what cannot be printed."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else f"\\x{ord(c):02x}" for c in text).split())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


class BlocsError(Exception):
    """Base of every error that Blocs raises on purpose."""


class InputError(BlocsError):
    """Something a person gave is wrong. The command line prints one line a fault and exits with code 2."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


def bad_input(where: str, field: str, problem: str, expected: str = "", line: int = 0) -> InputError:
    """Return an `InputError` with a single fault, to be raised by the caller."""
    return InputError(Fault(where, line, field, problem, expected))
