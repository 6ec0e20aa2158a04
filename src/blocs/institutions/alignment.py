"""Who ends up with whom: landscape energy, structural balance, frustration (analyses, not decision rules).

Axes: A actors. A tie matrix is symmetric, [actor, actor], positive for affinity and negative for enmity; its diagonal
does not count except in structural balance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input

Floats = NDArray[np.float64]
Signs = NDArray[np.int64]

_EXACT = 20


@dataclass(frozen=True)
class Camps:
    """Two camps: `side` has axis [actor], 0 for the first actor's camp; `cost` is the energy or the frustration."""

    side: Signs
    cost: float
    exact: bool = True


def landscape(size: Floats, propensity: Floats, starts: int = 2000, seed: int = 0) -> list[Camps]:
    """Return the local minima of the alignment landscape, lowest energy first.

    Energy is `sum_i sum_j size_i size_j p_ij d_ij` with d = 1 across camps: actors want those they are drawn to in
    their own camp, and mind more about large ones. A minimum is a configuration that no single actor wants to leave.
    All configurations are looked at up to 20 actors; above that, `starts` random ones are followed downhill.

    Args:
        size: axis [actor], non-negative.
        propensity: axes [actor, actor], symmetric.
        starts: random starts for large systems.
        seed: seed of the starts.

    Raises:
        InputError: arrays that do not fit, or a propensity that is not symmetric.

    Source: Axelrod & Bennett (1993), A landscape theory of aggregation, British Journal of Political Science 23,
    211-233.
    """
    pull = _symmetric(propensity, "propensity") * np.outer(size, size)
    np.fill_diagonal(pull, 0.0)
    if len(pull) <= _EXACT:
        return _all_minima(pull)
    rng = np.random.default_rng(seed)
    found: dict[bytes, Camps] = {}
    for _ in range(starts):
        z = _downhill(pull, rng.choice([-1.0, 1.0], len(pull)))
        camps = Camps(_sides(z), float(_energy(pull, z[None])[0]), exact=False)
        found.setdefault(camps.side.tobytes(), camps)
    return sorted(found.values(), key=lambda c: c.cost)


def frustration(ties: Floats, starts: int = 200, seed: int = 0) -> Camps:
    """Return the two camps that leave least frustrated: friends apart and enemies together, by strength of tie.

    Exact up to 20 actors, else the best of many descents (`exact` says which). The cost is the frustration index:
    the weight of ties to be flipped for balance.

    Raises:
        InputError: ties that are not a symmetric matrix.

    Source: Harary (1959); Zaslavsky (1987); Aref & Wilson (2019), Journal of Complex Networks 7, 163-189.
    """
    pull = _symmetric(ties, "ties").copy()
    np.fill_diagonal(pull, 0.0)
    minima = landscape(np.ones(len(pull)), pull, starts, seed)
    enemies = float(-np.minimum(pull, 0.0).sum() / 2.0)
    best = minima[0]
    # Energy counts each pair twice; friends apart add to it, enemies apart take away from it.
    return Camps(best.side, best.cost / 2.0 + enemies, best.exact)


def balanced_share(ties: Floats) -> float:
    """Return the share of triads with ties all round whose product of signs is positive; NaN where there is none.

    Source: Cartwright & Harary (1956), Structural balance, Psychological Review 63, 277-293.
    """
    sign = np.sign(_symmetric(ties, "ties"))
    np.fill_diagonal(sign, 0.0)
    net, every = np.trace(sign @ sign @ sign), np.trace(abs(sign) @ abs(sign) @ abs(sign))
    return float((net + every) / (2.0 * every)) if every else float("nan")


@dataclass(frozen=True)
class Balance:
    """Where `dX/dt = X X` leads: the time of the split, the two camps, and the mode that decides.

    `time` is infinite when no eigenvalue is positive (ties fade instead of splitting the system); `weight` has axis
    [actor], the leading eigenvector, whose signs are the camps and whose sizes say how firmly each belongs.
    """

    time: float
    side: Signs
    weight: Floats
    start: Floats

    def at(self, t: float) -> Floats:
        """Return the ties at time t before the split: axes [actor, actor]; exact solution `X (I - t X)^-1`.

        Raises:
            InputError: t is negative or not before the split.
        """
        if not 0.0 <= t < self.time:
            raise bad_input("time", "t", f"{t:g} is not before the split", f"0 to below {self.time:g}")
        ties = np.linalg.solve(np.eye(len(self.start)) - t * self.start, self.start)
        return ties.astype(np.float64)


def balance(ties: Floats) -> Balance:
    """Return where continuous-time structural balance drives the ties.

    Actors warm to friends of friends and to enemies of enemies; from almost every start the system splits in finite
    time into two camps (or one) read off the leading eigenvector.

    Raises:
        InputError: ties that are not a symmetric matrix.

    Source: Kulakowski, Gawronski & Gronek (2005), International Journal of Modern Physics C 16, 707-716; Marvel,
    Kleinberg, Kleinberg & Strogatz (2011), Continuous-time model of structural balance, PNAS 108, 1771-1776.
    """
    x = _symmetric(ties, "ties")
    values, vectors = np.linalg.eigh(x)
    lead = vectors[:, -1] * (np.sign(vectors[0, -1]) or 1.0)
    time = 1.0 / values[-1] if values[-1] > 0 else np.inf
    return Balance(float(time), (lead * lead[0] < 0).astype(np.int64), lead, x)


def _symmetric(matrix: Floats, name: str) -> Floats:
    x = np.asarray(matrix, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != x.shape[1] or len(x) < 2:
        raise bad_input(name, "shape", f"found {x.shape}", "a square matrix of two actors or more")
    if not np.isfinite(x).all() or not np.allclose(x, x.T, rtol=1e-9, atol=1e-12):
        raise bad_input(name, "values", "not finite or not symmetric", "the same number both ways")
    return x


def _energy(pull: Floats, z: Floats) -> Floats:
    """Return energies of configurations z (+-1, axes [configuration, actor])."""
    return 0.5 * (pull.sum() - ((z @ pull) * z).sum(axis=1))


def _sides(z: Floats) -> Signs:
    return (z != z[0]).astype(np.int64)


def _all_minima(pull: Floats) -> list[Camps]:
    n = len(pull)
    found: list[Camps] = []
    bits = np.arange(n - 1)
    for start in range(0, 2 ** (n - 1), 2**14):
        code = np.arange(start, min(start + 2**14, 2 ** (n - 1)))
        z = np.ones((len(code), n))
        z[:, 1:] -= 2.0 * ((code[:, None] >> bits) & 1)
        # Crossing over costs an actor its ties at home and spares it those across: never below zero at a minimum.
        content = (z * (z @ pull) >= -1e-12 * np.abs(pull).sum()).all(axis=1)
        cost = _energy(pull, z[content])
        found += [Camps(_sides(row), float(e)) for row, e in zip(z[content], cost, strict=True)]
    return sorted(found, key=lambda c: c.cost)


def _downhill(pull: Floats, z: Floats) -> Floats:
    """Let the most frustrated actor cross until nobody wants to."""
    least = -1e-12 * np.abs(pull).sum()
    while True:
        content = z * (pull @ z)
        worst = int(content.argmin())
        if content[worst] >= least:
            return z
        z[worst] = -z[worst]
