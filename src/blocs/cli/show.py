"""`blocs list` and `blocs show`: which scenarios there are, and what is in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blocs.cli.options import EDTF
from blocs.cli.tables import Record, print_json, print_record, print_table

if TYPE_CHECKING:
    from blocs.record import Chronicle
    from blocs.scenario.scenario import Scenario

SHOWN = 40
"""Rows of a table shown to a person who names no limit."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("list")(list_scenarios)
    app.command("show")(show)


def list_scenarios(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """List the scenarios that come with Blocs.

    Example: blocs list
    """
    from blocs.scenario.folder import available
    from blocs.scenario.load import load

    records: list[dict[str, Any]] = []
    for name in available():
        scenario = load(name)
        counts = scenario.counts()
        kept = {key: counts[key] for key in ("events", "dyadic", "positions", "actors", "issues", "acts")}
        period = f"{scenario.spec.period.start}/{scenario.spec.period.end}"
        records.append({"id": name, "title": scenario.spec.title, "period": period, **kept, "hash": scenario.hash})
    if as_json:
        print_json(records)
    else:
        print_table(records, ("id", "period", "events", "dyadic", "positions", "actors", "title"), "title")


def show(
    name: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or a folder.")],
    subject: Annotated[
        str,
        typer.Argument(
            help="What to list: events, positions, actors, issues, acts, levers, outcomes, schedule, institutions, "
            "sources, questions, numbers, ties or state."
        ),
    ] = "events",
    event_id: Annotated[str | None, typer.Option("--id", help="One entry, in full, by its id.")] = None,
    actor: Annotated[str | None, typer.Option(help="Anyone involved: collective, person, alias or role.")] = None,
    source: Annotated[str | None, typer.Option(help="Who acts.")] = None,
    target: Annotated[str | None, typer.Option(help="Whom the act is aimed at.")] = None,
    act: Annotated[str | None, typer.Option(help="Kind of act: refuse, refusal, criticism...")] = None,
    issue: Annotated[str | None, typer.Option(help="Issue.")] = None,
    channel: Annotated[str | None, typer.Option(help="public, closed_meeting, private_talk, secret...")] = None,
    lever: Annotated[str | None, typer.Option(help="Instrument used.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=f"Only dates wholly on or after {EDTF}.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Only dates wholly on or before this one.")
    ] = None,
    page: Annotated[int | None, typer.Option(help="Page of the source, or number of a reference.")] = None,
    text: Annotated[str | None, typer.Option(help="Words in summary, terms or outcome.")] = None,
    dyadic: Annotated[bool, typer.Option("--dyadic", help="Only acts of one actor toward another.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help="Rows at most; 0 for all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of objects.")] = False,
) -> None:
    """Show what is in a scenario, with the pages (or references) that tell of it.

    Example: blocs show camp --actor albania --act refusal --from 1960 --json
    """
    from blocs.scenario.load import load

    kind = _subject(subject)
    scenario = load(name)
    asked = {"actor": actor, "source": source, "target": target, "act": act, "issue": issue, "channel": channel}
    asked |= {"lever": lever, "since": since, "until": until, "page": page, "text": text, "dyadic": dyadic or None}
    given = {key: value for key, value in asked.items() if value is not None}
    _only_known(kind, subject, given)
    _in_order(since, until)
    records = kind.records(scenario, _resolved(scenario, given))
    if event_id is not None:
        records = [_one(records, event_id, kind)]
    if as_json:
        print_json(records[:limit] if limit else records)
    elif event_id is not None:
        print_record(records[0])
    elif records:
        print_table(records, kind.columns, kind.wide, limit=SHOWN if limit is None else limit)
    else:
        typer.echo(f"no {subject} of {scenario.id} match")


@dataclass(frozen=True)
class Subject:
    """A kind of thing to list: how to get its records, the columns of its table, the filters it understands."""

    records: Callable[[Scenario, Mapping[str, Any]], list[Record]]
    columns: tuple[str, ...]
    wide: str
    filters: tuple[str, ...] = ()
    key: str = "id"


def _subject(word: str) -> Subject:
    from blocs.ground.errors import bad_input
    from blocs.scenario.faults import near, shown

    if word not in SUBJECTS:
        raise bad_input(
            "show", shown(word), "is nothing to show", f"one of {', '.join(SUBJECTS)}{near(word, SUBJECTS)}"
        )
    return SUBJECTS[word]


def _only_known(kind: Subject, subject: str, given: Mapping[str, Any]) -> None:
    from blocs.ground.errors import bad_input

    for key in given:
        if key not in kind.filters:
            option = {"since": "--from", "until": "--to"}.get(key, f"--{key}")
            known = ", ".join({"since": "--from", "until": "--to"}.get(name, f"--{name}") for name in kind.filters)
            raise bad_input("show", option, f"does not apply to {subject}", known or "no filter")


def _in_order(since: str | None, until: str | None) -> None:
    from blocs.cli.options import window
    from blocs.ground.errors import bad_input

    first, last = window(since, until, ("--from", "--to"))
    if first and last and last < first:
        raise bad_input("--to", "date", f"{last} is before --from {first}", "a later day")


def _resolved(scenario: Scenario, given: Mapping[str, Any]) -> dict[str, Any]:
    from blocs.scenario.names import KINDS, resolve

    kinds = {"source": "actor", "target": "actor", **{kind: kind for kind in KINDS}}
    return {key: resolve(scenario, kinds[key], value) if key in kinds else value for key, value in given.items()}


def _one(records: list[Record], wanted: str, kind: Subject) -> Record:
    from blocs.ground.errors import bad_input
    from blocs.scenario.faults import near, shown

    by_id = {str(record[kind.key]): record for record in records}
    if wanted not in by_id:
        raise bad_input("--id", shown(wanted), "is not among the entries asked for", f"a known id{near(wanted, by_id)}")
    return by_id[wanted]


def _events(scenario: Scenario, given: Mapping[str, Any]) -> list[Record]:
    chronicle: Chronicle = scenario.chronicle.filter(**given)
    return list(chronicle.events.drop("number").iter_rows(named=True))


def _positions(scenario: Scenario, given: Mapping[str, Any]) -> list[Record]:
    return list(scenario.chronicle.filter_positions(**given).positions.iter_rows(named=True))


def _rows(field: str) -> Callable[[Scenario, Mapping[str, Any]], list[Record]]:
    def records(scenario: Scenario, _: Mapping[str, Any]) -> list[Record]:
        found: Any = getattr(scenario, field)
        entries: Any = found.values() if hasattr(found, "values") else found
        return [entry.model_dump(mode="json", by_alias=True, exclude_none=True) for entry in entries]

    return records


_EVENT_FILTERS = ("actor", "source", "target", "act", "issue", "channel", "lever", "since", "until", "page", "text")
_EVENT_COLUMNS = ("id", "date", "source", "target", "act", "issue", "pages", "summary")
_DATED = ("id", "title", "date", "participants", "pages")
SUBJECTS: Mapping[str, Subject] = {
    "events": Subject(_events, _EVENT_COLUMNS, "summary", (*_EVENT_FILTERS, "dyadic")),
    "positions": Subject(
        _positions,
        (
            "id",
            "date",
            "actor",
            "actor_person",
            "issue",
            "public_or_private",
            "stance_patron",
            "stance_axis",
            "page",
            "note",
        ),
        "note",
        ("actor", "issue", "since", "until", "page", "text"),
    ),
    "actors": Subject(_rows("actors"), ("id", "tier", "kind", "role", "parent", "capability", "name"), "name"),
    "issues": Subject(_rows("issues"), ("id", "name", "low_end", "high_end", "first_page"), "high_end"),
    "acts": Subject(
        _rows("acts"), ("id", "mode", "polarity", "default_cooperation", "rung", "definition"), "definition"
    ),
    "levers": Subject(_rows("levers"), ("id", "name", "description"), "description"),
    "outcomes": Subject(_rows("outcomes"), ("id", "title"), "title"),
    "schedule": Subject(_rows("schedule"), _DATED, "title"),
    "institutions": Subject(_rows("institutions"), ("id", "name", "kind", "from", "to", "rule", "pages"), "rule"),
    "sources": Subject(_rows("sources"), ("id", "kind", "citation", "what_it_is"), "what_it_is"),
    "questions": Subject(_rows("questions"), ("id", "text", "window", "outcomes", "do", "pages"), "text"),
    "numbers": Subject(_rows("numbers"), ("id", "what", "value", "unit", "kind", "actors", "page"), "what"),
    "ties": Subject(_rows("ties"), ("source", "target", "tie", "value", "from", "to", "basis"), "basis", key="source"),
    "state": Subject(
        _rows("state_entries"),
        ("variable", "actor", "toward", "lever", "issue", "value", "basis", "pages"),
        "pages",
        key="variable",
    ),
}
