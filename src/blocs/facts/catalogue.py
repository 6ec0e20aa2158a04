"""The list of families of facts: every file of `library/`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from blocs.facts import library
from blocs.facts.base import Fact, Family


@cache
def families() -> tuple[Family, ...]:
    """Return the families in order of their systems; `ValueError` where a fact appears twice or belongs elsewhere."""
    modules = [importlib.import_module(f"{library.__name__}.{m.name}") for m in pkgutil.iter_modules(library.__path__)]
    found = sorted((m.FAMILY for m in modules), key=lambda family: family.system)
    ids = [fact.id for family in found for fact in family.facts]
    twice = {n for n in ids if ids.count(n) > 1}
    lost = {f.id for family in found for f in family.facts if not f.id.startswith(f"F{family.system[1:]}.")}
    if twice or lost:
        raise ValueError(f"facts that appear twice or in another system's file: {', '.join(sorted(twice | lost))}")
    return tuple(found)


def facts() -> dict[str, Fact]:
    """Return all facts by id, in order."""
    return {fact.id: fact for family in families() for fact in family.facts}
