"""Pages that a command fills in: text between two marks is replaced, the rest stays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """The place of a page between `<!-- NAME:begin -->` and `<!-- NAME:end -->`."""

    path: Path
    begin: str
    end: str

    def fill(self, text: str) -> None:
        """Write the text between the marks, in one step: a reader sees the old page or the new one."""
        old = self.path.read_text(encoding="utf-8")
        head, rest = old.split(self.begin, 1)
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        try:
            draft.write_text(f"{head}{self.begin}\n{text}\n{self.end}{rest.split(self.end, 1)[1]}", encoding="utf-8")
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)


def place(page: Path, name: str) -> Place:
    """Return the place of a name in a page; to be called before the work, so that a wrong page costs none.

    Raises:
        InputError: no such page, or no marks of that name in it.
    """
    from blocs.ground.errors import bad_input

    found = Place(page, f"<!-- {name}:begin -->", f"<!-- {name}:end -->")
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if found.begin not in text or found.end not in text.split(found.begin, 1)[1]:
        raise bad_input(str(page), "marks", "has no place for the table", f"{found.begin} and {found.end}")
    return found
