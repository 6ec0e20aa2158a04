"""Whatever the bytes of a folder, loading gives a scenario or an `InputError` of one-line faults; nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocs.ground.errors import InputError
from blocs.scenario.folder import DATA, ENTRIES, SPEC
from blocs.scenario.load import check, load
from blocs.scenario.scenario import Scenario

FILES = {name: (DATA / "tiny" / name).read_bytes() for name in (SPEC, *ENTRIES)}
NASTY = (b'"', b"'", b"[", b"{", b"}", b"\n", b"\r", b"\t", b",", b":", b"- ", b"&a ", b"*a", b"!!int ", b"<<: ", b"#")
NASTY += (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"NaN",
    b"1e999",
    b"-1",
    b"null",
    b"true",
    b"..",
    b"/",
    b"\\ud800",
    b"\xe2\x80\xa8",
)


@st.composite
def damage(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(sorted(FILES)))
    raw = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, min(len(raw), start + 40)))
        put = draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=8), st.just(b"")))
        raw = raw[:start] + put + raw[end:]
    return name, raw[: draw(st.sampled_from([len(raw), len(raw), len(raw) // 2]))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(DATA / "tiny", tmp_path_factory.mktemp("fuzz") / "mine"))


@given(st.lists(damage(), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_damage_gives_faults_or_a_scenario(folder: Path, spoiled: list[tuple[str, bytes]]) -> None:
    try:
        for name, raw in spoiled:
            (folder / name).write_bytes(raw)
        faults = check(folder).faults
        for fault in faults:
            assert Path(fault.where).parent == folder
            assert str(fault).isprintable()
            assert str(fault).count("\n") == 0
        if faults:
            with pytest.raises(InputError) as caught:
                load(folder)
            assert caught.value.faults == faults
        else:
            assert isinstance(load(folder), Scenario)
    finally:
        for name, _ in spoiled:
            (folder / name).write_bytes(FILES[name])


def test_the_undamaged_folder_is_clean(folder: Path) -> None:
    assert check(folder).faults == ()
