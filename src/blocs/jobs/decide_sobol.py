"""Sobol sensitivity of decisions to the uncertain entries of an issue table, through SALib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input

Floats = NDArray[np.float64]


def sobol_indices(
    model: Callable[[Floats], Floats], names: list[str], issues: tuple[str, ...], base: int, seed: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Return `{issue: {entry: {first, first_ci, total, total_ci}}}`; NaN-free where the outcome varies at all.

    `model` maps quantiles, axes [draw, entry], to outcomes, axes [draw, issue]. `base` is the base sample: the model
    is run `base x (entries + 2)` times. Intervals are 95 percent half-widths.

    Raises:
        InputError: SALib is not installed, the base is not a power of two, or some draw gives no decision.

    Source: Sobol (2001); Saltelli et al. (2010), Computer Physics Communications 181, 259-270.
    """
    try:
        from SALib.analyze import sobol as analyse  # pyright: ignore
        from SALib.sample import sobol as sample  # pyright: ignore
    except ImportError:
        raise bad_input("--sensitivity", "SALib", "is not installed", "pip install 'blocs[sensitivity]'") from None
    if base < 2 or base & (base - 1):
        raise bad_input("--sensitivity", "base sample", f"{base} is not a power of two", "64, 128, 256, ...")
    if not names:
        raise bad_input("--sensitivity", "cells", "nothing is uncertain", "entries lo..hi or mean+-sd, or --spread")
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    quantiles: Any = sample.sample(problem, base, calc_second_order=False, seed=seed)  # pyright: ignore
    outcomes = model(np.asarray(quantiles, dtype=np.float64))
    out: dict[str, dict[str, dict[str, float]]] = {}
    for k, issue in enumerate(issues):
        y = outcomes[:, k]
        if not np.isfinite(y).all():
            share = 1.0 - float(np.isfinite(y).mean())
            raise bad_input("--sensitivity", issue, f"{share:.0%} of draws give no decision", "one in every draw")
        if float(np.ptp(y)) == 0.0:
            out[issue] = {n: {"first": 0.0, "first_ci": 0.0, "total": 0.0, "total_ci": 0.0} for n in names}
            continue
        found: Any = analyse.analyze(problem, y, calc_second_order=False, seed=seed)  # pyright: ignore
        out[issue] = {
            n: {
                "first": float(found["S1"][i]),
                "first_ci": float(found["S1_conf"][i]),
                "total": float(found["ST"][i]),
                "total_ci": float(found["ST_conf"][i]),
            }
            for i, n in enumerate(names)
        }
    return out
