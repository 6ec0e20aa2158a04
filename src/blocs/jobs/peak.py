"""Peak memory of this process; imports nothing heavy, so that a fresh process can tell its own."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB (2**20 bytes).

    Linux keeps the figure of the process that started this one in `getrusage`, so it is read from `/proc` there.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 1024.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 if sys.platform != "darwin" else 1024.0**2)
