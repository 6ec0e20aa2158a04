"""JSON Schema of every file of a scenario: `python -m blocs.scenario.schema docs/schema` writes them.

A CSV file has the schema of one row, a JSON Lines file that of one line, a YAML list that of one entry.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from blocs.scenario.folder import ENTRIES, SPEC
from blocs.scenario.spec import Spec


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each file by the name it is written under, such as `events.schema.json`."""
    models = {SPEC: Spec, **ENTRIES}
    return {
        f"{Path(name).stem}.schema.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(by_alias=True),
        }
        for name, model in models.items()
    }


def text(schema: dict[str, Any]) -> str:
    """Return a schema as it is written: two spaces, a newline at the end."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main(folder: str) -> None:
    """Write every schema into a folder."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (Path(folder) / name).write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
