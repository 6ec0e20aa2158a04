"""The compiler's alarms are kept off standard error, and nothing else is."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocs.cli.quiet import Sieve

ALARM = b"""E1130 19:48:49.041207    6810 slow_operation_alarm.cc:73]\x20
********************************
[Compiling module jit__runs for CPU] Very slow compile? If you want to file a bug, run with envvar XLA_FLAGS=--x=/tmp/foo.
********************************
"""
TOOK = b"""E1130 19:48:53.072792    6801 slow_operation_alarm.cc:140] The operation took 2m4.035071964s

********************************
[Compiling module jit__runs for CPU] Very slow compile? If you want to file a bug, run with envvar XLA_FLAGS=--x=/tmp/foo.
********************************
"""
OTHERS = (
    b"E1130 19:48:50.1 6810 pjrt_client.cc:12] out of memory\n", b"********\n", b"\n", b"blocs: fault\n",
    b"[Compiling module of mine]\n", "déjà vu\n".encode(),
)  # fmt: skip

RUN = """
import os, sys
from blocs.cli.quiet import without_alarms
with without_alarms():
    os.write(2, bytes.fromhex(sys.argv[1]))
    print("from Python", file=sys.stderr)
    if sys.argv[2] == "abort":
        os.write(2, b"F1130 check failed\\n")
        os.abort()
os.write(2, b"afterwards\\n")
"""


@given(st.lists(st.one_of(st.sampled_from((ALARM, TOOK)), st.sampled_from(OTHERS)), max_size=8), st.integers(1, 60))
def test_alarms_alone_are_dropped_however_they_come_in(parts: list[bytes], size: int) -> None:
    data, sieve = b"".join(parts), Sieve()
    passed = b"".join(sieve.feed(data[n : n + size]) for n in range(0, len(data), size)) + sieve.end()
    assert passed == b"".join(p for p in parts if p in OTHERS)


def test_a_cut_alarm_swallows_no_error() -> None:
    sieve = Sieve()
    error = b"E1130 19:48:50.1 6810 pjrt_client.cc:12] out of memory\n"
    assert sieve.feed(ALARM.split(b"\n")[0] + b"\n" + error + b"more\n") == error + b"more\n"
    assert sieve.feed(b"no end of line") + sieve.end() == b"no end of line"


@pytest.mark.parametrize("end", ["leave", "abort"])
def test_standard_error_of_a_process(end: str) -> None:
    """What C++ and Python write arrives, the alarm does not; the last words of a process that dies arrive too."""
    real = b"E1130 19:48:50.1 6810 pjrt_client.cc:12] out of memory\n"
    command = [sys.executable, "-c", RUN, (ALARM + real + TOOK).hex(), end]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert done.stdout == b""
    assert real in done.stderr
    assert b"from Python" in done.stderr
    assert not re.search(rb"slow|\*\*\*|Compiling", done.stderr)
    assert (b"afterwards" in done.stderr) == (end == "leave")
    assert (b"F1130 check failed" in done.stderr) == (end == "abort")
    assert done.returncode == (0 if end == "leave" else -6)


def test_a_command_goes_through_it_and_keeps_its_faults() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "blocs", "check", "nowhere"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("blocs: ")
    assert len(done.stderr.splitlines()) == 1
