"""`blocs check`: all faults on standard output, exit codes, JSON."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from typer.testing import CliRunner

from blocs.cli.main import app
from blocs.scenario.folder import DATA


def invoke(*words: str):
    return CliRunner().invoke(app, ["check", *words], catch_exceptions=False)


def test_a_clean_scenario_prints_counts() -> None:
    result = invoke("camp")
    assert result.exit_code == 0
    assert re.search(r"1293 events", result.stdout)
    assert json.loads(invoke("camp", "--json").stdout)["counts"]["dyadic"] == 769


def test_faults_are_one_line_each_with_file_line_and_field(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA / "tiny", tmp_path / "mine"))
    events = folder / "events.jsonl"
    lines = events.read_text().splitlines()
    lines[2] = lines[2].replace('"cooperation": ', '"cooperation": 1')
    lines[4] = lines[4][:-9]
    events.write_text("\n".join(lines))
    (folder / "levers.csv").unlink()
    result = invoke(str(folder))
    assert result.exit_code == 2
    found = result.stdout.splitlines()
    assert len(found) == 3
    assert found[0].startswith(f"{events}:3: cooperation: is 1") or "cooperation" in found[0]
    assert found[1].startswith(f"{events}:5: line: is not JSON")
    assert found[2].startswith(f"{folder / 'levers.csv'}: file: is missing")
    as_json = json.loads(invoke(str(folder), "--json").stdout)
    assert as_json["ok"] is False
    assert [fault["line"] for fault in as_json["faults"]] == [3, 5, 0]
    assert {"file", "line", "field", "problem", "expected"} == set(as_json["faults"][0])
