"""Leadership: the standing of the head of a member, the hazard of losing the chair, and who takes it (S03)."""

from __future__ import annotations

from typing import Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from blocs.bloc.inside import AGAIN, CRITICISED, READMITTED, SEATED, held, in_office, once_condemned
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByActorSeat, Key, Scalar
from blocs.ground.keys import named, uniforms
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, only_when, unit
from blocs.mechanisms.seats import asked, best, exchange, happens, mark_seat, seat_uniforms

UNREST_TOP = vocabulary()["unrest"].hi or 13.0
GROUND = vocabulary()["legitimacy"].default
TRUST = vocabulary()["cc_confidence"].default
CLAIMS = ("hold_force", "hold_security", "hold_transport", "hold_committee", "hold_bureau")
REPLACED = (*SEATED, "legitimacy", "judged", "private_position")
"""Quantities that change with a head."""


class Leadership(AbstractMechanism):
    """Standing s_a of the head of the party, 0..1; replacements with a hazard that rises as it falls; successors.

    A conflictual act of a more capable actor takes the share `wound * |c| * (1 - shield * cohesion)` of the target's
    standing; a removal by the patron takes `oust` in place of `wound * |c|` (R03.1); a head who yields to a demand loses
    `yield_cost` in the same way (R03.5). With time standing nears `rest * (1 - drag * unrest / 13)`. Members that exist
    replace their head at the rate
    `hazard * exp(slope (1 - s) + ground (0.7 - legitimacy) + doubt (0.7 - confidence)) * (1 - shield * cohesion)` a day
    (proportional hazards, Cox 1972; R03.7), and troops that stand in the country add `fetch * presence * (1 - s)`.

    The successor is the seat with the highest `backing * committee + p (foist * k - resent * (1 - k)) + rebel * presence
    * f` plus a Gumbel draw, where p is how pliant the contender is, k the crisis (unrest or troops) and f 1 for those
    once condemned: a calm body elects against advice (R03.3), a crisis lets the favourite in (R03.2). A favourite
    passed over enters the small body and gains `plant` of the committee. A new head starts at `fresh`, brings private
    positions to the line by `follow * p`, is rid of the share `clean` of what the old one staked on verdicts, and costs
    the office `alien * p` of its legitimacy. The deposed head is praised, then faulted, then called criminal, a step at
    the rate `fault` (F03.4).
    """

    strength: Scalar
    wound: Scalar
    oust: Scalar
    yield_cost: Scalar
    shield: Scalar
    rest: Scalar
    drag: Scalar
    half_life: Scalar
    hazard: Scalar
    slope: Scalar
    ground: Scalar
    doubt: Scalar
    fetch: Scalar
    fresh: Scalar
    backing: Scalar
    foist: Scalar
    resent: Scalar
    rebel: Scalar
    plant: Scalar
    clean: Scalar
    follow: Scalar
    alien: Scalar
    fault: Scalar
    card: ClassVar[Card] = Card(
        name="leadership",
        summary="standing of the head of a member under pressure and unrest, replacement by chance, and the successor",
        systems=("S03", "S17", "S23"),
        rules=("R03.1", "R03.2", "R03.3", "R03.4", "R03.5", "R03.7"),
        reads=frozenset(
            {
                "leader_standing",
                "leader_changes",
                "cohesion",
                "unrest",
                "legitimacy",
                "cc_confidence",
                "presence",
                "fallen_status",
                "judged",
                "private_position",
                "line",
                "last_act",
                *SEATED,
            }
        ),
        writes=frozenset(
            {
                "leader_standing",
                "leader_changes",
                "legitimacy",
                "fallen_status",
                "judged",
                "private_position",
                *SEATED,
            }
        ),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("wound", "share per unit of cooperation", 0.0, 1.0, 0.1, "S03 removal track, T n=1"),
            Param("oust", "share", 0.0, 1.0, 0.6, "R03.1: incumbents are removed"),
            Param("yield_cost", "share", 0.0, 1.0, 0.35, "R03.5"),
            Param("shield", "share", 0.0, 1.0, 0.9, "R03.7: attempts fail where the leadership is cohesive"),
            Param("rest", "share", 0.0, 1.0, 0.8, "ours: standing of a head left in peace"),
            Param("drag", "share", 0.0, 1.0, 1.0, "S23 to S03, T n=2: heads fall in crises"),
            Param("half_life", "day", 14.0, 3650.0, 180.0, "S03 parameters, C n=3: recovery in months"),
            Param("hazard", "per day", 0.0, 0.01, 0.00015, "S03 outcomes 1956-60, C n=7, at full standing"),
            Param("slope", "log rate", 0.0, 12.0, 5.0, "F03.3, C n=7"),
            Param("ground", "log rate", 0.0, 12.0, 2.5, "R22.1 and F22.2, T n=4: leaders fall with their verdicts"),
            Param("doubt", "log rate", 0.0, 12.0, 2.0, "R01.6: a concession is read as lost confidence"),
            Param("fetch", "per day", 0.0, 1.0, 0.05, "S03 procedure 11, T n=1: fetched with armour within weeks"),
            Param("fresh", "share", 0.0, 1.0, 0.6, "R03.2 and R03.4: a new head is not yet secure"),
            Param("backing", "log odds", 0.0, 20.0, 3.0, "R03.3: the body elects whom it backs"),
            Param("foist", "log odds", 0.0, 20.0, 4.0, "R03.2: the first crisis promotes the favourite"),
            Param("resent", "log odds", 0.0, 20.0, 1.5, "R03.3: elections against advice"),
            Param("rebel", "log odds", 0.0, 20.0, 3.0, "F17.5, C n=1: troops bring in a former rebel"),
            Param("plant", "share", 0.0, 1.0, 0.3, "R03.2: planted one step below"),
            Param("clean", "share", 0.0, 1.0, 0.8, "R22.1: the leaders who judged pay, not those who follow them"),
            Param("follow", "share", 0.0, 1.0, 0.3, "S03 effects, C n=5: success gives synchrony"),
            Param("alien", "share", 0.0, 1.0, 0.2, "S03 effects, C n=3: and lowers legitimacy"),
            Param("fault", "per day", 0.0, 1.0, 0.015, "F03.4, T n=1: praised to criminal in months"),
        ),
        references=("Cox 1972, Regression models and life-tables",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Let pressure lower the standing of the target's head, and yielding that of the source's: two entries."""
        i, j, g = act.source, act.target, act.act
        push = self.strength * act.weight
        soft_i, soft_j = (1.0 - self.shield * state.cohesion[n] for n in (i, j))
        felt = (world.polarity[g] < 0) & (world.capability[i] > world.capability[j])
        blow = self.wound * jnp.maximum(0.0, -world.cooperation[g]) * felt
        blow = jnp.where(world.is_kind("remove")[g] * world.client[j, i] > 0, self.oust, blow)
        left = state.leader_standing[j] * (1.0 - unit(push * blow * soft_j))
        gives_way = (world.is_kind("agree") + world.is_kind("rehabilitate"))[g] * asked(world, state, act)
        own = state.leader_standing[i] * (1.0 - unit(push * self.yield_cost * gives_way * soft_i))
        both = fit(jnp.stack([left, own]), "leader_standing", state.leader_standing)
        return state.replace(leader_standing=state.leader_standing.at[j].set(both[0]).at[i].set(both[1]))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Recover or wear down standing, draw replacements and seat successors."""
        span = self.strength * days
        goal = self.rest * (1.0 - self.drag * state.unrest / UNREST_TOP)
        standing = approach(state.leader_standing, goal, 1.0 - fade(span, self.half_life))
        falls = happens(uniforms(key, world.actor_id), span * self.rate(world, state, standing))
        changes = state.leader_changes + falls
        worse = happens(uniforms(named(key, "fault"), world.actor_id), span * self.fault)
        spoken = state.fallen_status + worse * ((state.fallen_status >= 1.0) & (state.fallen_status < 3.0))
        new: dict[str, Any] = {
            "leader_standing": jnp.where(falls, self.fresh, standing),
            "leader_changes": changes,
            "fallen_status": jnp.where(falls, 1.0, spoken),
        }
        state = state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})
        return only_when(falls.any(), state, REPLACED, lambda s: self._replaced(key, world, s, falls))

    def _replaced(self, key: Key, world: World, state: State, falls: Bool[Array, " actor"]) -> State:
        """Seat the successors of those who fell; views, legitimacy and old verdicts follow from who comes in."""
        winner = self.successor(key, world, state)
        seats = self._seated(state, falls, winner)
        head = jnp.maximum(0.0, seats["pliant"][:, 0]) * (falls & (winner > 0))
        loss = 1.0 - unit(self.strength * self.alien * head)
        share = unit(self.strength * self.follow * head)[:, None]
        new: dict[str, Any] = {
            "legitimacy": state.legitimacy * loss,
            "judged": state.judged * jnp.where(falls, 1.0 - self.strength * self.clean, 1.0)[:, None],
            "private_position": approach(state.private_position, state.line[None, :], share),
            **seats,
        }
        return state.replace(**{name: fit(x, name, getattr(state, name)) for name, x in new.items()})

    def rate(self, world: World, state: State, standing: ByActor) -> ByActor:
        """Return the replacement rate per day at strength 1; 0 for all but members that exist and are no forum."""
        open_to = world.member * (1.0 - world.collective) * world.exists(state.clock)
        logs = (
            self.slope * (1.0 - standing)
            + self.ground * (GROUND - state.legitimacy)
            + self.doubt * (TRUST - state.cc_confidence)
        )
        own = self.hazard * jnp.exp(logs) * (1.0 - self.shield * state.cohesion)
        return open_to * (own + self.fetch * state.presence * (1.0 - standing))

    def successor(self, key: Key, world: World, state: State) -> Int[Array, " actor"]:
        """Return the seat that would take the chair now; 0 where no contender may."""
        crisis = jnp.maximum(state.unrest / UNREST_TOP, state.presence)[:, None]
        draw = -jnp.log(-jnp.log(seat_uniforms(named(key, "successor"), world)))
        freed = once_condemned(state)
        score = (
            self.backing * held(state.hold_committee)
            + (self.foist * crisis - self.resent * (1.0 - crisis)) * state.pliant
            + self.rebel * state.presence[:, None] * freed
            + draw
        )
        return best(score, eligible(state))

    def _seated(self, state: State, falls: Bool[Array, " actor"], winner: Int[Array, " actor"]) -> dict[str, Any]:
        """Return the seats after the change: the old head is criticised and keeps no lock, the favourite is planted."""
        fav = best(state.pliant, (state.pliant > 0) * eligible(state))
        moved = falls & (winner > 0)
        seats = exchange(state, falls, winner)
        old = mark_seat(winner) * moved[:, None]
        passed = mark_seat(fav) * (falls & (fav > 0) & (fav != winner))[:, None]
        for name in CLAIMS:
            seats[name] = seats[name] * (1.0 - old)
        seats["hold_committee"] = lean_up(seats["hold_committee"], self.strength * self.plant * passed)
        person = seats["person"]
        comes_in = passed + mark_seat(jnp.zeros_like(winner)) * moved[:, None]
        comes_in = comes_in * ((person >= READMITTED - 2.0) & (person <= AGAIN))
        person = jnp.where(comes_in > 0, AGAIN, person)
        seats["person"] = jnp.where(old > 0, CRITICISED, person)
        return seats


def lean_up(x: ByActorSeat, share: ByActorSeat) -> ByActorSeat:
    """Return a share moved by a part 0..1 of its way to 1."""
    return lean(x, unit(share))


def eligible(state: State) -> ByActorSeat:
    """Return 1 for contenders who may take the chair: in the small body, readmitted, or free while troops stand by."""
    free = once_condemned(state) * ((state.person >= READMITTED) | (state.presence > 0.5)[:, None])
    return jnp.maximum(in_office(state), free).at[:, 0].set(0.0)
