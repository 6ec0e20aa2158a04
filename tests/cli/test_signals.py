"""A command that is told to stop takes away what it was writing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

NAP = """
import sys, time
from pathlib import Path
from blocs.cli.main import app, main
from blocs.store.folder import draft_folder

@app.command("nap")
def nap(out: Path):
    with draft_folder(out, False, lambda path: False) as draft:
        (draft / "run.json").write_text("{}", encoding="utf-8")
        print("writing", flush=True)
        time.sleep(60)

sys.argv = ["blocs", "nap", sys.argv[1]]
main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_leaves_nothing_half_written(tmp_path: Path, number: int, code: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", NAP, str(tmp_path / "run")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    begin = time.monotonic()
    child.send_signal(number)
    _, told = child.communicate(timeout=20)
    assert child.returncode == code
    assert time.monotonic() - begin < 10
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in told
    assert ("interrupted" in told) == (number == signal.SIGINT)
