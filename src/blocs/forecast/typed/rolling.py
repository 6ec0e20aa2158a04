"""One walk through the days: gather training questions, fit, choose on the validation days, score the test days once.

Every question of a day is answered from the days before it. The facts of a day are taken in after its questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from blocs.forecast.typed.asked import Asked, asked, sampled
from blocs.forecast.typed.choice import Choice, Form, Questions, fit, standard_units
from blocs.forecast.typed.effects import Effects, effects
from blocs.forecast.typed.guess import Day, believe, components, pick
from blocs.forecast.typed.history import History
from blocs.forecast.typed.names import read_names
from blocs.forecast.typed.rank import ranks
from blocs.forecast.typed.record import Floats, Ints, TypedRecord
from blocs.forecast.typed.tables import Learned, Learner, act_groups

Tell = Callable[[str, int, int], None]

ACT_STEPS, ACTOR_STEPS = (0.5, 3.5, 10.5, 40.5), (2.0, 14.0, 42.0, 162.0)
LEVELS = (2 * (len(ACT_STEPS) + 1), len(ACTOR_STEPS) + 1)
"""Levels of the two aspects of a situation: how often the known actor did this act (by side), and any act."""

FORMS = (
    Form("one weight an effect"),
    Form("weights by act and situation", act=1e-4, situation=1e-4),
    Form("curves", curves=True),
    Form("curves, weights by act and situation", curves=True, act=1e-4, situation=1e-4),
)


@dataclass(frozen=True)
class Plan:
    """Sizes that keep time and memory in bounds whatever the size of the record.

    Attributes:
        candidates: actors that the logit ranks; the others follow in the order of the first guess.
        window: training questions come from this many times the length of the validation part, before it.
        train_days: days of the window that are visited, at most.
        train_questions: training questions, at most.
        valid_days: validation days that are visited, at most.
        valid_questions: validation questions, at most.
        refresh: days between new tables.
        guess_days: days before the window that weigh the first guess.
        batch: questions at a time.
    """

    candidates: int = 150
    window: float = 4.5
    train_days: int = 100
    train_questions: int = 27_000
    valid_days: int = 60
    valid_questions: int = 20_000
    refresh: int = 10
    guess_days: int = 8
    batch: int = 256


@dataclass(frozen=True)
class Answers:
    """How true answers fared.

    Attributes:
        rank: (answer,) among all actors, time-aware filter, ties by mean rank.
        day: (answer,).
        act: (answer,) kind of act with its side.
        new: (answer,) whether the pair had no history.
        found: (answer,) whether the truth was among the candidates.
    """

    rank: Floats
    day: Ints
    act: Ints
    new: Floats
    found: Floats

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank, 0 to 1."""
        return float((1.0 / self.rank).mean())


@dataclass(frozen=True)
class Rolled:
    """What a walk leaves.

    Attributes:
        choice: the logit that the validation part chose.
        tried: validation MRR by name of form.
        valid: answers of the validation part by the chosen form.
        test: answers of the test part, tables learning on.
        frozen: the same with tables as they stood at the end of train; None if not asked.
        guessed: answers of the test part by the first guess alone.
        belief: (component,) weights of the first guess.
        names: of the effects.
        themes: (effect,) their themes.
        groups: (act,) group of each kind of act and side.
        lift: (group, theme) how far a theme lifts the true answer over the average candidate on test days, in nats.
        lifted: (group,) test answers behind `lift`.
    """

    choice: Choice
    tried: dict[str, float]
    valid: Answers
    test: Answers
    frozen: Answers | None
    guessed: Answers
    belief: Floats
    names: tuple[str, ...]
    themes: tuple[str, ...]
    groups: Ints
    lift: Floats
    lifted: Ints


@dataclass
class _Bag:
    """Answers collected day by day."""

    rank: list[Floats] = field(default_factory=list)
    rest: list[tuple[Ints, Ints, Floats, Floats]] = field(default_factory=list)

    def answers(self) -> Answers:
        day, act, new, found = (np.concatenate([x[n] for x in self.rest]) for n in range(4))
        return Answers(np.concatenate(self.rank), day, act, new, found)


class Walk:
    """The state of a walk: history, tables, the day."""

    def __init__(self, record: TypedRecord, plan: Plan, named: bool, until: int, seed: int) -> None:
        self.record, self.plan, self.seed = record, plan, seed
        self.attributes = read_names(record.names if named else None, record.actors)
        self.groups = act_groups(record, until, seed=seed)
        self.history = History(record, self.attributes, self.groups)
        self.learner = Learner(self.history, seed)
        self.learned: Learned | None = None
        self.learned_on = 0
        self.belief = np.ones(1, np.float32)
        size = (len(components(self.history.named)), plan.batch, record.actors)
        self.room = np.empty(size, np.float32)

    def observe(self, first: int, last: int) -> None:
        """Take in the days from `first` to before `last`."""
        days = self.record.moves.days
        for day in days[(days >= first) & (days < last)].tolist():
            self.learner.observe(day)
            self.history.observe(day)

    def tables(self, day: int) -> Learned:
        """Return the tables for a day, learned again when they are older than the plan allows."""
        if self.learned is None or day - self.learned_on >= self.plan.refresh:
            self.learned, self.learned_on = self.learner.learned(day), day
        return self.learned

    def batches(self, day: Day, q: Asked) -> Iterator[tuple[Asked, Floats]]:
        """Yield the questions of a day in batches, each with its first guess (component, query, actor).

        The guess is overwritten by that of the next batch.
        """
        for low in range(0, len(q.a), self.plan.batch):
            high = low + self.plan.batch
            mine = (q.query >= low) & (q.query < high)
            part = Asked(q.a[low:high], q.r[low:high], q.query[mine] - low, q.answer[mine])
            yield part, day.guess(part.a, part.r, self.room)

    def view(self, day: Day, q: Asked, guess: Floats) -> tuple[Floats, Ints, Effects, Ints]:
        """Return the mixed guess (query, actor), candidates, their effects, and the situations of the questions."""
        mixed = np.tensordot(self.belief, guess, 1)
        candidates = pick(mixed, self.plan.candidates)
        found = effects(day, q.a, q.r, candidates, guess, self.belief)
        return mixed, candidates, found, self.situations(q, day.day)

    def situations(self, q: Asked, day: int) -> Ints:
        """Return the level of the known actor's experience with the act, by side, and with any act."""
        h = self.history
        nobody = np.zeros_like(q.a)
        act = np.digitize(h.read("ar", q.a, q.r, nobody, day)[1], ACT_STEPS)
        any_act = np.digitize(h.read("a", q.a, q.r, nobody, day)[1], ACTOR_STEPS)
        return np.stack([2 * act + (q.r >= self.record.relations), any_act], axis=1).astype(np.int64)


def roll(
    record: TypedRecord, plan: Plan | None = None, forms: Sequence[Form] = FORMS, named: bool = True,
    frozen: bool = True, seed: int = 0, tell: Tell | None = None,
) -> Rolled:  # fmt: skip
    """Walk through the record once: fit on train, choose on valid, score test.

    Args:
        record: with its splits.
        plan: sizes.
        forms: of the logit, to choose from.
        named: whether names may be read.
        frozen: also score the test part with tables frozen at the end of train.
        seed: of samples and batches.
        tell: progress.
    """
    plan, tell = plan or Plan(), tell or (lambda stage, done, total: None)
    days = record.moves.days
    train, valid, test = (
        days[days < record.valid],
        days[(days >= record.valid) & (days < record.test)],
        days[days >= record.test],
    )
    opening = max(int(train[0]) + 1, int(record.valid - plan.window * (record.test - record.valid)))
    window, before = train[train >= opening], train[train < opening]
    walk = Walk(record, plan, named, int(before[-1]), seed)
    last = _weigh_guess(walk, _evenly(before[len(before) // 2 :], plan.guess_days), tell)
    q, names, themes, last = _gather(walk, window, last, tell)
    units = standard_units(q.x, seed)
    probe = Choice(forms[0], *units, {})
    for row in range(len(q.x)):
        q.x[row] = probe.standard(q.x[row])
    choices = [fit(q, form, units, 2 * record.relations, LEVELS, seed, _stage(tell, form)) for form in forms]
    del q
    walk.observe(last, record.valid)
    at_train_end = walk.learner.learned(record.valid) if frozen else None
    few = _evenly(valid, plan.valid_days)
    answers, _, _, last = _score(
        walk, choices, few, record.valid, "validation days", tell, most=plan.valid_questions
    )  # fmt: skip
    tried = {form.name: a.mrr for form, a in zip(forms, answers, strict=True)}
    best = int(np.argmax(list(tried.values())))
    chosen = choices[best]
    lift = Lift(walk.groups, themes, chosen)
    scored, guessed, cold, _ = _score(walk, [chosen], test, last, "test days", tell, at_train_end, lift)
    return Rolled(
        chosen, tried, answers[best], scored[0], cold, guessed, walk.belief, names, themes, walk.groups,
        lift.mean(), lift.count,
    )  # fmt: skip


class Lift:
    """How far each theme lifts the true answer over the average candidate, by group of acts."""

    def __init__(self, groups: Ints, themes: tuple[str, ...], choice: Choice) -> None:
        self.groups, self.choice = groups, choice
        self.themes = tuple(dict.fromkeys(themes))
        self.of = np.array([[t == name for name in self.themes] for t in themes], np.float64)
        size = int(groups.max()) + 1
        self.total, self.count = np.zeros((size, len(self.themes))), np.zeros(size, np.int64)

    def add(self, q: Asked, candidates: Ints, found: Effects, situations: Ints) -> None:
        """Add the answers of a batch that are among the candidates."""
        place, there = places(candidates, q)
        parts = self.choice.parts(found.x, q.r, situations) @ self.of
        lift = parts[q.query[there], place[there]] - parts.mean(axis=1)[q.query[there]]
        group = self.groups[q.r[q.query[there]]]
        np.add.at(self.total, group, lift)
        np.add.at(self.count, group, 1)

    def mean(self) -> Floats:
        """Return (group, theme) in nats; zero where a group had no answer."""
        return self.total / np.maximum(self.count, 1)[:, None]


def places(candidates: Ints, q: Asked) -> tuple[Ints, Floats]:
    """Return the place of each answer among its question's candidates, and whether it is there."""
    here = candidates[q.query] == q.answer[:, None]
    return here.argmax(axis=1), here.any(axis=1)


def _stage(tell: Tell, form: Form) -> Callable[[int, int], None]:
    return lambda done, total: tell(f"fit: {form.name}", done, total)


def _evenly(days: Ints, most: int) -> Ints:
    """At most so many days, spread evenly."""
    return days if len(days) <= most else days[np.linspace(0, len(days) - 1, most).round().astype(int)]


def _weigh_guess(walk: Walk, days: Ints, tell: Tell) -> int:
    """Weigh the components of the first guess; return the first day that the history has not taken in."""
    chances: list[Floats] = []
    last = 0
    for n, day in enumerate(days.tolist()):
        tell("first guess", n, len(days))
        walk.observe(last, day)
        last = day
        today = Day(walk.history, walk.tables(day), day)
        for q, guess in walk.batches(today, asked(walk.record, day)):
            chances.append(guess[:, q.query, q.answer].T)
    walk.belief = believe(np.concatenate(chances))
    return last


def _gather(walk: Walk, window: Ints, last: int, tell: Tell) -> tuple[Questions, tuple[str, ...], tuple[str, ...], int]:
    """Collect training questions with the effects of their candidates."""
    plan = walk.plan
    visited = _evenly(window, plan.train_days)
    counts = [len(asked(walk.record, day).a) for day in visited.tolist()]
    share = min(1.0, plan.train_questions / max(sum(counts), 1))
    x: Floats | None = None
    rows: list[tuple[Floats, Ints, Ints]] = []
    used, names, themes = 0, (), ()
    for n, day in enumerate(visited.tolist()):
        tell("training days", n, len(visited))
        walk.observe(last, day)
        last = day
        today = Day(walk.history, walk.tables(day), day)
        for q, guess in walk.batches(today, sampled(asked(walk.record, day), share, (walk.seed, day))):
            _, candidates, found, situations = walk.view(today, q, guess)
            names, themes = found.names, found.themes
            place, there = places(candidates, q)
            y = np.zeros(candidates.shape, np.float32)
            np.add.at(y, (q.query[there], place[there]), 1.0)
            if x is None:
                room = int(1.05 * share * sum(counts)) + 4 * plan.batch
                x = np.empty((room, *found.x.shape[1:]), np.float32)
            take = min(len(q.a), len(x) - used)
            x[used : used + take] = found.x[:take]
            rows.append((y[:take], q.r[:take], situations[:take]))
            used += take
    assert x is not None
    y, act, situations = (np.concatenate([r[k] for r in rows]) for k in range(3))
    return Questions(x[:used], y, act, situations), names, themes, last


def _score(
    walk: Walk, choices: Sequence[Choice], days: Ints, last: int, stage: str, tell: Tell,
    cold: Learned | None = None, lift: Lift | None = None, most: int = 0,
) -> tuple[list[Answers], Answers, Answers | None, int]:  # fmt: skip
    """Rank the answers of some days by each choice, by the first guess, and with frozen tables if any are given.

    With `most` above 0 about so many questions are drawn.
    """
    bags, guessed, frozen = [_Bag() for _ in choices], _Bag(), _Bag()
    share = most / max(sum(len(asked(walk.record, day).a) for day in days.tolist()), 1) if most else 1.0
    for n, day in enumerate(days.tolist()):
        tell(stage, n, len(days))
        walk.observe(last, day)
        last = day
        today = Day(walk.history, walk.tables(day), day)
        everything = sampled(asked(walk.record, day), share, (walk.seed, day))
        for q, guess in walk.batches(today, everything):
            mixed, candidates, found, situations = walk.view(today, q, guess)
            note = _note(walk, q, day, candidates)
            _add(guessed, ranks(mixed, q.query, q.answer), note)
            for bag, choice in zip(bags, choices, strict=True):
                _add(bag, _ranked(choice, mixed, candidates, found, q, situations), note)
            if lift:
                lift.add(q, candidates, found, situations)
        if cold is not None:
            as_then = Day(walk.history, cold, day)
            for q, guess in walk.batches(as_then, everything):
                mixed, candidates, found, situations = walk.view(as_then, q, guess)
                note = _note(walk, q, day, candidates)
                _add(frozen, _ranked(choices[0], mixed, candidates, found, q, situations), note)
    return [b.answers() for b in bags], guessed.answers(), frozen.answers() if cold is not None else None, last


def _note(walk: Walk, q: Asked, day: int, candidates: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    a, r = q.a[q.query], q.r[q.query]
    new = walk.history.read("ab", a, r, q.answer, day)[-1] == 0
    return np.full(len(a), day), r, new, places(candidates, q)[1]


def _add(bag: _Bag, rank: Floats, note: tuple[Ints, Ints, Floats, Floats]) -> None:
    bag.rank.append(rank)
    bag.rest.append(note)


def _ranked(choice: Choice, mixed: Floats, candidates: Ints, found: Effects, q: Asked, situations: Ints) -> Floats:
    """Ranks with the candidates first, in the order of the logit, then all others in the order of the first guess."""
    score = choice.scores(found.x, q.r, situations).astype(np.float64)
    whole = mixed.astype(np.float64)
    np.put_along_axis(whole, candidates, score - score.min(axis=1, keepdims=True) + 2.0, axis=1)
    return ranks(whole, q.query, q.answer)
