"""Compiled programs are shared between test processes and runs: compiling costs far more here than computing."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["BLOCS_CACHE"] = str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "jax")


def pytest_configure() -> None:
    from blocs.store.cache import use_cache

    use_cache()
