"""The conformance check catches a planted fault of every kind, and says where."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
import pytest

from blocs.ground.axes import Scalar
from blocs.ground.keys import uniforms
from blocs.mechanisms.base import LAWS, AbstractMechanism, Card, Param
from blocs.testing.conformance import CHECKS, assert_card, assert_compiles, assert_conforms, assert_laws
from blocs.testing.states import make_act, make_case, make_state, make_world

STRENGTH = Param("strength", "share", 0.0, 1.0, 1.0, "ours")


def card(reads=("unrest",), writes=("unrest",), laws=(), **more) -> Card:
    values = {
        "name": "liar",
        "summary": "says one thing and does another",
        "systems": ("S23",),
        "rules": ("R23.1",),
        "params": (STRENGTH,),
    }
    return Card(reads=frozenset(reads), writes=frozenset(writes), laws=frozenset(laws), **(values | more))


class Honest(AbstractMechanism):
    strength: Scalar
    card: ClassVar[Card] = card(laws=LAWS)

    def after(self, world, state, act):
        return state

    def tick(self, key, world, state, days):
        calmer = state.unrest * (1.0 - 0.1 * self.strength)
        return state.replace(unrest=calmer.astype(state.unrest.dtype))


def liar(base_card: Card | None = None, tick=None, after=None) -> AbstractMechanism:
    """A mechanism with the given faults and Honest's other half."""
    parts = {"card": base_card or Honest.card, "__annotations__": {"card": ClassVar[Card]}}
    if tick:
        parts["tick"] = tick
    if after:
        parts["after"] = after
    return type("Liar", (Honest,), parts).make()


def unrest(state, value):
    return state.replace(unrest=jnp.asarray(value, state.unrest.dtype))


def test_honest_conforms():
    assert_conforms(Honest.make(), *make_case(5))


def test_every_law_has_a_check_and_a_liar():
    assert set(CHECKS) == set(LAWS) == {case.values[0] for case in LAW_LIARS}


LAW_LIARS = [
    pytest.param(
        "bounded", lambda s, k, w, x, d: unrest(x, x.unrest + 14.0 * s.strength), "left its range", id="bounded"
    ),
    pytest.param(
        "blind_to_order",
        lambda s, k, w, x, d: unrest(x, x.unrest.at[0].multiply(1.0 - s.strength * 0.5)),
        "order of the actors",
        id="blind_to_order",
    ),
    pytest.param(
        "blind_to_order",
        lambda s, k, w, x, d: unrest(x, x.unrest * (1 - s.strength) + s.strength * jnp.roll(x.unrest, 1)),
        "order of the actors",
        id="blind_to_order-neighbour",
    ),
    pytest.param("still_at_zero", lambda s, k, w, x, d: unrest(x, x.unrest * 0.9), "at strength 0", id="still_at_zero"),
    pytest.param(
        "deterministic",
        lambda s, k, w, x, d: unrest(x, x.unrest * (1 - s.strength * uniforms(k, w.actor_id))),
        "random key",
        id="deterministic",
    ),
    pytest.param("conserves", None, "total of `hard_currency`", id="conserves"),
]


@pytest.mark.parametrize(("law", "tick", "message"), LAW_LIARS)
def test_a_broken_law_is_caught(law, tick, message):
    gift = None
    if law == "conserves":
        stock = ("hard_currency",)
        lie = card(stock, stock, (law,))

        def gift(self, world, state, act):
            return state.replace(hard_currency=state.hard_currency.at[act.target].add(5.0))
    else:
        lie = card(laws=(law,))
    with pytest.raises(AssertionError, match=message):
        assert_laws(liar(lie, tick, gift), *make_case(5))


def test_an_actor_known_by_its_name_is_caught():
    def tick(self, key, world, state, days):
        return unrest(state, state.unrest.at[world.index("actor", "actor0")].multiply(0.5))

    with pytest.raises(AssertionError, match="order of the actors"):
        assert_laws(liar(card(laws=("blind_to_order",)), tick), *make_case(5))


@pytest.mark.parametrize("giver_draws", [True, False])
def test_debt_out_of_nothing_is_caught(giver_draws):
    both = card(("debt",), ("debt",), ("conserves",))

    def after(self, world, state, act):
        i, j = (act.source, act.target) if giver_draws else (act.target, act.source)
        return state.replace(debt=state.debt.at[i, j].add(1.0))

    world, state, act, key = make_case(5)
    verbal = int(jnp.argmin(world.material))
    wrong = make_act(int(act.source), int(act.target), verbal, 0)
    message = "expected at" if giver_draws else "delivers nothing"
    with pytest.raises(AssertionError, match=message):
        assert_laws(liar(both, after=after), world, state, wrong, key)


def test_a_hidden_write_is_caught():
    def tick(self, key, world, state, days):
        return state.replace(cohesion=state.cohesion * 0.5)

    with pytest.raises(AssertionError, match=r"liar\.tick: changed `cohesion`.*not list under writes"):
        assert_laws(liar(tick=tick), *make_case(5))


def test_a_hidden_read_is_caught():
    def tick(self, key, world, state, days):
        return unrest(state, state.unrest * state.cohesion)

    with pytest.raises(AssertionError, match="`unrest` depends on `cohesion`"):
        assert_laws(liar(tick=tick), *make_case(5))


def test_a_partial_write_that_is_not_read_is_caught():
    with pytest.raises(AssertionError, match="`unrest` depends on `unrest`"):
        assert_laws(liar(card(reads=())), *make_case(5))


def test_a_number_that_is_none_is_caught():
    def tick(self, key, world, state, days):
        return unrest(state, state.unrest / (state.unrest * 0.0))

    with pytest.raises(AssertionError, match="no finite number"):
        assert_laws(liar(tick=tick), *make_case(5))


def test_another_shape_is_caught():
    def tick(self, key, world, state, days):
        return state.replace(unrest=state.unrest[:-1])

    with pytest.raises(AssertionError, match="`unrest` came in as"):
        assert_laws(liar(tick=tick), *make_case(5))


def test_a_widened_dtype_is_caught():
    def tick(self, key, world, state, days):
        return state.replace(unrest=state.unrest * self.strength)

    with pytest.raises(AssertionError, match=r"state float32, rest float64.*`unrest` came in as"):
        assert_compiles(liar(tick=tick), *make_case(5))


def test_a_branch_on_a_traced_value_is_caught():
    def tick(self, key, world, state, days):
        return unrest(state, state.unrest * 0.5) if days > 1 else state

    with pytest.raises(jax.errors.TracerBoolConversionError):
        assert_compiles(liar(tick=tick), *make_case(5))


def test_a_hidden_memory_is_caught():
    seen = []

    def tick(self, key, world, state, days):
        seen.append(1)
        return unrest(state, state.unrest * 0.5 ** len(seen))

    with pytest.raises(AssertionError, match="different under"):
        assert_compiles(liar(tick=tick), *make_case(5))


def test_a_gradient_without_end_is_caught():
    def tick(self, key, world, state, days):
        return unrest(state, jnp.sqrt(state.unrest * 0.0) + state.unrest)

    with pytest.raises(AssertionError, match="gradient by `unrest` is not finite"):
        assert_compiles(liar(tick=tick), *make_case(5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reads": frozenset({"wealth"})}, "reads wealth, which the vocabulary does not have"),
        ({"writes": frozenset({"wealth"})}, "writes wealth"),
        ({"laws": frozenset({"fair"})}, "fair is not in LAWS"),
        ({"systems": ("23",)}, "is no id"),
        ({"systems": ()}, "names no system"),
        ({"rules": ("R23",)}, "is no id"),
        ({"summary": " "}, "no summary"),
        ({"params": (dataclasses.replace(STRENGTH, source=""),)}, "no source"),
        ({"params": (dataclasses.replace(STRENGTH, unit=""),)}, "no unit"),
        ({"params": (STRENGTH, Param("rate", "share", 0.0, 1.0, 0.5, "ours"))}, "its fields are strength but"),
    ],
)
def test_a_faulty_card_is_caught(change, message):
    mechanism = Honest.make()
    lying = type("Liar", (Honest,), {"card": dataclasses.replace(Honest.card, **change)})
    object.__setattr__(mechanism, "__class__", lying)
    with pytest.raises(AssertionError, match=message):
        assert_card(mechanism)


def test_a_default_outside_its_range_is_caught():
    mechanism = Honest.make()
    lying = type("Liar", (Honest,), {"card": card(params=(dataclasses.replace(STRENGTH, default=2.0),))})
    object.__setattr__(mechanism, "__class__", lying)
    with pytest.raises(AssertionError, match="default 2 is outside its range"):
        assert_card(mechanism)


def test_what_cannot_be_pickled_is_caught():
    with pytest.raises(Exception, match="pickle"):
        assert_card(liar())


def test_the_drawn_state_reaches_what_the_liars_need():
    state = make_state(make_world(5), 5)
    assert float(state.unrest[0]) > 0
    assert float(state.unrest.max()) > 0
