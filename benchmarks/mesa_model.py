"""The reduced model of `reduced_model.md` in Mesa: actors are agents, the model draws who acts, each agent decides for itself.

Written as Mesa's own examples are: plain attributes, dictionaries keyed by agent, one method an effect.
"""

from __future__ import annotations

import math
from collections import defaultdict

import mesa
import numpy as np
from reduced import STEP_DAYS, Input, Outcome


class Actor(mesa.Agent):
    """One actor: what it did to whom, how warm it is toward whom, and how it chooses."""

    def __init__(self, model: Bloc, place: int) -> None:
        super().__init__(model)
        self.place = place
        self.camp = int(place >= model.given.actors // 2)
        self.toward: defaultdict[Actor, float] = defaultdict(float)
        self.sent = 0.0
        self.received = 0.0
        self.warmth: dict[Actor, float] = {}

    def others(self) -> list[Actor]:
        return [other for other in self.model.agents if other is not self]

    def activity(self) -> float:
        return math.log1p(self.model.faded(self.sent))

    def popularity(self) -> float:
        return math.log1p(self.model.faded(self.received))

    def inertia(self, other: Actor) -> float:
        return math.log1p(self.model.faded(self.toward[other]))

    def reciprocity(self, other: Actor) -> float:
        return math.log1p(self.model.faded(other.toward[self]))

    def eagerness(self) -> float:
        given = self.model.given
        return given.activity * self.activity() + given.popularity * self.popularity()

    def appeal(self, other: Actor) -> float:
        given = self.model.given
        return (
            given.inertia * self.inertia(other)
            + given.reciprocity * self.reciprocity(other)
            + given.warmth * self.warmth[other]
        )

    def fitness(self, other: Actor, act: int) -> float:
        given = self.model.given
        tone = given.warmth_tone * self.warmth[other] + given.warmth_back_tone * other.warmth[self]
        return self.model.polarity[act] * tone

    def act(self) -> tuple[Actor, int]:
        """Choose whom and what, and do it."""
        others = self.others()
        target = self.model.draw(others, [self.appeal(other) for other in others])
        acts = range(len(self.model.given.cooperation))
        act = self.model.draw(acts, [self.fitness(target, act) for act in acts])
        self.remember(target)
        self.move_warmth(target, self.model.given.cooperation[act])
        return target, act

    def remember(self, target: Actor) -> None:
        count = 1.0 / self.model.fade
        self.toward[target] += count
        self.sent += count
        target.received += count

    def move_warmth(self, target: Actor, cooperation: float) -> None:
        given = self.model.given
        by = clip(given.rate * cooperation)
        for third in self.others():
            if third is not target:
                away = -given.mirror * by * max(0.0, -third.warmth[target])
                self.warmth[third] = clip(lean(self.warmth[third], away))
        self.warmth[target] = clip(lean(self.warmth[target], by))
        target.warmth[self] = clip(lean(target.warmth[self], given.echo * by))

    def tick(self) -> None:
        """Let a week pass: memory fades, warmth returns toward what camps expect."""
        fade = self.model.week_fade
        self.sent *= fade
        self.received *= fade
        for other in self.toward:
            self.toward[other] *= fade
        for other in self.warmth:
            goal = self.model.given.camp * (self.camp == other.camp)
            self.warmth[other] += self.model.week_share * (goal - self.warmth[other])


class Bloc(mesa.Model):
    """All actors, the clock, and the tempo of acts."""

    def __init__(self, given: Input, seed: int) -> None:
        super().__init__(rng=seed)
        self.given = given
        self.polarity = given.polarity
        self.week_fade = 2.0 ** (-STEP_DAYS / given.half_life)
        self.week_share = 1.0 - 2.0 ** (-STEP_DAYS / given.warmth_half_life)
        self.fade = 1.0
        self.week = 0
        self.record: list[tuple[float, int, int, int]] = []
        actors = [Actor(self, place) for place in range(given.actors)]
        for actor in actors:
            actor.warmth = dict.fromkeys(actors, 0.0)

    def faded(self, count: float) -> float:
        return count * self.fade

    def draw(self, options, scores):
        """Draw one option from the softmax of its scores."""
        high = max(scores)
        return self.random.choices(options, [math.exp(score - high) for score in scores])[0]

    def days_to_next(self) -> float:
        held = self.given.branching * sum(self.faded(actor.sent) for actor in self.agents)
        first = self.random.expovariate(self.given.base)
        left = 1.0 - self.random.expovariate(1.0) / held if held > 0 else 0.0
        return min(first, -self.given.half_life * math.log2(left)) if left > 0 else first

    def step(self) -> None:
        """Run one week: acts one after another, then what time does."""
        age = 0.0
        begin = self.week * STEP_DAYS
        while (wait := self.days_to_next()) + age < STEP_DAYS:
            age += wait
            self.fade = 2.0 ** (-age / self.given.half_life)
            actors = list(self.agents)
            source = self.draw(actors, [actor.eagerness() for actor in actors])
            target, act = source.act()
            self.record.append((begin + age, source.place, target.place, act))
        self.agents.do("tick")
        self.fade = 1.0
        self.week += 1


def clip(x: float) -> float:
    return min(1.0, max(-1.0, x))


def lean(x: float, by: float) -> float:
    return x + by - abs(by) * x


def run(given: Input, runs: int, seed: int = 0) -> Outcome:
    """Simulate `runs` histories one after another and count."""
    code = np.full((runs, given.slots, 4), -1, np.int16)
    warmth = np.zeros((runs, len(given.watched())))
    for n in range(runs):
        model = Bloc(given, seed + n)
        for _ in range(given.steps):
            model.step()
        acts = [(source, target, act, 0) for _, source, target, act in model.record]
        code[n, : len(acts)] = np.asarray(acts, np.int16).reshape(-1, 4)
        actors = list(model.agents)
        warmth[n] = [actors[i].warmth[actors[j]] for i, j in given.watched()]
    return Outcome(code, warmth)
