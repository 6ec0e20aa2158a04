"""Tables of states and pairs of states: votes, alliances, capabilities, disputes, organisations."""

from __future__ import annotations

import numpy as np
import polars as pl

from blocs.ground.errors import bad_input, shown
from blocs.record.importers.base import Field, Format, line_of

VOTES = {1: 1, 2: 0, 3: -1, 8: None, 9: None}
"""Codes of the votes file: yes, abstain, no, absent, no member."""
_UNKNOWN = ("-9", "-8", "-7")


def _first(frame: pl.DataFrame, *columns: str) -> pl.Series:
    return frame.select(pl.struct(*columns).is_first_distinct()).to_series()


def _once(frame: pl.DataFrame, raw: pl.DataFrame, where: str, other: str, copies: bool = False) -> None:
    """Refuse a state that comes twice under one value of `other`; `copies`, alike in every field, may stand."""
    again = ~_first(frame, "ccode", other)
    if copies:
        again &= _first(frame, *frame.columns)
    if again.any():
        row = again.arg_true()[0]
        key = f"state {frame['ccode'][row]} in {other} {frame[other][row]}"
        raise bad_input(where, "ccode", f"{key} comes twice", f"one row a state and {other}", line_of(raw, row))


def _votes(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    _once(frame, raw, where, "rcid", copies=True)
    code = frame["vote"]
    wrong = ~code.is_in(list(VOTES)) | code.is_null()
    if wrong.any():
        row = wrong.arg_true()[0]
        expected = "1 yes, 2 abstain, 3 no, 8 absent or 9 no member"
        raise bad_input(where, "vote", f"{shown(code[row])} is no code", expected, line_of(raw, row))
    member = frame.filter((code != 9) & _first(frame, *frame.columns)).with_columns(absent=pl.col("vote") == 8)
    return member.with_columns(pl.col("vote").replace_strict(VOTES, return_dtype=pl.Int8)).sort("rcid", "ccode")


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    one, two = pl.min_horizontal("a", "b"), pl.max_horizontal("a", "b")
    return frame.with_columns(ccode1=one.cast(pl.Int16), ccode2=two.cast(pl.Int16)).filter(pl.col("a") != pl.col("b"))


def _alliances(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    kinds = ("defense", "offense", "neutrality", "nonaggression", "consultation")
    pairs = _ordered(frame).group_by("ccode1", "ccode2", "year")
    return pairs.agg(pl.col(k).max().fill_null(0).cast(pl.Int8) for k in kinds).sort("ccode1", "ccode2", "year")


def _capabilities(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    _once(frame, raw, where, "year")
    return frame.sort("ccode", "year")


def _disputes(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    early = (frame["year"] < frame["start_year"]).fill_null(False)
    if early.any():
        row = early.arg_true()[0]
        problem = f"{frame['year'][row]} is before the dispute begins"
        raise bad_input(where, "year", problem, f"{frame['start_year'][row]} or later", line_of(raw, row))
    found = _ordered(frame).with_columns(
        hostility=pl.max_horizontal("hostility_a", "hostility_b"),
        fatality=pl.max_horizontal("fatality_a", "fatality_b"),
        onset=pl.col("onset").fill_null((pl.col("start_year") == pl.col("year")).cast(pl.Int64)),
    )
    return (
        found.group_by("ccode1", "ccode2", "year")
        .agg(
            n_disputes=pl.col("dispute").n_unique().cast(pl.Int16), onset=pl.col("onset").max().cast(pl.Int8),
            hostility_max=pl.col("hostility").max().cast(pl.Int8), fatality_max=pl.col("fatality").max().cast(pl.Int8),
        )
        .sort("ccode1", "ccode2", "year")
    )  # fmt: skip


def _organisations(frame: pl.DataFrame, raw: pl.DataFrame, where: str) -> pl.DataFrame:
    """Shared full memberships (value 1) of each pair and year, from one row a state and year."""
    _once(frame, raw, where, "year")
    known = {"ccode", "year", "state", "stateabb", "politycode", "countryname"}
    bodies = [c for c in raw.columns[1:] if c.lower() not in known]
    if not bodies:
        raise bad_input(where, "organisations", "no column is left", "one column an organisation", 1)
    member = np.stack([(raw[c].str.strip_chars() == "1").fill_null(False).to_numpy() for c in bodies], axis=1)
    parts: list[pl.DataFrame] = []
    for (year,), part in frame.with_row_index("row").group_by("year", maintain_order=True):
        rows = part.sort("ccode")
        at = member[rows["row"].to_numpy()].astype(np.int32)
        one, two = np.triu_indices(len(at), 1)
        code = rows["ccode"].to_numpy().astype(np.int16)
        shared = (at @ at.T)[one, two].astype(np.int16)
        years = np.full(len(one), year, np.int64)
        parts.append(pl.DataFrame({"ccode1": code[one], "ccode2": code[two], "year": years, "shared_igos": shared}))
    return pl.concat(parts).sort("ccode1", "ccode2", "year")


def _state(name: str, *columns: str) -> Field:
    return Field(name, columns, "int", low=1, high=999)


_YEAR = Field("year", ("year",), "int", low=1800, high=2200)


def _size(name: str) -> Field:
    return Field(name, (name,), "float", _UNKNOWN, low=0.0, high=1e12)


STATES: tuple[Format, ...] = (
    Format(
        "unga", "Roll calls of the United Nations General Assembly (Voeten)",
        (
            Field("rcid", ("rcid",), "int"), _state("ccode", "ccode"), Field("vote", ("vote",), "int"),
            Field("session", ("session",), "int", required=False), Field("date", ("date",), "date", required=False),
            Field("unres", ("unres", "resid"), required=False), Field("state", ("Countryname", "Country"), required=False),
        ),
        _votes, example="UNVotes.csv",
    ),
    Format(
        "atop", "Alliances by pair and year (ATOP)",
        (
            _state("a", "mem1", "stateA", "ccode1"), _state("b", "mem2", "stateB", "ccode2"), _YEAR,
            *(
                Field(name, names, "int", low=0, high=1)
                for name, names in (
                    ("defense", ("defense",)), ("offense", ("offense",)), ("neutrality", ("neutral", "neutrality")),
                    ("nonaggression", ("nonagg", "nonaggression")), ("consultation", ("consul", "consultation")),
                )
            ),
        ),
        _alliances, example="atop5_1dy.csv or atop5_1ddyr.csv",
    ),
    Format(
        "nmc", "National material capabilities (Correlates of War)",
        (
            _state("ccode", "ccode"), _YEAR, *(_size(n) for n in ("milex", "milper", "irst", "pec", "tpop", "upop")),
            Field("cinc", ("cinc",), "float", _UNKNOWN, low=0.0, high=1.0),
        ),
        _capabilities, example="NMC-60-abridged.csv",
    ),
    Format(
        "mid", "Militarised disputes by pair and year (Correlates of War, dyadic)",
        (
            Field("dispute", ("disno", "dispnum"), "int"), _state("a", "statea", "ccode1"), _state("b", "stateb", "ccode2"),
            _YEAR, Field("start_year", ("strtyr", "styear"), "int"), Field("onset", ("new", "midonset"), "int", required=False),
            Field("hostility_a", ("hihosta", "hostleva"), "int", _UNKNOWN, low=0, high=5),
            Field("hostility_b", ("hihostb", "hostlevb"), "int", _UNKNOWN, low=0, high=5),
            Field("fatality_a", ("fatleva", "fatalitya"), "int", _UNKNOWN, required=False, low=0, high=6),
            Field("fatality_b", ("fatlevb", "fatalityb"), "int", _UNKNOWN, required=False, low=0, high=6),
        ),
        _disputes, example="dyadic_mid_4.02.csv",
    ),
    Format(
        "igo", "Memberships in organisations by state and year (Correlates of War)", (_state("ccode", "ccode"), _YEAR),
        _organisations, example="state_year_formatv3.csv",
    ),
)  # fmt: skip
"""Formats of state tables; `igo` counts shared full memberships."""
