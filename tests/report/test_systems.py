"""The page of the systems leaves nothing out silently: every system, rule and fact of the specification has its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blocs.report.systems import STATUS, between, coverage, facts_tested, mentioned, summary, systems, systems_page

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date():
    found = (ROOT / "docs/systems.md").read_text(encoding="utf-8")
    assert found == systems_page(ROOT / "tests"), (
        "docs/systems.md is out of date: run `python -m blocs.report.reference` in the repository"
    )


def test_the_front_page_tells_the_status_of_every_system():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == between(readme, "systems", summary()), (
        "README.md is out of date: run `python -m blocs.report.reference`"
    )
    named = re.findall(r"\bS\d\d\b", summary())
    assert sorted(named) == [s.id for s in systems()]
    with pytest.raises(ValueError, match="camp:begin"):
        between(readme, "camp", "")


def test_every_system_of_the_specification_has_a_row_in_order():
    assert [s.id for s in systems()] == [f"S{n:02d}" for n in range(1, 29)]


@pytest.mark.parametrize("system", systems(), ids=lambda s: s.id)
def test_the_status_is_what_the_code_has(system):
    has = coverage(system.id)
    facts = [f for f in facts_tested(ROOT / "tests") if f.startswith(f"F{system.id[1:]}.")]
    assert system.status in STATUS
    if system.status == "live":
        assert has.mechanisms
        assert has.effects or has.quantities
        assert facts, f"{system.id} is called live, but no test names one of its facts"
    elif system.status == "planned":
        assert not has.mechanisms
        assert not has.effects, f"{system.id} is called planned, but effects are about it: {has.effects}"
    assert len(has.rules) <= system.rules
    assert all(1 <= int(r.split(".")[1]) <= system.rules for r in has.rules)
    assert all(1 <= int(f.split(".")[1]) <= system.facts for f in facts)


def test_each_rule_of_a_system_is_covered_or_left_out_with_a_reason():
    page = systems_page(ROOT / "tests")
    for system in systems():
        section = page.split(f"\n## {system.id} ")[1].split("\n## ")[0]
        named = set(re.findall(rf"R{system.id[1:]}\.\d+", section))
        assert named == {f"R{system.id[1:]}.{n}" for n in range(1, system.rules + 1)}
        assert len(system.left_out) > 20
        assert len(system.simplified) > 20


def test_files_and_commands_that_the_page_names_exist():
    from typer.main import get_command

    from blocs.cli.main import app

    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    for system in systems():
        for path in (*coverage(system.id).files, *system.also):
            assert (ROOT / path).exists(), f"{system.id}: {path}"
        for command in system.commands:
            assert command.split()[0] == "blocs"
            assert command.split()[1] in commands, f"{system.id}: {command}"


def test_a_text_that_names_a_range_or_a_rule_names_its_systems():
    assert mentioned("largest share. SYSTEM S10-S13") == {"S10", "S11", "S12", "S13"}
    assert mentioned("SYSTEM R08.1, R27.6; Butts 2008, S20") == {"S08", "S20", "S27"}
    assert mentioned("CS10 and XR08.1") == set()


def test_facts_are_found_in_documentation_of_tests_only(tmp_path):
    (tmp_path / "test_it.py").write_text(
        '"""F01.1 in the module."""\n\n\ndef test_one():\n    """F02.3: holds."""\n\n\ndef helper():\n    """F04.4."""\n',
        encoding="utf-8",
    )
    named = {fact: places[1:] for fact, places in facts_tested(tmp_path).items() if places[1:]}
    assert named == {"F02.3": [f"{tmp_path.name}/test_it.py::test_one"]}
