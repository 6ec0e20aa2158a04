"""An actor chooses by what it believes: two worlds that differ only in what it cannot see give it the same chances."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from blocs.bloc.sight import hidden, hidden_from
from blocs.bloc.vocabulary import SEEN, vocabulary
from blocs.conduct.base import LEVELS, Effect, Specification
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.engine.choose import scores
from blocs.engine.model import Model, zero_coefficients
from blocs.testing.sight import HALF_LIVES, _chosen, _view, assert_sees_only, elsewhere, peeks_at
from blocs.testing.states import make_state, make_world

PARTS = [pytest.param(p, id=f"{p.level}.{p.name}") for p in (*EFFECTS, *TABLES)]


@pytest.mark.parametrize("part", PARTS)
def test_no_statistic_depends_on_what_its_chooser_cannot_see(part):
    assert [peeks_at(part, seed) for seed in range(3)] == [""] * 3


def test_the_whole_catalogue_gives_the_same_chances_at_every_level():
    """The chances themselves, all effects and tables at work with random coefficients (at level source: the own weight)."""
    world = make_world(4)
    model = Model(world, (), jnp.asarray(HALF_LIVES), Specification("all", EFFECTS, TABLES), 7.0)
    rng, zero = np.random.default_rng(0), zero_coefficients(model)
    beta = {level: jnp.asarray(rng.normal(0, 0.5, zero.beta[level].shape)) for level in LEVELS}
    tables = {level: tuple(jnp.asarray(rng.normal(0, 0.5, t.shape)) for t in zero.tables[level]) for level in LEVELS}
    coefficients = type(zero)(beta, tables, zero.tempo)
    state = make_state(world, 4, 0.9)
    for actor in range(len(world.actors)):
        chosen = _chosen(world, actor, 4)
        other = elsewhere(world, state, actor, 5)
        changed = [name for name in vocabulary() if not np.array_equal(getattr(state, name), getattr(other, name))]
        assert {"private_position", "cohesion", "known_line", "doubt"} <= set(changed)
        for level in LEVELS:
            here, there = (
                np.asarray(scores(model, coefficients, level, _view(world, s), chosen)) for s in (state, other)
            )
            if level == "source":
                here, there = here[actor], there[actor]
            np.testing.assert_array_equal(here, there, err_msg=level)


def _peek_private(view, chosen):
    return jnp.abs(view.state.private_position).sum(axis=1)


def _peek_stock(view, chosen):
    return view.world.polarity * view.state.hard_currency[chosen.target]


def _peek_envy(view, chosen):
    return view.state.cohesion - view.state.cohesion.mean()


@pytest.mark.parametrize(
    ("level", "stat", "name"),
    [
        ("target", _peek_private, "private_position"),
        ("act", _peek_stock, "hard_currency"),
        ("source", _peek_envy, "cohesion"),
    ],
)
def test_a_statistic_that_peeks_is_caught_and_what_it_reads_is_named(level, stat, name):
    with pytest.raises(AssertionError, match=rf"{level}.planted: depends on `{name}`"):
        assert_sees_only(Effect("planted", level, "planted", stat))


def test_every_quantity_says_who_sees_it():
    for name, q in vocabulary().items():
        assert q.seen in SEEN, f"{name}: seen by {q.seen!r}, expected one of {', '.join(SEEN)}"
        if q.seen in ("own", "pair"):
            assert q.axes.count("actor") >= (1 if q.seen == "own" else 2), name


def test_what_is_hidden_follows_the_axes():
    world = make_world(0)
    q, n = vocabulary(), len(world.actors)
    own = hidden(world, q["private_position"], (n, 3), 1)
    assert not own[1].any()
    assert own[[0, 2, 3]].all()
    pair = hidden(world, q["warmth"], (n, n), 1)
    assert not pair[1].any()
    assert not pair[:, 1].any()
    assert int(pair.sum()) == (n - 1) ** 2
    assert not hidden(world, q["public_position"], (n, 3), 1).any()
    assert hidden(world, q["message_told"], (12,), 1).all()
    patron = int(np.argmax(world.patron))
    assert float(world.patron[patron]) == 1
    assert not hidden(world, q["line"], (3,), patron).any()
    assert hidden(world, q["line"], (3,), (patron + 1) % n).all()
    assert "public_position" not in hidden_from(world, make_state(world, 0), 0)
