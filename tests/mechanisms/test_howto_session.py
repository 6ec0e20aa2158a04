"""The page on how to add a session procedure runs as it stands."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

from blocs.report.reference import COMMAND
from blocs.scenario.interventions import parse_do, variables
from blocs.scenario.load import load
from blocs.scenario.spec import Meeting

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/add-a-session-procedure.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PLACES = ("blocs.institutions.procedures.recess", "blocs.mechanisms.library.recess")


@pytest.fixture
def recess(tmp_path, monkeypatch):
    """The two files of the page, as if they had been put where the page says."""
    for place, block in zip(PLACES, BLOCKS, strict=False):
        file = tmp_path / f"{place}.py"
        file.write_text(block, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(place, file)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, place, module)
        spec.loader.exec_module(module)
    return module


def test_the_page_builds_a_procedure_that_conforms_and_does_what_it_is_for(recess):
    names = {}
    assert len(BLOCKS) == 4
    for block in BLOCKS[2:]:
        exec(compile(block, "add-a-session-procedure.md", "exec"), names)
    assert names["Recess"] is recess.Recess


def test_the_entry_of_the_schedule_is_valid():
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (entry,) = yaml.safe_load(block)
    meeting = Meeting.model_validate(
        entry | {k: tuple(v) for k, v in entry.items() if isinstance(v, list)} | _tuples(entry)
    )
    assert (meeting.session.form, meeting.session.rule, meeting.session.notice_days) == ("text", "reservations", 30)


def _tuples(entry):
    """Lists as the strict models of a scenario take them."""
    session = {k: tuple(v) if isinstance(v, list) else v for k, v in entry["session"].items()}
    return {"session": session}


def test_every_intervention_of_the_page_is_understood():
    (block,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    camp = load("camp")
    lines = block.strip().split("\n")
    done = [parse_do(line, camp, variables()) for line in lines]
    assert len(done) == 7
    assert done[0].value == 0.0
    assert done[5].value == 3.0


def test_the_page_names_what_exists():
    assert COMMAND in PAGE
    for path in re.findall(r"`((?:src|tests)/[\w/]+\.\w+)`", PAGE):
        assert (ROOT / path).exists() or path.endswith("recess.py"), path
