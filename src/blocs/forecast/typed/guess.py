"""The first guess: simple distributions over all actors, and how much each of them is believed."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from blocs.forecast.typed.history import LONG, History, dense_rows
from blocs.forecast.typed.record import Floats, Ints
from blocs.forecast.typed.tables import Learned

COMPONENTS = {
    "same_4": "partners in the same act, last days",
    "same": "partners in the same act, ever",
    "pair": "partners in any act, ever",
    "pair_4": "partners in any act, last days",
    "paths": "partners of partners",
    "popular": "whoever this act involves these weeks",
    "group": "partners in acts of the same group",
    "like_partners": "actors with histories like those of the partners",
    "peers_20": "what actors with similar histories did these weeks",
    "peers": "what actors with similar histories did, ever",
    "busy": "whoever is active",
}
OF_NAMES = {
    "compatriots_act": "partners of the same country's actors in the same act",
    "compatriots": "partners of the same country's actors",
    "places": "actors of the countries that the known actor deals with",
    "role": "actors of the sector that this act calls for, at home or abroad",
}


class Day:
    """Everything that the questions of one day share.

    Args:
        history: as it stands before the day.
        learned: tables from before the day.
        day: the day in question.
    """

    def __init__(self, history: History, learned: Learned, day: int) -> None:
        self.history, self.learned, self.day = history, learned, day
        h, n = history, history.actors
        self.active = np.zeros(n, np.float32)
        self.active[h.memory["b"].keys] = h.memory["b"].all(day, 2)
        self.same = {half: h.memory["arb"].all(day, half) for half in (1, 2, LONG)}
        self.recent_pair = h.memory["ab"].all(day, 1)
        ever = h.memory["ab"].all(day, LONG)
        self.walk = _walk(ever, h)
        self.walk_recent = _walk(self.recent_pair, h)
        self.degree = np.bincount(h.memory["ab"].keys[ever > 0] // n, minlength=n)
        self.places = self._places() if h.named else np.zeros((n, 1), np.float32)

    def _places(self) -> Floats:
        """(actor, country) unit rows: half where the name puts an actor, half whom it dealt with."""
        h = self.history
        memory, n = h.memory["cb"], h.actors
        out = np.zeros((n, h.countries), np.float32)
        known = memory.keys // n > 0
        out[memory.keys[known] % n, memory.keys[known] // n] = memory.all(self.day, 1)[known]
        out /= np.maximum(out.sum(axis=1, keepdims=True), 2.0)
        own = h.country > 0
        out[own] *= 0.4
        out[own, h.country[own]] += 0.6
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 0.3)

    def guess(self, a: Ints, r: Ints, room: Floats | None = None) -> Floats:
        """Return (component, query, actor) distributions for the queries (known actor, act); a row may be all zero.

        Args:
            a: (query,) known actors.
            r: (query,) acts with their side.
            room: memory to write to, (component, at least query, actor); new memory costs more than the arithmetic.
        """
        h, day, position = self.history, self.day, self.learned.position
        size = len(components(h.named))
        out = (np.empty((size, len(a), h.actors), np.float32) if room is None else room)[:, : len(a)]
        who, back = np.unique(a, return_inverse=True)
        acts, act_back = np.unique(r, return_inverse=True)
        partners = self.walk[who].toarray()
        _unit(self._rows(1, a, r), out[0])
        _unit(self._rows(LONG, a, r), out[1])
        np.take(partners, back, axis=0, out=out[2], mode="clip")
        np.take(self.walk_recent[who].toarray(), back, axis=0, out=out[3], mode="clip")
        np.take((self.walk[who] @ self.walk).toarray(), back, axis=0, out=out[4], mode="clip")
        np.take(_unit(h.dense("rb", 1, day, acts)), act_back, axis=0, out=out[5], mode="clip")
        _unit(h.dense("agb", 1, day, a * h.group_count + h.groups[r]), out[6])
        like = np.maximum((partners @ position) @ position.T, 0.0)
        like *= like
        like *= like
        like *= self.active > 0
        np.take(_unit(like), back, axis=0, out=out[7], mode="clip")
        alike = np.maximum(position[who] @ position.T, 0.0)
        alike[np.arange(len(who)), who] = 0.0
        alike *= alike
        alike *= alike * alike  # the sixth power: near ones count, and the rest hardly
        self._peers(r, alike, back, out[8:10])
        out[10] = self.active / max(float(self.active.sum()), 1e-9)
        if h.named:
            self._by_name(a, r, who, back, out[11:])
        return out

    def _rows(self, half: int, a: Ints, r: Ints) -> Floats:
        h = self.history
        return dense_rows(h.row, h.col, self.same[half], a * h.acts + r, h.actors)

    def _peers(self, r: Ints, alike: Floats, back: Ints, out: Floats) -> None:
        """For each query: what actors did in this act, weighted by how alike they are to the known actor."""
        h, n = self.history, self.history.actors
        for act in np.unique(r):
            low, high = np.searchsorted(h.by_act_row, [act * n, (act + 1) * n])
            place = h.by_act[low:high]
            mine = np.flatnonzero(r == act)
            start = np.r_[0, np.bincount(h.by_act_row[low:high] - act * n, minlength=n).cumsum()]
            near = np.ascontiguousarray(alike[back[mine]].T)
            for x, half in zip(out, (2, LONG), strict=True):
                did = sp.csr_matrix((self.same[half][place], h.col[place], start), shape=(n, n))
                x[mine] = (did.T @ near).T
        for x in out:
            _unit(x, x)

    def _by_name(self, a: Ints, r: Ints, who: Ints, back: Ints, out: Floats) -> None:
        h, day = self.history, self.day
        home = h.country[a]
        known = (home > 0)[:, None]
        _unit(h.dense("crb", 1, day, home * h.acts + r) * known, out[0])
        _unit(h.dense("cb", 1, day, home) * known, out[1])
        near = self.places[who] @ self.places.T
        near *= near
        near *= self.active
        np.take(_unit(near), back, axis=0, out=out[2], mode="clip")
        self._roles(a, r, who, back, out[3])

    def _roles(self, a: Ints, r: Ints, who: Ints, back: Ints, out: Floats) -> None:
        """Chance of (sector, same country or not) given the known actor's sector and the act, spread by activity."""
        h, wide = self.history, 2 * self.history.sectors
        memory = h.memory["srt="]
        table = dense_rows(
            memory.keys // wide, memory.keys % wide, memory.all(self.day), h.sector[a] * h.acts + r, wide
        )  # fmt: skip
        role = 2 * h.sector[None, :] + h.same_country(who[:, None], np.arange(h.actors)[None, :])
        weight = self.active + np.float32(1e-3)
        mass = np.stack([np.bincount(x, weight, minlength=wide) for x in role])
        chance = (_unit(table + np.float32(0.01)) / np.maximum(mass[back], 1e-3)).astype(np.float32)
        for n, own in enumerate(back.tolist()):
            np.take(chance[n], role[own], out=out[n], mode="clip")
        out *= weight
        _unit(out, out)


def components(named: bool) -> dict[str, str]:
    """Return the components of the first guess with their words, in order."""
    return COMPONENTS | (OF_NAMES if named else {})


def believe(chance: Floats, rounds: int = 300) -> Floats:
    """Return the weight of each component, by expectation-maximisation.

    Args:
        chance: (answer, component) chance that each component gave to true answers.
        rounds: of the algorithm.

    Returns:
        (component,) weights that sum to one.
    """
    weight = np.full(chance.shape[1], 1.0 / chance.shape[1])
    for _ in range(rounds):
        share = chance * weight
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
        weight = share.mean(axis=0)
        weight /= max(float(weight.sum()), 1e-12)
    return weight.astype(np.float32)


def pick(guess: Floats, count: int) -> Ints:
    """Return the candidates of each query (query, candidate), the likeliest by the first guess, in order of number."""
    count = min(count, guess.shape[1])
    top = np.argpartition(-guess, count - 1, axis=1)[:, :count]
    return np.sort(top, axis=1).astype(np.int64)


def _walk(value: Floats, history: History) -> sp.csr_matrix:
    """One step of a walk from actor to partner."""
    n = history.actors
    graph = sp.csr_matrix((value, history.pair_col, history.pair_start), shape=(n, n))
    total = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-6)
    return sp.csr_matrix(sp.diags((1.0 / total).astype(np.float32)) @ graph)


def _unit(x: Floats, out: Floats | None = None) -> Floats:
    """Return rows that sum to one, or to zero; written to `out` if given, else in place."""
    total = np.maximum(x.sum(axis=1, keepdims=True), 1e-9).astype(np.float32)
    return np.divide(x, total, out=x if out is None else out)
