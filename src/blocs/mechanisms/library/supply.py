"""Supply: deliveries withheld and resumed, credit drawn, stocks in days, substitutes for hard currency (S10-S12, S19)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByActorLever, ByDyadLever, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.library.ladder import breaks
from blocs.mechanisms.moves import approach, fade, fit, unit

MONTH = 30.0
"""Days of normal use in one purchase, the unit of `hard_currency`."""


class Supply(AbstractMechanism):
    """Stocks r_al in days of normal use, fed by own production and imports, drained when imports are withheld.

    Use is 1 day a day. Of it the share m (`import_share`) is imported; supplier b sends the share d_abl (`dependence`)
    of that less what it withholds, h_bal. So r falls by `m * sum_b d_abl h_bal` a day. What no actor supplies comes
    from outside the model and cannot be withheld; suppliers of more than all imports stand in for each other. Below
    `alarm` days an actor with a seller outside buys the missing goods while hard currency lasts: one purchase is 30
    days of one good (R11.3). Untouched stocks rebuild to `target`. Material conflictual acts at or above rung `level`
    withhold the levers on which the target depends, a break all of them both ways; aid resumes them and is drawn as
    credit, at the share `poor` where the giver is cold (R10.1, R12.1).
    """

    strength: Scalar
    level: Scalar
    cut: Scalar
    resume: Scalar
    credit: Scalar
    poor: Scalar
    alarm: Scalar
    target: Scalar
    restock: Scalar
    card: ClassVar[Card] = Card(
        name="supply",
        summary="deliveries withheld and resumed, credit, stocks in days of use, substitutes for hard currency",
        systems=("S10", "S11", "S12", "S18", "S19"),
        rules=("R10.1", "R11.3", "R11.4", "R12.1", "R19.5"),
        reads=frozenset(
            {
                "reserve_days",
                "import_share",
                "dependence",
                "withheld",
                "hard_currency",
                "outside_suppliers",
                "debt",
                "warmth",
            }
        ),
        writes=frozenset({"reserve_days", "withheld", "hard_currency", "debt"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "conserves", "deterministic"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("level", "rung", 0.0, 22.0, 10.0, "S18 ladder, T n=1: rung 10 is the essential good withheld"),
            Param(
                "cut", "share per unit of cooperation", 0.0, 1.0, 0.8, "S12 procedure 6, T n=1: contracts stop at once"
            ),
            Param("resume", "share per unit of cooperation", 0.0, 1.0, 0.8, "R12.1, T n=1: improve and it rises"),
            Param("credit", "index per unit of cooperation", 0.0, 10.0, 1.0, "unit of `debt`: one full act of aid"),
            Param("poor", "share", 0.0, 1.0, 0.5, "R10.1, T n=3 and R12.1, T n=1: half when conduct is poor"),
            Param("alarm", "day", 1.0, 120.0, 21.0, "R11.3, T n=1: below a few weeks; 15 days observed"),
            Param("target", "day", 0.0, 365.0, 60.0, "ours: default of the vocabulary"),
            Param("restock", "day", 7.0, 3650.0, 180.0, "ours: half a year to halve the gap to the target"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Withhold or resume the levers of the pair and draw credit: O(L)."""
        i, j, g = act.source, act.target, act.act
        push, score = self.strength * act.weight, world.cooperation[g]
        material = world.material[g] > 0
        stop = material & (world.polarity[g] < 0) & (world.act_rung[g] >= self.level)
        aid = material & (world.polarity[g] > 0)
        given = jnp.where(aid, jnp.maximum(0.0, score), 0.0) * jnp.where(state.warmth[i, j] < 0, self.poor, 1.0)
        taken = jnp.where(stop, jnp.maximum(0.0, -score), 0.0) * (state.dependence[j, i] > 0)
        rupture = unit(push) * breaks(world, act)
        there, back = state.withheld[i, j], state.withheld[j, i]
        there = approach(there, jnp.ones_like(there), jnp.maximum(unit(push * self.cut * taken), rupture))
        there = there * (1.0 - unit(push * self.resume * given))
        back = approach(back, jnp.ones_like(back), rupture)
        held = state.withheld.at[i, j].set(fit(there, "withheld", state.withheld))
        held = held.at[j, i].set(fit(back, "withheld", state.withheld))
        drawn = (push * self.credit * given).astype(state.debt.dtype)
        return state.replace(withheld=held, debt=state.debt.at[j, i].add(drawn))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Use stocks, buy substitutes and rebuild: one pass over the arrays of deliveries, which time does not change."""
        span = self.strength * days
        missing = missing_share(state.dependence, state.withheld)
        need = state.import_share * missing * span
        wanted = need * ((state.reserve_days < self.alarm) & (state.outside_suppliers > 0)[:, None])
        cost = jnp.sum(wanted, axis=1) / MONTH
        paid = jnp.minimum(cost, state.hard_currency)
        bought = wanted * (paid / jnp.maximum(cost, 1e-6))[:, None]
        gap = jnp.maximum(0.0, self.target - state.reserve_days)
        rebuilt = gap * (1.0 - fade(span, self.restock)) * (1.0 - missing)
        stock = state.reserve_days - need + bought + rebuilt
        return state.replace(
            reserve_days=fit(stock, "reserve_days", state.reserve_days),
            hard_currency=fit(state.hard_currency - paid, "hard_currency", state.hard_currency),
        )


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
