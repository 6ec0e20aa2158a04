"""Standard error without the compiler's alarms: XLA calls a compilation of two minutes an error and asks for a bug report.

XLA offers no switch for it but one that would hide every error of its own. So what is written to standard error outside
Python passes through a small process that drops the lines of that alarm and nothing else, and goes on to pass the last
words of a process that dies. Python itself writes past it, and still sees whether a person is watching.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import time
from collections.abc import Generator

ALARM = b"slow_operation_alarm.cc:"
"""In the first line of an alarm; lines of stars, and between them what is being compiled, follow."""
BETWEEN = b"[Compiling module "
CHUNK = 65536
PATIENCE = 2.0
"""Seconds that a command waits for the last lines to pass."""


class Sieve:
    """Lets lines through, except those of an alarm."""

    def __init__(self) -> None:
        self._dropping, self._stars, self._rest = False, 0, b""

    def feed(self, data: bytes) -> bytes:
        """Return what may pass of the lines that are whole by now."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return b"".join(line + b"\n" for line in lines if self._passes(line))

    def end(self) -> bytes:
        """Return what is left without an end of line."""
        return self._rest if self._rest and self._passes(self._rest) else b""

    def _passes(self, line: bytes) -> bool:
        if ALARM in line:
            self._dropping, self._stars = True, 0
            return False
        if not self._dropping:
            return True
        text = line.strip()
        if text and not text.strip(b"*"):
            self._stars += 1
            self._dropping = self._stars < 2
            return False
        self._dropping = not text or text.startswith(BETWEEN)
        return not self._dropping


@contextlib.contextmanager
def without_alarms() -> Generator[None]:
    """Keep the compiler's alarms off standard error; where that cannot be done, change nothing."""
    if not (hasattr(os, "fork") and _is_ours()):
        yield
        return
    old, real, sieve = sys.stderr, os.dup(2), _start()
    sys.stderr = io.TextIOWrapper(
        io.FileIO(real, "w", closefd=False), old.encoding, old.errors, line_buffering=True, write_through=True
    )
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = old
        os.dup2(real, 2)
        os.close(real)
        _wait(sieve)


def _is_ours() -> bool:
    """Whether Python's standard error is that of the process, and no test or notebook has put another there."""
    try:
        return sys.stderr is sys.__stderr__ and sys.stderr.fileno() == 2
    except (AttributeError, OSError, ValueError):
        return False


def _start() -> int:
    """Put a pipe in place of standard error, with a process at its end that sieves what comes; return its number."""
    read, write = os.pipe()
    sieve = os.fork()
    if sieve == 0:
        os.close(write)
        _serve(read)
    os.close(read)
    os.dup2(write, 2)
    os.close(write)
    return sieve


def _serve(read: int) -> None:
    """Sieve until nobody can write any more; never returns."""
    # stops with the last writer and not before: an interrupt is for the command
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        for other in (0, 1):
            os.close(other)
    sieve = Sieve()
    with contextlib.suppress(OSError):
        while data := os.read(read, CHUNK):
            _write(sieve.feed(data))
        _write(sieve.end())
    os._exit(0)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(2, data) :]


def _wait(sieve: int) -> None:
    """Wait until the last lines have passed, though not for a process left behind that could still write."""
    until = time.monotonic() + PATIENCE
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(sieve, os.WNOHANG)[0] == 0 and time.monotonic() < until:
            time.sleep(0.002)
