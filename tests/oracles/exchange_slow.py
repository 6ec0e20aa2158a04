"""A slow, plain model of exchanges with equal gain in 28-digit decimals: one object an exchange, one step at a time.

Written from the published description (Stokman & Van Oosten 1994; Dijkstra et al. 2018), independent of the array
version in Blocs: it exists to disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

TINY = Decimal("1e-10")
HUNDRED = Decimal(100)


@dataclass
class Arm:
    """What an actor has on an issue."""

    x: Decimal
    s: Decimal
    c: Decimal


@dataclass
class Side:
    """One side of a trade: gives on `supply`, gains on `demand`."""

    who: str
    supply: str
    demand: str
    at: Decimal
    start: Decimal
    want: Decimal
    s_supply: Decimal
    s_demand: Decimal
    power: Decimal
    y: Decimal | None = None
    move: Decimal = Decimal(0)
    moves: list[Decimal] = field(default_factory=list)


class Trade:
    """A candidate exchange."""

    def __init__(self, world: World, i: str, j: str, p: str, q: str) -> None:
        self.world = world
        t = world.arms
        if t[p][i].s / t[q][i].s < t[p][j].s / t[q][j].s:
            i, j = j, i
        self.i = self._side(i, q, p)
        self.j = self._side(j, p, q)
        self.heard: dict[str, dict[str, Decimal]] = {p: {}, q: {}}
        self.gain = Decimal(0)
        self.valid = True
        self.work_out()

    def _side(self, who: str, supply: str, demand: str) -> Side:
        a, b = self.world.arms[supply][who], self.world.arms[demand][who]
        return Side(who, supply, demand, a.x, a.x, b.x, a.s, b.s, a.c)

    def other(self, side: Side) -> Side:
        return self.j if side is self.i else self.i

    def price(self, side: Side) -> Decimal:
        """What the other side pays a unit that `side` gives, gains being equal."""
        o = self.other(side)
        return (side.s_supply + o.s_demand) / (side.s_demand + o.s_supply)

    def whole(self, side: Side) -> Decimal:
        reach = abs(self.other(side).want - side.at)
        return reach * side.s_supply * side.power / self.world.total(side.supply)

    def length(self, side: Side, rate: Decimal) -> Decimal:
        return rate * self.world.total(side.supply) / (side.power * side.s_supply)

    def work_out(self) -> None:
        i, j = self.i, self.j
        dp = self.whole(j)
        dq = self.price(j) * dp
        i.move, j.move = self.length(i, dq), abs(i.want - j.at)
        if i.move > abs(j.want - i.at):
            dq = self.whole(i)
            dp = self.price(i) * dq
            i.move, j.move = abs(j.want - i.at), self.length(j, dp)
        for side in (i, j):
            if side.at > self.other(side).want:
                side.move = -side.move
            side.moves.append(side.move)
            side.y = side.at + side.move
        self.gain = abs(dq * i.s_supply - dp * i.s_demand)
        self.valid = self.fine() and self.gain >= TINY
        if self.valid:
            self.hold(i)
            self.hold(j)
            self.valid = self.fine()

    def fine(self) -> bool:
        for side in (self.i, self.j):
            m = side.move
            if abs(m) > 100 or abs(m) <= TINY or not 0 <= side.at + m <= 100 or sum(side.moves) > 100:
                return False
            if not (max(side.moves) < 0 or min(side.moves) > 0):
                return False
        return True

    def mean(self, side: Side, own: Decimal) -> Decimal:
        total = Decimal(0)
        for who, arm in self.world.arms[side.supply].items():
            x = self.heard[side.supply].get(who, arm.x)
            total += (own if who == side.who else x) * arm.s * arm.c
        return total / self.world.total(side.supply)

    def hold(self, side: Side) -> None:
        """Do not push the mean past what the other side wants."""
        o = self.other(side)
        x, before, after = o.want, self.mean(side, side.at), self.mean(side, side.y)
        if (x >= before and x >= after) or (x <= before and x <= after):
            return
        own = self.heard[side.supply].get(side.who, side.at)
        w = self.world.total(side.supply)
        numerator = Decimal(0)
        for who, arm in self.world.arms[side.supply].items():
            y = self.heard[side.supply].get(who, arm.x)
            numerator += (own if who == side.who else y) * arm.s * arm.c
        size = abs((x * w - numerator) / (side.s_supply * side.power))
        near = size * side.s_supply * side.power / w
        far = self.price(side) * near
        side.move, o.move = size, abs(self.length(o, far))
        for k in (side, o):
            if k.at > self.other(k).want:
                k.move = -k.move
            k.moves[-1] = k.move
            k.y = k.at + k.move
        self.gain = abs(far * o.s_supply - near * o.s_demand)

    def learn(self, done: Trade) -> None:
        redo = False
        for side in (self.i, self.j):
            for k in (done.i, done.j):
                if (side.who, side.supply) == (k.who, k.supply):
                    side.at = k.y
                    side.moves.append(k.move)
                    redo = True
        again = redo
        for gainer, giver in ((done.j, done.i), (done.i, done.j)):
            if any((s.who, s.demand) == (gainer.who, gainer.demand) for s in (self.i, self.j)):
                again = True
                known = self.heard[gainer.demand]
                if giver.who not in known:
                    known[giver.who] = giver.y
                elif giver.start <= known[giver.who]:
                    known[giver.who] = min(known[giver.who], giver.y)
                else:
                    known[giver.who] = max(known[giver.who], giver.y)
        if again:
            self.i.moves.pop()
            self.j.moves.pop()
            self.work_out()


class World:
    """Arms by issue and actor; play rounds."""

    def __init__(self, arms: dict[str, dict[str, Arm]], actors: list[str]) -> None:
        self.arms, self.actors = arms, actors

    def total(self, issue: str) -> Decimal:
        return sum(a.s * a.c for a in self.arms[issue].values())

    def mean(self, issue: str) -> Decimal:
        return sum(a.x * a.s * a.c for a in self.arms[issue].values()) / self.total(issue)

    def trades(self) -> list[Trade]:
        out = []
        left = {k: {a: arm.x <= self.mean(k) for a, arm in row.items()} for k, row in self.arms.items()}
        for p, q in combinations(self.arms, 2):
            groups: list[list[str]] = [[], [], [], []]
            for a in self.actors:
                if a in self.arms[p] and a in self.arms[q]:
                    groups[left[p][a] + 2 * left[q][a]].append(a)
            for g, h in ((0, 3), (1, 2)):
                out += [Trade(self, i, j, p, q) for i in groups[g] for j in groups[h]]
        return out

    def play(self) -> list[Trade]:
        queue, made = self.trades(), []
        while queue:
            queue.sort(key=lambda t: t.gain, reverse=True)
            best = queue.pop(0)
            if not best.valid:
                continue
            queue = [t for t in queue if t.valid]
            for t in queue:
                t.learn(best)
            queue = [t for t in queue if t.valid]
            made.append(best)
        return made

    def settle(self, made: list[Trade]) -> dict[str, dict[str, float]]:
        """Move on to the next round; return the voting positions of this one."""
        voting = {k: {a: float(arm.x) for a, arm in row.items()} for k, row in self.arms.items()}
        for t in made:
            for side in (t.i, t.j):
                voting[side.supply][side.who] = float(side.y)
                by_salience, fixed = (1 - side.s_supply) * Decimal(0.4), Decimal(0.1)  # noqa: RUF032
                kept = (1 - by_salience - fixed) * side.start
                self.arms[side.supply][side.who].x = by_salience * side.y + fixed * side.y + kept
        return voting


def world_of(rows: list[tuple[str, str, str, str, str]], scale: dict[str, tuple[float, float]]) -> World:
    """Build a world from (actor, issue, position, salience, capability) texts."""
    arms: dict[str, dict[str, Arm]] = {k: {} for k in scale}
    actors = list(dict.fromkeys(r[0] for r in rows))
    for a, k, x, s, c in rows:
        low, high = (Decimal(str(v)) for v in scale[k])
        arms[k][a] = Arm((Decimal(x) - low) * (HUNDRED / (high - low)), Decimal(s), Decimal(c))
    return World(arms, actors)
