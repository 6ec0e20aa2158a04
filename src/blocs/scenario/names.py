"""Names as people write them: ids, titles and aliases, letter case aside, to the one id they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocs.ground.errors import bad_input
from blocs.record.event import CHANNELS
from blocs.scenario.faults import near, shown
from blocs.scenario.scenario import Scenario

KINDS = ("actor", "act", "issue", "lever", "channel")


def resolve(scenario: Scenario, kind: str, text: str) -> str:
    """Return the id that a person means: `refusal` is the act `refuse`, `Khrushchev` the person `khrushchev`.

    Args:
        scenario: where to look.
        kind: one of `KINDS`; an actor may be a collective, a person or a body, by id, name, alias or role.
        text: what was written.

    Raises:
        InputError: nothing is called so; the message names what comes near.
    """
    known = _spellings(scenario, kind)
    found = known.get(_key(text))
    if found is None:
        raise bad_input(
            f"--{kind}", shown(text), f"is no {kind} of {scenario.id}", f"a known {kind}{near(text, known)}"
        )
    return found


def _spellings(scenario: Scenario, kind: str) -> Mapping[str, str]:
    """Spelling to id; earlier sources of spellings win, so that an id always means itself."""
    if kind == "actor":
        actors = scenario.actors.values()
        roles = ((role, ids[0]) for role, ids in scenario.roles.items() if len(ids) == 1)
        plain = ((actor.short, actor.id) for actor in actors)
        named = ((actor.name, actor.id) for actor in actors)
        return _first((*((key, key) for key in scenario.actors), *roles, *scenario.aliases.items(), *named, *plain))
    if kind == "act":
        acts = scenario.acts.values()
        aliases = ((alias, act.id) for act in acts for alias in act.aliases)
        return _first((*((act.id, act.id) for act in acts), *((act.name, act.id) for act in acts), *aliases))
    if kind == "channel":
        return _first((channel, channel) for channel in CHANNELS)
    table = scenario.issues if kind == "issue" else scenario.levers
    return _first((*((key, key) for key in table), *((entry.name, key) for key, entry in table.items())))


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for spelling, meaning in pairs:
        found.setdefault(_key(spelling), meaning)
    return found


def _key(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
