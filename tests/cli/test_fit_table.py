"""The table of effects keeps every name whole, on narrow lines and on wide ones."""

from __future__ import annotations

import pytest

from blocs.cli.fit import COLUMNS, NARROW, _print
from blocs.conduct.catalogue import EFFECTS

ROW = {"estimate": -10.123, "robust_se": 10.123, "lo": -20.123, "hi": 10.123, "per_step": -1.0, "informed": 0.5}


@pytest.mark.parametrize(("width", "columns"), [(80, NARROW), (100, COLUMNS), (140, COLUMNS)])
def test_names_of_effects_are_not_folded(width: int, columns, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [{"choice": e.level, "effect": e.name, **ROW, "verdict": "rests on its prior"} for e in EFFECTS]
    _print(rows)
    shown = capsys.readouterr().out
    words = {word for line in shown.splitlines() for word in line.split()}
    assert {e.name for e in EFFECTS} <= words
    assert max(map(len, shown.splitlines())) <= width
    assert ("robust se and informed" in shown) == (columns == NARROW)
