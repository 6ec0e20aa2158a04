"""Invented typed events with what real ones have: friends, habits, countries, sectors, acts that answer acts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from blocs.forecast.typed.record import TypedRecord


def typed_events(
    actors: int = 120, relations: int = 8, days: int = 60, a_day: float = 40.0, seed: int = 0, named: bool = True
) -> TypedRecord:
    """Return an invented record: train, then a tenth of the days each for valid and test.

    Three in ten facts repeat an earlier fact, recent ones sooner; one in ten answers an earlier fact in kind; others
    choose an object of the same country (six in ten), by fame, among those that the act calls for.

    Args:
        actors: how many; names are `Sector_(Country)` where `named`.
        relations: kinds of act.
        days: of the record.
        a_day: facts a day, on average.
        seed: of all draws.
        named: whether actors have names.
    """
    rng = np.random.default_rng(seed)
    countries, sectors = max(2, actors // 12), 10
    country, sector = rng.integers(0, countries, actors), rng.integers(0, sectors, actors)
    fame = rng.zipf(1.6, actors).clip(1, 200).astype(float)
    calls = rng.random((relations, sectors)) ** 3 + 0.02
    rows: list[tuple[int, int, int, int]] = []
    seen: set[tuple[int, int, int, int]] = set()
    for day in range(days):
        for _ in range(int(rng.poisson(a_day))):
            luck = rng.random()
            back = rows[max(0, len(rows) - 1 - int(rng.exponential(6.0 * a_day)))] if rows else None
            if back is not None and luck < 0.3:
                s, r, o = back[:3]
            elif back is not None and luck < 0.4:
                s, r, o = back[2], (back[1] + 1) % relations, back[0]
            else:
                s, r = int(rng.choice(actors, p=fame / fame.sum())), int(rng.integers(relations))
                w = fame * calls[r, sector] * np.where(country == country[s], 6.0, 1.0)
                w[s] = 0.0
                o = int(rng.choice(actors, p=w / w.sum()))
            fact = (s, r, o, day)
            if fact not in seen:
                seen.add(fact)
                rows.append(fact)
    s, r, o, day = (np.array(x, np.int64) for x in zip(*rows, strict=True))
    part = max(1, days // 10)
    # two actors may share a name's parts, as real ones do not: a number tells them apart
    names = tuple(f"Sector{sector[n]}.{n // 40}_(Country{country[n]})" for n in range(actors)) if named else None
    acts = tuple(f"Act_{n}" for n in range(relations))
    return TypedRecord(s, r, o, day, actors, relations, names, acts, days - 2 * part, days - part)


def write_typed_events(record: TypedRecord, folder: Path) -> None:
    """Write a record in the form that `blocs backtest icews14` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = pl.DataFrame(
        {"subject": record.subject, "relation": record.relation, "object": record.object, "day": record.day}
    )
    day = pl.col("day")
    parts = {
        "train": day < record.valid,
        "valid": (day >= record.valid) & (day < record.test),
        "test": day >= record.test,
    }
    for name, keep in parts.items():
        facts.filter(keep).write_parquet(folder / f"{name}.parquet")
    pl.DataFrame({"id": range(record.relations), "name": record.acts}).write_parquet(folder / "relations.parquet")
    names = record.names or tuple(f"actor {n}" for n in range(record.actors))
    pl.DataFrame({"id": range(record.actors), "name": names}).write_parquet(folder / "entities.parquet")
