"""Reference pages made from the code: mechanisms from their cards, effects from their documentation, the vocabulary.

`python -m blocs.report.reference [FOLDER]` writes them (default `docs/reference`), and the page of the systems one
folder up; a test fails while they are out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from blocs.bloc.vocabulary import SEEN, Quantity, vocabulary
from blocs.conduct.base import LEVELS, Effect, Table
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.conduct.rules import Known, rules
from blocs.mechanisms.base import LAWS, AbstractMechanism, Card, Param
from blocs.mechanisms.catalogue import MECHANISMS
from blocs.report.systems import between, summary, systems_page

COMMAND = "python -m blocs.report.reference"
FOLDER = Path("docs/reference")
SYSTEMS = "systems.md"
_MADE = f"<!-- Made by `{COMMAND}`: edit the code, not this page. -->"


def mechanisms_page() -> str:
    """Return the Markdown page of the mechanisms, in the order in which a step applies them."""
    parts = [
        "# Mechanisms",
        _MADE,
        "What an act does to the state, and what time does to it. A step applies the mechanisms in this order. Every "
        "parameter can be overridden in a scenario; `strength` 0 switches a mechanism off. Sources name rules and "
        "stylised facts of the system specification with their grade (T told, I inferred, C generalised by coders) and "
        "the number n of independent episodes; `ours` marks a choice of the authors.",
        "\n".join(f"{n}. [{m.card.name}](#{m.card.name}): {m.card.summary}" for n, m in enumerate(MECHANISMS, 1)),
        *(_section(m) for m in MECHANISMS),
        "## Laws",
        "\n".join(f"- **{_plain(name)}**: {meaning}." for name, meaning in LAWS.items()),
    ]
    return "\n\n".join(parts) + "\n"


def vocabulary_page() -> str:
    """Return the Markdown page of the quantities of the state, with who reads and who writes them."""
    cards = [m.card for m in MECHANISMS]
    rows = (_quantity_row(q, cards) for q in vocabulary().values())
    parts = [
        "# State",
        _MADE,
        "Everything that moves in a run. Each quantity has one name, unit, range and default. A quantity that no "
        "mechanism writes keeps the value that the scenario gives it, unless an intervention sets it. `seen by` tells who "
        "may choose by a quantity: " + "; ".join(f"`{name}` {who}" for name, who in SEEN.items()) + ".",
        _table(
            ("quantity", "axes", "unit", "range", "default", "seen by", "systems", "written by", "read by", "meaning"),
            rows,
        ),
    ]
    return "\n\n".join(parts) + "\n"


def effects_page() -> str:
    """Return the Markdown page of the effects and pooled tables of conduct, by level."""
    intro = (
        "What an actor's choice depends on: who acts (`source`), toward whom (`target`), what (`act`), about what "
        "(`issue`). Each choice is log-linear in these statistics; an effect has one coefficient, a table one pooled "
        "intercept for each row and option. i is the source, j the target, g the act, k the issue. `sign` is the sign "
        "that theory gives (0 where it gives none), `known` how the specification knows it (T told, I inferred, "
        "C generalised by coders, and the number of independent episodes), which weighs the prior; `memory` marks what "
        "the memory-only baseline keeps."
    )
    levels = {"source": "Who acts", "target": "Toward whom", "act": "What", "issue": "About what"}
    parts = ["# Effects of conduct", _MADE, intro]
    for level in LEVELS:
        rows = (_effect_row(e) for e in EFFECTS if e.level == level)
        parts += [
            f"## {levels[level]} (`{level}`)",
            _table(("effect", "in words", "family", "sign", "known", "memory", "statistic and source"), rows),
            _table(
                ("table", "in words", "memory", "spread", "row"), (_table_row(t) for t in TABLES if t.level == level)
            ),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"mechanisms.md": mechanisms_page, "state.md": vocabulary_page, "effects.md": effects_page}
)


def write_pages(folder: Path = FOLDER) -> list[Path]:
    """Write every page into an existing folder and return the files; `FileNotFoundError` where it does not exist."""
    files = [folder / name for name in PAGES]
    for file in files:
        file.write_text(PAGES[file.name](), encoding="utf-8")
    return files


def write_systems(docs: Path) -> list[Path]:
    """Write the page of the systems into the folder of pages, and its summary into the README beside that folder."""
    page, readme = docs / SYSTEMS, docs.parent / "README.md"
    page.write_text(systems_page(docs.parent / "tests"), encoding="utf-8")
    readme.write_text(between(readme.read_text(encoding="utf-8"), "systems", summary()), encoding="utf-8")
    return [page, readme]


def _section(mechanism: type[AbstractMechanism]) -> str:
    card = mechanism.card
    story = (mechanism.__doc__ or "").strip().split("\n")
    facts = [
        f"- systems: {', '.join(card.systems)}" + (f"; rules: {', '.join(card.rules)}" if card.rules else ""),
        f"- reads: {_names(card.reads)}",
        f"- writes: {_names(card.writes)}",
        f"- laws: {', '.join(_plain(law) for law in LAWS if law in card.laws)}",
        *(f"- reference: {reference}" for reference in card.references),
    ]
    return "\n\n".join(
        (
            f"## {card.name}",
            card.summary[0].upper() + card.summary[1:] + ".",
            "\n".join(line.removeprefix("    ") for line in story),
            "\n".join(facts),
            _table(("parameter", "unit", "range", "default", "source"), (_param_row(p) for p in card.params)),
        )
    )


def _param_row(p: Param) -> tuple[str, ...]:
    return f"`{p.name}`", p.unit, f"{p.lo:g} to {p.hi:g}", f"{p.default:g}", _graded(p.source)


def _graded(text: str) -> str:
    """Return a text with the grade and the number of episodes after every rule that it names."""
    return re.sub(r"\bR\d\d\.\d+\b", lambda found: f"{found[0]} ({_known(rules()[found[0]])})", text)


def _known(known: Known) -> str:
    return f"{known.grade}, n={known.n}" if known.grade else ""


def _effect_row(e: Effect) -> tuple[str, ...]:
    sign, memory = f"{e.sign:+d}" if e.sign else "0", "yes" if e.memory else ""
    return f"`{e.name}`", _in_words(e), e.family, sign, _known(e.known), memory, e.about


def _table_row(t: Table) -> tuple[str, ...]:
    return f"`{t.name}`", _in_words(t), "yes" if t.memory else "", f"{t.spread:g}", t.about


def _in_words(e: Effect | Table) -> str:
    label, meaning = e.words
    return f"**{label}.** {meaning}"


def _quantity_row(q: Quantity, cards: Iterable[Card]) -> tuple[str, ...]:
    cards = tuple(cards)
    span = f"{q.lo:g} or more" if q.hi is None else f"{q.lo:g} to {q.hi:g}"
    writers = ", ".join(c.name for c in cards if q.name in c.writes)
    readers = ", ".join(c.name for c in cards if q.name in c.reads)
    first = f"`{q.name}`", ", ".join(q.axes), q.unit, span, f"{q.default:g}", q.seen
    return *first, q.systems, writers, readers, q.meaning


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in vocabulary() if name in set(names))


def _plain(law: str) -> str:
    return law.replace("_", " ")


if __name__ == "__main__":
    _folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for _file in (*write_systems(_folder.parent), *write_pages(_folder)):
        print(_file)
