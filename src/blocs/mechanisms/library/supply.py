"""Supply: deliveries withheld and resumed, stocks in days, crops, substitutes with price and lead time (S11, S12, S19)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import jax.numpy as jnp

from blocs.bloc.food import STAPLE, lever_place
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActor, ByActorLever, ByDyadLever, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.economy import half_rule, judged
from blocs.mechanisms.library.ladder import breaks
from blocs.mechanisms.moves import approach, fade, fit, unit

MONTH = 30.0
"""Days of normal use in one purchase, the unit of `hard_currency`."""


class Books(NamedTuple):
    """What one step does to stocks, in days of normal use, axes actor and lever, and to money, in purchases."""

    short: ByActorLever
    arrived: ByActorLever
    ordered: ByActorLever
    rebuilt: ByActorLever
    paid: ByActor


class Supply(AbstractMechanism):
    """Stocks r_al in days of normal use, fed by own production and imports, drained when imports are withheld.

    Use is 1 day a day. Of it the share m (`import_share`) is imported; supplier b sends the share d_abl (`dependence`)
    of that less what it withholds, h_bal. So r falls by `m * sum_b d_abl h_bal` a day, and for the staple good by what
    the crop falls short, `(1 - m) * max(0, 1 - harvest)`. What no actor supplies comes from outside the model and
    cannot be withheld; suppliers of more than all imports stand in for each other. Where stock and goods on order are
    below `alarm` days an actor with a seller outside buys what is missing while hard currency lasts (R11.3, R19.5): one
    purchase is 30 days of one good, dearer by `premium` over the number of sellers; goods arrive with the mean delay
    `lead`. Untouched stocks rebuild to `target`. Material conflictual acts at or above rung `level` withhold the levers
    on which the target depends, a break all of them both ways; aid resumes them, by the half rule of conduct (R12.1).
    """

    strength: Scalar
    level: Scalar
    cut: Scalar
    resume: Scalar
    half: Scalar
    poor: Scalar
    good: Scalar
    alarm: Scalar
    premium: Scalar
    lead: Scalar
    target: Scalar
    restock: Scalar
    card: ClassVar[Card] = Card(
        name="supply",
        summary="deliveries withheld and resumed, stocks in days of use, crops, substitutes at a price and after a delay",
        systems=("S11", "S12", "S18", "S19"),
        rules=("R11.3", "R11.4", "R12.1", "R19.5"),
        reads=frozenset(
            {
                "reserve_days",
                "import_share",
                "dependence",
                "withheld",
                "hard_currency",
                "outside_suppliers",
                "on_order",
                "harvest",
                "conduct",
                "warmth",
            }
        ),
        writes=frozenset({"reserve_days", "withheld", "hard_currency", "on_order"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "conserves", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("level", "rung", 0.0, 22.0, 10.0, "S18 ladder, T n=1: rung 10 is the essential good withheld"),
            Param(
                "cut", "share per unit of cooperation", 0.0, 1.0, 0.8, "S12 procedure 6, T n=1: contracts stop at once"
            ),
            Param("resume", "share per unit of cooperation", 0.0, 1.0, 0.8, "R12.1: improve and it rises"),
            Param("half", "share", 0.0, 1.0, 0.5, "R12.1: half when conduct is poor"),
            Param("poor", "share", 0.0, 1.0, 0.3, "ours: conduct at or below it earns `half`"),
            Param("good", "share", 0.0, 1.0, 0.8, "ours: conduct at or above it earns all"),
            Param("alarm", "day", 1.0, 120.0, 21.0, "R11.3: below a few weeks; 15 days observed"),
            Param("premium", "share", 0.0, 5.0, 0.3, "ours: one seller asks 30% more, two 15%"),
            Param("lead", "day", 0.5, 365.0, 10.0, "R11.3: bought and landed before 15 days of stock ran out"),
            Param("target", "day", 0.0, 365.0, 60.0, "ours: default of the vocabulary"),
            Param("restock", "day", 7.0, 3650.0, 180.0, "ours: half a year to halve the gap to the target"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Withhold or resume the levers of the pair: O(L)."""
        i, j, g = act.source, act.target, act.act
        push, score = self.strength * act.weight, world.cooperation[g]
        material = world.material[g] > 0
        stop = material & (world.polarity[g] < 0) & (world.act_rung[g] >= self.level)
        aid = material & (world.polarity[g] > 0)
        earned = half_rule(judged(world, state, i, j), self.half, self.poor, self.good)
        given = jnp.where(aid, jnp.maximum(0.0, score), 0.0) * earned
        taken = jnp.where(stop, jnp.maximum(0.0, -score), 0.0) * (state.dependence[j, i] > 0)
        rupture = unit(push) * breaks(world, act)
        there, back = state.withheld[i, j], state.withheld[j, i]
        there = approach(there, jnp.ones_like(there), jnp.maximum(unit(push * self.cut * taken), rupture))
        there = there * (1.0 - unit(push * self.resume * given))
        back = approach(back, jnp.ones_like(back), rupture)
        held = state.withheld.at[i, j].set(fit(there, "withheld", state.withheld))
        return state.replace(withheld=held.at[j, i].set(fit(back, "withheld", state.withheld)))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Use stocks, order and receive substitutes, rebuild: one pass over the arrays of deliveries."""
        b = self.books(world, state, self.strength * days)
        stock = state.reserve_days - b.short + b.arrived + b.rebuilt
        order = state.on_order + b.ordered - b.arrived
        return state.replace(
            reserve_days=fit(stock, "reserve_days", state.reserve_days),
            on_order=fit(order, "on_order", state.on_order),
            hard_currency=fit(state.hard_currency - b.paid, "hard_currency", state.hard_currency),
        )

    def books(self, world: World, state: State, span: Scalar) -> Books:
        """Return what falls short, arrives, is ordered, rebuilt and paid in `span` days."""
        missing = missing_share(state.dependence, state.withheld)
        held_back = state.import_share * missing * span
        short = held_back + crop_failure(world, state) * span
        due = state.on_order
        wants = (state.reserve_days + due < self.alarm) & (state.outside_suppliers > 0)[:, None]
        wanted = short * wants
        price = 1.0 + self.premium / jnp.maximum(state.outside_suppliers, 1.0)
        cost = jnp.sum(wanted, axis=1) * price / MONTH
        paid = jnp.minimum(cost, state.hard_currency)
        ordered = wanted * (paid / jnp.maximum(cost, 1e-6))[:, None]
        arrived = (due + ordered) * (1.0 - fade(span, self.lead))
        gap = jnp.maximum(0.0, self.target - state.reserve_days)
        rebuilt = gap * (1.0 - fade(span, self.restock)) * (1.0 - missing)
        return Books(short, arrived, ordered, rebuilt, paid)


def crop_failure(world: World, state: State) -> ByActorLever:
    """Return by how much own production falls short, as a share of use, 0..1: of the staple good alone."""
    place = lever_place(world, STAPLE)
    lost = jnp.zeros_like(state.import_share)
    if place is None:
        return lost
    fallen = (1.0 - state.import_share[:, place]) * jnp.maximum(0.0, 1.0 - state.harvest)
    return lost.at[:, place].set(fallen.astype(lost.dtype))


def missing_share(dependence: ByDyadLever, withheld: ByDyadLever) -> ByActorLever:
    """Return the share 0..1 of each actor's imports that its suppliers hold back, by lever.

    `dependence[a, b, l]` is what b supplies to a, `withheld[b, a, l]` what b holds back from a. Where supplies add
    up to more than all imports, what is beyond them replaces what is held back.
    """
    held = spare = jnp.zeros_like(dependence[:, 0])
    # written out supplier by supplier: XLA fuses it into one pass, three times as fast as a sum over swapped axes
    for b in range(withheld.shape[0]):
        held, spare = held + dependence[:, b] * withheld[b], spare + dependence[:, b]
    return unit(held - jnp.maximum(0.0, spare - 1.0))
