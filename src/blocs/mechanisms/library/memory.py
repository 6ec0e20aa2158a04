"""Decayed memory of past acts: who did how much, to whom, of what kind, on which issue (SYSTEM S18, S20; S28)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, Float, Key, Scalar
from blocs.ground.decay import left_after
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import only_when

HALF_LIVES = ("scene", "recent", "past")
COUNTS = frozenset({"memory_age", "recent", "hostile", "friendly", "sent", "received", "repertoire", "agenda"})
LATEST = frozenset({"last_act", "last_issue", "turn"})
MOST_HALVINGS = 100.0
"""Counts older than this are brought up to date before an act is added: its scaled weight then fits into float32."""


class Memory(AbstractMechanism):
    """Counts of past acts that halve every half-life, at three half-lives.

    An act of weight w on day t adds `w * 2**((t - s) / h)` to a count kept as of day s, so the count read at any later
    day u is `sum w * 2**(-(u - t) / h)`: exact exponential decay without touching the arrays between acts
    (Brandes, Lerner & Snijders 2009, "Networks evolving step by step"; Lerner et al. 2013).
    """

    strength: Scalar
    scene: Scalar
    recent: Scalar
    past: Scalar
    card: ClassVar[Card] = Card(
        name="memory",
        summary="decayed counts of past acts at three half-lives, last acts, and the running agenda",
        systems=("S18", "S20", "S28"),
        rules=(),
        reads=COUNTS | LATEST,
        writes=COUNTS | LATEST,
        # at strength 0 acts leave nothing, but what is remembered still fades: not still_at_zero
        laws=frozenset({"bounded", "blind_to_order", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales what one act leaves behind"),
            Param("scene", "day", 0.07, 3.0, 0.1, "acts of one sitting; SYSTEM 0: meetings run in days"),
            Param(
                "recent",
                "day",
                3.0,
                120.0,
                20.0,
                "chosen by rolling origin inside 1953-1957; SYSTEM 0: sanctions run in weeks",
            ),
            Param(
                "past",
                "day",
                120.0,
                4000.0,
                400.0,
                "chosen by rolling origin inside 1953-1957; SYSTEM 0: line changes run in months",
            ),
        ),
        references=("Brandes, Lerner & Snijders 2009", "Lerner, Bussmann, Snijders & Brandes 2013"),
    )

    def half_lives(self) -> Float[Array, " memory"]:
        """Return the half-lives in days, shortest first, in the order of `HALF_LIVES`."""
        return jnp.stack([self.scene, self.recent, self.past])

    def after(self, world: World, state: State, act: Act) -> State:
        """Add the act to every count, weighted up so that later decay leaves exactly what it should."""
        i, j, g, k = act.source, act.target, act.act, act.issue
        late = state.memory_age > MOST_HALVINGS * self.half_lives()
        state = only_when(late.any(), state, COUNTS, lambda now: self._renewed(now, late))
        lift = (act.weight * self.strength / left_after(state.memory_age, self.half_lives())).astype(state.recent.dtype)
        polarity = world.polarity[g]
        heard = self.strength > 0
        return state.replace(
            recent=state.recent.at[:, i, j].add(lift),
            hostile=state.hostile.at[i, j].add(lift[2] * (polarity < 0)),
            friendly=state.friendly.at[i, j].add(lift[2] * (polarity > 0)),
            sent=state.sent.at[:, i].add(lift),
            received=state.received.at[:, j].add(lift),
            repertoire=state.repertoire.at[i, g].add(lift[2]),
            agenda=state.agenda.at[i, k].add(lift[1]).at[j, k].add(lift[1]),
            last_act=state.last_act.at[i, j].set(jnp.where(heard, g, state.last_act[i, j])),
            last_issue=state.last_issue.at[i, j].set(jnp.where(heard, k, state.last_issue[i, j])),
            turn=jnp.where(heard, jnp.stack([i, j, g, k]).astype(state.turn.dtype), state.turn),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Bring the counts up to date."""
        return self._renewed(state, jnp.ones_like(state.memory_age, dtype=bool))

    def _renewed(self, state: State, due: Bool[Array, " memory"]) -> State:
        fade = jnp.where(due, left_after(state.memory_age, self.half_lives()), 1.0).astype(state.recent.dtype)
        return state.replace(
            memory_age=jnp.where(due, 0.0, state.memory_age).astype(state.memory_age.dtype),
            recent=state.recent * fade[:, None, None],
            hostile=state.hostile * fade[2],
            friendly=state.friendly * fade[2],
            sent=state.sent * fade[:, None],
            received=state.received * fade[:, None],
            repertoire=state.repertoire * fade[2],
            agenda=state.agenda * fade[1],
        )
