"""Single files that appear whole or not at all, and what a disk says meanwhile."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from blocs.ground.errors import bad_input


@contextmanager
def draft_file(path: Path, option: str = "--out") -> Generator[Path]:
    """Yield a hidden file beside `path` to write; it takes the name when the block ends well, else it vanishes.

    Raises:
        InputError: the folder does not exist or cannot be written, `path` is a folder, or the disk is full.
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
        with disk_faults(draft, path, option):
            yield draft
            with draft.open("rb") as handle:
                os.fsync(handle.fileno())
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def disk_faults(draft: Path, path: Path, option: str = "--out") -> Generator[None]:
    """Turn what a disk says while a draft is written (full, gone) into an `InputError` about the path it stands for."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None and draft not in (Path(error.filename), *Path(error.filename).parents):
            raise
        why = error.strerror or str(error)
        raise bad_input(option, str(path), f"cannot be written ({why})", "a disk with room") from error


def write_parquet(path: Path, frame: pl.DataFrame, metadata: dict[str, str] | None = None) -> None:
    """Write a Parquet file; `OSError` where the disk does not take it, as for any other file."""
    try:
        frame.write_parquet(path, compression="zstd", metadata=metadata)
    except pl.exceptions.ComputeError as error:
        raise OSError(errno.EIO, str(error).splitlines()[0], str(path)) from error
