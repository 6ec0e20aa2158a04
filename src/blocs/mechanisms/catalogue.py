"""The one list of mechanisms, in the order in which a step applies them."""

from __future__ import annotations

from blocs.mechanisms.base import AbstractMechanism
from blocs.mechanisms.library.ladder import Ladder
from blocs.mechanisms.library.leadership import Leadership
from blocs.mechanisms.library.memory import Memory
from blocs.mechanisms.library.openness import Openness
from blocs.mechanisms.library.positions import Positions
from blocs.mechanisms.library.supply import Supply
from blocs.mechanisms.library.unrest import Unrest
from blocs.mechanisms.library.warmth import Warmth

MECHANISMS: tuple[type[AbstractMechanism], ...] = (
    Memory,
    Warmth,
    Openness,
    Ladder,
    Supply,
    Positions,
    Unrest,
    Leadership,
)


def by_name() -> dict[str, type[AbstractMechanism]]:
    """Return the catalogue by name; `ValueError` where two mechanisms share one."""
    names = [m.card.name for m in MECHANISMS]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ValueError(f"two mechanisms are called {', '.join(sorted(twice))}")
    return dict(zip(names, MECHANISMS, strict=True))
