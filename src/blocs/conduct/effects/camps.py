"""Camps, brokers and crises: who pays for a thaw, who is sent, who asks for more, force or credit (S20, S21, S23)."""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import View
from blocs.bloc.pressure import STEPS, gap_to
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import ByActor, Options
from blocs.ground.decay import log_count
from blocs.ground.sums import product

UNREST = 13.0


def _price(view: View) -> ByActor:
    """How openly each actor quarrels with those to whom the patron now draws nearer, 0..1 summed over them."""
    return product(view.state.openness, view.state.thaw) / STEPS


def _on_errand(view: View) -> Options:
    w = view.world
    return jnp.maximum(jnp.maximum(w.is_kind("lobby"), w.is_kind("visit")), w.is_kind("inform"))


def price_of_thaw(view: View, chosen: Chosen) -> Options:
    """Third parties pay for a thaw: patron i, member j, sum_k thaw_k times openness of j to k / 6. SYSTEM R20.1."""
    return view.world.patron[chosen.source] * view.world.member * _price(view)


def price_demanded(view: View, chosen: Chosen) -> Options:
    """The price is asked: act demands, patron i, member j, sum_k thaw_k times openness of j to k / 6. SYSTEM R20.1."""
    w = view.world
    side = w.patron[chosen.source] * w.member[chosen.target]
    return w.is_kind("demand") * side * _price(view)[chosen.target]


def conditions(view: View, chosen: Chosen) -> Options:
    """Who has a backer sets conditions: act demands or refuses, i outside the bloc, patron j, option of i. SYSTEM R19.2."""
    w, i = view.world, chosen.source
    kind = jnp.maximum(w.is_kind("demand"), w.is_kind("refuse"))
    return kind * (1.0 - w.member[i]) * w.patron[chosen.target] * view.state.outside_option_true[i]


def aloof(view: View, chosen: Chosen) -> Options:
    """Who has a backer answers late: -option of i at the patron, for i outside the bloc. SYSTEM R19.2."""
    w, i = view.world, chosen.source
    return -view.state.outside_option_true[i] * (1.0 - w.member[i]) * w.patron


def courted(view: View, chosen: Chosen) -> Options:
    """Who could go elsewhere is offered terms: polarity of g, patron i, option seen of j outside the bloc. SYSTEM S20, R19.2."""
    w, j = view.world, chosen.target
    apart = w.patron[chosen.source] * (1.0 - w.member[j])
    return w.polarity * apart * view.state.outside_option_perceived[j]


def principle(view: View, chosen: Chosen) -> Options:
    """Critics side with a rival centre: polarity of g times rival centre j times gap of i to the line it knows. SYSTEM R20.6."""
    s = view.state
    return (
        view.world.polarity * s.rival_centre[chosen.target] * gap_to(s, view.known_line(chosen.source))[chosen.source]
    )


def ratchet(view: View, chosen: Chosen) -> Options:
    """Concessions across camps bring demands: act demands, other camp, log(1 + kind acts of j toward i). SYSTEM R20.4."""
    w, i, j = view.world, chosen.source, chosen.target
    given = log_count(view.friendly_to(i)[j])
    return w.is_kind("demand") * (1.0 - w.same_camp[i, j]) * given


def new_enemy(view: View, chosen: Chosen) -> Options:
    """In an open quarrel with the patron old ones rest: -openness of i to it / 6 x log(1 + past attacks on j). SYSTEM R20.9."""
    w, i = view.world, chosen.source
    openly = (view.state.openness[i] * w.patron).max() / STEPS
    return -openly * log_count(view.hostile_from(i)) * (1.0 - w.patron)


def envoy(view: View, chosen: Chosen) -> Options:
    """Who is sent does not wait: largest mission of i, 0..1. SYSTEM R21.1."""
    return view.state.mission.max(axis=1)


def mission(view: View, chosen: Chosen) -> Options:
    """Who is sent goes: mission of i to j, 0..1. SYSTEM R21.1."""
    return view.state.mission[chosen.source]


def errand(view: View, chosen: Chosen) -> Options:
    """Who is sent persuades: act lobbies, visits or informs, times mission of i to j. SYSTEM R21.2."""
    return _on_errand(view) * view.state.mission[chosen.source, chosen.target]


def harsh_errand(view: View, chosen: Chosen) -> Options:
    """Proxies that hang on the sender strike: -cooperation of g, mission of i to j, share the patron supplies. SYSTEM R21.6."""
    w, s, i = view.world, view.state, chosen.source
    hangs = (s.dependence[i] * w.patron[:, None]).max(initial=0.0)
    return -w.cooperation * s.mission[i, chosen.target] * hangs


def answer_broker(view: View, chosen: Chosen) -> Options:
    """Brokers are answered with a demand: act demands, times mission of j to i. SYSTEM R21.4."""
    return view.world.is_kind("demand") * view.state.mission[chosen.target, chosen.source]


def armour_or_credit(view: View, chosen: Chosen) -> Options:
    """Leaders who give way meet force, firm ones with a frontier credit: (coerce - aid), unrest believed / 13. SYSTEM R23.7."""
    w, s, i, j = view.world, view.state, chosen.source, chosen.target
    loose = 1.0 - 2.0 * s.border_insecurity[j] * (1.0 - s.concession[j])
    return (w.is_kind("coerce") - w.is_kind("aid")) * w.patron[i] * s.believed_unrest[i, j] / UNREST * loose


def weakest_link(view: View, chosen: Chosen) -> Options:
    """The opponent strikes where it is weak: unrest of j / 13, as i of another camp believes it. SYSTEM R23.8."""
    i = chosen.source
    return (1.0 - view.world.same_camp[i]) * view.state.believed_unrest[i] / UNREST


EFFECTS = (
    Effect("envoy", "source", "camps", envoy, sign=1, rule="R21.1"),
    Effect("price_of_thaw", "target", "camps", price_of_thaw, sign=1, rule="R20.1"),
    Effect("aloof", "target", "camps", aloof, sign=1, rule="R19.2"),
    Effect("new_enemy", "target", "camps", new_enemy, sign=1, rule="R20.9"),
    Effect("mission", "target", "camps", mission, sign=1, rule="R21.1"),
    Effect("weakest_link", "target", "camps", weakest_link, sign=1, rule="R23.8"),
    Effect("price_demanded", "act", "camps", price_demanded, sign=1, rule="R20.1"),
    Effect("conditions", "act", "camps", conditions, sign=1, rule="R19.2"),
    Effect("courted", "act", "camps", courted, sign=1, rule="R19.2"),
    Effect("principle", "act", "camps", principle, sign=1, rule="R20.6"),
    Effect("ratchet", "act", "camps", ratchet, sign=1, rule="R20.4"),
    Effect("errand", "act", "camps", errand, sign=1, rule="R21.2"),
    Effect("harsh_errand", "act", "camps", harsh_errand, sign=1, rule="R21.6"),
    Effect("answer_broker", "act", "camps", answer_broker, sign=1, rule="R21.4"),
    Effect("armour_or_credit", "act", "camps", armour_or_credit, sign=1, rule="R23.7"),
)
