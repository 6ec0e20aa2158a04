"""`blocs ask`: counterfactual questions of a scenario, answered by paired runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import Draws, FitFile, Json, Runs, ScenarioName, Seed, Until
from blocs.cli.pages import place
from blocs.cli.progress import progress
from blocs.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from blocs.forecast.ask import Answer
    from blocs.scenario.scenario import Scenario


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("ask")(ask)


def ask(
    scenario: ScenarioName,
    questions: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUESTION...", help="Ids of questions, such as q01; see blocs show SCENARIO questions."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every question whose interventions the model can carry out.")
    ] = False,
    fit: FitFile = None,
    until: Until = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    draws: Draws = 8,
    as_json: Json = False,
    page: Annotated[
        Path | None, typer.Option("--markdown", help="Write the table between the marks of this page.")
    ] = None,
) -> None:
    """Answer what would have changed: outcomes with and without the intervention of a question.

    `blocs show SCENARIO questions` lists them. Runs on both sides share every random draw. With --all, or a question about
    a system that the scenario's default leaves out, the model has every system. One question is answered in sentences,
    several in a table of what each moves, followed by sentences about what clearly changes.

    Examples: blocs ask camp q01 q17 --runs 500; blocs ask camp --all --runs 500
    """
    from blocs.jobs.pipeline import check_seed, check_window, day, fit_or_read, opened, opened_whole
    from blocs.jobs.questions import answerable, answered, markdown

    _one_way(questions or [], every)
    where = place(page, "questions") if page is not None else None
    loaded, last = opened(scenario), day(until, "--until", last=True)
    if fit is None and (every or not set(questions or []) <= set(answerable(loaded))):
        loaded = opened_whole(scenario)
    ids = _chosen(loaded, questions or [], every)
    if fit is None:
        check_window(loaded, None, None, last, runs)
    check_seed(seed)
    with progress() as tell:
        model = fit_or_read(loaded, fit, last, draws, seed, tell)
        found = answered(model, ids, runs, seed, None, tell)
    if where is not None:
        where.fill(markdown(found, model, runs, seed))
    if as_json:
        print_json([_record(a) for a in found])
    elif len(ids) > 1:
        _print_table(found)
    else:
        _print(found)
    if loaded.lightened and not as_json and all(a.nothing for a in found):
        typer.echo(
            f"This is the scenario's light default; blocs ask {scenario}+all {ids[0]} asks every mechanism of it."
        )


def _one_way(ids: list[str], every: bool) -> None:
    from blocs.ground.errors import bad_input

    if ids and every:
        raise bad_input("QUESTION", ids[0], "is named beside --all", "one of the two")
    if not ids and not every:
        raise bad_input(
            "QUESTION", "question", "is missing", "--all, or ids that `blocs show SCENARIO questions` lists"
        )


def _chosen(scenario: Scenario, ids: list[str], every: bool) -> list[str]:
    from blocs.ground.errors import bad_input
    from blocs.jobs.questions import answerable
    from blocs.scenario.faults import near, shown

    asked = {q.id: bool(q.do) for q in scenario.questions.values()}
    if not any(asked.values()):
        raise bad_input(
            "QUESTION", "question", f"{scenario.id} has none that changes anything", "one in questions.yaml"
        )
    if every:
        return answerable(scenario)
    for id_ in ids:
        if id_ not in asked:
            raise bad_input("QUESTION", shown(id_), f"is no question of {scenario.id}", f"a known id{near(id_, asked)}")
        if not asked[id_]:
            able = ", ".join(i for i, changes in asked.items() if changes)
            raise bad_input("QUESTION", id_, "changes nothing that this model has", f"one of {able}")
    return list(dict.fromkeys(ids))


def _record(a: Answer) -> dict[str, Any]:
    numbers = {name: float(getattr(a, name)) for name in ("untouched", "changed", "difference", "lo", "hi")}
    return {
        "id": a.id,
        "outcome": a.outcome,
        **numbers,
        "sentence": a.sentence,
        "other_acts": a.other_acts,
        "by_construction": a.by_construction,
    }


def _print_table(found: Sequence[Answer]) -> None:
    from blocs.jobs.questions import COLUMNS, cells, clear, telling

    print_table([dict(zip(COLUMNS, cells(a), strict=True)) for a in telling(found)], COLUMNS, "outcome")
    changes = clear(found)
    typer.echo(
        f"\n{len(changes)} of {len(found)} outcomes clearly change; a question that moves none has the one that moves most. "
        "'Other acts' is the share of pairs in which any act differs; --json has every outcome."
    )
    if changes:
        _print(changes)


def _print(found: Sequence[Answer]) -> None:
    before = ""
    for a in found:
        if a.id != before:
            typer.echo(f"{a.id}: {a.text}\n  do: {'; '.join(a.do)}\n  {a.reach}")
            before = a.id
        typer.echo(f"  {a.outcome}: {a.sentence}")
