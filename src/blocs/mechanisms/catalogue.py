"""The one list of mechanisms, in the order in which a step applies them."""

from __future__ import annotations

from blocs.mechanisms.base import AbstractMechanism
from blocs.mechanisms.library.memory import Memory

MECHANISMS: tuple[type[AbstractMechanism], ...] = (Memory,)


def by_name() -> dict[str, type[AbstractMechanism]]:
    """Return the catalogue by name; `ValueError` where two mechanisms share one."""
    names = [m.card.name for m in MECHANISMS]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ValueError(f"two mechanisms are called {', '.join(sorted(twice))}")
    return dict(zip(names, MECHANISMS, strict=True))
