"""Network memory: inertia, reciprocity, activity, popularity and closure of decayed past acts.

All counts enter as log(1 + count), so that a first repetition weighs more than a tenth (Brandes et al. 2009).
"""

from __future__ import annotations

from functools import partial

import jax.numpy as jnp

from blocs.bloc.observe import PAST, RECENT, SCENE, View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options
from blocs.ground.decay import log_count

SPANS = {"scene": SCENE, "recent": RECENT, "past": PAST}


def activity(view: View, chosen: Chosen, span: int) -> Options:
    """Actors who acted much go on acting: log(1 + sum_j M_ij). Butts 2008 (sender activity)."""
    return log_count(view.sent()[span])


def popularity(view: View, chosen: Chosen, span: int) -> Options:
    """Actors addressed much are drawn in: log(1 + sum_i M_ij). Butts 2008 (receiver popularity)."""
    return log_count(view.received()[span])


def inertia(view: View, chosen: Chosen, span: int) -> Options:
    """Past acts toward j make further ones likely: log(1 + M_ij). Stadtfeld & Block 2017."""
    return log_count(view.toward(chosen.source)[span])


def reciprocity(view: View, chosen: Chosen, span: int) -> Options:
    """Acts received from j are returned: log(1 + M_ji). Butts 2008; Stadtfeld & Block 2017."""
    return log_count(view.from_all(chosen.source)[span])


def transitivity(view: View, chosen: Chosen) -> Options:
    """Partners of partners are addressed: log(1 + sum_k min(M_ik, M_kj)) over the long memory. Butts 2008 (two-paths)."""
    own = view.toward(chosen.source)[PAST]
    paths = jnp.minimum(own[:, None], view.state.recent[PAST] * view.fade[PAST])
    return log_count(paths.sum(axis=0))


def act_repertoire(view: View, chosen: Chosen) -> Options:
    """Actors repeat the kinds of act they have used: log(1 + count of act g sent by i). Schrodt & Gerner 1994 (habit)."""
    return log_count(view.repertoire(chosen.source))


def act_inertia(view: View, chosen: Chosen) -> Options:
    """The latest act toward j comes again: 1 at the act that i last did to j. Brandes et al. 2009 (inertia by type)."""
    return view.mark_act(view.state.last_act[chosen.source, chosen.target])


def act_reciprocity(view: View, chosen: Chosen) -> Options:
    """Like is answered with like: 1 at the act that j last did to i. Brandes et al. 2009 (reciprocity by type)."""
    return view.mark_act(view.state.last_act[chosen.target, chosen.source])


def agenda_all(view: View, chosen: Chosen) -> Options:
    """Issues alive in the bloc come up: log(1 + acts on k, counted at both their ends). Baumgartner & Jones 1993 (agenda)."""
    return log_count(view.agenda().sum(axis=0))


def agenda_source(view: View, chosen: Chosen) -> Options:
    """Actors keep to their issues: log(1 + acts on k that i sent or received). Baumgartner & Jones 1993."""
    return log_count(view.agenda()[chosen.source])


def agenda_target(view: View, chosen: Chosen) -> Options:
    """Actors are addressed on their issues: log(1 + acts on k that j sent or received). Baumgartner & Jones 1993."""
    return log_count(view.agenda()[chosen.target])


def issue_inertia(view: View, chosen: Chosen) -> Options:
    """A pair returns to the issue it last treated: 1 at the issue of the latest act of i toward j. SYSTEM S08."""
    return view.mark_issue(view.state.last_issue[chosen.source, chosen.target])


def issue_reciprocity(view: View, chosen: Chosen) -> Options:
    """An answer stays on the issue: 1 at the issue of the latest act of j toward i. SYSTEM S08."""
    return view.mark_issue(view.state.last_issue[chosen.target, chosen.source])


EFFECTS = (
    *(Effect(f"activity_{n}", "source", "memory", partial(activity, span=h), True, 1) for n, h in SPANS.items()),
    *(Effect(f"popularity_{n}", "source", "memory", partial(popularity, span=h), True) for n, h in SPANS.items()),
    *(Effect(f"inertia_{n}", "target", "memory", partial(inertia, span=h), True, 1) for n, h in SPANS.items()),
    *(Effect(f"reciprocity_{n}", "target", "memory", partial(reciprocity, span=h), True, 1) for n, h in SPANS.items()),
    *(Effect(f"popularity_{n}", "target", "memory", partial(popularity, span=h), True, 1) for n, h in SPANS.items()),
    Effect("activity_past", "target", "memory", partial(activity, span=PAST), True),
    Effect("transitivity", "target", "memory", transitivity, True, 1),
    Effect("act_repertoire", "act", "memory", act_repertoire, True, 1),
    Effect("act_inertia", "act", "memory", act_inertia, True, 1),
    Effect("act_reciprocity", "act", "memory", act_reciprocity, True, 1),
    Effect("agenda_all", "issue", "memory", agenda_all, True, 1),
    Effect("agenda_source", "issue", "memory", agenda_source, True, 1),
    Effect("agenda_target", "issue", "memory", agenda_target, True, 1),
    Effect("issue_inertia", "issue", "memory", issue_inertia, True, 1),
    Effect("issue_reciprocity", "issue", "memory", issue_reciprocity, True, 1),
)
