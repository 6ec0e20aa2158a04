"""A scenario: one frozen object with everything that is known before a model is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from blocs.record import Chronicle
from blocs.scenario.outcomes import Outcome
from blocs.scenario.spec import Institution, Meeting, Question, Source, Spec, StateEntry
from blocs.scenario.tables import ActCode, Actor, Issue, Lever, Number, Rung, Tie

ROLES = ("patron", "second_power", "breakaway", "narrator")
"""Roles that name one actor."""

GROUPS = ("member", "ally")
"""Roles that name several actors."""

STATES = frozenset({"party_state", "state"})
"""Kinds of actor that can be one of the members."""


@dataclass(frozen=True, repr=False)
class Scenario:
    """Actors, issues, acts, levers, institutions, sources and the chronicle of one scenario.

    Mappings are by id, in file order. `outcomes` are expanded: one per member where they were given for each, roles
    replaced by ids. `ladder` is empty where the scenario keeps the package's own. `roles` maps patron, second_power,
    breakaway, narrator, member and ally to actor ids. `hash` is a SHA-256 of the names and bytes of the scenario's files:
    equal hash, equal scenario. `whole` tells that it was loaded with every mechanism and effect (`NAME+all`),
    `lightened` that its light default left some out.
    """

    spec: Spec
    actors: Mapping[str, Actor]
    aliases: Mapping[str, str]
    issues: Mapping[str, Issue]
    acts: Mapping[str, ActCode]
    levers: Mapping[str, Lever]
    institutions: Mapping[str, Institution]
    sources: Mapping[str, Source]
    chronicle: Chronicle
    schedule: tuple[Meeting, ...]
    outcomes: Mapping[str, Outcome]
    ties: tuple[Tie, ...]
    ladder: tuple[Rung, ...]
    state_entries: tuple[StateEntry, ...]
    questions: Mapping[str, Question]
    numbers: tuple[Number, ...]
    roles: Mapping[str, tuple[str, ...]]
    path: Path
    hash: str
    whole: bool = False
    lightened: bool = False

    @property
    def id(self) -> str:
        """Id of the scenario."""
        return self.spec.id

    @property
    def collectives(self) -> tuple[str, ...]:
        """Ids of the tier-1 actors, in file order: the actor axis of a model."""
        return tuple(actor.id for actor in self.actors.values() if actor.tier == 1)

    def counts(self) -> dict[str, int]:
        """Return how many entries of each kind there are."""
        dyadic = self.chronicle.events.filter(self.chronicle.events["is_dyadic"])
        bilateral = int((dyadic["dyad_class"] == "bilateral").sum())
        return {
            "events": self.chronicle.events.height,
            "dyadic": dyadic.height,
            "bilateral": bilateral,
            "collective": dyadic.height - bilateral,
            "positions": self.chronicle.positions.height,
            "actors": len(self.collectives),
            "persons_and_bodies": len(self.actors) - len(self.collectives),
            "aliases": len(self.aliases),
            "issues": len(self.issues),
            "acts": len(self.acts),
            "levers": len(self.levers),
            "institutions": len(self.institutions),
            "sources": len(self.sources),
            "schedule": len(self.schedule),
            "outcomes": len(self.outcomes),
            "ties": len(self.ties),
            "state": len(self.state_entries),
            "questions": len(self.questions),
            "numbers": len(self.numbers),
        }

    def __repr__(self) -> str:
        count = self.counts()
        kept = ", ".join(
            f"{count[name]} {name}" for name in ("events", "dyadic", "positions", "actors", "issues", "acts")
        )
        return f"Scenario({self.id!r}, {self.spec.period.start} to {self.spec.period.end}: {kept}; {self.hash[:12]})"


def roles(spec: Spec, actors: Mapping[str, Actor]) -> dict[str, tuple[str, ...]]:
    """Return the actors behind each role.

    `member`: states (with a ruling party or not) with the role member, other than the patron and the second power;
    `ally`: members other than the narrator, all of them where there is none.
    """
    named = {name: (value,) for name in ROLES if (value := getattr(spec, name)) is not None}
    apart = {spec.patron, spec.second_power}
    member = tuple(
        actor.id
        for actor in actors.values()
        if actor.tier == 1 and actor.role == "member" and actor.kind in STATES and actor.id not in apart
    )
    return {**named, "member": member, "ally": tuple(actor for actor in member if actor != spec.narrator)}
