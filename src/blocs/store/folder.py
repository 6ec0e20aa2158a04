"""Folders that appear whole or not at all: written in a hidden sibling, moved to their name in one step.

A draft is called `.NAME.HOST-PID-RANDOM.partial`; the process behind it may die at any moment, and the next writer of
the same name finds that it is dead and removes what it left.
"""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import shutil
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from blocs.ground.errors import bad_input
from blocs.store.file import disk_faults

_DRAFT = re.compile(r"\.(?P<name>.+)\.(?P<host>[^-]*)-(?P<pid>\d+)-[0-9a-f]{8}\.(?P<kind>partial|old)")
_EXCHANGE = 2
_HERE = -100


@contextmanager
def draft_folder(out: Path, force: bool, is_ours: Callable[[Path], bool]) -> Generator[Path]:
    """Yield a hidden folder to fill; it takes the name `out` when the block ends well, and vanishes when it does not.

    Args:
        out: where the folder shall appear.
        force: replace a folder that is there; it stays readable until the new one takes its place.
        is_ours: tells a folder that may be replaced from any other; another is never touched, `force` or not.

    Raises:
        InputError: `out` exists and may not be replaced, its parent cannot be written, or the disk is full.
    """
    _refuse(out, force, is_ours)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        tidy(out)
        draft = out.parent / _name(out, "partial")
        draft.mkdir()
    except OSError as error:
        raise bad_input(str(out), "folder", f"cannot be written ({error.strerror})", "a folder you may write") from None
    try:
        with disk_faults(draft, out):
            yield draft
            _sync_all(draft)
            _refuse(out, force, is_ours)
            _place(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def tidy(out: Path) -> list[Path]:
    """Remove drafts of `out` whose writers are dead, put back a replaced folder if its successor never came.

    Returns the drafts removed.
    """
    removed: list[Path] = []
    for path in sorted(out.parent.glob(f".{_escaped(out.name)}.*")):
        found = _DRAFT.fullmatch(path.name)
        if not found or found["name"] != out.name or _alive(found["host"], int(found["pid"])):
            continue
        if found["kind"] == "old" and not out.exists():
            path.rename(out)
        else:
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path)
    return removed


def _refuse(out: Path, force: bool, is_ours: Callable[[Path], bool]) -> None:
    if not os.path.lexists(out):
        return
    if not out.is_dir() or out.is_symlink():
        raise bad_input(str(out), "folder", "exists and is no folder", "a name that is free")
    if not any(out.iterdir()):
        return
    if not is_ours(out):
        raise bad_input(str(out), "folder", "exists and holds something other than a run", "a name that is free")
    if not force:
        raise bad_input(str(out), "folder", "already holds a run", "--force to replace it, or another name")


def _place(draft: Path, out: Path) -> None:
    if not out.exists():
        draft.rename(out)
    elif _exchange(draft, out):
        pass  # the draft now holds what was replaced, and goes the way of every draft
    else:
        old = out.parent / _name(out, "old")
        out.rename(old)
        draft.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    _sync(out.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step where the system can (Linux, `renameat2`); False where it cannot."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if swap is None:
        return False
    return swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def _name(out: Path, kind: str) -> str:
    host = re.sub(r"[^A-Za-z0-9_]", "_", socket.gethostname())
    return f".{out.name}.{host}-{os.getpid()}-{secrets.token_hex(4)}.{kind}"


def _alive(host: str, pid: int) -> bool:
    if host != re.sub(r"[^A-Za-z0-9_]", "_", socket.gethostname()):
        return True  # another machine's: only it can tell
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # there, but another user's
    return True


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


def _sync_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
