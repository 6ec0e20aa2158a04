"""The reference pages say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blocs.bloc.vocabulary import vocabulary
from blocs.mechanisms.catalogue import MECHANISMS
from blocs.report.reference import COMMAND, PAGES, mechanisms_page, vocabulary_page, write_pages

DOCS = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_up_to_date(name):
    found = (DOCS / name).read_text(encoding="utf-8")
    assert found == PAGES[name](), f"docs/reference/{name} is out of date: run `{COMMAND}` in the repository"


def test_every_mechanism_and_parameter_has_an_entry():
    page = mechanisms_page()
    for mechanism in MECHANISMS:
        section = page.split(f"\n## {mechanism.card.name}\n")[1].split("\n## ")[0]
        for p in mechanism.card.params:
            row = next(line for line in section.splitlines() if line.startswith(f"| `{p.name}` |"))
            plain = re.sub(r" \([TIC], n=\d+\)", "", row)
            assert f"| {p.unit} | {p.lo:g} to {p.hi:g} | {p.default:g} | {p.source} |" in plain
            assert (plain != row) == bool(re.search(r"R\d\d\.\d+", p.source))
        for name in mechanism.card.writes:
            assert f"`{name}`" in section


def test_every_quantity_has_a_row_with_all_its_cells():
    rows = [line for line in vocabulary_page().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(vocabulary())
    assert {row.count(" | ") for row in rows} == {9}


def test_pages_are_written_where_asked(tmp_path):
    files = write_pages(tmp_path)
    assert [f.name for f in files] == list(PAGES)
    assert files[0].read_text(encoding="utf-8") == mechanisms_page()
