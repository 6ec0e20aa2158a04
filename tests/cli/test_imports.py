"""`blocs import` on a file in the original layout."""

from __future__ import annotations

import polars as pl
import pytest
from typer.testing import CliRunner

from blocs.cli.main import app
from blocs.ground.errors import InputError

TEXT = "ccode,year,milex,milper,irst,pec,tpop,upop,cinc\n2,1816,3823,17,80,254,8659,101,0.0397\n"


def call(*words: object):
    return CliRunner().invoke(app, ["import", *map(str, words)])


def test_writes_a_table_and_keeps_one_that_is_there(tmp_path):
    (tmp_path / "sizes.csv").write_text(TEXT)
    out = tmp_path / "new" / "sizes.parquet"
    done = call("nmc", tmp_path / "sizes.csv", "--out", out)
    assert done.exit_code == 0, done.output
    assert "1 rows" in done.output
    assert pl.read_parquet(out)["cinc"].to_list() == [0.0397]
    assert not list(out.parent.glob("*.part"))
    again = call("nmc", tmp_path / "sizes.csv", "--out", out)
    assert isinstance(again.exception, InputError)
    assert call("nmc", tmp_path / "sizes.csv", "--out", out, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none", "x.csv"), "'none' is none"),
        (("nmc", "absent.csv"), "cannot be read"),
        (("nmc", "sizes.csv", "--map", "ccode"), "has no field or no column"),
        (("nmc", "absent.csv", "--out", "x.xlsx"), ".parquet or .csv"),
    ],
)
def test_bad_words_are_input_errors(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sizes.csv").write_text(TEXT)
    found = call(*words)
    assert isinstance(found.exception, InputError)
    assert said in str(found.exception)


def test_a_table_that_cannot_be_written_leaves_no_folder(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("File too large (os error 27)")

    monkeypatch.setattr(pl.DataFrame, "write_csv", refuse)
    (tmp_path / "sizes.csv").write_text(TEXT)
    found = call("nmc", tmp_path / "sizes.csv", "--out", tmp_path / "new" / "folder" / "sizes.csv")
    assert "sizes.csv: cannot be written (File too large" in str(found.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["sizes.csv"]
