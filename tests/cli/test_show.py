"""`blocs list` and `blocs show`: filters, natural spellings, pages, near matches."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from blocs.cli.main import app
from blocs.cli.show import SUBJECTS
from blocs.ground.errors import InputError
from blocs.scenario.load import load

CAMP = load("camp")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def show(*words: str) -> list[dict]:
    return json.loads(run("show", "camp", *words, "--json"))


def test_list_names_every_scenario() -> None:
    found = {entry["id"]: entry for entry in json.loads(run("list", "--json"))}
    assert set(found) >= {"camp", "tiny"}
    assert found["camp"]["events"] == 1293
    assert "camp" in run("list")


def test_refusals_of_1960_with_their_pages() -> None:
    found = show("--actor", "albania", "--act", "refusal", "--from", "1960")
    expected = {
        row["id"]: row["pages"]
        for row in CAMP.chronicle.events.iter_rows(named=True)
        if row["act"] == "refuse" and "albania" in row["participants"] and row["start"].isoformat() >= "1960-01-01"
    }
    assert {event["id"]: event["pages"] for event in found} == expected
    assert len(found) > 10


@pytest.mark.parametrize(
    ("option", "word", "column", "meant"),
    [
        ("--act", "criticism", "act", "criticise"),
        ("--act", "Refusal", "act", "refuse"),
        ("--act", "credit", "act", "aid"),
        ("--issue", "Economic aid and credit", "issue", "economic_aid"),
        ("--channel", "closed meeting", "channel", "closed_meeting"),
        ("--lever", "grain", "lever", "grain"),
        ("--source", "Khrushchev", "source_person", "khrushchev"),
        ("--source", "patron", "source", "ussr"),
        ("--target", "Soviet Union", "target", "ussr"),
    ],
)
def test_natural_spellings(option: str, word: str, column: str, meant: str) -> None:
    found = show(option, word)
    assert found
    if option in ("--source", "--target"):
        assert {meant} <= {event[column] for event in found}
    else:
        assert {event[column] for event in found} == {meant}


def test_every_alias_of_an_act_leads_to_one_act() -> None:
    aliases = [alias for act in CAMP.acts.values() for alias in act.aliases]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(CAMP.acts)


def test_one_event_by_id() -> None:
    (event,) = show("--id", "F258")
    assert event["pages"] == [5, 258, 270]
    assert event["start"] == "1961-12-01"
    assert "5, 258, 270" in run("show", "camp", "--id", "F258")


def test_dates_text_page_and_limit() -> None:
    assert {event["id"] for event in show("--page", "258", "--act", "break")} == {"F258"}
    assert len(show("--limit", "7")) == 7
    assert len(show("--dyadic")) == 769
    assert all("diplomatic relations" in event["summary"].lower() for event in show("--text", "diplomatic relations"))
    assert all(event["end"] <= "1957-12-31" for event in show("--to", "1957"))


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_every_subject_has_a_table_and_json(subject: str) -> None:
    entries = show(subject)
    assert entries
    assert all(isinstance(entry, dict) for entry in entries)
    assert SUBJECTS[subject].columns[0].split("_")[0] in run("show", "camp", subject)


def test_positions_of_an_actor() -> None:
    found = show("positions", "--actor", "albania", "--issue", "yugoslavia", "--to", "1957")
    assert found
    assert all(-1 <= entry["stance_patron"] <= 1 and entry["page"] >= 1 for entry in found)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("camp", "--act", "refusel"), "refuse"),
        (("camp", "--actor", "albanai"), "albania"),
        (("camp", "--issue", "yugoslavai"), "yugoslavia"),
        (("camp", "--id", "F2588"), "F258"),
        (("camp", "evnts"), "events"),
        (("cmap",), "camp"),
        (("camp", "acts", "--actor", "albania"), "does not apply"),
        (("camp", "--from", "1960-13"), "EDTF"),
    ],
)
def test_what_is_unknown_is_one_line_with_near_matches(words: tuple[str, ...], near: str) -> None:
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, ["show", *words], catch_exceptions=False)
    assert near in str(caught.value)
    assert len(caught.value.faults) == 1


def test_the_command_itself_exits_with_2_and_one_line() -> None:
    command = [sys.executable, "-c", "from blocs.cli.main import main; main()", "show", "camp", "--act", "refusel"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_nothing_in_a_record_reaches_the_terminal_as_control() -> None:
    from blocs.cli.tables import _cell

    assert "\x1b" not in _cell("red \x1b[31m [bold]").plain
    assert "[bold]" in _cell("red \x1b[31m [bold]").plain


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_a_table_fits_a_line_of_80_columns_and_its_text_is_not_squeezed(
    subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("show", "camp", subject, "--limit", "5").splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 5 * 8


def test_long_text_goes_below_its_row_where_the_line_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    narrow = run("show", "camp", "positions", "--limit", "1")
    assert "\n  Restrictive towards Albania while Stalin decides in its favour" in narrow
    monkeypatch.setenv("COLUMNS", "200")
    assert "\n  Restrictive" not in run("show", "camp", "positions", "--limit", "1")


def test_questions_show_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    assert "1955-05-01/1961-12-31" in run("show", "camp", "questions").replace("\n", "")
