"""Readers: what they recognise, and the one line each fault gets."""

from __future__ import annotations

import contextlib
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.ground.errors import InputError
from blocs.institutions.bodies import body_of
from blocs.institutions.draws import drawn, with_spread
from blocs.institutions.formats import read_table, recognise

HEAD = "actor,position,salience,capability\n"


def test_formats_are_recognised(golden):
    assert golden("SOE-Pol-Comp.csv").issues == ("Policy", "Competitive")
    assert golden("SOE-Pol-Comp.csv").salience[0].tolist() == [0.24, 0.48]
    assert golden("sample_data.txt").upper[1] == 7.0
    assert golden("cop21.csv").present.sum() == 181
    assert recognise('[{"actor": "a"}]') == "json"
    assert recognise("#A;x;y") == "exchange"
    assert recognise(HEAD) == "csv"


def test_columns_in_any_order_case_and_separator():
    a = read_table("Actor;Salience;Capability;Position\nx;.5;1;2\ny;1;2;4\n", "t")
    b = read_table("POSITION\tACTOR\tPOWER\tSALIENCE\n2\tx\t1\t.5\n4\ty\t2\t1\n", "t")
    assert np.array_equal(a.position, b.position)
    assert np.array_equal(a.capability, b.capability)


LONG = "x" * 200_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "t.csv: file: is empty"),
        ("  \n", "t.csv: file: is empty"),
        (HEAD, "t.csv: rows: no entries"),
        (HEAD + "a,1,1,1\n", "t.csv: actor: only one actor takes part"),
        ("actor,position\na,1\n", "t.csv:1: salience, capability: column missing; found actor, position"),
        (HEAD + "a,1,1,1\nb,nan,1,1\n", "t.csv:3: position: 'nan' is not a finite number for b"),
        (HEAD + "a,1,1,1\nb,x,1,1\n", "t.csv:3: position: 'x' is not a number for b"),
        (HEAD + "a,1,1,1\nb,2,,1\n", "t.csv:3: salience: nothing found for b"),
        (HEAD + "a,1,1,1\nb,2,1,-1\n", "t.csv:3: capability: -1 for b is negative, expected zero or more"),
        (HEAD + "a,1,80,1\nb,2,1,1\n", "t.csv:2: salience: 80 for a is out of range, expected 0 to 1"),
        (HEAD + "a,1,1,1\na,2,1,1\n", "t.csv:3: actor: a on issue stands twice (also line 2)"),
        (HEAD + "a,1,1,1\nb,2\n", "t.csv:3: row: 2 values under 4 columns"),
        (HEAD + "a,1,0,1\nb,2,0,1\n", "t.csv: capability: nobody has weight"),
        (HEAD + "a,5..2,1,1\nb,2,1,1\n", "t.csv:2: position: '5..2' does not rise"),
        (
            "actor,position,salience,capability,lower,upper\na,1,1,1,0,10\nb,11,1,1,0,10\n",
            "t.csv:3: position: 11 for b is off",
        ),
        ("#A\ta\ta\n#D\ta\tq\t1\t1\t1\n", "t.csv:2: issue: 'q' was not announced, expected a #P line"),
        ("#A\ta\ta\n#Z\tx\n", "t.csv:2: mark: '#Z' is not known"),
        ("#P\tq\tq\n#D\tq\n", "t.csv:2: #D: 2 values, expected 6 or more"),
        ('{"actor_issues": [{"actor": "a"}]}', "t.csv: actor_issues.0.position: field required"),
        ("[{]", "t.csv:1: json:"),
        pytest.param("[" * 100_000, "t.csv: json: is nested too deeply", id="deep"),
        pytest.param("[" + "9" * 10_000 + "]", "t.csv: json:", id="digits"),
        pytest.param(
            f"actor,position,salience,capability\n{LONG},1,1,1\n", "t.csv:2: row: is no CSV: field larger", id="cell"
        ),
        pytest.param(f"{LONG},1,1,1\n", "t.csv:1: row: is no CSV: field larger", id="header"),
        pytest.param(f"#A\ta\t{LONG}\n", "t.csv:1: row: is no CSV: field larger", id="exchange"),
        pytest.param(
            f"s,d,2,1\nActor,D,I,P Position,P Salience\na,{LONG},1,5,5\n", "t.csv:3: row: is no CSV", id="spatial"
        ),
        pytest.param("a,b\n" + "y" * 100_000 + ",1\n", "t.csv:1: actor, position", id="long"),
        (
            "s,d,²,1\nActor,D,I,P Position,P Salience\na,a,1,5,5\n",
            "t.csv:1: actor, position, capability: column missing",
        ),
        ("s,d,2,1\nActor,D,I,P Position,P Salience\na,a,1,5,5\n", "t.csv:1: actors: 1 rows, expected 2"),
    ],
)
def test_each_fault_is_one_line(text, line):
    with pytest.raises(InputError) as caught:
        read_table(text, "t.csv")
    assert str(caught.value.faults[0]).startswith(line)
    assert "\n" not in str(caught.value.faults[0])
    assert len(str(caught.value.faults[0])) < 1000


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="#APMDactor,;\t\n\"'{}[]:0123456789.-+ x", max_size=120))
def test_no_text_ends_in_a_traceback(text):
    with contextlib.suppress(InputError):
        assert len(read_table(text, "t").actors) >= 2


def test_uncertain_entries_are_drawn_within_their_law():
    text = "actor,position,salience,capability,lower,upper\na,2..4,0.5,1,0,10\nb,9+-3,0.2..0.3..0.9,1,0,10\n"
    table = read_table(text, "t")
    assert table.position[:, 0].tolist() == [3.0, 9.0]
    many = drawn(table, np.random.default_rng(0).random((4000, 3)))
    x = np.array([[*t.position[:, 0], t.salience[1, 0]] for t in many])
    assert (x.min(axis=0) >= [2, 0, 0.2]).all()
    assert (x.max(axis=0) <= [4, 10, 0.9]).all()
    # Means: 3 (uniform), cut-off normal below 9, (0.2 + 0.3 + 0.9) / 3; four standard errors.
    assert x[:, 0].mean() == pytest.approx(3.0, abs=4 * 0.577 / 4000**0.5)
    assert x[:, 2].mean() == pytest.approx(1.4 / 3, abs=4 * 0.16 / 4000**0.5)
    assert 6.5 < x[:, 1].mean() < 8.5
    spread = with_spread(table, 0.2)
    assert len(spread.cells) == 6
    assert {c.low for c in spread.cells if c.field == "capability"} == {0.8}


def test_bodies_have_one_rule_a_day():
    rule = {"valid_from": "1958-01-01", "valid_to": "1972-12-31", "rule": "unanimity", "source": "s"}
    body = body_of({"body": "b", "name": "B", "rules": [rule]}, "b.yaml")
    assert body.on(date(1958, 1, 1)).rule == "unanimity"
    with pytest.raises(InputError, match="no rule on 1973-01-01, expected 1958-01-01 to 1972-12-31"):
        body.on(date(1973, 1, 1))
    with pytest.raises(InputError, match="overlap"):
        body_of({"body": "b", "name": "B", "rules": [rule, rule]}, "b.yaml")
    with pytest.raises(InputError, match=r"rules\.0\.source: field required"):
        body_of({"body": "b", "name": "B", "rules": [{k: v for k, v in rule.items() if k != "source"}]}, "b.yaml")
