"""The effects: one number for each candidate of each question, from what was known before the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blocs.forecast.typed.guess import Day, components
from blocs.forecast.typed.history import LONG
from blocs.forecast.typed.record import Floats, Ints

THEMES = {
    "memory": "did the same to the same before",
    "reverse": "the other did it to the known actor",
    "pair": "history of the pair in any act",
    "sequence": "what the pair did last calls for this act",
    "popularity": "the act involves this actor these days",
    "activity": "the actor is active",
    "country": "country in the name",
    "sector": "sector in the name",
    "paths": "partners of partners",
    "alike": "actors with similar histories",
    "guess": "the first guess",
}
"""Themes of effects, in words."""


@dataclass(frozen=True)
class Effects:
    """Effects of candidates.

    Attributes:
        names: of the effects.
        themes: (effect,) keys of `THEMES`.
        x: (query, candidate, effect).
    """

    names: tuple[str, ...]
    themes: tuple[str, ...]
    x: Floats


class _Columns:
    """Collects effects as they are computed."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.themes: list[str] = []
        self.x: list[Floats] = []

    def add(self, theme: str, name: str, x: Floats) -> None:
        self.names.append(name)
        self.themes.append(theme)
        self.x.append(np.asarray(x, np.float32))

    def logs(self, theme: str, name: str, counts: Floats, halves: tuple[float, ...], floor: float = 0.1) -> None:
        for half, x in zip(halves, counts, strict=False):
            self.add(theme, f"log {name}, {'ever' if half == float('inf') else f'{half:g} days'}", np.log(x + floor))


def effects(day: Day, a: Ints, r: Ints, candidates: Ints, guess: Floats, belief: Floats) -> Effects:
    """Return the effects of each candidate.

    Args:
        day: with its history and tables.
        a: (query,) known actors.
        r: (query,) acts with their side.
        candidates: (query, candidate) actors.
        guess: (component, query, actor) of the first guess.
        belief: (component,) its weights.
    """
    out = _Columns()
    shape = candidates.shape
    known, act = np.broadcast_to(a[:, None], shape), np.broadcast_to(r[:, None], shape)
    _of_pairs(out, day, known, act, candidates)
    _of_others(out, day, known, act, candidates)
    if day.history.named:
        _of_names(out, day, known, act, candidates)
    _of_sequence(out, day, known, act, candidates)
    _of_guess(out, day, a, candidates, guess, belief)
    return Effects(tuple(out.names), tuple(out.themes), np.stack(out.x, axis=-1))


def _of_pairs(out: _Columns, day: Day, a: Ints, r: Ints, b: Ints) -> None:
    h, t = day.history, day.day
    halves = h.families["arb"][1]
    same = h.read("arb", a, r, b, t, gap=True)
    own = h.read("ar", a[:, :1], r[:, :1], b[:, :1], t, gap=True)
    out.logs("memory", "same act", same, halves)
    out.add("memory", "1/days since same act", same[-1])
    out.add("memory", "same act seen", same[LONG] > 0)
    out.add("memory", "latest partner in the act", (same[-1] > 0) & (same[-1] == own[-1]))
    out.add("memory", "log share of the act, ever", np.log(0.01 + same[LONG] / (own[1] + 1.0)))
    out.add("memory", "log share of the act, 20 days", np.log(0.01 + same[2] / (own[0] + 1.0)))
    back = h.read("arb", a, h.inverse(r), b, t, gap=True)
    out.logs("reverse", "reverse act", back[[1, 2, LONG]], (4.0, 20.0, float("inf")))
    out.add("reverse", "1/days since reverse act", back[-1])
    pair = h.read("ab", a, r, b, t, gap=True)
    total = h.read("a", a[:, :1], r[:, :1], b[:, :1], t, gap=True)
    out.logs("pair", "acts of the pair", pair, halves)
    out.add("pair", "1/days since any act of the pair", pair[-1])
    out.add("pair", "latest partner", (pair[-1] > 0) & (pair[-1] == total[-1]))
    out.add("pair", "log share of partner, ever", np.log(0.003 + pair[LONG] / (total[1] + 1.0)))
    out.add("pair", "log share of partner, 20 days", np.log(0.003 + pair[2] / (total[0] + 1.0)))
    out.add("pair", "new pair", pair[LONG] == 0)
    out.add("pair", "the actor itself", a == b)
    for family, words in (("xab", "acts of the pair on this side"), ("agb", "acts of the group")):
        out.logs("pair", words, h.read(family, a, r, b, t), h.families[family][1])


def _of_others(out: _Columns, day: Day, a: Ints, r: Ints, b: Ints) -> None:
    h, t = day.history, day.day
    for family, words in (("rb", "other in the act"), ("gb", "other in the group")):
        out.logs("popularity", words, h.read(family, a, r, b, t), h.families[family][1])
    back = h.read("rb", a, h.inverse(r), b, t)
    out.logs("popularity", "other on the other side", back[[1, 3]], (15.0, float("inf")))
    busy = h.read("b", a, r, b, t, gap=True)
    out.logs("activity", "acts of the other", busy, h.families["b"][1])
    out.add("activity", "1/days since any act of the other", busy[-1])
    out.add("activity", "new actor", busy[3] == 0)
    out.add("activity", "log partners of the other", np.log1p(day.degree[b]))


def _of_names(out: _Columns, day: Day, a: Ints, r: Ints, b: Ints) -> None:
    h, t = day.history, day.day
    for family in h.families:
        letters = set(family)
        if letters & set("cdst="):
            theme = "sector" if letters & set("st") else "country"
            counts = h.read(family, a, r, b, t)
            out.logs(theme, f"counts by {family}", counts, h.families[family][1], floor=0.3)
    mine, other = h.country[a], h.country[b]
    out.add("country", "same country", h.same_country(a, b))
    out.add("country", "different countries", (mine != other) & (mine > 0) & (other > 0))
    out.add("country", "country of the other known", other > 0)
    out.add("sector", "same sector", (h.sector[a] == h.sector[b]) & (h.sector[a] > 0))
    out.add("sector", "the other is a state", h.sector[b] == 1)


def _of_sequence(out: _Columns, day: Day, a: Ints, r: Ints, b: Ints) -> None:
    """How likely the pair's past acts are to be followed by this one, against the base rate."""
    h, learned = day.history, day.learned
    act = r.ravel()
    row, place = h.pair_acts(a.ravel(), b.ravel())
    chance = learned.follows[h.by_pair_act[place], act[row]]
    base = learned.base[act]
    for half, words in ((1, "4 days"), (2, "20 days"), (LONG, "ever")):
        value = day.same[half][h.by_pair[place]]
        hits = np.bincount(row, value * chance, len(act))
        total = np.bincount(row, value, len(act))
        lift = np.log((hits + 0.3 * base) / (total + 0.3) / base)
        out.add("sequence", f"log lift of the act after the pair's acts, {words}", lift.reshape(r.shape))
        out.add("sequence", f"log acts expected of the pair, {words}", np.log(0.02 + hits).reshape(r.shape))


GUESS_THEMES = {"paths": "paths", "like_partners": "alike", "peers_20": "alike", "peers": "alike", "places": "country",
                "compatriots": "country", "compatriots_act": "country", "role": "sector", "popular": "popularity",
                "busy": "activity"}  # fmt: skip


def _of_guess(out: _Columns, day: Day, a: Ints, b: Ints, guess: Floats, belief: Floats) -> None:
    rows = np.arange(len(b))[:, None]
    chance = guess[:, rows, b]
    for name, x in zip(components(day.history.named), chance, strict=True):
        out.add(
            GUESS_THEMES.get(name, "memory" if name.startswith("same") else "pair"), f"log p {name}", np.log(1e-5 + x)
        )
    position = day.learned.position
    out.add("alike", "likeness of the two", np.einsum("qd,qkd->qk", position[a], position[b]))
    mixed = np.tensordot(belief, chance, 1)
    out.add("guess", "log first guess", np.log(1e-6 + mixed))
    out.add(
        "guess", "log rank in the first guess", np.log1p(np.argsort(np.argsort(-mixed, axis=1, kind="stable"), axis=1))
    )
