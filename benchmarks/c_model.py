"""The reduced model of `reduced_model.md` in C: compile `reduced.c` where a compiler is found, and call it."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from reduced import STEP_DAYS, Input, Outcome

SOURCE = Path(__file__).with_name("reduced.c")
BIN = SOURCE.parent / "bin"
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")


class _Input(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("actors", "steps", "acts", "slots")),
        *(
            (name, ctypes.c_float)
            for name in (
                *("step_days", "base", "branching", "half_life", "activity", "popularity", "inertia", "reciprocity"),
                *("warmth", "warmth_tone", "warmth_back_tone", "rate", "echo", "mirror", "camp", "warmth_half_life"),
            )
        ),
    )


def compiler() -> str | None:
    """Return the path of a C compiler, or None."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@cache
def library() -> ctypes.CDLL:
    """Compile the loop once a process and load it; `RuntimeError` without a compiler or where it fails."""
    cc = compiler()
    if cc is None:
        raise RuntimeError("no C compiler (cc, gcc or clang) is installed")
    BIN.mkdir(exist_ok=True)
    target = BIN / "reduced.so"
    done = subprocess.run(
        [cc, *FLAGS, str(SOURCE), "-o", str(target), "-lm"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{cc} failed: {done.stderr.strip()}")
    return ctypes.CDLL(str(target))


def run(given: Input, runs: int, seed: int = 0) -> Outcome:
    """Simulate `runs` histories on one core and count."""
    A = given.actors
    values = {**{k: getattr(given, k) for k, _ in _Input._fields_ if hasattr(given, k)}}
    values |= {"acts": len(given.cooperation), "slots": given.slots, "step_days": STEP_DAYS}
    day, code = np.zeros((runs, given.slots), np.float32), np.full((runs, given.slots, 4), -1, np.int16)
    count, last = np.zeros(runs, np.int32), np.zeros((runs, A, A), np.float32)
    failed = library().reduced(
        ctypes.byref(_Input(**values)),
        *(_pointer(np.asarray(x, np.float32)) for x in (given.cooperation, given.polarity, given.same_camp())),
        ctypes.c_int32(runs), ctypes.c_uint64(seed), *(_pointer(x) for x in (day, code, count, last)),
    )  # fmt: skip
    if failed:
        raise RuntimeError(f"a run holds more than {given.slots} acts" if failed == 1 else "too many actors or acts")
    pairs = np.asarray(given.watched())
    return Outcome(code, last[:, pairs[:, 0], pairs[:, 1]].astype(np.float64))


def _pointer(x: NDArray[np.generic]) -> ctypes.c_void_p:
    # the caller holds the array alive until the call returns; ctypes keeps a reference through `_arr`
    return x.ctypes.data_as(ctypes.c_void_p)
