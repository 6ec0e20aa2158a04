"""The reduced model of `reduced_model.md` in Blocs: the same engine with one memory, warmth and seven effects."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import ClassVar, NamedTuple

import blocs  # noqa: F401  (sets precision before JAX is used)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from numpy.typing import NDArray

from blocs.bloc.state import State, blank_state
from blocs.bloc.world import Act, World
from blocs.conduct.base import Effect, Specification
from blocs.conduct.effects.memory import activity, inertia, popularity, reciprocity
from blocs.conduct.effects.relations import warmth, warmth_back_tone, warmth_tone
from blocs.engine.control import nothing
from blocs.engine.loop import simulate
from blocs.engine.model import Coefficients, Model, Tempo
from blocs.engine.watch import Watch, Watched
from blocs.ground.axes import Key, Scalar
from blocs.ground.cast import cast_reals
from blocs.ground.decay import left_after
from blocs.ground.keys import at, named, root, stable_ids
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.library.warmth import Warmth

STEP_DAYS = 7.0


@dataclass(frozen=True)
class Input:
    """Numbers of the reduced model, shared by all programs; `reduced_model.md` says what each one does."""

    actors: int = 24
    steps: int = 208
    base: float = 0.2
    branching: float = 0.5
    half_life: float = 20.0
    activity: float = 0.4
    popularity: float = 0.3
    inertia: float = 0.8
    reciprocity: float = 0.6
    warmth: float = 0.5
    warmth_tone: float = 1.0
    warmth_back_tone: float = 0.7
    rate: float = 0.08
    echo: float = 0.5
    mirror: float = 0.25
    camp: float = 0.3
    warmth_half_life: float = 1095.0
    cooperation: tuple[float, ...] = (-0.9, -0.6, -0.4, -0.1, 0.0, 0.2, 0.5, 0.8)

    @property
    def polarity(self) -> tuple[float, ...]:
        """Sign of each act's cooperation."""
        return tuple(float(np.sign(c)) for c in self.cooperation)

    def same_camp(self) -> NDArray[np.float64]:
        """Return 1 for pairs of one half of the actors, 0 across, axes (actor, actor)."""
        half = np.arange(self.actors) < self.actors // 2
        return (half[:, None] == half[None, :]).astype(np.float64)

    @property
    def slots(self) -> int:
        """Acts that a run can hold: two times those expected in the long run, and some."""
        return 256 + int(2 * self.base / (1 - self.branching) * STEP_DAYS * self.steps)

    def watched(self) -> tuple[tuple[int, int], ...]:
        """Return the pairs whose warmth is noted: within a camp, across, and back."""
        last = self.actors - 1
        return ((0, 1), (0, last), (last, 0), (last, last - 1))


class Outcome(NamedTuple):
    """What a program found, leading axis run.

    `code` holds acts in order (axes run, slot, 4: source, target, kind, 0; -1 where none), `warmth` the last warmth of
    the watched pairs (axes run, pair).
    """

    code: NDArray[np.int16]
    warmth: NDArray[np.float64]

    def acts(self) -> NDArray[np.float64]:
        """Number of acts, axis run."""
        return (self.code[..., 0] >= 0).sum(axis=1).astype(np.float64)

    def kinds(self, given: Input) -> NDArray[np.float64]:
        """Acts by kind, axes (run, kind)."""
        return _counts(self.code[..., 2].astype(np.int64), len(given.cooperation))

    def pairs(self, given: Input) -> NDArray[np.float64]:
        """Acts by source and target, axes (run, actor, actor)."""
        i, j = self.code[..., 0].astype(np.int64), self.code[..., 1].astype(np.int64)
        flat = np.where(i >= 0, i * given.actors + j, -1)
        return _counts(flat, given.actors**2).reshape(len(i), given.actors, given.actors)


class RecentMemory(AbstractMechanism):
    """Counts of past acts at one half-life: toward each actor, sent by and received by each."""

    strength: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="memory",
        summary="decayed counts of past acts at one half-life",
        systems=(),
        rules=(),
        reads=frozenset({"memory_age", "recent", "sent", "received"}),
        writes=frozenset({"memory_age", "recent", "sent", "received"}),
        laws=frozenset({"bounded", "blind_to_order", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales what one act leaves behind"),
            Param("half_life", "day", 3.0, 120.0, 20.0, "reduced_model.md"),
        ),
    )

    def half_lives(self) -> Array:
        """Return the one half-life, axis memory."""
        return self.half_life[None]

    def after(self, world: World, state: State, act: Act) -> State:
        """Count the act, weighted up so that the fading since the last tick leaves exactly one."""
        i, j = act.source, act.target
        lift = (self.strength * act.weight / left_after(state.memory_age, self.half_lives())).astype(state.recent.dtype)
        return state.replace(
            recent=state.recent.at[:, i, j].add(lift),
            sent=state.sent.at[:, i].add(lift),
            received=state.received.at[:, j].add(lift),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Bring the counts up to date."""
        fade = left_after(state.memory_age[0], self.half_life).astype(state.recent.dtype)
        return state.replace(
            memory_age=jnp.zeros_like(state.memory_age),
            recent=state.recent * fade,
            sent=state.sent * fade,
            received=state.received * fade,
        )


SPECIFICATION = Specification(
    "reduced",
    (
        Effect("activity", "source", "memory", partial(activity, span=0)),
        Effect("popularity", "source", "memory", partial(popularity, span=0)),
        Effect("inertia", "target", "memory", partial(inertia, span=0)),
        Effect("reciprocity", "target", "memory", partial(reciprocity, span=0)),
        Effect("warmth", "target", "relations", warmth),
        Effect("warmth_tone", "act", "relations", warmth_tone),
        Effect("warmth_back_tone", "act", "relations", warmth_back_tone),
    ),
    (),
)


def build_world(given: Input) -> World:
    """Return a world of actors that all exist, one issue and no levers."""
    A, G = given.actors, len(given.cooperation)
    none, square = jnp.zeros(A), jnp.zeros((A, A))
    names = tuple(f"actor_{n}" for n in range(A))
    acts = tuple(f"act_{n}" for n in range(G))
    return World(
        actors=names, acts=acts, issues=("all",), levers=(),
        patron=none, member=none, collective=none, narrator=none, capability=none,
        client=square, ally=square, contiguous=square, same_camp=jnp.asarray(given.same_camp()),
        present=jnp.tile(jnp.asarray([-1e6, 1e6]), (A, 1)),
        polarity=jnp.asarray(given.polarity), material=jnp.zeros(G), cooperation=jnp.asarray(given.cooperation),
        act_rung=jnp.zeros(G), act_openness=jnp.zeros(G),
        actor_id=stable_ids(names), act_id=stable_ids(acts), issue_id=stable_ids(("all",)),
    )  # fmt: skip


@cache
def build(given: Input) -> tuple[Model, State, Coefficients, Watch]:
    """Return model, starting state, coefficients and watch in single precision."""
    world = build_world(given)
    memory = RecentMemory.make({"half_life": given.half_life})
    settings = {"rate": given.rate, "echo": given.echo, "mirror": given.mirror, "camp": given.camp}
    parts = (memory, Warmth.make({**settings, "half_life": given.warmth_half_life}))
    model = Model(world, parts, memory.half_lives(), SPECIFICATION, STEP_DAYS)
    state = blank_state(world, 1)
    beta = {
        "source": jnp.asarray([given.activity, given.popularity]),
        "target": jnp.asarray([given.inertia, given.reciprocity, given.warmth]),
        "act": jnp.asarray([given.warmth_tone, given.warmth_back_tone]),
        "issue": jnp.zeros(0),
    }
    tempo = Tempo(jnp.asarray(given.base), jnp.asarray([given.branching]))
    coefficients = Coefficients(beta, dict.fromkeys(beta, ()), tempo).astype(np.float32)
    watch = (Watched("warmth", given.watched()),)
    return cast_reals(model, np.float32), cast_reals(state, np.float32), coefficients, watch


def run(given: Input, runs: int, seed: int = 0, cores: int = 1) -> Outcome:
    """Simulate `runs` histories, shared out over threads, and count."""
    model, state, coefficients, watch = build(given)
    key = named(root(seed), "reduced")
    control = nothing(given.actors, len(given.cooperation))

    def some(numbers: NDArray[np.uint32]) -> tuple[NDArray[np.int16], NDArray[np.float32], int]:
        keys = jax.vmap(lambda n: at(key, n))(jnp.asarray(numbers))
        track = simulate(model, coefficients, state, control, watch, keys, given.steps, given.slots)
        return np.asarray(track.act), np.asarray(track.watched)[:, -1], int(np.max(track.acts))

    with ThreadPoolExecutor(cores) as pool:
        codes, warmth, most = zip(*pool.map(some, np.array_split(np.arange(runs, dtype=np.uint32), cores)), strict=True)
    if max(most) > given.slots:
        raise RuntimeError(f"a run holds more than {given.slots} acts")
    return Outcome(np.concatenate(codes), np.concatenate(warmth).astype(np.float64))


def _counts(code: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """Count the codes 0..width-1 of each run; -1 marks an empty slot."""
    runs = code.shape[0]
    flat = (np.arange(runs)[:, None] * (width + 1) + code + 1).ravel()
    return np.bincount(flat, minlength=runs * (width + 1)).reshape(runs, width + 1)[:, 1:].astype(np.float64)
