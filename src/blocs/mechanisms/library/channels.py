"""Channels: who hears of a change of line, how late, by which message, and what goes astray on the way (S24)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from blocs.bloc.kinds import any_kind
from blocs.bloc.state import State
from blocs.bloc.vocabulary import SLOT_AXES
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByActorIssue, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.ground.sums import added_at, product, raised_at
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, only_when, unit

FREE, UNDER_WAY, READ = 0.0, 1.0, 2.0
PAPERS = ("inform", "letter")
ORDERS = ("demand",)
ASKED = ("consult",)
FACE_TO_FACE = ("meet", "visit", "meeting")
KINDS = (PAPERS, ORDERS, ASKED, FACE_TO_FACE)
SLOTS = SLOT_AXES["message"]
FIELDS = ("source", "target", "issue", "state", "days", "class", "leak", "order", "told")
_READS = {
    "known_line",
    "line",
    "printed_line",
    "journal_line",
    "public_position",
    "salience",
    "warmth",
    "circle",
    "discretion",
    "envoy_reliability",
    "unheard",
    "leaked",
    *(f"message_{field}" for field in FIELDS),
}
_WRITES = {"known_line", "warmth", "circle", "unheard", "leaked", *(f"message_{field}" for field in FIELDS)}


class _Post(NamedTuple):
    """The slots of messages read: who, to whom, on what (0 where none), what is held, read, arriving, and the days left."""

    source: Int[Array, " message"]
    target: Int[Array, " message"]
    issue: Int[Array, " message"]
    held: Bool[Array, " message"]
    read: Bool[Array, " message"]
    arrives: Bool[Array, " message"]
    left: Float[Array, " message"]


def _post(state: State, span: Scalar) -> _Post:
    ends = (state.message_source, state.message_target, state.message_issue)
    whole = (ends[0] >= 0) & (ends[1] >= 0) & (ends[2] >= 0) & (span > 0)
    held, read = whole & (state.message_state > 0.5), whole & (state.message_state > 1.5)
    left = state.message_days - span
    source, target, issue = (jnp.maximum(end, 0) for end in ends)
    return _Post(source, target, issue, held, read, held & ~read & (left <= 0), left)


class Channels(AbstractMechanism):
    """What each actor knows of the patron's line, m_ak, and twelve messages under way.

    The patron tells its members, and outsiders as far as it courts them: m_ak covers half its way to the line l_k in
    `notice * 2**(hold u_ak - courtesy w_pa)` days, where w_pa is the patron's warmth toward a and
    u_ak = |public position - l_k| / 2 how unwelcome the line is (R24.1, F24.1). Everybody reads the patron's daily
    within days, as far as it is not told, and it moves whose knowledge lies behind it, on the way on which the daily is
    ahead of the slower organs; what a member has to learn from print costs the patron its warmth. A paper, a consultation
    or an order takes a slot: it arrives after `letter * 2**(hold u - courtesy w)` days, by cable (orders, consultations;
    R24.2) after `cable`; unless it lies behind what its reader knows, it brings it the share `credence` of the way to the
    line as the sender knew it (R24.5). It is written for the circle that the sender has told and may become public:
    chance `1 - exp(-leak * 10**(spread * class) * (1 - discretion))` a day, until returned (R25.3); its reader is blamed
    (R25.4). An order that goes by the envoy alone is conveyed with chance `envoy_reliability` (R24.4); if not, the two
    believe different things until they meet (F24.5). A thirteenth message takes the place of the oldest.
    """

    strength: Scalar
    notice: Scalar
    courtesy: Scalar
    hold: Scalar
    read: Scalar
    letter: Scalar
    cable: Scalar
    credence: Scalar
    keep: Scalar
    leak: Scalar
    spread: Scalar
    offence: Scalar
    blame: Scalar
    clear: Scalar
    card: ClassVar[Card] = Card(
        name="channels",
        summary="what each knows of the line; messages with delay, class, chance of leak; orders that never arrive",
        systems=("S24", "S25"),
        rules=("R24.1", "R24.2", "R24.4", "R24.5", "R24.6", "R25.3", "R25.4"),
        reads=frozenset(_READS),
        writes=frozenset(_WRITES),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("notice", "day", 0.5, 365.0, 7.0, "S24 parameters, T n=1: 2-3 days of notice to a member not asked"),
            Param("courtesy", "doublings", 0.0, 8.0, 2.0, "F24.1, T n=4: the favoured hear first, critics last"),
            Param("hold", "doublings", 0.0, 8.0, 3.0, "R24.1: unpopular shifts are notified late"),
            Param("read", "day", 0.5, 60.0, 4.0, "ours: a change in the daily is read at once and believed in a week"),
            Param("letter", "day", 0.5, 120.0, 4.0, "S24 parameters, T n=1: dated 4 June, held beyond 8 June"),
            Param("cable", "day", 0.1, 30.0, 1.0, "S24 parameters, T n=1: cables once or twice daily"),
            Param("credence", "share", 0.0, 1.0, 0.5, "R24.5: one version alone leaves judgement suspended"),
            Param("keep", "day", 1.0, 365.0, 28.0, "ours: weeks until a confidential paper is returned or filed"),
            Param("leak", "per day and reader", 0.0, 1.0, 0.0002, "R25.3: many readers, public in days or weeks"),
            Param(
                "spread", "power of readers", 0.0, 2.0, 0.75, "F25.1, C n=2; ours: careless readers are fewer than all"
            ),
            Param("offence", "index", 0.0, 1.0, 0.1, "S24 effects, C n=2: late notice lowers trust"),
            Param("blame", "index", 0.0, 1.0, 0.2, "R25.4: who leaks loses its voice with the one who told it"),
            Param("clear", "share", 0.0, 1.0, 1.0, "F24.5, T n=1: an undelivered order is discovered face to face"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Put a paper, a consultation or an order into a slot; a meeting clears up what never arrived: O(slots)."""
        i, j, k = act.source, act.target, act.issue
        paper, order, asked, meets = (any_kind(world, *kinds)[act.act] for kinds in KINDS)
        push = unit(self.strength * act.weight)
        cleared = unit(push * self.clear * meets)
        unheard = state.unheard.at[i, j].multiply((1.0 - cleared).astype(state.unheard.dtype))
        unheard = unheard.at[j, i].multiply((1.0 - cleared).astype(state.unheard.dtype))
        sends = (push > 0) & (paper + order + asked > 0)
        unwelcome = jnp.abs(state.public_position[j, k] - state.known_line[i, k]) / 2.0
        slow = jnp.exp2(self.hold * unwelcome - self.courtesy * state.warmth[i, j])
        level = jnp.where(order > 0, 0.0, jnp.clip(state.circle[i, k], 0.0, 4.0))
        loose = 10.0 ** (self.spread * level) * (1.0 - state.discretion[j])
        written = {
            "source": i,
            "target": j,
            "issue": k,
            "state": UNDER_WAY,
            "days": jnp.where(paper > 0, self.letter * slow, self.cable),
            "class": level,
            "leak": -jnp.expm1(-self.leak * loose),
            "order": order,
            "told": state.known_line[i, k],
        }
        place = _slot(state)
        changed = {f"message_{field}": _put(state, field, place, sends, x) for field, x in written.items()}
        return state.replace(unheard=unheard, **changed)

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Tell the members, let all read the daily, deliver and lose messages, let secrets out: two passes of actor by issue."""
        span = self.strength * days
        brought = self.told(world, state, span)
        known = approach(state.known_line, state.line[None, :], brought)
        news = _onward(state, state.printed_line[None, :], known) > 0
        learnt = (1.0 - fade(span, self.read)) * (1.0 - brought) * news * (state.printed_line[None, :] - known)
        missed = jnp.sum(state.salience * jnp.abs(learnt), axis=1)
        cooled = lean(state.warmth, -unit(self.offence * missed)[:, None] * unit(world.client))
        post = _post(state, span)
        chance = -jnp.expm1(span * jnp.log1p(-jnp.minimum(state.message_leak, 1.0 - 1e-6)))
        out = post.held & (uniforms(key, jnp.arange(SLOTS, dtype=jnp.uint32), 4) < chance)
        returned = post.read & (post.left <= 0)
        stage = jnp.where(post.arrives, READ, jnp.where(returned, FREE, state.message_state))
        left = jnp.where(post.arrives, self.keep, jnp.where(post.held, jnp.maximum(0.0, post.left), state.message_days))
        told = state.replace(
            known_line=fit(known + learnt, "known_line", state.known_line),
            warmth=fit(cooled, "warmth", state.warmth),
        )
        read = ("known_line", "circle", "unheard")
        told = only_when(post.arrives.any(), told, read, lambda s: self.deliver(key, world, s, post))
        told = only_when(out.any(), told, ("leaked", "warmth"), lambda s: self.let_out(s, post, out))
        return told.replace(
            message_state=fit(stage, "message_state", state.message_state),
            message_days=fit(left, "message_days", state.message_days),
        )

    def told(self, world: World, state: State, span: Scalar) -> ByActorIssue:
        """Return the share 0..1 of the way to the line that the patron's notice brings each actor; the patron knows its line."""
        warmth: ByActor = product(world.patron, state.warmth) / jnp.maximum(1.0, world.patron.sum())
        unwelcome = jnp.abs(state.public_position - state.line[None, :]) / 2.0
        half = self.notice * jnp.exp2(self.hold * unwelcome - self.courtesy * warmth[:, None])
        # an outsider is told as far as it is courted
        there = (world.patron.sum() > 0) * jnp.maximum(world.member, unit(warmth))
        return jnp.where(world.patron[:, None] > 0, span > 0, (1.0 - jnp.exp2(-span / half)) * there[:, None])

    def deliver(self, key: Key, world: World, state: State, post: _Post) -> State:
        """Let what arrives be read: what is known, the circles of those told, the orders that stay unheard."""
        draw = uniforms(key, jnp.arange(SLOTS, dtype=jnp.uint32))
        conveyed = (state.message_order < 0.5) | (draw < state.envoy_reliability[post.source])
        got, lost = post.arrives & conveyed, post.arrives & ~conveyed
        known, read = state.known_line, (post.target, post.issue)
        share = added_at(jnp.zeros_like(known), read, self.credence * got)
        sums = added_at(jnp.zeros_like(known), read, self.credence * got * state.message_told)
        told = sums / jnp.maximum(share, 1e-6)
        newer = (_onward(state, told, known) >= 0) & (world.patron[:, None] == 0)
        unheard = raised_at(state.unheard, (post.source, post.target), lost)
        return state.replace(
            known_line=fit(approach(known, told, unit(share) * newer), "known_line", known),
            # an embargo holds outward, not inside the reader's bureau (R24.6)
            circle=fit(raised_at(state.circle, read, got), "circle", state.circle),
            unheard=fit(unheard, "unheard", state.unheard),
        )

    def let_out(self, state: State, post: _Post, out: Bool[Array, " message"]) -> State:
        """Make public what leaks; the sender's warmth toward its reader goes down (R25.3, R25.4)."""
        leaked = raised_at(state.leaked, (post.issue,), out)
        betrayed = raised_at(jnp.zeros_like(state.warmth), (post.source, post.target), self.blame * out)
        return state.replace(
            leaked=fit(leaked, "leaked", state.leaked),
            warmth=fit(lean(state.warmth, -betrayed), "warmth", state.warmth),
        )


def _onward(state: State, version: Array, known: ByActorIssue) -> ByActorIssue:
    """Return whether a version of the line lies further than what is known on the way on which print moves, by its sign.

    The line itself is hidden from readers: they date a version by the two organs, of which one lags behind the other.
    """
    return (version - known) * (state.printed_line - state.journal_line)[None, :]


def _slot(state: State) -> Int[Array, ""]:
    """The slot of the next message: a free one, else one that has been read, else the one due first."""
    stage = jnp.round(state.message_state)
    height = jnp.where(stage == FREE, 0.0, jnp.where(stage == READ, 1.0, 1e6) + state.message_days)
    place = jnp.arange(SLOTS, dtype=jnp.int32)
    return jnp.min(jnp.where(height == height.min(), place, SLOTS - 1))


def _put(state: State, field: str, place: Int[Array, ""], sends: Bool[Array, ""], value: Array | float) -> Array:
    name = f"message_{field}"
    old = getattr(state, name)
    new = jnp.asarray(value).astype(old.dtype)
    if field in ("days", "leak", "class", "told"):
        new = fit(new, name, old)
    return old.at[place].set(jnp.where(sends, new, old[place]))
