"""Parts of the typed event model against plain loops."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocs.forecast.typed.choice import Choice, Form, Questions, fit, loss, standard_units
from blocs.forecast.typed.guess import Day, believe, components, pick
from blocs.forecast.typed.history import EVER, History, dense_rows
from blocs.forecast.typed.memory import Memory
from blocs.forecast.typed.names import read_names
from blocs.forecast.typed.rank import ranks
from blocs.forecast.typed.record import TypedRecord
from blocs.forecast.typed.tables import Learner, act_groups
from blocs.testing.typed_events import typed_events


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20)), min_size=1, max_size=30), st.integers(1, 9))
def test_memory_fades_as_the_formula_says(moves: list[tuple[int, int]], half: int) -> None:
    moves.sort(key=lambda m: m[1])
    keys, days = (np.array(x, np.int64) for x in zip(*moves, strict=True))
    memory = Memory(keys, (float(half), EVER))
    for day in np.unique(days).tolist():
        memory.observe(slice(int((days < day).sum()), int((days <= day).sum())), day)
    today = int(days.max()) + 3
    asked = np.arange(6)
    got = memory.read(asked, today, gap=True)
    for key in asked.tolist():
        mine = days[keys == key]
        assert got[0, key] == pytest.approx((2.0 ** (-(today - mine) / half)).sum(), rel=1e-4, abs=1e-6)
        assert got[1, key] == len(mine)
        assert got[2, key] == (pytest.approx(1 / (today - mine.max())) if len(mine) else 0)
    assert memory.all(today) == pytest.approx(got[0, memory.keys], rel=1e-4)


def test_ranks_filter_other_answers_and_share_ties() -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 6, (5, 30)).astype(float)
    query = np.array([3, 0, 0, 4, 0, 2, 4])
    answer = np.array([1, 7, 9, 0, 20, 5, 29])
    for n, (q, a) in enumerate(zip(query, answer, strict=True)):
        others = {b for m, b in zip(query, answer, strict=True) if m == q} - {a}
        left = [b for b in range(30) if b not in others and b != a]
        above = sum(scores[q, b] > scores[q, a] for b in left)
        level = sum(scores[q, b] == scores[q, a] for b in left)
        assert ranks(scores, query, answer)[n] == 1 + above + level / 2


def test_names_of_the_form_and_others() -> None:
    names = ("Police_(Arland)", "Arland", "Ann_Other", "Army (Borland)", "Police_(Borland)", "Union_(x)_of")
    found = read_names(names, 6)
    assert [found.countries[c] for c in found.country] == ["Arland", "Arland", "", "Borland", "Borland", ""]
    assert [found.sectors[s] for s in found.sector] == ["Police", "(the state itself)", "", "Army", "Police", ""]
    assert not read_names(None, 6).country.any()


def history(until: int, named: bool = True) -> tuple[History, Learner]:
    record = typed_events(actors=40, relations=5, days=30, a_day=15, seed=2)
    h = History(record, read_names(record.names if named else None, 40), act_groups(record, 20, count=4))
    learner = Learner(h)
    for day in range(until):
        learner.observe(day)
        h.observe(day)
    return h, learner


def test_counts_of_pairs_and_countries_are_those_of_a_plain_loop() -> None:
    h, _ = history(20)
    m = h.moves
    past = m.day < 20
    rng = np.random.default_rng(1)
    a, b, r = (np.r_[x[:25], rng.permutation(x)[:25]] for x in (m.known, m.other, m.act))
    for family, same in {
        "arb": lambda n: (m.known == a[n]) & (m.act == r[n]) & (m.other == b[n]),
        "ab": lambda n: (m.known == a[n]) & (m.other == b[n]),
        "xab": lambda n: (m.known == a[n]) & (m.other == b[n]) & ((m.act >= 5) == (r[n] >= 5)),
        "crb": lambda n: (h.country[m.known] == h.country[a[n]]) & (m.act == r[n]) & (m.other == b[n]),
        "srt=": lambda n: (
            (h.sector[m.known] == h.sector[a[n]])
            & (m.act == r[n])
            & (h.sector[m.other] == h.sector[b[n]])
            & (h.same_country(m.known, m.other) == h.same_country(a[n], b[n]))
        ),
    }.items():
        want = [(same(n) & past).sum() for n in range(50)]
        assert h.read(family, a, r, b, 20)[-1].tolist() == want, family
        assert sum(want) > 0, family


def test_what_pairs_did_and_what_followed() -> None:
    h, learner = history(20)
    m, past = h.moves, h.moves.day < 20
    a, b = m.known[:30], m.other[:30]
    row, place = h.pair_acts(a, b)
    value = h.memory["arb"].all(20, 4)[h.by_pair[place]]
    for n in range(30):
        want = np.bincount(m.act[(m.known == a[n]) & (m.other == b[n]) & past], minlength=10)
        assert np.bincount(h.by_pair_act[place][row == n], value[row == n], 10).tolist() == want.tolist()
    learned = learner.learned(20)
    assert learned.follows.sum(axis=1) == pytest.approx(1.0, rel=1e-4)
    assert np.linalg.norm(learned.position, axis=1).max() == pytest.approx(1.0, rel=1e-4)


def test_the_table_of_what_follows_finds_an_answer_in_kind() -> None:
    """Act 0 is answered a day later by act 1 from the other side; acts 2 come without a cause."""
    rng = np.random.default_rng(0)
    rows: list[tuple[int, int, int, int]] = []
    for pair in range(40):
        first = int(rng.integers(0, 20))
        rows += [(2 * pair, 0, 2 * pair + 1, first), (2 * pair + 1, 1, 2 * pair, first + 1)]
        rows += [(2 * pair, 2, (2 * pair + 7) % 80, int(rng.integers(0, 20)))]
    rows.sort(key=lambda x: x[3])
    s, r, o, day = (np.array(x, np.int64) for x in zip(*rows, strict=True))
    record = TypedRecord(s, r, o, day, 80, 3, None, ("a", "b", "c"), 19, 20)
    h = History(record, read_names(None, 80), np.arange(6))
    learner = Learner(h)
    for n in range(21):
        learner.observe(n)
        h.observe(n)
    lift = learner.learned(21).follows / learner.learned(21).base
    assert lift[0].argmax() == 3 + 1, "seen from the actor of 0: act 1, asked for the subject"
    assert lift[3].argmax() == 1
    assert lift[0, 4] > 2.0


@pytest.mark.parametrize("named", [True, False])
def test_the_first_guess_is_made_of_distributions(named: bool) -> None:
    h, learner = history(20, named)
    day = Day(h, learner.learned(20), 20)
    a, r = np.array([0, 5, 0, 7]), np.array([0, 3, 9, 3])
    got = day.guess(a, r)
    assert got.shape == (len(components(named)), 4, 40)
    total = got.sum(axis=2)
    assert np.all((np.abs(total - 1) < 1e-4) | (total == 0))
    counts = np.array([[h.read("arb", a[n], r[n], b, 20)[4] for b in range(40)] for n in range(4)])
    assert got[1] == pytest.approx(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9), abs=1e-5)
    alone = day.guess(a[2:3], r[2:3])
    assert alone[:, 0] == pytest.approx(got[:, 2], abs=1e-5), "a guess does not depend on what else is asked"


def test_belief_goes_to_the_component_that_is_right() -> None:
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(np.ones(50) * 0.1)
    drawn = rng.choice(50, 2000, p=0.7 * truth + 0.3 / 50)
    weight = believe(np.stack([truth[drawn], np.full(2000, 1 / 50), np.zeros(2000)], axis=1))
    assert weight == pytest.approx([0.7, 0.3, 0.0], abs=0.05)
    assert pick(np.array([[0.1, 0.5, 0.4, 0.0]]), 2).tolist() == [[1, 2]]


def test_rows_of_a_sparse_matrix() -> None:
    rng = np.random.default_rng(0)
    dense = rng.integers(0, 3, (6, 5)).astype(np.float32)
    row, col = np.nonzero(dense)
    want = np.array([4, 0, 0, 5, 99])
    got = dense_rows(row, col, dense[row, col], want, 5)
    assert got[:4].tolist() == dense[want[:4]].tolist()
    assert not got[4].any()


def problem(n: int = 3000) -> tuple[Questions, np.ndarray]:
    """Questions answered by a logit of known weights that differ by side."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 12, 4)).astype(np.float32)
    act = rng.integers(0, 2, n)
    weight = np.array([[1.0, -0.5, 0.0, 0.3], [1.0, 0.5, 0.0, 0.3]])
    score = np.einsum("qkf,qf->qk", x, weight[act]) + rng.gumbel(size=(n, 12))
    y = np.zeros((n, 12), np.float32)
    y[np.arange(n), score.argmax(axis=1)] = 1.0
    return Questions(x, y, act, np.zeros((n, 1), np.int64)), weight


def test_the_logit_recovers_its_weights() -> None:
    q, weight = problem()
    units = (np.zeros(4, np.float32), np.ones(4, np.float32), standard_units(q.x)[2])
    got = fit(q, Form("by act", act=1e-6, situation=1e-3), units, 2, (1,), seed=1).params
    assert got["w"] + got["r"] + got["s0"][0] == pytest.approx(weight, abs=0.15)


def test_the_loss_is_that_of_a_plain_loop_and_parts_add_up() -> None:
    q, _ = problem(40)
    y = q.y.copy()
    y[:, 0] += 1  # a second answer, no rival of the first
    rng = np.random.default_rng(1)
    form = Form("all", curves=True, act=0.0, situation=0.0, curve=0.0, plain=0.0)
    units = standard_units(q.x)
    shapes = {"w": (4,), "g": units[2].shape, "r": (2, 4), "s0": (1, 4)}
    choice = Choice(form, *units, {k: rng.normal(size=v).astype(np.float32) for k, v in shapes.items()})
    score = choice.scores(q.x, q.act, q.situations)
    assert choice.parts(q.x, q.act, q.situations).sum(axis=2) == pytest.approx(score, abs=1e-3)
    total = 0.0
    for i in range(40):
        rivals = np.exp(score[i][y[i] == 0]).sum()
        total -= sum(n * (score[i, j] - np.log(rivals + np.exp(score[i, j]))) for j, n in enumerate(y[i]) if n)
    z = choice.standard(q.x)
    got = loss(
        {k: jnp.asarray(v) for k, v in choice.params.items()}, jnp.asarray(units[2]), form, z, y, q.act, q.situations
    )
    assert float(got) == pytest.approx(total / y.sum(), rel=1e-4)
    assert jax.default_backend()
