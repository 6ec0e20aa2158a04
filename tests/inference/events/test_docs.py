"""The pages about event models are true."""

from __future__ import annotations

import re
from pathlib import Path

from blocs.inference.events.effects import CATALOGUE
from blocs.inference.events.reference import reference_page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_how_to_runs():
    page = (DOCS / "how-to" / "event-models.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(<!-- skip: .*? -->\n)?```python\n(.*?)```", page, flags=re.S)
    assert len(blocks) > 6
    names: dict[str, object] = {}
    for skip, block in blocks:
        if not skip:
            exec(compile(block, "event-models.md", "exec"), names)
    assert names["choice"].converged  # type: ignore[attr-defined]


def test_the_reference_page_is_fresh():
    assert (DOCS / "reference" / "event-effects.md").read_text(encoding="utf-8") == reference_page()


def test_each_effect_documents_itself_and_its_options():
    for name, kind in CATALOGUE.items():
        text = kind.__doc__ or ""
        assert f"`{name}(" in text, name
        assert "Source:" in text, name
        for option in kind.options:
            assert option in text, f"{name} does not mention {option}"
