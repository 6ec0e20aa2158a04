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
SALIENCE_WEIGHT, FIXED_WEIGHT = Decimal(0.4), Decimal(0.1)  # binary fractions, as in the published program
_ZERO, _FULL = Decimal(0), Decimal(100)


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
        "after",
        "at",
        "before",
        "c",
        "demand",
        "line",
        "move",
        "moves",
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
        self.price = _ZERO
        self.y = self.at
        self.move = self.before = self.after = _ZERO
        self.moves: list[Decimal] = []
        self.adjusted = False

    def mean(self, terms: list[Decimal], own: Decimal) -> Decimal:
        """Return the weighted mean of the supply issue if this side stood at `own`."""
        terms[self.place] = own * self.s * self.c
        return sum(terms, _ZERO) / self.total


class Line:
    """An issue at the start of a round: the terms of its weighted mean in the order of the actors."""

    __slots__ = ("mean", "places", "terms", "total", "weights")

    def __init__(self, arms: dict[str, Arm]) -> None:
        self.places = {who: n for n, who in enumerate(arms)}
        self.weights = {who: (arm.s, arm.c) for who, arm in arms.items()}
        self.terms = [arm.x * arm.s * arm.c for arm in arms.values()]
        self.total = sum((arm.s * arm.c for arm in arms.values()), _ZERO)
        self.mean = sum(self.terms, _ZERO) / self.total


class Trade:
    """A candidate exchange between two actors on two issues, kept up to date while others are made."""

    __slots__ = ("gain", "heard", "i", "j", "valid")

    def __init__(self, lines: dict[str, Line], board: Board, i: str, j: str, p: str, q: str) -> None:
        # Whoever minds p relatively more (than q) demands p and pays with q.
        if board[p][i].s / board[q][i].s < board[p][j].s / board[q][j].s:
            i, j = j, i
        self.i, self.j = Side(lines, board, i, q, p), Side(lines, board, j, p, q)
        for side, other in ((self.i, self.j), (self.j, self.i)):
            side.price = (side.s + other.s_demand) / (side.s_demand + other.s)
        self.heard: dict[str, dict[str, Decimal]] = {p: {}, q: {}}
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
        i.moves.append(i.move)
        j.moves.append(j.move)
        self.gain = abs(rate_i * i.s - rate_j * i.s_demand)
        self.valid = self.gain >= LEAST and _possible(i) and _possible(j)
        if self.valid:
            self._keep_mean_in_reach(i, j)
            self._keep_mean_in_reach(j, i)
            self.valid = _possible(i) and _possible(j)

    def _keep_mean_in_reach(self, side: Side, other: Side) -> None:
        """Shorten both moves if this one would push the mean past what the other side wants."""
        terms, x, heard = side.line.terms.copy(), other.want, self.heard[side.supply]
        for who, y in heard.items():
            s, c = side.line.weights[who]
            terms[side.line.places[who]] = y * s * c
        side.before, side.after = side.mean(terms, side.at), side.mean(terms, side.y)
        if (x >= side.before and x >= side.after) or (x <= side.before and x <= side.after):
            return
        terms[side.place] = heard.get(side.who, side.at) * side.s * side.c
        size = abs((x * side.total - sum(terms, _ZERO)) / side.weight)
        near = size * side.s * side.c / side.total
        far = side.price * near
        side.move, other.move = size, abs(far * other.total / other.weight)
        _aim(other, side.want)
        _aim(side, other.want)
        side.moves[-1], other.moves[-1] = side.move, other.move
        self.gain = abs(far * other.s - near * other.s_demand)
        side.after = side.mean(terms, side.y)
        side.adjusted = True

    def learn(self, done: Trade) -> None:
        """Take in that another exchange was made by one of this exchange's actors, and work this one out again."""
        changed = False
        for side in (self.i, self.j):
            for k in (done.i, done.j):
                if side.who == k.who and side.supply == k.supply:
                    side.at = k.y
                    side.moves.append(k.move)
                    changed = True
        for gainer, giver in ((done.j, done.i), (done.i, done.j)):
            if any(s.who == gainer.who and s.demand == gainer.demand for s in (self.i, self.j)):
                self._hear(giver)
                changed = True
        if changed:
            self.i.moves.pop()
            self.j.moves.pop()
            self.work_out()

    def _hear(self, giver: Side) -> None:
        known = self.heard[giver.supply]
        old = known.get(giver.who)
        if old is None:
            known[giver.who] = giver.y
        else:
            known[giver.who] = min(old, giver.y) if giver.start <= old else max(old, giver.y)


def _aim(side: Side, target: Decimal) -> None:
    if side.at > target:
        side.move = -side.move
    side.y = side.at + side.move


def _possible(side: Side) -> bool:
    """Say whether a side moves, stays on the scale, and keeps the direction of its earlier moves."""
    m, moves = side.move, side.moves
    if not LEAST < abs(m) <= _FULL or not _ZERO <= side.y <= _FULL:
        return False
    if len(moves) == 1:
        return True
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
class Outcome:
    """One round: the exchanges in the order made, how many became impossible, how often the best one had a tie."""

    made: tuple[Trade, ...]
    removed: int
    ties: int


def play_round(board: Board, actors: tuple[str, ...], coin: np.random.Generator | None = None) -> Outcome:
    """Make exchanges by falling gain until none is left; with a coin, ties are drawn, else taken in list order."""
    queue = [t for t in candidates(board, actors) if t.valid]
    concerned = _index(queue)
    made: list[Trade] = []
    removed = ties = 0
    by_gain = attrgetter("gain")
    while queue:
        queue.sort(key=by_gain, reverse=True)
        equal = 1
        while equal < len(queue) and queue[equal].gain == queue[0].gain:
            equal += 1
        ties += equal > 1
        best = queue.pop(int(coin.integers(equal)) if coin is not None and equal > 1 else 0)
        best_id = id(best)
        for trade in _concerned_by(best, concerned):
            if trade.valid and id(trade) != best_id:
                trade.learn(best)
        best.valid = False
        alive = [t for t in queue if t.valid]
        removed += len(queue) - len(alive)
        queue = alive
        made.append(best)
    return Outcome(tuple(made), removed, ties)


Index = tuple[dict[tuple[str, str], list[Trade]], dict[tuple[str, str], list[Trade]]]


def _index(queue: list[Trade]) -> Index:
    """Index trades by (actor, issue supplied) and by (actor, issue demanded)."""
    supply: dict[tuple[str, str], list[Trade]] = defaultdict(list)
    demand: dict[tuple[str, str], list[Trade]] = defaultdict(list)
    for trade in queue:
        for side in (trade.i, trade.j):
            supply[side.who, side.supply].append(trade)
            demand[side.who, side.demand].append(trade)
    return supply, demand


def _concerned_by(done: Trade, index: Index) -> list[Trade]:
    found: dict[int, Trade] = {}
    for side in (done.i, done.j):
        for table, issue in zip(index, (side.supply, side.demand), strict=True):
            found.update((id(t), t) for t in table.get((side.who, issue), ()))
    return list(found.values())


def settle(board: Board, made: tuple[Trade, ...]) -> Board:
    """Return the positions the next round starts from: each mover drifts part of the way to where it voted."""
    after = {issue: {a: Arm(arm.x, arm.s, arm.c) for a, arm in arms.items()} for issue, arms in board.items()}
    for trade in made:
        for side in (trade.i, trade.j):
            bend = (1 - side.s) * SALIENCE_WEIGHT
            kept = (1 - bend - FIXED_WEIGHT) * side.start
            after[side.supply][side.who].x = bend * side.y + FIXED_WEIGHT * side.y + kept
    return after
