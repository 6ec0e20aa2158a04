"""Choice sets of long records: a sample of the receivers, drawn so that the likelihood can be put right.

Two strata: receivers the sender has dealt with before, who carry most of the probability, and strangers. With m of n
receivers of a stratum drawn (the chosen one counted in), the offset log(n / m) makes the conditional logit of the sample
consistent (McFadden 1978, positive conditioning; for event models Vu, Lomi, Mascia & Pallotti 2017).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from blocs.ground.errors import bad_input
from blocs.inference.events.columns import Ints
from blocs.inference.events.design import ChoiceSets, count_events, events_of
from blocs.inference.events.replay import Replay


class _Contacts:
    """Whom each sender has dealt with: a growing list a sender, in `known[i, :count[i]]`."""

    def __init__(self, n1: int, n2: int, one_mode: bool) -> None:
        self.one_mode = one_mode
        self.met = np.zeros((n1, n2), dtype=bool)
        self.known = np.zeros((n1, n2), dtype=np.int32)
        self.count = [0] * n1

    def meet(self, i: int, j: int) -> None:
        self._add(i, j)
        if self.one_mode:
            self._add(j, i)

    def _add(self, i: int, j: int) -> None:
        if not self.met[i, j]:
            self.met[i, j] = True
            self.known[i, self.count[i]] = j
            self.count[i] += 1


def sampled_sets(replay: Replay, start: float, end: float, sample: int, seed: int) -> ChoiceSets:
    """Collect `sample` receivers an event, the chosen one first, with their statistics and corrections.

    Returns:
        X [E, sample, P] in float32, chosen [E] (all 0), mask and offset [E, sample].

    Raises:
        InputError: a sample below 4 or not below the number of receivers, or receivers that come and go.
    """
    history = replay.history
    moving = any(c.name == "present" for c in history.changes) or history.risk is not None
    if history.opportunities is not None or moving:
        raise bad_input("dynam", "sample", "given with changing choice sets", "all receivers always open")
    if not history.present_receivers.all() or not 4 <= sample < history.n2 - 1:
        room = f"4 to {history.n2 - 2}, all receivers present" if history.n2 > 5 else "no sample of so few receivers"
        raise bad_input("dynam", "sample", f"is {sample} of {history.n2} receivers", room)
    if any(layer.standard for layer in replay.layers):
        raise bad_input("dynam", "sample", "given with scaling='std', which needs all receivers", "no scaling")
    E, P = count_events(replay, start, end), len(replay.layers)
    X = np.zeros((E, sample, P), dtype=np.float32)
    mask, offset = np.zeros((E, sample), dtype=bool), np.zeros((E, sample), dtype=np.float32)
    contacts = _Contacts(history.n1, history.n2, history.one_mode)
    for i, j in _before(replay, start):
        contacts.meet(i, j)
    rng = np.random.default_rng(seed)
    for e, i, j in events_of(replay, start, end):
        options, known, strangers = _draw(contacts, i, j, sample, rng)
        size = options.size
        mask[e, :size] = True
        _correct(contacts, i, j, known, strangers, offset[e, :size])
        replay.refresh()
        x = X[e, :size]
        for p, layer in enumerate(replay.layers):
            x[:, p] = layer.row(i)[options]
        contacts.meet(i, j)
    return ChoiceSets(X, np.zeros(E, dtype=np.intp), mask, offset)


def _before(replay: Replay, start: float) -> list[tuple[int, int]]:
    history = replay.history
    early = history.time < start
    return list(zip(history.sender[early].tolist(), history.receiver[early].tolist(), strict=True))


def _draw(contacts: _Contacts, i: int, j: int, sample: int, rng: np.random.Generator) -> tuple[Ints, int, int]:
    """Return the drawn receivers, the chosen one first, and how many of them are known and strangers (j included)."""
    met = bool(contacts.met[i, j])
    n_known = contacts.count[i]
    n_strange = contacts.met.shape[1] - n_known - int(contacts.one_mode)
    most_known = max(sample // 2, sample - n_strange)
    known = min(n_known, most_known)
    strange = min(n_strange, sample - known)
    old = contacts.known[i, :n_known]
    if known == n_known:
        friends = old[old != j] if met else old
    else:
        # leave out the place of the chosen one, then shift
        places = _distinct(n_known - met, known - met, rng)
        if met:
            places = places + (places >= int(np.flatnonzero(old == j)[0]))
        friends = old[places]
    others = _strangers(contacts, i, -1 if met else j, strange - (not met), n_strange, rng)
    return np.concatenate(([j], friends, others)), known, strange


def _strangers(contacts: _Contacts, i: int, j: int, size: int, pool: int, rng: np.random.Generator) -> Ints:
    """Draw `size` different receivers that i has not met, other than j, each set with the same chance."""
    met = contacts.met[i]
    barred = (i, j) if contacts.one_mode else (j, j)
    if size * 4 < pool and met.size < 4 * pool:
        # the first `size` different ones of independent draws are a fair set
        draws = rng.integers(0, met.size, 3 * size * met.size // (2 * pool) + 12)
        good = draws[~(met[draws] | (draws == barred[0]) | (draws == barred[1]))]
        fresh = _first_seen(good, size)
        if fresh is not None:
            return fresh
    free = ~met
    free[[k for k in barred if k >= 0]] = False
    places: Ints = np.flatnonzero(free)
    return places[_distinct(places.size, size, rng)]


def _distinct(n: int, size: int, rng: np.random.Generator) -> Ints:
    """Draw `size` different numbers below `n`, each set with the same chance."""
    if size * 4 < n:
        draws = rng.integers(0, n, 3 * size // 2 + 8)
        fresh = _first_seen(draws, size)
        if fresh is not None:
            return fresh
    return rng.permutation(n)[:size]


def _first_seen(draws: Ints, size: int) -> Ints | None:
    """Return the first `size` different numbers in the order drawn, or None if there are fewer."""
    seen = list(dict.fromkeys(draws.tolist()))
    return np.array(seen[:size], dtype=np.intp) if len(seen) >= size else None


def _correct(contacts: _Contacts, i: int, j: int, known: int, strange: int, out: NDArray[np.float32]) -> None:
    """Write the corrections log(n / m) of the drawn receivers, the chosen one first."""
    n_known = contacts.count[i]
    n_strange = contacts.met.shape[1] - n_known - int(contacts.one_mode)
    met = bool(contacts.met[i, j])
    low = math.log(n_known / known) if known else 0.0
    high = math.log(n_strange / strange) if strange else 0.0
    out[0] = low if met else high
    out[1 : 1 + known - met] = low
    out[1 + known - met :] = high
