"""Fits survive the way to disk and back by name, and say in one line what is wrong with a file."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from blocs.conduct.base import LEVELS
from blocs.forecast.simulate import forecast
from blocs.ground.errors import InputError
from blocs.store.fits import fit_from_dict, fit_to_dict, read_fit, write_fit


@pytest.fixture(scope="module")
def data(tiny_run):
    return fit_to_dict(tiny_run[0].fit)


def test_a_fit_comes_back_bit_by_bit(tiny_run, tmp_path: Path) -> None:
    fit = tiny_run[0].fit
    write_fit(tmp_path / "mine.json", fit)
    again = read_fit(tmp_path / "mine.json", tiny_run[0].scenario)
    for level in LEVELS:
        for name in ("beta", "se", "robust_se", "covariance", "informed", "table_spread"):
            np.testing.assert_array_equal(getattr(again.levels[level], name), getattr(fit.levels[level], name))
        for mine, theirs in zip(again.levels[level].tables, fit.levels[level].tables, strict=True):
            np.testing.assert_array_equal(mine, theirs)
    assert (again.until, again.draws, again.seed, again.acts) == (fit.until, fit.draws, fit.seed, fit.acts)
    assert again.settings == fit.settings
    assert again.specification == fit.specification
    assert again.to_polars().equals(fit.to_polars())
    assert repr(again) == repr(fit)


def test_forecasts_from_a_stored_fit_are_those_of_the_fit(tiny_run, data) -> None:
    result = tiny_run[0]
    again = forecast(fit_from_dict(data, result.scenario), runs=20)
    assert again.to_polars().equals(result.ensemble.to_polars())
    np.testing.assert_array_equal(again.watched, result.ensemble.watched)


def test_the_order_of_names_does_not_matter(tiny_run, data) -> None:
    """A later catalogue may list effects, rows and options otherwise: values follow their names."""
    turned = copy.deepcopy(data)
    for level in turned["levels"].values():
        level["effects"].reverse()
        level["covariance"] = [row[::-1] for row in level["covariance"][::-1]]
        level["tables"].reverse()
        for table in level["tables"]:
            table["rows"].reverse()
            table["options"].reverse()
            table["values"] = [row[::-1] for row in table["values"][::-1]]
    found, fit = fit_from_dict(turned, tiny_run[0].scenario), tiny_run[0].fit
    for level in LEVELS:
        np.testing.assert_array_equal(found.levels[level].beta, fit.levels[level].beta)
        np.testing.assert_array_equal(found.levels[level].covariance, fit.levels[level].covariance)
        for mine, theirs in zip(found.levels[level].tables, fit.levels[level].tables, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def spoil(data, *path, value):
    """Return a copy with one entry changed, or taken out where the value is `...`."""
    whole = copy.deepcopy(data)
    place = whole
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return whole


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("scenario", "hash"), "0" * 64, "scenario.hash: was fitted to tiny 000000000000"),
        (("until",), "1956-13-01", "until:"),
        (("until",), ..., "until: field required"),
        (("draws",), 0, "draws:"),
        (("levels", "act"), ..., "levels: lacks act"),
        (("levels", "act", "effects", 0, "name"), "luck", "names 'luck', which this version does not have"),
        (("levels", "act", "effects", 0, "beta"), float("nan"), "levels.act.effects.0.beta: input should be a finite"),
        (("levels", "act", "effects", 0, "beta"), None, "levels.act.effects.0.beta:"),
        (("levels", "act", "covariance"), [[1.0]], "levels.act.covariance: has another shape"),
        (("levels", "act", "tables", 0, "options", 0), "dance", "has other rows or options than the scenario"),
        (("tempo", "branching"), [0.1], "tempo.branching: has 1 entries"),
        (("tempo", "half_lives"), [1.0, 2.0, 3.0], "tempo.half_lives: are not those of the scenario"),
        (("settings",), {"luck": 1.0}, "settings:"),
        (("levels",), [], "levels:"),
    ],
)
def test_what_is_wrong_is_one_line(tiny_run, data, path, value, says: str) -> None:
    with pytest.raises(InputError) as caught:
        fit_from_dict(spoil(data, *path, value=value), tiny_run[0].scenario, "fit.json")
    lines = [str(f) for f in caught.value.faults]
    assert any(line.startswith("fit.json: ") and says in line for line in lines), lines
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1: file: is not JSON"),
        ('{"format": "blocs-fit"', "file: is not JSON"),
        ("[]", "file: holds no object"),
        ("[" * 100_000, "file: is nested too deeply"),
        ('{"format": "blocs-scores", "version": 1}', "format: is 'blocs-scores', expected 'blocs-fit'"),
        ('{"format": "blocs-fit", "version": 99}', "version: is 99, expected 1 to 1"),
        ('{"format": "blocs-fit", "version": true}', "version: is True"),
        ('{"format": "blocs-fit", "version": 1}', "scenario: field required"),
    ],
)
def test_broken_files(tiny_run, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "fit.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_fit(path, tiny_run[0].scenario)
    assert any(says in str(f) and str(f).startswith(str(path)) for f in caught.value.faults), str(caught.value)


def test_missing_and_binary_files(tiny_run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="file: is missing"):
        read_fit(tmp_path / "fit.json", tiny_run[0].scenario)
    (tmp_path / "fit.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_fit(tmp_path / "fit.json", tiny_run[0].scenario)
    with pytest.raises(InputError, match="cannot be read"):
        read_fit(tmp_path, tiny_run[0].scenario)


def test_the_file_is_plain_json_with_names(data) -> None:
    text = json.dumps(data, allow_nan=False)
    assert date.fromisoformat(json.loads(text)["until"]) == date(2002, 12, 31)
    names = {e["name"] for e in data["levels"]["target"]["effects"]}
    assert {"reciprocity_recent", "warmth"} <= names
