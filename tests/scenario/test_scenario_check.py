"""One pass finds every planted fault, at its file, line and field."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blocs.ground.errors import InputError
from blocs.scenario.faults import Faults
from blocs.scenario.folder import DATA, ENTRIES, OPTIONAL, SPEC
from blocs.scenario.load import check, load
from blocs.scenario.outcomes import Recorded
from blocs.scenario.reading import LONGEST_LINE
from blocs.scenario.yamlread import read_yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "tiny", tmp_path / "mine"))


def found(folder: Path) -> set[tuple[str, int, str]]:
    return {(Path(fault.where).name, fault.line, fault.field) for fault in check(folder).faults}


def edit_event(folder: Path, line: int, **changes: object) -> None:
    path = folder / "events.jsonl"
    texts = path.read_text().splitlines()
    entry = {**json.loads(texts[line - 1]), **changes}
    texts[line - 1] = json.dumps({name: value for name, value in entry.items() if value is not None})
    path.write_text("\n".join(texts) + "\n")


def replace(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first occurrence; return its line."""
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


EVENT_FAULTS = {
    "source": {"source": "esat"},
    "target": {"source": "east", "target": "east"},
    "co_targets": {"co_targets": ["nobody"]},
    "source_person": {"source_person": "nobody"},
    "act": {"act": "refusal"},
    "issue": {"issue": "habour"},
    "lever": {"lever": "oil"},
    "channel": {"channel": "whisper"},
    "basis": {"basis": "gossip"},
    "date": {"date": "2001-13"},
    "start": {"start": "2000-12-31"},
    "end": {"end": "2003-12-30"},
    "cooperation": {"cooperation": 10.5},
    "confidence": {"confidence": -0.1},
    "pages": {"pages": [41]},
    "is_dyadic": {"act": "process"},
    "not_dyadic_reason": {"is_dyadic": False},
    "said_by": {"said_by": "nobody"},
    "merged_ids": {"merged_ids": ["T001"]},
    "colour": {"colour": "red"},
    "summary": {"summary": None},
}


def test_all_kinds_of_event_faults_are_found_in_one_pass(folder: Path) -> None:
    for line, changes in enumerate(EVENT_FAULTS.values(), 11):
        edit_event(folder, line, **changes)
    expected = {("events.jsonl", line, field) for line, field in enumerate(EVENT_FAULTS, 11)}
    assert found(folder) == expected


def test_several_faults_of_one_entry_are_all_found(folder: Path) -> None:
    edit_event(folder, 5, source="esat", confidence=2, act="wave", date="2099")
    assert found(folder) == {("events.jsonl", 5, field) for field in ("source", "confidence", "act", "date")}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_refused(folder: Path, value: float) -> None:
    edit_event(folder, 3, cooperation=value)
    edit_event(folder, 4, confidence=value)
    assert found(folder) == {("events.jsonl", 3, "cooperation"), ("events.jsonl", 4, "confidence")}


def test_internal_acts_are_allowed_and_never_dyadic(folder: Path) -> None:
    internal = {"source": "east", "target": "east", "internal": True}
    edit_event(folder, 7, **internal, is_dyadic=False, not_dyadic_reason="internal")
    assert found(folder) == set()
    edit_event(folder, 7, **internal, is_dyadic=True, not_dyadic_reason=None)
    assert found(folder) == {("events.jsonl", 7, "is_dyadic")}
    edit_event(folder, 7, source="east", target="south", internal=True, is_dyadic=False, not_dyadic_reason="internal")
    assert found(folder) == {("events.jsonl", 7, "target")}


def test_duplicate_ids_are_named_with_their_first_line(folder: Path) -> None:
    edit_event(folder, 9, id="T002")
    fault = check(folder).faults[0]
    assert (fault.line, fault.field) == (9, "id")
    assert "first on line 2" in fault.problem


def test_damaged_lines_do_not_hide_the_rest(folder: Path) -> None:
    path = folder / "events.jsonl"
    raw = path.read_bytes().splitlines()
    raw[1] = raw[1][:-20]
    raw[3] = raw[3].replace(b"Invented", b"Inv\xffnted")
    raw[5] = b'{"id": "' + b"x" * LONGEST_LINE + b'"}'
    raw[7] = b"[" * 200_000
    raw[8] = b'{"id": "A", "id": "B"}'
    raw[9] = b"17"
    path.write_bytes(b"\n".join(raw) + b"\n")
    edit = {(line, field) for name, line, field in found(folder) if name == "events.jsonl"}
    assert {(2, "line"), (4, "line"), (6, "line"), (8, "line"), (9, "line"), (10, "entry")} <= edit
    assert {line for line, _ in edit} == {2, 4, 6, 8, 9, 10}


def test_a_line_of_100_megabytes_is_named_and_not_loaded(folder: Path) -> None:
    import tracemalloc

    with (folder / "events.jsonl").open("ab") as stream:
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
        stream.write(b'\n{"id": "LAST"}\n')
    tracemalloc.start()
    faults = check(folder).faults
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
    assert "100000000 bytes long" in next(fault.problem for fault in faults if fault.line == 121)
    assert any(fault.line == 122 and fault.field == "date" for fault in faults)


def test_positions_out_of_range(folder: Path) -> None:
    replace(folder, "positions.jsonl", '"salience": 0.6', '"salience": 1.6')
    path = folder / "positions.jsonl"
    texts = path.read_text().splitlines()
    texts[4] = json.dumps({**json.loads(texts[4]), "stance_axis": -1.2, "stance_patron": 1.2, "actor": "hale"})
    path.write_text("\n".join(texts))
    assert found(folder) == {
        ("positions.jsonl", 1, "salience"),
        ("positions.jsonl", 5, "stance_axis"),
        ("positions.jsonl", 5, "stance_patron"),
        ("positions.jsonl", 5, "actor"),
    }


def test_tables_with_wrong_columns_and_ragged_rows(folder: Path) -> None:
    replace(folder, "actors.csv", "capability", "strength")
    line = replace(folder, "levers.csv", "bread grain", "bread grain,more")
    row = replace(folder, "ties.csv", "north,south,patron_client,1", "north,south,patron_client,1.5")
    edit_event(folder, 2, source="esat")
    assert found(folder) == {
        ("actors.csv", 1, "columns"),
        ("levers.csv", line, "row"),
        ("ties.csv", row, "value"),
        ("events.jsonl", 2, "source"),
    }


def test_a_table_without_its_first_line_is_one_fault(folder: Path) -> None:
    replace(folder, "ties.csv", "source,target,tie,value,from,to,basis,pages\n", "")
    assert [fault.problem for fault in check(folder).faults] == ["are not named on the first line"]


def test_missing_and_strange_numbers_of_references_are_called_so(folder: Path) -> None:
    replace(folder, SPEC, "last: 40}", "last: 1, kind: entries}")
    edit_event(folder, 1, pages=[3])
    edit_event(folder, 2, pages=None)
    problems = {(Path(f.where).name, f.line): (f.problem, f.expected) for f in check(folder).faults}
    assert problems["events.jsonl", 1] == ("is reference 3", "1 to 1")
    assert problems["events.jsonl", 2] == ("is missing", "at least one number of a reference")


def test_yaml_files_name_line_and_field(folder: Path) -> None:
    step = replace(folder, SPEC, "step_days: 7", "step_days: seven")
    patron = replace(folder, SPEC, "patron: north", "patron: nroth")
    state = replace(folder, "state.yaml", "actor: east, value: 0.6", "actor: esat, value: 60")
    wrong = replace(folder, "state.yaml", "variable: doctrine_weight,", "variable: doctrine,")
    outcome = replace(folder, "outcomes.yaml", "act: [withhold]", "act: [withold]")
    do = replace(folder, "questions.yaml", "[narrator,grain]", "[narrator,oil]")
    date = replace(folder, "schedule.yaml", "date: 2002-06", "date: 2012-06")
    assert found(folder) >= {
        (SPEC, step, "step_days"),
        (SPEC, patron, "patron"),
        ("state.yaml", state, "actor"),
        ("state.yaml", state, "value"),
        ("state.yaml", wrong, "variable"),
        ("schedule.yaml", date, "date"),
    }
    assert ("outcomes.yaml", outcome, "when.event.act") in found(folder)
    assert ("questions.yaml", do, "do") in found(folder)


def test_what_is_not_known_has_no_date(folder: Path) -> None:
    text = (folder / "outcomes.yaml").read_text()
    (folder / "outcomes.yaml").write_text(text + "  recorded: {value: null, note: nobody can say}\n")
    assert not check(folder).faults
    assert load(folder).outcomes["cold"].recorded == Recorded(value=None, note="nobody can say")
    for wrong in ("{value: null, date: 2003-05}", "{note: nobody can say}", "{value: perhaps}"):
        (folder / "outcomes.yaml").write_text(f"{text}  recorded: {wrong}\n")
        (fault,) = check(folder).faults
        assert fault.field.startswith("recorded"), fault


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("state.yaml", "- {variable: [a, b\n", "line"),
        ("state.yaml", "- &x {variable: cohesion, actor: east, value: 0.5, basis: assumed}\n- *x\n", "entry"),
        ("state.yaml", "[" * 5000, "line"),
        ("state.yaml", "- !!python/object/apply:os.system [echo]\n", "entry"),
        ("state.yaml", "a: 1\n", "file"),
        ("state.yaml", "", "file"),
        (
            "state.yaml",
            "- {variable: cohesion, variable: unrest, actor: east, value: 0.5, basis: assumed}\n",
            "variable",
        ),
        ("ties.csv", "", "columns"),
        ("ties.csv", 'source,target,tie,value,from,to,basis,pages\n"north,east', "line"),
    ],
)
def test_files_that_are_not_what_they_should_be(folder: Path, name: str, text: str, field: str) -> None:
    (folder / name).write_text(text)
    assert (name, field) in {(where, at) for where, _, at in found(folder)}


@pytest.mark.parametrize("name", [SPEC, *ENTRIES])
def test_every_missing_file_is_named_unless_optional(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert found(folder) == (set() if name in OPTIONAL else {(name, 0, "file")})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: path.write_bytes(b"\x00\xff\xfe" * 50),
        lambda path: path.write_bytes(path.read_bytes()[:-20] + b'\x00"\xc3'),
    ],
)
@pytest.mark.parametrize("name", [SPEC, *sorted(ENTRIES)])
def test_no_bytes_make_a_traceback(folder: Path, name: str, spoil: Callable[[Path], object]) -> None:
    spoil(folder / name)
    with pytest.raises(InputError) as caught:
        load(folder)
    assert any(Path(fault.where).name == name for fault in caught.value.faults)
    assert all("\n" not in str(fault) for fault in caught.value.faults)


def test_dates_outside_the_horizon_and_events_without_pages(folder: Path) -> None:
    edit_event(folder, 4, date="1980", pages=[])
    assert found(folder) == {("events.jsonl", 4, "date"), ("events.jsonl", 4, "pages")}


def test_load_raises_what_check_reports(folder: Path) -> None:
    edit_event(folder, 4, date="1980", source="esat")
    with pytest.raises(InputError) as caught:
        load(folder)
    assert caught.value.faults == check(folder).faults


def test_the_hash_changes_with_any_byte(folder: Path) -> None:
    before = load(folder).hash
    assert before == load("tiny").hash
    replace(folder, "sources.yaml", "A seeded random story.", "A seeded story.")
    assert load(folder).hash != before


@pytest.mark.parametrize("name", ["kamp", "", " ", "a\0b", __file__])
def test_what_is_no_scenario_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(InputError, match="camp"):
        load(name)


def test_numbers_too_large_for_a_machine_are_faults(folder: Path) -> None:
    edit_event(folder, 2, cooperation=10**400)
    edit_event(folder, 3, pages=[10**30])
    assert found(folder) == {("events.jsonl", 2, "cooperation"), ("events.jsonl", 3, "pages.0")}


def test_a_pipe_in_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    (folder / "ties.csv").unlink()
    os.mkfifo(folder / "ties.csv")
    assert found(folder) == {("ties.csv", 0, "file")}


MODEL_FAULTS = {
    "mechanisms.warmht": ("mechanisms: {}", "mechanisms: {warmht: {rate: 0.1}}", "warmth"),
    "mechanisms.warmth.rat": ("mechanisms: {}", "mechanisms: {warmth: {rat: 0.1}}", "rate"),
    "mechanisms.warmth.strength": ("mechanisms: {}", "mechanisms: {warmth: {strength: .nan}}", "0 to 1"),
    "mechanisms.warmth.rate": ("mechanisms: {}", "mechanisms: {warmth: {rate: fast}}", "0 to 1"),
    "model.only": ("only: [memory, warmth,", "only: [memory, wermth,", "warmth"),
    "model.without": ("without: [pressure,", "without: [presure,", "blocs effects"),
    "model.stride": ("model:\n", "model:\n  stride: 60\n", "1 to 52"),
}


@pytest.mark.parametrize("field", MODEL_FAULTS)
def test_what_no_model_can_have_is_found_by_its_line(folder: Path, field: str) -> None:
    path = folder / SPEC
    if "mechanisms:" not in path.read_text():
        path.write_text(path.read_text() + "mechanisms: {}\n")
    old, new, expected = MODEL_FAULTS[field]
    line = replace(folder, SPEC, old, new) + new.count("\n") - ("\n" in new)
    (fault,) = check(folder).faults
    assert (fault.line, fault.field) == (line, field)
    assert expected in fault.expected


def test_training_may_not_end_before_the_period(folder: Path) -> None:
    line = replace(folder, SPEC, "until: 2002-12-31", "until: 1999-12-31")
    (fault,) = check(folder).faults
    assert (fault.line, fault.field) == (line, "training.until")


def test_a_place_of_the_state_and_an_alias_are_given_once(folder: Path) -> None:
    for name, field in (("state.yaml", "variable"), ("aliases.csv", "alias")):
        text = (folder / name).read_text().rstrip("\n")
        last = text.splitlines()[-1]
        (folder / name).write_text(f"{text}\n{last}\n")
        (fault,) = check(folder).faults
        assert (fault.field, fault.line) == (field, len(text.splitlines()) + 1)
        assert f"first on line {len(text.splitlines())}" in fault.problem
        (folder / name).write_text(f"{text}\n")


def emptied(folder: Path, name: str, steps: tuple[str | int, ...], value: object) -> None:
    """Write `value` in place of one part of the first entry of a file (of the whole of a YAML file)."""
    text = (folder / name).read_text()
    first, _, rest = text.partition("\n")
    lines = name.endswith(".jsonl")
    entry: Any = json.loads(first) if lines else read_yaml(folder / name, Faults(name)).value
    at = entry
    for step in steps[:-1]:
        at = at[step]
    at[steps[-1]] = value
    (folder / name).write_text(f"{json.dumps(entry)}\n{rest}" if lines else json.dumps(entry))


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("events.jsonl", ("date",)),
        ("events.jsonl", ("source",)),
        ("positions.jsonl", ("date",)),
        ("positions.jsonl", ("issue",)),
        ("state.yaml", (0, "variable")),
        ("state.yaml", (3, "lever")),
        ("outcomes.yaml", (2, "when", "state", "variable")),
        ("outcomes.yaml", (1, "when", "event", "act")),
        (SPEC, ("patron",)),
        (SPEC, ("model", "only", 0)),
    ],
)
@pytest.mark.parametrize("value", ["", [], {}, None])
def test_what_is_left_empty_is_a_fault_or_harmless(
    folder: Path, name: str, steps: tuple[str | int, ...], value: object
) -> None:
    emptied(folder, name, steps, value)
    harmless = name == "outcomes.yaml" and steps[-1] == "act" and value == []
    report = check(folder)
    assert bool(report.faults) != harmless
    assert all(Path(fault.where).name == name for fault in report.faults)


@pytest.mark.parametrize(
    ("do", "told"),
    [
        ("rule warmht.rate=0.1", "warmth"),
        ("rule warmth.rat=0.1", "rate"),
        ("rule warmth.rate=7", "0 to 1"),
        ("set reserve_days[narrator,grain]=-7", "0 or more"),
        ("set hostile[narrator,patron]=1", "a known variable"),
        ("forbid process from patron to narrator", "acts.csv"),
        ("forbid withhold from patron to narrator until 2002", "2003-01-01"),
    ],
)
def test_an_intervention_that_no_model_takes_is_found_by_its_line(folder: Path, do: str, told: str) -> None:
    line = replace(folder, "questions.yaml", "forbid withhold from patron to narrator", do)
    (fault,) = check(folder).faults
    assert (Path(fault.where).name, fault.line, fault.field) == ("questions.yaml", line, "do")
    assert told in fault.expected
    assert do in fault.problem


def test_a_question_of_another_time_is_read_beside_a_broken_period(folder: Path) -> None:
    line = replace(folder, SPEC, "period: {start: 2001-01-01,", "period: {start: never,")
    replace(
        folder,
        "questions.yaml",
        "  outcomes: [break, goods",
        "  window: {start: 2002-01-01, end: 2002-12-31}\n  outcomes: [break, goods",
    )
    assert found(folder) == {(SPEC, line, "period.start")}


SENSE = {
    "outcome id": ("outcomes.yaml", "- id: cold", "- id: break.east", "id", "also the id of another outcome for each"),
    "words": ("actors.csv", "hale,2,Ada", "member,2,Ada", "id", "a word of the language"),
    "any": ("levers.csv", "credit,Credit", "any,Credit", "id", "stands for all of them"),
    "alias of another": ("aliases.csv", "Ada,hale", "east,west_shore", "alias", "means another actor"),
    "alias of a role": ("aliases.csv", "Ada,hale", "patron,east", "alias", "means another actor"),
    "twin": ("ties.csv", "north,east,ally,1,2000", "north,east,patron_client,1,2000", "tie", "first on line 2"),
    "shares": ("ties.csv", "east,north,depends_credit,0.5", "east,south,depends_grain,0.5", "value", "1.1 in all"),
    "own cell": ("state.yaml", "west_shore, toward: north", "north, toward: north", "toward", "the actor 'north' itself"),
    "two patrons": ("actors.csv", "Eastmark,party_state,member", "Eastmark,party_state,patron", "role", "'north'"),
    "breakaway": (SPEC, "patron: north", "patron: north\nbreakaway: north", "breakaway", "the patron itself"),
    "too late": ("actors.csv", "party_state,member,,,,,,1990,,1,0.3", "party_state,member,,,,,,1990,2000,1,0.3", "source", ""),
    "order": ("actors.csv", "party_state,member,,,,,,1990,,1,0.3", "party_state,member,,,,,,1990,1980,1,0.3", "to", "1980"),
    "capability": ("actors.csv", ",1,0.3,", ",1,,", "capability", "is missing"),
    "tier 2": ("actors.csv", ",1,,invented", ",1,0.5,invented", "capability", "is 0.5"),
    "no act": ("outcomes.yaml", "act: [withhold]", "act: [process]", "when.event.act", "nobody does"),
    "own act": ("outcomes.yaml", "source: [patron], target: [narrator]",
        "source: [east], target: [east]", "when.event.target", "itself"),
    "never": ("outcomes.yaml", "at_most: -0.2", "at_most: -1.2", "when.state.at_most", "never reaches"),
    "own state": ("outcomes.yaml", "toward: patron", "toward: west_shore", "when.state.toward", "itself"),
    "recorded": ("outcomes.yaml", "at_least: 3}",
        "at_least: 3}\n  recorded: {value: true, date: 2002}", "recorded.date", "is 2002"),
    "fraction": ("state.yaml", "variable: line, issue: harbour, value: 0.8",
        "variable: session_stage, session: 1, value: 0.8", "value", "is 0.8"),
    "too much": ("state.yaml", "value: 30", "value: 1.0e+308", "value", "is 1e+308"),
}  # fmt: skip


@pytest.mark.parametrize("name", SENSE)
def test_entries_that_contradict_each_other_are_found_by_their_line(folder: Path, name: str) -> None:
    file, old, new, field, problem = SENSE[name]
    line = replace(folder, file, old, new) + new.count("\n")
    faults = [f for f in check(folder).faults if f.field == field and problem in f.problem]
    assert faults, check(folder).faults
    if name == "too late":
        assert {Path(f.where).name for f in faults} == {"events.jsonl"}
    else:
        assert [(Path(f.where).name, f.line) for f in faults] == [(file, line)]


def test_a_blank_summary_is_a_fault_and_a_narrator_may_be_the_patron(folder: Path) -> None:
    replace(folder, SPEC, "narrator: west_shore", "narrator: north")
    replace(folder, "questions.yaml", "forbid withhold from patron to narrator", "forbid withhold from patron to east")
    replace(folder, "outcomes.yaml", "target: [narrator]", "target: [east]")
    replace(folder, "outcomes.yaml", "actor: narrator", "actor: east")
    assert found(folder) == set()
    edit_event(folder, 3, summary="  ")
    assert found(folder) == {("events.jsonl", 3, "summary")}


@pytest.mark.parametrize(
    ("file", "old", "field"),
    [(SPEC, "title: ", "title"), (SPEC, "summary: ", "summary"), ("questions.yaml", "text: ", "text")],
)
def test_words_for_readers_may_not_be_blank(folder: Path, file: str, old: str, field: str) -> None:
    lines = (folder / file).read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if line.strip().removeprefix("- ").startswith(old))
    lines[place] = lines[place].split(old)[0] + old + '"  "'
    (folder / file).write_text("\n".join(lines) + "\n")
    assert [(f.line, f.field, f.expected) for f in check(folder).faults] == [(place + 1, field, "some text")]


def test_faults_of_references_are_at_the_line_of_the_word(folder: Path) -> None:
    (folder / "outcomes.yaml").write_text(
        "- id: one\n  title: One\n  when:\n    any_of:\n    - event:\n        act: [break]\n    - event:\n        act:\n"
        "        - refuse\n        - dance\n    - state:\n        variable: warmth\n        actor: mars\n"
        "        toward: north\n        at_least: 1\n"
    )
    replace(folder, "questions.yaml", "outcomes: [break, goods_withheld]", "outcomes:\n  - one\n  - two")
    replace(folder, "questions.yaml", "outcomes: [goods_withheld, cold]", "outcomes: [one]")
    assert found(folder) == {
        ("outcomes.yaml", 10, "when.event.act"),
        ("outcomes.yaml", 13, "when.state.actor"),
        ("questions.yaml", 5, "outcomes"),
    }


def test_a_mark_of_the_order_of_bytes_is_no_part_of_the_text(folder: Path) -> None:
    for name in (SPEC, *ENTRIES):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())
    assert found(folder) == set()


def test_numbers_and_nothing_where_text_belongs_are_called_so(folder: Path) -> None:
    edit_event(folder, 1, date=1896)
    path = folder / "events.jsonl"
    path.write_text(path.read_text().replace('"source": "south"', '"source": null', 1))
    replace(folder, SPEC, "until: 2002-12-31", "until: 2002")
    told = {(f.field, f.problem, f.expected) for f in check(folder).faults}
    assert ("date", "is 1896", 'text, in quotes: "1896"') in told
    assert ("source", "is empty (null)", "text") in told
    assert ("training.until", "is 2002", "a day, YYYY-MM-DD") in told
