"""Assembly: who is singled out in a session, who keeps the floor, and what follows where it failed to bind (S06)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Bool

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import BySessionActor, Key, Scalar
from blocs.ground.sums import product
from blocs.institutions.procedures.codes import ADOPTED, AGREED, CLOSING, DEFERRAL, MEETING, OPEN, RUPTURE, TEXT
from blocs.institutions.procedures.rules import decide, verdicts
from blocs.institutions.procedures.slots import between
from blocs.institutions.procedures.stances import dissent, standing, view_of
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, only_when, unit


class Assembly(AbstractMechanism):
    """What happens to people in an open session, and what it leaves.

    A conflictual act of i toward the convener singles i out by `mark` times its sharpness (R06.6), and takes the share
    `deny` of its floor, the more the rule lets the convener rule (R06.14); a cooperative one is taken as recanting. At
    the close those present who refused to sign, or whose dissent from the convener exceeds `tolerance` where nothing is
    signed, were not bound: their defiance rises by the share `sting`, and is forgotten by half every `half_life`
    (R06.3, S06 to S18). So does that of a guest who refused every demand of a talk (R08.7). A meeting without a text
    decides by its rule whether the convener's line on the agenda is its own: who dissents above `tolerance` is against, by
    twice that hard against; `quota` is that of a qualified majority. What is not agreed ends in a rupture where a client
    was not bound, else in a deferral.
    """

    strength: Scalar
    mark: Scalar
    deny: Scalar
    tolerance: Scalar
    quota: Scalar
    sting: Scalar
    half_life: Scalar
    card: ClassVar[Card] = Card(
        name="assembly",
        summary="speakers against the convener are singled out and lose the floor; a session that fails to bind leaves defiance",
        systems=("S06", "S08", "S18"),
        rules=("R06.3", "R06.6", "R06.14", "R08.7"),
        reads=frozenset(
            {
                "session_form",
                "session_stage",
                "session_rule",
                "session_reserve",
                "session_seat",
                "session_chair",
                "session_attack",
                "session_floor",
                "session_sign",
                "session_agenda",
                "session_outcome",
                "clause_state",
                "public_position",
                "salience",
                "bargaining_weight",
                "doctrine_weight",
                "defiance",
            }
        ),
        writes=frozenset({"session_attack", "session_floor", "session_outcome", "defiance"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("mark", "share per unit of cooperation", 0.0, 2.0, 1.0, "R06.6: after its first speech"),
            Param("deny", "share", 0.0, 1.0, 0.6, "R06.14: the floor is withheld from a critic on record"),
            Param("tolerance", "share", 0.0, 1.0, 0.2, "ours: dissent that passes for agreement"),
            Param("quota", "share", 0.0, 1.0, 0.667, "as in `texts`: share of the weight in a qualified majority"),
            Param("sting", "share", 0.0, 1.0, 0.8, "F06.3, T n=1: pressure within weeks of a failed meeting"),
            Param("half_life", "day", 7.0, 730.0, 60.0, "F06.3, T n=1: weeks"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Mark or clear the source in the sessions in which it speaks to the convener: two columns."""
        i, j, g = act.source, act.target, act.act
        sit = (state.session_stage == OPEN) & between(state.session_seat, i, j) & (state.session_chair[:, j] > 0)
        push = self.strength * act.weight
        sharp = unit(push * self.mark * jnp.maximum(0.0, -world.cooperation[g])) * sit
        kind = unit(push * self.mark * jnp.maximum(0.0, world.cooperation[g])) * sit
        blamed = approach(state.session_attack[:, i], 1.0, sharp) * (1.0 - kind)
        # convener's consensus leaves the floor to the convener alone; a majority leaves it to all
        grip = jnp.where(state.session_rule < 2, 1.0, 0.5)
        floor = state.session_floor[:, i] * (1.0 - unit(sharp * self.deny * grip))
        return state.replace(
            session_attack=state.session_attack.at[:, i].set(fit(blamed, "session_attack", state.session_attack)),
            session_floor=state.session_floor.at[:, i].set(fit(floor, "session_floor", state.session_floor)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Say what came of the sessions that close, and let defiance be forgotten."""
        faded = state.defiance * fade(self.strength * days, self.half_life)
        state = state.replace(defiance=fit(faded, "defiance", state.defiance))
        closing = (state.session_stage == CLOSING) & (self.strength > 0)
        return only_when(closing.any(), state, self.card.writes, lambda s: self._conclude(world, s, closing))

    def _conclude(self, world: World, state: State, closing: Bool[Array, " session"]) -> State:
        """Say what came of the sessions that close, and who failed to be bound."""
        gathering = closing & (state.session_form > 0) & (state.session_form <= TEXT)
        line = view_of(state.session_chair, state.public_position)
        apart = dissent(state.session_agenda, line, state.public_position, state.salience)
        guest = (state.session_seat > 0) & (state.session_chair == 0)
        text = jnp.any(state.clause_state == ADOPTED, axis=1) & (state.session_form == TEXT)
        unbound = jnp.where(text[:, None], state.session_sign < 0, apart > self.tolerance) & guest
        unbound = jnp.where(
            gathering[:, None], unbound, (closing & (state.session_outcome == RUPTURE))[:, None] & guest
        )
        client = product(state.session_chair, world.client.T) > 0
        bitter = jnp.max((unbound & client) * 1.0, axis=0)
        risen = approach(state.defiance, 1.0, unit(self.strength * self.sting * bitter))
        agreed = text | (self._carried(state, apart) & (state.session_form == MEETING))
        what = jnp.where(agreed, AGREED, jnp.where(jnp.any(unbound & client, axis=1), RUPTURE, DEFERRAL))
        return state.replace(
            defiance=fit(risen, "defiance", state.defiance),
            session_outcome=jnp.where(gathering, what, state.session_outcome).astype(state.session_outcome.dtype),
        )

    def _carried(self, state: State, apart: BySessionActor) -> Bool[Array, " session"]:
        """Return whether the line of the convener is carried by the rule of each session; `apart` is dissent from it."""
        found = verdicts(
            apart[:, None],
            state.session_seat,
            state.session_chair,
            standing(state.bargaining_weight, state.doctrine_weight),
            state.session_reserve,
            self.tolerance,
            self.quota,
        )
        return decide(state.session_rule, found)[:, 0]
