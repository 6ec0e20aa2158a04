"""The one list of mechanisms, in the order in which a step applies them."""

from __future__ import annotations

from blocs.mechanisms.base import AbstractMechanism
from blocs.mechanisms.library.archives import Archives
from blocs.mechanisms.library.assembly import Assembly
from blocs.mechanisms.library.bases import Bases
from blocs.mechanisms.library.blame import Blame
from blocs.mechanisms.library.cadres import Cadres
from blocs.mechanisms.library.calling import Calling
from blocs.mechanisms.library.camps import Camps
from blocs.mechanisms.library.ceremony import Ceremony
from blocs.mechanisms.library.channels import Channels
from blocs.mechanisms.library.clearing import Clearing
from blocs.mechanisms.library.contracts import Contracts
from blocs.mechanisms.library.coordination import Coordination
from blocs.mechanisms.library.credit import Credit
from blocs.mechanisms.library.doctrine import Doctrine
from blocs.mechanisms.library.force import Force
from blocs.mechanisms.library.ladder import Ladder
from blocs.mechanisms.library.leadership import Leadership
from blocs.mechanisms.library.mandates import Mandates
from blocs.mechanisms.library.mediation import Mediation
from blocs.mechanisms.library.memory import Memory
from blocs.mechanisms.library.openness import Openness
from blocs.mechanisms.library.positions import Positions
from blocs.mechanisms.library.press import Press
from blocs.mechanisms.library.provision import Provision
from blocs.mechanisms.library.resilience import Resilience
from blocs.mechanisms.library.rulings import Rulings
from blocs.mechanisms.library.specialists import Specialists
from blocs.mechanisms.library.subversion import Subversion
from blocs.mechanisms.library.succession import Succession
from blocs.mechanisms.library.supply import Supply
from blocs.mechanisms.library.surveillance import Surveillance
from blocs.mechanisms.library.talks import Talks
from blocs.mechanisms.library.texts import Texts
from blocs.mechanisms.library.unrest import Unrest
from blocs.mechanisms.library.warmth import Warmth

MECHANISMS: tuple[type[AbstractMechanism], ...] = (
    Memory,
    Warmth,
    Camps,
    Openness,
    Ladder,
    Ceremony,
    Credit,
    Provision,
    Supply,
    Contracts,
    Specialists,
    Cadres,
    Coordination,
    Mediation,
    Positions,
    Doctrine,
    Resilience,
    Unrest,
    Mandates,
    Succession,
    Rulings,
    Clearing,
    Blame,
    Subversion,
    Leadership,
    Force,
    Calling,
    Texts,
    Talks,
    Assembly,
    Bases,
    Channels,
    Surveillance,
    Press,
    Archives,
)


def by_name() -> dict[str, type[AbstractMechanism]]:
    """Return the catalogue by name; `ValueError` where two mechanisms share one."""
    names = [m.card.name for m in MECHANISMS]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ValueError(f"two mechanisms are called {', '.join(sorted(twice))}")
    return dict(zip(names, MECHANISMS, strict=True))
