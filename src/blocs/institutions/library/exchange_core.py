"""Bilateral exchanges of voting positions with equal gain: candidates, the order they are made in, what they change.

Sources: Stokman & Van Oosten (1994); Dijkstra, Van Assen, Stokman & Draaijer (2018). Positions are on 0-100.

The arithmetic is 28-digit decimal, not binary: saliences are coarse, so many gains tie exactly, and which of two tied
exchanges comes first changes all that follow. Binary rounding would break such ties at random.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from operator import attrgetter

import numpy as np

LEAST = Decimal("1e-10")
# Binary fractions, as in the published program: which of two gains is larger may hang on their last digits.
SALIENCE_WEIGHT, FIXED_WEIGHT = Decimal(0.4), Decimal(0.1)  # noqa: RUF032
_ZERO, _FULL = Decimal(0), Decimal(100)
_CLEAR = 1e-6
_NOTHING: dict[str, Decimal] = {}


@dataclass(slots=True)
class Arm:
    """One actor on one issue: position on 0-100, salience in (0, 1], capability > 0."""

    x: Decimal
    s: Decimal
    c: Decimal


Board = dict[str, dict[str, Arm]]
"""Issue -> actor -> arm, in the order of the table."""


class Side:
    """One side of a trade: it gives votes on the issue `supply` and gains on the issue `demand`."""

    __slots__ = (
        "adjusted",
        "at",
        "c",
        "demand",
        "earlier",
        "float_at",
        "float_rest",
        "float_total",
        "float_want",
        "float_weight",
        "heard",
        "line",
        "move",
        "place",
        "price",
        "s",
        "s_demand",
        "start",
        "supply",
        "total",
        "want",
        "weight",
        "who",
        "y",
    )

    def __init__(self, issues: dict[str, Line], board: Board, who: str, supply: str, demand: str) -> None:
        give, get = board[supply][who], board[demand][who]
        self.who, self.supply, self.demand = who, supply, demand
        self.start = self.at = give.x
        self.want = get.x
        self.s, self.s_demand, self.c = give.s, get.s, give.c
        self.weight = give.c * give.s
        self.line = issues[supply]
        self.total, self.place = self.line.total, self.line.places[who]
        self.float_at, self.float_want = self.line.floats[self.place], issues[demand].floats[issues[demand].places[who]]
        self.float_total, self.float_weight = self.line.float_total, self.line.float_weights[self.place]
        self.float_rest = self.line.float_sum - self.float_at * self.float_weight
        self.price = _ZERO
        self.y = self.at
        self.move = _ZERO
        self.earlier: tuple[Decimal, ...] = ()
        self.heard: dict[str, Decimal] = _NOTHING
        self.adjusted = False


class Line:
    """An issue at the start of a round: the terms of its weighted mean in the order of the actors."""

    __slots__ = ("float_sum", "float_total", "float_weights", "floats", "mean", "places", "terms", "total", "weights")

    def __init__(self, arms: dict[str, Arm]) -> None:
        self.places = {who: n for n, who in enumerate(arms)}
        self.weights = {who: (arm.s, arm.c) for who, arm in arms.items()}
        self.terms = [arm.x * arm.s * arm.c for arm in arms.values()]
        self.total = sum((arm.s * arm.c for arm in arms.values()), _ZERO)
        self.mean = sum(self.terms, _ZERO) / self.total
        self.floats = [float(arm.x) for arm in arms.values()]
        self.float_weights = [float(arm.s * arm.c) for arm in arms.values()]
        self.float_sum = sum(float(term) for term in self.terms)
        self.float_total = float(self.total)


class Trade:
    """A candidate exchange between two actors on two issues, kept up to date while others are made."""

    __slots__ = ("gain", "i", "j", "valid")

    def __init__(self, lines: dict[str, Line], board: Board, i: str, j: str, p: str, q: str) -> None:
        # Whoever minds p relatively more (than q) demands p and pays with q.
        if board[p][i].s / board[q][i].s < board[p][j].s / board[q][j].s:
            i, j = j, i
        self.i, self.j = Side(lines, board, i, q, p), Side(lines, board, j, p, q)
        for side, other in ((self.i, self.j), (self.j, self.i)):
            side.price = (side.s + other.s_demand) / (side.s_demand + other.s)
        self.gain, self.valid = _ZERO, True
        self.work_out()

    def work_out(self) -> None:
        """Work out both moves, the gain, and whether the exchange can be made at all.

        Side j goes the whole way and i pays what makes the gains equal; if i would overshoot, the other way about.
        """
        i, j = self.i, self.j
        reach_i, reach_j = abs(j.want - i.at), abs(i.want - j.at)
        rate_j = reach_j * j.s * j.c / j.total
        rate_i = j.price * rate_j
        i.move, j.move = rate_i * i.total / i.weight, reach_j
        if i.move > reach_i:
            rate_i = reach_i * i.s * i.c / i.total
            rate_j = i.price * rate_i
            i.move, j.move = reach_i, rate_j * j.total / j.weight
        _aim(i, j.want)
        _aim(j, i.want)
        self.gain = abs(rate_i * i.s - rate_j * i.s_demand)
        self.valid = self.gain >= LEAST and _possible(i) and _possible(j)
        if self.valid and (self._keep_mean_in_reach(i, j) | self._keep_mean_in_reach(j, i)):
            self.valid = _possible(i) and _possible(j)

    def _keep_mean_in_reach(self, side: Side, other: Side) -> bool:
        """Shorten both moves if this one would push the mean past what the other side wants; say whether it did."""
        if _clearly_in_reach(side, other):
            return False
        x, before, after = other.want, self.mean(side, side.at), self.mean(side, side.y)
        if (x >= before and x >= after) or (x <= before and x <= after):
            return False
        terms = self._terms(side)
        terms[side.place] = side.heard.get(side.who, side.at) * side.s * side.c
        size = abs((x * side.total - sum(terms, _ZERO)) / side.weight)
        near = size * side.s * side.c / side.total
        far = side.price * near
        side.move, other.move = size, abs(far * other.total / other.weight)
        _aim(other, side.want)
        _aim(side, other.want)
        self.gain = abs(far * other.s - near * other.s_demand)
        side.adjusted = True
        return True

    def _terms(self, side: Side) -> list[Decimal]:
        """Return the terms of the mean of a side's supply issue, as far as this exchange has heard of moves."""
        terms = side.line.terms.copy()
        for who, y in side.heard.items():
            s, c = side.line.weights[who]
            terms[side.line.places[who]] = y * s * c
        return terms

    def mean(self, side: Side, own: Decimal) -> Decimal:
        """Return the weighted mean of a side's supply issue if the side stood at `own`."""
        terms = self._terms(side)
        terms[side.place] = own * side.s * side.c
        return sum(terms, _ZERO) / side.total

    def hear(self, giver: Side) -> None:
        """Take in a third party's move on an issue that one of the sides demands."""
        side = self.i if self.i.supply == giver.supply else self.j
        old = side.heard.get(giver.who)
        if old is None:
            old, new = giver.start, giver.y
        else:
            new = min(old, giver.y) if giver.start <= old else max(old, giver.y)
        # A new dictionary, not a change: sides start with one empty one in common.
        side.heard = {**side.heard, giver.who: new}
        if side.who != giver.who:
            side.float_rest += float(new - old) * giver.float_weight


def _clearly_in_reach(side: Side, other: Side) -> bool:
    """Say in binary arithmetic that a move keeps the mean on one side of what the other wants, by a clear margin."""
    lead = other.float_want * side.float_total - side.float_rest
    before, after = lead - side.float_at * side.float_weight, lead - float(side.y) * side.float_weight
    clear = _CLEAR * side.float_total
    return (before > clear and after > clear) or (before < -clear and after < -clear)


def _aim(side: Side, target: Decimal) -> None:
    if side.at > target:
        side.move = -side.move
    side.y = side.at + side.move


def _possible(side: Side) -> bool:
    """Say whether a side moves, stays on the scale, and keeps the direction of its earlier moves."""
    move = side.move
    if not LEAST < abs(move) <= _FULL or not _ZERO <= side.y <= _FULL:
        return False
    if not side.earlier:
        return True
    moves = (*side.earlier, move)
    return sum(moves, _ZERO) <= _FULL and (max(moves) < 0 or min(moves) > 0)


def candidates(board: Board, actors: tuple[str, ...]) -> list[Trade]:
    """Return every exchange that actors on opposite sides of the means of two issues could make, in list order.

    Order: pairs of issues as listed, then actors as listed; who is right of both means with who is left of both, then
    the two mixed groups. A position at the mean counts as left of it.
    """
    lines = {issue: Line(arms) for issue, arms in board.items() if len(arms) > 1}
    left = {k: {a: arm.x <= lines[k].mean for a, arm in board[k].items()} for k in lines}
    trades: list[Trade] = []
    for p, q in combinations(lines, 2):
        groups: tuple[list[str], ...] = ([], [], [], [])
        for a in actors:
            if a in board[p] and a in board[q]:
                groups[left[p][a] + 2 * left[q][a]].append(a)
        for g, h in ((0, 3), (1, 2)):
            trades += [Trade(lines, board, i, j, p, q) for i in groups[g] for j in groups[h]]
    return trades


@dataclass(frozen=True)
class Made:
    """An exchange that was made, with the weighted mean of each side's supply issue before and after it."""

    trade: Trade
    before: tuple[Decimal, Decimal]
    after: tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Outcome:
    """One round: the exchanges in the order made, how many became impossible, how often the best one had a tie."""

    made: tuple[Made, ...]
    removed: int
    ties: int


def play_round(board: Board, actors: tuple[str, ...], coin: np.random.Generator | None = None) -> Outcome:
    """Make exchanges by falling gain until none is left; with a coin, ties are drawn, else taken in list order."""
    queue = [t for t in candidates(board, actors) if t.valid]
    index = _index(queue)
    made: list[Made] = []
    removed = ties = 0
    by_gain = attrgetter("gain")
    while queue:
        queue.sort(key=by_gain, reverse=True)
        equal = 1
        while equal < len(queue) and queue[equal].gain == queue[0].gain:
            equal += 1
        ties += equal > 1
        best = queue.pop(int(coin.integers(equal)) if coin is not None and equal > 1 else 0)
        best.valid = False
        sides = best.i, best.j
        before = best.mean(best.i, best.i.at), best.mean(best.j, best.j.at)
        made.append(Made(best, before, (best.mean(best.i, best.i.y), best.mean(best.j, best.j.y))))
        _spread(sides, index)
        alive = [t for t in queue if t.valid]
        removed += len(queue) - len(alive)
        queue = alive
    return Outcome(tuple(made), removed, ties)


Place = tuple[str, str]
Index = tuple[dict[Place, list[tuple[Trade, Side]]], dict[Place, list[Trade]]]


def _index(queue: list[Trade]) -> Index:
    """Index trades by (actor, issue supplied) and by (actor, issue demanded)."""
    supply: dict[Place, list[tuple[Trade, Side]]] = defaultdict(list)
    demand: dict[Place, list[Trade]] = defaultdict(list)
    for trade in queue:
        for side in (trade.i, trade.j):
            supply[side.who, side.supply].append((trade, side))
            demand[side.who, side.demand].append(trade)
    return supply, demand


def _spread(sides: tuple[Side, Side], index: Index) -> None:
    """Tell every open exchange that shares an arm with the one just made, and work those out again."""
    supply, demand = index
    concerned: dict[int, Trade] = {}
    for mover, other in (sides, sides[::-1]):
        for trade, side in supply[mover.who, mover.supply]:
            if trade.valid:
                side.at, side.float_at = mover.y, float(mover.y)
                side.earlier = (*side.earlier, side.move)
                concerned[id(trade)] = trade
        for trade in demand[mover.who, mover.demand]:
            if trade.valid:
                trade.hear(other)
                concerned[id(trade)] = trade
    for trade in concerned.values():
        trade.work_out()


def settle(board: Board, made: tuple[Made, ...]) -> Board:
    """Return the positions the next round starts from: each mover drifts part of the way to where it voted."""
    after = {issue: {a: Arm(arm.x, arm.s, arm.c) for a, arm in arms.items()} for issue, arms in board.items()}
    for one in made:
        for side in (one.trade.i, one.trade.j):
            bend = (1 - side.s) * SALIENCE_WEIGHT
            kept = (1 - bend - FIXED_WEIGHT) * side.start
            after[side.supply][side.who].x = bend * side.y + FIXED_WEIGHT * side.y + kept
    return after
