"""Power indices of weighted voting: how often a member turns a losing coalition into a winning one.

Exact, by counting coalitions with generating functions: Shapley & Shubik (1954), Banzhaf (1965), Coleman (1971);
method of Mann & Shapley (1962) and Brams & Affuso (1976). Members with a veto must be in every winning coalition.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_MOST_STATES = 5_000_000


def shapley_shubik(votes: Floats, quota: float, must: Bools | None = None) -> Floats:
    """Return the Shapley-Shubik index of each member: axis [actor], non-negative, sums to 1.

    `votes` (axis [actor]) are non-negative; `quota` is the share of votes needed (a majority is strict at one half);
    `must` marks members whose consent is needed.

    Raises:
        InputError: nobody has votes, the quota is no share of them, or the votes cannot be brought to whole numbers small
            enough to count with.
    """
    whole, need = whole_votes(votes, quota)
    veto = np.zeros(len(whole), bool) if must is None else must
    return np.array([_share(whole, need, veto, i) for i in range(len(whole))])


def banzhaf(votes: Floats, quota: float, must: Bools | None = None) -> tuple[Floats, Floats]:
    """Return Banzhaf's index (sums to 1) and the absolute one (chance to be decisive): two arrays, axis [actor].

    Arguments and errors as for `shapley_shubik`.
    """
    whole, need = whole_votes(votes, quota)
    veto = np.zeros(len(whole), bool) if must is None else must
    swings = [sum(_swings(whole, need, veto, i)) for i in range(len(whole))]
    total = sum(swings)
    relative = np.array([float(Fraction(n, total)) if total else 0.0 for n in swings])
    return relative, np.array([float(Fraction(n, 2 ** (len(whole) - 1))) for n in swings])


def whole_votes(votes: Floats, quota: float) -> tuple[list[int], int]:
    """Return votes as whole numbers in the same proportions and the least number that carries.

    Votes that are fractions of small whole numbers stay exact; others are rounded to 1 part in 20,000 of the total.

    Raises:
        InputError: nobody has votes, or the quota is no share of them.
    """
    if not 0.0 <= quota <= 1.0:
        raise bad_input("quota", "share", f"{quota:g} is no share of the votes", "0 to 1")
    total = float(votes.sum())
    if not total > 0:
        raise bad_input("votes", "capability", "nobody has votes", "a positive sum")
    exact = [Fraction(repr(float(v))) for v in votes]
    scale = np.lcm.reduce(np.array([f.denominator for f in exact], dtype=object))
    units = [int(f * int(scale)) for f in exact]
    if sum(units) * len(units) > _MOST_STATES:
        units = [round(20_000 * float(v) / total) for v in votes]
    step = int(np.gcd.reduce(np.array(units, dtype=object))) or 1
    units = [u // step for u in units]
    share = Fraction(quota).limit_denominator(100_000) * sum(units)
    need = -((-share.numerator) // share.denominator)
    return units, max(need, sum(units) // 2 + 1)


def _swings(votes: list[int], need: int, veto: Bools, who: int) -> list[int]:
    """Return how many coalitions of each size (0 to n-1 others) `who` turns from losing into winning."""
    others = [j for j in range(len(votes)) if j != who]
    forced = [j for j in others if veto[j]]
    free = [j for j in others if not veto[j]]
    # A coalition of others can only be turned if it has every other veto holder; only free members vary.
    start = sum(votes[j] for j in forced)
    table = _counts([votes[j] for j in free], max(0, need - start))
    sizes = [0] * len(votes)
    for size, row in enumerate(table):
        low = 0 if veto[who] else max(0, need - votes[who] - start)
        high = need - start
        ways = _between(row, need - start - votes[who], high, bool(veto[who]), low)
        sizes[size + len(forced)] += ways
    return sizes


def _between(row: list[int], least: int, most: int, veto: bool, low: int) -> int:
    """Count coalitions that win with the member and lose without; a veto holder's absence alone makes them lose."""
    if veto:
        # The last entry pools every sum that reaches the quota without the member.
        return sum(row[max(0, least) :])
    return sum(row[low:most]) if most > low else 0


def _counts(votes: list[int], cap: int) -> list[list[int]]:
    """Return the number of coalitions by size and by sum of votes; sums of `cap` or more share the last entry."""
    table = [[0] * (cap + 1) for _ in range(len(votes) + 1)]
    table[0][0] = 1
    for n, v in enumerate(votes):
        for size in range(n, -1, -1):
            source, target = table[size], table[size + 1]
            for total, ways in enumerate(source):
                if ways:
                    target[min(total + v, cap)] += ways
    return table


def _share(votes: list[int], need: int, veto: Bools, who: int) -> float:
    n = len(votes)
    total = sum(
        (Fraction(ways, n * comb(n - 1, size)) for size, ways in enumerate(_swings(votes, need, veto, who)) if ways),
        Fraction(0),
    )
    return float(total)
