"""Folders and files that appear whole or not at all, whatever kills the writer."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.store.file import draft_file, write_parquet
from blocs.store.folder import draft_folder, tidy


def ours(path: Path) -> bool:
    return (path / "last").is_file()


def write(out: Path, text: str = "x", force: bool = False) -> None:
    with draft_folder(out, force, ours) as draft:
        for n in range(5):
            (draft / f"part{n}").write_text(text)
        (draft / "last").write_text(text)


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name.startswith("."))


def test_a_folder_appears_with_all_its_files(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "run")
    assert len(list((tmp_path / "deep" / "run").iterdir())) == 6
    assert leftovers(tmp_path / "deep") == []


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with draft_folder(tmp_path / "run", False, ours) as draft:
            (draft / "last").write_text("x")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_whole_folder_is_replaced_only_by_force_and_another_never(tmp_path: Path) -> None:
    out = tmp_path / "run"
    write(out, "old")
    with pytest.raises(InputError, match=r"already holds a run, expected --force"):
        write(out, "new")
    assert (out / "last").read_text() == "old"
    write(out, "new", force=True)
    assert {p.read_text() for p in out.iterdir()} == {"new"}
    assert leftovers(tmp_path) == []
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter").write_text("years of work")
    with pytest.raises(InputError, match="something other than a run"):
        write(other, force=True)
    assert (other / "chapter").read_text() == "years of work"


def test_an_empty_folder_may_be_filled_a_file_may_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is no folder"):
        write(tmp_path / "file", force=True)
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / "file" / "below")


def test_replacing_without_a_swap_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blocs.store.folder._exchange", lambda one, other: False)
    write(tmp_path / "run", "old")
    write(tmp_path / "run", "new", force=True)
    assert (tmp_path / "run" / "last").read_text() == "new"
    assert leftovers(tmp_path) == []


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_drafts_of_the_dead_are_removed_those_of_the_living_kept(tmp_path: Path) -> None:
    host = os.uname().nodename
    safe = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in host)
    dead = tmp_path / f".run.{safe}-{dead_pid()}-0123abcd.partial"
    alive = tmp_path / f".run.{safe}-{os.getppid()}-0123abcd.partial"
    elsewhere = tmp_path / f".run.{safe}x-{dead_pid()}-0123abcd.partial"
    another = tmp_path / f".run2.{safe}-{dead_pid()}-0123abcd.partial"
    for path in (dead, alive, elsewhere, another):
        path.mkdir()
        (path / "part").write_text("x")
    assert tidy(tmp_path / "run") == [dead]
    assert {p.name for p in tmp_path.iterdir()} == {alive.name, elsewhere.name, another.name}


def test_a_replaced_folder_comes_back_if_its_successor_never_came(tmp_path: Path) -> None:
    safe = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in os.uname().nodename)
    old = tmp_path / f".run.{safe}-{dead_pid()}-0123abcd.old"
    old.mkdir()
    (old / "last").write_text("kept")
    with pytest.raises(InputError, match="already holds a run"):
        write(tmp_path / "run")
    assert (tmp_path / "run" / "last").read_text() == "kept"


WRITER = """
import sys, time
from pathlib import Path
from blocs.store.folder import draft_folder
out = Path(sys.argv[1])
print("ready", flush=True)
for n in range(10_000):
    with draft_folder(out, True, lambda p: (p / "last").is_file()) as draft:
        for part in range(20):
            (draft / f"part{part}").write_text(str(n) * 1000)
        (draft / "last").write_text(str(n) * 1000)
"""


def test_killed_at_any_moment_it_leaves_the_old_folder_or_the_new_one(tmp_path: Path) -> None:
    out = tmp_path / "run"
    rng = random.Random(7)
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(out)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.25))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        if out.exists():
            found = {p.read_text() for p in out.iterdir()}
            assert len(list(out.iterdir())) == 21
            assert len(found) == 1, "files of two writers in one folder"
    tidy(out)
    assert leftovers(tmp_path) == []
    write(out, "end", force=True)
    assert (out / "last").read_text() == "end"


def test_a_file_appears_whole_or_not(tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    path.write_text("old")

    def fail() -> None:
        with draft_file(path) as draft:
            draft.write_text("half")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    with draft_file(path) as draft:
        draft.write_text("new")
    assert path.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["fit.json"]
    for bad in (tmp_path, tmp_path / "no" / "fit.json", path / "below"):
        with pytest.raises(InputError, match="--out"), draft_file(bad):
            pass


def full(path: Path | None) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", *([str(path)] if path else []))


def test_a_full_disk_is_one_line_about_the_name_that_was_asked_for(tmp_path: Path) -> None:
    for inside in (None, "x.json"):
        told = pytest.raises(InputError, match=r"file.json: cannot be written \(No space")
        with told, draft_file(tmp_path / "file.json") as draft:
            full(draft if inside else None)
        told = pytest.raises(InputError, match=r"run: cannot be written \(No space")
        with told, draft_folder(tmp_path / "run", False, ours) as draft:
            full(draft / inside if inside else None)
    with pytest.raises(OSError, match="elsewhere"), draft_file(tmp_path / "file.json"):
        full(Path("elsewhere"))
    assert leftovers(tmp_path) == []


def test_a_table_that_a_disk_refuses_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("parquet: underlying IO error: File too large")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", refuse)
    with pytest.raises(InputError, match="cannot be written"), draft_file(tmp_path / "a.parquet") as draft:
        write_parquet(draft, pl.DataFrame({"a": [1]}))
    assert leftovers(tmp_path) == []
