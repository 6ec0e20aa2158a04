"""Simulated futures, outcomes, baselines, scores, explanations."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """This room, which can also be called: `blocs.forecast(...)` is `blocs.api.forecast(...)`.

    Python puts a package that was imported on its parent, over a function of the same name, so the room answers for it.
    """

    def __call__(self, *args: Any, **options: Any) -> Any:
        return importlib.import_module("blocs.api").forecast(*args, **options)


sys.modules[__name__].__class__ = _Room
