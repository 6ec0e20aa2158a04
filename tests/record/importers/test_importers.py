"""Readers of published files: the original layouts, and one-line errors with file, line and field."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from blocs.ground.errors import InputError
from blocs.record.importers import FORMATS, as_events, import_table

VOTES = (
    "rcid,Country,ccode,member,vote,session,date,unres\n"
    "3,AAA,2,1,1,1,1946-01-01,R/1/66\n3,BBB,20,1,3,1,1946-01-01,R/1/66\n3,CCC,31,1,9,1,1946-01-01,R/1/66\n"
    "4,AAA,2,1,8,1,1946-01-02,R/1/79\n4,BBB,20,1,2,1,1946-01-02,R/1/79\n"
)
PACTS = (
    "ddyad\tstateA\tstateB\tyear\tatopally\tdefense\toffense\tneutral\tnonagg\tconsul\n"
    "200002\t200\t2\t1949\t1\t0\t0\t0\t1\t1\n2200\t2\t200\t1949\t1\t1\t0\t0\t0\t1\n"
)
SIZES = (
    "stateabb,ccode,year,milex,milper,irst,pec,tpop,upop,cinc,version\n"
    "AAA,2,1816,3823,17,80,254,8659,101,0.0397,2021\nAAA,2,1817,-9,15,80,277,8899,106,0.0358,2021\n"
)
FIGHTS = (
    "disno,dyindex,statea,stateb,strtyr,year,hihosta,hihostb,fatleva,fatlevb\n"
    "2,1,2,200,1902,1902,3,1,0,0\n2,2,200,2,1902,1903,4,1,-9,2\n3,1,2,200,1903,1903,2,2,0,-9\n"
)
BODIES = (
    "ccode,year,state,AAA,BBB,CCC\n2,1990,x,1,1,0\n20,1990,y,1,0,1\n31,1990,z,1,1,-9\n2,1991,x,1,0,0\n20,1991,y,1,0,0\n"
)
DAYS = "790415\tISR\tPAL\t173\t(IMPRISON)\n19990402\tPAL\tISR\t010\t(STATEMENT)\n040101\tA\tB\t020\n"
CODED = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\t"
    "Target Sectors\tTarget Country\n"
    '5\t2014-01-02\tPolice (A)\tGovernment\tA\tMake "statement"\t010\t0.0\tCitizen (B)\t\tB\n'
    "4\t2014-01-01\tHead of A\tExecutive\tA\tThreaten\t130\t-4.4\tHead of A\t\tA\n"
)


def read(name: str, text: str, **columns: str) -> pl.DataFrame:
    return import_table(text.encode(), FORMATS[name], f"{name}.txt", columns)


def fault(name: str, text: str, **columns: str) -> str:
    with pytest.raises(InputError) as caught:
        read(name, text, **columns)
    assert len(caught.value.faults) == 1
    return str(caught.value)


def test_votes():
    frame = read("unga", VOTES)
    assert frame["vote"].to_list() == [1, -1, None, 0]
    assert frame["absent"].to_list() == [False, False, True, False]
    assert 31 not in frame["ccode"]  # no member, no row
    assert frame["date"][0] == date(1946, 1, 1)


def test_a_vote_noted_twice_alike_is_one_vote():
    assert read("unga", VOTES + VOTES.splitlines()[1] + "\n").equals(read("unga", VOTES))


def test_directed_alliances_become_undirected():
    frame = read("atop", PACTS)
    assert frame.rows() == [(2, 200, 1949, 1, 0, 0, 1, 1)]


def test_capabilities_know_what_is_missing():
    frame = read("nmc", SIZES)
    assert frame["milex"].to_list() == [3823.0, None]
    assert frame["cinc"].sum() == pytest.approx(0.0755)


def test_disputes_by_pair_and_year():
    frame = read("mid", FIGHTS)
    assert frame.rows() == [(2, 200, 1902, 1, 1, 3, 0), (2, 200, 1903, 2, 1, 4, 2)]


def test_shared_organisations_count_full_members_only():
    frame = read("igo", BODIES)
    shared = {(a, b, y): n for a, b, y, n in frame.rows()}
    assert shared == {(2, 20, 1990): 1, (2, 31, 1990): 2, (20, 31, 1990): 1, (2, 20, 1991): 1}


def test_events_of_both_kinds_become_entries():
    days = read("keds", DAYS)
    assert days["date"].to_list() == [date(1979, 4, 15), date(1999, 4, 2), date(2004, 1, 1)]
    assert days["label"].to_list() == ["IMPRISON", "STATEMENT", None]
    entries = as_events(days, "conflict", {"173": "arrest"})
    assert [e.act for e in entries] == ["arrest", "010", "020"]
    coded = as_events(read("icews", CODED), "politics")
    assert [e.cooperation for e in coded] == [-4.4, 0.0]
    assert coded[0].internal
    assert not coded[0].is_dyadic
    assert coded[1].source == "Police__A_"
    assert all(not e.problems() for e in (*entries, *coded))


def test_a_column_can_be_mapped():
    frame = read("nmc", SIZES.replace("ccode", "cow"), ccode="cow")
    assert frame["ccode"].to_list() == [2, 2]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nmc", SIZES.replace("1817", "18x7"), "nmc.txt:3: year: '18x7' is none, expected a whole number"),
        ("nmc", SIZES.replace("ccode", "cow"), "nmc.txt:1: ccode: column is missing, expected column ccode"),
        ("nmc", SIZES.replace("1817", "1816"), "nmc.txt:3: ccode: state 2 in year 1816 comes twice"),
        ("igo", BODIES.replace("2,1991", "20,1991"), "igo.txt:6: ccode: state 20 in year 1991 comes twice"),
        ("unga", VOTES.replace("4,AAA,2,1,8", "3,AAA,2,1,3"), "unga.txt:5: ccode: state 2 in rcid 3 comes twice"),
        ("mid", FIGHTS.replace("1902,1903,4", "1902,1901,4"), "mid.txt:3: year: 1901 is before the dispute begins"),
        ("keds", DAYS.replace("\t173\t(IMPRISON)", ""), "keds.txt:1: row: has 3 fields, expected 4"),
        ("nmc", SIZES + "AAA,2,1818,1,2\n", "nmc.txt:4: row: has 5 fields, expected 11"),
        ("unga", VOTES.replace("BBB,20,1,3", "BBB,20,1,4"), "unga.txt:3: vote: 4 is no code, expected 1 yes"),
        ("atop", PACTS.replace("\t2\t200\t1949\t1\t1", "\t2\t200\t1949\t1\t7"), "atop.txt:3: defense: '7' is none"),
        ("keds", DAYS.replace("790415", "791415"), "keds.txt:1: date: '791415' is none, expected yymmdd"),
        ("icews", CODED.replace("2014-01-01", "soon"), "icews.txt:3: Event Date: 'soon' is none, expected a date"),
        (
            "icews",
            CODED.replace("-4.4", "-14.4"),
            "icews.txt:3: Intensity: '-14.4' is none, expected a number from -10",
        ),
        ("igo", "ccode,year\n2,1990\n", "igo.txt:1: organisations: no column is left"),
        ("mid", "", "mid.txt: file: is empty"),
        ("mid", "PK\x03\x04\0\0", "mid.txt: file: is no text file"),
        ("nmc", "just one line\n", "nmc.txt:1: file: has one field a line"),
        ("nmc", SIZES + "AAA,2,1818,1,2,3,4,5,6,0.1,7,8,9\n", "nmc.txt:4: row: cannot be read"),
    ],
)
def test_errors_name_file_line_and_field(name, text, said):
    assert fault(name, text).startswith(said)
    assert "\n" not in fault(name, text)


def test_the_label_of_an_event_may_be_missing_from_the_first_line_too():
    assert read("keds", DAYS.replace("\t(IMPRISON)", ""))["label"].to_list() == [None, "STATEMENT", None]


def test_fields_are_mapped_by_the_names_of_the_page():
    assert read("unga", VOTES.replace("vote", "cast"), vote="cast")["vote"].to_list() == [1, -1, None, 0]


def test_a_map_of_an_unknown_field_lists_the_fields():
    assert "is no field of nmc, expected one of ccode" in fault("nmc", SIZES, country="x")


@pytest.mark.parametrize(
    ("name", "text", "old"), [("nmc", SIZES, "3823"), ("unga", VOTES, "1946-01-01"), ("keds", DAYS, "790415")]
)
def test_a_very_long_value_is_told_in_short(name: str, text: str, old: str):
    told = fault(name, text.replace(old, "x" * 1_000_000, 1))
    assert "xxx..." in told
    assert len(told) < 300


def test_a_mark_inside_a_latin_text_ends_no_row():
    text = SIZES.replace("AAA,2,1817", "A\x85A,2,1817").encode("latin-1")
    assert import_table(text, FORMATS["nmc"], "nmc.txt")["year"].to_list() == [1816, 1817]
