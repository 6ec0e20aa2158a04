"""One public check that a mechanism is what its card says.

    from blocs.testing.conformance import assert_conforms
    assert_conforms(MyMechanism.make(), world, state, act, key)

The parts are public too: `assert_laws` is quick and made for many examples of Hypothesis, `assert_card` and
`assert_compiles` are worth one call a mechanism. Every failure is an `AssertionError` whose message names the mechanism,
the function, the quantity and what was expected.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from blocs.bloc.state import INTEGER, State, bounds_broken
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import Key
from blocs.ground.keys import at
from blocs.mechanisms.base import LAWS, AbstractMechanism, Card
from blocs.testing.relabel import relabel_act, relabel_state, relabel_world

DAYS = 7.0
STOCKS = ("reserve_days", "hard_currency")
"""Goods and money that an act may move between actors but not make or lose."""


class Case(NamedTuple):
    """One situation in which a mechanism is tried. `days` is the length of the step, in days."""

    world: World
    state: State
    act: Act
    key: Key
    days: Any


Move = Callable[[AbstractMechanism, Case], State]


def after(mechanism: AbstractMechanism, case: Case) -> State:
    """Return the state after the act of a case."""
    return mechanism.after(case.world, case.state, case.act)


def tick(mechanism: AbstractMechanism, case: Case) -> State:
    """Return the state after the days of a case."""
    return mechanism.tick(case.key, case.world, case.state, case.days)


MOVES: tuple[tuple[str, Move], ...] = (("after", after), ("tick", tick))
# compiled once for all examples of one shape: op by op, a search over examples would take minutes
_FAST: tuple[tuple[str, Move], ...] = (("after", eqx.filter_jit(after)), ("tick", eqx.filter_jit(tick)))


def assert_conforms(
    mechanism: AbstractMechanism, world: World, state: State, act: Act, key: Key, days: float = DAYS
) -> None:
    """Assert everything that a card promises: see `assert_card`, `assert_laws` and `assert_compiles`.

    Args:
        mechanism: the mechanism with some admissible parameters.
        world, state, act: a valid situation (`blocs.testing.states` draws them).
        key: a random key, for mechanisms that draw.
        days: length of the step, more than 0.

    Raises:
        AssertionError: something is not as declared.
    """
    assert_card(mechanism)
    assert_laws(mechanism, world, state, act, key, days)
    assert_compiles(mechanism, world, state, act, key, days)


def assert_card(mechanism: AbstractMechanism) -> None:
    """Assert that the card is complete, names only what exists, and that the mechanism can be built and pickled.

    Raises:
        AssertionError: a gap or a fault in the card.
    """
    card = mechanism.card
    _assert_names(card)
    fields = list(vars(mechanism))
    declared = [p.name for p in card.params]
    assert sorted(fields) == sorted(declared), (
        f"{card.name}: its fields are {', '.join(sorted(fields))} but its card lists {', '.join(sorted(declared))}"
    )
    assert "strength" in declared, f"{card.name}: has no parameter `strength`, expected one in 0..1"
    for p in card.params:
        assert p.lo <= p.default <= p.hi, (
            f"{card.name}.{p.name}: default {p.default:g} is outside its range {p.lo:g}..{p.hi:g}"
        )
        assert p.source.strip(), f"{card.name}.{p.name}: has no source, expected a rule with grade and n, or a reason"
        assert p.unit.strip(), f"{card.name}.{p.name}: has no unit"
    again = pickle.loads(pickle.dumps(mechanism))
    assert _differs(again, mechanism) == [], f"{card.name}: is not the same after pickling"


def assert_laws(
    mechanism: AbstractMechanism, world: World, state: State, act: Act, key: Key, days: float = DAYS
) -> None:
    """Assert reads, writes, shapes, dtypes, finiteness and every law on the card, for the act and for the step.

    Raises:
        AssertionError: something is not as declared.
    """
    case = Case(world, state, act, key, jnp.asarray(days, state.clock.dtype))
    for name, move in _FAST:
        where = f"{mechanism.card.name}.{name}"
        new = move(mechanism, case)
        _assert_shapes(where, state, new)
        _assert_finite(where, new)
        _assert_writes(where, mechanism.card, state, new)
        _assert_reads(where, mechanism, move, case, new)
        for law in sorted(mechanism.card.laws):
            CHECKS[law](where, mechanism, move, case, new)


def assert_compiles(
    mechanism: AbstractMechanism, world: World, state: State, act: Act, key: Key, days: float = DAYS
) -> None:
    """Assert that jit and vmap change nothing, one trace serves all values, dtypes hold and gradients are finite.

    Raises:
        AssertionError: something is not so.
    """
    case = Case(world, state, act, key, jnp.asarray(days, state.clock.dtype))
    for name, move in MOVES:
        where = f"{mechanism.card.name}.{name}"
        _assert_jit(where, mechanism, move, case)
        _assert_dtypes(where, mechanism, move, case)
        _assert_gradient(where, mechanism, move, case)


def _assert_names(card: Card) -> None:
    known = set(vocabulary())
    for kind, names in (("reads", card.reads), ("writes", card.writes)):
        assert names <= known, (
            f"{card.name}: {kind} {', '.join(sorted(names - known))}, which the vocabulary does not have"
        )
    assert set(CHECKS) == set(LAWS), "every law needs a check"
    assert card.laws <= set(LAWS), f"{card.name}: law {', '.join(sorted(card.laws - set(LAWS)))} is not in LAWS"
    assert card.summary.strip(), f"{card.name}: has no summary"
    assert card.systems, f"{card.name}: names no system"
    for text, pattern in ((card.systems, r"S\d\d"), (card.rules, r"R\d\d\.\d+")):
        for entry in text:
            assert re.fullmatch(pattern, entry), f"{card.name}: {entry!r} is no id, expected {pattern}"


def _assert_shapes(where: str, old: State, new: State) -> None:
    for name, value in vars(old).items():
        got = getattr(new, name)
        expected, found = (value.shape, value.dtype), (jnp.shape(got), jnp.result_type(got))
        assert expected == found, f"{where}: `{name}` came in as {expected} and went out as {found}"


def _assert_finite(where: str, new: State) -> None:
    for name, value in vars(new).items():
        assert bool(np.isfinite(value).all()), f"{where}: `{name}` has an entry that is no finite number"


def _assert_writes(where: str, card: Card, old: State, new: State) -> None:
    changed = [name for name in _differs(old, new) if name not in card.writes]
    assert not changed, f"{where}: changed `{changed[0]}`, which its card does not list under writes"


def _assert_reads(where: str, mechanism: AbstractMechanism, move: Move, case: Case, new: State) -> None:
    """Replace what the card does not list by something else, and look whether what is written notices."""
    hidden = [name for name in vocabulary() if name not in mechanism.card.reads]
    other = jax.device_put({name: _other_values(name, getattr(case.state, name)) for name in hidden})
    if not _noticed(mechanism, move, case, new, other):
        return
    for name in hidden:
        found = _noticed(mechanism, move, case, new, {name: other[name]})
        assert not found, (
            f"{where}: what it writes to `{found[0]}` depends on `{name}`, which its card does not list under reads"
        )
    raise AssertionError(f"{where}: depends on a combination of {', '.join(hidden)}, not listed under reads")


def _noticed(mechanism: AbstractMechanism, move: Move, case: Case, new: State, values: dict[str, Any]) -> list[str]:
    seen = move(mechanism, case._replace(state=case.state.replace(**values)))
    # a quantity that is written in part keeps its old value elsewhere: then it is read, and must be listed
    return [name for name in sorted(mechanism.card.writes) if not _same(getattr(seen, name), getattr(new, name))]


def _other_values(name: str, value: Any) -> Any:
    q, rng = vocabulary()[name], np.random.default_rng(len(name))
    if name in INTEGER:
        return jnp.zeros_like(value)
    hi = q.lo + 50.0 if q.hi is None else q.hi
    return np.asarray(rng.uniform(q.lo, hi, value.shape), value.dtype)


def _assert_bounded(where: str, mechanism: AbstractMechanism, move: Move, case: Case, new: State) -> None:
    bad = [name for name in bounds_broken(new) if name not in bounds_broken(case.state)]
    assert not bad, f"{where}: `{bad[0]}` left its range, expected {_range(bad[0])}"


def _assert_blind(where: str, mechanism: AbstractMechanism, move: Move, case: Case, new: State) -> None:
    """Relabel the actors (ids move with them) and expect the relabelled result."""
    places = np.arange(len(case.world.actors))
    # the first leaves nobody in place, the second keeps no neighbour on the same side
    for order in (np.roll(places, 1), places[::-1]):
        moved = case._replace(
            world=relabel_world(case.world, order),
            state=relabel_state(case.state, order),
            act=relabel_act(case.act, order),
        )
        expected, found = relabel_state(new, order), move(mechanism, moved)
        for name in sorted(mechanism.card.writes):
            assert _close(getattr(found, name), getattr(expected, name)), (
                f"{where}: `{name}` depends on the order of the actors"
            )


def _assert_still(where: str, mechanism: AbstractMechanism, move: Move, case: Case, new: State) -> None:
    off = eqx.tree_at(lambda m: m.strength, mechanism, jnp.zeros_like(mechanism.strength))
    moved = _differs(case.state, move(off, case))
    assert not moved, f"{where}: changed `{moved[0]}` at strength 0"


def _assert_conserves(where: str, mechanism: AbstractMechanism, move: Move, case: Case, new: State) -> None:
    """Acts move goods and credit: totals stay, and credit is drawn only by the target of material help, from its giver."""
    if not where.endswith(".after"):
        return
    for name in STOCKS:
        old_sum, new_sum = (np.sum(getattr(s, name), axis=0) for s in (case.state, new))
        assert _close(new_sum, old_sum), f"{where}: an act changed the total of `{name}` over all actors"
    i, j, g = int(case.act.source), int(case.act.target), int(case.act.act)
    grown = np.argwhere(np.asarray(new.debt != case.state.debt)).tolist()
    assert grown in ([], [[j, i]]), f"{where}: `debt` changed at {grown}, expected at {[j, i]} (target, source) alone"
    helped = float(case.world.polarity[g]) > 0 and float(case.world.material[g]) > 0
    assert not grown or helped, f"{where}: `debt` changed by an act that delivers nothing"


def _assert_deterministic(where: str, mechanism: AbstractMechanism, move: Move, case: Case, new: State) -> None:
    other = move(mechanism, case._replace(key=at(case.key, jnp.uint32(1))))
    moved = _differs(new, other)
    assert not moved, f"{where}: `{moved[0]}` depends on the random key"


CHECKS: dict[str, Callable[[str, AbstractMechanism, Move, Case, State], None]] = {
    "bounded": _assert_bounded,
    "blind_to_order": _assert_blind,
    "still_at_zero": _assert_still,
    "conserves": _assert_conserves,
    "deterministic": _assert_deterministic,
}


def _assert_jit(where: str, mechanism: AbstractMechanism, move: Move, case: Case) -> None:
    traces = 0

    def counted(m: AbstractMechanism, c: Case) -> State:
        nonlocal traces
        traces += 1
        return move(m, c)

    # a mechanism that looks at values cannot be traced: it fails here, with the message of JAX
    compiled = eqx.filter_jit(counted)
    plain = compiled(mechanism, case)
    later = case._replace(days=case.days / 2, act=eqx.tree_at(lambda a: a.weight, case.act, case.act.weight / 2))
    compiled(mechanism, later)
    assert traces == 1, f"{where}: was traced {traces} times for two calls of one shape"
    two = jax.tree.map(lambda x: jnp.stack([x, x]), eqx.filter(case.state, eqx.is_array))
    batched = jax.jit(jax.vmap(lambda s: move(mechanism, case._replace(state=s))))(two)
    _assert_equal(where, "under vmap", plain, jax.tree.map(lambda x: x[1], batched))


def _assert_equal(where: str, how: str, plain: State, other: State) -> None:
    for name, value in vars(plain).items():
        assert _close(getattr(other, name), value), f"{where}: `{name}` is different {how}"


def _assert_dtypes(where: str, mechanism: AbstractMechanism, move: Move, case: Case) -> None:
    """Try every mixture of float32 and float64 for parameters, state and the rest, without computing anything."""
    with jax.enable_x64(True):
        for wide in (jnp.float32, jnp.float64):
            for outside in (jnp.float32, jnp.float64):
                m = _cast(mechanism, outside)
                c = _cast(case, outside)._replace(state=_cast(case.state, wide), days=_cast(case.days, wide))
                new = eqx.filter_eval_shape(move, m, c)
                _assert_shapes(f"{where} (state {wide.__name__}, rest {outside.__name__})", c.state, new)


def _assert_gradient(where: str, mechanism: AbstractMechanism, move: Move, case: Case) -> None:
    def total(floats: tuple[AbstractMechanism, State]) -> Any:
        m, s = floats
        new = move(m, case._replace(state=eqx.combine(s, case.state)))
        written = [getattr(new, name) for name in sorted(m.card.writes - INTEGER)]
        return sum((jnp.sum(x) for x in written), start=jnp.zeros(()))

    slopes = jax.jit(jax.grad(total))((mechanism, eqx.filter(case.state, eqx.is_inexact_array)))
    for part in slopes:
        for name, slope in vars(part).items():
            finite = slope is None or bool(np.isfinite(slope).all())
            assert finite, f"{where}: its gradient by `{name}` is not finite"


def _cast(tree: Any, dtype: Any) -> Any:
    return jax.tree.map(lambda x: x.astype(dtype) if eqx.is_inexact_array(x) else x, tree)


def _differs(a: Any, b: Any) -> list[str]:
    return [name for name, value in vars(a).items() if not _same(value, getattr(b, name))]


def _same(a: Any, b: Any) -> bool:
    return bool(np.array_equal(a, b))


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-5))


def _range(name: str) -> str:
    q = vocabulary()[name]
    return f"{q.lo:g} or more" if q.hi is None else f"{q.lo:g}..{q.hi:g}"
