"""Every statistic of conduct equals its slow oracle on random histories, and says what it is."""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blocs.bloc.observe import observe
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.conduct.base import LEVELS, Chosen
from blocs.conduct.catalogue import EFFECTS, TABLES, full, memory_only, without
from blocs.engine.choose import rows, statistics
from blocs.engine.model import Model
from blocs.engine.phases import close_step, perform, wait
from blocs.ground.errors import InputError
from blocs.ground.keys import root
from blocs.mechanisms.library.memory import Memory
from blocs.testing.states import make_state, make_world

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
import effects as oracle

for part in sorted(Path(oracle.__file__).parent.glob("effects_*.py")):
    importlib.import_module(part.stem)

SIZES = {"actors": 5, "issues": 4, "levers": 3, "acts": 8}
STEP, OPS = 7.0, 40
SPANS = (0.1, 20.0, 400.0)


@eqx.filter_jit
def every_statistic(world: World, state: State, ops: dict, after: jax.Array, chosen: Chosen) -> dict:
    """Live through acts and steps, wait, and read all effects and table rows of all levels."""
    memory = Memory.make(dict(zip(("scene", "recent", "past"), SPANS, strict=True)))
    model = Model(world, (memory,), jnp.asarray(SPANS), full(), STEP)

    def one(s: State, op: dict) -> tuple[State, None]:
        acted = perform(model, wait(s, op["days"]), Act(*(op[c] for c in "ijgk"), jnp.ones(())))
        closed = close_step(model, root(0), wait(s, model.step_days - s.age))
        return jax.tree.map(lambda a, b: jnp.where(op["acts"], a, b), acted, closed), None

    state, _ = jax.lax.scan(one, state, ops)
    view = observe(world, wait(state, after), model.half_lives)
    return {lv: (statistics(model, lv, view, chosen), rows(model, lv, view, chosen)) for lv in LEVELS}


def draw_history(rng: np.random.Generator, count: int) -> tuple[list[oracle.Past], float]:
    """Acts in sittings (a quarter of an hour apart) over the last weeks of OPS - count steps, and a day after them."""
    steps = OPS - count
    day = np.sort(rng.uniform(0.0, 1.0, count) ** 0.2) * (steps * STEP)
    for n in range(1, count):
        if rng.random() < 0.6:
            day[n] = day[n - 1] + 0.01
    acts = []
    for t in day.tolist():
        i, j = rng.choice(SIZES["actors"], 2, replace=False).tolist()
        if acts and rng.random() < 0.5:  # answers, repetitions and pile-ons are what many effects are about
            i, j = [(acts[-1].target, acts[-1].source), (acts[-1].source, acts[-1].target)][rng.integers(2)]
        acts.append(oracle.Past(t, i, j, int(rng.integers(SIZES["acts"])), int(rng.integers(SIZES["issues"]))))
    end = steps * STEP
    acts = [a for a in acts if a.day < end]
    now = (
        end if not acts or rng.random() < 0.3 else min(end + 6.9, max(end, acts[-1].day + rng.choice([0.0, 0.1, 3.0])))
    )
    return acts, now


def as_ops(acts: list[oracle.Past]) -> dict:
    """Steps and acts in order; the first steps stand for acts that were not drawn."""
    steps = OPS - len(acts)
    marks = sorted(
        [(a.day, True, a) for a in acts] + [((s + 1) * STEP, False, None) for s in range(steps)], key=lambda m: m[:2]
    )
    ops, clock = [], 0.0
    for day, is_act, a in marks:
        ops.append((is_act, day - clock, *(a[1:] if is_act else (0, 0, 0, 0))))
        clock = day
    columns = list(zip(*ops, strict=True))
    return {
        "acts": jnp.asarray(columns[0]),
        "days": jnp.asarray(columns[1]),
        **{c: jnp.asarray(v, jnp.int32) for c, v in zip("ijgk", columns[2:], strict=True)},
    }


def blank_memory(world: World, seed: int, wildness: float) -> State:
    """A random state in which nobody has acted."""
    state = make_state(world, seed, wildness, clock=0.0, age=0.0, dtype=jnp.float64)
    memory = {name: jnp.full_like(getattr(state, name), q.default) for name, q in vocabulary().items() if q.memory}
    return state.replace(**memory)


def differing(seed: int, count: int, wildness: float) -> list[str]:
    """Names of effects and tables that are not what their oracles say in the situation of a seed."""
    rng = np.random.default_rng(seed)
    with jax.enable_x64(True):
        acts, now = draw_history(rng, count)
        steps = OPS - len(acts)
        # what kinds acts are of is part of the program: three worlds' worth are compiled, not one for each seed
        kinds = make_world(seed % 3, **SIZES).act_kinds
        drawn = replace(make_world(seed, **SIZES), act_kinds=kinds)
        world = jax.tree.map(lambda x: x.astype(jnp.float64) if eqx.is_inexact_array(x) else x, drawn)
        state = blank_memory(world, seed, wildness)
        i, j = rng.choice(SIZES["actors"], 2, replace=False).tolist()
        if acts and rng.random() < 0.5:
            i, j = acts[-1].target, acts[-1].source
        g = int(rng.integers(SIZES["acts"]))
        clock = max(steps * STEP, acts[-1].day if acts else 0.0)
        now = max(now, clock)
        found = every_statistic(
            world,
            state,
            as_ops(acts),
            jnp.asarray(now - clock),
            Chosen(*(jnp.asarray(x, jnp.int32) for x in (i, j, g))),
        )
        s = oracle.Situation(
            {name: np.asarray(v) if isinstance(v, jax.Array) else v for name, v in vars(world).items()},
            {name: np.asarray(getattr(state, name)) for name, q in vocabulary().items() if not q.memory},
            acts,
            now,
            SPANS,
        )
        wrong: list[str] = []
        for level in LEVELS:
            effects, tables = full().at(level)
            stats, places = found[level]
            for n, e in enumerate(effects):
                expected = oracle.EFFECTS[level, e.name](s, i, j, g)
                if not np.allclose(stats[n], expected, rtol=1e-9, atol=1e-10):
                    wrong.append(f"{level}.{e.name}: {np.asarray(stats[n])} and not {expected}")
            for n, t in enumerate(tables):
                label, expected = t.rows(world)[int(places[n])], oracle.TABLES[level, t.name](s, i, j, g)
                if label != expected:
                    wrong.append(f"{level}.{t.name}: {label} and not {expected}")
        return wrong


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 25), wildness=st.sampled_from((0.3, 1.0)))
@example(seed=1, count=0, wildness=1.0)
@settings(deadline=None, max_examples=20)
def test_every_effect_and_table_equals_its_oracle(seed, count, wildness):
    assert differing(seed, count, wildness) == []


def test_the_random_histories_move_every_statistic():
    """The comparison would be empty for an effect that is zero in all histories drawn here."""
    moved: set[tuple[str, str]] = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        acts, now = draw_history(rng, 20)
        world, state = make_world(seed, **SIZES), make_state(make_world(seed, **SIZES), seed, 1.0)
        s = oracle.Situation(
            {name: np.asarray(v) if isinstance(v, jax.Array) else v for name, v in vars(world).items()},
            {name: np.asarray(getattr(state, name)) for name, q in vocabulary().items() if not q.memory},
            acts, now, SPANS,
        )  # fmt: skip
        i, j = (
            (acts[-1].target, acts[-1].source) if seed % 2 else rng.choice(SIZES["actors"], 2, replace=False).tolist()
        )
        moved |= {key for key, stat in oracle.EFFECTS.items() if np.ptp(stat(s, i, j, 0)) > 0}
    assert set(oracle.EFFECTS) - moved == set()


def test_every_entry_has_an_oracle_and_no_oracle_is_left_over():
    assert {(e.level, e.name) for e in EFFECTS} == set(oracle.EFFECTS)
    assert {(t.level, t.name) for t in TABLES} == set(oracle.TABLES)


def test_names_are_unique_within_a_level():
    for entries in (EFFECTS, TABLES):
        keys = [(x.level, x.name) for x in entries]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda e: f"{e.level}.{e.name}")
def test_every_effect_says_why_what_and_whence(effect):
    why, colon, rest = effect.about.partition(": ")
    assert why, f"{effect.name} does not say why"
    assert colon, f"{effect.name} has no equation after a colon"
    source = re.search(r"SYSTEM [SR]\d\d|[A-Z]\w+ (?:et al\. |& \w+ )?\d{4}|, \w+ & \w+ \d{4}", rest)
    assert source, f"{effect.name}: no source in {effect.about!r}"
    assert effect.sign in (-1, 0, 1)
    assert effect.known.grade in ("", "T", "I", "C")
    assert not (effect.rule and effect.grade), "the grade of a rule is that of the table of rules"
    named = re.findall(r"R\d\d\.\d+", effect.about)
    assert effect.rule == (named[0] if named else ""), f"{effect.name} rests on {effect.rule!r}, its text says {named}"


@pytest.mark.parametrize("table", TABLES, ids=lambda t: f"{t.level}.{t.name}")
def test_every_table_says_what_it_is(table):
    assert table.about.endswith(".")
    assert 0 < table.spread <= 2
    assert len(set(table.rows(make_world(0)))) == len(table.rows(make_world(0)))


def test_the_memory_only_specification_reads_nothing_but_past_acts():
    """Change every quantity that is not memory: no statistic of the memory-only model notices."""
    world = make_world(4, **SIZES)
    chosen = Chosen(*(jnp.asarray(n, jnp.int32) for n in (0, 1, 2)))
    spans = jnp.asarray(SPANS, jnp.float32)
    read = []
    base = make_state(world, 0, 1.0)
    for seed in (0, 1):
        other = make_state(world, seed, 1.0)
        state = base.replace(**{n: getattr(other, n) for n, q in vocabulary().items() if not q.memory})
        model = Model(world, (), spans, memory_only(), STEP)
        view = observe(world, state, spans)
        read.append([np.asarray(statistics(model, lv, view, chosen)) for lv in LEVELS])
    for a, b in zip(*read, strict=True):
        assert np.array_equal(a, b)


def test_without_drops_by_name_and_family_and_tells_unknown_names():
    spec = without(full(), ["turns", "warmth_tone", "issue_by_act"])
    assert {e.family for e in full().effects} - {e.family for e in spec.effects} == {"turns"}
    assert "warmth_tone" not in {e.name for e in spec.effects}
    assert len(spec.tables) == len(full().tables) - 1
    with pytest.raises(InputError, match="no effect, table or family named 'wormth'"):
        without(full(), ["wormth"])
