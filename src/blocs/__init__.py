"""Blocs: a laboratory for bloc politics. Record, fit, simulate and question alliances.

    import blocs as bl
    camp = bl.load("camp")
    fit = bl.fit(camp, until="1957-12-31")
    ensemble = bl.forecast(camp, fit, start="1958-01-01", end="1961-12-31", runs=2000)
    ensemble.score(camp)

The functions live in `blocs.api` and are imported when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocs.ground.precision import use_float64

use_float64()

if TYPE_CHECKING:
    from blocs.api import (
        Ties,
        ask,
        available,
        check,
        decide,
        dynam,
        explain,
        fit,
        forecast,
        load,
        open_run,
        rem,
        run,
        score,
    )

__all__ = [
    "Ties",
    "ask",
    "available",
    "check",
    "decide",
    "dynam",
    "explain",
    "fit",
    "forecast",
    "load",
    "open_run",
    "rem",
    "run",
    "score",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("blocs")
    if name in __all__:
        from blocs import api

        return getattr(api, name)
    raise AttributeError(f"module 'blocs' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
