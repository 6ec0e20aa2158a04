"""Succession: contenders, locks and lists inside a leadership; the small body's vote and the large body's answer (S02)."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from blocs.bloc.inside import CRITICISED, EXPELLED, SEATED, claims, consolidation, held, in_office
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByActorSeat, ByIssue, Key, Scalar
from blocs.ground.keys import named, uniforms
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, unit
from blocs.mechanisms.seats import best, exchange, happens, mark_seat, seat_uniforms

CLAIMS = ("hold_force", "hold_security", "hold_transport", "hold_committee", "hold_bureau")
HALF = 0.5
OPEN = 4.0
"""Phase at which a change of the line is proclaimed."""


class _Events(NamedTuple):
    """What happened in a step: actors whose head was outvoted and lost or won, seats that were purged or rebuked."""

    falls: Bool[Array, " actor"]
    turned: Bool[Array, " actor"]
    purged: ByActorSeat
    rebuked: ByActorSeat
    winner: Int[Array, " actor"]


class Succession(AbstractMechanism):
    """Contenders in seats 1 to 3 against the head in seat 0; quiet where nobody claims a lock.

    A lock is a share of force, security, transport, the large body or the small body; what nobody claims is the head's.
    Claims of contenders fade with `gather`, so that a head who is left alone holds all in some years. Quarrels that
    guests can see come at the rate `quarrel * rivalry * (1 - cohesion)`, raise the rift by `jump` and cool with `cool`.
    A contender is removed at the rate `sack * rift * claim + debt * helper * consolidation` (R02.4, R02.6); the head
    takes over what he held, guilt is laid on the fallen (`load`), and whoever commands force becomes the helper (R02.3).
    A head without half of the small body is outvoted at the rate `vote`: with half of force, transport and the large
    body he reverses it and the voters are purged, all but the share `mercy`, who are only criticised (R01.4, R01.5);
    otherwise he goes, and the contender with most of the small body follows, or a quiet reserve where two are level
    (R02.8). A patron without `all_locks` of force, security and committee only hints at a change of the line (R02.5).
    Lists follow power and titles follow lists (R02.2). Positions are left alone: the line stays under a new
    face (R02.10).
    """

    strength: Scalar
    gather: Scalar
    quarrel: Scalar
    jump: Scalar
    cool: Scalar
    sack: Scalar
    debt: Scalar
    load: Scalar
    vote: Scalar
    mercy: Scalar
    balance: Scalar
    fresh: Scalar
    lists: Scalar
    titles: Scalar
    all_locks: Scalar
    forget: Scalar
    refill: Scalar
    card: ClassVar[Card] = Card(
        name="succession",
        summary="rivals for the chair: locks, quarrels, removals, the small body's vote and its reversal, lists and titles",
        systems=("S02", "S01"),
        rules=(
            "R01.4",
            "R01.5",
            "R02.2",
            "R02.3",
            "R02.4",
            "R02.5",
            "R02.6",
            "R02.8",
            "R02.10",
        ),
        reads=frozenset(
            {"rift", "purges", "scapegoat", "cohesion", "leader_standing", "leader_changes", "line_phase", *SEATED}
        ),
        writes=frozenset({"rift", "purges", "scapegoat", "leader_standing", "leader_changes", "line_phase", *SEATED}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("gather", "day", 30.0, 3650.0, 500.0, "F02.1, C n=1: all locks about three years after the vacancy"),
            Param("quarrel", "per day", 0.0, 1.0, 0.04, "R02.4; rate ours"),
            Param("jump", "share", 0.0, 1.0, 0.5, "ours: size of one visible quarrel"),
            Param("cool", "day", 1.0, 365.0, 40.0, "R02.4: weeks to months"),
            Param("sack", "per day", 0.0, 1.0, 0.06, "R02.4: a purge follows within weeks to months"),
            Param("debt", "per day", 0.0, 1.0, 0.006, "R02.6: helpers go within months"),
            Param("load", "share", 0.0, 1.0, 0.5, "R04.1: guilt goes to the fallen"),
            Param("vote", "per day", 0.0, 1.0, 0.03, "R01.4; rate ours"),
            Param("mercy", "share", 0.0, 1.0, 0.2, "R01.5"),
            Param("balance", "share", 0.0, 1.0, 0.05, "R02.8: how level two rivals must be"),
            Param("fresh", "share", 0.0, 1.0, 0.6, "R03.2: a new head is not yet secure"),
            Param("lists", "day", 1.0, 3650.0, 30.0, "S02 parameters, T n=1: lists change within weeks"),
            Param("titles", "day", 1.0, 36500.0, 180.0, "R02.2: titles follow in about six months"),
            Param("all_locks", "share", 0.0, 1.0, 0.6, "R02.5: what a head holds of each lock before he proclaims"),
            Param("forget", "day", 30.0, 36500.0, 1460.0, "R04.1: guilt is still booked after years"),
            Param("refill", "per day", 0.0, 1.0, 0.003, "ours: an empty leadership is filled within a year"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Return the state as it is: what happens inside a leadership is no act toward another."""
        return state

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let rivals lose ground, quarrel, vote and fall; let lists follow power and titles follow lists."""
        span = self.strength * days
        there = world.exists(state.clock) * (1.0 - world.collective)
        events = self._events(key, world, state, span * there)
        quarrels = self._quarrels(key, world, state, span * there)
        rift = state.rift * fade(span, self.cool)
        gone = jnp.sum(events.purged, axis=1)
        laid = self.strength * self.load * (gone > 0)
        seats = self._seats(state, events, span)
        new: dict[str, Any] = {
            "rift": lean(rift, self.strength * self.jump * quarrels),
            "purges": state.purges + gone,
            "scapegoat": lean(state.scapegoat * fade(span, self.forget), laid),
            "leader_standing": jnp.where(events.falls, self.fresh, state.leader_standing),
            "leader_changes": state.leader_changes + events.falls,
            "line_phase": self._held_back(world, state, span),
            **self._refilled(key, world, seats, span * there),
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})

    def _quarrels(self, key: Key, world: World, state: State, span: ByActor) -> Bool[Array, " actor"]:
        rate = self.quarrel * rivalry(state) * (1.0 - state.cohesion)
        return happens(uniforms(named(key, "quarrel"), world.actor_id), span * rate)

    def _held_back(self, world: World, state: State, span: Scalar) -> ByIssue:
        """Return the phase of changes of the line: kept at hints until a patron holds `all_locks` of the locks (R02.5)."""
        free = jnp.any((world.patron > 0) & (consolidation(state) >= self.all_locks)) | (jnp.sum(world.patron) <= 0)
        hinted = jnp.where(state.line_phase < OPEN, jnp.minimum(state.line_phase, OPEN - 1.0), state.line_phase)
        return jnp.where(free | (span <= 0), state.line_phase, hinted)

    def _events(self, key: Key, world: World, state: State, span: ByActor) -> _Events:
        bureau = held(state.hold_bureau)
        locks = [held(x)[:, 0] for x in (state.hold_force, state.hold_transport, state.hold_committee)]
        secure = (locks[0] >= HALF) & (locks[1] >= HALF) & (locks[2] >= HALF)
        lost = bureau[:, 0] < HALF
        outvoted = lost & happens(uniforms(named(key, "vote"), world.actor_id), span * self.vote)
        seat = in_office(state).at[:, 0].set(0.0)
        voters = seat * (bureau > 0.1) * (outvoted & secure)[:, None]
        spared = seat_uniforms(named(key, "mercy"), world) < self.mercy
        power = claims(state)
        rate = self.sack * state.rift[:, None] * power + self.debt * state.helper * consolidation(state)[:, None]
        sacked = seat * happens(seat_uniforms(named(key, "sack"), world), span[:, None] * rate)
        purged = jnp.maximum(sacked, voters * ~spared)
        winner = best(self._likely(bureau, power, seat), seat)
        falls = outvoted & ~secure & (winner > 0)
        return _Events(falls, outvoted & secure, purged * ~falls[:, None], voters * spared, winner)

    def _likely(self, bureau: ByActorSeat, power: ByActorSeat, seat: ByActorSeat) -> ByActorSeat:
        """Return the strength of each contender for an open chair; where the first two are level, the quiet one leads."""
        first = jnp.where(seat > 0, bureau, -1.0)
        lead = jnp.max(first, axis=1)
        ahead = mark_seat(jnp.argmax(first, axis=1)) > 0
        level = (lead - jnp.max(jnp.where(ahead, -1.0, first), axis=1) < self.balance) & (jnp.sum(seat, axis=1) > 2.0)
        return jnp.where(level[:, None], -power, bureau)

    def _seats(self, state: State, events: _Events, span: Scalar) -> dict[str, Any]:
        """Return the seats after fading, removals, debts to helpers and the change of the head."""
        out = jnp.maximum(events.purged, 0.5 * events.rebuked)
        left = fade(span, self.gather)
        rival = jnp.ones_like(out).at[:, 0].set(0.0)
        seats: dict[str, Any] = {name: getattr(state, name) for name in SEATED}
        for name in CLAIMS:
            seats[name] = seats[name] * jnp.where(rival > 0, left, 1.0) * (1.0 - out)
        seats["person"] = jnp.where(events.rebuked > 0, jnp.maximum(state.person, CRITICISED), state.person)
        seats["person"] = jnp.where(events.purged > 0, EXPELLED, seats["person"])
        others = jnp.max(events.purged, axis=1, keepdims=True) * (1.0 - events.purged) * rival
        thanks = self.strength * others * held(state.hold_force)
        seats["helper"] = lean(state.helper * (1.0 - events.purged), unit(thanks))
        power = claims(state)
        listed = approach(state.list_rank, power, 1.0 - fade(span, self.lists)) * (1.0 - events.purged)
        title = approach(state.title, state.list_rank, 1.0 - fade(span, self.titles)) * (1.0 - events.purged)
        seats |= {"list_rank": listed, "title": title}
        moved = exchange(state.replace(**seats), events.falls, events.winner)
        old = mark_seat(events.winner) * events.falls[:, None]
        for name in CLAIMS:
            moved[name] = moved[name] * (1.0 - old)
        moved["person"] = jnp.where(old > 0, EXPELLED, moved["person"])
        return moved

    def _refilled(self, key: Key, world: World, seats: dict[str, Any], span: ByActor) -> dict[str, Any]:
        """Return the seats after a newcomer took the place of one expelled where no contender is left in office."""
        person = seats["person"]
        sits = (person < EXPELLED).at[:, 0].set(False)
        empty = ~jnp.any(sits, axis=1, keepdims=True) & (person == EXPELLED)
        draws = happens(seat_uniforms(named(key, "refill"), world), (span * self.refill)[:, None])
        comes = (empty & draws).at[:, 0].set(False)
        return {name: jnp.where(comes, 0.0, x) for name, x in seats.items()}


def rivalry(state: State) -> ByActor:
    """Return the mean share of the locks that is not the head's, 0..1."""
    return 1.0 - claims(state)[:, 0]
