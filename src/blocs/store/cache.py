"""Compiled programs kept between processes: the first run of a scenario compiles, later ones start at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

ENVIRONMENT = "BLOCS_CACHE"
OFF = ("", "0", "off", "none")


def cache_folder() -> Path | None:
    """Return where compiled programs are kept: `$BLOCS_CACHE`, or the user's cache folder; `None` where switched off."""
    chosen = os.environ.get(ENVIRONMENT)
    if chosen is None:
        return user_cache_path("blocs", appauthor=False) / "jax"
    return None if chosen.strip().lower() in OFF else Path(chosen)


def use_cache() -> None:
    """Let JAX keep compiled programs in `cache_folder`; a folder that the person set for JAX itself is left alone."""
    import jax

    folder = cache_folder()
    config: Any = jax.config
    if folder is None or config.jax_compilation_cache_dir:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a cache that cannot be written saves no time, and costs nothing else
    config.update("jax_compilation_cache_dir", str(folder))
    config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
