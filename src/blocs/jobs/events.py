"""Event models of files: `bl.dynam` and `bl.rem` take names of CSV and Parquet files wherever they take a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import polars as pl

from blocs.ground.errors import bad_input
from blocs.inference.events import EventFit, Ties
from blocs.inference.events import dynam as _dynam
from blocs.inference.events import rem as _rem

Model = Literal["choice", "rate", "coordination", "rem"]
MODELS: tuple[Model, ...] = ("choice", "rate", "coordination", "rem")
_NAMES = frozenset({"label", "sender", "receiver", "node", "time", "type"})
_TABLES = ("receivers",)
_MAPPINGS = ("networks", "changes", "receiver_changes")
_WORDS = ("full", "active")

P = ParamSpec("P")
R = TypeVar("R")


def load_events(path: str | PathLike[str], where: str) -> pl.DataFrame:
    """Read a table from a CSV or Parquet file; ISO dates become dates, `NA` in a column of numbers a gap.

    Raises:
        InputError: no such file, one that is neither, or one that cannot be read.
    """
    file = Path(path)
    if file.suffix.lower() not in {".csv", ".parquet"}:
        raise bad_input(where, str(file), "is no table", "a .csv or .parquet file")
    if not file.is_file():
        raise bad_input(str(file), "file", "is not there", "a .csv or .parquet file")
    try:
        if file.suffix.lower() == ".parquet":
            return pl.read_parquet(file)
        frame = pl.read_csv(file, try_parse_dates=True, infer_schema_length=None)
    except OSError as error:
        raise bad_input(str(file), "file", f"cannot be read ({error.strerror})", "a .csv or .parquet file") from None
    except (pl.exceptions.PolarsError, ValueError) as error:
        said = (str(error).splitlines() or [""])[0]
        raise bad_input(str(file), "file", f"cannot be read ({said})", "a .csv or .parquet file") from None
    return frame.with_columns(*(_numbers(frame[name]) for name in frame.columns if name not in _NAMES))


def _numbers(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    known = column.replace("NA", None)
    numbers = known.cast(pl.Float64, strict=False)
    return numbers if known.len() > known.null_count() == numbers.null_count() else column


def _read(given: Any, where: str) -> Any:
    if isinstance(given, Ties):
        parts = {k: _read(getattr(given, k), where) for k in ("changes", "initial")}
        return replace(given, **parts)
    return load_events(fspath(given), where) if isinstance(given, str | PathLike) else given


def reading_files(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` with names of files read wherever it takes a table."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given: list[Any] = [_read(a, n) for a, n in zip(args[:2], ("events", "actors"), strict=False)]
        named: dict[str, Any] = dict(kwargs)
        for key in ("events", "actors", *_TABLES):
            if key in named:
                named[key] = _read(named[key], key)
        for key in _MAPPINGS:
            if isinstance(named.get(key), Mapping):
                named[key] = {name: _read(value, name) for name, value in named[key].items()}
        risk = named.get("riskset")
        if not (isinstance(risk, str) and risk in _WORDS):
            named["riskset"] = _read(risk, "riskset")
        return function(*given, *args[2:], **named)  # type: ignore[arg-type]

    return call


dynam = reading_files(_dynam)
rem = reading_files(_rem)


def fit_files(
    events: str,
    actors: str,
    terms: str,
    model: str = "choice",
    *,
    networks: Sequence[str] = (),
    changes: Sequence[str] = (),
    directed: bool = True,
    **options: Any,
) -> EventFit:
    """Fit an event model to files, as `blocs events` does.

    Args:
        events: file of the events.
        actors: file of the actors.
        terms: a formula.
        model: choice, rate, coordination or rem.
        networks: `name=file` of other networks.
        changes: `attribute=file` of changes.
        directed: of the events of a rem.
        options: name, start, end of `dynam` and `rem`.

    Raises:
        InputError: as `dynam`; a model that there is not, a pair without an equals sign.
    """
    tables = {"networks": _pairs(networks, "--network"), "changes": _pairs(changes, "--change")}
    if model not in MODELS:
        raise bad_input("--model", "model", f"is {model!r}", ", ".join(MODELS))
    if model == "rem":
        return rem(events, actors, terms, directed=directed, **tables, **options)
    if not directed:
        raise bad_input("--undirected", model, "is given", "the models rem (pairs) and coordination")
    return dynam(events, actors, terms, model, **tables, **options)


def _pairs(given: Sequence[str], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in given:
        name, sign, file = pair.partition("=")
        if not sign or not name.strip() or not file.strip():
            raise bad_input(where, pair, "has no name or no file", "NAME=FILE")
        found[name.strip()] = file.strip()
    return found


def effect_list() -> list[dict[str, str]]:
    """Return name and meaning of every effect of the event models."""
    from blocs.inference.events.effects import CATALOGUE

    return [
        {"effect": name, "meaning": " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())}
        for name, kind in CATALOGUE.items()
    ]
