"""Turns within a scene: who speaks next, to whom, in what tone, on what (participation shifts).

All read the freshness of the latest act (`view.pulse`, halved every scene half-life once below 1), so that they act
inside a sitting and fade between sittings. Reference: Gibson 2003, "Participation shifts", Social Forces 81; Butts 2008,
section 3.
"""

from __future__ import annotations

import jax.numpy as jnp

from blocs.bloc.observe import SCENE, View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Index, Options, Scalar
from blocs.ground.decay import log_count


def _conflict(view: View) -> Scalar:
    return view.pulse * (view.tone_of(view.state.turn[2]) < 0)


def turn_keep(view: View, chosen: Chosen) -> Options:
    """The last to act goes on: pulse at the source of the latest act (AB-A.). Gibson 2003."""
    return view.pulse * view.mark(view.state.turn[0])


def turn_reply(view: View, chosen: Chosen) -> Options:
    """The one addressed acts next: pulse at the target of the latest act (AB-B.). Gibson 2003."""
    return view.pulse * view.mark(view.state.turn[1])


def turn_keep_conflict(view: View, chosen: Chosen) -> Options:
    """An attacker goes on: pulse at the source of a conflictual latest act. SYSTEM R18.1."""
    return _conflict(view) * view.mark(view.state.turn[0])


def turn_reply_conflict(view: View, chosen: Chosen) -> Options:
    """The one attacked answers: pulse at the target of a conflictual latest act. SYSTEM R27.6."""
    return _conflict(view) * view.mark(view.state.turn[1])


def scene_spoke(view: View, chosen: Chosen) -> Options:
    """Those who acted in this scene act again: min(1, acts sent in the scene). Gibson 2003."""
    return jnp.clip(view.sent()[SCENE], 0.0, 1.0)


def scene_addressed(view: View, chosen: Chosen) -> Options:
    """Those present at the scene act: min(1, acts received in the scene) (audience). Gibson 2003."""
    return jnp.clip(view.received()[SCENE], 0.0, 1.0)


def turn_back(view: View, chosen: Chosen) -> Options:
    """The source answers who addressed it: pulse at the last source if the last target now acts (AB-BA). Gibson 2003."""
    return view.pulse * view.mark(view.state.turn[0]) * (view.state.turn[1] == chosen.source)


def turn_continue(view: View, chosen: Chosen) -> Options:
    """The source stays with its target: pulse at the last target if the last source acts again (AB-AB). Gibson 2003."""
    return view.pulse * view.mark(view.state.turn[1]) * (view.state.turn[0] == chosen.source)


def _outside(view: View, i: Index) -> Scalar:
    return view.pulse * ((view.state.turn[0] != i) & (view.state.turn[1] != i))


def turn_join_target(view: View, chosen: Chosen) -> Options:
    """A third actor turns on the one addressed: pulse at the last target (AB-XB, pile-on). Gibson 2003; SYSTEM R06.6."""
    return _outside(view, chosen.source) * view.mark(view.state.turn[1])


def turn_join_source(view: View, chosen: Chosen) -> Options:
    """A third actor turns to the one who acted: pulse at the last source (AB-XA). Gibson 2003."""
    return _outside(view, chosen.source) * view.mark(view.state.turn[0])


def scene_partner(view: View, chosen: Chosen) -> Options:
    """Those in the scene are addressed: min(1, acts sent or received in the scene by j). Gibson 2003."""
    return jnp.clip(view.sent()[SCENE] + view.received()[SCENE], 0.0, 1.0)


def tone_reply(view: View, chosen: Chosen) -> Options:
    """Tone is returned: polarity of g times fresh polarity of the last act of j toward i. Axelrod 1984 (tit for tat)."""
    i, j = chosen.source, chosen.target
    return view.world.polarity * view.tone_of(view.state.last_act[j, i]) * view.fresh(j, i)


def tone_continue(view: View, chosen: Chosen) -> Options:
    """Tone is kept: polarity of g times fresh polarity of the last act of i toward j. Brandes et al. 2009 (by type)."""
    i, j = chosen.source, chosen.target
    return view.world.polarity * view.tone_of(view.state.last_act[i, j]) * view.fresh(i, j)


def tone_scene(view: View, chosen: Chosen) -> Options:
    """The tone of the room is caught: polarity of g times pulse times polarity of the latest act. SYSTEM S06, S08."""
    return view.world.polarity * view.tone_of(view.state.turn[2]) * view.pulse


def act_again(view: View, chosen: Chosen) -> Options:
    """The same act is repeated within the scene: fresh mark at the last act of i toward j. Brandes et al. 2009."""
    i, j = chosen.source, chosen.target
    return view.mark_act(view.state.last_act[i, j]) * view.fresh(i, j)


def act_echo(view: View, chosen: Chosen) -> Options:
    """The same act is returned within the scene: fresh mark at the last act of j toward i. Brandes et al. 2009."""
    i, j = chosen.source, chosen.target
    return view.mark_act(view.state.last_act[j, i]) * view.fresh(j, i)


def audience_tone(view: View, chosen: Chosen) -> Options:
    """Conflict is played to the gallery: -polarity of g times log(1 + third actors in the scene). Fearon 1994."""
    here = jnp.clip(view.sent()[SCENE] + view.received()[SCENE], 0.0, 1.0)
    third = jnp.maximum(here.sum() - here[chosen.source] - here[chosen.target], 0.0)
    return -view.world.polarity * log_count(third)


def issue_running(view: View, chosen: Chosen) -> Options:
    """The scene stays on its issue: pulse at the issue of the latest act of all. SYSTEM S06, S08."""
    return view.mark_issue(view.state.turn[3]) * view.pulse


def issue_again(view: View, chosen: Chosen) -> Options:
    """The pair stays on its issue within the scene: fresh mark at the last issue of i toward j or back. SYSTEM S08."""
    i, j = chosen.source, chosen.target
    own = view.mark_issue(view.state.last_issue[i, j]) * view.fresh(i, j)
    other = view.mark_issue(view.state.last_issue[j, i]) * view.fresh(j, i)
    return jnp.maximum(own, other)


EFFECTS = (
    Effect("turn_keep", "source", "turns", turn_keep),
    Effect("turn_reply", "source", "turns", turn_reply, sign=1, grade="T"),
    Effect("turn_keep_conflict", "source", "turns", turn_keep_conflict, sign=1, rule="R18.1"),
    Effect("turn_reply_conflict", "source", "turns", turn_reply_conflict, sign=1, rule="R27.6"),
    Effect("scene_spoke", "source", "turns", scene_spoke, sign=1),
    Effect("scene_addressed", "source", "turns", scene_addressed, sign=1),
    Effect("turn_back", "target", "turns", turn_back, sign=1, grade="T"),
    Effect("turn_continue", "target", "turns", turn_continue, sign=1),
    Effect("turn_join_target", "target", "turns", turn_join_target, sign=1, rule="R06.6"),
    Effect("turn_join_source", "target", "turns", turn_join_source),
    Effect("scene_partner", "target", "turns", scene_partner, sign=1),
    Effect("tone_reply", "act", "turns", tone_reply, sign=1, grade="T"),
    Effect("tone_continue", "act", "turns", tone_continue, sign=1),
    Effect("tone_scene", "act", "turns", tone_scene, sign=1),
    Effect("act_again", "act", "turns", act_again),
    Effect("act_echo", "act", "turns", act_echo),
    Effect("audience_tone", "act", "turns", audience_tone, sign=1, grade="T"),
    Effect("issue_running", "issue", "turns", issue_running, sign=1),
    Effect("issue_again", "issue", "turns", issue_again, sign=1),
)
