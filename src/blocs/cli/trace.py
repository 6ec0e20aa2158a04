"""`blocs trace`: the story of one meeting, text, talk or message of one simulated run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import DO_HELP, Do, Draws, End, FitFile, Json, ScenarioName, Seed, Start, Until, window
from blocs.cli.progress import progress
from blocs.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from blocs.jobs.messages import Letter
    from blocs.jobs.trace import Sitting, Trace


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("trace", epilog=DO_HELP)(trace)


def trace(
    scenario: ScenarioName,
    run: Annotated[int, typer.Option(help="Number of the simulated run, from 0.")] = 0,
    meeting: Annotated[str | None, typer.Option(metavar="ID", help="A meeting, also one that drafts a text.")] = None,
    text: Annotated[str | None, typer.Option(metavar="ID", help="A meeting that drafts a text.")] = None,
    talk: Annotated[str | None, typer.Option(metavar="ID", help="A talk of two sides.")] = None,
    message: Annotated[str | None, typer.Option(metavar="ID", help="A message.")] = None,
    fit: FitFile = None,
    until: Until = None,
    start: Start = None,
    end: End = None,
    seed: Seed = 0,
    draws: Draws = 8,
    do: Do = None,
    as_json: Json = False,
) -> None:
    """Tell one session of one simulated run step by step; without a name, list what took place in the run.

    A scheduled session that is called only after the start is unknown to a forecast; naming it here holds it.

    Example: blocs trace camp --run 3 --meeting m1960_bucharest
    """
    from blocs.jobs.messages import letters
    from blocs.jobs.pipeline import check_do, check_run, check_seed, check_window, day, fit_or_read, opened_whole
    from blocs.jobs.trace import run_sittings
    from blocs.jobs.trace import trace as told
    from blocs.report.words import Names
    from blocs.scenario.build import build

    asked = _asked(meeting=meeting, text=text, talk=talk, message=message)
    loaded, last, (first, final) = opened_whole(scenario), day(until, "--until", last=True), window(start, end)
    check_run(run)
    check_seed(seed)
    if fit is None:
        check_window(loaded, first, final, last, 1)
    check_do(build(loaded), do or (), first, final)
    names = Names.of(loaded)
    with progress() as tell:
        model = fit_or_read(loaded, fit, last, draws, seed, tell)
        if asked is not None and asked[0] != "message":
            _print_story(told(model, run, *asked, first, final, seed, do or (), tell), names, as_json)
            return
        inside, found = run_sittings(model, run, first, final, seed, do or (), tell)
    mail = letters(inside)
    if asked is None:
        _print_list(found, mail, as_json)
    else:
        _print_letter(_letter(mail, asked[1]), names, as_json)


def _asked(**given: str | None) -> tuple[str, str] | None:
    from blocs.ground.errors import bad_input

    named = [(kind, id_) for kind, id_ in given.items() if id_ is not None]
    if len(named) > 1:
        raise bad_input("trace", "session", "is named twice", "one of --meeting, --text, --talk, --message")
    return named[0] if named else None


def _letter(mail: tuple[Letter, ...], id_: str) -> Letter:
    from blocs.ground.errors import bad_input
    from blocs.scenario.faults import near, shown

    known = {m.id: m for m in mail}
    if id_ not in known:
        there = f"one of {', '.join(list(known)[:12])}{near(id_, known)}" if known else "another run: this one has none"
        raise bad_input("--message", shown(id_), "was not sent in this run", there)
    return known[id_]


def _print_story(found: Trace, names: Any, as_json: bool) -> None:
    from blocs.report.story import heading, story

    told, head = story(found, names), heading(found, names)
    if as_json:
        steps = [{"date": str(t.day), "sentences": list(t.sentences)} for t in told]
        print_json({"id": found.sitting.id, "form": found.sitting.form, "heading": head, "steps": steps})
        return
    typer.echo(head)
    for t in told:
        typer.echo(f"\n{t.day}")
        for sentence in t.sentences:
            typer.echo(f"  {sentence}")


def _print_letter(found: Letter, names: Any, as_json: bool) -> None:
    from blocs.report.story import letter_story

    told = letter_story(found, names)
    if as_json:
        print_json({"id": found.id, "steps": [{"date": str(t.day), "sentences": list(t.sentences)} for t in told]})
        return
    for t in told:
        typer.echo(f"{t.day}  {' '.join(t.sentences)}")


def _print_list(found: tuple[Sitting, ...], mail: tuple[Letter, ...], as_json: bool) -> None:
    rows = [{"id": s.id, "form": s.form, "steps": s.last - s.first + 1} for s in found]
    rows += [{"id": m.id, "form": "message", "steps": m.last - m.first + 1} for m in mail]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, ("id", "form", "steps"), "id")
    else:
        typer.echo("no session took place in this run")
