"""SciPy's optimisers with types (SciPy ships none), imported when first used: they are slow to load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bounds = Sequence[tuple[float | None, float | None]]


def lowest(loss: Callable[[Floats], tuple[float, Floats]], start: Floats, bounds: Bounds) -> Floats:
    """Return the minimum of a smooth function within bounds; `loss` returns value and gradient (L-BFGS-B)."""
    found = _scipy().minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=np.float64)


def lowest_with(
    loss: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    bounds: Bounds,
    floor: Callable[[Floats], Floats],
    slope: Callable[[Floats], Floats],
) -> float:
    """Return the minimum value of a smooth function where every entry of `floor` is non-negative (SLSQP)."""
    limit = {"type": "ineq", "fun": floor, "jac": slope}
    options = {"ftol": 1e-14, "maxiter": 500}
    found = _scipy().minimize(loss, start, jac=True, method="SLSQP", bounds=bounds, constraints=limit, options=options)
    return float(found.fun)


def best_corner(cost: Floats, rows: Floats, limits: Floats, bounds: Bounds) -> Floats:
    """Return the solution of a linear program: least `cost @ z` with `rows @ z <= limits` and bounds (HiGHS)."""
    return np.asarray(_scipy().linprog(cost, A_ub=rows, b_ub=limits, bounds=bounds).x, dtype=np.float64)


def _scipy() -> Any:
    from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

    return optimize
