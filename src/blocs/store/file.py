"""Single files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from blocs.ground.errors import bad_input


@contextmanager
def draft_file(path: Path, option: str = "--out") -> Generator[Path]:
    """Yield a hidden file beside `path` to write; it takes the name when the block ends well, else it vanishes.

    Raises:
        InputError: the folder does not exist or cannot be written, or `path` is a folder.
    """
    if path.is_dir():
        raise bad_input(option, str(path), "is a folder", "a file name")
    draft = path.parent / f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.partial"
    try:
        draft.touch(exist_ok=False)
    except OSError as error:
        raise bad_input(
            option, str(path), f"cannot be written ({error.strerror})", "a file in a folder that exists"
        ) from None
    try:
        yield draft
        with draft.open("rb") as handle:
            os.fsync(handle.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
