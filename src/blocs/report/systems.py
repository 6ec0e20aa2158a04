"""The page of the systems: what the specification asks for, what of it is in Blocs, and what is not.

What a person judges (status, simplifications, reasons) is in `systems.csv`; the rules covered come from the cards of
mechanisms and the documentation of effects, the stylised facts from the tests that name them.
"""

from __future__ import annotations

import ast
import csv
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from blocs.bloc.vocabulary import vocabulary
from blocs.conduct.catalogue import EFFECTS
from blocs.facts.catalogue import facts
from blocs.mechanisms.catalogue import MECHANISMS

STATUS: Mapping[str, str] = {
    "live": "a mechanism moves its state in every run, conduct reads that state, and a test holds a stylised fact",
    "part": "something of it is in every run or in a command; the rest is listed as left out",
    "planned": "coded in the record only: nothing in a run is about it yet",
}
_RULE = re.compile(r"\bR\d\d\.\d+\b")
_FACT = re.compile(r"\bF\d\d\.\d+\b")
_SYSTEM = re.compile(r"\bS(\d\d)(?:-S(\d\d))?\b")


@dataclass(frozen=True)
class System:
    """One row of `systems.csv`: `rules` and `facts` count those of the specification, `also` lists further files."""

    id: str
    name: str
    status: str
    rules: int
    facts: int
    does: str
    also: tuple[str, ...]
    commands: tuple[str, ...]
    simplified: str
    left_out: str


@dataclass(frozen=True)
class Coverage:
    """What the code has of one system: names of mechanisms, effects and quantities, files, ids of rules."""

    mechanisms: tuple[str, ...]
    effects: tuple[str, ...]
    quantities: tuple[str, ...]
    files: tuple[str, ...]
    rules: tuple[str, ...]


def systems() -> tuple[System, ...]:
    """Return the systems of the specification in its order."""
    text = resources.files("blocs.report").joinpath("systems.csv").read_text(encoding="utf-8")
    return tuple(
        System(
            row["id"], row["name"], row["status"], int(row["rules"]), int(row["facts"]), row["does"],
            _parts(row["also"]), _parts(row["command"]), row["simplified"], row["left_out"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def coverage(system: str) -> Coverage:
    """Return what mechanisms, effects and quantities say of a system (an id such as S18)."""
    number = system.removeprefix("S")
    mechanisms = [m for m in MECHANISMS if system in m.card.systems]
    effects = [e for e in EFFECTS if system in mentioned(e.about)]
    ids = {r for m in MECHANISMS for r in m.card.rules} | {r for e in EFFECTS for r in _RULE.findall(e.about)}
    homes = [_home(m) for m in mechanisms] + [f"src/blocs/conduct/effects/{e.family}.py" for e in effects]
    return Coverage(
        tuple(m.card.name for m in mechanisms),
        tuple(f"{e.level}.{e.name}" for e in effects),
        tuple(q.name for q in vocabulary().values() if system in mentioned(q.systems)),
        tuple(dict.fromkeys(homes)),
        tuple(sorted((r for r in ids if r.startswith(f"R{number}.")), key=_order)),
    )


def mentioned(text: str) -> set[str]:
    """Return the systems that a text names: `S10-S13` names four, the rule `R18.1` its system S18."""
    found = {f"S{n:02d}" for a, b in _SYSTEM.findall(text) for n in range(int(a), int(b or a) + 1)}
    return found | {f"S{r[1:3]}" for r in _RULE.findall(text)}


def facts_tested(tests: Path) -> dict[str, list[str]]:
    """Return for each stylised fact where it is tested: the command that measures it, and tests that name it."""
    found: dict[str, list[str]] = {name: [f"blocs facts --fact {name}"] for name in facts()}
    for file in sorted(tests.rglob("test_*.py")):
        for function in _test_functions(ast.parse(file.read_text(encoding="utf-8"))):
            for fact in _FACT.findall(ast.get_docstring(function) or ""):
                place = f"{tests.name}/{file.relative_to(tests).as_posix()}::{function.name}"
                found.setdefault(fact, []).append(place)
    return found


def systems_page(tests: Path = Path("tests")) -> str:
    """Return the Markdown page of the systems; `tests` is the folder of tests, searched for stylised facts."""
    all_, tested = systems(), facts_tested(tests)
    covered = {s.id: coverage(s.id) for s in all_}
    count = {status: sum(s.status == status for s in all_) for status in STATUS}
    rules = sum(len(c.rules) for c in covered.values())
    parts = [
        "# Systems",
        "<!-- Made by `python -m blocs.report.reference`: edit src/blocs/report/systems.csv or the code, not this page. -->",
        "The specification describes the bloc of `camp` as 28 systems, each with rules (R18.1: system 18, rule 1) and "
        "stylised facts (F18.5). This page says of each what Blocs has, what it simplifies and what it leaves out.",
        "\n".join(f"- **{status}** ({count[status]}): {STATUS[status]}." for status in _in_use(all_)),
        f"{rules} of {sum(s.rules for s in all_)} rules are named by a mechanism or an effect, "
        f"{len(tested)} of {sum(s.facts for s in all_)} stylised facts by a test. A rule that is not named is not "
        "modelled as such: what acts follow what is then left to the record, through the effects of memory.",
        _overview(all_),
        *(_section(s, covered[s.id], tested) for s in all_),
    ]
    return "\n\n".join(parts) + "\n"


def summary() -> str:
    """Return the systems by status, a line a status, for the front page."""
    all_ = systems()
    lines = [
        f"- **{status}** ({STATUS[status]}): {_named(s for s in all_ if s.status == status)}."
        for status in _in_use(all_)
    ]
    return "\n".join(lines)


def _in_use(all_: Iterable[System]) -> list[str]:
    return [status for status in STATUS if any(s.status == status for s in all_)]


def _named(some: Iterable[System]) -> str:
    return "; ".join(f"{s.id} {s.name[0].lower()}{s.name[1:]}" for s in some)


def between(text: str, name: str, content: str) -> str:
    """Return a page with `content` between its markers `<!-- name:begin -->` and `<!-- name:end -->`.

    Raises:
        ValueError: the page lacks the markers.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"the page needs {begin} and {end} once")
    return f"{text.split(begin, maxsplit=1)[0]}{begin}\n{content}\n{end}{text.split(end)[1]}"


def _overview(all_: Iterable[System]) -> str:
    head = ["| system | what it does | status | where to see it |", "| --- | --- | --- | --- |"]
    rows = (
        f"| [{s.id}](#{_anchor(s)}) {s.name} | {s.does.rstrip('.')} | {s.status} | `{s.commands[0]}` |" for s in all_
    )
    return "\n".join([*head, *rows])


def _section(s: System, c: Coverage, tested: Mapping[str, list[str]]) -> str:
    numbers = [f"R{s.id[1:]}.{n}" for n in range(1, s.rules + 1)]
    out = [r for r in numbers if r not in c.rules]
    own = {f: places for f, places in tested.items() if f.startswith(f"F{s.id[1:]}.")}
    lines = [
        f"- status: **{s.status}**",
        f"- mechanisms: {_list(c.mechanisms)}",
        f"- effects: {_list(c.effects)}",
        f"- quantities: {_list(c.quantities)}",
        f"- files: {_list((*c.files, *s.also))}",
        f"- rules covered: {', '.join(c.rules) or 'none'}",
        f"- rules left out: {', '.join(out) or 'none'}. {s.left_out}.",
        f"- stylised facts with a test: {_facts(own)} (of {s.facts})",
        f"- simplified: {s.simplified}.",
        f"- see it: {_list(s.commands)}",
    ]
    return f"## {s.id} {s.name}\n\n{s.does}.\n\n" + "\n".join(lines)


def _facts(own: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{f} (`{'`, `'.join(own[f])}`)" for f in sorted(own, key=_order)) or "none"


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _anchor(s: System) -> str:
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", f"{s.id} {s.name}").strip().lower())


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _order(id_: str) -> tuple[int, int]:
    system, number = id_[1:].split(".")
    return int(system), int(number)


def _home(mechanism: type) -> str:
    return "src/" + inspect.getmodule(mechanism).__name__.replace(".", "/") + ".py"  # type: ignore[union-attr]


def _test_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


__all__ = [
    "STATUS",
    "Coverage",
    "System",
    "between",
    "coverage",
    "facts_tested",
    "mentioned",
    "summary",
    "systems",
    "systems_page",
]
