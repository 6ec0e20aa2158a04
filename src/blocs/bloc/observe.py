"""What a chooser sees: the state read at its true age, with small accessors for the rows that effects need."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from blocs.bloc.state import State
from blocs.bloc.world import World
from blocs.ground.axes import ActorMemory, ByAct, ByActor, ByActorIssue, ByIssue, Index, Scalar
from blocs.ground.decay import left_after

SCENE, RECENT, PAST = 0, 1, 2


class View(eqx.Module):
    """The state as an actor reads it at this moment.

    `state` holds the truth about everybody; a statistic may read of it only what its chooser can see
    (`blocs.bloc.sight`) and otherwise what the chooser believes (`known_line`, `doubt`, `believed_unrest`, `tap_known`).

    Attributes:
        world: the constants.
        state: the state; memory in it is as of `clock - memory_age`.
        fade: `2**(-memory_age / half_life)` for each half-life, which brings a stored count up to date.
        pulse: freshness of the latest act of all: the decayed acts of its pair in the scene, at most 1; 0 before any.
    """

    world: World
    state: State
    fade: Float[Array, " memory"]
    pulse: Scalar

    @property
    def n_actors(self) -> int:
        """Number of actors."""
        return len(self.world.actors)

    def toward(self, i: Index) -> ActorMemory:
        """Decayed acts of i toward each actor, by half-life."""
        return self.state.recent[:, i, :] * self.fade[:, None]

    def from_all(self, i: Index) -> ActorMemory:
        """Decayed acts of each actor toward i, by half-life."""
        return self.state.recent[:, :, i] * self.fade[:, None]

    def sent(self) -> ActorMemory:
        """Decayed acts sent by each actor, by half-life."""
        return self.state.sent * self.fade[:, None]

    def received(self) -> ActorMemory:
        """Decayed acts received by each actor, by half-life."""
        return self.state.received * self.fade[:, None]

    def hostile_from(self, i: Index) -> ByActor:
        """Decayed conflictual acts of i toward each actor."""
        return self.state.hostile[i] * self.fade[PAST]

    def hostile_to(self, i: Index) -> ByActor:
        """Decayed conflictual acts of each actor toward i."""
        return self.state.hostile[:, i] * self.fade[PAST]

    def friendly_from(self, i: Index) -> ByActor:
        """Decayed cooperative acts of i toward each actor."""
        return self.state.friendly[i] * self.fade[PAST]

    def friendly_to(self, i: Index) -> ByActor:
        """Decayed cooperative acts of each actor toward i."""
        return self.state.friendly[:, i] * self.fade[PAST]

    def repertoire(self, i: Index) -> ByAct:
        """Decayed acts of each kind sent by i."""
        return self.state.repertoire[i] * self.fade[PAST]

    def agenda(self) -> ByActorIssue:
        """Decayed acts of each actor on each issue, sent or received."""
        return self.state.agenda * self.fade[RECENT]

    def fresh(self, i: Index, j: Index) -> Scalar:
        """Freshness of the acts of i toward j in the running scene, 0..1."""
        return jnp.clip(self.state.recent[SCENE, i, j] * self.fade[SCENE], 0.0, 1.0)

    def mark(self, i: Index) -> ByActor:
        """One at actor i, zero elsewhere (all zero for index -1)."""
        return (jnp.arange(self.n_actors) == i).astype(self.pulse.dtype)

    def mark_act(self, g: Index) -> ByAct:
        """One at act g, zero elsewhere."""
        return (jnp.arange(len(self.world.acts)) == g).astype(self.pulse.dtype)

    def mark_issue(self, k: Index) -> ByIssue:
        """One at issue k, zero elsewhere."""
        return (jnp.arange(len(self.world.issues)) == k).astype(self.pulse.dtype)

    def tone_of(self, g: Index) -> Scalar:
        """Polarity of act g: -1, 0 or 1; 0 for index -1."""
        return jnp.where(g >= 0, self.world.polarity[jnp.maximum(g, 0)], 0.0)

    def known_line(self, i: Index) -> ByIssue:
        """What i believes the patron's line to be, -1..1; nobody but the patron can look at the line itself."""
        return self.state.known_line[i]

    def unwelcome(self, i: Index) -> ByIssue:
        """How far i has been told, before it is in print, of a turn that goes against its view; 0..2 by issue."""
        s = self.state
        ahead = jnp.abs(s.known_line[i] - s.printed_line)
        return ahead * jnp.abs(s.private_position[i] - s.known_line[i]) / 2.0

    def objection(self, i: Index) -> ByActor:
        """How freshly each actor has opposed i, 0..1: its last act toward i conflictual, faded over the middle memory."""
        last = self.state.last_act[:, i]
        opposed = (last >= 0) & (self.world.polarity[jnp.maximum(last, 0)] < 0)
        return opposed * jnp.clip(self.state.recent[RECENT, :, i] * self.fade[RECENT], 0.0, 1.0)

    def alive(self) -> Bool[Array, " actor"]:
        """Which actors exist now."""
        return self.world.exists(self.state.clock)


def observe(world: World, state: State, half_lives: Float[Array, " memory"]) -> View:
    """Return the view of a state; `half_lives` in days, scene first."""
    fade = left_after(state.memory_age, half_lives).astype(state.recent.dtype)
    s, t = state.turn[0], state.turn[1]
    latest = state.recent[SCENE, jnp.maximum(s, 0), jnp.maximum(t, 0)] * fade[SCENE]
    pulse = jnp.where(s >= 0, jnp.clip(latest, 0.0, 1.0), 0.0)
    return View(world, state, fade, pulse.astype(state.recent.dtype))
