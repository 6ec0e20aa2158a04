"""Where compiled programs are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocs.store.cache import cache_folder


def test_the_cache_can_be_moved_and_switched_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BLOCS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    for word in ("", "0", "off", "None"):
        monkeypatch.setenv("BLOCS_CACHE", word)
        assert cache_folder() is None
    monkeypatch.delenv("BLOCS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = cache_folder()
    assert found is not None
    assert "blocs" in found.parts
