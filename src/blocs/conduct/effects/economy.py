"""What goods do to conduct: petitions, cuts and gifts, hunger, contracts, experts, cadres, quotas."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.food import STAPLE, hunger, lever_place
from blocs.bloc.kinds import ASKS, any_kind
from blocs.bloc.observe import View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import ByDyadLever, Index, Options, Scalar
from blocs.ground.decay import log_count


def _asked(view: View, chosen: Chosen) -> Scalar:
    """How much the target asks of the source, 0..1."""
    return -jnp.expm1(-view.state.request[chosen.target, chosen.source])


def _struck(view: View, chosen: Chosen) -> Scalar:
    """How much the source struck from what the target asked, 0..1."""
    s = view.state.struck[chosen.target, chosen.source]
    return s / (1.0 + s)


def _said(view: View, chosen: Chosen) -> tuple[Index, Scalar]:
    """Latest act of the target toward the source (place 0 where none) and how fresh it is, 0..1 (0 where none)."""
    j, i = chosen.target, chosen.source
    last = view.state.last_act[j, i]
    fresh = jnp.clip(view.state.recent[1, j, i] * view.fade[1], 0.0, 1.0)
    return jnp.maximum(last, 0), jnp.where(last >= 0, fresh, 0.0)


def _food(view: View, ties: ByDyadLever, a: Index, b: Index) -> Scalar:
    """Entry of a pair, under the lever of food, of what is kept by pair and lever; 0 where there is no such lever."""
    place = lever_place(view.world, STAPLE)
    return jnp.zeros_like(view.state.clock) if place is None else ties[a, b, place]


def petitioner(view: View, chosen: Chosen) -> Options:
    """Petitioners in favour are answered soon: log(1 + request of j to i) times (1 + w_ij) / 2. SYSTEM R12.2, S10."""
    favour = 0.5 + 0.5 * view.state.warmth[chosen.source]
    return log_count(view.state.request[:, chosen.source]) * favour


def hedge(view: View, chosen: Chosen) -> Options:
    """A plan for one's territory sends one elsewhere: integration offer to i, where j is not i's patron. SYSTEM R15.5."""
    return view.state.integration_offer[chosen.source] * (1.0 - view.world.client[chosen.source])


def answer_request(view: View, chosen: Chosen) -> Options:
    """Requests are answered: granting or aiding g times 1 - exp(-request of j to i). SYSTEM R08.5, R10.1."""
    return any_kind(view.world, "agree", "promise", "aid") * _asked(view, chosen)


def cut_first(view: View, chosen: Chosen) -> Options:
    """First answers cut: refusing or criticising g times what j asks of i and i has not struck, 0..1. SYSTEM R10.1."""
    return any_kind(view.world, "refuse", "criticise") * _asked(view, chosen) * (1.0 - _struck(view, chosen))


def restore_last(view: View, chosen: Chosen) -> Options:
    """Last sessions restore a part: granting or aiding g times s / (1 + s), s struck from j's requests. SYSTEM R08.5."""
    return any_kind(view.world, "agree", "promise", "aid") * _struck(view, chosen)


def refuse_price(view: View, chosen: Chosen) -> Options:
    """Help as the price of silence is refused: refusing g, doctrine of i, fresh offer of j that presses i. SYSTEM R10.8."""
    last, fresh = _said(view, chosen)
    offered = any_kind(view.world, "aid", "promise", "propose")[last] * fresh
    pressed = jnp.clip(view.state.rung[chosen.target, chosen.source] / 10.0, 0.0, 1.0)
    return view.world.is_kind("refuse") * view.state.doctrine_weight[chosen.source] * offered * pressed


def gift(view: View, chosen: Chosen) -> Options:
    """Anger is followed by a gift: aiding or promising g to a client whose last act was hostile and is fresh. SYSTEM R10.6."""
    last, fresh = _said(view, chosen)
    quarrel = (view.world.polarity[last] < 0) * fresh
    return any_kind(view.world, "aid", "promise") * quarrel * view.world.client[chosen.target, chosen.source]


def short_asks(view: View, chosen: Chosen) -> Options:
    """The short ask their suppliers: asking g, hunger_i, food that i has from j. SYSTEM R11.3."""
    i, j = chosen.source, chosen.target
    return any_kind(view.world, *ASKS) * hunger(view.world, view.state)[i] * _food(view, view.state.dependence, i, j)


def starve(view: View, chosen: Chosen) -> Options:
    """Suppliers withhold when asked in a quarrel: withholding g, request of j to i, rung, dependence_ji. SYSTEM S11, R18.6."""
    i, j = chosen.source, chosen.target
    hold = jnp.max(view.state.dependence[j, i], initial=0.0) * view.state.rung[i, j] / 22.0
    return any_kind(view.world, "withhold", "sanction") * _asked(view, chosen) * hold


def capitulate(view: View, chosen: Chosen) -> Options:
    """Hunger makes the cut off yield: agreeing g, hunger_i, food that i has from j and j withholds. SYSTEM R11.3."""
    i, j = chosen.source, chosen.target
    want = (
        hunger(view.world, view.state)[i]
        * _food(view, view.state.dependence, i, j)
        * _food(view, view.state.withheld, j, i)
    )
    return any_kind(view.world, "agree", "align") * want


def hold_contract(view: View, chosen: Chosen) -> Options:
    """Signed contracts are insisted on: refusing or demanding g, stall_ji / 4, p / (1 + p), p pending. SYSTEM R12.7."""
    i, j = chosen.source, chosen.target
    due = view.state.pending[j, i]
    return any_kind(view.world, "refuse", "demand") * view.state.stall[j, i] / 4.0 * due / (1.0 + due)


def tasked_experts(view: View, chosen: Chosen) -> Options:
    """Experts are used as agents when ties sour: covert g, experts in j, coldness of their patron i to j. SYSTEM R13.2."""
    i, j = chosen.source, chosen.target
    cold = jnp.maximum(0.0, -view.state.warmth[i, j]) * view.world.client[j, i]
    return any_kind(view.world, "spy", "subvert") * view.state.pool[j] * cold


def count_on_cadres(view: View, chosen: Chosen) -> Options:
    """The patron tries the faction it counts on: covert g times the faction it expects in j. SYSTEM R14.1."""
    i, j = chosen.source, chosen.target
    return any_kind(view.world, "subvert", "spy") * view.world.patron[i] * view.state.faction_expectation[j]


def default_quota(view: View, chosen: Chosen) -> Options:
    """Members default openly when a quota costs too much: refusing g, home cost of i beyond one half, j patron. SYSTEM R15.1."""
    i, j = chosen.source, chosen.target
    over = jnp.maximum(0.0, view.state.home_cost[i] - 0.5) * 2.0
    above = jnp.maximum(view.world.client[i, j], view.world.collective[j])
    return view.world.is_kind("refuse") * over * above


EFFECTS = (
    Effect("petitioner", "target", "economy", petitioner, sign=1, rule="R12.2"),
    Effect("hedge", "target", "economy", hedge, sign=1, rule="R15.5"),
    Effect("answer_request", "act", "economy", answer_request, sign=1, rule="R08.5"),
    Effect("cut_first", "act", "economy", cut_first, sign=1, rule="R10.1"),
    Effect("restore_last", "act", "economy", restore_last, sign=1, rule="R08.5"),
    Effect("refuse_price", "act", "economy", refuse_price, sign=1, rule="R10.8"),
    Effect("gift", "act", "economy", gift, sign=1, rule="R10.6"),
    Effect("short_asks", "act", "economy", short_asks, sign=1, rule="R11.3"),
    Effect("starve", "act", "economy", starve, sign=1, rule="R18.6"),
    Effect("capitulate", "act", "economy", capitulate, sign=1, rule="R11.3"),
    Effect("hold_contract", "act", "economy", hold_contract, sign=1, rule="R12.7"),
    Effect("tasked_experts", "act", "economy", tasked_experts, sign=1, rule="R13.2"),
    Effect("count_on_cadres", "act", "economy", count_on_cadres, sign=1, rule="R14.1"),
    Effect("default_quota", "act", "economy", default_quota, sign=1, rule="R15.1"),
)
