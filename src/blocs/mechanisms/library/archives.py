"""Archives: papers kept and used, charges that hold or fall, threats to publish, and who is told of a quarrel (S28)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.kinds import any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, ByActorIssue, Index, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

PAPERS = ("inform", "letter", "consult", "propose", "promise", "agree", "signature", "demand")
CHARGES = ("criticise", "demand", "threaten")
ANSWERS = ("refuse", "refusal")
QUOTED, THREATENED, PUBLISHED = 1.0, 2.0, 3.0
OPEN = 5.0
"""Step of openness at which the other is named: an open attack."""
PRINT, TOP_RUNG = 5.0, 22.0


class Archives(AbstractMechanism):
    """Papers e_ij that i keeps on j, charges c_ij of i against j, what i did with its papers r_ij, circles n_ak told.

    Papers of j and its admissions add `keep` of what is missing to e_ij (R28.7), recordings `record` a day where i
    overhears j unnoticed. A charge rises by `press`; an answer asks for its source, and the share `ask * (1 - e_ij)`
    falls that i cannot show (F25.2, R28.6), then the share `rebut * e_ji` that j's own papers disprove (R28.1): the
    exchange is won, nothing else moves (F28.1). Who answers with papers has quoted them; if the other persists it
    threatens to publish (R28.3); published is what was threatened once the other attacks in the open, at the rate
    `print`, and before that at `rash` (F28.2). A conflictual act on an issue widens the circle of those told at both ends
    toward `max(1 + 4 openness / 5, 5 rung / 22)` by at most one `step`, and nothing narrows it (F28.3).
    """

    strength: Scalar
    keep: Scalar
    record: Scalar
    press: Scalar
    ask: Scalar
    rebut: Scalar
    cool: Scalar
    use: Scalar
    print: Scalar
    rash: Scalar
    step: Scalar
    shrink: Scalar
    card: ClassVar[Card] = Card(
        name="archives",
        summary="papers kept, quoted, threatened with and published; charges tested; the circle of those told widens",
        systems=("S25", "S28"),
        rules=("R25.3", "R28.1", "R28.3", "R28.6", "R28.7", "R28.8"),
        reads=frozenset({"evidence", "charge", "release", "circle", "openness", "rung", "tapped", "tap_known"}),
        writes=frozenset({"evidence", "charge", "release", "circle"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("keep", "share", 0.0, 1.0, 0.1, "S28 procedure 1, T n=3: letters are kept and quoted to the sender"),
            Param("record", "per day", 0.0, 1.0, 0.001, "S28 state: recordings; ours"),
            Param("press", "share", 0.0, 1.0, 0.5, "S25 procedure 3, T n=2: charges are launched at talks"),
            Param("ask", "share", 0.0, 1.0, 0.9, "F25.2, R28.6: unsourced charges are dropped once asked for"),
            Param("rebut", "share", 0.0, 1.0, 0.8, "R28.1: refuted, they cite an earlier act or signed paper"),
            Param("cool", "day", 1.0, 3650.0, 120.0, "ours: a charge not repeated halves in four months"),
            Param("use", "share", 0.0, 1.0, 0.15, "ours: least evidence with which one answers or threatens"),
            Param("print", "per day", 0.0, 1.0, 0.05, "R27.6, F28.2, T n=1: attacked in public, prints both in weeks"),
            Param("rash", "per day", 0.0, 1.0, 0.0, "F28.2, T n=2: rarely carried out before rupture"),
            Param("step", "step", 0.0, 5.0, 1.0, "R28.8: bureau, committee, cadres, party, print"),
            Param("shrink", "per day", 0.0, 1.0, 0.0, "F28.3, T n=1: does not shrink"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """File a paper, press or answer a charge, use papers, tell more people: seven entries."""
        i, j = act.source, act.target
        push = unit(self.strength * act.weight)
        paper, charges, answers = (any_kind(world, *kinds)[act.act] for kinds in (PAPERS, CHARGES, ANSWERS))
        theirs, mine = state.evidence[j, i], state.evidence[i, j]
        # the answered charge is j's against i: first its source is asked for, then i's papers speak
        left = state.charge[j, i] * (1.0 - push * answers * self.ask * (1.0 - theirs))
        left = left * (1.0 - push * answers * self.rebut * mine)
        quotes = answers * (mine > self.use) * QUOTED
        persists = charges * (theirs > self.use) * (state.release[j, i] >= QUOTED) * THREATENED
        charge = _set(state.charge, "charge", (j, i), left)
        release = _set(state.release, "release", (i, j), _reach(state.release[i, j], quotes, push))
        return state.replace(
            evidence=_set(
                state.evidence, "evidence", (j, i), approach(theirs, jnp.ones_like(theirs), push * self.keep * paper)
            ),
            charge=_set(
                charge, "charge", (i, j), approach(charge[i, j], jnp.ones_like(left), push * self.press * charges)
            ),
            release=_set(release, "release", (j, i), _reach(release[j, i], persists, push)),
            circle=self.told(world, state, act, push),
        )

    def told(self, world: World, state: State, act: Act, push: Scalar) -> ByActorIssue:
        """Return the circles after a conflictual act on an issue: two entries."""
        i, j, k = act.source, act.target, act.issue
        shown = jnp.maximum(state.openness[i, j], state.openness[j, i])
        pressure = jnp.maximum(state.rung[i, j], state.rung[j, i])
        goal = jnp.maximum(1.0 + (PRINT - 1.0) * jnp.minimum(shown, OPEN) / OPEN, PRINT * pressure / TOP_RUNG)
        goal = goal * (world.polarity[act.act] < 0)
        circle = state.circle
        for a in (i, j):
            wider = circle[a, k] + jnp.clip(goal - circle[a, k], 0.0, self.step * push)
            circle = circle.at[a, k].set(fit(wider, "circle", circle))
        return circle

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Let charges cool, recordings pile up and threats be carried out: one pass over the dyads."""
        span = self.strength * days
        heard = -jnp.expm1(-span * self.record * state.tapped * (1.0 - state.tap_known))
        attacked = state.openness.T >= OPEN
        rate = jnp.where(attacked, self.print, self.rash)
        ready = unit(state.release - QUOTED)
        printed = approach(state.release, jnp.full_like(state.release, PUBLISHED), -jnp.expm1(-span * rate * ready))
        return state.replace(
            charge=fit(state.charge * fade(span, self.cool), "charge", state.charge),
            evidence=fit(approach(state.evidence, jnp.ones_like(state.evidence), heard), "evidence", state.evidence),
            release=fit(printed, "release", state.release),
            circle=fit(state.circle * jnp.exp(-span * self.shrink), "circle", state.circle),
        )


def _reach(now: Scalar, level: Scalar, push: Scalar) -> Scalar:
    return now + push * jnp.maximum(0.0, level - now)


def _set(old: Array, name: str, place: tuple[Index, Index], value: Scalar) -> Array:
    return old.at[place].set(fit(value, name, old))
