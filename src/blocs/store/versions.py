"""Which versions made a run."""

from __future__ import annotations

import platform
from importlib import metadata

PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "polars", "equinox")


def blocs_version() -> str:
    """Return the version of Blocs, `0+unknown` where it runs from a source tree without metadata."""
    return _version("blocs")


def versions() -> dict[str, str]:
    """Return versions of Blocs, Python, the system and the packages that results depend on."""
    found = {
        "blocs": blocs_version(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    return found | {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "0+unknown"
