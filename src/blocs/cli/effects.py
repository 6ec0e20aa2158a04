"""`blocs effects` and `blocs mechanisms`: what the model is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import Json, one_level
from blocs.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from blocs.conduct.base import Effect, Table


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("effects")(effects)
    app.command("mechanisms")(mechanisms)


def effects(
    level: Annotated[str | None, typer.Option(help="Only effects of source, target, act or issue.")] = None,
    family: Annotated[str | None, typer.Option(help="Only effects of this family.")] = None,
    as_json: Json = False,
) -> None:
    """List the effects and pooled tables of conduct in words, by the names that `blocs fit --without` takes.

    `--json` also has their formulas, sources, rules and what the memory-only model keeps.

    Example: blocs effects --level target --family relations
    """
    from blocs.conduct.catalogue import EFFECTS, TABLES
    from blocs.ground.errors import bad_input

    one_level(level)
    families = sorted({e.family for e in (*EFFECTS, *TABLES)})
    if family is not None and family not in families:
        raise bad_input("--family", "family", f"{family!r} is no family", f"one of {', '.join(families)}")
    kept = [_row(e) for e in (*EFFECTS, *TABLES) if level in (None, e.level) and family in (None, e.family)]
    if as_json:
        print_json(kept)
        return
    signs = {1: "+", -1: "-", 0: ""}
    shown = [{**r, "sign": signs[r["sign"]], "in words": f"{r['label']}. {r['meaning']}"} for r in kept]
    print_table(shown, ("level", "name", "family", "sign", "in words"), "in words")


def _row(e: Effect | Table) -> dict[str, Any]:
    from blocs.conduct.base import Effect

    label, meaning = e.words
    row: dict[str, Any] = {"level": e.level, "name": e.name, "kind": "table", "label": label, "meaning": meaning}
    row |= {"family": e.family, "sign": 0, "rule": "", "grade": "", "n": 0, "memory": e.memory, "about": e.about}
    if isinstance(e, Effect):
        row |= {"kind": "effect", "sign": e.sign, "rule": e.rule, "grade": e.known.grade, "n": e.known.n}
    return row


def mechanisms(as_json: Json = False) -> None:
    """List the mechanisms that move the state, with their parameters: names that interventions by rule take.

    Example: blocs mechanisms --json
    """
    from dataclasses import asdict

    from blocs.mechanisms.catalogue import MECHANISMS

    cards = [m.card for m in MECHANISMS]
    if as_json:
        print_json(
            [
                {
                    "name": c.name, "summary": c.summary, "systems": c.systems, "reads": sorted(c.reads),
                    "writes": sorted(c.writes), "laws": sorted(c.laws), "references": c.references,
                    "params": [asdict(p) for p in c.params],
                }
                for c in cards
            ]
        )  # fmt: skip
        return
    rows = [
        {"name": c.name, "parameters": [f"{p.name}={p.default:g}" for p in c.params], "does": c.summary} for c in cards
    ]
    print_table(rows, ("name", "parameters", "does"), "does")
