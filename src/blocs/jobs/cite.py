"""What a scenario rests on: its sources, and the papers behind the mechanisms and effects that it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from blocs.scenario.build import build_mechanisms, specification_of
from blocs.scenario.scenario import Scenario

_PAPER = re.compile(r"[A-Z][\w'’-]+(?: et al\.|(?:, [A-Z][\w'’-]+)* & [A-Z][\w'’-]+)? \d{4}\b")


@dataclass(frozen=True)
class Citation:
    """One thing to cite: `kind` is scenario, source, mechanism or effect; `used_by` names what rests on it."""

    kind: str
    text: str
    used_by: tuple[str, ...]


def citations(scenario: Scenario) -> tuple[Citation, ...]:
    """Return what a publication that uses a scenario should cite, sources first."""
    found = [Citation("scenario", text, (scenario.id,)) for text in scenario.spec.citations]
    found += [Citation("source", s.citation, (s.id,)) for s in scenario.sources.values()]
    parts = build_mechanisms(scenario.spec.mechanisms, frozenset(), str(scenario.path))
    found += _gathered("mechanism", [(r, m.card.name) for m in parts for r in m.card.references])
    chosen = specification_of(scenario)
    papers = [(p, e.name) for e in (*chosen.effects, *chosen.tables) for p in papers_in(e.about)]
    return (*found, *_gathered("effect", papers))


def papers_in(text: str) -> list[str]:
    """Return the papers (`Butts 2008`) that a docstring's first line ends with."""
    return _PAPER.findall(text)


def _gathered(kind: str, pairs: list[tuple[str, str]]) -> list[Citation]:
    by_text: dict[str, list[str]] = {}
    for text, user in pairs:
        by_text.setdefault(text, []).append(user)
    return [Citation(kind, text, tuple(dict.fromkeys(by_text[text]))) for text in sorted(by_text)]
