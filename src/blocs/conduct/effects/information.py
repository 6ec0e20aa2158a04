"""What they know and believe: turns of the line told in advance, objections, doubts, papers, charges, open attacks.

Every statistic reads only what the chooser can see (`blocs.bloc.sight`): its own beliefs about others, never others' state.
"""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import RECENT, View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options


def forewarned(view: View, chosen: Chosen) -> Options:
    """Who hears of an unwelcome turn before print can protest: max_k |known - printed| |private - known| / 2. SYSTEM R24.1."""
    s = view.state
    ahead = jnp.abs(s.known_line - s.printed_line[None, :])
    return (ahead * jnp.abs(s.private_position - s.known_line)).max(axis=1) / 2.0


def attacked_openly(view: View, chosen: Chosen) -> Options:
    """Those attacked in public answer at once: max_j openness of j toward i / 6 times fresh acts of j. SYSTEM R27.6."""
    fresh = jnp.clip(view.state.recent[RECENT] * view.fade[RECENT], 0.0, 1.0)
    return (view.state.openness / 6.0 * fresh).max(axis=0)


def objector(view: View, chosen: Chosen) -> Options:
    """A client that objects is worked on: freshness of a conflictual last act of j toward i times client_ji. SYSTEM R24.8."""
    return view.objection(chosen.source) * view.world.client[:, chosen.source]


def troubled(view: View, chosen: Chosen) -> Options:
    """Those believed to be in trouble are addressed: unrest that i believes inside j, / 13. SYSTEM R25.6."""
    return view.state.believed_unrest[chosen.source] / 13.0


def envoy(view: View, chosen: Chosen) -> Options:
    """Envoys go to a client that objects: visit, meet, lobby or consult times fresh objection times client_ji. SYSTEM R24.8."""
    i, j = chosen.source, chosen.target
    kinds = sum((view.world.is_kind(kind) for kind in ("visit", "meet", "lobby", "consult")), start=jnp.zeros(()))
    return jnp.clip(kinds, 0.0, 1.0) * view.objection(i)[j] * view.world.client[j, i]


def forewarned_tone(view: View, chosen: Chosen) -> Options:
    """Protest while it can matter: -polarity g * client_ij * max_k |known - printed| |private - known| / 2. SYSTEM R24.1."""
    i, j = chosen.source, chosen.target
    return -view.world.polarity * view.world.client[i, j] * view.unwelcome(i).max()


def doubt_tone(view: View, chosen: Chosen) -> Options:
    """Those believed to hold back are pressed: -polarity of g times doubt of i about j. SYSTEM S25 effects."""
    return -view.world.polarity * view.state.doubt[chosen.source, chosen.target]


def documented(view: View, chosen: Chosen) -> Options:
    """Who holds papers can refuse: refuse g times evidence that i keeps on j. SYSTEM R28.1."""
    return view.world.is_kind("refuse") * view.state.evidence[chosen.source, chosen.target]


def charged(view: View, chosen: Chosen) -> Options:
    """A charge that stands is given way to: agree g times charge of j against i. SYSTEM R25.3."""
    return view.world.is_kind("agree") * view.state.charge[chosen.target, chosen.source]


def answer_open(view: View, chosen: Chosen) -> Options:
    """What is said in public is answered in public: openness of g / 6 times openness of j toward i / 6. SYSTEM R27.6."""
    return view.world.act_openness / 6.0 * view.state.openness[chosen.target, chosen.source] / 6.0


def forewarned_issue(view: View, chosen: Chosen) -> Options:
    """What is not yet in print can be stopped: |known - printed| |private - known| / 2 on k. SYSTEM R24.1."""
    return view.unwelcome(chosen.source)


EFFECTS = (
    Effect("forewarned", "source", "information", forewarned, sign=1, rule="R24.1"),
    Effect("attacked_openly", "source", "information", attacked_openly, sign=1, rule="R27.6"),
    Effect("objector", "target", "information", objector, sign=1, rule="R24.8"),
    Effect("troubled", "target", "information", troubled, sign=1, rule="R25.6"),
    Effect("envoy", "act", "information", envoy, sign=1, rule="R24.8"),
    Effect("forewarned_tone", "act", "information", forewarned_tone, sign=1, rule="R24.1"),
    Effect("doubt_tone", "act", "information", doubt_tone, sign=1, grade="C"),
    Effect("documented", "act", "information", documented, sign=1, rule="R28.1"),
    Effect("charged", "act", "information", charged, sign=1, rule="R25.3"),
    Effect("answer_open", "act", "information", answer_open, sign=1, rule="R27.6"),
    Effect("forewarned_issue", "issue", "information", forewarned_issue, sign=1, rule="R24.1"),
)
