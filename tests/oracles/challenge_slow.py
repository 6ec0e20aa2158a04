"""A slow, plain model of challenges: loops over actors, one dyad at a time.

Written from the equations of Scholz, Calbert & Smith (2011) and their reading as coded, independent of the array
version in Blocs: it exists to disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Person:
    """An actor: capability, salience, position, risk exponent."""

    c: float
    s: float
    x: float
    r: float = 1.0


class Contest:
    """People on one scale; `all_pairs` picks the denominator of the probability of success."""

    def __init__(self, people: list[Person], all_pairs: bool = True) -> None:
        self.people, self.all_pairs = people, all_pairs
        self.span = max(p.x for p in people) - min(p.x for p in people)

    def vote(self, k: Person, a: float, b: float) -> float:
        """How strongly k prefers a to b."""
        return k.c * k.s * ((abs(k.x - b) / self.span) ** k.r - (abs(k.x - a) / self.span) ** k.r)

    def chance(self, a: float, b: float) -> float:
        if a == b:
            return 0.0
        ayes = sum(max(0.0, self.vote(k, a, b)) for k in self.people)
        if self.all_pairs:
            pairs = [(p.x, q.x) for p in self.people for q in self.people]
            return ayes / sum(abs(self.vote(k, p, q)) for k in self.people for p, q in pairs)
        return ayes / sum(abs(self.vote(k, a, b)) for k in self.people)

    def worth(self, by: Person, against: Person, risk: float) -> float:
        """What a challenge is worth to the challenger, reckoned with a given risk exponent."""
        d = abs(by.x - against.x) / self.span
        win, lose, stay = (2 - 4 * v**risk for v in (0.5 - 0.5 * d, 0.5 + 0.5 * d, 0.5))
        p = self.chance(by.x, against.x)
        return against.s * (p * win + (1 - p) * lose) + (1 - against.s) * win - stay

    def set_risks(self) -> None:
        for p in self.people:
            p.r = 1.0
        danger = [sum(self.worth(q, p, 1.0) for q in self.people if q is not p) for p in self.people]
        top, bottom = max(danger), min(danger)
        for p, d in zip(self.people, danger, strict=True):
            taste = (2 * d - top - bottom) / (top - bottom) if top - bottom > 1e-12 else 0.0
            p.r = (1 - taste / 3) / (1 + taste / 3)

    def next_position(self, me: Person) -> float:
        fights, deals = [], []
        for you in self.people:
            if you.x == me.x:
                continue
            mine, yours = self.worth(me, you, me.r), self.worth(you, me, me.r)
            if yours > mine > 0:
                fights.append((abs(me.x - you.x), you.x))
            elif yours > 0 > mine and yours > -mine:
                middle = (-mine * me.x + yours * you.x) / (yours - mine)
                deals.append((middle, me.x + (you.x - me.x) * (-mine / yours)))
        for offers in (fights, deals):
            if offers:
                least = min(o[0] for o in offers)
                return next(x for key, x in offers if key == least)
        return me.x

    def play(self) -> None:
        self.set_risks()
        after = [self.next_position(p) for p in self.people]
        for p, x in zip(self.people, after, strict=True):
            p.x = x
