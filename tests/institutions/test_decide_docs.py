"""The pages about rules say what is in the catalogue, and their code runs."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import numpy as np

from blocs.institutions.catalogue import by_name

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_every_rule_has_a_section_and_no_other_is_described():
    text = (DOCS / "reference" / "decision-rules.md").read_text(encoding="utf-8")
    rules = re.search(r"## The rules\n(.*)\n## Power", text, re.DOTALL)
    assert rules
    described = [n for line in re.findall(r"^### (.+)$", rules[1], re.MULTILINE) for n in line.split(" and ")]
    assert described == list(by_name())


def test_the_rule_of_the_how_to_works(golden, monkeypatch):
    text = (DOCS / "how-to" / "add-a-decision-rule.md").read_text(encoding="utf-8")
    module = types.ModuleType("midrange_of_the_page")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0], module.__dict__)
    rule = module.Midrange.with_params({"lean": "0.25"})
    table = golden("cop21.csv")
    low, high = np.nanmin(table.position, axis=0), np.nanmax(table.position, axis=0)
    assert np.allclose(rule.decide(table).outcome, low + 0.25 * (high - low))
