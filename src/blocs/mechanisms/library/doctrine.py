"""The patron's line: changed in stages, carried by what the patron does, turned by open attacks; it shocks (S05)."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp

from blocs.bloc.pressure import STEPS
from blocs.bloc.state import State
from blocs.bloc.vocabulary import vocabulary
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByIssue, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.ground.sums import product
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, unit

OPEN = 4.0
"""Phase at which a prepared change of the line is proclaimed."""
NAMED = 3.0
"""Step of openness from which an attack on the line counts as an open one."""


class Doctrine(AbstractMechanism):
    """Line l_k (-1..1), phase of its change f_k (0..5), strain (0..1) and shock (-1..1) by issue.

    Where the patron's private view v is further than `threshold` from the line a change is prepared: the phase rises by
    one every `stage` days - hint, private talk, closed report - and from phase 4 on the line nears v, halving the
    distance every `turn` days (procedure of S05; F05.1); it is then reversed and the phase goes back. Acts of the patron
    carry the line toward its public position by `lead`, except while a change is proclaimed. Open attacks on the patron
    over an issue strain its line by `attack`, the more the weightier the attacker; a strained line flips with the hazard
    `flip * strain * |l|` a day: the patron's view jumps to the other side and is proclaimed without preparation (R05.5).
    The shock of an issue is what the line has moved, halved every `echo` days, so that moving back recalls it.
    """

    strength: Scalar
    lead: Scalar
    threshold: Scalar
    stage: Scalar
    turn: Scalar
    attack: Scalar
    flip: Scalar
    forget: Scalar
    echo: Scalar
    card: ClassVar[Card] = Card(
        name="doctrine",
        summary="the patron's line changes in stages, follows its acts, flips under open attack, and shocks",
        systems=("S05", "S23"),
        rules=("R05.5", "R05.10"),
        reads=frozenset(
            {"public_position", "private_position", "bargaining_weight", "line", "line_phase", "line_strain", "shock"}
        ),
        writes=frozenset({"line", "line_phase", "line_strain", "shock", "private_position"}),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("lead", "share", 0.0, 1.0, 0.5, "S05 procedure 4-5, C n=2: the line is what the patron says"),
            Param("threshold", "stance", 0.0, 2.0, 0.25, "ours: a quarter of a side of the axis is worth a change"),
            Param(
                "stage",
                "day",
                7.0,
                3650.0,
                300.0,
                "S05 parameters, T n=1: from the first hint to the congress 20 months",
            ),
            Param("turn", "day", 7.0, 3650.0, 60.0, "F05.5, T n=2: the line flips in 2-4 months"),
            Param("attack", "share per act fully in the open", 0.0, 1.0, 0.5, "R05.5"),
            Param("flip", "per day", 0.0, 0.1, 0.04, "R05.5 and F05.5, T n=2"),
            Param("forget", "day", 7.0, 3650.0, 60.0, "F05.5, T n=2: what is not repeated soon does not turn the line"),
            Param("echo", "day", 7.0, 3650.0, 180.0, "R23.1: unrest 3-9 months after the line moves"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Carry the line with an act of the patron, or strain it by an open attack on the patron: one issue."""
        i, j, g, k = act.source, act.target, act.act, act.issue
        push = self.strength * act.weight
        steady = state.line_phase[k] < OPEN
        pull = unit(self.lead * world.patron[i] * push * (world.polarity[g] != 0)) * steady
        line = approach(state.line[k], state.public_position[i, k], pull)
        open_attack = (world.polarity[g] < 0) & (world.act_openness[g] >= NAMED)
        on_line = open_attack * world.patron[j] * (1.0 - world.patron[i]) * world.act_openness[g] / STEPS
        weight = 0.5 + 0.5 * state.bargaining_weight[i]
        strain = approach(state.line_strain[k], jnp.ones_like(line), unit(push * self.attack * on_line * weight))
        shock = state.shock[k] + line - state.line[k]
        return state.replace(
            line=state.line.at[k].set(fit(line, "line", state.line)),
            line_strain=state.line_strain.at[k].set(fit(strain, "line_strain", state.line_strain)),
            shock=state.shock.at[k].set(fit(shock, "shock", state.shock)),
        )

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Draw flips, prepare and proclaim changes of the line, let strain and shock fade: arrays of issues."""
        span = self.strength * days
        patrons = world.patron.sum()
        hazard = self.flip * state.line_strain * jnp.abs(state.line) * (patrons > 0)
        flips = uniforms(key, world.issue_id) < -jnp.expm1(-span * hazard)
        view = product(world.patron, state.private_position) / jnp.maximum(1.0, patrons)
        view = jnp.where(flips, -state.line, view)
        phase = jnp.where(flips, OPEN, self._prepared(state, view, span, patrons))
        proclaimed = (1.0 - fade(span, self.turn)) * jnp.clip(phase - OPEN + 1.0, 0.0, 1.0) * (patrons > 0)
        line = approach(state.line, view, proclaimed)
        shock = state.shock * fade(span, self.echo) + line - state.line
        turned = jnp.where(flips[None, :] & (world.patron > 0)[:, None], view[None, :], state.private_position)
        strain = jnp.where(flips, 0.0, state.line_strain * fade(span, self.forget))
        return state.replace(
            private_position=fit(turned, "private_position", state.private_position),
            line=fit(line, "line", state.line),
            line_phase=fit(phase, "line_phase", state.line_phase),
            line_strain=fit(strain, "line_strain", state.line_strain),
            shock=fit(shock, "shock", state.shock),
        )

    def _prepared(self, state: State, view: ByIssue, span: Scalar, patrons: Scalar) -> ByIssue:
        """Return the phase of each issue: up while a change is wanted, back once it is done or given up."""
        top = vocabulary()["line_phase"].hi or 5.0
        # once proclaimed, a change is carried through nearly to the end
        enough = jnp.where(state.line_phase >= OPEN, 0.1, 1.0) * self.threshold
        wanted = (jnp.abs(view - state.line) > enough) & (patrons > 0)
        return jnp.where(
            wanted, jnp.minimum(state.line_phase + span / self.stage, top), state.line_phase * fade(span, self.turn)
        )
