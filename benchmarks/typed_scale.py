"""Make a set of typed events several times as large, to see that time and memory stay in bounds.

`python benchmarks/typed_scale.py SET OUT --times 5` writes as many copies of a set, each a world of its own with its own
actors and countries, on the same days. Then: `blocs backtest icews14 --data OUT`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl


def enlarge(folder: Path, out: Path, times: int) -> None:
    """Write `times` disjoint copies of a set as one set."""
    out.mkdir(parents=True, exist_ok=True)
    actors = pl.read_parquet(folder / "entities.parquet").sort("id")
    size = actors.height
    for part in ("train", "valid", "test"):
        facts = pl.read_parquet(folder / f"{part}.parquet")
        copies = [facts.with_columns(pl.col("subject") + n * size, pl.col("object") + n * size) for n in range(times)]
        pl.concat(copies).sort("day", maintain_order=True).write_parquet(out / f"{part}.parquet")
    worlds = [
        actors.with_columns(
            pl.col("id") + n * size, pl.col("name").str.replace(r"\)$", f" {n})") if n else pl.col("name")
        )
        for n in range(times)
    ]
    pl.concat(worlds).write_parquet(out / "entities.parquet")
    pl.read_parquet(folder / "relations.parquet").write_parquet(out / "relations.parquet")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    enlarge(given.folder, given.out, given.times)
