"""A small laboratory: six actors, three mechanisms, a dozen effects, random coefficients; everything compiles in seconds."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from blocs.bloc.state import State, blank_state
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import World
from blocs.conduct.base import LEVELS, Specification, option_names
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.engine.control import Control, nothing
from blocs.engine.loop import Track, simulate
from blocs.engine.model import Coefficients, Model, Tempo
from blocs.engine.watch import Watch, Watched
from blocs.ground.keys import at, root
from blocs.mechanisms.library.ladder import Ladder
from blocs.mechanisms.library.leadership import Leadership
from blocs.mechanisms.library.memory import Memory
from blocs.testing.relabel import relabel_state, relabel_world
from blocs.testing.states import make_state, make_world

ACTORS, ACTS, ISSUES = 6, 6, 3
STEPS, SLOTS, RUNS = 8, 96, 12
NAMES = {
    "activity_recent", "popularity_past", "turn_reply", "grievance", "pressed", "inertia_recent", "reciprocity_past",
    "turn_back", "capability_ratio", "act_repertoire", "tone_reply", "rung_severity", "agenda_source", "issue_running",
}  # fmt: skip
SPECIFICATION = Specification(
    "laboratory",
    tuple(e for e in EFFECTS if e.name in NAMES),
    tuple(t for t in TABLES if t.name in {"actor", "target_by_source", "act_by_reply", "issue"}),
)
WATCH: Watch = (
    Watched("leader_changes", tuple((a,) for a in range(ACTORS))),
    Watched("unrest", ((0,), (1,), (2,))),
    Watched("warmth", ((0, 1), (1, 0))),
)
ALWAYS = (-1e6, 1e6)


def world(present: dict[int, tuple[float, float]] | None = None, seed: int = 5) -> World:
    """Six actors that exist always, but for those in `present`."""
    base = make_world(seed, actors=ACTORS, issues=ISSUES, levers=2, acts=ACTS)
    days = np.array([(present or {}).get(a, ALWAYS) for a in range(ACTORS)], np.float32)
    return World(**vars(base) | {"present": jnp.asarray(days)})


def model(w: World, specification: Specification = SPECIFICATION, step_days: float = 7.0) -> Model:
    memory = Memory.make({"scene": 0.1, "recent": 20.0, "past": 400.0})
    # heads fall by the hazard alone: not fetched by troops, and a new one keeps the views of the old
    parts = (memory, Ladder.make(), Leadership.make({"hazard": 0.01, "follow": 0.0, "fetch": 0.0}))
    return light(Model(w, parts, memory.half_lives(), specification, step_days))


def light(tree: Any) -> Any:
    """The same in float32, as simulations run."""
    return jax.tree.map(lambda x: x.astype(jnp.float32) if eqx.is_inexact_array(x) else x, tree)


def start(w: World, seed: int = 2) -> State:
    """A random state in which nobody has acted, at day 0."""
    state, blank = make_state(w, seed, 0.8, clock=0.0, age=0.0), blank_state(w, 3)
    state = state.replace(**{n: getattr(blank, n) for n, q in vocabulary().items() if q.memory})
    return state.replace(
        unrest=state.unrest.at[:3].set(jnp.asarray([2.0, 6.0, 1.0], jnp.float32)),
        warmth=state.warmth.at[0, 1].set(0.6).at[1, 0].set(-0.4),
    )


def coefficients(m: Model, seed: int = 1, scale: float = 0.7) -> Coefficients:
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Any:
        return jnp.asarray(rng.normal(0, scale, shape), jnp.float32)

    beta, tables = {}, {}
    for level in LEVELS:
        effects, pooled = m.specification.at(level)
        beta[level] = draw(len(effects))
        tables[level] = tuple(draw(len(t.rows(m.world)), len(option_names(m.world, level))) for t in pooled)
    return Coefficients(beta, tables, Tempo(jnp.float32(0.3), jnp.asarray([0.3, 0.1, 0.1], jnp.float32)))


def keys(runs: int, seed: int = 9) -> jax.Array:
    return jax.vmap(lambda n: at(root(seed), n))(jnp.arange(runs, dtype=jnp.uint32))


def run(
    m: Model,
    c: Coefficients,
    s: State,
    control: Control | None = None,
    runs: int = RUNS,
    slots: int = SLOTS,
    watch: Watch = WATCH,
    steps: int = STEPS,
    seed: int = 9,
) -> Track:
    """Simulate; the result as NumPy arrays."""
    control = light(control or nothing(len(m.world.actors), len(m.world.acts)))
    return jax.tree.map(np.asarray, simulate(m, c, s, control, watch, keys(runs, seed), steps, slots))


def history(track: Track, r: int) -> list[tuple[float, tuple[int, ...]]]:
    """Acts of one run: day and (source, target, act, issue)."""
    n = int(track.acts[r])
    return list(zip(track.day[r, :n].tolist(), map(tuple, track.act[r, :n].tolist()), strict=True))


def common_part(a: list, b: list) -> int:
    """Length of the longest common beginning."""
    for n, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return n
    return min(len(a), len(b))


def reorder(m: Model, c: Coefficients, s: State, order: Any) -> tuple[Model, Coefficients, State]:
    """Put actor `order[n]` in place n everywhere; with fewer actors than there are, keep those alone."""
    order = np.asarray(order)
    w = relabel_world(m.world, order)
    w = World(**vars(w) | {"actors": tuple(m.world.actors[n] for n in range(len(order)))})
    tables = {}
    for level in LEVELS:
        _, pooled = m.specification.at(level)
        moved = []
        for t, values in zip(pooled, c.tables[level], strict=True):
            x = np.asarray(values)
            x = x[order] if t.rows(m.world) == m.world.actors else x
            moved.append(jnp.asarray(x[:, order] if level in ("source", "target") else x))
        tables[level] = tuple(moved)
    parts = Model(w, m.mechanisms, m.half_lives, m.specification, m.step_days)
    return parts, Coefficients(c.beta, tables, c.tempo), relabel_state(s, order)
