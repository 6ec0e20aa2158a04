"""The pages about scenarios are true: the format page names every field, the how-to runs, schemas are fresh."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from blocs.scenario.folder import DATA, ENTRIES, SPEC
from blocs.scenario.load import load
from blocs.scenario.outcomes import EventSelector, Recorded, StateSelector
from blocs.scenario.schema import schemas, text
from blocs.scenario.spec import Spec

ROOT = Path(__file__).parents[2]
FORMAT = (ROOT / "docs/reference/scenario-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [SPEC, *ENTRIES])
def test_the_format_page_names_every_field_in_the_section_of_its_file(name: str) -> None:
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", FORMAT, re.M | re.S))
    model = Spec if name == SPEC else ENTRIES[name]
    models = [model, *((EventSelector, StateSelector, Recorded) if name == "outcomes.yaml" else ())]
    fields = {field.alias or key for one in models for key, field in one.model_fields.items()}
    quoted = " ".join(re.findall(r"`([^`]+)`", sections[name]))
    assert {field for field in fields if not re.search(rf"\b{field}\b", quoted)} == set()


def test_the_how_to_runs_as_it_stands(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/make-a-scenario.md").read_text(encoding="utf-8")
    steps = re.findall(r"^```bash\n(.*?)^```", page, re.M | re.S)
    assert len(steps) == 5
    command = f'blocs() {{ "{sys.executable}" -c "from blocs.cli.main import main; main()" "$@"; }}\n'
    script = "set -e\n" + command + "\n".join(steps)
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, env=os.environ, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "river: no faults" in done.stdout
    assert "R3" in done.stdout
    assert set(load(tmp_path / "river").outcomes) == {"break.delta", "break.ford"}


def test_schemas_on_disk_are_those_of_the_models() -> None:
    folder = ROOT / "docs/schema"
    expected = {name: text(schema) for name, schema in schemas().items()}
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")} == expected, (
        "run: python -m blocs.scenario.schema docs/schema"
    )


@pytest.mark.parametrize("name", ["tiny", "school"])
def test_an_invented_scenario_is_what_its_script_writes(name: str) -> None:
    written = runpy.run_path(str(ROOT / f"benchmarks/make_{name}.py"))["files"]()
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (DATA / name).iterdir()}
    assert shipped == written


def test_tiny_has_some_hundred_acts() -> None:
    assert 110 <= load("tiny").chronicle.dyadic().height <= 130
