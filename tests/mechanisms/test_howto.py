"""The page on how to add a mechanism runs as it stands, and so does the lie it tells of."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from blocs.report.reference import COMMAND
from blocs.testing.conformance import assert_laws
from blocs.testing.states import make_act, make_case

PAGE = (Path(__file__).parents[2] / "docs/how-to/add-a-mechanism.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PLACE = "blocs.mechanisms.library.habit"


@pytest.fixture
def habit(tmp_path, monkeypatch):
    """The module of the page, as if it had been put where the page says."""
    file = tmp_path / "habit.py"
    file.write_text(BLOCKS[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(PLACE, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, PLACE, module)
    spec.loader.exec_module(module)
    return module


def test_the_page_builds_a_mechanism_that_conforms_and_does_what_it_is_for(habit):
    names = {}
    assert len(BLOCKS) == 3
    for block in BLOCKS[1:]:
        exec(compile(block, "add-a-mechanism.md", "exec"), names)
    assert names["Habit"] is habit.Habit


def test_the_lie_on_the_page_is_told_in_the_words_of_the_page(habit):
    class Lie(habit.Habit):
        card = dataclasses.replace(habit.Habit.card, writes=frozenset())

    world, state, act, key = make_case(0)
    act = make_act(0, int(world.patron.argmax()), int(world.polarity.argmin()), 0)
    message = re.search(r"```text\n(.*?)\n```", PAGE, re.DOTALL).group(1)
    with pytest.raises(AssertionError, match=re.escape(message)):
        assert_laws(Lie.make(), world, state, act, key)


def test_the_page_names_what_exists():
    root = Path(__file__).parents[2]
    assert COMMAND in PAGE
    for path in re.findall(r"`((?:src|tests)/[\w/]+\.\w+)`", PAGE):
        assert (root / path).exists() or path.endswith("habit.py"), path
